//! Builds random shops: page, structured data, feed, `catalog.json` and the till's snapshot say the same about every item,
//! namely what the owner wrote.

#[path = "../../pages/tests/shop/mod.rs"]
mod shop;

use catalog::item::Sale;
use catalog::public::Catalog;
use catalog::{Cents, Grams, Sku, Supply, Timestamp, Window};
use proptest::prelude::*;
use serde_json::Value;
use shop::{Shop, png};
use till::decide::quote::{Cart, CartLine, Destination, NotServed, Refusal, quote};

/// The instant of the build. What is drawn is in plain numbers here, seconds and cents: none of the rules below is the product's.
const NOW: i64 = 1_795_348_800;
/// The heaviest parcel of the one rate, in grams.
const HEAVIEST: u32 = 1000;
const RATE: i64 = 590;

/// A lower price for a time.
#[derive(Debug, Clone, Copy)]
struct Lower {
    price: i64,
    from: Option<i64>,
    until: Option<i64>,
}

/// An item as its owner wrote it.
#[derive(Debug, Clone)]
struct Written {
    price: i64,
    sale: Option<Lower>,
    weight: u32,
    supply: u32,
}

/// A product: one item, or several as variants.
#[derive(Debug, Clone)]
struct Product {
    items: Vec<Written>,
    publish: Option<i64>,
    unpublish: Option<i64>,
}

#[derive(Debug, Clone)]
struct Drawn {
    products: Vec<Product>,
    pickup: bool,
    closed: Option<(Option<i64>, Option<i64>)>,
}

/// An instant around the build's, or none.
fn instant() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![
        Just(None),
        (-2..3_i64).prop_map(|off| Some(NOW + off)),
        Just(Some(NOW - 86_400)),
        Just(Some(NOW + 86_400))
    ]
}

/// Two instants, the first before the second.
fn span() -> impl Strategy<Value = (Option<i64>, Option<i64>)> {
    (instant(), instant()).prop_filter("begins before it ends", |(from, until)| match (from, until) {
        (Some(from), Some(until)) => from < until,
        _ => true,
    })
}

fn item() -> impl Strategy<Value = Written> {
    let sale = prop::option::of((1..100_i64, span()));
    let weight = prop_oneof![1..2_000_u32, Just(HEAVIEST - 1), Just(HEAVIEST), Just(HEAVIEST + 1)];
    (100..50_000_i64, sale, weight, 0..4_u32).prop_map(|(price, sale, weight, supply)| {
        let sale = sale.map(|(part, (from, until))| Lower {
            price: (price * part / 100).clamp(50, price - 1),
            from,
            until,
        });
        Written { price, sale, weight, supply }
    })
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let product = (prop::collection::vec(item(), 1..4), span())
        .prop_map(|(items, (publish, unpublish))| Product { items, publish, unpublish });
    (prop::collection::vec(product, 1..4), any::<bool>(), prop::option::weighted(0.2, span()))
        .prop_map(|(products, pickup, closed)| Drawn { products, pickup, closed })
}

fn window((from, until): (Option<i64>, Option<i64>)) -> Window {
    Window { from: from.map(Timestamp), until: until.map(Timestamp) }
}

fn time(at: i64) -> String {
    jiff::Timestamp::from_second(at).expect("an instant").to_string()
}

fn money(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

fn sku(product: usize, item: usize) -> String {
    format!("P{product}-{item}")
}

/// The fields of an item as YAML.
fn fields(item: &Written, sku: &str, separator: &str) -> String {
    let mut fields = vec![
        format!("sku: {sku}"),
        format!("price: {}", money(item.price)),
        format!("weight: {} g", item.weight),
        format!("supply: {}", item.supply),
    ];
    if let Some(Lower { price, from, until }) = item.sale {
        let from = from.map(|at| format!(", from: \"{}\"", time(at))).unwrap_or_default();
        let until = until.map(|at| format!(", until: \"{}\"", time(at))).unwrap_or_default();
        fields.push(format!("sale: {{ price: {}{from}{until} }}", money(price)));
    }
    fields.join(separator)
}

fn lay(drawn: &Drawn) -> Shop {
    let shop = Shop::base();
    shop.remove("content/products/bol.md");
    shop.remove("content/products/bol.en.md");
    let photo = png(64, 64);
    for (at, product) in drawn.products.iter().enumerate() {
        let mut text =
            format!("---\ntitle: Pièce {at}\nimages: [{{ file: p{at}.png, alt: {{ fr: a, en: a }} }}]\n");
        for (name, instant) in [("publish", product.publish), ("unpublish", product.unpublish)] {
            text += &instant.map(|instant| format!("{name}: \"{}\"\n", time(instant))).unwrap_or_default();
        }
        match product.items.as_slice() {
            [only] => text += &format!("{}\n", fields(only, &sku(at, 0), "\n")),
            several => {
                let values: Vec<String> =
                    (0..several.len()).map(|value| format!("v{value}: \"{value}\"")).collect();
                text += &format!(
                    "options: {{ size: {{ label: {{ fr: Taille, en: Size }}, values: {{ {} }} }} }}\nvariants:\n",
                    values.join(", ")
                );
                for (number, item) in several.iter().enumerate() {
                    text += &format!("  - {{ size: v{number}, {} }}\n", fields(item, &sku(at, number), ", "));
                }
            }
        }
        shop.write(&format!("content/products/p{at}.md"), text + "---\n");
        shop.write(&format!("content/products/p{at}.png"), &photo);
    }
    let mut settings = std::fs::read_to_string(shop.path().join("content/shop.yaml")).expect("base");
    settings += "contact: { email: bonjour@example.com }\nshipping:\n  zones:\n    - id: france\n      countries: [FR]\n      rates:\n";
    settings += &format!(
        "        - {{ id: poste, label: {{ fr: Poste, en: Post }}, days: [2, 3], prices: [{{ up_to: {HEAVIEST} g, price: {} }}] }}\n",
        money(RATE)
    );
    if drawn.pickup {
        settings += "  pickup: { label: { fr: Retrait, en: Collect }, address: Paris }\n";
    }
    if let Some((from, until)) = drawn.closed {
        settings += "closed:\n  message: { fr: Fermé, en: Closed }\n";
        for (name, instant) in [("from", from), ("until", until)] {
            settings +=
                &instant.map(|instant| format!("  {name}: \"{}\"\n", time(instant))).unwrap_or_default();
        }
    }
    shop.write("content/shop.yaml", settings);
    shop
}

/// What an item is at an instant, derived only from what its owner wrote.
struct Derived<'d> {
    drawn: &'d Drawn,
    product: &'d Product,
    item: &'d Written,
}

impl Derived<'_> {
    fn listed(&self, now: i64) -> bool {
        self.product.publish.is_none_or(|from| from <= now)
            && self.product.unpublish.is_none_or(|until| now < until)
    }

    fn price(&self, now: i64) -> i64 {
        let on = |sale: &&Lower| {
            sale.from.is_none_or(|from| from <= now) && sale.until.is_none_or(|until| now < until)
        };
        self.item.sale.as_ref().filter(on).map_or(self.item.price, |sale| sale.price)
    }

    fn closed(&self, now: i64) -> bool {
        self.drawn.closed.is_some_and(|(from, until)| {
            from.is_none_or(|from| from <= now) && until.is_none_or(|until| now < until)
        })
    }

    fn sent(&self) -> bool {
        self.item.weight <= HEAVIEST
    }

    /// In the terms of `catalog.json`, of schema.org, and of the feed; `None` if the feed leaves it out.
    fn availability(&self) -> (&'static str, &'static str, Option<&'static str>) {
        match (self.item.supply, self.closed(NOW), self.sent(), self.drawn.pickup) {
            (0, ..) => ("sold_out", "SoldOut", None),
            (_, true, sent, _) => ("closed", "OutOfStock", sent.then_some("out_of_stock")),
            (_, false, true, _) => ("in_stock", "InStock", Some("in_stock")),
            (_, false, false, true) => ("in_stock", "InStoreOnly", None),
            (_, false, false, false) => ("by_writing", "InStoreOnly", None),
        }
    }
}

/// Every object of a page's structured data that has this SKU.
fn structured<'v>(value: &'v Value, sku: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| structured(item, sku, found)),
        Value::Object(fields) => {
            if fields.get("sku").and_then(Value::as_str) == Some(sku) {
                found.push(value);
            }
            fields.values().for_each(|field| structured(field, sku, found));
        }
        _ => {}
    }
}

fn blocks(page: &str) -> Vec<Value> {
    let scripts = page.split("<script type=\"application/ld+json\">").skip(1);
    let blocks = scripts.filter_map(|rest| rest.split("</script>").next());
    blocks.map(|block| serde_json::from_str(block).expect("JSON")).collect()
}

/// The value of an element of a feed's item.
fn element<'t>(item: &'t str, name: &str) -> Option<&'t str> {
    item.split_once(&format!("<g:{name}>"))?.1.split_once("</g:")?.0.into()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn page_feed_catalog_and_till_say_what_the_owner_wrote(drawn in drawn()) {
        let shop = lay(&drawn);
        let outcome = shop.build();
        prop_assert!(outcome.published.is_some(), "{:?}", outcome.faults);
        let site = shop.site();
        let text = |path: &str| String::from_utf8_lossy(&site[path]).into_owned();
        let public: Catalog = serde_json::from_slice(&site["catalog.json"]).expect("catalog.json");
        let till = till::shop::Shop::read(&shop.path().join(".bazaar/snapshot")).expect("a snapshot");
        let feed = text("merchant.fr.xml");
        let fed: Vec<&str> = feed.split("<item>").skip(1).collect();
        for (at, product) in drawn.products.iter().enumerate() {
            for (number, item) in product.items.iter().enumerate() {
                let derived = Derived { drawn: &drawn, product, item };
                let sku = Sku::new(&sku(at, number)).expect("a SKU");
                let (kept, shown) = (till.item(&sku), public.items.iter().find(|item| item.sku == sku));
                let fed = fed.iter().find(|item| element(item, "id") == Some(sku.as_str()));
                if !derived.listed(NOW) {
                    prop_assert!(kept.is_none() && shown.is_none() && fed.is_none(), "{sku} is not published");
                    continue;
                }
                let (kept, shown) = (kept.expect("in the snapshot"), shown.expect("in catalog.json"));

                // The snapshot.
                let sale = item.sale.map(|Lower { price, from, until }| Sale { price: Cents(price), window: window((from, until)) });
                prop_assert_eq!((kept.price, kept.sale), (Cents(item.price), sale));
                prop_assert_eq!((kept.weight, kept.supply), (Some(Grams(item.weight)), Supply::Pieces(item.supply)));
                prop_assert_eq!((kept.publish, kept.unpublish), (product.publish.map(Timestamp), product.unpublish.map(Timestamp)));
                for now in NOW - 3..NOW + 4 {
                    prop_assert_eq!(kept.price_at(Timestamp(now)).0, derived.price(now), "{} at {}", &sku, now);
                }
                let closed = &till.settings.till.closed;
                prop_assert_eq!(closed.as_ref().map(|closed| closed.window), drawn.closed.map(window));

                // What the till charges.
                for now in NOW - 3..NOW + 4 {
                    let cart = Cart {
                        lang: "fr".to_owned(),
                        destination: Destination::Ship { country: "FR".to_owned(), rate: None },
                        lines: vec![CartLine { sku: sku.clone(), quantity: 1, note: None }],
                    };
                    let asked = quote(&cart, &till.settings, Timestamp(now), &|sku| till.item(sku)).map(|quote| (quote.goods.0, quote.total.0));
                    let price = derived.price(now);
                    let expected = match (derived.listed(now), derived.sent()) {
                        (false, _) => Err(Refusal::UnknownSku { sku: sku.to_string() }),
                        (true, false) => Err(Refusal::DestinationNotServed(NotServed::Weight)),
                        (true, true) => Ok((price, price + RATE)),
                    };
                    prop_assert_eq!(asked, expected, "{} at {}", &sku, now);
                }

                // The pages.
                let price = derived.price(NOW);
                let (word, schema, feeds) = derived.availability();
                prop_assert_eq!((shown.price.0, shown.availability.as_str()), (price, word));
                prop_assert_eq!(shown.weight_g, Some(Grams(item.weight)));
                prop_assert_eq!(shown.pickup_only, word == "in_stock" && !derived.sent());
                for path in ["produits", "en/products"] {
                    let page = text(&format!("{path}/p{at}/index.html"));
                    let blocks = blocks(&page);
                    let mut found = Vec::new();
                    blocks.iter().for_each(|block| structured(block, sku.as_str(), &mut found));
                    prop_assert_eq!(found.len(), 1, "{}", &sku);
                    prop_assert_eq!(&found[0]["offers"]["price"], &Value::from(money(price)));
                    prop_assert_eq!(&found[0]["offers"]["availability"], &Value::from(format!("https://schema.org/{schema}")));
                    prop_assert_eq!(&found[0]["weight"]["value"], &Value::from(item.weight));
                    let printed = if path == "produits" { format!("{}\u{a0}€", money(price).replace('.', ",")) } else { format!("€{}", money(price)) };
                    // The page of a piece that is gone says so instead of a price.
                    prop_assert!(item.supply == 0 || page.contains(&printed), "{}: no {} on /{}/p{}/", &sku, printed, path, at);
                }

                // The feed.
                prop_assert_eq!(fed.and_then(|item| element(item, "availability")), feeds, "{}", &sku);
                let Some(fed) = fed else { continue };
                let euros = |minor: i64| format!("{} EUR", money(minor));
                let element = |name: &str| element(fed, name).map(str::to_owned);
                prop_assert_eq!(element("price"), Some(euros(item.price)));
                prop_assert_eq!(element("sale_price"), (price < item.price).then(|| euros(price)));
                prop_assert_eq!(element("shipping_weight"), Some(format!("{} g", item.weight)));
            }
        }
    }
}
