//! The entrance for the fuzzer and for the test that runs its corpus: bytes as a request to the till.

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use catalog::{Personalisation, Snapshot, Supply};
use tower::ServiceExt as _;

use crate::decide::settle::Session;
use crate::http::{ClientAddress, HttpConfig, router};
use crate::letters::Letters;
use crate::links::LinkKeys;
use crate::outside::clock::Clock;
use crate::outside::hook::NoHook;
use crate::outside::mail::{Mail, MailError, Post};
use crate::outside::store::memory::MemoryStore;
use crate::outside::stripe::signature::sign;
use crate::outside::stripe::{Account, Payments, PaymentsError, Purchase};
use crate::perform::{Limits, Till};
use crate::shop::Shop;
use crate::testing;

const SECRET: &str = "whsec_fuzz";
const NOW: i64 = 1_795_000_000;
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// What a request's first byte chooses: `0` the first, `1` the second.
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

static SNAPSHOT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut settings = testing::settings();
    for (name, template) in [
        ("till/cart.html", "{% if cart %}{{ cart.total }}{% endif %}{{ cart_id }}"),
        ("till/order.html", "{{ order.id }}"),
        ("till/refusal.html", "{{ code }} {{ text }}{% for field in fields %}{{ field.value }}{% endfor %}"),
    ] {
        settings.till.templates.insert(name.to_owned(), template.to_owned());
    }
    let mut own = testing::item("TABLIER", Supply::Unlimited);
    own.personalisation = Some(Personalisation {
        label: testing::both("Prénom", "Name"),
        max_length: 12,
        price: 800,
        fields: Vec::new(),
    });
    let items = [testing::item("TASSE", Supply::Pieces(6)), testing::item("UNIQUE", Supply::Pieces(1)), own];
    Snapshot::write(&settings, &items).unwrap_or_default()
});

/// Sends the rest of `bytes` where its first byte says: as a body, a query, a cookie or an order's link. Whatever it is, the
/// till answers, and not with 500 (but for webhooks, where that is the word for "send it again").
pub fn request(bytes: &[u8]) {
    let Some((route, rest)) = bytes.split_first() else { return };
    let (method, path, kind) = ROUTES[usize::from(*route) % ROUTES.len()];
    let Some(request) = made(method, path, kind, rest) else { return };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let answer = runtime.block_on(async { router(Some(till()), config()).oneshot(request).await });
    let Ok(answer) = answer;
    let again = path.ends_with("webhook");
    assert!(
        again || answer.status() != StatusCode::INTERNAL_SERVER_ERROR,
        "{method} {path}: {}",
        answer.status()
    );
}

fn made(method: &str, path: &str, kind: &str, rest: &[u8]) -> Option<Request<Body>> {
    let text = String::from_utf8_lossy(rest);
    let uri = match path {
        "/api/stock" => format!("{path}?{text}"),
        "/api/orders/" => format!("{path}{text}"),
        path => path.to_owned(),
    };
    let at = NOW.to_string();
    let signature = format!("t={at},v1={}", sign(SECRET, &at, rest));
    let mut request = Request::builder()
        .method(method)
        .uri(uri)
        .header("host", "shop.example.com")
        .header("accept", "text/html")
        .header("content-type", kind)
        .header("stripe-signature", signature)
        .extension(ClientAddress("203.0.113.7".to_owned()));
    if path == "/api/cart" && method == "GET" {
        request = request.header("cookie", format!("bazaar_cart={text}"));
    }
    // Addresses and headers that HTTP itself does not allow never reach the till.
    request.body(Body::from(rest.to_vec())).ok()
}

fn config() -> HttpConfig {
    HttpConfig { webhook_secrets: vec![SECRET.to_owned()], ..HttpConfig::default() }
}

/// A till over a fresh store, whose Stripe does not answer.
#[allow(clippy::expect_used, reason = "its parts are fixed: a mistake in them shall be seen")]
fn till() -> Till {
    let shop = Shop::new(SNAPSHOT.clone()).expect("a snapshot");
    Till {
        base: shop.settings.url.clone(),
        letters: Arc::new(Letters::new(&shop.settings)),
        shop: Arc::new(shop),
        store: Arc::new(MemoryStore::default()),
        payments: Arc::new(Nobody),
        post: Arc::new(Nobody),
        hook: Arc::new(NoHook),
        clock: Arc::new(Nobody),
        links: LinkKeys::parse(&"k".repeat(32)).expect("a key"),
        limits: Limits::default(),
        owner: None,
        checked: Arc::default(),
    }
}

struct Nobody;

impl Clock for Nobody {
    fn now(&self) -> i64 {
        NOW
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

#[async_trait]
impl Post for Nobody {
    async fn send(&self, _: &Mail) -> Result<(), MailError> {
        Err(MailError::Later("nobody carries mails here".to_owned()))
    }
}

fn silence<T>() -> Result<T, PaymentsError> {
    Err(PaymentsError::Unknown("nobody answers here".to_owned()))
}

#[async_trait]
impl Payments for Nobody {
    async fn create(&self, _: &str, _: &str) -> Result<Session, PaymentsError> {
        silence()
    }

    async fn retrieve(&self, _: &str) -> Result<Session, PaymentsError> {
        silence()
    }

    async fn expire(&self, _: &str) -> Result<(), PaymentsError> {
        silence()
    }

    async fn find(&self, _: &str, _: i64, _: i64) -> Result<Option<Session>, PaymentsError> {
        silence()
    }

    async fn purchases(&self) -> Result<Vec<Purchase>, PaymentsError> {
        silence()
    }

    async fn refund(&self, _: &str, _: Option<i64>, _: &str, _: &str) -> Result<(), PaymentsError> {
        silence()
    }

    async fn account(&self) -> Result<Account, PaymentsError> {
        silence()
    }

    fn livemode(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_file_of_the_fuzzers_corpus_is_answered() {
        let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/till");
        let mut seen = 0;
        for entry in std::fs::read_dir(corpus).expect("the corpus").flatten() {
            request(&std::fs::read(entry.path()).expect("readable"));
            seen += 1;
        }
        assert!(seen > 10, "the corpus is missing: {seen} files");
    }

    #[test]
    fn the_corpus_gets_as_far_as_stripe() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/till/checkout");
        let bytes = std::fs::read(file).expect("readable");
        let request = made("POST", "/api/checkout", JSON, &bytes[1..]).expect("a request");
        let answer = runtime.block_on(async { router(Some(till()), config()).oneshot(request).await });
        assert_eq!(answer.expect("an answer").status(), StatusCode::BAD_GATEWAY);
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
