//! How the till reads Stripe's answers: only a clear refusal proves that nothing was done.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use simulator::{Mishap, Times};
use till::decide::Payment;
use till::decide::settle::EffectKind;
use till::outside::hook::Hook;
use till::outside::mail::MailError;
use till::outside::store::Store as _;
use till::outside::stripe::{Payments as _, PaymentsError, Stripe};
use till::perform::TillError;

use crate::hands::{Answering, BEGIN, Hands, after, asked};
use crate::shop::Stage;

#[test]
fn a_key_says_itself_whether_it_moves_live_money() {
    let live = |key| Stripe::new(key, None).expect("a client").livemode();
    let keys = ["sk_live_x", "rk_live_x", "sk_test_x", "rk_test_x", "sk_test_live"];
    assert_eq!(keys.map(live), [true, true, false, false, false]);
}

#[tokio::test]
async fn an_answer_that_proves_nothing_keeps_the_pieces_held() {
    for status in [409, 429, 500, 503] {
        let hands = Hands::new().await;
        hands.stage.stripe.with_state(|state, _| {
            state.mishap(Mishap::Refuse(status), "POST /v1/checkout/sessions", Times::Always);
        });
        let answer = hands.till.checkout(&asked("a", &[("UNIQUE", 1)]), "a").await;
        assert!(
            matches!(answer, Err(TillError::Payments(PaymentsError::Unknown(_)))),
            "{status}: {answer:?}"
        );
        let order = hands.store.order_of_cart("a-0123456789abcdef").await.expect("a store");
        assert_eq!(order.map(|order| order.payment), Some(Payment::Pending), "{status}");
    }
}

#[tokio::test]
async fn an_order_is_not_let_go_before_its_page_is_closed() {
    let hands = Hands::new().await;
    let order = hands.begun("a", &[("UNIQUE", 1)]).await;
    hands.stage.stripe.with_state(|state, _| {
        state.mishap(Mishap::Refuse(503), "POST /v1/checkout/sessions/", Times::Next(1));
    });
    let failed = hands.till.ledger.abandon(&order.id).await;
    assert!(matches!(failed, Err(TillError::Payments(PaymentsError::Unknown(_)))), "{failed:?}");
    assert_eq!(hands.order(&order.id).payment, Payment::Open);
    assert_eq!(hands.till.ledger.abandon(&order.id).await.expect("closed").payment, Payment::Released);
}

#[tokio::test]
async fn a_clear_refusal_says_what_was_refused() {
    let hands = Hands::new().await;
    let order = hands.begun("a", &[("TABLIER", 1)]).await;
    let stripe = &hands.stage.till.ledger.payments;
    let missing = stripe.retrieve("cs_test_nowhere").await;
    assert!(
        matches!(&missing, Err(PaymentsError::Refused { code, .. }) if code == "resource_missing"),
        "{missing:?}"
    );
    // The same key with another request proves nothing about the first one.
    let other = order.request.replace("[quantity]=1", "[quantity]=2");
    assert_ne!(other, order.request);
    let reused = stripe.create(&other, &order.idempotency_key).await;
    assert!(matches!(reused, Err(PaymentsError::Unknown(_))), "{reused:?}");
}

#[tokio::test]
async fn a_session_is_found_behind_more_than_a_page_of_others() {
    let hands = Hands::new().await;
    let order = hands.begun("a", &[("TABLIER", 1)]).await;
    let other = hands.begun("b", &[("TABLIER", 1)]).await;
    let stripe = &hands.stage.till.ledger.payments;
    for number in 0..100 {
        stripe.create(&other.request, &format!("key-{number}")).await.expect("a session");
    }
    let found = async |id: &str, from, until| {
        stripe.find(id, from, until).await.expect("an answer").map(|session| session.id)
    };
    assert_eq!(found(&order.id, BEGIN, BEGIN).await, order.session_id);
    assert_eq!(found("NOBODY", BEGIN, BEGIN).await, None);
    assert_eq!(found(&order.id, after(1), after(9)).await, None, "it began before");
    assert_eq!(
        found(&order.id, BEGIN - Duration::from_secs(9), BEGIN - Duration::from_secs(1)).await,
        None,
        "it began afterwards"
    );
}

#[tokio::test]
async fn names_that_share_a_stock_are_said_once_each() {
    let stage = Stage::new().await;
    let skus = ["LOT-A", "LOT-B", "LOT-A", "RIEN", "not a sku"].map(str::to_owned);
    assert_eq!(stage.till.ledger.titles(&skus, "en"), "Bowl LOT-A + Bowl LOT-B + RIEN + not a sku");
    assert_eq!(stage.till.ledger.title("LOT-A", "fr"), "Bol LOT-A");
}

/// A host whose first builds fail.
struct Failing(AtomicI64);

#[async_trait]
impl Hook for Failing {
    async fn build(&self) -> Result<(), String> {
        if self.0.fetch_add(1, Ordering::Relaxed) < 2 { Err("down".to_owned()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_build_that_was_not_begun_is_asked_for_again_after_a_pause() {
    let mut hands = Hands::new().await;
    let hook = Arc::new(Failing(AtomicI64::new(0)));
    hands.till.sends.hook = hook.clone();
    hands.paid("a", &[("UNIQUE", 1)]).await;
    let due = 60 - BEGIN.0 % 60;
    for (at, asked) in
        [(due - 1, 0), (due, 1), (due + 29, 1), (due + 30, 2), (due + 89, 2), (due + 90, 3), (due + 999, 3)]
    {
        hands.set(at);
        hands.till.run_effects(20).await.expect("a store");
        assert_eq!(hook.0.load(Ordering::Relaxed), asked, "{at}");
    }
}

#[tokio::test]
async fn a_mail_that_never_can_go_is_looked_at_each_six_hours() {
    let mut hands = Hands::new().await;
    let post = Answering::with(Err(MailError::Never("no address".to_owned())));
    hands.till.sends.mailer = post.clone();
    let order = hands.paid("a", &[("TASSE", 1)]).await;
    let later = 6 * 3600;
    for (at, tried) in [(0, 1), (later - 1, 1), (later, 2), (2 * later - 1, 2), (2 * later, 3)] {
        hands.set(at);
        hands.till.run_effects(20).await.expect("a store");
        let expected = ["confirmation", "notice"].map(|name| format!("mail_{name} {tried} given up"));
        assert_eq!(hands.effects(&order), expected, "{at}");
    }
    assert_eq!(post.offered(), 6);
}

#[tokio::test]
async fn a_lost_link_is_mailed_once_an_hour_and_asked_for_as_often_as_is_allowed() {
    let mut hands = Hands::new().await;
    hands.till.ledger.limits.links_per_hour = 2;
    let order = hands.paid("a", &[("TASSE", 1)]).await;
    let left = 3600 - BEGIN.0 % 3600;
    let links = || {
        let tables = hands.store.tables();
        tables.outbox.values().filter(|row| row.task.kind == EffectKind::MailLink).count()
    };
    for (at, client, email, id, expected, mails) in [
        (left - 1, "x", "other@example.com", order.id.as_str(), Ok(None), 0),
        (left - 1, "x", "Anne@example.com", &order.id, Ok(Some(order.id.clone())), 1),
        (left - 1, "x", "anne@example.com", &order.id, Err(()), 1),
        (left - 1, "y", "anne@example.com", &order.id, Ok(Some(order.id.clone())), 1),
        (left - 1, "y", "", "0000-0000-00", Ok(None), 1),
        (left - 1, "y", "", "", Err(()), 1),
        (left, "x", "anne@example.com", &order.id, Ok(Some(order.id.clone())), 2),
        (left + 3599, "x", "anne@example.com", &order.id, Ok(Some(order.id.clone())), 2),
        (left + 3599, "x", "anne@example.com", &order.id, Err(()), 2),
    ] {
        hands.set(at);
        let answer = hands.till.mail_link(id, email, client).await.map(|found| found.map(|order| order.id));
        let answer = answer.map_err(|error| assert!(matches!(error, TillError::RateLimited), "{error}"));
        assert_eq!((answer, links()), (expected, mails), "{at} {client} {email}");
    }
    let unpaid = hands.begun("b", &[("TASSE", 1)]).await;
    for email in ["", "anne@example.com"] {
        assert_eq!(hands.till.mail_link(&unpaid.id, email, "z").await.expect("an answer"), None, "{email}");
    }
}
