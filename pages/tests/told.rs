//! What a build and its pages say by default and by derivation, where the owner wrote nothing about it.

mod shop;

use std::fs;
use std::path::Path;

use pages::build::{self, Memory};
use shop::Shop;

/// A shop with a piece that can be engraved.
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

#[test]
fn the_shops_description_is_that_of_its_home_page_alone() {
    let shop = Shop::base();
    let settings = fs::read_to_string(shop.path().join("content/shop.yaml")).expect("base");
    shop.write("content/shop.yaml", settings + "description: { fr: Du grès., en: Stoneware. }\n");
    shop.build();
    let described =
        |path: &str| page(&shop, path).contains("<meta name=\"description\" content=\"Stoneware.\">");
    assert!(described("en/index.html"));
    assert!(!described("en/products/index.html"));
}

#[test]
fn the_cart_leads_to_the_terms_and_to_no_other_page() {
    let shop = shop::whole();
    for (file, kind) in [("apropos", "about"), ("cgv", "terms"), ("mentions", "legal")] {
        shop.write(
            &format!("content/pages/{file}.md"),
            format!("---\ntitle: {file}\nkind: {kind}\n---\nMots.\n"),
        );
    }
    shop.build();
    let cart = page(&shop, "panier/index.html");
    let terms = cart.split("class=\"aside\">").find_map(|part| part.split_once("<a href=\"/cgv/\">"));
    assert!(terms.is_some(), "{cart}");
}

#[test]
fn a_long_text_lists_its_chapters_and_not_their_parts() {
    let shop = Shop::base();
    let body = "## Un\n\n### Détail\n\n## Deux\n\n## Trois\n";
    shop.write("content/pages/soin.md", format!("---\ntitle: Soin\n---\n{body}"));
    shop.build();
    let page = page(&shop, "soin/index.html");
    for id in ["un", "deux", "trois"] {
        assert!(page.contains(&format!("<a href=\"#{id}\">")), "{id}");
    }
    assert!(!page.contains("<a href=\"#detail\">"));
}

#[test]
fn a_menu_of_categories_goes_nine_levels_deep_and_lists_lead_to_their_own_pages() {
    let shop = Shop::base();
    for level in 1..=11 {
        let parent = if level == 1 { String::new() } else { format!("parent: n{}\n", level - 1) };
        let category = format!("---\ntitle: N{level}\n{parent}---\n");
        shop.write(&format!("content/categories/n{level}.md"), category);
    }
    let product = "---\ntitle: Plat\nsku: PLAT\nprice: 28.00\nsupply: 1\ncategory: n11\ntags: [gres]\nmaker: claire\n---\n";
    shop.write("content/products/plat.md", product);
    shop.write("content/collections/choix.md", "---\ntitle: Choix\nproducts: [plat]\n---\n");
    let settings = fs::read_to_string(shop.path().join("content/shop.yaml")).expect("base");
    let menus = "menus: { main: [categories, makers, tags, collections] }\n";
    shop.write("content/shop.yaml", settings + menus);
    let (prepared, faults) = build::prepare(&shop.options(), &mut Memory::default(), &|_, _| {});
    let site = prepared.unwrap_or_else(|| panic!("{faults:?}")).site;
    let main = &site.menus.first().expect("French").main;
    let mut deepest = main.iter().find(|entry| entry.title == "N1").expect("the category");
    let mut levels = 1;
    while let Some(child) = deepest.children.first() {
        deepest = child;
        levels += 1;
    }
    assert_eq!(levels, 9);
    let lists: Vec<&str> = main.iter().rev().take(3).map(|entry| &*entry.url).collect();
    assert_eq!(lists, ["/collections/", "/etiquettes/", "/createurs/"]);
}

/// The structured data of a page.
fn graph(shop: &Shop, path: &str) -> serde_json::Value {
    let page = page(shop, path);
    let data = page
        .split_once("<script type=\"application/ld+json\">")
        .and_then(|(_, rest)| rest.split_once("</script>"));
    serde_json::from_str(data.expect("structured data").0).expect("JSON")
}

#[test]
fn a_sale_ends_a_second_before_its_end_for_those_who_count_days() {
    let shop = shop::whole();
    let sale = "sale: { price: 20.00, until: 2026-12-01 }";
    let product = fs::read_to_string(shop.path().join("content/products/bol.md")).expect("base");
    shop.write("content/products/bol.md", product.replace("supply: 1", &format!("supply: 1\n{sale}")));
    shop.build();
    let graph = graph(&shop, "produits/bol/index.html").to_string();
    let until = graph.split_once("\"priceValidUntil\":\"").and_then(|(_, rest)| rest.split_once('"'));
    let until = until.expect("an end").0;
    assert!(until.ends_with(":59:59Z"), "{until}");
}

#[test]
fn returns_are_a_window_of_days_or_not_offered() {
    for (days, category, window) in
        [(0, "MerchantReturnNotPermitted", None), (1, "MerchantReturnFiniteReturnWindow", Some(1))]
    {
        let shop = shop::whole();
        let settings = fs::read_to_string(shop.path().join("content/shop.yaml")).expect("base");
        shop.write(
            "content/shop.yaml",
            settings + &format!("returns: {{ days: {days}, paid_by: customer }}\n"),
        );
        shop.build();
        let graph = graph(&shop, "produits/bol/index.html");
        let nodes = graph["@graph"].as_array().expect("a graph");
        let policy = nodes.iter().find(|node| node["@type"] == "MerchantReturnPolicy").expect("a policy");
        assert_eq!(policy["returnPolicyCategory"], format!("https://schema.org/{category}"));
        assert_eq!(policy["merchantReturnDays"].as_u64(), window, "{days}");
        assert_eq!(policy.get("returnMethod").is_some(), window.is_some());
    }
}

#[test]
fn a_collection_of_a_maker_holds_what_she_made() {
    let shop = Shop::base();
    let other = "---\ntitle: Plat\nsku: PLAT\nprice: 28.00\nsupply: 1\n---\n";
    shop.write("content/products/plat.md", other);
    shop.write("content/collections/claire.md", "---\ntitle: De Claire\nmaker: claire\n---\n");
    shop.build();
    let list = page(&shop, "collections/claire/index.html");
    assert!(list.contains("/produits/bol/") && !list.contains("/produits/plat/"));
}

#[test]
fn a_translation_describes_the_photo_that_it_names() {
    let shop = shop::whole();
    for name in ["un", "deux"] {
        shop.write(
            &format!("content/products/{name}.png"),
            shop::png(1600, if name == "un" { 1200 } else { 1000 }),
        );
    }
    let images = "images:\n  - { file: un.png, alt: Un }\n  - { file: deux.png, alt: Deux }\n";
    let product = format!("---\ntitle: Plat\nsku: PLAT\nprice: 28.00\nsupply: 1\n{images}---\n");
    shop.write("content/products/plat.md", product);
    let words =
        "---\ntitle: Plate\nimages:\n  - { file: deux.png, alt: Two }\n  - { file: un.png, alt: One }\n---\n";
    shop.write("content/products/plat.en.md", words);
    shop.build();
    let page = page(&shop, "en/products/plat/index.html");
    let at = |alt: &str| page.find(&format!("alt=\"{alt}\"")).unwrap_or_else(|| panic!("{alt}: {page}"));
    assert!(at("One") < at("Two"), "in the order of the product");
}
