//! Any input: the right refusal, nothing written, no panic.

use axum::body::Body;
use axum::http::StatusCode;
use catalog::settings::Settings;
use catalog::{Item, Snapshot};
use serde_json::{Value, json};
use till::outside::store::OrderFilter;
use till::shop::Shop;

use crate::shop::{Stage, cart, request, send};

async fn nothing_was_written(stage: &Stage) {
    let orders =
        stage.till.ledger.store.orders(&OrderFilter { payment: None, limit: 10 }).await.expect("a store");
    assert!(orders.is_empty(), "{orders:?}");
    assert!(
        stage.till.ledger.store.all_stock().await.expect("a store").values().all(|taken| taken.held == 0)
    );
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut asked = cart("a", &[("TASSE", 1)]);
    change(&mut asked);
    asked
}

#[tokio::test]
async fn each_wrong_cart_gets_its_refusal() {
    let stage = Stage::new().await;
    let cases: Vec<(Value, u16, &str)> = vec![
        (json!(null), 400, "bad_request"),
        (json!([]), 400, "bad_request"),
        (json!("cart"), 400, "bad_request"),
        (with(|a| a["items"] = json!([])), 400, "bad_request"),
        (with(|a| a["items"] = json!({})), 400, "bad_request"),
        (with(|a| a["items"][0]["quantity"] = json!(0)), 400, "bad_request"),
        (with(|a| a["items"][0]["quantity"] = json!(-1)), 400, "bad_request"),
        (with(|a| a["items"][0]["quantity"] = json!(1.5)), 400, "bad_request"),
        (with(|a| a["items"][0]["quantity"] = json!("1")), 400, "bad_request"),
        (with(|a| a["items"][0]["quantity"] = json!(4_294_967_296_u64)), 400, "bad_request"),
        (with(|a| a["items"][0]["quantity"] = json!(4_294_967_295_u64)), 413, "cart_too_large"),
        (with(|a| a["items"][0]["quantity"] = json!(100)), 413, "cart_too_large"),
        (with(|a| a["items"][0]["quantity"] = json!(7)), 409, "quantity_unavailable"),
        (with(|a| a["items"][0]["price"] = json!(1)), 400, "bad_request"),
        (with(|a| a["items"][0]["sku"] = json!("NOPE")), 404, "unknown_sku"),
        (with(|a| a["items"][0]["sku"] = json!("'; DROP TABLE orders; --")), 404, "unknown_sku"),
        (with(|a| a["items"][0]["sku"] = json!("<script>alert(1)</script>")), 404, "unknown_sku"),
        (with(|a| a["items"][0]["sku"] = json!("A".repeat(10_000))), 404, "unknown_sku"),
        (with(|a| a["items"][0]["note"] = json!("a note")), 400, "bad_request"),
        (with(|a| a["items"] = json!(vec![a["items"][0].clone(); 200])), 413, "cart_too_large"),
        (with(|a| a["lang"] = json!("xx")), 400, "bad_request"),
        (with(|a| a["lang"] = json!("../../etc/passwd")), 400, "bad_request"),
        (with(|a| a["cart_id"] = json!("short")), 400, "bad_request"),
        (with(|a| a["cart_id"] = json!("a\r\nSet-Cookie: x=1 aaaaaaaaaaa")), 400, "bad_request"),
        (with(|a| a["destination"]["country"] = json!("US")), 422, "destination_not_served"),
        (with(|a| a["destination"]["country"] = json!("F'")), 422, "destination_not_served"),
        (with(|a| a["destination"]["rate"] = json!("drone")), 422, "destination_not_served"),
        (with(|a| a["expected_total"] = json!(1)), 409, "price_changed"),
        (with(|a| a["expected_total"] = json!(i64::MIN)), 409, "price_changed"),
        (with(|a| a["gift_note"] = json!("x".repeat(301))), 400, "bad_request"),
    ];
    for (body, status, code) in cases {
        let answer = stage.post_json("/api/checkout", &body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{body} gave {}",
            answer.body
        );
        assert!(!answer.body.contains("sqlx") && !answer.body.contains("src/"), "{}", answer.body);
    }
    nothing_was_written(&stage).await;
}

#[tokio::test]
async fn huge_and_broken_bodies_are_refused() {
    let stage = Stage::new().await;
    let huge = "x".repeat(70_000);
    for (kind, body) in [
        ("application/json", huge.clone()),
        ("application/x-www-form-urlencoded", format!("sku={huge}")),
        ("application/json", "{\"items\": [".to_owned()),
        ("application/json", "[".repeat(5000)),
        ("application/x-www-form-urlencoded", "sku=TASSE&quantity=%ff%fe".to_owned()),
        ("application/x-www-form-urlencoded", "&".repeat(5000)),
        ("multipart/form-data", "x".to_owned()),
    ] {
        for path in ["/api/checkout", "/api/cart", "/api/quote", "/api/stripe/webhook"] {
            let request = request("POST", path).header("content-type", kind).body(Body::from(body.clone()));
            let answer = stage.send(request.expect("a request")).await;
            assert!(
                answer.status.is_client_error(),
                "{path} {kind}: {} {}",
                answer.status,
                answer.body.len()
            );
        }
    }
    let many: Vec<Value> = vec![json!({ "sku": "TASSE", "quantity": 1 }); 2000];
    let answer = stage.post_json("/api/checkout", &json!({ "lang": "fr", "items": many })).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
    nothing_was_written(&stage).await;
}

#[tokio::test]
async fn another_site_and_another_host_are_refused() {
    let stage = Stage::new().await;
    let body = || Body::from(cart("a", &[("TASSE", 1)]).to_string());
    let post = |path: &str| request("POST", path).header("content-type", "application/json");
    for (name, value, status) in [
        ("origin", "https://evil.example", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("origin", "null", 200),
        ("sec-fetch-site", "same-origin", 200),
    ] {
        let answer =
            stage.send(post("/api/checkout").header(name, value).body(body()).expect("a request")).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {value}: {}", answer.body);
    }
    let old = axum::http::Request::post("/api/checkout")
        .header("host", "deploy-42--shop.netlify.app")
        .header("content-type", "application/json")
        .body(body());
    let answer = stage.send(old.expect("a request")).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (421, "wrong_host"));
}

#[tokio::test]
async fn who_comes_past_the_edge_is_refused_and_both_its_secrets_are_good_while_one_is_changed() {
    let stage = Stage::new().await;
    let edge_secrets = vec!["edge-of-before".to_owned(), "edge-of-now".to_owned()];
    let config = till::http::HttpConfig { edge_secrets, ..Default::default() };
    let app = till::http::router(Some(stage.till.clone()), config);
    let given = [
        None,
        Some(""),
        Some("edge"),
        Some("edge-of-before,edge-of-now"),
        Some("edge-of-before"),
        Some("edge-of-now"),
    ];
    let mut answered = Vec::new();
    for secret in given {
        let mut asked = request("GET", "/api/cart");
        if let Some(secret) = secret {
            asked = asked.header("x-till-edge", secret);
        }
        answered.push(send(app.clone(), asked.body(Body::empty()).expect("a request")).await.status.as_u16());
    }
    assert_eq!(answered, [421, 421, 421, 421, 200, 200]);
}

#[tokio::test]
async fn forged_links_open_nothing() {
    let stage = Stage::new().await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
    let url = answer["order"].as_str().expect("an order").to_owned();
    let (front, mac) = url.rsplit_once('.').expect("a token");
    let mut forged = mac.to_owned();
    let last = if forged.ends_with('A') { 'Q' } else { 'A' };
    forged.pop();
    forged.push(last);
    for bad in [
        format!("{front}.{forged}"),
        front.to_owned(),
        format!("{front}."),
        format!("{url}x"),
        "https://shop.example.com/api/orders/1..".to_owned(),
    ] {
        let answer = stage.get(&bad).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{bad}: {}", answer.body);
        let answer = stage.post_form(&format!("{bad}/cancel"), &[], "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{bad}");
    }
}

#[tokio::test]
async fn the_sweep_and_the_exact_stock_need_the_secret() {
    let stage = Stage::new().await;
    for given in ["", "Bearer ", "Bearer wrong", "a long sweep secret"] {
        let sweep = request("POST", "/api/sweep").header("authorization", given).body(Body::empty());
        assert_eq!(stage.send(sweep.expect("a request")).await.status, StatusCode::FORBIDDEN, "{given}");
        // A build that trusted an empty answer would publish everything as unsold.
        let exact = request("GET", "/api/stock").header("authorization", given).body(Body::empty());
        assert_eq!(stage.send(exact.expect("a request")).await.status, StatusCode::FORBIDDEN, "{given}");
    }
    stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await;
    assert_eq!(stage.get("/api/stock").await.body, "{}");
    let exact = request("GET", "/api/stock")
        .header("authorization", format!("Bearer {}", crate::shop::SWEEP))
        .body(Body::empty());
    let exact = stage.send(exact.expect("a request")).await;
    assert_eq!(exact.json()["TASSE"], json!({ "sold": 0, "held": 1, "away": 0 }));
}

#[tokio::test]
async fn a_damaged_cookie_is_an_empty_cart() {
    let stage = Stage::new().await;
    for cookie in [
        "bazaar_cart=",
        "bazaar_cart=%%%",
        "bazaar_cart=bnVsbA",
        "bazaar_cart=eyJpIjoiIiwibCI6W3sicyI6IiciLCJxIjo5OTk5OTk5OX1dfQ",
    ] {
        let page = request("GET", "/api/cart").header("cookie", cookie).body(Body::empty());
        let answer = stage.send(page.expect("a request")).await;
        assert_eq!(answer.status, StatusCode::OK, "{cookie}: {}", answer.body);
    }
    let page =
        stage.post_form("/api/cart", &[("action", "add"), ("sku", "TABLIER"), ("note", "<b>\"&")], "").await;
    let cookie = page.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let page = request("GET", "/api/cart").header("cookie", cookie).body(Body::empty());
    let answer = stage.send(page.expect("a request")).await;
    assert!(answer.body.contains("&lt;b&gt;") && !answer.body.contains("<b>\""), "{}", answer.body);
}

#[tokio::test]
async fn the_same_routes_answer_where_netlify_puts_them() {
    let stage = Stage::new().await;
    assert_eq!(stage.get("/.netlify/functions/till/health").await.status, StatusCode::OK);
    let contract = stage.get("/api/openapi.json").await.json();
    assert!(contract["paths"]["/api/checkout"]["post"].is_object());
    assert_eq!(stage.get("/api/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_damaged_snapshot_is_noticed() {
    let stage = Stage::new().await;
    let items: Vec<Item> = stage.till.ledger.shop.items().collect();
    let bytes = |name: &str| {
        let settings =
            Settings { name: name.to_owned(), ..Settings::clone(&stage.till.ledger.shop.settings) };
        Snapshot::write(&settings, &items).expect("JSON")
    };
    let shop = Shop::new(bytes("Un")).expect("a shop");
    assert!(shop.verify().is_ok());
    let digest = shop.digest();
    assert!(digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digest}");
    assert_eq!(Shop::new(bytes("Un")).expect("a shop").digest(), digest);
    assert_ne!(Shop::new(bytes("Deux")).expect("a shop").digest(), digest);
    let mut damaged = bytes("Un");
    let within = damaged.len() / 2;
    damaged[within] ^= 1;
    assert!(Shop::new(damaged).is_ok_and(|shop| shop.verify().is_err()), "it is read, and found out");
}

#[tokio::test]
async fn a_form_with_a_line_too_many_is_refused_and_never_cut() {
    let stage = Stage::new().await;
    for (lines, status) in [(50, StatusCode::SEE_OTHER), (51, StatusCode::PAYLOAD_TOO_LARGE)] {
        let pickup = [("destination", "pickup")];
        let notes: Vec<String> = (0..lines).map(|number| format!("n{number}")).collect();
        let fields: Vec<(&str, &str)> = pickup
            .into_iter()
            .chain(
                notes.iter().flat_map(|note| [("sku", "LETTRE"), ("quantity", "1"), ("note", note.as_str())]),
            )
            .collect();
        let answer = stage.post_form("/api/checkout", &fields, "").await;
        assert_eq!(answer.status, status, "{lines}: {}", answer.body);
    }
}
