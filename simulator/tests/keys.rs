//! Idempotency keys, API keys and API versions.
#![allow(clippy::unwrap_used)]

mod common;

use common::{NOW, but, create, get, pairs, refusal, stripe};
use simulator::{Fate, Mishap, Request, Times};

const DAY: i64 = 86_400;

#[test]
fn the_same_key_gives_the_same_answer_whatever_the_order_of_parameters() {
    let mut stripe = stripe();
    let first = stripe.request(&create(&pairs()).idempotent("k"), NOW);
    let mut turned = pairs();
    turned.reverse();
    let again = stripe.request(&create(&turned).idempotent("k"), NOW + DAY - 1);
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!(again.header("Idempotent-Replayed"), Some("true"));
    assert_eq!(again.header("original-request"), first.header("request-id"));
    assert_eq!(get(&mut stripe, "/v1/checkout/sessions", NOW)["data"].as_array().unwrap().len(), 1);
}

#[test]
fn the_same_key_for_something_else_is_an_idempotency_error() {
    let mut stripe = stripe();
    stripe.request(&create(&pairs()).idempotent("k"), NOW);
    let other = stripe.request(&create(&but(&[("line_items[0][quantity]", "2")])).idempotent("k"), NOW);
    assert_eq!((other.status, &other.json()["error"]["type"]), (400, &"idempotency_error".into()));
    let elsewhere = stripe.request(&Request::post("/v1/refunds", "charge=ch_1").idempotent("k"), NOW);
    assert_eq!(elsewhere.json()["error"]["type"], "idempotency_error");
}

#[test]
fn a_key_in_use_is_409_until_its_answer_arrives() {
    let mut stripe = stripe();
    stripe.mishap(Mishap::Hold(30), "POST /v1/checkout/sessions", Times::Next(1));
    let held = stripe.request(&create(&pairs()).idempotent("k"), NOW);
    assert_eq!((held.status, held.fate), (200, Fate::Held(30)));
    let meanwhile = stripe.request(&create(&pairs()).idempotent("k"), NOW + 29);
    assert_eq!(refusal(&meanwhile).0, 409);
    assert_eq!(refusal(&meanwhile).1, "idempotency_key_in_use");
    let after = stripe.request(&create(&pairs()).idempotent("k"), NOW + 30);
    assert_eq!(after.body, held.body);
}

#[test]
fn a_key_is_forgotten_after_a_day_and_then_the_past_expiry_is_refused() {
    let mut stripe = stripe();
    let first = stripe.request(&create(&pairs()).idempotent("k"), NOW);
    assert_eq!(first.status, 200);
    let late = stripe.request(&create(&pairs()).idempotent("k"), NOW + DAY);
    assert_eq!(refusal(&late).0, 400);
    assert_eq!(refusal(&late).2, "expires_at");
    // The refusal came before any work, so it is not stored: a corrected request can use the key.
    let later = (NOW + DAY + 3_600).to_string();
    let corrected = stripe.request(&create(&but(&[("expires_at", &later)])).idempotent("k"), NOW + DAY);
    assert_eq!(corrected.status, 200, "{}", corrected.body);
}

#[test]
fn a_500_is_kept_and_given_again_whether_the_work_was_done_or_not() {
    for (mishap, made) in [(Mishap::Break, 0), (Mishap::BreakAfter, 1)] {
        let mut stripe = stripe();
        stripe.mishap(mishap, "", Times::Next(1));
        let broken = stripe.request(&create(&pairs()).idempotent("k"), NOW);
        assert_eq!(broken.status, 500);
        let again = stripe.request(&create(&pairs()).idempotent("k"), NOW + 60);
        assert_eq!((again.status, &again.body), (500, &broken.body));
        assert_eq!(again.header("Idempotent-Replayed"), Some("true"));
        let list = get(&mut stripe, "/v1/checkout/sessions", NOW + 60);
        assert_eq!(list["data"].as_array().unwrap().len(), made, "{mishap:?}");
    }
}

#[test]
fn refusals_at_the_door_and_dropped_connections_leave_no_trace() {
    for mishap in [Mishap::Refuse(429), Mishap::Refuse(503), Mishap::Refuse(409), Mishap::Drop] {
        let mut stripe = stripe();
        stripe.mishap(mishap, "", Times::Next(1));
        let refused = stripe.request(&create(&pairs()).idempotent("k"), NOW);
        match mishap {
            Mishap::Refuse(status) => assert_eq!(refused.status, status),
            _ => assert_eq!(refused.fate, Fate::Lost),
        }
        let again = stripe.request(&create(&pairs()).idempotent("k"), NOW);
        assert_eq!(again.status, 200);
        assert_eq!(again.header("Idempotent-Replayed"), None);
    }
}

#[test]
fn a_lost_answer_is_found_again_with_the_key() {
    let mut stripe = stripe();
    stripe.mishap(Mishap::Lose, "POST /v1/checkout", Times::Next(1));
    let lost = stripe.request(&create(&pairs()).idempotent("k"), NOW);
    assert_eq!(lost.fate, Fate::Lost);
    let again = stripe.request(&create(&pairs()).idempotent("k"), NOW + 5);
    assert_eq!((again.fate, &again.body), (Fate::Arrives, &lost.body));
}

#[test]
fn only_test_keys_open_the_door() {
    let mut stripe = stripe();
    for (key, fine) in [
        ("sk_test_abc", true),
        ("rk_test_51Abc", true),
        ("sk_live_abc", false),
        ("rk_live_abc", false),
        ("pk_test_abc", false),
        ("sk_test_", false),
        ("sk_test_a b", false),
        ("", false),
    ] {
        let answer = stripe.request(&Request::get("/v1/account").api_key(key), NOW);
        assert_eq!(answer.status, if fine { 200 } else { 401 }, "{key}");
        if !fine {
            assert_eq!(answer.json()["error"]["type"], "invalid_request_error");
            assert!(!answer.body.contains("live_abc"), "a key must not be repeated: {}", answer.body);
        }
    }
}

#[test]
fn unknown_versions_are_refused_and_a_missing_one_is_the_accounts() {
    let mut stripe = stripe();
    for (version, status) in [
        ("2026-09-30.endive", 200),
        ("2026-08-26.dahlia", 200),
        ("2024-06-20", 200),
        ("2026-09-30", 400),
        ("2026-09-31.endive", 400),
        ("newest", 400),
    ] {
        let answer = stripe.request(&Request::get("/v1/balance").version(version), NOW);
        assert_eq!(answer.status, status, "{version}: {}", answer.body);
    }
    let mut bare = Request::get("/v1/balance");
    bare.version = None;
    assert_eq!(stripe.request(&bare, NOW).header("Stripe-Version"), Some(simulator::API_VERSION));
}

#[test]
fn one_seed_and_one_clock_give_one_history() {
    let history = || {
        let mut stripe = stripe();
        let id = common::open_session(&mut stripe);
        stripe.pay(&id, &common::ada(), simulator::Means::Card, NOW + 5).unwrap();
        let webhooks = stripe.due(NOW + 5);
        (id, webhooks)
    };
    assert_eq!(history(), history());
    let mut first = stripe();
    common::open_session(&mut first);
    let mut copy = first.clone();
    assert_eq!(common::open_session(&mut first), common::open_session(&mut copy));
}
