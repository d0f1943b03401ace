//! Each route with each of its guards broken: requests from another site, for another host or past the edge change nothing.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catalog::Timestamp;
use hmac::{Hmac, Mac as _};
use serde_json::json;
use simulator::Means;
use till::decide::Payment;
use till::http::{HttpConfig, router};
use till::outside::store::OrderFilter;

use crate::shop::{Answer, SECRET, SWEEP, Stage, cart, request, send};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// One request: method, path, content type, body.
type Checkout = (&'static str, String, &'static str, String);

/// Headers that replace or extend those of a request.
type Headers<'a> = &'a [(&'a str, &'a str)];

/// A shop with one unpaid and one paid order.
struct Scene {
    stage: Stage,
    open: String,
    paid: String,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let begin = |answer: &Answer| answer.json()["order"].as_str().expect("an order").to_owned();
        let open = begin(&stage.post_json("/api/checkout", &cart("open", &[("TASSE", 1)])).await);
        let answer = stage.post_json("/api/checkout", &cart("paid", &[("UNIQUE", 1)])).await;
        stage.pay(answer.json()["url"].as_str().expect("a url"), Means::Card).await;
        let paid = begin(&answer);
        Scene { stage, open, paid }
    }

    fn path(&self, order: &str) -> String {
        order.strip_prefix(&self.stage.till.sends.base).expect("an address of the shop").to_owned()
    }

    /// Requests that only read.
    fn reads(&self) -> Vec<Checkout> {
        let get = |path: &str| ("GET", path.to_owned(), "", String::new());
        let quote = cart("new", &[("TASSE", 1)]).to_string();
        vec![
            get("/api/cart"),
            get("/api/stock"),
            get("/api/stock?key=TASSE"),
            get("/api/orders/link"),
            get(&self.path(&self.paid)),
            ("POST", "/api/quote".to_owned(), JSON, quote),
        ]
    }

    /// Requests that submit something new.
    fn takes(&self) -> Vec<Checkout> {
        let post = |path: &str, kind, body: &str| ("POST", path.to_owned(), kind, body.to_owned());
        let link = json!({ "order": "0000-0000-00", "email": "anne@example.com" }).to_string();
        vec![
            post("/api/cart", FORM, "action=add&sku=TASSE"),
            post("/api/checkout", JSON, &cart("new", &[("TASSE", 1)]).to_string()),
            post("/api/checkout", FORM, "lang=fr&sku=TASSE&quantity=1"),
            post("/api/orders/link", JSON, &link),
            post("/api/orders/link", FORM, "order=0000-0000-00&email=anne%40example.com"),
        ]
    }

    /// Requests that change an order.
    fn changes(&self) -> Vec<Checkout> {
        let post = |path: String| ("POST", path, FORM, String::new());
        vec![
            post(format!("{}/cancel", self.path(&self.open))),
            post(format!("{}/withdraw", self.path(&self.paid))),
        ]
    }

    async fn nothing_has_changed(&self) {
        assert_eq!(self.stage.order(&self.open).await.payment, Payment::Open);
        assert_eq!(self.stage.order(&self.paid).await.withdrawn_at, None);
        let filter = OrderFilter { payment: None, limit: 10 };
        assert_eq!(self.stage.till.ledger.store.orders(&filter).await.expect("a store").len(), 2);
        assert_eq!(self.stage.mail_names(), ["confirmation", "notice"]);
    }
}

/// Builds a request; `headers` replace its own.
fn made(asked: &Checkout, headers: Headers<'_>) -> Request<Body> {
    let (method, path, kind, body) = asked;
    let mut made = request(method, path).body(Body::from(body.clone())).expect("a request");
    for (name, value) in [("content-type", *kind)].iter().chain(headers) {
        let name: axum::http::HeaderName = name.parse().expect("a name");
        made.headers_mut().insert(name, value.parse().expect("a value"));
    }
    made
}

/// Whether this code refused it, as a problem or on a page.
fn is_refused(answer: &Answer, code: &str) -> bool {
    match answer.header("content-type") {
        "application/problem+json" => answer.code() == code,
        _ => answer.body.contains(&format!("<p>{code}</p>")),
    }
}

#[tokio::test]
async fn past_the_edge_nothing_is_told_and_nothing_is_taken() {
    let scene = Scene::new().await;
    let config = HttpConfig { edge_secrets: vec!["edge-of-now".to_owned()], ..HttpConfig::default() };
    let app = router(Some(scene.stage.till.clone()), config);
    let all = || [scene.reads(), scene.takes(), scene.changes()].concat();
    for asked in all() {
        for headers in [&[][..], &[("x-till-edge", "edge")], &[("x-nf-sign", "edge-of-now")]] {
            let answer = send(app.clone(), made(&asked, headers)).await;
            assert_eq!(answer.status.as_u16(), 421, "{asked:?} {headers:?}: {}", answer.body);
            assert!(is_refused(&answer, "wrong_host"), "{asked:?}: {}", answer.body);
            assert_eq!(answer.header("cache-control"), "private, no-store", "{asked:?}");
        }
    }
    scene.nothing_has_changed().await;
    for asked in [scene.reads(), scene.changes()].concat() {
        let answer = send(app.clone(), made(&asked, &[("x-till-edge", "edge-of-now")])).await;
        assert!(matches!(answer.status.as_u16(), 200 | 303), "{asked:?}: {} {}", answer.status, answer.body);
    }
}

/// Signs as Netlify does when it forwards requests.
fn signed(secret: &str, ends: Timestamp) -> String {
    let claims = json!({ "iss": "netlify", "exp": ends }).to_string();
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(claims));
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("a key").chain_update(&text);
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn netlifys_signature_opens_the_till_by_its_own_clock() {
    let scene = Scene::new().await;
    let config = HttpConfig { edge_secrets: vec!["edge-of-now".to_owned()], ..HttpConfig::default() };
    let app = router(Some(scene.stage.till.clone()), config);
    let now = scene.stage.till.ledger.now();
    for (header, status) in [
        (signed("edge-of-now", now + Duration::from_secs(300)), 200),
        (signed("edge-of-before", now + Duration::from_secs(300)), 421),
        (signed("edge-of-now", now - Duration::from_secs(300)), 421),
    ] {
        for asked in scene.reads() {
            let answer = send(app.clone(), made(&asked, &[("x-nf-sign", &header)])).await;
            assert_eq!(answer.status.as_u16(), status, "{asked:?}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn what_another_site_sends_changes_nothing() {
    let scene = Scene::new().await;
    let foreign: &[(&str, &str)] = &[
        ("origin", "https://evil.example"),
        ("origin", "http://shop.example.com"),
        ("sec-fetch-site", "cross-site"),
    ];
    for asked in [scene.takes(), scene.changes()].concat() {
        for header in foreign {
            for accept in ["text/html", "*/*"] {
                let answer = scene.stage.send(made(&asked, &[*header, ("accept", accept)])).await;
                assert_eq!(answer.status.as_u16(), 403, "{asked:?} {header:?}: {}", answer.body);
                assert!(is_refused(&answer, "forbidden"), "{asked:?}: {}", answer.body);
                assert_eq!(answer.header("set-cookie"), "", "{asked:?}");
            }
        }
        // A foreign site may omit either header, but cannot claim to be ours.
        let both = [("origin", "https://shop.example.com"), ("sec-fetch-site", "cross-site")];
        assert_eq!(scene.stage.send(made(&asked, &both)).await.status.as_u16(), 403, "{asked:?}");
        let both = [("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")];
        assert_eq!(scene.stage.send(made(&asked, &both)).await.status.as_u16(), 403, "{asked:?}");
    }
    scene.nothing_has_changed().await;
    for asked in scene.changes() {
        let own = [("origin", "https://shop.example.com"), ("sec-fetch-site", "same-origin")];
        let answer = scene.stage.send(made(&asked, &own)).await;
        assert_eq!(answer.status.as_u16(), 303, "{asked:?}: {}", answer.body);
    }
    assert_eq!(scene.stage.order(&scene.open).await.payment, Payment::Released);
    assert!(scene.stage.order(&scene.paid).await.withdrawn_at.is_some());
}

#[tokio::test]
async fn what_another_site_sent_is_not_offered_to_be_sent_again() {
    let stage = Stage::new().await;
    let body = "action=add&sku=TABLIER&note=a+name+far+too+long".to_owned();
    let asked = ("POST", "/api/cart".to_owned(), FORM, body);
    let own = stage.send(made(&asked, &[("origin", "https://shop.example.com")])).await;
    assert!(own.body.contains("<textarea>a name far too long</textarea>"), "{}", own.body);
    for header in [("origin", "https://evil.example"), ("host", "deploy-42--shop.netlify.app")] {
        let answer = stage.send(made(&asked, &[header])).await;
        assert!(matches!(answer.status.as_u16(), 403 | 421), "{header:?}");
        assert!(!answer.body.contains("<textarea>") && !answer.body.contains("far too"), "{}", answer.body);
    }
}

#[tokio::test]
async fn at_another_host_everything_can_be_looked_at_and_nothing_is_taken() {
    let scene = Scene::new().await;
    let old = [("host", "deploy-42--shop.netlify.app")];
    for asked in scene.takes() {
        let answer = scene.stage.send(made(&asked, &old)).await;
        assert_eq!(answer.status.as_u16(), 421, "{asked:?}: {}", answer.body);
        assert!(is_refused(&answer, "wrong_host"), "{asked:?}: {}", answer.body);
    }
    scene.nothing_has_changed().await;
    // A quote holds nothing, like the cart page: an old deploy shows prices there, and sells nothing.
    for asked in scene.reads() {
        let answer = scene.stage.send(made(&asked, &old)).await;
        assert_eq!(answer.status.as_u16(), 200, "{asked:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_host_stands_where_the_edge_puts_it_and_nowhere_else() {
    let scene = Scene::new().await;
    let config = HttpConfig { host_header: Some("x-forwarded-host".to_owned()), ..HttpConfig::default() };
    let app = router(Some(scene.stage.till.clone()), config);
    let asked = ("POST", "/api/cart".to_owned(), FORM, "action=add&sku=TASSE".to_owned());
    for (headers, status) in [
        (&[("host", "abc.lambda-url.on.aws"), ("x-forwarded-host", "shop.example.com")][..], 303),
        (&[("x-forwarded-host", "deploy-42--shop.netlify.app")], 421),
        (&[], 421),
    ] {
        let answer = send(app.clone(), made(&asked, headers)).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_request_may_be_as_large_as_it_says_and_no_larger() {
    let stage = Stage::new().await;
    const SHOPPERS: usize = 64 * 1024;
    const STRIPES: usize = 512 * 1024;
    for (path, kind, most) in [
        ("/api/checkout", JSON, SHOPPERS),
        ("/api/checkout", FORM, SHOPPERS),
        ("/api/quote", JSON, SHOPPERS),
        ("/api/cart", FORM, SHOPPERS),
        ("/api/orders/link", JSON, SHOPPERS),
        ("/api/stripe/webhook", JSON, STRIPES),
    ] {
        let of = |length| ("POST", path.to_owned(), kind, "x".repeat(length));
        let fits = stage.send(made(&of(most), &[])).await;
        assert_eq!(fits.status.as_u16(), 400, "{path} {kind}: {}", fits.body);
        let larger = stage.send(made(&of(most + 1), &[])).await;
        assert_eq!(larger.status.as_u16(), 413, "{path} {kind}: {}", larger.body);
        if most == SHOPPERS {
            assert!(is_refused(&larger, "cart_too_large"), "{path} {kind}: {}", larger.body);
        }
    }
}

#[tokio::test]
async fn a_till_that_cannot_start_refuses_every_route_and_says_nothing_else() {
    let scene = Scene::new().await;
    let config = HttpConfig {
        trouble: Some("SMTP_URL is not set".to_owned()),
        sweep_secrets: vec![SWEEP.to_owned()],
        webhook_secrets: vec![SECRET.to_owned()],
        ..HttpConfig::default()
    };
    let app = router(None, config);
    let own = |path: &str| ("POST", path.to_owned(), JSON, String::new());
    let all = [scene.reads(), scene.takes(), scene.changes()].concat();
    for asked in all.into_iter().chain([own("/api/sweep"), own("/api/stripe/webhook")]) {
        for accept in ["text/html", "*/*"] {
            let headers = [("accept", accept), ("authorization", "Bearer a long sweep secret")];
            let answer = send(app.clone(), made(&asked, &headers)).await;
            assert_eq!(answer.status.as_u16(), 503, "{asked:?}: {}", answer.body);
            assert_eq!((answer.code().as_str(), answer.header("retry-after")), ("closed", "3600"));
            assert_eq!(answer.header("cache-control"), "private, no-store");
        }
    }
    let health = send(app, made(&("GET", "/api/health".to_owned(), "", String::new()), &[])).await;
    assert_eq!((health.status.as_u16(), &health.json()["ok"]), (503, &json!(false)));
    assert_eq!(health.json()["trouble"], json!("SMTP_URL is not set"));
    assert_eq!(health.header("cache-control"), "no-store");
}

#[tokio::test]
async fn no_sweep_secret_means_that_nobody_sweeps() {
    let stage = Stage::new().await;
    let app = router(Some(stage.till.clone()), HttpConfig::default());
    let asked = ("POST", "/api/sweep".to_owned(), JSON, String::new());
    for given in ["", "Bearer", "Bearer ", "Bearer undefined"] {
        let answer = send(app.clone(), made(&asked, &[("authorization", given)])).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "forbidden"), "{given}");
    }
    let app: Router = stage.app.clone();
    for secret in ["another-secret-of-before", SWEEP] {
        let answer = send(app.clone(), made(&asked, &[("authorization", &format!("Bearer {secret}"))])).await;
        assert_eq!(answer.status.as_u16(), 200, "{secret}");
    }
}
