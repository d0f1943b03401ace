//! `/api/orders/{token}`: the shopper's order by signed link: view, pay, abandon, withdraw.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use storefront::texts::TillText;
use storefront::views::OrderPage;

use super::AppState;
use super::body::wants_html;
use super::checkout::tidy;
use super::page::page;
use super::problem::ApiError;
use crate::decide::{Order, Payment};
use crate::perform::{Till, TillError};

/// How long the payer's data is shown to anyone who has the link.
const SHOWN_FOR: Duration = Duration::from_secs(90 * 86_400);

/// Shows an order.
#[utoipa::path(get, path = "/api/orders/{token}", operation_id = "show_order", params(("token" = String, Path, description = "from the order's mail")),
    responses((status = 200, description = "the order, as a page or JSON"), (status = 404, body = super::problem::Problem)))]
pub async fn get(
    State(app): State<AppState>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let (till, order) = match find(&app, &token, &headers).await {
        Ok(found) => found,
        Err(error) => return refuse(&app, error, &headers, None),
    };
    let order = fresh(till, order).await;
    let has = |name: &str| form_urlencoded::parse(query.as_bytes()).any(|(known, _)| known == name);
    let done = ["paid", "cancelled", "withdrawn"].into_iter().find(|name| has(name));
    let mut response = show(&app, till, &order, &headers, done, has("withdraw"));
    if matches!(order.payment, Payment::Paid | Payment::AwaitingFunds | Payment::RefundDue) {
        super::cart::after_payment(till, &headers, &order, &mut response);
    }
    response
}

/// Abandons an unpaid order.
#[utoipa::path(post, path = "/api/orders/{token}/cancel", operation_id = "cancel_order", params(("token" = String, Path)),
    responses((status = 303, description = "to the order"), (status = 404, body = super::problem::Problem)))]
pub async fn cancel(State(app): State<AppState>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let (till, order) = match find(&app, &token, &headers).await {
        Ok(found) => found,
        Err(error) => return refuse(&app, error, &headers, None),
    };
    let done = match app.check_origin(till, &headers) {
        Ok(()) => till.ledger.abandon(&order.id).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    after(&app, till, done, &headers, &order.lang, "cancelled").await
}

/// Withdraws from the contract; the page asks for confirmation first.
#[utoipa::path(post, path = "/api/orders/{token}/withdraw", operation_id = "withdraw_from_order", params(("token" = String, Path)),
    responses((status = 303, description = "to the order"), (status = 404, body = super::problem::Problem), (status = 409, body = super::problem::Problem)))]
pub async fn withdraw(
    State(app): State<AppState>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (till, order) = match find(&app, &token, &headers).await {
        Ok(found) => found,
        Err(error) => return refuse(&app, error, &headers, None),
    };
    let done = match app.check_origin(till, &headers) {
        Ok(()) => till.ledger.withdraw(&order.id).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    after(&app, till, done, &headers, &order.lang, "withdrawn").await
}

async fn after(
    app: &AppState,
    till: &Till,
    done: Result<Order, ApiError>,
    headers: &HeaderMap,
    lang: &str,
    word: &str,
) -> Response {
    match done {
        Ok(order) => {
            tidy(till, Some(&order)).await;
            let cache = [(axum::http::header::CACHE_CONTROL, "private, no-store")];
            (cache, Redirect::to(&format!("{}?{word}", till.order_url(&order)))).into_response()
        }
        Err(error) => refuse(app, error, headers, Some(lang)),
    }
}

async fn find<'g>(
    app: &'g AppState,
    token: &str,
    headers: &HeaderMap,
) -> Result<(&'g Till, Order), ApiError> {
    let till = app.till()?;
    app.check_edge(headers)?;
    let id = till.sends.links.order(token).ok_or_else(ApiError::not_found)?;
    let order =
        till.ledger.store.order(id).await.map_err(TillError::from)?.ok_or_else(ApiError::not_found)?;
    Ok((till, order))
}

/// The order as Stripe knows it: the shopper is often faster than the webhook.
async fn fresh(till: &Till, order: Order) -> Order {
    if !matches!(order.payment, Payment::Open | Payment::AwaitingFunds) {
        return order;
    }
    match till.ledger.settle_read(order.clone(), None).await {
        Ok(settled) => {
            if settled.payment != order.payment {
                tidy(till, Some(&settled)).await;
            }
            settled
        }
        Err(error) => {
            tracing::warn!(order = %order.id, %error, "an order is shown as it was");
            order
        }
    }
}

fn show(
    app: &AppState,
    till: &Till,
    order: &Order,
    headers: &HeaderMap,
    done: Option<&str>,
    confirm_withdraw: bool,
) -> Response {
    let hidden = till.ledger.now() > order.created_at + SHOWN_FOR;
    let lang = order.lang.as_str();
    let view = till.sends.templates.order_view(&till.site(), order, lang, !hidden);
    if !wants_html(headers) {
        let cache = [(axum::http::header::CACHE_CONTROL, "private, no-store")];
        return (cache, Json(view)).into_response();
    }
    let page_view = OrderPage {
        common: till.sends.templates.common(&till.site(), lang),
        order: view,
        done: done.map(str::to_owned),
        hidden,
        confirm_withdraw,
    };
    let values = [("order", order.id.as_str()), ("shop", till.ledger.shop.settings.name.as_str())];
    let title = till.sends.templates.text(lang, TillText::OrderTitle, &values);
    match till.sends.templates.page(&till.site(), lang, &title, "till/order.html", &page_view) {
        Ok(html) => page(app, html),
        Err(why) => {
            tracing::error!(why, "the order page cannot be rendered");
            ([(axum::http::header::CACHE_CONTROL, "private, no-store")], Json(page_view.order))
                .into_response()
        }
    }
}

/// In the order's language, if known.
fn refuse(app: &AppState, error: ApiError, headers: &HeaderMap, lang: Option<&str>) -> Response {
    let lang = app.till.as_ref().map(|till| super::form::language(till, lang)).unwrap_or_default();
    if wants_html(headers) {
        error.into_page(app, &lang, None)
    } else {
        error.into_json(app.till.as_ref(), &lang)
    }
}
