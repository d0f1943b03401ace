//! Whatever is in the folder, the program answers with faults and never panics.

#[path = "../../pages/tests/shop/mod.rs"]
mod shop;

use pages::build::{self, Memory};
use proptest::prelude::*;
use shop::{Shop, jpeg};

fn codes_with(path: &str, bytes: impl AsRef<[u8]>) -> Vec<&'static str> {
    let shop = Shop::base();
    shop.write(path, bytes);
    shop.codes()
}

#[test]
fn text_that_is_not_utf8_is_named() {
    let codes = codes_with("content/products/x.md", b"---\ntitle: caf\xe9\n---\n");
    assert_eq!(codes, ["not-utf8"]);
}

#[test]
fn a_file_far_too_large_is_refused_unread() {
    assert_eq!(codes_with("content/products/x.md", vec![b'a'; 2 << 20]), ["too-large"]);
}

#[test]
fn deep_nesting_and_bombs_end_at_once() {
    let deep = format!("---\ntitle: {}\n---\n", "[".repeat(20_000));
    assert_eq!(codes_with("content/products/x.md", deep), ["yaml-limit"]);
    let mut bomb = String::from("---\na: &a [x, x, x, x, x, x, x, x, x]\n");
    for (from, to) in ["ab", "bc", "cd", "de", "ef", "fg"].map(|pair| pair.split_at(1)) {
        bomb.push_str(&format!("{to}: &{to} [{}]\n", [format!("*{from}").as_str(); 9].join(", ")));
    }
    bomb.push_str("---\n");
    let codes = codes_with("content/products/x.md", bomb);
    assert!(codes.contains(&"yaml-alias"), "{codes:?}");
    let quotes = format!("---\ntitle: a\nsku: X\nprice: 1.00\nsupply: 1\n---\n{}", "> ".repeat(20_000));
    codes_with("content/products/x.md", quotes);
    let emphasis = format!("---\ntitle: a\nsku: X\nprice: 1.00\nsupply: 1\n---\n{}", "*a ".repeat(20_000));
    codes_with("content/products/x.md", emphasis);
}

#[test]
fn a_photo_that_lies_about_its_size_is_refused() {
    let mut bytes = jpeg(16, 16, 0);
    let at = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame");
    bytes[at + 5..at + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    let shop = Shop::base();
    shop.write("content/products/p.jpg", bytes);
    shop.write(
        "content/products/x.md",
        "---\ntitle: a\nsku: X\nprice: 1.00\nsupply: 1\nimages: [{ file: p.jpg, alt: a }]\n---\n",
    );
    assert!(shop.codes().contains(&"photo"));
}

#[test]
fn a_truncated_photo_is_refused() {
    let bytes = jpeg(200, 200, 0);
    let shop = Shop::base();
    shop.write("content/products/p.jpg", &bytes[..bytes.len() / 2]);
    shop.write(
        "content/products/x.md",
        "---\ntitle: a\nsku: X\nprice: 1.00\nsupply: 1\nimages: [{ file: p.jpg, alt: a }]\n---\n",
    );
    assert!(shop.codes().contains(&"photo"));
}

#[cfg(unix)]
#[test]
fn links_out_of_the_shop_are_not_followed() {
    use std::os::unix::fs::symlink;
    let elsewhere = Shop::empty();
    elsewhere.write("secret.md", "---\ntitle: secret\n---\n");
    let shop = Shop::base();
    symlink(elsewhere.path().join("secret.md"), shop.path().join("content/products/secret.md"))
        .expect("a link");
    symlink(elsewhere.path(), shop.path().join("content/pages")).expect("a link");
    assert_eq!(shop.codes(), ["outside", "outside"]);
    let looping = Shop::base();
    symlink(looping.path().join("content"), looping.path().join("content/products/again")).expect("a link");
    assert_eq!(looping.codes(), ["link-loop"]);
}

/// The base shop with a theme of its own over the default one.
fn with_a_theme() -> Shop {
    let shop = Shop::base();
    let settings = std::fs::read_to_string(shop.path().join("content/shop.yaml")).expect("the settings");
    shop.write("content/shop.yaml", format!("{settings}theme: kid\n"));
    shop.write("themes/kid/theme.yaml", "api: 1\nname: kid\nextends: petit\n");
    shop
}

#[cfg(unix)]
#[test]
fn litter_is_passed_over() {
    let shop = with_a_theme();
    let names = [
        ".DS_Store",
        "bol.md~",
        ".bol.md.swp",
        "#bol.md#",
        "Thumbs.db",
        "thumbs.db",
        "~$bol.md",
        "4913",
        "a.tmp",
        "a.TMP",
        "bol.md___jb_tmp___",
        "bol.jpg.BAK",
        "Desktop.ini",
    ];
    for folder in ["content/products", "content/static", "themes/kid"] {
        for name in names {
            shop.write(&format!("{folder}/{name}"), [0xff, 0xfe, 0]);
        }
        // Emacs marks an open file by a dangling link.
        std::os::unix::fs::symlink("anne@studio.1234:5678", shop.path().join(folder).join(".#bol.md"))
            .expect("a link");
        std::os::unix::fs::symlink("nowhere", shop.path().join(folder).join("bol.md~2~")).expect("a link");
    }
    assert!(shop.codes().is_empty(), "{:?}", shop.codes());
    std::os::unix::fs::symlink("nowhere", shop.path().join("content/products/lost.md")).expect("a link");
    assert_eq!(shop.codes(), ["unreadable"]);
}

#[test]
fn endings_mean_the_same_in_capitals() {
    let shop = Shop::base();
    let rename = |from: &str, to: &str| {
        std::fs::rename(shop.path().join(from), shop.path().join(to)).expect("renamed")
    };
    rename("content/products/bol.md", "content/products/bol.MD");
    rename("content/products/bol.en.md", "content/products/bol.en.Md");
    rename("content/makers/claire.yaml", "content/makers/claire.Yaml");
    rename("content/shop.yaml", "content/shop.YAML");
    shop.write("content/tags.YAML", "gres: Grès\n");
    shop.build();
    let site = shop.site();
    let page = String::from_utf8_lossy(&site["produits/bol/index.html"]).into_owned();
    assert!(page.contains("<p>Un bol bleu.</p>"), "{page}");
    assert!(site.contains_key("en/products/bowl/index.html"));
}

#[cfg(unix)]
#[test]
fn names_that_no_page_can_link_to_are_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    for name in [&b"a\x02.txt"[..], &b"caf\xe9.pdf"[..], "a\u{ffff}.jpg".as_bytes()] {
        let shop = Shop::base();
        shop.write("content/static/a.txt", "a");
        let file = shop.path().join("content/static").join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(file, "x").expect("written");
        assert_eq!(shop.codes(), ["file-name"], "{name:?}");
    }
}

/// Ways for a character that XML and HTML forbid to get into a page, and the place that the fault names.
#[test]
fn forbidden_characters_are_refused_whatever_the_way_in() {
    let product = "---\ntitle: Vase\nsku: VASE\nprice: 30.00\nsupply: 1\nadded: 2026-01-03\n";
    let shop_yaml =
        std::fs::read_to_string(Shop::base().path().join("content/shop.yaml")).expect("the settings");
    let cases: Vec<(&str, String, (usize, usize))> = vec![
        ("content/products/v.md", product.replace("Vase", "Va\u{2}se") + "---\n", (2, 10)),
        ("content/products/v.md", product.replace("Vase", "\"Va\\x03se\"") + "---\n", (2, 8)),
        ("content/products/v.md", product.replace("Vase", "\"Va\\uFFFFse\"") + "---\n", (2, 8)),
        ("content/products/v.md", product.replace("Vase", "\"Va\\0se\"") + "---\n", (2, 8)),
        ("content/products/v.md", format!("{product}---\nUn va\u{ffff}se.\n"), (8, 6)),
        ("content/products/v.md", format!("{product}---\nUn va&#2;se.\n"), (8, 6)),
        ("content/products/v.md", format!("{product}---\nUn <b title=\"&#xB;\">vase</b>.\n"), (8, 14)),
        ("content/products/v.md", format!("{product}summary: |\n  Un\n  va\u{8}se\n---\n"), (9, 5)),
        ("content/shop.yaml", shop_yaml.replace("name: Atelier", "name: \"Atelier\\e\""), (1, 7)),
        ("content/tags.yaml", "gres: Gr\u{c}ès\n".to_owned(), (1, 9)),
        ("content/makers/claire.yaml", "name: Claire\nstory: \"Elle \\x1f tourne.\"\n".to_owned(), (2, 8)),
        ("themes/kid/translations/fr.yaml", "nav.home: \"Acc\\x02ueil\"\n".to_owned(), (1, 11)),
        ("themes/kid/templates/404.html", "{% extends \"base.html\" %}\n\u{1}".to_owned(), (2, 1)),
    ];
    for (path, text, place) in cases {
        let shop = with_a_theme();
        shop.write(path, &text);
        let outcome = build::check(&shop.options(), &mut Memory::default(), &|_, _| {});
        let found: Vec<_> =
            outcome.faults.sorted().into_iter().filter(|fault| fault.code == "forbidden-character").collect();
        let places: Vec<_> =
            found.iter().map(|fault| (&*fault.place.file, fault.place.line_column())).collect();
        assert_eq!(places, [(path, place)], "{text}");
    }
    let code = format!("{product}---\n`&#2;` et &#233;\n");
    let shop = Shop::base();
    shop.write("content/products/v.md", code);
    assert!(!shop.codes().contains(&"forbidden-character"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        generator::fuzzing::content(&bytes);
    }

    #[test]
    fn no_front_matter_panics(yaml in "([a-z_]{1,12}: [^\n]{0,20}\n){0,12}", body in "\\PC{0,80}") {
        generator::fuzzing::content(format!("---\n{yaml}---\n{body}").as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// A whole build with a file of which a part was replaced.
    #[test]
    fn no_damaged_shop_panics(which in 0..5usize, at in 0..400usize, with in "\\PC{0,12}") {
        let shop = Shop::base();
        let paths = ["content/shop.yaml", "content/products/bol.md", "content/products/bol.en.md", "content/categories/bols.md", "content/makers/claire.yaml"];
        let text = std::fs::read_to_string(shop.path().join(paths[which])).expect("base");
        let cut: String = text.chars().take(at % text.len()).chain(with.chars()).chain(text.chars().skip(at % text.len() + 3)).collect();
        shop.write(paths[which], cut);
        build::check(&shop.options(), &mut Memory::default(), &|_, _| {});
    }
}

#[test]
fn a_file_may_become_a_folder_and_a_folder_a_file() {
    let shop = Shop::base();
    let product = |aliases: &str| {
        let text = format!("---\ntitle: Bol\nsku: BOL\nprice: 28.00\nsupply: 1\naliases: [{aliases}]\n---\n");
        shop.write("content/products/bol.md", text);
    };
    for aliases in ["/vieux.html", "/vieux.html/2/", "/vieux.html", "/vieux.html/2.html"] {
        product(aliases);
        let outcome = shop.build();
        assert!(outcome.published.is_some(), "{aliases}: {:?}", outcome.faults);
        let site = shop.site();
        let old: Vec<&str> = site.keys().map(String::as_str).filter(|path| path.contains("vieux")).collect();
        let wanted = aliases.trim_start_matches('/').to_owned()
            + if aliases.ends_with('/') { "index.html" } else { "" };
        assert_eq!(old, [wanted]);
    }
}

#[test]
fn more_old_addresses_than_a_host_reads_are_told() {
    let shop = Shop::base();
    let with = |count: usize| {
        let aliases: Vec<String> = (0..count).map(|alias| format!("/old-{alias}/")).collect();
        let text = format!(
            "---\ntitle: a\nsku: X\nprice: 2.00\nsupply: 1\naliases: [{}]\n---\n",
            aliases.join(", ")
        );
        shop.write("content/products/x.md", &text);
        shop.codes().contains(&"many-redirects")
    };
    assert!(!with(2_000) && with(2_001));
}
