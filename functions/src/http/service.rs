//! Stripe's webhooks, stock, sweeps and health.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalog::StockKey;
use serde_json::json;

use super::AppState;
use super::checkout::tidy;
use super::deadline::{LONGEST, in_time};
use super::extract::{Open, Sweeper, ThroughEdge};
use super::problem::ApiError;
use crate::outside::stripe::signature::is_signed;
use crate::perform::TillError;
use crate::perform::stock::Standing;
use crate::perform::webhook::Booked;

/// For an answer that only its client may see.
const PRIVATE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "private, no-store")];

/// Most keys in one request.
const MAX_KEYS: usize = 60;

/// Receives Stripe's events.
#[utoipa::path(post, path = "/api/stripe/webhook", responses(
    (status = 200, description = "booked, or booked before"),
    (status = 400, body = super::problem::Problem, description = "not signed by Stripe"),
    (status = 500, description = "to be sent again"),
))]
pub async fn webhook(
    Open(till): Open,
    State(app): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_signed(signature, &body, &app.config.webhook_secrets, till.ledger.now()) {
        tracing::warn!("a webhook was not signed by Stripe");
        return Err(TillError::Unsigned.into());
    }
    let Some(booked) = in_time(LONGEST, till.ledger.book(&body)).await else {
        tracing::warn!("booking an event took too long; Stripe will send it again");
        return Ok(received(StatusCode::INTERNAL_SERVER_ERROR));
    };
    Ok(match booked {
        Ok(booked) => {
            if let Booked::Order(order) = &booked {
                tracing::info!(order = %order.id, "an event was booked");
                tidy(&till, Some(order)).await;
            }
            received(StatusCode::OK)
        }
        Err(error) => {
            tracing::warn!(%error, "an event could not be booked; Stripe will send it again");
            let status = match error {
                TillError::Cart(_) => StatusCode::BAD_REQUEST,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            received(status)
        }
    })
}

fn received(status: StatusCode) -> Response {
    (status, Json(json!({ "received": status.is_success() }))).into_response()
}

/// How many pieces are available: `?key=A&key=B`, never more than 5. With the sweep's secret and no keys: everything, exact.
#[utoipa::path(get, path = "/api/stock", responses(
    (status = 200, body = BTreeMap<String, Standing>, description = "by stock key"),
    (status = 403, body = super::problem::Problem, description = "all of it was asked for, with another secret"),
))]
pub async fn stock(
    ThroughEdge(till): ThroughEdge,
    State(app): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = query.unwrap_or_default();
    let keys: Vec<StockKey> = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "key")
        .filter_map(|(_, key)| StockKey::new(&key))
        .take(MAX_KEYS)
        .collect();
    if keys.is_empty() && app.is_sweeper(&headers) {
        return Ok((PRIVATE, Json(till.ledger.all_taken().await?)).into_response());
    }
    if keys.is_empty() && headers.contains_key(header::AUTHORIZATION) {
        // An empty answer would be believed: everything would be published as unsold.
        return Err(ApiError::forbidden("the sweep's secret is needed"));
    }
    if keys.is_empty() {
        // If a CDN kept it, the owner's request for all stock would get it too.
        return Ok((PRIVATE, Json(json!({}))).into_response());
    }
    let standings = till.ledger.standings(&keys).await?;
    let by_key: BTreeMap<String, _> =
        standings.into_iter().map(|(key, standing)| (key.to_string(), standing)).collect();
    let cache = "public, max-age=5, s-maxage=5, stale-while-revalidate=25";
    Ok(([(header::CACHE_CONTROL, cache)], Json(by_key)).into_response())
}

/// How long after it is due an effect counts as overdue.
const OVERDUE: Duration = Duration::from_secs(3600);

/// Settles overdue orders and runs effects. Requires the sweep's secret.
#[utoipa::path(post, path = "/api/sweep", responses((status = 200, description = "what was done"), (status = 403, body = super::problem::Problem)))]
pub async fn sweep(Sweeper(till): Sweeper) -> Result<Response, ApiError> {
    let swept = till.sweep(50).await?;
    let old = till.ledger.store.overdue_tasks(till.ledger.now() - OVERDUE).await.unwrap_or(-1);
    let due = till.ledger.store.refunds_due().await.unwrap_or(-1);
    let given_up = till.given_up().await.unwrap_or(-1);
    // Alarms use these names: deploy/template.yaml.
    tracing::info!(
        orders = swept.orders,
        failed = swept.failed,
        effects = swept.effects,
        effects_older_than_an_hour = old,
        refunds_due = due,
        effects_given_up = given_up,
        "a sweep ended"
    );
    let counts = json!({ "swept": swept, "effects_older_than_an_hour": old, "refunds_due": due,
        "effects_given_up": given_up });
    Ok(Json(counts).into_response())
}

/// Whether the till can sell, and its parts.
#[utoipa::path(get, path = "/api/health", responses((status = 200, description = "it can sell"), (status = 503, description = "it cannot, and why")))]
pub async fn health(State(app): State<AppState>) -> Response {
    let parts: BTreeMap<&str, &str> =
        app.config.parts.iter().map(|(name, what)| (name.as_str(), what.as_str())).collect();
    let version = env!("CARGO_PKG_VERSION");
    let Some(till) = &app.till else {
        let body = json!({ "ok": false, "version": version, "trouble": app.config.trouble, "parts": parts });
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::CACHE_CONTROL, "no-store")], Json(body))
            .into_response();
    };
    let trouble = till.ledger.probe_database().await.err().map(|error| error.to_string());
    let store = trouble.is_none();
    // Undeliverable mails are no reason to stop selling, but somebody must see them.
    let given_up = till.given_up().await.ok();
    let status = if store { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "ok": store, "version": version, "snapshot": till.ledger.shop.digest(), "context": till.ledger.shop.settings.till.context,
        "catalog": till.ledger.shop.settings.till.catalog_hash, "parts": parts, "trouble": trouble,
        "effects_given_up": given_up,
    });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// Any other address.
pub async fn not_found() -> ApiError {
    ApiError::not_found()
}
