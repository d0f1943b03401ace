//! What the simulated shop sells, and what it should cost: a second implementation, independent of the till's, to
//! compare with.

use std::collections::BTreeMap;

use catalog::settings::{Seller, Settings};
use catalog::shipping::{Pickup, Rate, RateStep, Shipping, Zone};
use catalog::till::{Closed, TillSettings};
use catalog::{
    Cents, Currency, Grams, Item, Sale, Sku, Snapshot, StockKey, Supply, Timestamp, VatRate, VatScheme,
    Window,
};
use storefront::views::MAILS;
use till::decide::{Cart, Destination};

use crate::flaws::shop::misread;
use crate::planted::Flaw;

/// The start of a run.
pub const START: Timestamp = Timestamp(1_790_000_000);
/// The owner's mail address.
pub const OWNER: &str = "bonjour@example.com";
/// The supply of each stock key.
pub const SUPPLY: [(&str, u32); 4] = [("BOL", 1), ("TASSE", 3), ("LIN", 2), ("NAPPE", 2)];
/// When the till is closed: from and until, in seconds since [`START`].
const CLOSED: (i64, i64) = (6500, 7000);
/// From this value of goods on, one rate is free.
const FREE_OVER: i64 = 5600;

/// One item; prices are in cents, instants in seconds since [`START`], the second one of a sale is its end, excluded.
pub struct Ware {
    pub sku: &'static str,
    pub key: &'static str,
    /// `None`: made to order.
    pub pieces: Option<u32>,
    price: i64,
    sale: Option<(i64, i64, i64)>,
    grams: u32,
    publish: Option<i64>,
    unpublish: Option<i64>,
}

const PLAIN: Ware =
    Ware { sku: "", key: "", pieces: None, price: 0, sale: None, grams: 300, publish: None, unpublish: None };

/// Everything for sale. Two SKUs share the pieces of one key.
pub const WARES: [Ware; 6] = [
    Ware {
        sku: "BOL",
        key: "BOL",
        pieces: Some(1),
        price: 2800,
        sale: Some((2100, 1500, 4000)),
        grams: 420,
        ..PLAIN
    },
    Ware { sku: "TASSE-BLEUE", key: "TASSE", pieces: Some(3), price: 1400, ..PLAIN },
    Ware { sku: "TASSE-VERTE", key: "TASSE", pieces: Some(3), price: 1600, ..PLAIN },
    Ware { sku: "LIN", key: "LIN", pieces: Some(2), price: 2800, unpublish: Some(5000), ..PLAIN },
    Ware {
        sku: "NAPPE",
        key: "NAPPE",
        pieces: Some(2),
        price: 5600,
        grams: 1200,
        publish: Some(2500),
        ..PLAIN
    },
    Ware { sku: "CARTE", key: "CARTE", price: 400, grams: 20, ..PLAIN },
];

/// What a cart should cost at an instant: each line's unit price, and the total with shipping. `None`: it cannot be bought.
pub fn price(cart: &Cart, at: Timestamp) -> Option<(Vec<Cents>, Cents)> {
    let at = at.seconds_since(START);
    if (CLOSED.0..CLOSED.1).contains(&at) {
        return None;
    }
    let (mut prices, mut goods, mut grams) = (Vec::new(), 0, 0);
    for line in &cart.lines {
        let ware = WARES.iter().find(|ware| ware.sku == line.sku.as_str())?;
        if ware.publish.is_some_and(|from| at < from) || ware.unpublish.is_some_and(|end| at >= end) {
            return None;
        }
        let sale = ware.sale.filter(|(_, from, end)| (*from..*end).contains(&at));
        let price = sale.map_or(ware.price, |(price, ..)| price);
        prices.push(Cents(price));
        goods += price * i64::from(line.quantity);
        grams += ware.grams * line.quantity;
    }
    let shipping = match &cart.destination {
        Destination::Pickup => 0,
        Destination::Ship { country, rate } => parcel(country, rate.as_deref(), goods, grams)?,
    };
    Some((prices, Cents(goods + shipping)))
}

/// The instants between two at which prices may change: both, and each beginning or end in between.
pub fn turns(from: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> {
    let of = |ware: &Ware| {
        let sale = ware.sale.map(|(_, from, end)| [from, end]);
        [ware.publish, ware.unpublish].into_iter().flatten().chain(sale.into_iter().flatten())
    };
    let turns = WARES.iter().flat_map(of).chain([CLOSED.0, CLOSED.1]).map(absolute);
    let between = turns.filter(move |at| (from..=until).contains(at)).collect::<Vec<_>>();
    [from, until].into_iter().chain(between)
}

/// What shipping should cost.
fn parcel(country: &str, rate: Option<&str>, goods: i64, grams: u32) -> Option<i64> {
    let tracked = match grams {
        _ if goods >= FREE_OVER => Some(0),
        0..=500 => Some(590),
        _ => Some(990),
    }
    .filter(|_| grams <= 5000);
    let express = (grams <= 2000).then_some(1500);
    match (country, rate) {
        ("FR" | "MC", Some("colissimo")) => tracked,
        ("FR" | "MC", Some("express")) => express,
        ("FR" | "MC", None) => [tracked, express].into_iter().flatten().min(),
        ("BE", None | Some("poste")) => (grams <= 2000).then_some(1250),
        _ => None,
    }
}

/// The snapshot for the till. `closed`: the owner closed it until further notice.
pub fn snapshot(closed: bool, flaw: Option<Flaw>) -> Vec<u8> {
    let mut items: Vec<Item> = WARES.iter().map(item).collect();
    let mut settings = settings(closed);
    if let Some(flaw) = flaw {
        misread(flaw, &mut settings, &mut items);
    }
    Snapshot::write(&settings, &items).expect("json")
}

fn absolute(at: i64) -> Timestamp {
    Timestamp(START.0 + at)
}

fn item(ware: &Ware) -> Item {
    Item {
        sku: Sku::new(ware.sku).expect("a sku"),
        product: ware.sku.to_lowercase(),
        stock: StockKey::new(ware.key).expect("a key"),
        supply: ware.pieces.map_or(Supply::Unlimited, Supply::Pieces),
        price: Cents(ware.price),
        sale: ware.sale.map(|(price, from, end)| Sale {
            price: Cents(price),
            window: Window { from: Some(absolute(from)), until: Some(absolute(end)) },
        }),
        weight: Some(Grams(ware.grams)),
        vat: "standard".into(),
        name: both(ware.sku),
        url: BTreeMap::new(),
        image: None,
        pickup_only: false,
        made_to_order_days: None,
        personalisation: None,
        publish: ware.publish.map(absolute),
        unpublish: ware.unpublish.map(absolute),
    }
}

fn both(text: &str) -> catalog::item::Localized {
    ["fr", "en"].into_iter().map(|lang| (lang.to_owned(), text.to_owned())).collect()
}

fn settings(closed: bool) -> Settings {
    // Mails are checked only for their order and language.
    let templates = MAILS.into_iter().flat_map(|name| {
        [("txt", "{{ order.id }} {{ lang }}"), ("html", "<p>{{ order.id }}</p>")]
            .map(|(kind, text)| (format!("mails/{name}.{kind}"), text.to_owned()))
    });
    let window = Window { from: Some(absolute(CLOSED.0)), until: Some(absolute(CLOSED.1)) };
    let closed = match closed {
        true => Closed::default(),
        false => Closed { window, ..Closed::default() },
    };
    let rate = |id: &str, free_over, steps: &[(u32, i64)]| Rate {
        id: id.to_owned(),
        label: both(id),
        days: None,
        free_over,
        prices: steps
            .iter()
            .map(|(up_to, price)| RateStep { up_to: Grams(*up_to), price: Cents(*price) })
            .collect(),
    };
    let zone = |id: &str, countries: &[&str], rates| Zone {
        id: id.to_owned(),
        countries: countries.iter().map(|code| (*code).to_owned()).collect(),
        rates,
    };
    Settings {
        name: "Bazaar".into(),
        url: "https://shop.example.com".into(),
        languages: vec!["fr".into(), "en".into()],
        timezone: "Europe/Paris".into(),
        currency: Currency::Eur,
        email: Some(OWNER.into()),
        seller: Seller {
            name: "S".into(),
            address: "A".into(),
            register: None,
            vat: VatScheme::Registered,
            vat_number: None,
        },
        vat: BTreeMap::from([("standard".to_owned(), VatRate(2000))]),
        shipping: Shipping {
            handling: None,
            zones: vec![
                zone(
                    "france",
                    &["FR", "MC"],
                    vec![
                        rate("colissimo", Some(Cents(FREE_OVER)), &[(500, 590), (5000, 990)]),
                        rate("express", None, &[(2000, 1500)]),
                    ],
                ),
                zone("benelux", &["BE"], vec![rate("poste", None, &[(2000, 1250)])]),
            ],
            pickup: Some(Pickup { label: BTreeMap::new(), address: "A".into() }),
        },
        till: TillSettings {
            templates: templates.collect(),
            closed: Some(closed),
            ..TillSettings::default()
        },
    }
}
