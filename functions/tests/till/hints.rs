//! Events are hints: each is booked once, into our own database, for the right order, and never before it is true.

use std::time::Duration;

use catalog::Cents;
use serde_json::{Value, json};
use simulator::{Means, Mishap, Times};
use till::decide::{Order, Payment, Refund};
use till::outside::store::{ShopRow, Store as _};
use till::outside::stripe::PaymentsError;
use till::perform::TillError;
use till::perform::webhook::Booked;

use crate::hands::{BEGIN, Hands, after, asked};
use crate::owner::charge;

async fn book(hands: &Hands, id: &str, kind: &str, object: Value) -> Result<Booked, TillError> {
    let body = json!({ "id": id, "type": kind, "data": { "object": object } });
    hands.till.ledger.book(body.to_string().as_bytes()).await
}

/// The order that an event was booked for.
fn of(booked: Booked) -> Option<String> {
    match booked {
        Booked::Order(order) => Some(order.id),
        Booked::Known | Booked::Foreign => None,
    }
}

/// An order whose session was created, though the till never received its id; and that session.
async fn lost(hands: &Hands, cart: &str) -> (Order, String) {
    let sessions = || hands.stage.stripe.with_state(|state, _| state.sessions());
    let before = sessions();
    hands
        .stage
        .stripe
        .with_state(|state, _| state.mishap(Mishap::Lose, "POST /v1/checkout/sessions", Times::Next(2)));
    hands.till.checkout(&asked(cart, &[("TABLIER", 1)]), cart).await.expect_err("no answer came");
    let cart = format!("{cart}-0123456789abcdef");
    let order = hands.store.order_of_cart(&cart).await.expect("a store").expect("an order");
    assert_eq!((order.payment, &order.session_id), (Payment::Pending, &None));
    let new = sessions().into_iter().find(|session| !before.contains(session));
    (order, new.expect("a session"))
}

fn is_open(hands: &Hands, session: &str) -> bool {
    hands.stage.stripe.with_state(|state, _| state.object(session).expect("a session")["status"] == "open")
}

#[tokio::test]
async fn an_event_that_says_more_than_is_true_comes_again() {
    let hands = Hands::new().await;
    let order = hands.begun("a", &[("TASSE", 1)]).await;
    let session = order.session_id.clone().expect("a session");
    let about = json!({ "id": session, "object": "checkout.session" });
    let ahead = |result: Result<Booked, TillError>| matches!(result, Err(TillError::Ahead));
    for kind in ["checkout.session.async_payment_failed", "payment_intent.succeeded"] {
        assert!(ahead(book(&hands, kind, kind, about.clone()).await), "{kind} of an open session");
    }
    hands.stage.pay_unheard(&order.session_url.expect("where to pay"), Means::Card);
    let kind = "checkout.session.async_payment_failed";
    assert!(book(&hands, "late", kind, about.clone()).await.is_ok(), "it was paid after all");
    for kind in ["charge.refunded", "refund.created", "refund.failed", "charge.dispute.created"] {
        assert!(ahead(book(&hands, kind, kind, about.clone()).await), "{kind} of what was only paid");
        assert!(!hands.store.event_known(kind).await.expect("a store"));
    }
    let order = hands.order(&order.id);
    hands.stage.stripe.refund(&charge(&hands.stage, &order), Some(100)).expect("a refund");
    assert!(ahead(book(&hands, "f", "refund.failed", about.clone()).await), "it arrived");
    for kind in ["charge.refunded", "refund.created"] {
        assert!(book(&hands, kind, kind, about.clone()).await.is_ok(), "{kind}");
    }
    hands.stage.stripe.with_state(|state, _| state.next_refund(simulator::RefundFate::PendsThenFails));
    hands.stage.stripe.refund(&charge(&hands.stage, &order), Some(100)).expect("a refund");
    assert!(ahead(book(&hands, "f", "refund.failed", about.clone()).await), "it is on its way");
    hands.stage.advance(600).await;
    assert!(book(&hands, "f", "refund.failed", about.clone()).await.is_ok());
    hands.stage.stripe.open_dispute(&charge(&hands.stage, &order)).expect("a dispute");
    assert!(book(&hands, "d", "charge.dispute.created", about).await.is_ok());
    assert_eq!(hands.order(&order.id).refunded_amount, Cents(100));
}

#[tokio::test]
async fn an_event_reads_its_order_once() {
    let hands = Hands::new().await;
    let order = hands.paid_unheard("a", &[("TASSE", 1)]).await;
    let session = json!({ "id": order.session_id.clone(), "object": "checkout.session" });
    let lookups = || hands.store.tables().lookups;
    let before = lookups();
    let booked = book(&hands, "e1", "checkout.session.completed", session).await.expect("booked");
    let Booked::Order(order) = booked else { panic!("it was for {}: {booked:?}", order.id) };
    assert_eq!((order.payment, lookups() - before), (Payment::Paid, 1));
    assert_eq!(order.version, hands.order(&order.id).version);
    let done = hands.till.run_effects_of(&order, 8).await.expect("a store");
    assert_eq!((done, lookups() - before), (2, 1), "shopper and owner are written to");
}

#[tokio::test]
async fn an_event_is_booked_once_though_it_changes_nothing() {
    let hands = Hands::new().await;
    let order = hands.begun("a", &[("TASSE", 1)]).await;
    let session = json!({ "id": order.session_id.clone(), "object": "checkout.session" });
    let kind = "charge.dispute.closed";
    assert_eq!(of(book(&hands, "e1", kind, session.clone()).await.expect("booked")), Some(order.id));
    hands.stripe.take("");
    assert_eq!(book(&hands, "e1", kind, session).await.expect("known"), Booked::Known);
    assert_eq!(hands.stripe.take("retrieve"), [""; 0], "nobody is asked again");
    let foreign = json!({ "id": "cs_other", "object": "checkout.session" });
    assert_eq!(book(&hands, "e2", kind, foreign.clone()).await.expect("booked"), Booked::Foreign);
    assert_eq!(book(&hands, "e2", kind, foreign).await.expect("known"), Booked::Known);
}

#[tokio::test]
async fn nothing_is_booked_or_swept_in_another_shops_database() {
    let mut hands = Hands::new().await;
    let order = hands.paid_unheard("a", &[("TASSE", 1)]).await;
    let row = |account: &str, livemode| ShopRow { stripe_account: account.to_owned(), livemode };
    assert!(hands.store.claim_shop(&row("acct_1", false)).await.expect("a store"));
    let session = json!({ "id": order.session_id.clone(), "object": "checkout.session" });
    hands.set(9000);
    for wrong in [row("acct_2", false), row("acct_1", true), row("", true)] {
        hands.till.ledger.owner = Some(wrong.clone());
        let kind = "checkout.session.completed";
        let booked = book(&hands, "e1", kind, session.clone()).await;
        assert!(matches!(booked, Err(TillError::NotOurs(_))), "{wrong:?}: {booked:?}");
        let foreign = book(&hands, "e2", kind, json!({})).await;
        assert!(matches!(foreign, Err(TillError::NotOurs(_))), "{wrong:?}: {foreign:?}");
        let swept = hands.till.sweep(10).await;
        assert!(matches!(swept, Err(TillError::NotOurs(_))), "{wrong:?}: {swept:?}");
    }
    assert_eq!(hands.order(&order.id).payment, Payment::Open);
    for id in ["e1", "e2"] {
        assert!(!hands.store.event_known(id).await.expect("a store"));
    }
    // If Stripe does not name the account, only its mode counts.
    hands.till.ledger.owner = Some(row("", false));
    book(&hands, "e1", "checkout.session.completed", session).await.expect("booked");
    assert_eq!(hands.order(&order.id).payment, Payment::Paid);
}

#[tokio::test]
async fn an_event_finds_its_order_by_session_payment_or_metadata() {
    let hands = Hands::new().await;
    let (order, session) = lost(&hands, "a").await;
    hands.stage.pay_unheard(&session, Means::Card);
    let meta = json!({ "id": session, "object": "checkout.session", "metadata": { "order_id": order.id } });
    let booked = book(&hands, "e1", "checkout.session.completed", meta).await.expect("booked");
    assert_eq!(of(booked), Some(order.id.clone()));
    let paid = hands.order(&order.id);
    assert_eq!((paid.payment, paid.session_id), (Payment::Paid, Some(session)));
    let intent = paid.payment_intent.expect("a payment");
    for (id, object) in [
        ("e2", json!({ "object": "charge", "payment_intent": intent })),
        ("e3", json!({ "object": "charge", "payment_intent": { "id": intent } })),
        ("e4", json!({ "id": intent, "object": "payment_intent" })),
    ] {
        let booked = book(&hands, id, "charge.dispute.closed", object).await.expect("booked");
        assert_eq!(of(booked), Some(order.id.clone()), "{id}");
    }
    // An object with a session's id that is not a session names no order.
    let other = json!({ "id": hands.order(&order.id).session_id, "object": "charge" });
    assert_eq!(book(&hands, "e5", "x", other).await.expect("booked"), Booked::Foreign);
}

#[tokio::test]
async fn a_session_that_an_event_names_for_the_wrong_order_is_left_alone() {
    let hands = Hands::new().await;
    let ((ours, _), (_, theirs)) = (lost(&hands, "a").await, lost(&hands, "b").await);
    let forged = json!({ "id": theirs, "object": "checkout.session", "metadata": { "order_id": ours.id } });
    let booked = book(&hands, "e1", "checkout.session.expired", forged).await;
    assert!(matches!(booked, Err(TillError::Payments(PaymentsError::Unknown(_)))), "{booked:?}");
    assert_eq!(hands.order(&ours.id).session_id, None);
    assert!(is_open(&hands, &theirs), "its shopper may be paying");
}

#[tokio::test]
async fn a_session_that_was_lost_is_sought_by_its_key_for_a_day_and_then_in_the_list() {
    let hands = Hands::new().await;
    let mut orders = Vec::new();
    for cart in ["a", "b", "c", "d"] {
        orders.push(lost(&hands, cart).await);
    }
    let settle = |order: &Order| {
        let id = order.id.clone();
        let hands = &hands;
        async move {
            hands.stripe.take("");
            let settled = hands.till.ledger.settle(&id, None).await;
            let asked = std::mem::take(&mut *hands.stripe.asked.lock().expect("one test"));
            (settled.map(|order| order.payment).map_err(|_| ()), asked.into_iter().next())
        }
    };
    let by_key = |order: &Order| Some(format!("create {}", order.idempotency_key));
    let in_list = |order: &Order| {
        Some(format!("find {} {} {}", order.id, (BEGIN - Duration::from_secs(3600)).0, after(86_400).0))
    };
    let (first, session) = &orders[0];
    hands.set(419);
    assert_eq!(settle(first).await, (Err(()), None), "it may still be on its way");
    assert!(is_open(&hands, session));
    hands.set(420);
    assert_eq!(settle(first).await, (Ok(Payment::Released), by_key(first)));
    assert!(!is_open(&hands, session), "nobody was ever given it");
    hands.set(23 * 3600 - 1);
    assert_eq!(settle(&orders[1].0).await, (Ok(Payment::Released), by_key(&orders[1].0)));
    hands.set(23 * 3600);
    // It was paid all the same: by then its idempotency key would create another session.
    let (old, session) = &orders[2];
    hands.stage.pay_unheard(session, Means::Card);
    assert_eq!(settle(old).await, (Ok(Payment::Paid), in_list(old)));
    // A request of another API version cannot be repeated unchanged.
    hands.set(420);
    let (mut other, _) = orders[3].clone();
    other.api_version = "2020-08-27".to_owned();
    hands.store.tables().orders.insert(other.id.clone(), other.clone());
    assert_eq!(settle(&other).await, (Ok(Payment::Released), in_list(&other)));
}

#[tokio::test]
async fn a_session_that_never_came_to_be_lets_its_pieces_go() {
    let hands = Hands::new().await;
    hands
        .stage
        .stripe
        .with_state(|state, _| state.mishap(Mishap::Drop, "POST /v1/checkout/sessions", Times::Next(2)));
    hands.till.checkout(&asked("a", &[("UNIQUE", 1)]), "a").await.expect_err("no answer came");
    let order = hands.store.order_of_cart("a-0123456789abcdef").await.expect("a store").expect("an order");
    // By now its session would end too soon for Stripe.
    hands.wait(480).await;
    let order = hands.till.ledger.settle(&order.id, None).await.expect("settled");
    assert_eq!((order.payment, order.refund), (Payment::Released, Refund::None));
    assert_eq!(hands.stripe.take("find"), [""; 0], "a clear refusal proves it");
    hands.till.ledger.settle(&order.id, None).await.expect("settled");
    assert_eq!(hands.stripe.take("create"), [""; 0], "what is over is not begun again");
}
