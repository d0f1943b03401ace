//! A small shop for the till's own tests.

use std::collections::BTreeMap;

use catalog::shipping::{Pickup, Rate, RateStep, Seller, Settings, Shipping, Zone};
use catalog::{Currency, Grams, Item, Sku, StockKey, Supply, VatRate, VatScheme};

/// A text in French and English.
pub fn both(fr: &str, en: &str) -> catalog::item::Localized {
    BTreeMap::from([("fr".to_owned(), fr.to_owned()), ("en".to_owned(), en.to_owned())])
}

/// A shop that ships to France and Belgium and lets things be collected.
pub fn settings() -> Settings {
    let rate = |id: &str, free_over, prices: &[(u32, i64)]| Rate {
        id: id.to_owned(),
        label: both("Colissimo", "Tracked post"),
        days: Some((2, 3)),
        free_over,
        prices: prices
            .iter()
            .map(|(up_to, price)| RateStep { up_to: Grams(*up_to), price: *price })
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
                        rate("colissimo", Some(8000), &[(500, 590), (5000, 990)]),
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

/// A thing of 28 €, 420 g.
pub fn item(sku: &str, supply: Supply) -> Item {
    Item {
        sku: Sku::new(sku).unwrap_or_else(|| unreachable!("a sku")),
        product: sku.to_lowercase(),
        stock: StockKey::new(sku).unwrap_or_else(|| unreachable!("a key")),
        supply,
        price: 2800,
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
