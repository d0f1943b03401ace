//! The fuzz target `till`: bytes as any one request.

use axum::http::{Request, StatusCode};

use super::{FORM, JSON, NOW, OneSession, SECRET, SHOP, counter, finish, send};
use crate::outside::stripe::signature::sign;

/// The route that an input's first byte selects: `0` the first, `1` the second.
const ROUTES: [(&str, &str, &str); 8] = [
    ("POST", "/api/checkout", JSON),
    ("POST", "/api/checkout", FORM),
    ("POST", "/api/cart", FORM),
    ("POST", "/api/quote", JSON),
    ("POST", "/api/stripe/webhook", JSON),
    ("GET", "/api/stock", ""),
    ("GET", "/api/cart", ""),
    ("GET", "/api/orders/", ""),
];

/// Sends the rest of `bytes` where the first byte says: as a body, a query, a cookie or an order's link. The till always
/// answers, and not with 500 (except for webhooks, where that means "send it again").
pub fn request(bytes: &[u8]) {
    if let Some((method, path, status)) = answered(bytes) {
        let again = path.ends_with("webhook");
        assert!(again || status != StatusCode::INTERNAL_SERVER_ERROR, "{method} {path}: {status}");
    }
}

fn answered(bytes: &[u8]) -> Option<(&'static str, &'static str, StatusCode)> {
    let (route, rest) = bytes.split_first()?;
    let (method, path, kind) = ROUTES[usize::from(*route) % ROUTES.len()];
    let text = String::from_utf8_lossy(rest);
    let uri = match path {
        "/api/stock" => format!("{path}?{text}"),
        "/api/orders/" => format!("{path}{text}"),
        path => path.to_owned(),
    };
    let at = NOW.0.to_string();
    let signature = format!("t={at},v1={}", sign(SECRET, &at, rest));
    let mut request = Request::builder()
        .method(method)
        .uri(uri)
        .header("content-type", kind)
        .header("stripe-signature", signature);
    if path == "/api/cart" && method == "GET" {
        request = request.header("cookie", format!("bazaar_cart={text}"));
    }
    let answer = finish(send(&counter(&SHOP, OneSession::default()), request, rest))?;
    Some((method, path, answer.status))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_file_of_the_fuzzers_corpus_is_answered() {
        super::super::corpus("till").iter().for_each(|(_, bytes)| request(bytes));
    }

    #[test]
    fn a_checkout_gets_as_far_as_stripe() {
        let bytes = br#"0{"lang":"fr","items":[{"sku":"TASSE","quantity":2}]}"#;
        assert_eq!(answered(bytes), Some(("POST", "/api/checkout", StatusCode::BAD_GATEWAY)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_panic(route in 0..8u8, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            request(&[&[b'0' + route], &bytes[..]].concat());
        }

        #[test]
        fn no_form_panics(route in 1..3u8, fields in prop::collection::vec(("(sku|quantity|note|lang|rate|country|set|cart_id)", "\\PC{0,12}"), 0..8)) {
            let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            request(format!("{route}{form}").as_bytes());
        }
    }
}
