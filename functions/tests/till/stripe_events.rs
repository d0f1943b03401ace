//! Webhooks: signed, booked once, never believed.

use axum::body::Body;
use axum::http::StatusCode;
use catalog::Cents;
use serde_json::json;
use simulator::Means;
use till::decide::{Dispute, Payment, Refund};
use till::outside::stripe::signature::sign;
use till::perform::webhook::EVENTS;

use crate::owner::{Kept, charge, paid};
use crate::shop::{Answer, SECRET, Stage, cart, request};

async fn event(stage: &Stage, secret: &str, body: &serde_json::Value) -> Answer {
    let body = body.to_string();
    let at = stage.till.ledger.now().0.to_string();
    let header = format!("t={at},v1={}", sign(secret, &at, body.as_bytes()));
    let request =
        request("POST", "/api/stripe/webhook").header("stripe-signature", header).body(Body::from(body));
    stage.send(request.expect("a request")).await
}

#[tokio::test]
async fn an_unsigned_event_is_refused_and_an_old_secret_still_works() {
    let stage = Stage::new().await;
    let body = json!({ "id": "evt_1", "type": "x", "data": { "object": { "id": "cs_x", "object": "checkout.session" } } });
    assert_eq!(event(&stage, "whsec_wrong", &body).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(event(&stage, "whsec_old", &body).await.status, StatusCode::OK);
    assert_eq!(event(&stage, SECRET, &json!({ "id": 1 })).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_event_that_claims_too_much_comes_again() {
    let stage = Stage::new().await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
    let url = answer["url"].as_str().expect("a url");
    let session = Stage::session(url);
    for kind in
        ["checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.expired"]
    {
        let body = json!({ "id": format!("evt_{kind}"), "type": kind,
            "data": { "object": { "id": session, "object": "checkout.session", "payment_status": "paid" } } });
        assert_eq!(event(&stage, SECRET, &body).await.status, StatusCode::INTERNAL_SERVER_ERROR, "{kind}");
    }
    let order = stage.order(answer["order"].as_str().expect("an order")).await;
    assert_eq!(order.payment, Payment::Open, "an event is a hint, never a fact");
}

#[tokio::test]
async fn refunds_and_disputes_are_seen() {
    let stage = Stage::new().await;
    let answer = stage.post_json("/api/checkout", &cart("a", &[("TASSE", 2)])).await.json();
    let order = answer["order"].as_str().expect("an order");
    stage.pay(answer["url"].as_str().expect("a url"), Means::Card).await;
    let session = Stage::session(answer["url"].as_str().expect("a url"));
    let charge = charge_of(&stage, &session);
    stage.stripe.refund(&charge, Some(1000)).expect("a refund");
    stage.advance(120).await;
    let seen = stage.order(order).await;
    assert_eq!((seen.refunded_amount, seen.refund, seen.payment), (Cents(1000), Refund::Done, Payment::Paid));
    let dispute = stage.stripe.open_dispute(&charge).expect("a dispute");
    stage.stripe.deliver().await;
    assert_eq!(stage.order(order).await.dispute, Dispute::Open);
    assert!(stage.stripe.close_dispute(&dispute, false));
    stage.stripe.deliver().await;
    assert_eq!(stage.order(order).await.dispute, Dispute::Lost);
    let names = stage.mail_names();
    assert!(names.contains(&"refund".to_owned()) && names.contains(&"dispute".to_owned()), "{names:?}");
}

#[tokio::test]
async fn a_dispute_is_told_each_time_it_changes() {
    let post = std::sync::Arc::new(Kept::default());
    let stage = Stage::posted_by(post.clone()).await;
    let order = paid(&stage, "a", &[("TASSE", 1)]).await;
    let dispute =
        stage.stripe.begin_dispute(&charge(&stage, &order), "warning_needs_response").expect("an inquiry");
    let mut told = vec!["inquiry"];
    stage.stripe.deliver().await;
    for (status, word) in [
        ("warning_under_review", None),
        ("needs_response", Some("open")),
        ("under_review", None),
        ("lost", Some("lost")),
        ("appeal_needs_response", Some("appealed")),
        ("appeal_under_review", None),
        ("lost", Some("lost")),
        ("appeal_needs_response", Some("appealed")),
        ("appeal_under_review", None),
        ("won", Some("won")),
    ] {
        assert!(stage.stripe.move_dispute(&dispute, status), "{status}");
        stage.stripe.deliver().await;
        told.extend(word);
    }
    stage.till.run_effects(50).await.expect("done");
    let words: Vec<String> = post
        .about("dispute")
        .into_iter()
        .map(|(_, text)| text.split_whitespace().last().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(words, told);
    let order = stage.till.ledger.store.order(&order.id).await.expect("a store").expect("an order");
    assert_eq!(order.dispute, Dispute::Won);

    let other = paid(&stage, "b", &[("TASSE", 1)]).await;
    stage.stripe.begin_dispute(&charge(&stage, &other), "prevented").expect("a dispute");
    stage.stripe.deliver().await;
    let other = stage.till.ledger.store.order(&other.id).await.expect("a store").expect("an order");
    assert_eq!(other.dispute, Dispute::Prevented);
}

/// The documentation names exactly the events that an endpoint must subscribe to.
#[test]
fn the_documentation_names_the_events() {
    for (name, text) in [
        ("stripe.md", include_str!("../../../docs/stripe.md")),
        ("till.md", include_str!("../../../docs/till.md")),
    ] {
        let quoted = text.split('`').skip(1).step_by(2);
        let is_event = |word: &&str| {
            ["checkout.session.", "charge.", "refund."].iter().any(|begin| word.starts_with(begin))
        };
        let named: std::collections::BTreeSet<&str> = quoted.filter(is_event).collect();
        assert_eq!(named, std::collections::BTreeSet::from(EVENTS), "{name}");
    }
}

#[tokio::test]
async fn an_order_of_ours_that_is_not_here_is_asked_for_again_and_a_foreign_one_is_not() {
    let stage = Stage::new().await;
    let object = |id: &str| json!({ "id": "cs_test_other", "object": "checkout.session", "metadata": { "order_id": id } });
    let ours = json!({ "id": "evt_a", "type": "checkout.session.completed", "data": { "object": object("LOST-0000-00") } });
    assert_eq!(event(&stage, SECRET, &ours).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    let foreign = json!({ "id": "evt_b", "type": "checkout.session.completed",
        "data": { "object": { "id": "cs_test_x", "object": "checkout.session", "metadata": {} } } });
    assert_eq!(event(&stage, SECRET, &foreign).await.status, StatusCode::OK);
}

#[tokio::test]
async fn events_of_any_api_version_are_booked() {
    for version in
        ["2022-08-01", "2024-06-20", "2025-03-31.basil", simulator::API_VERSION, "2026-11-18.endive"]
    {
        let stage = Stage::told_in(version).await;
        let answer = stage.post_json("/api/checkout", &cart("a", &[("UNIQUE", 1)])).await.json();
        let (url, order) =
            (answer["url"].as_str().expect("a url"), answer["order"].as_str().expect("an order"));
        stage.pay(url, Means::Card).await;
        assert_eq!(stage.order(order).await.payment, Payment::Paid, "{version}");
        let charge = charge_of(&stage, &Stage::session(url));
        stage.stripe.refund(&charge, None).expect("a refund");
        stage.advance(120).await;
        assert_eq!(stage.order(order).await.refund, Refund::Done, "{version}");
    }
}

/// The charge of a paid session.
fn charge_of(stage: &Stage, session: &str) -> String {
    stage.stripe.with_state(|state, _| {
        let intent = state.object(session).expect("a session")["payment_intent"].as_str().map(str::to_owned);
        let intent = state.object(&intent.expect("an intent")).expect("an intent");
        intent["latest_charge"].as_str().expect("a charge").to_owned()
    })
}
