//! What the tests share: a shop's usual session, a shopper, and Stripe's published examples.
#![allow(dead_code)] // Each test file uses a part of it.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use simulator::{Config, Endpoint, Payer, Request, Response, State};

/// The time at which the tests begin.
pub const NOW: i64 = 1_790_000_000;
/// The secret of the endpoint.
pub const SECRET: &str = "whsec_test";

/// A fresh state machine with one endpoint.
pub fn stripe() -> State {
    State::new(config())
}

pub fn config() -> Config {
    Config {
        seed: 7,
        endpoints: vec![Endpoint::new("http://shop.test/api/stripe/webhook", SECRET)],
        ..Config::default()
    }
}

/// The parameters that a till sends for one bowl and two aprons.
pub fn pairs() -> Vec<(String, String)> {
    let expires_at = (NOW + 35 * 60).to_string();
    let pairs = [
        ("mode", "payment"),
        ("success_url", "https://shop.test/order/1?session={CHECKOUT_SESSION_ID}"),
        ("cancel_url", "https://shop.test/order/1"),
        ("expires_at", &expires_at),
        ("locale", "fr"),
        ("submit_type", "pay"),
        ("client_reference_id", "order-1"),
        ("metadata[order_id]", "order-1"),
        ("payment_intent_data[metadata][order_id]", "order-1"),
        ("payment_intent_data[description]", "Mon Petit Bazaar, commande 1"),
        ("adaptive_pricing[enabled]", "false"),
        ("automatic_tax[enabled]", "false"),
        ("allowed_payment_method_types[0]", "card"),
        ("allowed_payment_method_types[1]", "sepa_debit"),
        ("shipping_address_collection[allowed_countries][0]", "FR"),
        ("shipping_address_collection[allowed_countries][1]", "MC"),
        ("shipping_options[0][shipping_rate_data][display_name]", "Colissimo"),
        ("shipping_options[0][shipping_rate_data][type]", "fixed_amount"),
        ("shipping_options[0][shipping_rate_data][fixed_amount][amount]", "590"),
        ("shipping_options[0][shipping_rate_data][fixed_amount][currency]", "eur"),
        ("shipping_options[0][shipping_rate_data][tax_behavior]", "inclusive"),
        ("shipping_options[0][shipping_rate_data][delivery_estimate][minimum][unit]", "business_day"),
        ("shipping_options[0][shipping_rate_data][delivery_estimate][minimum][value]", "2"),
        ("shipping_options[0][shipping_rate_data][delivery_estimate][maximum][unit]", "business_day"),
        ("shipping_options[0][shipping_rate_data][delivery_estimate][maximum][value]", "3"),
        ("line_items[0][quantity]", "1"),
        ("line_items[0][price_data][currency]", "eur"),
        ("line_items[0][price_data][unit_amount]", "2800"),
        ("line_items[0][price_data][tax_behavior]", "inclusive"),
        ("line_items[0][price_data][product_data][name]", "Bol « Lune »"),
        ("line_items[0][price_data][product_data][metadata][sku]", "BOL-LUNE"),
        ("line_items[1][quantity]", "2"),
        ("line_items[1][price_data][currency]", "eur"),
        ("line_items[1][price_data][unit_amount]", "4500"),
        ("line_items[1][price_data][product_data][name]", "Tablier"),
        ("line_items[1][price_data][product_data][description]", "taille : M"),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

/// What [`pairs`] cost: 28.00 + 2 × 45.00 + 5.90.
pub const TOTAL: i64 = 12_390;

/// The usual pairs with some replaced, added, or (if empty) left out.
pub fn but(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut pairs = pairs();
    for (name, value) in changes {
        pairs.retain(|(kept, _)| kept != name);
        if !value.is_empty() {
            pairs.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    pairs
}

/// A request to create a session.
pub fn create(pairs: &[(String, String)]) -> Request {
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Request::post_pairs("/v1/checkout/sessions", pairs)
}

/// The id of a usual session.
pub fn open_session(stripe: &mut State) -> String {
    let answer = stripe.request(&create(&pairs()), NOW);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

pub fn ada() -> Payer {
    Payer {
        email: "ada@example.com".into(),
        name: "Ada Martin".into(),
        line1: "3 rue du Four".into(),
        postal_code: "69001".into(),
        city: "Lyon".into(),
        country: "FR".into(),
        ..Payer::default()
    }
}

/// The answer to a GET.
pub fn get(stripe: &mut State, target: &str, now: i64) -> Value {
    let answer = stripe.request(&Request::get(target), now);
    assert_eq!(answer.status, 200, "{target}: {}", answer.body);
    answer.json()
}

/// Status, code (or message if there is none) and parameter of a refusal.
pub fn refusal(answer: &Response) -> (u16, String, String) {
    let error = &answer.json()["error"];
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    let code = if error["code"].is_null() { text("message") } else { text("code") };
    (answer.status, code, text("param"))
}

/// Accepts all events that are due and returns their types.
pub fn events(stripe: &mut State, now: i64) -> Vec<&'static str> {
    let webhooks = stripe.due(now);
    for webhook in &webhooks {
        stripe.report(webhook.delivery, Some(200), now);
    }
    webhooks.iter().map(|webhook| webhook.kind).collect()
}

/// Stripe's own example of an object.
pub fn example(object: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("stripe-examples.json")).unwrap();
    all[object].clone()
}
