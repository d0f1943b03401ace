//! Names: of the shop's folder, as `--shop` may have it, and of this machine, as a browser may have it.

use std::fs;
use std::path::Path;

use crate::server::{Server, ask_as, bazaar, header, json};
use crate::shop::{Shop, whole};

/// The name of a shop's folder that needs care in every address.
const FOLDER: &str = "ma boutique d'été 50% #1";

fn laid() -> Shop {
    let outer = Shop::empty();
    let shop = whole();
    for (path, bytes) in crate::shop::tree(shop.path()) {
        outer.write(&format!("{FOLDER}/{path}"), bytes);
    }
    outer
}

fn ways(outer: &Path) -> Vec<String> {
    let mut ways = vec![FOLDER.to_owned(), format!("./{FOLDER}/"), format!("{FOLDER}/content/..")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(FOLDER, outer.join("link")).expect("a link");
        ways.push("link".to_owned());
    }
    ways
}

#[test]
fn an_edit_is_seen_however_the_shop_was_named() {
    let outer = laid();
    let file = outer.path().join(FOLDER).join("content/products/bol.md");
    let source = fs::read_to_string(&file).expect("written");
    let stock = outer.path().join("told/stock.json");
    for (number, way) in ways(outer.path()).into_iter().enumerate() {
        fs::write(&file, &source).expect("written");
        outer.write("told/stock.json", "{}");
        let server = Server::start_from(outer.path(), &way, &["--stock", "told/../told/stock.json"]);
        let page = "/produits/bol/";
        server.until(page, |status, text| status == 200 && text.contains("Un bol bleu."));
        let state = format!("Un bol, édition {number}.");
        fs::write(&file, source.replace("Un bol bleu.", &state)).expect("written");
        server.until(page, |_, text| text.contains(&state));
        // The stock file may be elsewhere.
        fs::write(&stock, r#"{"BOL":{"sold":1,"held":0,"away":0}}"#).expect("written");
        server.until(page, |_, text| text.contains("SoldOut"));
    }
    let state = outer.path().join(FOLDER).join(".bazaar");
    assert!(state.join("till.db").is_file(), "orders are kept in the shop's folder");
}

#[test]
fn every_command_takes_every_name_of_the_shop() {
    let outer = laid();
    for (number, way) in ways(outer.path()).into_iter().enumerate() {
        let title = format!("Vase {number}");
        // The base of `diff` is relative to where the command runs.
        let commands = [vec!["check"], vec!["build"], vec!["diff", &way], vec!["new", "product", &title]];
        for command in commands {
            let out = bazaar(outer.path()).args(["--shop", &way]).args(&command).output();
            let out = out.expect("the program runs");
            let words = String::from_utf8_lossy(&out.stderr);
            assert!(out.status.success(), "{way} {command:?}: {words}");
        }
        let file = outer.path().join(FOLDER).join(format!("content/products/vase-{number}/index.md"));
        assert!(file.is_file(), "{way}");
    }
    assert!(outer.path().join(FOLDER).join("dist/index.html").is_file());
}

#[test]
fn the_till_answers_by_every_name_of_this_machine_and_by_no_other() {
    let shop = whole();
    let server = Server::start(shop.path());
    server.until("/produits/bol/", |status, _| status == 200);
    let mut names = vec!["localhost", "127.0.0.1"];
    // Some machines have no IPv6.
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        names.push("[::1]");
    }
    for name in names {
        let ask = |method: &str, path: &str, body: &str| ask_as(name, server.port, method, path, body);
        let (status, page) = ask("GET", "/produits/bol/", "");
        assert_eq!(status, 200, "{name}: {page}");
        let cart = r#"{"lang":"fr","destination":{"rate":"pickup"},"items":[{"sku":"BOL","quantity":1}]}"#;
        let (status, quote) = ask("POST", "/api/quote", cart);
        assert_eq!((status, json(&quote)["goods"].as_i64()), (200, Some(2800)), "{name}: {quote}");
        // Requests that change something check the name they came by, and redirect to the same name.
        let (status, added) = ask("POST", "/api/cart", "lang=fr&sku=BOL&quantity=1");
        let back = format!("http://{name}:{}/api/cart?lang=fr", server.port);
        assert_eq!((status, header(&added, "location")), (303, &*back), "{name}: {added}");
        for path in ["/api/cart", "/api/checkout"] {
            let (status, refusal) = ask_as("shop.example", server.port, "POST", path, "lang=fr&sku=BOL");
            assert_eq!(status, 421, "{path}: {refusal}");
        }
    }
}
