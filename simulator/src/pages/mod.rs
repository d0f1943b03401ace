//! Pages for people: what a shopper sees, and a dashboard for anyone trying the shop. Plain HTML, no scripts, no third party.

pub(crate) mod actions;
pub(crate) mod challenge;
mod countries;
pub(crate) mod dashboard;
mod fields;
pub(crate) mod pay;
mod session;
mod summary;
mod words;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use catalog::Cents;
use catalog::html::escape;
use catalog::money::{Currency, MoneyFormat};

pub(crate) use words::PageTexts;

const STYLE: &str = include_str!("style.css");

fn page(status: StatusCode, words: &PageTexts, title: &str, wide: bool, body: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body{class}>\n\
         <p class=\"banner\" role=\"note\"><strong>{stand_in}</strong> {no_money}</p>\n<main>\n{body}\n</main>\n\
         </body>\n</html>\n",
        lang = words.lang,
        title = escape(title),
        class = if wide { " class=\"wide\"" } else { "" },
        stand_in = words.stand_in,
        no_money = words.no_money,
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A 303 to an address of ours or of the shop.
fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The path below which the router is mounted: `/stripe` of `http://127.0.0.1:4000/stripe`.
fn prefix(public_url: &str) -> &str {
    let after_scheme = public_url.find("://").map_or(0, |at| at + 3);
    public_url[after_scheme..].find('/').map_or("", |at| &public_url[after_scheme + at..])
}

fn money(lang: &str, currency: &str, minor: i64) -> String {
    match Currency::from_code(&currency.to_uppercase()) {
        Some(currency) => MoneyFormat::new(lang, currency).print(Cents(minor)),
        None => format!("{minor} {currency}"),
    }
}

fn accepts_french(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let place = |lang: &str| accepted.split(',').position(|part| part.trim_start().starts_with(lang));
    match (place("fr"), place("en")) {
        (Some(french), Some(english)) => french < english,
        (french, _) => french.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_strangers_stays_text() {
        assert_eq!(escape("<b title='x'>\"&"), "&lt;b title=&#39;x&#39;&gt;&quot;&amp;");
    }

    #[test]
    fn the_prefix_is_what_follows_the_host() {
        assert_eq!(prefix("http://127.0.0.1:4000/_stripe"), "/_stripe");
        assert_eq!(prefix("http://127.0.0.1:4000"), "");
    }
}
