//! Requests as JSON and as forms, converted into the till's own types.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use catalog::{Cents, Sku, note};
use serde::Deserialize;
use storefront::limits::{CART_LINES, LIMITS};

use super::form::Form;
use super::problem::ApiError;
use crate::decide::quote::PICKUP;
use crate::decide::{Cart, CartLine, Destination};
use crate::perform::Till;
use crate::perform::checkout::Checkout;

/// Body of `POST /api/checkout` and `POST /api/quote`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckoutBody {
    /// One of the shop's languages.
    pub lang: String,
    /// Names the cart: 16 to 64 letters, digits, `-` or `_`, chosen at random by the client.
    #[serde(default)]
    pub cart_id: Option<String>,
    /// Where the goods go.
    #[serde(default)]
    pub destination: Option<DestinationRequest>,
    /// The lines.
    pub items: Vec<ItemRequest>,
    /// The total that the page showed, in minor units.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub expected_total: Option<Cents>,
    /// For a quote that only asks for delivery costs: the words for personalised pieces may be missing.
    #[serde(default)]
    pub sample: bool,
    /// A message that goes with a present: at most 300 characters, counted in UTF-16 code units.
    #[serde(default)]
    pub gift_note: Option<String>,
}

/// Where the goods go.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DestinationRequest {
    /// ISO 3166-1 alpha-2; not needed for `pickup`.
    #[serde(default)]
    pub country: Option<String>,
    /// Id of a rate, or `pickup`; the cheapest rate if missing.
    #[serde(default)]
    pub rate: Option<String>,
}

/// One line.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemRequest {
    /// SKU.
    pub sku: String,
    /// 1 to 99.
    pub quantity: u32,
    /// The shopper's words for a personalised piece: one line for each field, in their order; for a choice, its id.
    #[serde(default)]
    pub note: Option<String>,
    /// The price of one that the page showed, in minor units.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub expected_price: Option<Cents>,
}

/// Whether a request is JSON. Anything else is treated as a form.
pub fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Whether the client wants a page.
pub fn wants_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("text/html")
}

/// Reads a JSON request.
pub fn json(till: &Till, bytes: &Bytes) -> Result<CheckoutBody, ApiError> {
    let request: CheckoutBody =
        serde_json::from_slice(bytes).map_err(|error| ApiError::bad_request(error.to_string()))?;
    if !till.ledger.shop.settings.languages.contains(&request.lang) {
        return Err(ApiError::bad_request("the shop does not speak this language"));
    }
    Ok(request)
}

impl CheckoutBody {
    /// Converts it into the till's types.
    pub fn into_checkout(self, till: &Till) -> Result<Checkout, ApiError> {
        if self.items.len() > CART_LINES {
            return Err(ApiError::too_large("too many lines"));
        }
        let destination = destination(till, self.destination)?;
        let mut lines: Vec<CartLine> = Vec::with_capacity(self.items.len());
        let mut expected_prices = Vec::with_capacity(self.items.len());
        for item in self.items {
            let unknown = || {
                ApiError::from(crate::perform::TillError::from(crate::decide::Refusal::UnknownSku {
                    sku: item.sku.chars().take(80).collect(),
                }))
            };
            let sku = Sku::new(&item.sku).ok_or_else(unknown)?;
            let note = item.note.as_deref().and_then(note::typed);
            match lines.iter().position(|line| line.sku == sku && line.note == note) {
                Some(at) => lines[at].quantity = lines[at].quantity.saturating_add(item.quantity),
                None => {
                    lines.push(CartLine { sku, quantity: item.quantity, note });
                    expected_prices.push(item.expected_price);
                }
            }
        }
        let cart_id = match self.cart_id {
            Some(id) if is_cart_id(&id) => id,
            Some(_) => return Err(ApiError::bad_request("the cart_id is 16 to 64 letters and digits")),
            None => crate::outside::clock::random_hex(till.ledger.clock.as_ref()),
        };
        let gift_note = self.gift_note.as_deref().and_then(note::letter);
        if gift_note.as_ref().is_some_and(|words| note::length(words) > LIMITS.gift_note as usize) {
            return Err(ApiError::bad_request(format!(
                "the gift note is at most {} characters",
                LIMITS.gift_note
            )));
        }
        Ok(Checkout {
            cart: Cart { lang: self.lang, destination, lines },
            cart_id,
            expected_prices,
            expected_total: self.expected_total,
            gift_note,
        })
    }
}

/// Without a country: the first one of the first zone, else pickup.
fn destination(till: &Till, asked: Option<DestinationRequest>) -> Result<Destination, ApiError> {
    let (country, rate) = asked.map_or((None, None), |asked| (asked.country, asked.rate));
    if rate.as_deref() == Some(PICKUP) {
        return Ok(Destination::Pickup);
    }
    let shipping = &till.ledger.shop.settings.shipping;
    let first = || shipping.zones.first().and_then(|zone| zone.countries.first()).cloned();
    match country.filter(|country| !country.is_empty()).or_else(first) {
        Some(country) => Ok(Destination::Ship {
            country: country.to_ascii_uppercase().chars().take(2).collect(),
            rate: rate.filter(|rate| !rate.is_empty()),
        }),
        None if shipping.pickup.is_some() => Ok(Destination::Pickup),
        None => Err(ApiError::bad_request("a destination is needed")),
    }
}

fn is_cart_id(id: &str) -> bool {
    (16..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl Form {
    /// The checkout request in the form: `sku`, `quantity`, `note` and `expected_price` repeat, in order.
    pub fn into_request(self, till: &Till) -> Result<CheckoutBody, ApiError> {
        let lang = self.lang(till);
        let column = |name: &'static str| self.all(name).map(str::to_owned).collect::<Vec<_>>();
        let (skus, quantities) = (column("sku"), column("quantity"));
        let (notes, prices) = (column("note"), column("expected_price"));
        let number = |text: &str| {
            text.trim()
                .parse()
                .map(Cents)
                .map_err(|_| ApiError::bad_request("an amount is a whole number of cents"))
        };
        let mut items = Vec::new();
        for (at, sku) in skus.into_iter().enumerate().take(CART_LINES + 1) {
            let quantity = quantities.get(at).map_or("1", String::as_str);
            let quantity =
                quantity.trim().parse().map_err(|_| ApiError::bad_request("a quantity is a whole number"))?;
            let price = prices.get(at).filter(|price| !price.is_empty());
            items.push(ItemRequest {
                sku,
                quantity,
                note: notes.get(at).cloned(),
                expected_price: price.map(|price| number(price)).transpose()?,
            });
        }
        // One field may hold country and rate: `FR/colissimo`, `pickup`.
        let place = self.get("destination").map(|both| both.split_once('/').unwrap_or(("", both)));
        let country = self.get("country").or(place.map(|(country, _)| country));
        let rate = self.get("rate").or(place.map(|(_, rate)| rate));
        Ok(CheckoutBody {
            lang,
            cart_id: self.get("cart_id").map(str::to_owned),
            destination: Some(DestinationRequest {
                country: country.map(str::to_owned),
                rate: rate.map(str::to_owned),
            }),
            items,
            expected_total: self.get("expected_total").map(number).transpose()?,
            sample: false,
            gift_note: self.get("gift_note").map(str::to_owned),
        })
    }
}
