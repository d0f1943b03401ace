//! A small shop for the till's own tests.

use std::collections::BTreeMap;

use catalog::settings::{Seller, Settings};
use catalog::shipping::{Pickup, Rate, RateStep, Shipping, Zone};
use catalog::{Cents, Currency, Grams, Item, Sku, StockKey, Supply, Timestamp, VatRate, VatScheme, Window};

/// A text in French and English.
pub fn both(fr: &str, en: &str) -> catalog::item::Localized {
    BTreeMap::from([("fr".to_owned(), fr.to_owned()), ("en".to_owned(), en.to_owned())])
}

/// A window from one second until before the other.
pub fn window(from: i64, until: i64) -> Window {
    Window { from: Some(Timestamp(from)), until: Some(Timestamp(until)) }
}

/// A shop that ships to France, Monaco and Belgium and offers pickup.
pub fn settings() -> Settings {
    let rate = |id: &str, free_over, prices: &[(u32, i64)]| Rate {
        id: id.to_owned(),
        label: both("Colissimo", "Tracked post"),
        days: Some((2, 3)),
        free_over,
        prices: prices
            .iter()
            .map(|(up_to, price)| RateStep { up_to: Grams(*up_to), price: Cents(*price) })
            .collect(),
    };
    Settings {
        name: "Mon Petit Bazaar".to_owned(),
        url: "https://shop.example.com".to_owned(),
        languages: vec!["fr".to_owned(), "en".to_owned()],
        timezone: "Europe/Paris".to_owned(),
        currency: Currency::Eur,
        email: Some("bonjour@example.com".to_owned()),
        seller: Seller {
            name: "Anne Martin".to_owned(),
            address: "1 rue des Lilas, 75020 Paris".to_owned(),
            register: None,
            vat: VatScheme::Registered,
            vat_number: Some("FR00".to_owned()),
        },
        vat: BTreeMap::from([("standard".to_owned(), VatRate(2000)), ("reduced".to_owned(), VatRate(550))]),
        shipping: Shipping {
            handling: Some((1, 2)),
            zones: vec![
                Zone {
                    id: "france".to_owned(),
                    countries: vec!["FR".to_owned(), "MC".to_owned()],
                    rates: vec![
                        rate("colissimo", Some(Cents(8000)), &[(500, 590), (5000, 990)]),
                        rate("express", None, &[(2000, 1500)]),
                    ],
                },
                Zone {
                    id: "benelux".to_owned(),
                    countries: vec!["BE".to_owned()],
                    rates: vec![rate("poste", None, &[(2000, 1250)])],
                },
            ],
            pickup: Some(Pickup { label: both("Retrait", "Collect"), address: "1 rue des Lilas".to_owned() }),
        },
        till: Default::default(),
    }
}

/// An item of 28 €, 420 g.
pub fn item(sku: &str, supply: Supply) -> Item {
    Item {
        sku: Sku::new(sku).unwrap_or_else(|| unreachable!("a sku")),
        product: sku.to_lowercase(),
        stock: StockKey::new(sku).unwrap_or_else(|| unreachable!("a key")),
        supply,
        price: Cents(2800),
        sale: None,
        weight: Some(Grams(420)),
        vat: "standard".to_owned(),
        name: both("Bol", "Bowl"),
        url: both("/produits/bol/", "/en/products/bowl/"),
        image: None,
        pickup_only: false,
        made_to_order_days: None,
        personalisation: None,
        publish: None,
        unpublish: None,
    }
}

/// An order of two bowls to be sent to France (61.90 €), created at 1000, whose session can be paid until 3100.
#[cfg(test)]
pub fn order(payment: crate::decide::Payment) -> crate::decide::Order {
    use crate::decide::{Dispute, Fulfilment, Order, OrderLine, Refund, quote::QuotedShipping};
    let line = |sku: &str| OrderLine {
        sku: Sku::new(sku).unwrap_or_else(|| unreachable!("a sku")),
        key: StockKey::new("BOL").unwrap_or_else(|| unreachable!("a key")),
        supply: Supply::Pieces(6),
        quantity: 1,
        unit_price: Cents(2800),
        vat: Some(VatRate(2000)),
        title: "Bol".to_owned(),
        words: Vec::new(),
    };
    Order {
        id: "K7QM-4X1B-0D".to_owned(),
        version: 3,
        payment,
        fulfilment: Fulfilment::New,
        refund: Refund::None,
        refunded_amount: Cents::ZERO,
        refund_failed: Cents::ZERO,
        dispute: Dispute::None,
        session_id: Some("cs_1".to_owned()),
        session_url: Some("https://pay.example/cs_1".to_owned()),
        handed_out: true,
        payment_intent: None,
        idempotency_key: "key".to_owned(),
        request: "mode=payment".to_owned(),
        api_version: crate::outside::stripe::API_VERSION.to_owned(),
        created_at: Timestamp(1000),
        expires_at: Timestamp(3100),
        paid_at: None,
        due_at: None,
        flagged: false,
        lang: "fr".to_owned(),
        cart_id: "cart".to_owned(),
        client: "client".to_owned(),
        currency: Currency::Eur,
        livemode: false,
        total: Cents(6190),
        shipping: QuotedShipping {
            zone: Some("france".to_owned()),
            country: Some("FR".to_owned()),
            rate: "colissimo".to_owned(),
            label: "Colissimo".to_owned(),
            days: None,
            price: Cents(590),
            free_in: None,
            address: None,
        },
        vat: Vec::new(),
        customer: Default::default(),
        gift_note: None,
        tracking: None,
        withdrawn_at: None,
        returned: BTreeMap::new(),
        lines: vec![line("BOL-A"), line("BOL-B")],
    }
}
