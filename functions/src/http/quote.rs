//! `POST /api/quote`: what a cart costs now, how it can be delivered, and which lines are stale. Nothing is held.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use catalog::{Item, Sku, StockKey};
use storefront::{LIMITS, RefusalCode};

use super::body::{self, CheckoutBody};
use super::extract::{Body, ThroughEdge};
use super::problem::ApiError;
use super::quote_answer::{QuoteAnswer, StaleLine};
use crate::decide::quote::{Goods, current_delivery, price_goods};
use crate::decide::{Cart, CartLine, Refusal};
use crate::perform::Till;
use crate::perform::stock::Standing;

/// Prices a cart.
#[utoipa::path(post, path = "/api/quote", operation_id = "quote", request_body = super::body::CheckoutBody, responses(
    (status = 200, body = QuoteAnswer),
    (status = 400, body = super::problem::Problem, description = "`bad_request`"),
    (status = 413, body = super::problem::Problem, description = "`cart_too_large`"),
))]
pub async fn post(ThroughEdge(till): ThroughEdge, Body(body): Body) -> Result<Response, ApiError> {
    let request = body::json(&till, &body)?;
    let cache = [(header::CACHE_CONTROL, "private, no-store")];
    Ok((cache, Json(answer(&till, request).await?)).into_response())
}

async fn answer(till: &Till, request: CheckoutBody) -> Result<QuoteAnswer, ApiError> {
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
