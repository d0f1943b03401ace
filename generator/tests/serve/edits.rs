//! Whatever happens to the files while `serve` runs, and in whatever state it found them: once they are right again, page and
//! quote are the same as after a fresh start.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::server::{Server, ask, body, json};
use crate::shop::{Shop, whole};

/// The files that are edited.
const FILES: [&str; 5] = [
    "content/products/bol.md",
    "content/shop.yaml",
    "themes/child/templates/404.html",
    "themes/child/translations/fr.yaml",
    "stock.json",
];

/// A file without mistakes; its text differs by number, some texts having the same length.
fn good(file: usize, number: u8) -> String {
    match file {
        0 => format!(
            "---\ntitle: Bol\nsummary: Un bol.\nsku: BOL\nadded: 2026-01-02\nprice: {}.00\nsupply: 9\ncategory: bols\n\
             images: [{{ file: bol.png, alt: {{ fr: Un bol, en: A bowl }} }}]\n---\nUn bol, état {number}.\n",
            20 + number
        ),
        1 => format!(
            "name: Atelier {number}\nurl: https://shop.example\nlanguages: [fr, en]\ntimezone: Europe/Paris\ncurrency: EUR\n\
             theme: child\ncontact: {{ email: bonjour@example.com }}\nshipping: {{ pickup: {{ label: {{ fr: Retrait, en: Collect }}, address: Paris }} }}\nseller: {{ name: Atelier SARL, address: \"1 rue de l'Exemple, Paris\", vat: exempt }}\n"
        ),
        2 => format!(
            "{{% extends \"petit/404.html\" %}}\n{{% block main %}}<main id=\"main\"><h1>Perdu {number}</h1></main>{{% endblock main %}}\n"
        ),
        3 => format!("cart:\n  add: \"Ajouter {number}\"\n"),
        _ => format!("{{\"BOL\":{{\"sold\":{},\"held\":0,\"away\":0}}}}", number % 10),
    }
}

/// Files with a mistake.
fn bad(file: usize, number: u8) -> Vec<u8> {
    let all: [&[u8]; 4] = match file {
        0 => [
            b"---\ntitle: Bol\nsku: BOL\nprice: 28,00\nsupply: 1\n---\n",
            b"---\ntitle: [",
            b"---\ntitle: Bol\nsku: BOL\nprice: 1.00\nsupply: 1\ncategory: nulle-part\n---\n",
            b"---\ntitle: B\xe9\nsku: BOL\n---\n",
        ],
        1 => [b"name: [", b"name: Atelier\n", b"currency: euro\n", b"\xff"],
        2 => [
            b"{% extends \"petit/404.html\" %}{% block main %}{{ page.titel }}{% endblock main %}",
            b"{% if %}",
            b"{% extends \"petit/nothing.html\" %}",
            b"\xff",
        ],
        3 => [b"cart: [", b"cart:\n  add: [1]\n", b"no_such_word: a\n", b"\xff"],
        _ => [b"{", b"[]", b"{\"BOL\":{\"sold\":-1,\"held\":0,\"away\":0}}", b"\xff"],
    };
    all[usize::from(number) % all.len()].to_vec()
}

/// Something that happens to a file.
#[derive(Debug, Clone)]
enum Edit {
    Good(usize, u8),
    Bad(usize, u8),
    /// Only its beginning is written.
    Half(usize, u8),
    /// Written next to it and renamed, as many editors save.
    Replaced(usize, u8),
    Gone(usize),
    /// Renamed, and back again.
    Renamed(usize),
    /// The folder of the products is moved away; the next edit of a product makes a new one.
    FolderMoved,
    Pause(u8),
}

fn edits() -> impl Strategy<Value = Edit> {
    let file = 0..FILES.len();
    prop_oneof![
        3 => (file.clone(), 0..30u8).prop_map(|(file, number)| Edit::Good(file, number)),
        4 => (file.clone(), 0..4u8).prop_map(|(file, number)| Edit::Bad(file, number)),
        2 => (file.clone(), 0..30u8).prop_map(|(file, number)| Edit::Half(file, number)),
        2 => (file.clone(), 0..30u8).prop_map(|(file, number)| Edit::Replaced(file, number)),
        2 => file.clone().prop_map(Edit::Gone),
        1 => file.prop_map(Edit::Renamed),
        1 => Just(Edit::FolderMoved),
        5 => (0..40u8).prop_map(Edit::Pause),
    ]
}

impl Edit {
    fn apply(&self, shop: &Shop) {
        let path = |file: usize| shop.path().join(FILES[file]);
        match *self {
            Edit::Good(file, number) => shop.write(FILES[file], good(file, number)),
            Edit::Bad(file, number) => shop.write(FILES[file], bad(file, number)),
            Edit::Half(file, number) => {
                let text = good(file, number).into_bytes();
                shop.write(FILES[file], &text[..text.len() / 2]);
            }
            Edit::Replaced(file, number) => {
                let beside = format!("{}~", FILES[file]);
                shop.write(&beside, good(file, number));
                fs::rename(shop.path().join(beside), path(file)).expect("renamed");
            }
            Edit::Gone(file) => drop(fs::remove_file(path(file))),
            Edit::Renamed(file) => {
                let other = path(file).with_extension("old.yaml");
                if fs::rename(path(file), &other).is_ok() {
                    fs::rename(other, path(file)).expect("renamed back");
                }
            }
            Edit::FolderMoved => {
                let (products, away) = (shop.path().join("content/products"), shop.path().join("moved"));
                drop(fs::remove_dir_all(&away));
                drop(fs::rename(products, away));
            }
            Edit::Pause(milliseconds) => std::thread::sleep(Duration::from_millis(milliseconds.into())),
        }
    }
}

/// Makes every file right again.
fn revalidate(shop: &Shop, numbers: &[u8; FILES.len()]) {
    for (file, number) in numbers.iter().enumerate() {
        shop.write(FILES[file], good(file, *number));
    }
    let photo = shop.path().join("content/products/bol.png");
    if !photo.exists() {
        fs::write(photo, crate::shop::png(1600, 1200)).expect("written");
    }
    let translation = shop.path().join("content/products/bol.en.md");
    fs::write(translation, "---\ntitle: Bowl\nslug: bowl\nsummary: A bowl.\n---\nA blue bowl.\n")
        .expect("written");
}

fn start(shop: &Path) -> Server {
    Server::start_from(shop, ".", &["--stock", "stock.json"])
}

/// What a shopper gets, without what differs from one server to the next.
fn seen(server: &Server) -> Vec<String> {
    let cart = r#"{"lang":"fr","destination":{"rate":"pickup"},"items":[{"sku":"BOL","quantity":2}]}"#;
    let (status, quote) = ask(server.port, "POST", "/api/quote", cart);
    let pages = ["/", "/produits/bol/", "/en/products/bowl/", "/nothing/"].map(|path| server.get(path));
    let all = pages.into_iter().chain([(status, quote)]);
    all.map(|(status, answer)| {
        let text = body(&answer).replace(&format!(":{}", server.port), ":PORT");
        let text = match text.split_once("data-version=\"") {
            Some((before, after)) => {
                format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
            }
            None => text,
        };
        format!("{status} {text}")
    })
    .collect()
}

fn as_after_a_fresh_start(shop: &Shop, server: &Server, numbers: &[u8; FILES.len()]) {
    let fresh = start(shop.path());
    let wanted = seen(&fresh);
    let price = i64::from(20 + numbers[0]) * 100;
    assert!(wanted[1].contains(&format!("Un bol, état {}.", numbers[0])), "{}", wanted[1]);
    assert!(wanted[1].contains(&format!("Ajouter {}", numbers[3])), "{}", wanted[1]);
    assert!(wanted[3].contains(&format!("Perdu {}", numbers[2])), "{}", wanted[3]);
    let quote = wanted[4].strip_prefix("200 ").unwrap_or_else(|| panic!("{}", wanted[4]));
    let quote: serde_json::Value = serde_json::from_str(quote).expect("JSON");
    assert_eq!(quote["lines"][0]["unit_price"], price, "{quote}");
    let begin = Instant::now();
    loop {
        let shown = seen(server);
        if shown == wanted {
            return;
        }
        let late = begin.elapsed() > Duration::from_secs(30);
        assert!(
            !late,
            "after the edits:\n{}\n\nafter a fresh start:\n{}",
            shown.join("\n"),
            wanted.join("\n")
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_any_mistakes_and_mends_serve_shows_what_a_fresh_start_shows(
        before in prop::collection::vec(edits(), 0..3),
        rounds in prop::collection::vec((prop::collection::vec(edits(), 1..8), [1..9u8, 1..9u8, 1..9u8, 1..9u8, 1..9u8]), 2),
    ) {
        let shop = whole();
        shop.write("themes/child/theme.yaml", "api: 1\nname: child\nextends: petit\n");
        revalidate(&shop, &[0; FILES.len()]);
        before.iter().for_each(|edit| edit.apply(&shop));
        let server = start(shop.path());
        for (edits, numbers) in &rounds {
            edits.iter().for_each(|edit| edit.apply(&shop));
            revalidate(&shop, numbers);
            // The second round shows that a fix is not the last edit that is noticed.
            let state = format!("Un bol, état {}.", numbers[0]);
            server.until("/produits/bol/", |_, text| text.contains(&state) && !text.contains("error:"));
        }
        as_after_a_fresh_start(&shop, &server, &rounds[1].1);
    }
}

#[test]
fn a_shop_that_begins_with_a_mistake_sells_at_its_new_price_once_it_is_right() {
    let shop = whole();
    let file = "content/products/bol.md";
    let source = fs::read_to_string(shop.path().join(file)).expect("written");
    shop.write(file, source.replace("28.00", "28,00"));
    let server = Server::start(shop.path());
    let quote = || {
        ask(
            server.port,
            "POST",
            "/api/quote",
            r#"{"lang":"fr","destination":{"rate":"pickup"},"items":[{"sku":"BOL","quantity":1}]}"#,
        )
    };
    assert_eq!(quote().0, 503, "a shop with mistakes sells nothing");
    for price in ["29.00", "31.00"] {
        shop.write(file, source.replace("28.00", price));
        server.until("/produits/bol/", |_, text| {
            text.contains(&price.replace('.', ",")) && !text.contains("bazaar-faults")
        });
        let minor = price.replace('.', "").parse::<i64>().expect("a number");
        let priced = || {
            let (status, answer) = quote();
            status == 200 && json(&answer)["lines"][0]["unit_price"] == minor
        };
        let begin = Instant::now();
        while !priced() {
            assert!(begin.elapsed() < Duration::from_secs(30), "the till keeps an old price: {}", quote().1);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn while_a_shop_was_never_right_its_pages_follow_the_edits() {
    let shop = whole();
    shop.write("content/pages/a.md", "---\ntitle: A\nkind: page\n---\n[rien](product:rien)\n");
    let server = Server::start(shop.path());
    let file = "content/products/bol.md";
    let source = fs::read_to_string(shop.path().join(file)).expect("written");
    server.until("/produits/bol/", |_, text| text.contains("bazaar-faults") && text.contains("Un bol bleu."));
    shop.write(file, source.replace("bleu", "vert"));
    server.until("/produits/bol/", |_, text| text.contains("bazaar-faults") && text.contains("Un bol vert."));
}
