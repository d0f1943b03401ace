//! What a build and its pages say where nothing was written about it.

mod shop;

use std::fs;
use std::path::Path;

use shop::Shop;

/// A shop with a piece that can have words on it.
fn engraved(shop: Shop, price: &str) -> Shop {
    let words = format!("personalisation: {{ label: {{ fr: Prénom, en: Name }}, max_length: 12{price} }}");
    let plate =
        format!("---\ntitle: Plat\nsku: PLAT\nprice: 28.00\nsupply: 1\nweight: 200 g\n{words}\n---\n");
    shop.write("content/products/plat.md", plate);
    shop.write("content/products/plat.en.md", "---\ntitle: Plate\n---\n");
    shop
}

fn page(shop: &Shop, path: &str) -> String {
    let site = shop.site();
    let bytes = site.get(path).unwrap_or_else(|| panic!("{path} is not among {:?}", site.keys()));
    String::from_utf8(bytes.clone()).expect("UTF-8")
}

#[test]
fn each_kind_of_page_is_described_in_the_themes_words() {
    let shop = engraved(Shop::base(), "");
    shop.build();
    for (path, said) in [
        ("en/index.html", "Atelier: chosen and handmade things."),
        ("en/products/index.html", "All things at Atelier."),
        ("en/products/plat/index.html", "Plate, at Atelier."),
        ("en/categories/index.html", "Departments at Atelier."),
        ("en/categories/bowls/index.html", "Bowls: the things at Atelier."),
        ("en/makers/claire/index.html", "Claire: the pieces at Atelier."),
        // Its owner wrote something.
        ("en/products/bowl/index.html", "A bowl."),
    ] {
        let page = page(&shop, path);
        assert!(page.contains(&format!("<meta name=\"description\" content=\"{said}\">")), "{path}");
    }
}

#[test]
fn words_on_a_piece_name_their_price_when_they_have_one() {
    for (price, shown) in [("", None), (", price: 8.00", Some("+ €8.00")), (", price: 0.50", Some("+ €0.50"))]
    {
        let shop = engraved(shop::whole(), price);
        shop.build();
        let page = page(&shop, "en/products/plat/index.html");
        let label = page.split("<label for=\"_note\">").nth(1).and_then(|rest| rest.split("</label>").next());
        let label = label.expect("a field for them");
        match shown {
            Some(shown) => assert!(label.contains(shown), "{label}"),
            None => assert_eq!(label, "Name"),
        }
    }
}

#[test]
fn a_build_counts_its_files() {
    let shop = engraved(Shop::base(), "");
    let published = shop.build().published.expect("it is published");
    let site = shop.site();
    let size: usize = site.values().map(Vec::len).sum();
    let pages = site.keys().filter(|path| path.ends_with(".html")).count();
    assert_eq!((published.files, published.bytes), (site.len(), size as u64));
    assert_eq!((published.pages, published.rendered, published.written), (pages, pages, site.len()));
    let again = shop.build().published.expect("it is published");
    assert_eq!((again.files, again.rendered, again.written, again.removed), (site.len(), 0, 0, 0));
}

#[test]
fn a_theme_of_ones_own_has_every_text_that_the_till_asks_for() {
    let shop = Shop::base();
    shop.lay_at("themes/mien", &Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes/petit"));
    let settings = fs::read_to_string(shop.path().join("content/shop.yaml")).expect("base");
    shop.write("content/shop.yaml", settings + "theme: mien\n");
    let manifest = fs::read_to_string(shop.path().join("themes/mien/theme.yaml")).expect("petit's");
    shop.write("themes/mien/theme.yaml", manifest.replace("name: petit", "name: mien"));
    assert_eq!(shop.codes(), Vec::<&str>::new());
    for lang in ["de", "en", "es", "fr", "it", "nl"] {
        let path = format!("themes/mien/translations/{lang}.yaml");
        let texts = fs::read_to_string(shop.path().join(&path)).expect("petit's");
        let lines = texts.lines().filter(|line| !line.starts_with("    not_now: "));
        shop.write(&path, lines.collect::<Vec<_>>().join("\n") + "\n");
    }
    assert_eq!(shop.codes(), ["missing-text"]);
}
