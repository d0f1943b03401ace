//! The till over HTTP: routes, refusals, forms and JSON. Served under `/api/…` and under `/.netlify/functions/till/…` alike.

mod again;
mod api_gateway;
mod body;
mod cart;
mod checkout;
mod deadline;
mod extract;
mod form;
mod guard;
mod link;
mod openapi;
mod order;
mod page;
mod problem;
mod quote;
mod quote_answer;
mod service;
mod signed;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};

use crate::perform::Till;

pub use api_gateway::{address_of_lambda, end_of_lambda, without_stage};
pub use deadline::{HostEnds, LONGEST};
pub use guard::{ClientAddress, ClientSource};
pub use openapi::document;

/// The largest body of a shopper's request, in bytes.
pub const MAX_BODY: usize = 64 * 1024;
/// The largest webhook, in bytes.
pub const MAX_WEBHOOK: usize = 512 * 1024;

/// How HTTP is set up. All of it is configuration; nothing is taken from a request.
#[derive(Debug, Clone, Default)]
pub struct HttpConfig {
    /// Signing secrets of the webhook endpoints; any of them may sign.
    pub webhook_secrets: Vec<String>,
    /// Secrets for sweeping and reading the exact stock: any of them; without one nobody may.
    pub sweep_secrets: Vec<String>,
    /// Where the client's address comes from.
    pub client: ClientSource,
    /// What the edge puts into `x-till-edge`, or signs with as Netlify does; any of them is accepted. Empty if the till's own
    /// address is not public.
    pub edge_secrets: Vec<String>,
    /// The header with the host's name: `host`, or the one in which the edge forwards it.
    pub host_header: Option<String>,
    /// Another origin besides Stripe's to which forms may lead.
    pub pay_origin: Option<String>,
    /// Why the till cannot sell, if it was started without what it needs.
    pub trouble: Option<String>,
    /// What `/api/health` says about each part: real or a stand-in.
    pub parts: Vec<(String, String)>,
}

/// The state of every handler.
#[derive(Clone)]
pub struct AppState {
    /// The till; `None` if it cannot start, see [`HttpConfig::trouble`].
    pub(crate) till: Option<Till>,
    /// How HTTP is set up.
    pub(crate) config: Arc<HttpConfig>,
}

/// The routes of a till. Without a till every request is refused with `closed`, and `/api/health` says why.
pub fn router(till: Option<Till>, config: HttpConfig) -> Router {
    let app = AppState { till, config: Arc::new(config) };
    let routes = || {
        Router::new()
            .route("/checkout", post(checkout::post))
            .route("/cart", get(cart::get).post(cart::post))
            .route("/quote", post(quote::post))
            .route("/stock", get(service::stock))
            .route("/orders/link", get(link::get).post(link::post))
            .route("/orders/{token}", get(order::get))
            .route("/orders/{token}/cancel", post(order::cancel))
            .route("/orders/{token}/withdraw", post(order::withdraw))
            .route("/sweep", post(service::sweep))
            .route("/health", get(service::health))
            .route("/openapi.json", get(openapi::get))
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .route("/stripe/webhook", post(service::webhook).layer(DefaultBodyLimit::max(MAX_WEBHOOK)))
            .fallback(service::not_found)
            .layer(from_fn(deadline::answer_in_time))
    };
    Router::new().nest("/api", routes()).nest("/.netlify/functions/till", routes()).with_state(app)
}
