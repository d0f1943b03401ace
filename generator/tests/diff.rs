//! `bazaar diff`: what a change does to the shop, reported before it is published.

mod program;
#[path = "../../pages/tests/shop/mod.rs"]
mod shop;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use shop::Shop;

const BOWL: &str = "content/products/bol.md";

fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(["-c", "user.name=A", "-c", "user.email=a@shop.example"]).args(arguments);
    let out = git.output().expect("git is there");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// A shop whose current state is committed, in a subfolder of its repository.
fn kept() -> Shop {
    let shop = Shop::base();
    git(shop.path(), &["init", "-q", "-b", "main"]);
    git(shop.path(), &["add", "-A"]);
    git(shop.path(), &["commit", "-q", "-m", "before"]);
    shop
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut bazaar = program::bazaar();
    bazaar.arg("--shop").arg(folder).args(["diff", "--now", "2026-11-22"]).args(arguments);
    bazaar.output().expect("the program runs")
}

fn diff(shop: &Shop, arguments: &[&str]) -> String {
    let out = run(shop.path(), arguments);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("UTF-8")
}

fn edit(shop: &Shop, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(shop.path().join(file)).expect("there");
    assert!(text.contains(from), "{from} in {text}");
    shop.write(file, text.replacen(from, to, 1));
}

#[test]
fn what_nobody_would_notice_is_no_difference() {
    let shop = kept();
    assert_eq!(diff(&shop, &["HEAD"]), "nothing that shoppers or the till would notice\n");
    edit(&shop, BOWL, "---\n", "---\n# a note to myself\n");
    assert_eq!(diff(&shop, &["HEAD"]), "nothing that shoppers or the till would notice\n");
    assert!(diff(&shop, &["HEAD", "--format", "markdown"]).starts_with("### The shop stays as it is"));
}

#[test]
fn slips_that_cost_money_come_first_with_a_word_of_doubt() {
    let shop = kept();
    edit(&shop, BOWL, "price: 28.00", "price: 2.80");
    edit(&shop, BOWL, "supply: 1", "supply: 0");
    edit(&shop, BOWL, "title: Bol", "slug: autre\ntitle: Grand bol");
    let output = diff(&shop, &["HEAD"]);
    let place = |needle: &str| output.find(needle).unwrap_or_else(|| panic!("{needle} in {output}"));
    let doubtful = ["BOL: €28.00 -> €2.80", "BOL: 1 -> 0", "/produits/bol/"].map(place);
    assert!(doubtful.into_iter().max() < Some(place("Grand bol (fr)")), "{output}");
    assert!(output.matches("look twice").count() == 3, "{output}");
}

#[test]
fn an_alias_keeps_an_address_alive() {
    let shop = kept();
    edit(&shop, BOWL, "title: Bol", "slug: autre\naliases: [/produits/bol/]\ntitle: Bol");
    let output = diff(&shop, &["HEAD"]);
    assert!(!output.contains("lost") && output.contains("look different"), "{output}");
}

#[test]
fn a_stock_key_that_vanishes_or_changes_hands_is_told() {
    let shop = kept();
    edit(&shop, BOWL, "sku: BOL", "sku: BOL-2");
    let output = diff(&shop, &["HEAD"]);
    assert!(
        output.contains("the key BOL of bol is gone") && output.contains("new      BOL-2 for €28.00"),
        "{output}"
    );
    edit(&shop, BOWL, "sku: BOL-2", "sku: BOL-2\nstock: BOL");
    assert!(!diff(&shop, &["HEAD"]).contains("the key"), "a renamed SKU may keep its key");
    let bowl = std::fs::read_to_string(shop.path().join(BOWL)).expect("there");
    shop.remove(BOWL);
    shop.remove("content/products/bol.en.md");
    shop.write("content/products/vase.md", bowl);
    let output = diff(&shop, &["HEAD"]);
    assert!(output.contains("the key BOL was of bol, and is now of vase"), "{output}");
}

#[test]
fn what_is_listed_where_and_what_a_parcel_weighs_is_told() {
    let shop = kept();
    let bowl = std::fs::read_to_string(shop.path().join(BOWL)).expect("there");
    shop.write(
        "content/products/autre.md",
        bowl.replace("sku: BOL", "sku: AUTRE").replace("title: Bol", "title: Autre"),
    );
    edit(&shop, BOWL, "supply: 1", "supply: 1\nweight: 900 g");
    let output = diff(&shop, &["HEAD"]);
    for line in [
        "item     BOL: weight\n",
        "list     category bols: Bols: +autre\n",
        "new      product autre: Autre\n",
    ] {
        assert!(output.contains(line), "{line} in\n{output}");
    }
    assert!(output.contains("look different"), "{output}");
}

#[test]
fn two_revisions_are_compared_whatever_lies_in_the_folder() {
    let shop = kept();
    edit(&shop, BOWL, "price: 28.00", "price: 30.00");
    git(shop.path(), &["commit", "-qam", "dearer"]);
    shop.write(BOWL, "no product any more");
    let output = diff(&shop, &["HEAD~1", "HEAD", "--format", "json"]);
    let changes: Value = serde_json::from_str(&output).expect("JSON");
    let price = &changes["changes"][0];
    assert_eq!(
        (&price["change"], &price["from"], &price["to"]),
        (&"price".into(), &2800.into(), &3000.into())
    );
    assert_eq!(price["look_twice"], Value::Null);
    let out = run(shop.path(), &["HEAD"]);
    assert_eq!(out.status.code(), Some(2), "a shop with faults is not compared");
    assert!(String::from_utf8_lossy(&out.stderr).contains("run `bazaar check` on it"));
    git(shop.path(), &["diff", "--cached", "--quiet"]);
}

#[test]
fn markdown_says_what_owners_wrote_and_no_more() {
    let shop = kept();
    edit(&shop, BOWL, "title: Bol", "title: \"a|b <img src=x> [c](d)\"");
    let output = diff(&shop, &["HEAD", "--format", "markdown"]);
    assert!(output.contains("a\\|b \\<img src=x\\> \\[c\\](d)"), "{output}");
}

#[test]
fn a_revision_that_is_not_there_is_told_with_a_remedy() {
    let shop = kept();
    for name in ["nothing", "--output=x", ""] {
        let out = run(shop.path(), &["--", name]);
        assert_eq!(out.status.code(), Some(2), "{name}");
    }
    let words = String::from_utf8_lossy(&run(shop.path(), &["nothing"]).stderr).into_owned();
    assert!(
        words.contains("neither a folder with a shop nor a revision") && words.contains("fetch-depth: 0"),
        "{words}"
    );
}

#[test]
fn without_a_repository_git_says_why() {
    let shop = Shop::base();
    let out = run(shop.path(), &["HEAD"]);
    let words = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{words}");
    assert!(words.contains("no folder with a shop") && words.contains("not a git repository"), "{words}");
}
