//! `POST /api/checkout`: from JSON or a form to Stripe's page.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use super::AppState;
use super::body;
use super::deadline::{LONGEST, in_time};
use super::extract::{Body, Client, Open};
use super::form::Form;
use super::problem::ApiError;
use crate::decide::Order;
use crate::perform::checkout::{CheckedOut, Checkout};
use crate::perform::{Till, TillError};

/// Where to pay.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CheckoutAnswer {
    /// Stripe's page; the order's own if it is already paid.
    pub url: String,
    /// The order's page, as a signed link.
    pub order: String,
}

/// Takes a cart to Stripe.
#[utoipa::path(post, path = "/api/checkout", operation_id = "checkout", request_body = super::body::CheckoutBody, responses(
    (status = 200, body = CheckoutAnswer),
    (status = 303, description = "for a form: to Stripe's page"),
    (status = 400, body = super::problem::Problem, description = "`bad_request`"),
    (status = 404, body = super::problem::Problem, description = "`unknown_sku`"),
    (status = 409, body = super::problem::Problem, description = "`sold_out`, `reserved`, `quantity_unavailable`, `price_changed`"),
    (status = 413, body = super::problem::Problem, description = "`cart_too_large`"),
    (status = 421, body = super::problem::Problem, description = "`wrong_host`"),
    (status = 422, body = super::problem::Problem, description = "`destination_not_served`"),
    (status = 429, body = super::problem::Problem, description = "`rate_limited`"),
    (status = 502, body = super::problem::Problem, description = "`payments_unavailable`, `payments_refused`"),
    (status = 503, body = super::problem::Problem, description = "`busy`, `storage_unavailable`, `closed`"),
))]
pub async fn post(
    Open(till): Open,
    State(app): State<AppState>,
    Client(client): Client,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, ApiError> {
    if !body::is_json(&headers) {
        return Ok(form(&app, &till, &headers, &body, &client).await);
    }
    app.check_form(&till, &headers)?;
    let request = body::json(&till, &body)?;
    let lang = request.lang.clone();
    Ok(match checkout(&till, &request.into_checkout(&till)?, &client).await {
        Ok(done) => {
            let order = till.order_url(&done.order);
            (no_store(), Json(CheckoutAnswer { url: done.url, order })).into_response()
        }
        Err(error) => error.into_json(Some(&till), &lang),
    })
}

async fn form(app: &AppState, till: &Till, headers: &HeaderMap, bytes: &Bytes, client: &str) -> Response {
    let form = Form::parse(bytes);
    let lang = form.lang(till);
    let asked = app
        .check_form(till, headers)
        .and_then(|()| form.clone().into_request(till))
        .and_then(|request| request.into_checkout(till));
    let done = match asked {
        Ok(asked) => checkout(till, &asked, client).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(done) => (no_store(), Redirect::to(&done.url)).into_response(),
        Err(error) => {
            let mut response = error.into_page(app, &lang, Some(&form));
            super::cart::keep_gift(till, headers, form.get("gift_note"), &mut response);
            response
        }
    }
}

fn no_store() -> [(axum::http::HeaderName, &'static str); 1] {
    [(axum::http::header::CACHE_CONTROL, "private, no-store")]
}

/// Checks out within the deadline. Pieces that others hold are checked once more, in case a hold ended without our knowing.
async fn checkout(till: &Till, asked: &Checkout, client: &str) -> Result<CheckedOut, ApiError> {
    let work = async {
        let done = till.checkout(asked, client).await;
        if matches!(done, Err(TillError::Reserved { .. } | TillError::TooFew { .. })) {
            let swept = in_time(Duration::from_secs(5), till.sweep(5)).await;
            if swept.is_some_and(|swept| swept.is_ok_and(|swept| swept.orders > swept.failed)) {
                return till.checkout(asked, client).await;
            }
        }
        done
    };
    let Some(done) = in_time(LONGEST, work).await else {
        tracing::error!("a checkout took too long; what it holds, a sweep looks at");
        return Err(ApiError::late());
    };
    if done.is_ok() {
        tidy(till, None).await;
    }
    done.map_err(ApiError::from)
}

/// Runs effects and overdue work before the answer, since a function is frozen afterwards. It takes at most three seconds; a
/// sweep does what remains.
pub async fn tidy(till: &Till, order: Option<&Order>) {
    let work = async {
        if let Some(order) = order {
            till.run_effects_of(order, 8).await?;
        }
        till.sweep(2).await
    };
    match in_time(Duration::from_secs(3), work).await {
        Some(Ok(_)) => {}
        Some(Err(error)) => tracing::warn!(%error, "the small sweep failed"),
        None => tracing::warn!("the small sweep took too long"),
    }
}
