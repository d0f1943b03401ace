//! The fuzz target `cart`: a cookie, then the requests of a browser with it, one a line.

use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catalog::Cents;
use serde_json::Value;

use super::{Answer, Counter, FORM, JSON, OneSession, SHOP, counter, finish, open_session, send};

/// Most requests of one input.
const MOST: usize = 8;

/// The first line is the cart's cookie: JSON, which is encoded here, or the raw value after a `=`. Every other line is a
/// request: `{` begins a quote in JSON and the checkout of the same cart; `!` a checkout's form; else it changes the cart.
///
/// The till never answers 500, accepts every cookie that it set and sets it again, and a checkout costs what was quoted.
pub fn cart(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let cookie = match lines.next() {
        Some([b'=', raw @ ..]) => raw.to_vec(),
        Some(json) => URL_SAFE_NO_PAD.encode(json).into_bytes(),
        None => return,
    };
    let payments = OneSession { created: Some(open_session()), shown: Some(open_session()) };
    let mut browser = Browser { counter: counter(&SHOP, payments), cookie };
    finish(async {
        browser.show().await;
        for line in lines.take(MOST) {
            match line {
                [b'{', ..] => browser.quote_and_check_out(line).await,
                [b'!', form @ ..] => drop(browser.send("POST", "/api/checkout", FORM, form).await),
                form => {
                    browser.send("POST", "/api/cart", FORM, form).await;
                    browser.show().await;
                }
            }
        }
    });
}

struct Browser {
    counter: Counter,
    cookie: Vec<u8>,
}

impl Browser {
    async fn send(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Option<Answer> {
        let cookie = [b"other=1; bazaar_cart=", &self.cookie[..]].concat();
        let mut request = Request::builder().method(method).uri(path).header("content-type", kind);
        // A value that no header may contain is not sent.
        if let Ok(cookie) = axum::http::HeaderValue::from_bytes(&cookie) {
            request = request.header("cookie", cookie);
        }
        let answer = send(&self.counter, request, body).await?;
        assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {path}");
        if let Some(cookie) = answer.headers.get_all(header::SET_COOKIE).iter().next_back() {
            let value = cookie.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
            self.cookie = value.strip_prefix(b"bazaar_cart=").unwrap_or_default().to_vec();
        }
        Some(answer)
    }

    /// Requests the cart's page twice: the second request must read the first one's cookie and leave it unchanged.
    async fn show(&mut self) {
        let Some(first) = self.send("GET", "/api/cart?lang=en", "", b"").await else { return };
        let kept = self.cookie.clone();
        let Some(second) = self.send("GET", "/api/cart?lang=en", "", b"").await else { return };
        assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(text(&kept), text(&self.cookie), "the cookie is not what was set");
        assert_eq!(text(&first.body), text(&second.body), "one cart, two pages");
    }

    /// Quotes and checks out a cart in JSON: the quote must add up and equal the order's total.
    async fn quote_and_check_out(&mut self, body: &[u8]) {
        let Some(answer) = self.send("POST", "/api/quote", JSON, body).await else { return };
        if answer.status != StatusCode::OK {
            return;
        }
        let quote: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let number = |value: &Value| value.as_i64().unwrap_or_default();
        let lines = quote["lines"].as_array().map(Vec::as_slice).unwrap_or_default();
        for line in lines {
            let (unit, quantity, total) = (&line["unit_price"], &line["quantity"], &line["total"]);
            assert_eq!(number(unit) * number(quantity), number(total), "{line}");
        }
        assert_eq!(lines.iter().map(|line| number(&line["total"])).sum::<i64>(), number(&quote["goods"]));
        assert_eq!(number(&quote["goods"]) + number(&quote["shipping"]["price"]), number(&quote["total"]));
        let Some(answer) = self.send("POST", "/api/checkout", JSON, body).await else { return };
        if answer.status.is_success() && quote["problems"] == Value::Array(Vec::new()) {
            let newest = self.counter.store.tables().orders.values().next_back().map(|order| order.total);
            assert_eq!(newest, Some(Cents(number(&quote["total"]))), "another price than was quoted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_fuzzers_corpus_is_answered() {
        super::super::corpus("cart").iter().for_each(|(_, bytes)| cart(bytes));
    }

    #[test]
    fn a_cart_in_json_gets_as_far_as_a_page_to_pay_on() {
        let payments = OneSession { created: Some(open_session()), shown: None };
        let mut browser = Browser { counter: counter(&SHOP, payments), cookie: Vec::new() };
        let body = br#"{"lang":"fr","destination":{"country":"FR"},"items":[{"sku":"TASSE","quantity":2}]}"#;
        finish(browser.quote_and_check_out(body));
        let totals: Vec<i64> =
            browser.counter.store.tables().orders.values().map(|order| order.total.0).collect();
        assert_eq!(totals, [6590]);
    }
}
