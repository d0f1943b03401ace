//! Pages of the till: a refusal as a page of the theme, and the headers of every page.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use catalog::{Cents, MoneyFormat};
use storefront::texts::TillText;
use storefront::views::{ChangeView, FieldView, RefusalPage};

use super::AppState;
use super::again;
use super::form::Form;
use super::problem::{ApiError, finish};
use crate::decide::Quote;
use crate::decide::quote::QuotedLine;
use crate::templates::cart_view;

impl ApiError {
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
            .and_then(|quote| cart_view(&till.site(), &quote.goods_only(), Some(&quote.shipping), lang).ok());
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
            common: till.sends.templates.common(&till.site(), lang),
            code: self.code,
            text: text.clone(),
            title,
            available: self.available,
            cart,
            changes: changes(form, self.quote.as_deref(), lang),
            fields,
            again: again.and_then(|form| again::form(till, form, lang)),
            back: format!("{}/api/cart?lang={lang}", till.sends.base),
        };
        match till.sends.templates.page(&till.site(), lang, &heading, "till/refusal.html", &view) {
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
