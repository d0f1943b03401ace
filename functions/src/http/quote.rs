//! `POST /api/quote`: what a cart costs now, how it can be delivered, and which lines are stale. Nothing is held.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use catalog::{Cents, Item, MoneyFormat, Sku, StockKey};
use serde::Serialize;
use storefront::texts::TillText;
use storefront::{LIMITS, RefusalCode};

use super::body::{self, CheckoutRequest};
use super::extract::{Body, ThroughEdge};
use super::problem::ApiError;
use crate::decide::quote::{
    Goods, NotServed, QuotedLine, QuotedShipping, current_delivery, price_goods, ways,
};
use crate::decide::{Cart, CartLine, Quote, Refusal};
use crate::perform::Till;
use crate::perform::stock::Standing;

/// A priced cart. Amounts are in minor units, and also printed for the reader.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct QuoteAnswer {
    /// ISO 4217.
    pub currency: String,
    /// The lines that can be sold.
    pub lines: Vec<LineAnswer>,
    /// What cannot be sold, or not in this quantity.
    pub problems: Vec<StaleLine>,
    /// Sum of the lines.
    #[schema(value_type = i64)]
    pub goods: Cents,
    /// How it is delivered; null if the requested way is not offered: another way or country must be chosen before paying.
    pub shipping: Option<ShippingAnswer>,
    /// Why it cannot be delivered.
    pub not_served: Option<NotServed>,
    /// Something can only be collected, so no country is needed.
    pub pickup_only: bool,
    /// Every way it can be delivered.
    pub options: Vec<OptionAnswer>,
    /// Goods and shipping.
    #[schema(value_type = i64)]
    pub total: Cents,
    /// The printed sums.
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
    /// The shopper's words, as sent.
    pub note: Option<String>,
    /// The same for readers, with their labels.
    pub words: Option<String>,
    /// Whether it can only be collected.
    pub pickup_only: bool,
    /// Working days until it is made.
    pub made_to_order_days: Option<u32>,
    /// Price of one.
    #[schema(value_type = i64)]
    pub unit_price: Cents,
    /// Price of all.
    #[schema(value_type = i64)]
    pub total: Cents,
    /// The printed amounts.
    pub text: LineText,
    /// How many can be had at most (5 is the highest number reported); null without limit, and in the `quote` of a refusal.
    pub available: Option<u32>,
}

/// Printed amounts of a line.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LineText {
    /// Price of one.
    pub unit_price: String,
    /// Price of all.
    pub total: String,
    /// How long it takes to make, in words; null if it is in stock.
    pub made: Option<String>,
}

/// Printed sums.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SumsText {
    /// Goods.
    pub goods: String,
    /// Shipping.
    pub shipping: Option<String>,
    /// The amount missing for free shipping.
    pub free_in: Option<String>,
    /// The delivery time, in words.
    pub days: Option<String>,
    /// Total.
    pub total: String,
}

/// A line that differs from the cart.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct StaleLine {
    /// SKU.
    pub sku: String,
    /// The shopper's words, which distinguish lines of one SKU.
    pub note: Option<String>,
    /// `unknown_sku`, `sold_out`, `reserved`, `quantity_unavailable` or `bad_request`.
    pub code: RefusalCode,
    /// How many of the piece are available, regardless of the cart's other lines.
    pub available: Option<u32>,
    /// With `quantity_unavailable`: the SKUs in the cart that share these.
    pub skus: Vec<String>,
}

/// How it is delivered.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ShippingAnswer {
    /// Rate id.
    pub rate: String,
    /// Its name.
    pub label: String,
    /// Its price.
    #[schema(value_type = i64)]
    pub price: Cents,
    /// Working days, from and to.
    pub days: Option<(u32, u32)>,
    /// The amount missing for free shipping.
    #[schema(value_type = Option<i64>)]
    pub free_in: Option<Cents>,
    /// Whether this rate replaces the requested one, which is no longer offered.
    pub replaced: bool,
}

/// A way to deliver it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct OptionAnswer {
    /// Rate id, or `pickup`.
    pub rate: String,
    /// Its name.
    pub label: String,
    /// Its price.
    #[schema(value_type = i64)]
    pub price: Cents,
    /// Printed.
    pub text: String,
}

impl QuoteAnswer {
    /// The answer for a quote whose lines can all be sold.
    pub fn of(till: &Till, quote: &Quote, lang: &str) -> Self {
        let country = quote.shipping.country.as_deref();
        Self::priced(till, &quote.goods_only(), Ok(&quote.shipping), country, lang)
    }

    /// The answer for goods and their delivery, if there is one; `country` is the one whose rates are listed.
    fn priced(
        till: &Till,
        goods: &Goods,
        way: Result<&QuotedShipping, NotServed>,
        country: Option<&str>,
        lang: &str,
    ) -> Self {
        let money = MoneyFormat::new(lang, goods.currency);
        let shipping = way.ok();
        let total = goods.total + shipping.map_or(Cents::ZERO, |shipping| shipping.price);
        let options = ways(goods, country, lang, &till.ledger.shop.settings);
        QuoteAnswer {
            currency: goods.currency.code().to_owned(),
            lines: goods.lines.iter().map(|line| line_answer(till, line, &money, lang)).collect(),
            problems: Vec::new(),
            goods: goods.total,
            not_served: way.err(),
            pickup_only: goods.pickup_only(),
            options: options
                .into_iter()
                .map(|way| OptionAnswer {
                    text: money.print(way.price),
                    rate: way.rate,
                    label: way.label,
                    price: way.price,
                })
                .collect(),
            text: SumsText {
                goods: money.print(goods.total),
                shipping: shipping.map(|shipping| money.print(shipping.price)),
                free_in: shipping.and_then(|shipping| shipping.free_in).map(|missing| money.print(missing)),
                days: shipping.and_then(|shipping| till.sends.templates.days(lang, shipping)),
                total: money.print(total),
            },
            total,
            shipping: shipping.map(|shipping| ShippingAnswer {
                rate: shipping.rate.clone(),
                label: shipping.label.clone(),
                price: shipping.price,
                days: shipping.days,
                free_in: shipping.free_in,
                replaced: false,
            }),
        }
    }

    /// The answer for a cart of which nothing can be sold.
    fn nothing(till: &Till, lang: &str) -> Self {
        let currency = till.ledger.shop.settings.currency;
        let money = MoneyFormat::new(lang, currency);
        QuoteAnswer {
            currency: currency.code().to_owned(),
            lines: Vec::new(),
            problems: Vec::new(),
            goods: Cents::ZERO,
            shipping: None,
            not_served: None,
            pickup_only: false,
            options: Vec::new(),
            total: Cents::ZERO,
            text: SumsText {
                goods: money.print(Cents::ZERO),
                shipping: None,
                free_in: None,
                days: None,
                total: money.print(Cents::ZERO),
            },
        }
    }
}

fn line_answer(till: &Till, line: &QuotedLine, money: &MoneyFormat, lang: &str) -> LineAnswer {
    LineAnswer {
        sku: line.sku.to_string(),
        title: line.title.clone(),
        quantity: line.quantity,
        note: line.note.clone(),
        words: line.labelled_note(lang),
        pickup_only: line.pickup_only,
        made_to_order_days: line.made_to_order_days,
        unit_price: line.unit_price,
        total: line.total,
        text: LineText {
            unit_price: money.print(line.unit_price),
            total: money.print(line.total),
            made: line
                .made_to_order_days
                .map(|days| till.sends.templates.count(lang, TillText::MadeIn, days)),
        },
        available: None,
    }
}

/// Prices a cart.
#[utoipa::path(post, path = "/api/quote", operation_id = "quote", request_body = super::body::CheckoutRequest, responses(
    (status = 200, body = QuoteAnswer),
    (status = 400, body = super::problem::Problem, description = "`bad_request`"),
    (status = 413, body = super::problem::Problem, description = "`cart_too_large`"),
))]
pub async fn post(ThroughEdge(till): ThroughEdge, Body(body): Body) -> Result<Response, ApiError> {
    let request = body::json(&till, &body)?;
    let cache = [(header::CACHE_CONTROL, "private, no-store")];
    Ok((cache, Json(answer(&till, request).await?)).into_response())
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
                code: RefusalCode::UnknownSku,
                available: None,
                skus: Vec::new(),
            });
        }
        known
    });
    // Pickup has no country; the one chosen earlier still determines the other ways.
    let country = request.destination.as_ref().and_then(|destination| destination.country.clone());
    let sample = request.sample;
    let asked = request.into_checkout(till)?;
    let country = asked.cart.destination.country().map(str::to_owned).or(country);
    let destination = asked.cart.destination.clone();
    let mended = revalidate(till, asked.cart, &asked.cart_id, sample).await?;
    problems.extend(mended.problems);
    let mut answer = match &mended.goods {
        None => QuoteAnswer::nothing(till, &lang),
        Some(goods) => {
            let way = current_delivery(goods, &destination, &lang, &till.ledger.shop.settings);
            QuoteAnswer::priced(till, goods, way.as_ref().map_err(|why| *why), country.as_deref(), &lang)
        }
    };
    answer.problems = problems;
    if let Some(shipping) = &mut answer.shipping {
        shipping.replaced = destination.is_replaced_by(&shipping.rate);
    }
    for (line, available) in answer.lines.iter_mut().zip(mended.available) {
        line.available = available;
    }
    Ok(answer)
}

/// What can be sold of a cart.
pub struct Revalidated {
    /// The lines that can be sold, priced; `None` if there are none.
    pub goods: Option<Goods>,
    /// What cannot be sold, or not in this quantity.
    pub problems: Vec<StaleLine>,
    /// For each line of the goods, how many it can have at most, given the other lines.
    pub available: Vec<Option<u32>>,
}

/// Prices what can be sold of a cart, and reports what cannot and how many are available. Pieces are counted per stock key:
/// lines with different words or variants may share one.
pub async fn revalidate(
    till: &Till,
    mut cart: Cart,
    cart_id: &str,
    sample: bool,
) -> Result<Revalidated, ApiError> {
    let mut problems = Vec::new();
    // Each item is read from the snapshot once.
    let mut items: BTreeMap<Sku, Item> = BTreeMap::new();
    for line in &cart.lines {
        if !items.contains_key(&line.sku)
            && let Some(item) = till.ledger.shop.item(&line.sku)
        {
            // A sample has no words yet, even where they are required.
            let personalisation = item.personalisation.filter(|_| !sample);
            items.insert(line.sku.clone(), Item { personalisation, ..item });
        }
    }
    let find = |sku: &Sku| items.get(sku).cloned();
    let now = till.ledger.now();
    let settings = &till.ledger.shop.settings;
    let stale = |line: &CartLine, code, available| StaleLine {
        sku: line.sku.to_string(),
        note: line.note.clone(),
        code,
        available,
        skus: Vec::new(),
    };
    let empty = Cart { lines: Vec::new(), ..cart.clone() };
    cart.lines.retain(|line| {
        let alone = Cart { lines: vec![line.clone()], ..empty.clone() };
        let code = match price_goods(&alone, settings, now, &find) {
            Err(Refusal::UnknownSku { .. }) => RefusalCode::UnknownSku,
            Err(Refusal::BadRequest(_)) => RefusalCode::BadRequest,
            _ => return true,
        };
        problems.push(stale(line, code, None));
        false
    });
    let keys: Vec<StockKey> =
        cart.lines.iter().filter_map(|line| items.get(&line.sku)).map(|item| item.stock.clone()).collect();
    let standings = till.ledger.standings_for(&keys, cart_id).await.map_err(ApiError::from)?;
    let mut left: BTreeMap<&StockKey, u32> =
        standings.iter().filter_map(|(key, standing)| Some((key, counted(standing)?))).collect();
    let (mut lines, mut kept) = (Vec::new(), Vec::new());
    for (line, key) in cart.lines.iter().zip(&keys) {
        let Some(standing) = standings.get(key) else { continue };
        if standing.available == Some(0) {
            let code = if standing.reserved { RefusalCode::Reserved } else { RefusalCode::SoldOut };
            problems.push(stale(line, code, Some(0)));
            continue;
        }
        let quantity = left.get(key).map_or(line.quantity, |left| line.quantity.min(*left));
        if let Some(left) = left.get_mut(key) {
            *left -= quantity;
        }
        if quantity < line.quantity {
            let sharing = cart.lines.iter().zip(&keys).filter(|(_, other)| *other == key);
            let skus = sharing.map(|(line, _)| line.sku.to_string()).collect();
            problems.push(StaleLine {
                skus,
                ..stale(line, RefusalCode::QuantityUnavailable, standing.available)
            });
        }
        if quantity > 0 {
            lines.push(CartLine { quantity, ..line.clone() });
            kept.push((key, quantity, standing.available));
        }
    }
    let most = |(key, quantity, told): (&StockKey, u32, Option<u32>)| {
        left.get(key).map(|left| quantity + left).or(told)
    };
    let available = kept.into_iter().map(most).collect();
    let goods = if lines.is_empty() {
        None
    } else {
        let cart = Cart { lines, ..empty };
        let goods = price_goods(&cart, settings, now, &find);
        Some(goods.map_err(|refusal| ApiError::from(crate::perform::TillError::from(refusal)))?)
    };
    Ok(Revalidated { goods, problems, available })
}

/// The exact number of pieces, if known: a standing at the reported maximum only means "enough".
fn counted(standing: &Standing) -> Option<u32> {
    standing.available.filter(|available| *available < LIMITS.told)
}
