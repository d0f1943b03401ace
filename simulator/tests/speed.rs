//! The state machine is fast enough for thousands of calls in a simulation.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Instant;

use common::{NOW, ada, create, pairs, stripe};
use simulator::{Means, Request};

#[test]
fn a_thousand_shoppers_take_seconds_not_minutes() {
    let began = Instant::now();
    let mut stripe = stripe();
    let create = create(&pairs());
    for shopper in 0..1_000 {
        let answer = stripe.request(&create.clone().idempotent(shopper.to_string()), NOW);
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        stripe.pay(&id, &ada(), Means::Card, NOW).unwrap();
        for webhook in stripe.due(NOW) {
            stripe.report(webhook.delivery, Some(200), NOW);
        }
        let read = format!("/v1/checkout/sessions/{id}?expand[]=payment_intent.latest_charge.refunds");
        assert_eq!(stripe.request(&Request::get(&read), NOW).status, 200);
    }
    let took = began.elapsed();
    assert!(took.as_secs() < 30, "{took:?}"); // Under 2 s on one slow core, unoptimised.
    let copy = Instant::now();
    let other = stripe.clone();
    assert_eq!(other.sessions().len(), 1_000);
    assert!(copy.elapsed().as_secs() < 5, "{:?}", copy.elapsed());
}
