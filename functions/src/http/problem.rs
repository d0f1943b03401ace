//! Refusals: RFC 9457 problems for programs, pages of the theme for forms. They contain nothing internal.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use catalog::{Cents, MoneyFormat};
use serde::Serialize;
use storefront::RefusalCode;
use storefront::texts::TillText;
use storefront::views::{ChangeView, FieldView, RefusalPage};

use super::quote::QuoteAnswer;
use super::{AppState, body::Form};
use crate::decide::quote::QuotedLine;
use crate::decide::{Quote, Refusal};
use crate::outside::store::StoreError;
use crate::outside::stripe::PaymentsError;
use crate::perform::{Till, TillError};
use crate::templates::cart_view;

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

    /// As a page of the theme; `form` can be sent again after a look at new prices.
    pub fn into_page(self, app: &AppState, lang: &str, form: Option<&Form>) -> Response {
        let Some(till) = &app.till else { return self.into_json(None, lang) };
        let title = match &*self.skus {
            [] => self.sku.as_deref().map(|sku| till.ledger.title(sku, lang)),
            skus => Some(till.ledger.titles(skus, lang)),
        };
        let available = self.available.map(|available| available.to_string()).unwrap_or_default();
        let values = [
            ("title", title.as_deref().unwrap_or_default()),
            ("available", available.as_str()),
            ("shop", till.ledger.shop.settings.name.as_str()),
        ];
        let text = till.sends.templates.text(lang, TillText::Refusal(self.code), &values);
        let heading = till.sends.templates.text(lang, TillText::RefusalTitle, &values);
        let cart = self
            .quote
            .as_ref()
            .and_then(|quote| cart_view(till, &quote.goods_only(), Some(&quote.shipping), lang).ok());
        let fields = match (form, &self.quote) {
            (Some(form), Some(quote)) => {
                let field = |(name, value)| FieldView { name, value };
                form.with_expected(quote).into_iter().map(field).collect()
            }
            _ => Vec::new(),
        };
        // A form from another site, or sent to another address, is not offered again.
        let ours = !matches!(self.status, StatusCode::FORBIDDEN | StatusCode::MISDIRECTED_REQUEST);
        let again = form.filter(|_| ours && self.quote.is_none());
        let view = RefusalPage {
            common: till.sends.templates.common(till, lang),
            code: self.code,
            text: text.clone(),
            title,
            available: self.available,
            cart,
            changes: changes(form, self.quote.as_deref(), lang),
            fields,
            again: again.and_then(|form| super::again::form(till, form, lang)),
            back: format!("{}/api/cart?lang={lang}", till.sends.base),
        };
        match till.sends.templates.page(till, lang, &heading, "till/refusal.html", &view) {
            Ok(html) => finish((self.status, page(app, html)).into_response(), self.retry_after),
            Err(why) => {
                tracing::error!(why, "a page of the till cannot be rendered");
                finish(
                    (self.status, page(app, catalog::html::escape(&text))).into_response(),
                    self.retry_after,
                )
            }
        }
    }
}

/// The lines of a quote whose price differs from what the form expected.
fn changes(form: Option<&Form>, quote: Option<&Quote>, lang: &str) -> Vec<ChangeView> {
    let (Some(form), Some(quote)) = (form, quote) else { return Vec::new() };
    let money = MoneyFormat::new(lang, quote.currency);
    let expected = form.expected_prices();
    let change = |line: &QuotedLine| {
        let note = line.note.as_deref().unwrap_or_default();
        let shown = |&&(sku, known, _): &&(&str, &str, Cents)| {
            sku == line.sku.as_str() && catalog::note::typed(known).as_deref().unwrap_or_default() == note
        };
        let (.., was) = *expected.iter().find(shown)?;
        let differs = was != line.unit_price;
        differs.then(|| ChangeView {
            title: line.title.clone(),
            was: money.print(was),
            now: money.print(line.unit_price),
        })
    };
    quote.lines.iter().filter_map(change).collect()
}

fn finish(mut response: Response, retry_after: Option<u32>) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// HTML with the headers of every page of the till.
pub fn page(app: &AppState, html: String) -> Response {
    let pay = app.config.pay_origin.as_deref().unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; form-action 'self' https://checkout.stripe.com {pay}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(policy.trim()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "private, no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
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
