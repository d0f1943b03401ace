//! What a cart costs: items, personalisation, sales of this instant, shipping and VAT, to the cent.
//!
//! The browser names SKUs and quantities; every figure here comes from the snapshot.

use std::collections::BTreeMap;

use catalog::item::Localized;
use catalog::shipping::{Rate, Settings, Zone};
use catalog::{Currency, Grams, Item, Sku, StockKey, Supply, VatRate, VatScheme};
use serde::{Deserialize, Serialize};

use super::vat::{VatLine, apportion};
use crate::takes;

/// Most lines in a cart. Stripe takes 100.
pub const MAX_LINES: usize = 50;
/// Most pieces of one line.
pub const MAX_QUANTITY: u32 = 99;
/// The largest amount Stripe charges, in minor units: 999,999.99.
pub const MAX_TOTAL: i64 = 99_999_999;
/// The id of the rate that means collecting.
pub const PICKUP: &str = "pickup";

/// What a shopper wants to buy, as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart {
    /// Language of the shopper, one of the shop's.
    pub lang: String,
    /// Where to.
    pub destination: Destination,
    /// What.
    pub lines: Vec<CartLine>,
}

/// Where the goods go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Shipped.
    Ship {
        /// ISO 3166-1 alpha-2.
        country: String,
        /// Id of a rate of the country's zone; without one the cheapest is taken.
        rate: Option<String>,
    },
    /// Collected at the shop.
    Pickup,
}

/// One line of a cart: lines of one SKU may differ by their note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartLine {
    /// What.
    pub sku: Sku,
    /// How many, at least one.
    pub quantity: u32,
    /// The shopper's words for a personalised piece.
    pub note: Option<String>,
}

/// A priced cart. All amounts are minor units of `currency`, VAT included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The shop's currency.
    pub currency: Currency,
    /// In the order of the cart.
    pub lines: Vec<QuotedLine>,
    /// Sum of the lines.
    pub goods: i64,
    /// Sum of the weights.
    pub weight: Grams,
    /// How it gets there.
    pub shipping: QuotedShipping,
    /// `goods + shipping.price`.
    pub total: i64,
    /// Highest rate first; empty unless the seller is registered for VAT.
    pub vat: Vec<VatLine>,
}

/// One priced line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedLine {
    /// The item.
    pub sku: Sku,
    /// Whose pieces it takes.
    pub key: StockKey,
    /// How many there ever were.
    pub supply: Supply,
    /// Id of its product.
    pub product: String,
    /// Its name in the shopper's language.
    pub title: String,
    /// Its page in the shopper's language, root-relative.
    pub url: Option<String>,
    /// Its picture, root-relative.
    pub image: Option<String>,
    /// How many.
    pub quantity: u32,
    /// What one costs now, personalisation included.
    pub unit_price: i64,
    /// `unit_price * quantity`.
    pub total: i64,
    /// Rate of its VAT class; `None` unless the seller is registered.
    pub vat: Option<VatRate>,
    /// The shopper's words.
    pub note: Option<String>,
    /// What the words are called: "Prénom à broder".
    pub note_label: Option<String>,
    /// Days until it is made.
    pub made_to_order_days: Option<u32>,
}

impl QuotedLine {
    /// The shopper's words after what they are called. French has a no-break space before the colon.
    pub fn labelled_note(&self, lang: &str) -> Option<String> {
        let colon = if lang == "fr" { "\u{a0}:" } else { ":" };
        let note = self.note.as_ref()?;
        Some(match &self.note_label {
            Some(label) => format!("{label}{colon} {note}"),
            None => note.clone(),
        })
    }
}

/// The way the goods go, and what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedShipping {
    /// Zone of the country; `None` when collected.
    pub zone: Option<String>,
    /// ISO 3166-1 alpha-2; `None` when collected.
    pub country: Option<String>,
    /// Id of the rate, or [`PICKUP`].
    pub rate: String,
    /// What it is called, in the shopper's language.
    pub label: String,
    /// Working days until it is there, handling and making included.
    pub days: Option<(u32, u32)>,
    /// Minor units, VAT included.
    pub price: i64,
    /// What is missing until it is free; `None` when it is free already or never.
    pub free_in: Option<i64>,
    /// Where to collect it.
    pub address: Option<String>,
}

/// Why a cart is not sold. Each has a stable code for clients.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing, or something senseless, was asked for.
    #[error("{0}")]
    BadRequest(String),
    /// The SKU is not sold (any more, or not yet).
    #[error("`{sku}` is not sold here")]
    UnknownSku {
        /// As asked for.
        sku: String,
    },
    /// No way leads there.
    #[error("this destination is not served: {0}")]
    DestinationNotServed(NotServed),
    /// More than the till handles at once.
    #[error("the cart is too large: {0}")]
    CartTooLarge(&'static str),
}

/// Why a destination is not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotServed {
    /// No zone has the country.
    #[error("no parcels go to this country")]
    Country,
    /// The zone has no such rate.
    #[error("there is no such rate")]
    Rate,
    /// The parcel is heavier than every rate takes.
    #[error("the parcel is too heavy")]
    Weight,
    /// Something in the cart can only be collected.
    #[error("something in the cart can only be collected")]
    PickupOnly,
    /// The shop offers no collecting.
    #[error("nothing can be collected here")]
    NoPickup,
}

/// Prices a cart at `now` (Unix seconds). `item` looks a SKU up in the snapshot.
pub fn quote(
    cart: &Cart,
    settings: &Settings,
    now: i64,
    item: &dyn Fn(&Sku) -> Option<Item>,
) -> Result<Quote, Refusal> {
    if cart.lines.is_empty() {
        return Err(Refusal::BadRequest("the cart is empty".to_owned()));
    }
    if cart.lines.len() > MAX_LINES {
        return Err(Refusal::CartTooLarge("too many lines"));
    }
    let mut lines = Vec::with_capacity(cart.lines.len());
    let mut weight: u64 = 0;
    let mut collect_only = false;
    for line in &cart.lines {
        let found = item(&line.sku).filter(|item| is_sold(item, now));
        let found = found.ok_or_else(|| Refusal::UnknownSku { sku: line.sku.to_string() })?;
        weight += u64::from(found.weight.map_or(0, |grams| grams.0)) * u64::from(line.quantity);
        collect_only |= found.pickup_only;
        lines.push(quote_line(line, found, cart, settings, now)?);
    }
    let goods: i64 = lines.iter().map(|line| line.total).sum();
    let weight = Grams(u32::try_from(weight).map_err(|_| Refusal::CartTooLarge("too heavy"))?);
    let making = lines.iter().filter_map(|line| line.made_to_order_days).max().unwrap_or(0);
    let shipping = quote_shipping(cart, settings, goods, weight, collect_only, making)?;
    let total = goods + shipping.price;
    if total > MAX_TOTAL {
        return Err(Refusal::CartTooLarge("the amount is more than can be paid at once"));
    }
    let taxed: Vec<(VatRate, i64)> =
        lines.iter().filter_map(|line| line.vat.map(|rate| (rate, line.total))).collect();
    let vat = if taxed.is_empty() { Vec::new() } else { apportion(&taxed, shipping.price) };
    Ok(Quote { currency: settings.currency, lines, goods, weight, shipping, total, vat })
}

/// Whether it can be bought at `now`.
pub fn is_sold(item: &Item, now: i64) -> bool {
    item.publish.is_none_or(|from| from <= now) && item.unpublish.is_none_or(|until| now < until)
}

/// The text in `lang`, else in the shop's default language, else any.
pub fn in_language(texts: &Localized, lang: &str, settings: &Settings) -> String {
    let default = settings.languages.first().map_or("", String::as_str);
    let text = texts.get(lang).or_else(|| texts.get(default)).or_else(|| texts.values().next());
    text.cloned().unwrap_or_default()
}

fn quote_line(
    line: &CartLine,
    item: Item,
    cart: &Cart,
    settings: &Settings,
    now: i64,
) -> Result<QuotedLine, Refusal> {
    if line.quantity == 0 {
        return Err(Refusal::BadRequest(format!("the quantity of `{}` is 0", line.sku)));
    }
    if line.quantity > MAX_QUANTITY {
        return Err(Refusal::CartTooLarge("more than 99 pieces of one thing"));
    }
    let (note, note_label, extra) = match (&line.note, &item.personalisation) {
        (None, _) => (None, None, 0),
        (Some(_), None) => {
            return Err(Refusal::BadRequest(format!("`{}` takes no note", line.sku)));
        }
        (Some(words), Some(own)) => {
            let most = usize::try_from(own.max_length).unwrap_or(usize::MAX);
            if words.chars().count() > most || words.chars().any(char::is_control) {
                let text = format!("the note of `{}` is at most {most} characters on one line", line.sku);
                return Err(Refusal::BadRequest(text));
            }
            (Some(words.clone()), Some(in_language(&own.label, &cart.lang, settings)), own.price)
        }
    };
    let unit_price = item.price_at(now).saturating_add(extra);
    let vat = match settings.seller.vat {
        VatScheme::Registered => settings.vat.get(&item.vat).copied(),
        VatScheme::Exempt | VatScheme::Margin => None,
    };
    Ok(QuotedLine {
        title: in_language(&item.name, &cart.lang, settings),
        url: item.url.get(&cart.lang).or_else(|| item.url.values().next()).cloned(),
        key: item.stock,
        supply: item.supply,
        product: item.product,
        image: item.image,
        quantity: line.quantity,
        unit_price,
        total: unit_price.saturating_mul(i64::from(line.quantity)),
        vat,
        note,
        note_label,
        made_to_order_days: item.made_to_order_days,
        sku: item.sku,
    })
}

fn quote_shipping(
    cart: &Cart,
    settings: &Settings,
    goods: i64,
    weight: Grams,
    collect_only: bool,
    making: u32,
) -> Result<QuotedShipping, Refusal> {
    let refuse = |why| Err(Refusal::DestinationNotServed(why));
    let (country, wanted) = match &cart.destination {
        Destination::Pickup => {
            let Some(pickup) = &settings.shipping.pickup else { return refuse(NotServed::NoPickup) };
            return Ok(QuotedShipping {
                zone: None,
                country: None,
                rate: PICKUP.to_owned(),
                label: in_language(&pickup.label, &cart.lang, settings),
                days: add_days(settings.shipping.handling, None, making),
                price: 0,
                free_in: None,
                address: Some(pickup.address.clone()),
            });
        }
        Destination::Ship { country, rate } => (country, rate),
    };
    if collect_only {
        return refuse(NotServed::PickupOnly);
    }
    let Some(zone) = zone_of(settings, country) else { return refuse(NotServed::Country) };
    let fitting = || {
        zone.rates
            .iter()
            .filter_map(|rate| rate_price(rate, goods, weight).map(|(price, free)| (rate, price, free)))
    };
    let chosen = match wanted {
        Some(id) if !zone.rates.iter().any(|rate| rate.id == *id) => return refuse(NotServed::Rate),
        Some(id) => fitting().find(|(rate, ..)| rate.id == *id),
        None => fitting().min_by_key(|(_, price, _)| *price),
    };
    let Some((rate, price, free_in)) = chosen else { return refuse(NotServed::Weight) };
    Ok(QuotedShipping {
        zone: Some(zone.id.clone()),
        country: Some(country.clone()),
        rate: rate.id.clone(),
        label: in_language(&rate.label, &cart.lang, settings),
        days: add_days(settings.shipping.handling, rate.days, making),
        price,
        free_in,
        address: None,
    })
}

/// The zone that ships to a country. None ships where Stripe's page takes no address, whatever an older snapshot says.
pub fn zone_of<'a>(settings: &'a Settings, country: &str) -> Option<&'a Zone> {
    if !takes::country(country) {
        return None;
    }
    settings.shipping.zones.iter().find(|zone| zone.countries.iter().any(|code| code == country))
}

/// What a parcel of this value and weight costs with a rate, and what is missing until it is free. `None`: too heavy.
pub fn rate_price(rate: &Rate, goods: i64, weight: Grams) -> Option<(i64, Option<i64>)> {
    let step = rate.prices.iter().filter(|step| weight <= step.up_to).min_by_key(|step| step.up_to)?;
    Some(match rate.free_over {
        Some(over) if goods >= over => (0, None),
        Some(over) if step.price > 0 => (step.price, Some(over - goods)),
        _ => (step.price, None),
    })
}

fn add_days(handling: Option<(u32, u32)>, transit: Option<(u32, u32)>, making: u32) -> Option<(u32, u32)> {
    let sum = |a: Option<(u32, u32)>, b: Option<(u32, u32)>| match (a, b) {
        (Some((low, high)), Some((more, most))) => Some((low + more, high + most)),
        (one, other) => one.or(other),
    };
    let days = sum(handling, transit);
    if making == 0 { days } else { sum(days, Some((making, making))) }
}

/// How many pieces of each stock key a quote takes, and how many there ever were, in key order.
pub fn pieces(lines: &[QuotedLine]) -> BTreeMap<StockKey, (i64, Supply)> {
    let mut all: BTreeMap<StockKey, (i64, Supply)> = BTreeMap::new();
    for line in lines {
        let entry = all.entry(line.key.clone()).or_insert((0, line.supply));
        entry.0 += i64::from(line.quantity);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{both, item, settings};
    use catalog::{Personalisation, Sale};
    use proptest::prelude::*;

    fn shelf() -> Vec<Item> {
        let mut on_sale = item("VASE", Supply::Pieces(1));
        on_sale.sale = Some(Sale { price: 2000, from: Some(100), until: Some(200) });
        let mut own = item("TABLIER", Supply::Unlimited);
        own.price = 4500;
        own.vat = "reduced".to_owned();
        own.personalisation =
            Some(Personalisation { label: both("Prénom", "Name"), max_length: 12, price: 800 });
        own.made_to_order_days = Some(10);
        let mut heavy = item("BANC", Supply::Pieces(2));
        heavy.weight = Some(Grams(12_000));
        let mut fragile = item("LUSTRE", Supply::Pieces(1));
        fragile.pickup_only = true;
        let mut later = item("DEMAIN", Supply::Pieces(1));
        later.publish = Some(1000);
        vec![item("BOL", Supply::Pieces(6)), on_sale, own, heavy, fragile, later]
    }

    fn priced(
        lines: &[(&str, u32, Option<&str>)],
        destination: Destination,
        now: i64,
    ) -> Result<Quote, Refusal> {
        let shelf = shelf();
        let lines = lines.iter().map(|(sku, quantity, note)| CartLine {
            sku: Sku::new(sku).expect("a sku"),
            quantity: *quantity,
            note: note.map(str::to_owned),
        });
        let cart = Cart { lang: "fr".to_owned(), destination, lines: lines.collect() };
        quote(&cart, &settings(), now, &|sku| shelf.iter().find(|item| item.sku == *sku).cloned())
    }

    fn to(country: &str, rate: Option<&str>) -> Destination {
        Destination::Ship { country: country.to_owned(), rate: rate.map(str::to_owned) }
    }

    #[test]
    fn a_cart_is_priced_to_the_cent() {
        let lines = [("BOL", 1, None), ("TABLIER", 1, Some("Anne"))];
        let quote = priced(&lines, to("FR", Some("colissimo")), 0).expect("sold");
        assert_eq!(quote.lines.iter().map(|line| line.unit_price).collect::<Vec<_>>(), [2800, 5300]);
        assert_eq!((quote.goods, quote.shipping.price, quote.total), (8100, 0, 8100), "free over 80 €");
        assert_eq!(quote.shipping.days, Some((13, 15)), "handling, making and transit");
        let vat: Vec<_> = quote.vat.iter().map(|line| (line.rate.0, line.gross, line.tax)).collect();
        assert_eq!(vat, [(2000, 2800, 467), (550, 5300, 276)]);
        assert_eq!(quote.lines[1].note_label.as_deref(), Some("Prénom"));
    }

    #[test]
    fn a_sale_counts_from_its_first_instant_until_before_its_last() {
        let price = |now| priced(&[("VASE", 1, None)], Destination::Pickup, now).expect("sold").total;
        assert_eq!([99, 100, 199, 200].map(price), [2800, 2000, 2000, 2800]);
    }

    #[test]
    fn the_parcel_takes_the_lightest_step_that_carries_it() {
        let shipping = |quantity| {
            priced(&[("BOL", quantity, None)], to("FR", Some("colissimo")), 0).expect("sold").shipping
        };
        assert_eq!((shipping(1).price, shipping(1).free_in), (590, Some(5200)));
        assert_eq!((shipping(2).price, shipping(2).free_in), (990, Some(2400)));
        assert_eq!((shipping(3).price, shipping(3).free_in), (0, None), "84 € of goods");
    }

    #[test]
    fn without_a_rate_the_cheapest_that_fits_is_taken() {
        let quote = priced(&[("BOL", 1, None)], to("FR", None), 0).expect("sold");
        assert_eq!(quote.shipping.rate, "colissimo");
    }

    #[test]
    fn what_is_not_served_is_refused_with_its_reason() {
        let refused = |sku, destination| priced(&[(sku, 1, None)], destination, 0).expect_err("refused");
        let not = Refusal::DestinationNotServed;
        assert_eq!(refused("BOL", to("US", None)), not(NotServed::Country));
        assert_eq!(refused("BOL", to("FR", Some("drone"))), not(NotServed::Rate));
        assert_eq!(refused("BANC", to("FR", None)), not(NotServed::Weight));
        assert_eq!(refused("LUSTRE", to("FR", None)), not(NotServed::PickupOnly));
        assert!(priced(&[("LUSTRE", 1, None)], Destination::Pickup, 0).is_ok());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let refused =
            |lines: &[(&str, u32, Option<&str>)]| priced(lines, Destination::Pickup, 0).expect_err("refused");
        assert!(matches!(refused(&[]), Refusal::BadRequest(_)));
        assert!(matches!(refused(&[("BOL", 0, None)]), Refusal::BadRequest(_)));
        assert!(matches!(refused(&[("BOL", 1, Some("x"))]), Refusal::BadRequest(_)), "it takes no note");
        assert!(matches!(refused(&[("TABLIER", 1, Some("Treize lettres"))]), Refusal::BadRequest(_)));
        assert!(matches!(refused(&[("TABLIER", 1, Some("a\nb"))]), Refusal::BadRequest(_)));
        assert!(matches!(refused(&[("BOL", 100, None)]), Refusal::CartTooLarge(_)));
        assert!(matches!(refused(&[("BOL", u32::MAX, None)]), Refusal::CartTooLarge(_)));
        assert!(matches!(refused(&vec![("BOL", 1, None); 51]), Refusal::CartTooLarge(_)));
        assert!(matches!(refused(&[("RIEN", 1, None)]), Refusal::UnknownSku { .. }));
        assert!(matches!(refused(&[("DEMAIN", 1, None)]), Refusal::UnknownSku { .. }), "not yet");
    }

    proptest! {
        #[test]
        fn every_quote_adds_up(
            picks in proptest::collection::vec((0usize..6, 1u32..=99), 1..50),
            place in 0usize..5,
            prices in proptest::collection::vec(50i64..=99_999_999, 6),
            now in 0i64..2000,
        ) {
            let mut shelf = shelf();
            for (item, price) in shelf.iter_mut().zip(&prices) {
                item.price = *price;
                item.sale = item.sale.map(|sale| Sale { price: 50.max(*price / 2), ..sale });
            }
            let lines = picks.iter().map(|(at, quantity)| {
                CartLine { sku: shelf[*at].sku.clone(), quantity: *quantity, note: None }
            });
            let destination = match place {
                0 => Destination::Pickup,
                1 => to("FR", None),
                2 => to("FR", Some("express")),
                3 => to("BE", None),
                _ => to("MC", Some("colissimo")),
            };
            let cart = Cart { lang: "en".to_owned(), destination, lines: lines.collect() };
            let item = |sku: &Sku| shelf.iter().find(|item| item.sku == *sku).cloned();
            if let Ok(quote) = quote(&cart, &settings(), now, &item) {
                prop_assert_eq!(quote.lines.iter().map(|line| line.total).sum::<i64>(), quote.goods);
                prop_assert_eq!(quote.goods + quote.shipping.price, quote.total);
                prop_assert!(quote.shipping.price >= 0 && quote.total > 0 && quote.total <= MAX_TOTAL);
                prop_assert_eq!(quote.vat.iter().map(|line| line.net + line.tax).sum::<i64>(), quote.total);
                for line in &quote.lines {
                    prop_assert_eq!(line.unit_price * i64::from(line.quantity), line.total);
                }
            }
        }
    }
}
