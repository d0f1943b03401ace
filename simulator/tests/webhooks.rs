//! Webhooks: what is sent, how it is signed, when it is repeated; and what switches do to them.
#![allow(clippy::unwrap_used)]

mod common;

use common::{NOW, SECRET, ada, events, get, open_session, stripe};
use simulator::{Config, DeliveryState, Endpoint, Means, State, Times, WebhookMishap, signature};

fn complete(stripe: &mut State) -> String {
    let id = open_session(stripe);
    stripe.pay(&id, &ada(), Means::Card, NOW).unwrap();
    id
}

fn only(kind: &str, secrets: &[&str], version: &str) -> State {
    State::new(Config {
        endpoints: vec![Endpoint {
            url: "http://shop.test/hook".into(),
            secrets: secrets.iter().map(|secret| (*secret).to_owned()).collect(),
            api_version: version.into(),
            enabled_events: vec![kind.into()],
        }],
        ..Config::default()
    })
}

#[test]
fn a_parcel_is_signed_with_every_secret_over_its_raw_bytes() {
    let mut stripe = only("checkout.session.completed", &["whsec_old", "whsec_new"], simulator::API_VERSION);
    complete(&mut stripe);
    let webhooks = stripe.due(NOW + 3);
    assert_eq!(webhooks.len(), 1, "one type was asked for");
    let secrets = ["whsec_old".to_owned(), "whsec_new".to_owned()];
    assert_eq!(webhooks[0].signature, signature(&secrets, NOW + 3, webhooks[0].body.as_bytes()));
    assert_eq!(webhooks[0].signature.matches("v1=").count(), 2);
    let event: serde_json::Value = serde_json::from_str(&webhooks[0].body).unwrap();
    assert_eq!(event["data"]["object"]["payment_status"], "paid");
    assert_eq!((&event["created"], &event["pending_webhooks"]), (&NOW.into(), &1.into()));
}

#[test]
fn an_event_has_the_shape_of_its_endpoints_version() {
    let mut stripe = only("checkout.session.completed", &[SECRET], "2024-06-20");
    complete(&mut stripe);
    let event: serde_json::Value = serde_json::from_str(&stripe.due(NOW)[0].body).unwrap();
    assert_eq!(
        (&event["api_version"], &event["data"]["object"]["ui_mode"]),
        (&"2024-06-20".into(), &"hosted".into())
    );
    assert_eq!(event["data"]["object"]["shipping_details"]["name"], "Ada Martin");
}

#[test]
fn an_event_shows_the_object_as_it_was() {
    let mut stripe = stripe();
    let id = complete(&mut stripe);
    let charge = get(&mut stripe, &format!("/v1/checkout/sessions/{id}?expand[]=payment_intent"), NOW)["payment_intent"]
        ["latest_charge"]
        .as_str()
        .unwrap()
        .to_owned();
    stripe.refund(&charge, None, NOW + 50).unwrap();
    let succeeded = get(&mut stripe, "/v1/events?type=charge.succeeded", NOW + 50);
    assert_eq!(succeeded["data"][0]["data"]["object"]["amount_refunded"], 0);
}

#[test]
fn an_event_caused_by_a_request_names_it() {
    let mut stripe = stripe();
    let id = open_session(&mut stripe);
    let expire =
        simulator::Request::post(&format!("/v1/checkout/sessions/{id}/expire"), "").idempotent("why");
    let answer = stripe.request(&expire, NOW);
    let event = get(&mut stripe, "/v1/events", NOW)["data"][0].clone();
    assert_eq!(event["request"]["idempotency_key"], "why");
    assert_eq!(event["request"]["id"].as_str(), answer.header("request-id"));
}

#[test]
fn what_is_not_taken_comes_again_ever_later_and_is_given_up() {
    let mut stripe = only("checkout.session.completed", &[SECRET], simulator::API_VERSION);
    complete(&mut stripe);
    let mut now = NOW;
    let mut waits = Vec::new();
    let mut answers = [Some(500), None, Some(302), Some(404), Some(503), None, Some(500)].into_iter();
    let waiting = |stripe: &State| match stripe.deliveries().next().unwrap().state {
        DeliveryState::Waiting(due) => Some(due),
        _ => None,
    };
    while let Some(due) = waiting(&stripe) {
        waits.push(due - now);
        now = due;
        let webhooks = stripe.due(now);
        assert_eq!(webhooks.len(), 1);
        assert!(stripe.due(now).is_empty(), "it is under way");
        stripe.report(webhooks[0].delivery, answers.next().unwrap(), now);
    }
    assert_eq!(waits, [0, 10, 60, 600, 3_600, 21_600, 86_400]);
    let delivery = stripe.deliveries().next().unwrap().clone();
    assert_eq!((delivery.state, delivery.attempts.len()), (DeliveryState::GivenUp, 7));
    assert_eq!(
        get(&mut stripe, "/v1/events?delivery_success=false&type=checkout.session.completed", now)["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert!(stripe.resend(delivery.id, now), "by hand it may be sent again");
    assert_eq!(events(&mut stripe, now), ["checkout.session.completed"]);
    assert_eq!(stripe.deliveries().next().unwrap().state, DeliveryState::Taken);
}

#[test]
fn webhooks_get_lost_doubled_late_and_out_of_order() {
    let kind = "checkout.session.completed";
    let with = |mishap| {
        let mut stripe = stripe();
        stripe.webhook_mishap(mishap, kind, Times::Next(1));
        complete(&mut stripe);
        stripe
    };
    let count =
        |stripe: &mut State, now| events(stripe, now).into_iter().filter(|sent| *sent == kind).count();
    assert_eq!(count(&mut with(WebhookMishap::Lose), NOW + 1_000_000), 0);
    assert_eq!(count(&mut with(WebhookMishap::Duplicate), NOW), 2);
    let mut late = with(WebhookMishap::Delay(90));
    assert_eq!((count(&mut late, NOW + 89), count(&mut late, NOW + 90)), (0, 1));

    let mut turned = stripe();
    turned.webhook_mishap(WebhookMishap::Reorder, "charge.succeeded", Times::Next(1));
    complete(&mut turned);
    assert_eq!(
        events(&mut turned, NOW),
        ["payment_intent.created", "payment_intent.succeeded", "charge.succeeded", kind]
    );
    let mut last = with(WebhookMishap::Reorder);
    assert_eq!((count(&mut last, NOW), count(&mut last, NOW + 60)), (0, 1));
}

#[test]
fn switches_count_down_and_can_be_cleared() {
    let mut stripe = stripe();
    stripe.webhook_mishap(WebhookMishap::Lose, "", Times::Always);
    complete(&mut stripe);
    assert!(events(&mut stripe, NOW).is_empty());
    stripe.clear_mishaps();
    complete(&mut stripe);
    assert_eq!(events(&mut stripe, NOW).len(), 4);
}
