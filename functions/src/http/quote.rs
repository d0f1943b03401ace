//! `POST /api/quote`: what a cart costs now, how it can go, and what of it is stale. Nothing is held.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use catalog::{MoneyFormat, Sku};
use serde::Serialize;

use super::body::{self, CheckoutRequest};
use super::problem::ApiError;
use super::{Gate, MAX_BODY};
use crate::decide::quote::{PICKUP, in_language, rate_price, zone_of};
use crate::decide::{Cart, Destination, Quote, Refusal};
use crate::perform::Till;

/// A priced cart. Amounts are minor units; each is printed for the reader beside it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct QuoteAnswer {
    /// ISO 4217.
    pub currency: String,
    /// The lines that can be sold.
    pub lines: Vec<LineAnswer>,
    /// What cannot, or not so many.
    pub problems: Vec<StaleLine>,
    /// Sum of the lines.
    pub goods: i64,
    /// How it goes; null when the destination is not served.
    pub shipping: Option<ShippingAnswer>,
    /// Every way to go there.
    pub options: Vec<OptionAnswer>,
    /// Goods and shipping.
    pub total: i64,
    /// The sums printed.
    pub text: SumsText,
}

/// One line.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LineAnswer {
    /// SKU.
    pub sku: String,
    /// Its name.
    pub title: String,
    /// How many.
    pub quantity: u32,
    /// The shopper's words.
    pub note: Option<String>,
    /// Price of one.
    pub unit_price: i64,
    /// Price of all.
    pub total: i64,
    /// Printed.
    pub text: LineText,
    /// At most so many can be had (never more than 5 is told); null without limit, and in the `quote` of a refusal.
    pub available: Option<u32>,
}

/// Printed amounts of a line.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LineText {
    /// Price of one.
    pub unit_price: String,
    /// Price of all.
    pub total: String,
}

/// Printed sums.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SumsText {
    /// Goods.
    pub goods: String,
    /// Shipping.
    pub shipping: Option<String>,
    /// What is missing until shipping is free.
    pub free_in: Option<String>,
    /// Total.
    pub total: String,
}

/// A line that is not as the cart has it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct StaleLine {
    /// SKU.
    pub sku: String,
    /// The shopper's words, which tell lines of one SKU apart.
    pub note: Option<String>,
    /// `unknown_sku`, `sold_out`, `reserved`, `quantity_unavailable` or `bad_request`.
    pub code: &'static str,
    /// How many could be had.
    pub available: Option<u32>,
}

/// How it goes.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ShippingAnswer {
    /// Rate id.
    pub rate: String,
    /// Its name.
    pub label: String,
    /// Its price.
    pub price: i64,
    /// Working days, from and to.
    pub days: Option<(u32, u32)>,
    /// What is missing until it is free.
    pub free_in: Option<i64>,
}

/// A way to go.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct OptionAnswer {
    /// Rate id, or `pickup`.
    pub rate: String,
    /// Its name.
    pub label: String,
    /// Its price.
    pub price: i64,
    /// Printed.
    pub text: String,
}

impl QuoteAnswer {
    /// Of a quote whose lines can all be sold.
    pub fn of(till: &Till, quote: &Quote, lang: &str) -> Self {
        let money = MoneyFormat::new(lang, quote.currency);
        let line = |line: &crate::decide::quote::QuotedLine| LineAnswer {
            sku: line.sku.to_string(),
            title: line.title.clone(),
            quantity: line.quantity,
            note: line.note.clone(),
            unit_price: line.unit_price,
            total: line.total,
            text: LineText { unit_price: money.print(line.unit_price), total: money.print(line.total) },
            available: None,
        };
        let shipping = &quote.shipping;
        QuoteAnswer {
            currency: quote.currency.code().to_owned(),
            lines: quote.lines.iter().map(line).collect(),
            problems: Vec::new(),
            goods: quote.goods,
            options: options(till, quote, None, lang),
            text: SumsText {
                goods: money.print(quote.goods),
                shipping: Some(money.print(shipping.price)),
                free_in: shipping.free_in.map(|missing| money.print(missing)),
                total: money.print(quote.total),
            },
            total: quote.total,
            shipping: Some(ShippingAnswer {
                rate: shipping.rate.clone(),
                label: shipping.label.clone(),
                price: shipping.price,
                days: shipping.days,
                free_in: shipping.free_in,
            }),
        }
    }
}

/// Every way for a quote's goods: the rates of its country that take the weight, and collecting.
fn options(till: &Till, quote: &Quote, country: Option<&str>, lang: &str) -> Vec<OptionAnswer> {
    let settings = &till.shop.settings;
    let money = MoneyFormat::new(lang, quote.currency);
    let zone = quote.shipping.country.as_deref().or(country).and_then(|country| zone_of(settings, country));
    let mut all = Vec::new();
    for rate in zone.map(|zone| zone.rates.as_slice()).unwrap_or_default() {
        if let Some((price, _)) = rate_price(rate, quote.goods, quote.weight) {
            let label = in_language(&rate.label, lang, settings);
            all.push(OptionAnswer { rate: rate.id.clone(), label, price, text: money.print(price) });
        }
    }
    if let Some(pickup) = &settings.shipping.pickup {
        let label = in_language(&pickup.label, lang, settings);
        all.push(OptionAnswer { rate: PICKUP.to_owned(), label, price: 0, text: money.print(0) });
    }
    all
}

/// Prices a cart.
#[utoipa::path(post, path = "/api/quote", request_body = super::body::CheckoutRequest, responses(
    (status = 200, body = QuoteAnswer),
    (status = 400, body = super::problem::Problem, description = "`bad_request`"),
    (status = 422, body = super::problem::Problem, description = "`destination_not_served`"),
))]
pub async fn post(State(gate): State<Gate>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let till = match gate.till() {
        Ok(till) => till,
        Err(error) => return error.into_json(None, ""),
    };
    let mut lang = body::language(till, None);
    let Ok(bytes) = axum::body::to_bytes(body, MAX_BODY).await else {
        return ApiError::too_large("the request is too large").into_json(None, &lang);
    };
    let answer = match gate.check_edge(&parts.headers).and_then(|()| body::json(till, &bytes)) {
        Ok(request) => {
            lang.clone_from(&request.lang);
            answer(till, request).await
        }
        Err(error) => Err(error),
    };
    match answer {
        Ok(answer) => {
            ([(axum::http::header::CACHE_CONTROL, "private, no-store")], Json(answer)).into_response()
        }
        Err(error) => error.into_json(Some(till), &lang),
    }
}

async fn answer(till: &Till, request: CheckoutRequest) -> Result<QuoteAnswer, ApiError> {
    let lang = request.lang.clone();
    let mut problems = Vec::new();
    let mut request = request;
    request.items.retain(|item| {
        let known = Sku::new(&item.sku).is_some();
        if !known {
            problems.push(StaleLine {
                sku: item.sku.chars().take(80).collect(),
                note: item.note.clone(),
                code: "unknown_sku",
                available: None,
            });
        }
        known
    });
    // Collecting has no country; the one that was chosen before still tells the other ways.
    let country = request.destination.as_ref().and_then(|destination| destination.country.clone());
    let asked = request.into_asked(till)?;
    let (quote, stale, available) = mend(till, asked.cart, &asked.cart_id).await?;
    problems.extend(stale);
    let Some(quote) = quote else {
        let money = MoneyFormat::new(&lang, till.shop.settings.currency);
        return Ok(QuoteAnswer {
            currency: till.shop.settings.currency.code().to_owned(),
            lines: Vec::new(),
            problems,
            goods: 0,
            shipping: None,
            options: Vec::new(),
            total: 0,
            text: SumsText { goods: money.print(0), shipping: None, free_in: None, total: money.print(0) },
        });
    };
    let mut answer = QuoteAnswer::of(till, &quote, &lang);
    answer.problems = problems;
    answer.options = options(till, &quote, country.as_deref(), &lang);
    for (line, available) in answer.lines.iter_mut().zip(available) {
        line.available = available;
    }
    Ok(answer)
}

/// Prices what of a cart can be sold; tells what cannot, and what can be had of the rest.
pub async fn mend(
    till: &Till,
    mut cart: Cart,
    cart_id: &str,
) -> Result<(Option<Quote>, Vec<StaleLine>, Vec<Option<u32>>), ApiError> {
    let mut problems = Vec::new();
    let now = till.now();
    let settings = &till.shop.settings;
    cart.lines.retain(|line| {
        let alone =
            Cart { lines: vec![line.clone()], destination: Destination::Pickup, lang: cart.lang.clone() };
        let code = match crate::decide::quote(&alone, settings, now, &|sku| till.shop.item(sku)) {
            Err(Refusal::UnknownSku { .. }) => "unknown_sku",
            Err(Refusal::BadRequest(_)) => "bad_request",
            _ => return true,
        };
        problems.push(StaleLine {
            sku: line.sku.to_string(),
            note: line.note.clone(),
            code,
            available: None,
        });
        false
    });
    let keys: Vec<catalog::StockKey> =
        cart.lines.iter().filter_map(|line| till.shop.item(&line.sku)).map(|item| item.stock).collect();
    let standings = till.standings_for(&keys, cart_id).await.map_err(ApiError::from)?;
    let mut available = Vec::new();
    let mut kept = Vec::new();
    for (line, key) in cart.lines.into_iter().zip(&keys) {
        let Some(standing) = standings.get(key) else { continue };
        match standing.available {
            Some(0) => problems.push(StaleLine {
                sku: line.sku.to_string(),
                note: line.note,
                code: if standing.reserved { "reserved" } else { "sold_out" },
                available: Some(0),
            }),
            Some(left) if left < line.quantity && left < crate::perform::stock::TOLD => {
                let (sku, note) = (line.sku.to_string(), line.note.clone());
                problems.push(StaleLine { sku, note, code: "quantity_unavailable", available: Some(left) });
                kept.push(crate::decide::CartLine { quantity: left, ..line });
                available.push(Some(left));
            }
            other => {
                kept.push(line);
                available.push(other);
            }
        }
    }
    cart.lines = kept;
    if cart.lines.is_empty() {
        return Ok((None, problems, available));
    }
    let quote = till.price(&cart).map_err(ApiError::from)?;
    Ok((Some(quote), problems, available))
}
