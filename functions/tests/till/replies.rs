//! The answers of every route: status, content type, and whether caches may keep them.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use simulator::{Means, Mishap, Times};
use till::http::{HttpConfig, router};
use till::outside::store::sql::SqlStore;

use crate::shop::{Answer, SECRET, SWEEP, Stage, cart, on, request, send};

const PRIVATE: &str = "private, no-store";
const PROBLEM: &str = "application/problem+json";
const HTML: &str = "text/html; charset=utf-8";
const FORM: &str = "application/x-www-form-urlencoded";

fn asked(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let made = headers.iter().fold(request(method, path), |made, (name, value)| made.header(*name, *value));
    made.body(Body::from(body.to_owned())).expect("a request")
}

/// Status, content type and cache control.
fn shape(answer: &Answer) -> (u16, &str, &str) {
    (answer.status.as_u16(), answer.header("content-type"), answer.header("cache-control"))
}

#[tokio::test]
async fn no_cache_keeps_what_is_one_shoppers_own() {
    let stage = Stage::new().await;
    let json = "application/json";
    let begun = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await;
    assert_eq!(shape(&begun), (200, json, PRIVATE));
    let pay = stage.post_form("/api/checkout", &[("lang", "fr"), ("sku", "TASSE")], "").await;
    assert_eq!((pay.status.as_u16(), pay.header("cache-control")), (303, PRIVATE), "{}", pay.body);
    assert!(pay.header("location").contains("/pay/cs_"), "{}", pay.header("location"));
    let order = begun.json()["order"].as_str().expect("an order").to_owned();
    let path = order.strip_prefix("https://shop.example.com").expect("the shop's own");
    for accept in ["text/html", "*/*"] {
        let page = stage.send(asked("GET", path, &[("accept", accept)], "")).await;
        assert!(page.body.contains("cs_"), "the address to pay at is there: {}", page.body);
        let kind = if accept == "*/*" { json } else { HTML };
        assert_eq!(shape(&page), (200, kind, PRIVATE));
    }
    let gone = stage.post_form(&format!("{path}/cancel"), &[], "").await;
    assert_eq!((gone.status.as_u16(), gone.header("cache-control")), (303, PRIVATE));
    assert_eq!(gone.header("location"), format!("{order}?cancelled"));

    let added = stage.post_form("/api/cart", &[("sku", "TASSE")], "").await;
    assert_eq!((added.status.as_u16(), added.header("cache-control")), (303, PRIVATE));
    let cart_page = stage.get("/api/cart").await;
    assert_eq!(shape(&cart_page), (200, HTML, PRIVATE));
    let quote = stage.post_json("/api/quote", &cart("a", &[("TASSE", 1)])).await;
    assert_eq!(shape(&quote), (200, json, PRIVATE));
    assert_eq!(shape(&stage.get("/api/orders/link").await), (200, HTML, PRIVATE));
    let link = json!({ "order": "0000-0000-00", "email": "anne@example.com" });
    assert_eq!(shape(&stage.post_json("/api/orders/link", &link).await), (202, json, PRIVATE));

    // Availability is public for some seconds; the owner's answer has the same address.
    let stock = stage.get("/api/stock?key=TASSE").await;
    assert_eq!(shape(&stock), (200, json, "public, max-age=5, s-maxage=5, stale-while-revalidate=25"));
    assert_eq!(shape(&stage.get("/api/stock").await), (200, json, PRIVATE));
    let bearer = format!("Bearer {SWEEP}");
    let exact = stage.send(asked("GET", "/api/stock", &[("authorization", &bearer)], "")).await;
    assert_eq!(shape(&exact), (200, json, PRIVATE));
    assert_eq!(shape(&stage.get("/api/health").await), (200, json, "no-store"));
}

#[tokio::test]
async fn a_page_runs_nothing_that_is_not_the_shops_and_stands_in_no_frame() {
    let stage = Stage::new().await;
    for page in [
        stage.get("/api/cart").await,
        stage.get("/api/orders/link").await,
        stage.post_form("/api/cart", &[("sku", "")], "").await,
    ] {
        let policy = page.header("content-security-policy").to_owned();
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self' https://checkout.stripe.com ;",
        ] {
            assert!(policy.contains(rule), "{rule} in {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-robots-tag", "noindex"),
        ] {
            assert_eq!(page.header(name), value);
        }
    }
    let config = HttpConfig { pay_origin: Some("http://127.0.0.1:1".to_owned()), ..HttpConfig::default() };
    let page = send(router(Some(stage.till.clone()), config), asked("GET", "/api/cart", &[], "")).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("https://checkout.stripe.com http://127.0.0.1:1;"), "{policy}");
}

#[tokio::test]
async fn what_cannot_be_done_now_is_told_in_the_orders_language() {
    let stage = Stage::with(|settings| {
        for (lang, words) in &mut settings.till.words {
            let text = format!("not now in {lang}");
            words.insert("till.refusal.not_now".to_owned(), catalog::message::Message::One(text));
        }
    })
    .await;
    let mut english = cart("a", &[("TASSE", 1)]);
    english["lang"] = json!("en");
    let order = stage.post_json("/api/checkout", &english).await.json()["order"].clone();
    let order = order.as_str().expect("an order");
    let page = stage.post_form(&format!("{order}/withdraw"), &[], "").await;
    assert_eq!(shape(&page), (409, HTML, PRIVATE), "{}", page.body);
    assert!(page.body.contains("<p>not_now</p><p>not now in en</p>"), "{}", page.body);
    let path = order.strip_prefix("https://shop.example.com").expect("the shop's own");
    let problem = stage.send(asked("POST", &format!("{path}/withdraw"), &[], "")).await;
    assert_eq!((shape(&problem), problem.code().as_str()), ((409, PROBLEM, PRIVATE), "not_now"));
}

#[tokio::test]
async fn each_refusal_of_a_cart_is_a_problem_for_programs_and_a_page_for_people() {
    let stage = Stage::new().await;
    let sold = stage.post_json("/api/checkout", &cart("sold", &[("LUSTRE", 1)])).await;
    assert_eq!(sold.code(), "destination_not_served", "it can only be collected");
    stage.post_json("/api/checkout", &cart("holds", &[("UNIQUE", 1)])).await;
    for (field, value, sku, status, code, retry) in [
        ("quantity", "x", "TASSE", 400, "bad_request", ""),
        ("quantity", "1", "NOPE", 404, "unknown_sku", ""),
        ("quantity", "1", "UNIQUE", 409, "reserved", "60"),
        ("quantity", "7", "TASSE", 409, "quantity_unavailable", ""),
        ("expected_total", "1", "TASSE", 409, "price_changed", ""),
        ("quantity", "100", "TASSE", 413, "cart_too_large", ""),
        ("country", "US", "TASSE", 422, "destination_not_served", ""),
    ] {
        let page = stage.post_form("/api/checkout", &[("sku", sku), (field, value)], "").await;
        assert_eq!(shape(&page), (status, HTML, PRIVATE), "{code}: {}", page.body);
        assert!(page.body.contains(&format!("<p>{code}</p>")), "{code}: {}", page.body);
        assert_eq!(page.header("retry-after"), retry, "{code}");
        let mut same = cart("asks", &[(sku, 1)]);
        match field {
            "quantity" => {
                same["items"][0]["quantity"] = value.parse::<u32>().map_or(json!("x"), |n| json!(n))
            }
            "expected_total" => same["expected_total"] = json!(1),
            _ => same["destination"] = json!({ "country": value }),
        }
        let problem = stage.post_json("/api/checkout", &same).await;
        assert_eq!(shape(&problem), (status, PROBLEM, PRIVATE), "{code}: {}", problem.body);
        assert_eq!((problem.code().as_str(), problem.header("retry-after")), (code, retry));
        assert_eq!(problem.json()["status"], json!(status), "the problem says it, too");
        let about = matches!(code, "unknown_sku" | "reserved" | "quantity_unavailable").then_some(sku);
        assert_eq!(problem.json()["sku"].as_str(), about, "{code}");
    }
    let words =
        stage.post_form("/api/cart", &[("sku", "TABLIER"), ("note", "far too long a name")], "").await;
    assert_eq!(shape(&words), (400, HTML, PRIVATE));
    assert!(words.body.contains("<p>words_refused</p>"), "{}", words.body);
    for path in ["/api/orders/1.K7QM-4XTB-9D.x", "/api/nothing", "/api/orders"] {
        let nothing = stage.send(asked("GET", path, &[], "")).await;
        assert_eq!((shape(&nothing), nothing.code().as_str()), ((404, PROBLEM, PRIVATE), "not_found"));
    }
    let page = stage.get("/api/orders/1.K7QM-4XTB-9D.x").await;
    assert_eq!(shape(&page), (404, HTML, PRIVATE));

    stage.stripe.with_state(|state, _| {
        state.mishap(Mishap::Lose, "POST /v1/checkout/sessions", Times::Next(4));
    });
    let silent = stage.post_json("/api/checkout", &cart("silent", &[("TASSE", 1)])).await;
    assert_eq!(shape(&silent), (502, PROBLEM, PRIVATE));
    assert_eq!((silent.code().as_str(), silent.header("retry-after")), ("payments_unavailable", "30"));
    let silent = stage.post_form("/api/checkout", &[("sku", "TASSE")], "").await;
    assert_eq!(shape(&silent), (502, HTML, PRIVATE), "{}", silent.body);
    assert!(silent.body.contains("<p>payments_unavailable</p>"), "{}", silent.body);
}

#[tokio::test]
async fn without_a_database_nothing_is_taken_and_stripe_is_told_to_come_again() {
    let stage = Stage::new().await;
    let begun = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await.json();
    let path = begun["order"].as_str().expect("an order").replace("https://shop.example.com", "");
    stage.pay_unheard(begun["url"].as_str().expect("a url"), Means::Card);
    let away = SqlStore::connect("sqlite:///nowhere/at/all.db", 1).expect("an address");
    let config = HttpConfig {
        webhook_secrets: vec![SECRET.to_owned()],
        sweep_secrets: vec![SWEEP.to_owned()],
        ..HttpConfig::default()
    };
    let app = router(Some(on(&stage.till, |ledger| ledger.store = Arc::new(away))), config);
    let bearer = format!("Bearer {SWEEP}");
    let body = cart("b", &[("TASSE", 1)]).to_string();
    let link = json!({ "order": "0000-0000-00", "email": "anne@example.com" }).to_string();
    for (method, path, headers, body) in [
        ("POST", "/api/checkout", &[("content-type", "application/json")][..], body.as_str()),
        ("POST", "/api/checkout", &[("content-type", FORM)], "sku=TASSE"),
        ("POST", "/api/quote", &[], &body),
        ("POST", "/api/orders/link", &[("content-type", "application/json")], &link),
        ("GET", "/api/stock?key=TASSE", &[], ""),
        ("GET", "/api/stock", &[("authorization", &bearer)], ""),
        ("POST", "/api/sweep", &[("authorization", &bearer)], ""),
        ("GET", &path, &[("accept", "text/html")], ""),
        ("POST", &format!("{path}/cancel"), &[], ""),
    ] {
        let answer = send(app.clone(), asked(method, path, headers, body)).await;
        let (status, _, cache) = shape(&answer);
        assert_eq!((status, cache), (503, PRIVATE), "{method} {path}: {}", answer.body);
        assert!(answer.body.contains("storage_unavailable"), "{method} {path}: {}", answer.body);
        assert_eq!(answer.header("retry-after"), "10");
        assert!(!answer.body.contains("nowhere"), "nothing internal is told: {}", answer.body);
    }
    let health = send(app, asked("GET", "/api/health", &[], "")).await;
    assert_eq!((health.status.as_u16(), &health.json()["ok"]), (503, &json!(false)));
}

#[tokio::test]
async fn only_a_page_is_html_and_only_json_is_read_as_json() {
    let stage = Stage::new().await;
    let body = cart("a", &[("TASSE", 1)]).to_string();
    for (kind, status) in [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        // A form of another site can send this type without a preflight, so it is not accepted as JSON.
        ("text/plain", 400),
        ("application/jsonp", 400),
        ("", 400),
    ] {
        let answer = stage.send(asked("POST", "/api/checkout", &[("content-type", kind)], &body)).await;
        assert_eq!(answer.status.as_u16(), status, "{kind}: {}", answer.body);
    }
}

#[tokio::test]
async fn one_question_asks_for_sixty_keys() {
    let stage = Stage::new().await;
    for (others, answered) in [(59, true), (60, false)] {
        let keys: String = (0..others).map(|number| format!("key=NONE{number}&")).collect();
        let stock = stage.get(&format!("/api/stock?other=x&{keys}key=UNIQUE&key=not%20a%20key")).await.json();
        assert_eq!(stock.get("UNIQUE").is_some(), answered, "{others}: {stock}");
    }
    let told = stage.get("/api/stock?key=TASSE&key=TABLIER").await.json();
    assert_eq!(told["TASSE"], json!({ "available": 5, "reserved": false }), "never more than five");
    assert_eq!(told["TABLIER"]["available"], json!(null));
}

#[tokio::test]
async fn health_says_what_is_sold_by_this_till() {
    let stage = Stage::with(|settings| settings.till.catalog_hash = "a1b2".to_owned()).await;
    let parts = vec![("mail".to_owned(), "a folder".to_owned())];
    let app = router(Some(stage.till.clone()), HttpConfig { parts, ..HttpConfig::default() });
    let health = send(app, asked("GET", "/api/health", &[], "")).await.json();
    assert_eq!(
        (&health["ok"], &health["trouble"], &health["catalog"]),
        (&json!(true), &json!(null), &json!("a1b2"))
    );
    assert_eq!((&health["effects_given_up"], &health["parts"]), (&json!(0), &json!({ "mail": "a folder" })));
    assert_eq!(health["snapshot"], json!(stage.till.ledger.shop.digest()));
    assert_eq!(health["version"], json!(env!("CARGO_PKG_VERSION")));
}
