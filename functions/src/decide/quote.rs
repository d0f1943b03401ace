//! What a cart costs: items, personalisation, current sales, shipping and VAT, to the cent.
//!
//! The browser names SKUs and quantities; every price here comes from the snapshot.

use std::collections::BTreeMap;

use catalog::note;
use catalog::settings::Settings;
use catalog::shipping::{Postage, Rate, Zone};
use catalog::{Cents, Currency, Grams, Item, Sku, StockKey, Supply, Timestamp, VatRate, VatScheme, Window};
use serde::{Deserialize, Serialize};
use storefront::limits::{CART_LINES, LIMITS};
use storefront::takes;

use super::in_language::in_language;
use super::note::{NoteValue, fields_of, labelled, named};
use super::vat::{VatLine, apportion};

/// The largest amount Stripe charges: 999,999.99.
pub const MAX_TOTAL: Cents = Cents(99_999_999);
/// The rate id that means collecting the order.
pub const PICKUP: &str = "pickup";

/// What a shopper wants to buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart {
    /// The shopper's language, one of the shop's.
    pub lang: String,
    /// Where the goods go.
    pub destination: Destination,
    /// The lines.
    pub lines: Vec<CartLine>,
}

/// Where the goods go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Shipped.
    Ship {
        /// ISO 3166-1 alpha-2.
        country: String,
        /// Id of a rate of the country's zone; `None` means the cheapest.
        rate: Option<String>,
    },
    /// Collected at the shop.
    Pickup,
}

impl Destination {
    /// The country; `None` if collected.
    pub fn country(&self) -> Option<&str> {
        match self {
            Destination::Ship { country, .. } => Some(country),
            Destination::Pickup => None,
        }
    }

    /// Whether a rate was requested and `other` is not that one.
    pub fn is_replaced_by(&self, other: &str) -> bool {
        matches!(self, Destination::Ship { rate: Some(asked), .. } if asked != other)
    }
}

/// One line of a cart. Lines of one SKU may differ in their note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartLine {
    /// The item.
    pub sku: Sku,
    /// How many, at least one.
    pub quantity: u32,
    /// The shopper's words for a personalised piece, as [`note::typed`] returns them: one line for each field.
    pub note: Option<String>,
}

/// The priced lines of a cart, before delivery is known. Amounts include VAT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    /// The shop's currency.
    pub currency: Currency,
    /// In the order of the cart.
    pub lines: Vec<QuotedLine>,
    /// Sum of the lines.
    pub total: Cents,
    /// Sum of the weights.
    pub weight: Grams,
}

/// A priced cart. Amounts include VAT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The shop's currency.
    pub currency: Currency,
    /// In the order of the cart.
    pub lines: Vec<QuotedLine>,
    /// Sum of the lines.
    pub goods: Cents,
    /// Sum of the weights.
    pub weight: Grams,
    /// How it is delivered.
    pub shipping: QuotedShipping,
    /// `goods + shipping.price`.
    pub total: Cents,
    /// Highest rate first; empty unless the seller is registered for VAT.
    pub vat: Vec<VatLine>,
}

/// One priced line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotedLine {
    /// The item.
    pub sku: Sku,
    /// Its stock key.
    pub key: StockKey,
    /// The supply of that key.
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
    /// Current price of one piece, personalisation included.
    pub unit_price: Cents,
    /// `unit_price * quantity`.
    pub total: Cents,
    /// Rate of its VAT class; `None` unless the seller is registered for VAT.
    pub vat: Option<VatRate>,
    /// The shopper's words, as typed.
    pub note: Option<String>,
    /// The same, labelled for readers.
    pub words: Vec<NoteValue>,
    /// Working days until it is made.
    pub made_to_order_days: Option<u32>,
    /// Whether it can only be collected.
    pub pickup_only: bool,
}

impl QuotedLine {
    /// The shopper's words on one line, each after its label. French has a no-break space before the colon.
    pub fn labelled_note(&self, lang: &str) -> Option<String> {
        labelled(&self.words, lang)
    }
}

/// How the goods are delivered, and what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedShipping {
    /// Zone of the country; `None` if collected.
    pub zone: Option<String>,
    /// ISO 3166-1 alpha-2; `None` if collected.
    pub country: Option<String>,
    /// Id of the rate, or [`PICKUP`].
    pub rate: String,
    /// Its name, in the shopper's language.
    pub label: String,
    /// Working days until it arrives (or can be collected), making and handling included; `None` if the shop does not say.
    pub days: Option<(u32, u32)>,
    /// VAT included.
    pub price: Cents,
    /// The amount missing for free shipping; `None` if it is already free or never is.
    pub free_in: Option<Cents>,
    /// Where to collect it; `None` if shipped.
    pub address: Option<String>,
}

/// Why a cart is not sold. Each reason has a stable code for clients.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request is empty or invalid.
    #[error("{0}")]
    BadRequest(String),
    /// The SKU is not sold (any more, or yet).
    #[error("`{sku}` is not sold here")]
    UnknownSku {
        /// As requested.
        sku: String,
    },
    /// Nothing is delivered there.
    #[error("this destination is not served: {0}")]
    DestinationNotServed(NotServed),
    /// More than the till accepts at once.
    #[error("the cart is too large: {0}")]
    CartTooLarge(&'static str),
}

/// Why a destination is not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotServed {
    /// No zone includes the country.
    #[error("no parcels go to this country")]
    Country,
    /// The zone has no such rate.
    #[error("there is no such rate")]
    Rate,
    /// The parcel is too heavy for every rate.
    #[error("the parcel is too heavy")]
    Weight,
    /// Something in the cart can only be collected.
    #[error("something in the cart can only be collected")]
    PickupOnly,
    /// The shop offers no pickup.
    #[error("nothing can be collected here")]
    NoPickup,
}

impl NotServed {
    /// The word for programs and for the theme's texts.
    pub fn as_str(self) -> &'static str {
        match self {
            NotServed::Country => "country",
            NotServed::Rate => "rate",
            NotServed::Weight => "weight",
            NotServed::PickupOnly => "pickup_only",
            NotServed::NoPickup => "no_pickup",
        }
    }
}

/// A way to deliver goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Id of the rate, or [`PICKUP`].
    pub rate: String,
    /// Its name, in the shopper's language.
    pub label: String,
    /// VAT included.
    pub price: Cents,
}

/// Prices a cart at `now` for exactly the requested destination. `item` looks up a SKU in the snapshot.
pub fn quote(
    cart: &Cart,
    settings: &Settings,
    now: Timestamp,
    item: &dyn Fn(&Sku) -> Option<Item>,
) -> Result<Quote, Refusal> {
    let goods = price_goods(cart, settings, now, item)?;
    let shipping =
        delivery(&goods, &cart.destination, &cart.lang, settings).map_err(Refusal::DestinationNotServed)?;
    Quote::of(goods, shipping)
}

/// Prices the lines of a cart at `now`.
pub fn price_goods(
    cart: &Cart,
    settings: &Settings,
    now: Timestamp,
    item: &dyn Fn(&Sku) -> Option<Item>,
) -> Result<Goods, Refusal> {
    if cart.lines.is_empty() {
        return Err(Refusal::BadRequest("the cart is empty".to_owned()));
    }
    if cart.lines.len() > CART_LINES {
        return Err(Refusal::CartTooLarge("too many lines"));
    }
    let mut lines = Vec::with_capacity(cart.lines.len());
    let mut weight: u64 = 0;
    for line in &cart.lines {
        let found = item(&line.sku).filter(|item| is_sold(item, now));
        let found = found.ok_or_else(|| Refusal::UnknownSku { sku: line.sku.to_string() })?;
        weight += u64::from(found.weight.map_or(0, |grams| grams.0)) * u64::from(line.quantity);
        lines.push(quote_line(line, found, cart, settings, now)?);
    }
    let total: Cents = lines.iter().map(|line| line.total).sum();
    if total > MAX_TOTAL {
        return Err(TOO_DEAR);
    }
    let weight = Grams(u32::try_from(weight).map_err(|_| Refusal::CartTooLarge("too heavy"))?);
    Ok(Goods { currency: settings.currency, lines, total, weight })
}

const TOO_DEAR: Refusal = Refusal::CartTooLarge("the amount is more than can be paid at once");

impl Goods {
    /// Whether any of them can only be collected.
    pub fn pickup_only(&self) -> bool {
        self.lines.iter().any(|line| line.pickup_only)
    }

    /// Working days until the last of them is made.
    fn making(&self) -> Option<u32> {
        self.lines.iter().filter_map(|line| line.made_to_order_days).max()
    }
}

impl Quote {
    /// Adds shipping and VAT to goods.
    pub fn of(goods: Goods, shipping: QuotedShipping) -> Result<Self, Refusal> {
        let Goods { currency, lines, total: goods, weight } = goods;
        let total = goods + shipping.price;
        if total > MAX_TOTAL {
            return Err(TOO_DEAR);
        }
        let taxed: Vec<(VatRate, Cents)> =
            lines.iter().filter_map(|line| line.vat.map(|rate| (rate, line.total))).collect();
        let vat = if taxed.is_empty() { Vec::new() } else { apportion(&taxed, shipping.price) };
        Ok(Quote { currency, lines, goods, weight, shipping, total, vat })
    }

    /// Whether it costs what a page showed: one of each line, and the total, as far as the page showed them.
    pub fn is_as_shown(&self, prices: &[Option<Cents>], total: Option<Cents>) -> bool {
        let mut lines = prices.iter().zip(&self.lines);
        lines.all(|(shown, line)| shown.is_none_or(|price| price == line.unit_price))
            && total.is_none_or(|total| total == self.total)
    }

    /// Its goods alone.
    pub fn goods_only(&self) -> Goods {
        Goods { currency: self.currency, lines: self.lines.clone(), total: self.goods, weight: self.weight }
    }
}

/// Whether it can be bought at `now`.
pub fn is_sold(item: &Item, now: Timestamp) -> bool {
    Window { from: item.publish, until: item.unpublish }.contains(now)
}

fn quote_line(
    line: &CartLine,
    item: Item,
    cart: &Cart,
    settings: &Settings,
    now: Timestamp,
) -> Result<QuotedLine, Refusal> {
    if line.quantity == 0 {
        return Err(Refusal::BadRequest(format!("the quantity of `{}` is 0", line.sku)));
    }
    if line.quantity > LIMITS.quantity {
        return Err(Refusal::CartTooLarge("more than 99 pieces of one thing"));
    }
    let fields = fields_of(&item);
    let values = note::values(&fields, line.note.as_deref())
        .map_err(|fault| Refusal::BadRequest(format!("the words for `{}` are refused: {fault}", line.sku)))?;
    let words = named(&values, &cart.lang, settings);
    let own = item.personalisation.as_ref().filter(|_| !values.is_empty());
    let extra = own.map_or(Cents::ZERO, |own| own.price);
    let unit_price = item.price_at(now) + extra;
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
        total: unit_price * line.quantity,
        vat,
        note: line.note.clone(),
        words,
        made_to_order_days: item.made_to_order_days,
        pickup_only: item.pickup_only,
        sku: item.sku,
    })
}

/// How goods get to a destination, and for how much.
///
/// # Errors
/// If exactly this is not offered.
pub fn delivery(
    goods: &Goods,
    destination: &Destination,
    lang: &str,
    settings: &Settings,
) -> Result<QuotedShipping, NotServed> {
    let shipping = &settings.shipping;
    let (country, wanted) = match destination {
        Destination::Pickup => {
            let pickup = shipping.pickup.as_ref().ok_or(NotServed::NoPickup)?;
            return Ok(QuotedShipping {
                zone: None,
                country: None,
                rate: PICKUP.to_owned(),
                label: in_language(&pickup.label, lang, settings),
                days: shipping.days_until_ready(goods.making()),
                price: Cents::ZERO,
                free_in: None,
                address: Some(pickup.address.clone()),
            });
        }
        Destination::Ship { country, rate } => (country, rate),
    };
    if goods.pickup_only() {
        return Err(NotServed::PickupOnly);
    }
    let zone = zone_of(settings, country).ok_or(NotServed::Country)?;
    let chosen = match wanted {
        Some(id) if !zone.rates.iter().any(|rate| rate.id == *id) => return Err(NotServed::Rate),
        Some(id) => offered(zone, goods).find(|(rate, _)| rate.id == *id),
        None => offered(zone, goods).min_by_key(|(_, postage)| postage.price),
    };
    let (rate, Postage { price, free_in }) = chosen.ok_or(NotServed::Weight)?;
    Ok(QuotedShipping {
        zone: Some(zone.id.clone()),
        country: Some(country.clone()),
        rate: rate.id.clone(),
        label: in_language(&rate.label, lang, settings),
        days: shipping.days_until_there(goods.making(), rate),
        price,
        free_in,
        address: None,
    })
}

/// How a cart that is only being shown is delivered, as its shopper chose: a rate that is no longer offered is replaced by
/// the country's cheapest. Nothing is replaced by pickup or by another country: the shopper chooses that.
///
/// # Errors
/// If no rate serves the country, or if pickup was chosen and the shop no longer offers it.
pub fn current_delivery(
    goods: &Goods,
    destination: &Destination,
    lang: &str,
    settings: &Settings,
) -> Result<QuotedShipping, NotServed> {
    let exact = delivery(goods, destination, lang, settings);
    match (&exact, destination) {
        (Err(NotServed::Rate | NotServed::Weight), Destination::Ship { country, rate: Some(_) }) => {
            let any = Destination::Ship { country: country.clone(), rate: None };
            delivery(goods, &any, lang, settings)
        }
        _ => exact,
    }
}

/// Every way to deliver goods: the country's rates that accept them, and pickup.
pub fn ways(goods: &Goods, country: Option<&str>, lang: &str, settings: &Settings) -> Vec<Way> {
    let mut ways = Vec::new();
    let zone = country.filter(|_| !goods.pickup_only()).and_then(|country| zone_of(settings, country));
    for (rate, postage) in zone.iter().flat_map(|zone| offered(zone, goods)) {
        ways.push(Way {
            rate: rate.id.clone(),
            label: in_language(&rate.label, lang, settings),
            price: postage.price,
        });
    }
    if let Some(pickup) = &settings.shipping.pickup {
        let label = in_language(&pickup.label, lang, settings);
        ways.push(Way { rate: PICKUP.to_owned(), label, price: Cents::ZERO });
    }
    ways
}

/// The rates of a zone that accept the goods, each with its price.
fn offered<'a>(zone: &'a Zone, goods: &Goods) -> impl Iterator<Item = (&'a Rate, Postage)> {
    let (value, weight) = (goods.total, goods.weight);
    zone.rates.iter().filter_map(move |rate| rate.postage(value, weight).map(|postage| (rate, postage)))
}

/// The zone that ships to a country; `None` where Stripe's page accepts no address, even if an older snapshot has a zone.
pub fn zone_of<'a>(settings: &'a Settings, country: &str) -> Option<&'a Zone> {
    if !takes::country(country) {
        return None;
    }
    settings.shipping.zones.iter().find(|zone| zone.countries.iter().any(|code| code == country))
}

/// How many pieces of each stock key the lines take, and its supply, in key order.
pub fn pieces(lines: &[QuotedLine]) -> BTreeMap<StockKey, (i64, Supply)> {
    let mut all: BTreeMap<StockKey, (i64, Supply)> = BTreeMap::new();
    for line in lines {
        let entry = all.entry(line.key.clone()).or_insert((0, line.supply));
        entry.0 += i64::from(line.quantity);
    }
    all
}

#[cfg(test)]
mod limits;

#[cfg(test)]
mod tests;
