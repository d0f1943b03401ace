//! From cart to parcel.

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::json;
use simulator::{Means, Mishap, Times};
use till::decide::order::Tracking;
use till::decide::{Fulfilment, Payment, Refund};

use crate::shop::{SWEEP, Stage, cart, request};

#[tokio::test]
async fn a_piece_is_bought_and_both_are_told() {
    let stage = Stage::new().await;
    let mut asked = cart("a", &[("UNIQUE", 1), ("TASSE", 2)]);
    asked["expected_total"] = json!(8400);
    let answer = stage.post_json("/api/checkout", &asked).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let (url, order) = (answer.json()["url"].clone(), answer.json()["order"].clone());
    let (url, order) = (url.as_str().expect("a url"), order.as_str().expect("an order"));

    let stock = stage.get("/api/stock?key=UNIQUE&key=TASSE&key=RIEN").await.json();
    assert_eq!(stock["UNIQUE"], json!({ "available": 0, "reserved": true }));
    assert_eq!(stock["TASSE"], json!({ "available": 4, "reserved": false }));
    assert_eq!(stock.get("RIEN"), None);

    stage.pay(url, Means::Card).await;
    assert_eq!(stage.order(order).await.payment, Payment::Paid);
    assert_eq!(stage.mail_names(), ["confirmation", "notice"]);
    let mail = std::fs::read_to_string(&stage.mail_files()["confirmation"]).expect("a mail");
    assert!(mail.contains("To: anne@example.com") && mail.contains("84,00"), "{mail}");
    let stock = stage.get("/api/stock?key=UNIQUE").await;
    assert_eq!(stock.json()["UNIQUE"], json!({ "available": 0, "reserved": false }));
    assert!(stock.header("cache-control").contains("s-maxage"), "a CDN may keep it for seconds");

    let page = stage.get(order).await;
    assert!(page.body.contains("paid") && page.body.contains("Anne Dupont"), "{}", page.body);
    assert_eq!(page.header("cache-control"), "private, no-store");
    stage.advance(91 * 86_400).await;
    assert!(stage.get(order).await.body.contains("hidden"), "who paid is shown for ninety days");

    let again = stage.post_json("/api/checkout", &cart("b", &[("UNIQUE", 1)])).await;
    assert_eq!((again.status, again.code().as_str()), (StatusCode::CONFLICT, "sold_out"));
    assert_eq!(again.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn the_order_page_asks_stripe_when_the_webhook_has_not_come() {
    let stage = Stage::new().await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
    stage.pay_unheard(answer["url"].as_str().expect("a url"), Means::Card);
    let page = stage.get(answer["order"].as_str().expect("an order")).await;
    assert!(page.body.contains(">paid<"), "{}", page.body);
    assert_eq!(stage.mail_names(), ["confirmation", "notice"]);
    stage.stripe.deliver().await;
    assert_eq!(stage.mail_names(), ["confirmation", "notice"], "the webhook adds nothing");
}

#[tokio::test]
async fn a_held_piece_is_reserved_until_stripe_says_it_is_over() {
    let stage = Stage::new().await;
    let first = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await;
    assert_eq!(first.status, StatusCode::OK);
    let second = stage.post_json("/api/checkout", &cart("b", &[("UNIQUE", 1)])).await;
    assert_eq!(second.code(), "reserved");
    assert!(!second.header("retry-after").is_empty());
    stage.advance(36 * 60).await;
    let third = stage.post_json("/api/checkout", &cart("b", &[("UNIQUE", 1)])).await;
    assert_eq!(third.status, StatusCode::OK, "{}", third.body);
}

#[tokio::test]
async fn the_same_cart_replaces_its_own_hold() {
    let stage = Stage::new().await;
    let first = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
    let second = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1), ("TASSE", 1)])).await;
    assert_eq!(second.status, StatusCode::OK, "{}", second.body);
    let before = stage.order(first["order"].as_str().expect("an order")).await;
    assert_eq!(before.payment, Payment::Released);
    stage.pay(second.json()["url"].as_str().expect("a url"), Means::Card).await;
    let same = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await;
    assert_eq!(same.json()["url"], same.json()["order"], "a cart that is paid leads to its order");
}

#[tokio::test]
async fn a_changed_price_is_told_before_it_is_charged() {
    let stage = Stage::new().await;
    let mut asked = cart("a", &[("TASSE", 1)]);
    asked["items"][0]["expected_price"] = json!(2500);
    let answer = stage.post_json("/api/checkout", &asked).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::CONFLICT, "price_changed"));
    assert_eq!(answer.json()["quote"]["total"], json!(3390));
    assert_eq!(answer.json()["quote"]["text"]["total"], json!("33,90\u{a0}€"));
    let fields = [
        ("lang", "fr"),
        ("sku", "TASSE"),
        ("quantity", "1"),
        ("expected_price", "2500"),
        ("country", "FR"),
        ("rate", "colissimo"),
    ];
    let page = stage.post_form("/api/checkout", &fields, "").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.body.contains("name=\"expected_total\" value=\"3390\""), "{}", page.body);
    assert!(page.body.contains("<i>Bol TASSE: 25,00\u{a0}€, 28,00\u{a0}€</i>"), "{}", page.body);
}

#[tokio::test]
async fn without_scripts_a_form_leads_from_the_product_to_stripe_and_back() {
    let stage = Stage::new().await;
    let fields = [("action", "add"), ("lang", "en"), ("sku", "TABLIER"), ("quantity", "1"), ("note", "Zoé")];
    let added = stage.post_form("/api/cart", &fields, "").await;
    assert_eq!(added.status, StatusCode::SEE_OTHER);
    assert_eq!(added.header("location"), "https://shop.example.com/api/cart?lang=en");
    let cookie = added.header("set-cookie").to_owned();
    for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/api"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let cookie = cookie.split(';').next().expect("a cookie").to_owned();
    let page = request("GET", "/api/cart?lang=en").header("cookie", &cookie).body(Body::empty());
    let page = stage.send(page.expect("a request")).await;
    assert!(page.body.contains("TABLIER x 1 Zoé") && page.body.contains("€41.90"), "{}", page.body);
    let id =
        page.body.rsplit("<i>").next().and_then(|rest| rest.split('<').next()).expect("an id").to_owned();
    let fields = [
        ("lang", "en"),
        ("cart_id", id.as_str()),
        ("sku", "TABLIER"),
        ("quantity", "1"),
        ("note", "Zoé"),
        ("expected_price", "3600"),
        ("expected_total", "4190"),
        ("destination", "FR/colissimo"),
    ];
    let paying = stage.post_form("/api/checkout", &fields, &cookie).await;
    assert_eq!(paying.status, StatusCode::SEE_OTHER, "{}", paying.body);
    // Meanwhile a cup was added in another tab.
    let fields = [("action", "add"), ("lang", "en"), ("sku", "TASSE"), ("quantity", "1")];
    let added = stage.post_form("/api/cart", &fields, &cookie).await;
    let cookie = added.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    stage.pay(paying.header("location"), Means::Card).await;
    assert_eq!(stage.mail_names(), ["confirmation", "notice"]);
    let order = stage.till.ledger.store.order_of_cart(&id).await.expect("a store").expect("an order");
    let path = stage.till.order_url(&order).replace("https://shop.example.com", "");
    let look = request("GET", &path).header("cookie", &cookie).body(Body::empty());
    let look = stage.send(look.expect("a request")).await;
    let cookie = look.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let page = request("GET", "/api/cart?lang=en").header("cookie", &cookie).body(Body::empty());
    let page = stage.send(page.expect("a request")).await;
    assert!(page.body.contains("TASSE x 1") && !page.body.contains("TABLIER"), "{}", page.body);
    assert!(!page.body.contains(&id), "its next order is another one");
}

#[tokio::test]
async fn a_session_whose_creation_got_no_answer_is_found_and_closed() {
    let stage = Stage::new().await;
    stage
        .stripe
        .with_state(|state, _| state.mishap(Mishap::Lose, "POST /v1/checkout/sessions", Times::Next(2)));
    let answer = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_GATEWAY, "payments_unavailable"));
    assert_eq!(stage.post_json("/api/checkout", &cart("b", &[("UNIQUE", 1)])).await.code(), "reserved");
    stage.advance(8 * 60).await;
    let sweep =
        request("POST", "/api/sweep").header("authorization", format!("Bearer {SWEEP}")).body(Body::empty());
    let swept = stage.send(sweep.expect("a request")).await;
    assert_eq!(swept.status, StatusCode::OK, "{}", swept.body);
    let answer = stage.post_json("/api/checkout", &cart("b", &[("UNIQUE", 1)])).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn a_delayed_payment_holds_its_pieces_until_the_bank_answers() {
    for succeeds in [true, false] {
        let stage = Stage::new().await;
        let answer = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 6)])).await.json();
        let (url, order) =
            (answer["url"].as_str().expect("a url"), answer["order"].as_str().expect("an order"));
        stage.pay(url, if succeeds { Means::Debit } else { Means::FailingDebit }).await;
        assert_eq!(stage.order(order).await.payment, Payment::AwaitingFunds);
        assert_eq!(stage.mail_names(), ["awaiting"]);
        assert_eq!(stage.post_json("/api/checkout", &cart("b", &[("TASSE", 1)])).await.code(), "reserved");
        stage.stripe.settle(&Stage::session(url), succeeds);
        stage.stripe.deliver().await;
        let expected = if succeeds { Payment::Paid } else { Payment::Released };
        assert_eq!(stage.order(order).await.payment, expected);
        let last = if succeeds { "confirmation" } else { "payment_failed" };
        assert!(stage.mail_names().contains(&last.to_owned()), "{:?}", stage.mail_names());
    }
}

#[tokio::test]
async fn the_owner_ships_cancels_and_the_shopper_withdraws() {
    let stage = Stage::new().await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
    let order = answer["order"].as_str().expect("an order").to_owned();
    stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
    let id = stage.order(&order).await.id;
    let withdrawn = stage.post_form(&format!("{order}/withdraw"), &[], "").await;
    assert_eq!(withdrawn.status, StatusCode::SEE_OTHER);
    assert!(stage.mail_names().contains(&"withdrawal".to_owned()), "{:?}", stage.mail_names());
    stage.till.ledger.cancel(&id).await.expect("cancelled");
    stage.till.run_effects(10).await.expect("done");
    stage.advance(120).await;
    stage.till.run_effects(10).await.expect("done");
    let order_now = stage.order(&order).await;
    assert_eq!((order_now.fulfilment, order_now.refund), (Fulfilment::Cancelled, Refund::Done));
    assert_eq!(order_now.refunded_amount, order_now.total);
    assert!(stage.mail_names().contains(&"refund".to_owned()), "{:?}", stage.mail_names());
    let again = stage.post_json("/api/checkout", &cart("b", &[("UNIQUE", 1)])).await;
    assert_eq!(again.status, StatusCode::OK, "the piece is for sale again");
    stage.pay(again.json()["url"].as_str().expect("a url"), Means::Card).await;
    let id = stage.order(again.json()["order"].as_str().expect("an order")).await.id;
    let tracking = Tracking { carrier: Some("Colissimo".into()), number: Some("8R1".into()), url: None };
    stage.till.ledger.ship(&id, &tracking, false).await.expect("shipped");
    stage.till.run_effects(10).await.expect("done");
    assert!(stage.mail_names().contains(&"shipped".to_owned()));
    assert!(stage.till.ledger.cancel(&id).await.is_err(), "what left is not cancelled");
}

#[tokio::test]
async fn an_unpaid_order_is_let_go_by_a_post_and_never_by_a_get() {
    let stage = Stage::new().await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
    let order = answer["order"].as_str().expect("an order").to_owned();
    for _ in 0..3 {
        stage.get(&order).await;
    }
    assert_eq!(stage.order(&order).await.payment, Payment::Open);
    let gone = stage.post_form(&format!("{order}/cancel"), &[], "").await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert_eq!(stage.order(&order).await.payment, Payment::Released);
}

#[tokio::test]
async fn a_closed_till_sells_nothing_and_says_so() {
    let stage = Stage::with(|settings| settings.till.closed = Some(Default::default())).await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "closed"));
}

#[tokio::test]
async fn limits_stop_card_testers_and_hoarders() {
    let stage = Stage::new().await;
    for number in 0..4 {
        let answer = stage.post_json("/api/checkout", &cart(&format!("c{number}"), &[("TABLIER", 1)])).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    let fifth = stage.post_json("/api/checkout", &cart("c5", &[("TABLIER", 1)])).await;
    assert_eq!((fifth.status, fifth.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
}

#[tokio::test]
async fn a_country_that_stripe_does_not_know_closes_no_zone() {
    let stage = Stage::with(|settings| {
        settings.shipping.zones[0].countries = ["FR", "VI", "XK", "ZZ"].map(str::to_owned).to_vec();
    })
    .await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 1)])).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let order = stage.order(answer.json()["order"].as_str().expect("an order")).await;
    let asked: Vec<(String, String)> = form_urlencoded::parse(order.request.as_bytes())
        .filter(|(name, _)| name.contains("allowed_countries"))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let field = |at: usize| format!("shipping_address_collection[allowed_countries][{at}]");
    assert_eq!(asked, [(field(0), "FR".to_owned()), (field(1), "XK".to_owned())]);
    for (code, status) in [("VI", 422), ("ZZ", 422), ("XK", 200)] {
        let mut asked = cart(code, &[("TASSE", 1)]);
        asked["destination"]["country"] = json!(code);
        let answer = stage.post_json("/api/checkout", &asked).await;
        assert_eq!(answer.status.as_u16(), status, "{code}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_clear_refusal_by_stripe_is_told_as_one() {
    let stage = Stage::with(|settings| {
        for name in settings.shipping.zones[0].rates[0].label.values_mut() {
            name.clear();
        }
    })
    .await;
    for id in ["a", "b"] {
        let answer = stage.post_json("/api/checkout", &cart(id, &[("UNIQUE", 1)])).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_GATEWAY, "payments_refused"));
        assert_eq!(answer.header("retry-after"), "", "trying again brings the same");
    }
    let stock = stage.get("/api/stock?key=UNIQUE").await.json();
    assert_eq!(stock["UNIQUE"], json!({ "available": 1, "reserved": false }));
    stage.till.run_effects(10).await.expect("done");
    assert_eq!(stage.mail_names(), ["refused"]);
    let files = std::fs::read_dir(stage.mails.path()).expect("a folder").flatten();
    let mails = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "eml")).count();
    assert_eq!(mails, 1, "once a day");
    let name = stage.mail_files()["refused"].file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.expect("a name");
    assert!(name.contains("shipping_options.0.shipping_rate_data.display_name"), "{name}");
}

#[tokio::test]
async fn the_shop_is_known_by_every_way_to_write_its_address() {
    let stage = Stage::with(|settings| settings.url = "https://café.example:443".to_owned()).await;
    let asked = |host: &str, origin: &str| {
        request("POST", "/api/checkout")
            .header("content-type", "application/json")
            .header("origin", origin)
            .body(Body::from(cart("a", &[("TASSE", 1)]).to_string()))
            .map(|mut request| {
                request.headers_mut().insert("host", host.parse().expect("a host"));
                request
            })
            .expect("a request")
    };
    let answer = stage.send(asked("xn--caf-dma.example", "https://xn--caf-dma.example")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    for (host, origin, code) in [
        ("xn--caf-dma.example:8443", "https://xn--caf-dma.example", "wrong_host"),
        ("xn--caf-dma.example.evil.example", "https://xn--caf-dma.example", "wrong_host"),
        ("evil@xn--caf-dma.example", "https://xn--caf-dma.example", "wrong_host"),
        ("xn--caf-dma.example:443", "http://xn--caf-dma.example", "forbidden"),
        ("xn--caf-dma.example:443", "https://xn--caf-dma.example.evil.example", "forbidden"),
    ] {
        assert_eq!(stage.send(asked(host, origin)).await.code(), code, "{host} {origin}");
    }
}
