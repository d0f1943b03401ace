//! Every object has the keys of Stripe's published example, and async-stripe, which the till uses, can read it.
#![allow(clippy::unwrap_used)]

mod common;

use common::{NOW, ada, example, get, open_session, stripe};
use miniserde::Deserialize;
use serde_json::Value;
use simulator::{Means, State};

fn parses<T: Deserialize>(value: &Value) -> T {
    miniserde::json::from_str(&value.to_string()).unwrap_or_else(|_| {
        panic!("async-stripe cannot read {}", serde_json::to_string_pretty(value).unwrap())
    })
}

/// A shop where everything has happened once: paid, declined, challenged, delayed, refunded, disputed, expired.
fn eventful() -> (State, Vec<String>) {
    let mut stripe = stripe();
    let sessions: Vec<String> = (0..7).map(|_| open_session(&mut stripe)).collect();
    let pay = |stripe: &mut State, which: usize, means| {
        stripe.pay(&sessions[which], &ada(), means, NOW + 10).unwrap()
    };
    pay(&mut stripe, 0, Means::Card);
    pay(&mut stripe, 1, Means::DeclinedCard);
    pay(&mut stripe, 2, Means::ChallengedCard);
    pay(&mut stripe, 3, Means::Debit);
    pay(&mut stripe, 4, Means::FailingDebit);
    pay(&mut stripe, 5, Means::Card);
    let charge = |stripe: &mut State, which: usize| {
        let session = get(
            stripe,
            &format!("/v1/checkout/sessions/{}?expand[]=payment_intent", sessions[which]),
            NOW + 11,
        );
        session["payment_intent"]["latest_charge"].as_str().unwrap().to_owned()
    };
    let (first, sixth) = (charge(&mut stripe, 0), charge(&mut stripe, 5));
    stripe.refund(&first, Some(1_000), NOW + 12).unwrap();
    stripe.next_refund(simulator::RefundFate::FailsLater);
    stripe.refund(&first, Some(500), NOW + 12).unwrap();
    stripe.open_dispute(&sixth, NOW + 12).unwrap();
    stripe.advance(NOW + 86_400);
    (stripe, sessions)
}

#[test]
fn async_stripe_reads_every_session_with_everything_expanded() {
    let (mut stripe, sessions) = eventful();
    for session in &sessions {
        let target = format!(
            "/v1/checkout/sessions/{session}?expand[0]=payment_intent.latest_charge.refunds&expand[1]=line_items&\
             expand[2]=payment_intent.payment_method"
        );
        let value = get(&mut stripe, &target, NOW + 86_400);
        let read: stripe_shared::CheckoutSession = parses(&value);
        assert_eq!(read.amount_total, Some(common::TOTAL));
        let lines = read.line_items.unwrap();
        assert_eq!(lines.data.len(), 2);
        assert_eq!(read.metadata.unwrap()["order_id"], "order-1");
    }
}

#[test]
fn async_stripe_reads_every_event_and_the_object_in_it() {
    let (mut stripe, _) = eventful();
    let events = get(&mut stripe, "/v1/events?limit=100", NOW + 86_400);
    let mut kinds = std::collections::BTreeSet::new();
    for event in events["data"].as_array().unwrap() {
        parses::<stripe_shared::Event>(event);
        let object = &event["data"]["object"];
        match object["object"].as_str().unwrap() {
            "checkout.session" => drop(parses::<stripe_shared::CheckoutSession>(object)),
            "payment_intent" => drop(parses::<stripe_shared::PaymentIntent>(object)),
            "charge" => drop(parses::<stripe_shared::Charge>(object)),
            "refund" => drop(parses::<stripe_shared::Refund>(object)),
            "dispute" => drop(parses::<stripe_shared::Dispute>(object)),
            other => panic!("an event about {other}"),
        }
        kinds.insert(event["type"].as_str().unwrap().to_owned());
    }
    for kind in [
        "checkout.session.completed",
        "checkout.session.expired",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "charge.refunded",
        "refund.created",
        "refund.failed",
        "charge.dispute.created",
    ] {
        assert!(kinds.contains(kind), "{kind} is missing in {kinds:?}");
    }
}

#[test]
fn async_stripe_reads_accounts_lists_and_refusals() {
    let (mut stripe, _) = eventful();
    let account: stripe_shared::Account = parses(&get(&mut stripe, "/v1/account", NOW));
    assert!(account.id.as_str().starts_with("acct_"));
    let mut each = |target: &str| get(&mut stripe, target, NOW)["data"].as_array().unwrap().clone();
    let refunds = each("/v1/refunds?expand[]=data.charge");
    assert_eq!(refunds.iter().map(parses::<stripe_shared::Refund>).count(), 2);
    let disputes = each("/v1/disputes?expand[]=data.charge");
    assert_eq!(disputes.iter().map(parses::<stripe_shared::Dispute>).count(), 1);
    let charges = each("/v1/charges?expand[]=data.payment_intent");
    assert_eq!(charges.iter().map(parses::<stripe_shared::Charge>).count(), 5);
    let sessions = get(&mut stripe, "/v1/checkout/sessions?limit=3", NOW);
    assert_eq!((sessions["data"].as_array().unwrap().len(), &sessions["has_more"]), (3, &true.into()));
    let refused = stripe.request(&simulator::Request::get("/v1/refunds/re_none"), NOW).json();
    let error: stripe_shared::Error = parses(&refused);
    assert_eq!(error.error.code, Some(stripe_shared::ApiErrorsCode::ResourceMissing));
}

#[test]
fn every_object_has_the_keys_of_stripes_example() {
    let (mut stripe, sessions) = eventful();
    let session = get(&mut stripe, &format!("/v1/checkout/sessions/{}", sessions[0]), NOW);
    let intent = get(
        &mut stripe,
        &format!("/v1/payment_intents/{}", session["payment_intent"].as_str().unwrap()),
        NOW,
    );
    let charge_id = intent["latest_charge"].as_str().unwrap();
    let charge = get(
        &mut stripe,
        &format!("/v1/charges/{charge_id}?expand[]=balance_transaction&expand[]=refunds"),
        NOW,
    );
    let refund = charge["refunds"]["data"][1].clone();
    let lines = get(&mut stripe, &format!("/v1/checkout/sessions/{}/line_items", sessions[0]), NOW);
    let dispute = get(&mut stripe, "/v1/disputes", NOW)["data"][0].clone();
    let event = get(&mut stripe, "/v1/events?limit=1", NOW)["data"][0].clone();
    let account = get(&mut stripe, "/v1/account", NOW);
    let balance = get(&mut stripe, "/v1/balance", NOW);
    for (name, value) in [
        ("checkout.session", &session),
        ("payment_intent", &intent),
        ("charge", &charge),
        ("balance_transaction", &charge["balance_transaction"]),
        ("refund", &refund),
        ("item", &lines["data"][0]),
        ("dispute", &dispute),
        ("event", &event),
        ("account", &account),
        ("balance", &balance),
    ] {
        let example = example(name);
        let missing: Vec<&String> =
            example.as_object().unwrap().keys().filter(|key| value.get(key.as_str()).is_none()).collect();
        assert!(missing.is_empty(), "{name} lacks {missing:?}");
    }
}

#[test]
fn older_versions_get_the_shapes_they_knew() {
    let (mut stripe, sessions) = eventful();
    let ask = |stripe: &mut State, version: &str| {
        let request =
            simulator::Request::get(&format!("/v1/checkout/sessions/{}", sessions[0])).version(version);
        let answer = stripe.request(&request, NOW);
        assert_eq!(answer.header("stripe-version"), Some(version));
        answer.json()
    };
    let newest = ask(&mut stripe, simulator::API_VERSION);
    assert_eq!(newest["ui_mode"], "hosted_page");
    assert_eq!(newest["collected_information"]["shipping_details"]["address"]["city"], "Lyon");
    let older = ask(&mut stripe, "2025-01-27.acacia");
    assert_eq!(older["ui_mode"], "hosted");
    assert_eq!(older["shipping_details"]["address"]["city"], "Lyon");
    assert!(older.get("collected_information").is_none());
}
