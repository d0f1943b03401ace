//! An owner's first hour, in both languages: a new shop, a French price, the fix, a first product of their own with a photo,
//! and a first sale.

use std::fs;
use std::path::Path;

use crate::server::{Server, ask, bazaar, header, json};
use crate::shop::{Shop, jpeg};

struct Words {
    lang: &'static str,
    shop: &'static str,
    first: &'static str,
    category: &'static str,
    products: &'static str,
    country: &'static str,
    price: &'static str,
}

const FRENCH: Words = Words {
    lang: "fr",
    shop: "ma-boutique",
    first: "premier-bol",
    category: "ceramique",
    products: "/produits/",
    country: "FR",
    price: "45,00",
};

const ENGLISH: Words = Words {
    lang: "en",
    shop: "my-shop",
    first: "first-bowl",
    category: "ceramics",
    products: "/products/",
    country: "IE",
    price: "45.00",
};

/// Runs a command that must succeed, and returns its output.
fn run(folder: &Path, words: &[&str]) -> String {
    let out = bazaar(folder).args(words).output().expect("the program runs");
    let said = [out.stdout, out.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(out.status.success(), "{words:?}: {said}");
    said
}

fn edit(file: &Path, changes: &[(&str, &str)]) {
    let mut text = fs::read_to_string(file).expect("readable");
    for (from, to) in changes {
        assert!(text.contains(from), "{from} is in {text}");
        text = text.replacen(from, to, 1);
    }
    fs::write(file, text).expect("written");
}

fn first_hour(words: &Words) {
    let home = Shop::empty();
    let home = home.path();
    let Words { lang, shop, first, category, products, country, price } = words;
    run(home, &["init", shop, "--lang", lang]);
    let content = home.join(shop).join("content");
    assert!(run(home, &["--shop", shop, "check"]).contains("nothing is wrong"));

    // A price as it is written in French, before anything was served.
    let bowl = content.join(format!("products/{first}/index.md"));
    edit(&bowl, &[("price: 28.00", "price: 28,00")]);
    let server = Server::start_from(home, shop, &[]);
    let page = format!("{products}{first}/");
    let told = server.until("/", |_, text| text.contains("bazaar-faults"));
    assert!(told.contains(&format!("products/{first}/index.md:6:8")), "{told}");
    assert!(told.contains("write `price: 28.00`"), "{told}");
    edit(&bowl, &[("price: 28,00", "price: 28.00")]);
    server.until(&page, |status, text| status == 200 && !text.contains("bazaar-faults"));

    // A product of their own: not for sale before they say so.
    let said = run(home, &["--shop", shop, "new", "product", "Vase « Été »"]);
    assert!(said.contains("draft: true") && said.contains("bazaar serve --drafts"), "{said}");
    let vase = content.join("products/vase-ete/index.md");
    let page = format!("{products}vase-ete/");
    edit(&vase, &[("price: 28.00", "price: 45.00")]);
    // Once another change is shown, the draft had its chance.
    edit(&bowl, &[("price: 28.00", "price: 29.00")]);
    server.until(&format!("{products}{first}/"), |_, text| text.contains(&price.replace("45", "29")));
    assert_eq!(server.get(&page).0, 404, "a draft is shown");
    let catalog = server.get("/catalog.json").1;
    assert!(!catalog.contains("VASE-ETE"), "{catalog}");

    // For sale, and bare: everything that is missing is reported.
    edit(&vase, &[("draft: true\n", "weight: 900 g\n")]);
    let told = server.until(&page, |status, text| status == 200 && text.contains("bazaar-faults"));
    for missing in ["no photo", "no text", "no category"] {
        assert!(told.contains(missing), "{missing}: {told}");
    }
    fs::write(content.join("products/vase-ete/IMG_1234.JPG"), jpeg(1600, 1200, 90)).expect("written");
    // As an iPhone saves it.
    let phone = Path::new(env!("CARGO_MANIFEST_DIR")).join("../imaging/tests/files/large.heic");
    fs::copy(phone, content.join("products/vase-ete/IMG_1235.HEIC")).expect("copied");
    let words = format!(
        "category: {category}\nimages:\n  - {{ file: IMG_1235.HEIC, alt: \"Un vase\" }}\n  - {{ file: IMG_1234.JPG, alt: \"Sa glaçure\" }}\n\
         ---\nUn vase haut.\n"
    );
    let text = fs::read_to_string(&vase).expect("readable");
    let text = text.strip_suffix("---\n").expect("the front matter ends the file").to_owned() + &words;
    fs::write(&vase, text).expect("written");
    let shown =
        server.until(&page, |_, text| text.contains("Un vase haut.") && !text.contains("bazaar-faults"));
    assert!(shown.contains(price) && shown.contains(".webp") && shown.contains("InStock"), "{shown}");

    // It is bought, and shown as sold.
    let cart = format!(
        r#"{{"lang":"{lang}","destination":{{"country":"{country}"}},"items":[{{"sku":"VASE-ETE","quantity":1}}]}}"#
    );
    let (status, answer) = ask(server.port, "POST", "/api/checkout", &cart);
    assert_eq!(status, 200, "{answer}");
    let local = |url: &serde_json::Value| {
        let url = url.as_str().expect("an address").to_owned();
        let path = url.strip_prefix(&format!("http://localhost:{}", server.port)).map(str::to_owned);
        path.unwrap_or_else(|| panic!("{url} is not here"))
    };
    let (pay, order) = (local(&json(&answer)["url"]), local(&json(&answer)["order"]));
    let payer = format!(
        "email=anne%40example.com&name=Anne&line1=1+rue+Haute&postal_code=29100&city=Ville&country={country}&means=card"
    );
    let (status, paid) = ask(server.port, "POST", &pay, &payer);
    assert_eq!(status, 303, "{paid}");
    let back = header(&paid, "location").strip_prefix(&format!("http://localhost:{}", server.port));
    let back = back.unwrap_or_else(|| panic!("the shopper comes back: {paid}"));
    assert_eq!(server.get(back).0, 200);
    server.until(&page, |_, text| text.contains("SoldOut"));
    assert!(server.get(&order).1.contains("Vase"));

    // The owner finds it by the part of its number that they remember.
    let id = order.split('.').nth(1).expect("a signed link names its order");
    let zone = if *lang == "fr" { [" CET", " CEST"] } else { [" GMT", " BST"] };
    for typed in [
        id.to_owned(),
        id.to_lowercase(),
        id.replace('-', " "),
        id.to_lowercase().replace('-', ""),
        id[..6].to_owned(),
    ] {
        let said = run(home, &["--shop", shop, "orders", &typed]);
        assert!(
            said.contains(id) && said.contains("Vase") && zone.iter().any(|zone| said.contains(zone)),
            "{typed}: {said}"
        );
    }
    let shipped = run(home, &["--shop", shop, "orders", "ship", &id.to_lowercase()]);
    assert!(shipped.contains(id), "{shipped}");
    for (typed, said) in [("ZZZZ-ZZZZ-ZZ", "there is no order"), ("???", "there is no order")] {
        let out = bazaar(home).args(["--shop", shop, "orders", typed]).output().expect("the program runs");
        let words = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.code() == Some(2) && words.contains(said), "{typed}: {words}");
    }
    let out = bazaar(home).args(["--shop", shop, "orders", "cancel", &id[..2]]).output().expect("it runs");
    assert_eq!(out.status.code(), Some(2), "two letters are too few to cancel an order");
}

#[test]
fn the_first_hour_of_an_owner_ends_with_a_sale() {
    first_hour(&FRENCH);
}

#[test]
fn the_first_hour_of_an_english_owner_ends_with_a_sale() {
    first_hour(&ENGLISH);
}
