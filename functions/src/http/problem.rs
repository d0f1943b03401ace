//! Refusals: RFC 9457 problems for programs, pages of the theme for forms (`page.rs`). They contain nothing internal.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use storefront::RefusalCode;

use super::quote_answer::QuoteAnswer;
use crate::decide::{Quote, Refusal};
use crate::outside::store::StoreError;
use crate::outside::stripe::PaymentsError;
use crate::perform::{Till, TillError};

/// A refusal, as clients see it.
#[derive(Debug)]
pub struct ApiError {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable word for programs.
    pub code: RefusalCode,
    /// One sentence for developers, in English.
    pub detail: String,
    /// The item it is about.
    pub sku: Option<String>,
    /// Every item it is about, if several share one stock key.
    pub skus: Box<[String]>,
    /// How many are available.
    pub available: Option<i64>,
    /// The new quote.
    pub quote: Option<Box<Quote>>,
    /// Seconds until a retry makes sense.
    pub retry_after: Option<u32>,
}

/// A refusal by RFC 9457.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `about:blank`: the code says what it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The standard phrase of the status.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// One sentence for developers.
    pub detail: String,
    /// Stable word for programs.
    pub code: RefusalCode,
    /// The item it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Every item it is about: those that share one stock key, in the order of the cart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skus: Vec<String>,
    /// How many are available.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
    /// The new quote, with `price_changed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<QuoteAnswer>,
}

impl ApiError {
    fn new(status: StatusCode, code: RefusalCode, detail: impl Into<String>) -> Self {
        ApiError {
            status,
            code,
            detail: detail.into(),
            sku: None,
            skus: Box::default(),
            available: None,
            quote: None,
            retry_after: None,
        }
    }

    /// 400: the request is invalid.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, RefusalCode::BadRequest, detail)
    }

    /// 400: the words for a piece are missing, too long, or not in the required form.
    pub fn words_refused(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, RefusalCode::WordsRefused, detail)
    }

    /// 403: a form sent by another site, or a missing secret.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, RefusalCode::Forbidden, detail)
    }

    /// 404: no such order or address.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, RefusalCode::NotFound, "there is nothing at this address")
    }

    /// 413: the cart or the request is too large.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, RefusalCode::CartTooLarge, detail)
    }

    /// 421: another host than the shop's.
    pub fn wrong_host(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::MISDIRECTED_REQUEST, RefusalCode::WrongHost, detail)
    }

    /// 503: the owner closed the till, or it is not set up.
    pub fn closed() -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, RefusalCode::Closed, "the till is closed");
        error.retry_after = Some(3600);
        error
    }

    /// 503: the request ran out of time.
    pub fn late() -> Self {
        let mut error = storage();
        error.detail = "there was no answer in time".to_owned();
        error
    }

    /// As an RFC 9457 problem.
    pub fn into_json(self, till: Option<&Till>, lang: &str) -> Response {
        let quote = match (&self.quote, till) {
            (Some(quote), Some(till)) => Some(QuoteAnswer::of(till, quote, lang)),
            _ => None,
        };
        let problem = Problem {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Refused").to_owned(),
            status: self.status.as_u16(),
            detail: self.detail,
            code: self.code,
            sku: self.sku,
            skus: self.skus.into_vec(),
            available: self.available,
            quote,
        };
        let mut response = (self.status, Json(problem)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        finish(response, self.retry_after)
    }
}

/// What every refusal's answer says of caches and of the next attempt.
pub(super) fn finish(mut response: Response, retry_after: Option<u32>) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// As a problem for programs. New prices need a till to print them: see [`ApiError::into_json`].
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.into_json(None, "")
    }
}

impl From<TillError> for ApiError {
    fn from(error: TillError) -> Self {
        use StatusCode as S;
        let detail = error.to_string();
        let about = |mut api: ApiError, sku: String| {
            api.sku = Some(sku);
            api
        };
        match error {
            TillError::Cart(Refusal::BadRequest(detail)) => ApiError::bad_request(detail),
            TillError::Cart(Refusal::UnknownSku { sku }) => {
                about(ApiError::new(S::NOT_FOUND, RefusalCode::UnknownSku, detail), sku)
            }
            TillError::Cart(Refusal::DestinationNotServed(_)) => {
                ApiError::new(S::UNPROCESSABLE_ENTITY, RefusalCode::DestinationNotServed, detail)
            }
            TillError::Cart(Refusal::CartTooLarge(_)) => ApiError::too_large(detail),
            TillError::SoldOut { sku } => {
                let mut api = about(ApiError::new(S::CONFLICT, RefusalCode::SoldOut, detail), sku);
                api.available = Some(0);
                api
            }
            TillError::Reserved { sku } => {
                let mut api = about(ApiError::new(S::CONFLICT, RefusalCode::Reserved, detail), sku);
                api.retry_after = Some(60);
                api
            }
            TillError::QuantityUnavailable { sku, available } => {
                let mut api =
                    about(ApiError::new(S::CONFLICT, RefusalCode::QuantityUnavailable, detail), sku);
                api.available = Some(available);
                api
            }
            TillError::TooFew { skus, available } => {
                let mut api = ApiError::new(S::CONFLICT, RefusalCode::QuantityUnavailable, detail);
                api.sku = skus.first().cloned();
                api.skus = skus.into();
                api.available = Some(available);
                api
            }
            TillError::PriceChanged(quote) => {
                let mut api = ApiError::new(S::CONFLICT, RefusalCode::PriceChanged, detail);
                api.quote = Some(quote);
                api
            }
            TillError::RateLimited => {
                let mut api = ApiError::new(S::TOO_MANY_REQUESTS, RefusalCode::RateLimited, detail);
                api.retry_after = Some(600);
                api
            }
            TillError::Closed => ApiError::closed(),
            TillError::NotFound => ApiError::not_found(),
            TillError::NotNow(_) => ApiError::new(S::CONFLICT, RefusalCode::NotNow, detail),
            TillError::Unsigned => ApiError::bad_request(detail),
            TillError::Payments(PaymentsError::Refused { code, param, .. }) => {
                tracing::error!(code, param, "Stripe refused");
                // A retry brings the same answer, so there is no `Retry-After`.
                ApiError::new(
                    S::BAD_GATEWAY,
                    RefusalCode::PaymentsRefused,
                    "the payment service refuses this order; nothing was charged, and the shop is told",
                )
            }
            TillError::Payments(PaymentsError::Unknown(why)) => {
                tracing::error!(why, "Stripe did not answer");
                let mut api = ApiError::new(
                    S::BAD_GATEWAY,
                    RefusalCode::PaymentsUnavailable,
                    "the payment service does not answer; nothing was charged",
                );
                api.retry_after = Some(30);
                api
            }
            TillError::Store(StoreError::Busy(why)) => {
                tracing::warn!(why, "the database is busy with something else");
                busy()
            }
            TillError::Store(error) => {
                tracing::error!(%error, "the database failed");
                storage()
            }
            TillError::NotOurs(_) => {
                tracing::error!(detail, "the till refuses this database");
                storage()
            }
            TillError::Busy => busy(),
            TillError::Ahead => storage(),
        }
    }
}

fn busy() -> ApiError {
    let mut api = ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        RefusalCode::Busy,
        "something else is being done with the same pieces or the same order; nothing was charged",
    );
    api.retry_after = Some(5);
    api
}

fn storage() -> ApiError {
    let mut api = ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        RefusalCode::StorageUnavailable,
        "the till cannot keep this now; nothing was charged",
    );
    api.retry_after = Some(10);
    api
}

#[cfg(test)]
mod tests;
