//! Effects that fail: when and how often they are retried, and who is told.

use std::future::Future as _;
use std::sync::Arc;
use std::task::{Context, Waker};

use async_trait::async_trait;
use catalog::Cents;
use till::decide::settle::{Effect, EffectKind};
use till::decide::{Order, Payment, Refund};
use till::outside::mail::{Mail, MailError, Mailer};
use till::outside::store::Store as _;
use till::outside::stripe::PaymentsError;

use crate::hands::{Answering, Hands};
use crate::owner::charge;
use crate::shop::Stage;

const LATER: i64 = 6 * 3600;

async fn run(hands: &Hands, at: i64) {
    hands.set(at);
    hands.till.run_effects(20).await.expect("a store");
}

#[tokio::test]
async fn a_mail_that_fails_is_tried_again_after_a_pause_that_doubles() {
    let mut hands = Hands::new().await;
    let post = Answering::with(Err(MailError::Later("down".to_owned())));
    hands.till.sends.mailer = post.clone();
    let order = hands.paid("a", &[("TASSE", 1)]).await;
    // Two mails wait: each pause begins with the previous attempt.
    for (at, offered) in [(0, 2), (0, 2), (29, 2), (30, 4), (89, 4), (90, 6), (209, 6), (210, 8)] {
        run(&hands, at).await;
        assert_eq!(post.offered(), offered, "{at}");
    }
    *post.0.lock().expect("one test") = Ok(());
    run(&hands, 450).await;
    assert_eq!(hands.effects(&order), ["mail_confirmation 5 done", "mail_notice 5 done"]);
    run(&hands, 99_999).await;
    assert_eq!(post.offered(), 10, "what is done is done");
}

#[tokio::test]
async fn a_mail_that_is_refused_is_offered_thirty_times() {
    let mut hands = Hands::new().await;
    let post = Answering::with(Err(MailError::Refused("full".to_owned())));
    hands.till.sends.mailer = post.clone();
    let order = hands.paid("a", &[("TASSE", 1)]).await;
    for attempt in 1..30 {
        run(&hands, attempt * LATER).await;
        let expected = ["confirmation", "notice"].map(|name| format!("mail_{name} {attempt}"));
        assert_eq!(hands.effects(&order), expected);
    }
    for attempt in [30, 31, 300] {
        run(&hands, attempt * LATER).await;
        assert_eq!(hands.effects(&order), ["mail_confirmation 30 given up", "mail_notice 30 given up"]);
    }
    assert_eq!((post.offered(), hands.till.given_up().await.expect("a store")), (60, 2));
}

/// A server that never answers.
struct Silent;

#[async_trait]
impl Mailer for Silent {
    async fn send(&self, _: &Mail) -> Result<(), MailError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn an_effect_belongs_to_who_took_it_and_is_anybodys_when_they_are_gone() {
    let mut hands = Hands::new().await;
    let post = Answering::with(Ok(()));
    hands.till.sends.mailer = post.clone();
    let order = hands.paid("a", &[("TASSE", 1)]).await;
    let mut dying = hands.till.clone();
    dying.sends.mailer = Arc::new(Silent);
    {
        let mut sending = Box::pin(dying.run_effects(20));
        assert!(sending.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        for at in [0, 89] {
            run(&hands, at).await;
            assert_eq!(post.offered(), 0, "{at}: it is being sent");
        }
    }
    run(&hands, 90).await;
    assert_eq!(hands.effects(&order), ["mail_confirmation 2 done", "mail_notice 2 done"]);
}

#[tokio::test]
async fn a_mail_that_cannot_be_written_waits_for_its_template() {
    let stage = Stage::with(|settings| {
        settings.till.templates.insert("mails/notice.txt".to_owned(), "{{ nothing.there }}".to_owned());
    })
    .await;
    let hands = Hands::on(stage, false);
    let order = hands.paid("a", &[("TASSE", 1)]).await;
    for (at, tried) in [(0, 1), (29, 1), (30, 2)] {
        run(&hands, at).await;
        assert_eq!(
            hands.effects(&order),
            ["mail_confirmation 1 done".to_owned(), format!("mail_notice {tried}")]
        );
    }
}

fn all() -> [Effect; 1] {
    [Effect { kind: EffectKind::Refund, cause: "all".to_owned() }]
}

/// Runs a refund of an order in this state; returns how often Stripe was called, and the state of the effect.
async fn refunded(hands: &Hands, order: Order) -> (usize, String) {
    hands.till.run_effects(20).await.expect("a store");
    hands.store.tables().orders.insert(order.id.clone(), order.clone());
    hands.store.enqueue(&order.id, &all(), hands.till.ledger.now()).await.expect("a store");
    hands.stripe.take("");
    hands.till.run_effects_of(&order, 20).await.expect("a store");
    let stands = hands.effects(&order).into_iter().find(|effect| effect.starts_with("refund "));
    (hands.stripe.take("refund").len(), stands.expect("a refund"))
}

#[tokio::test]
async fn a_refund_is_asked_for_until_everything_is_back() {
    let hands = Hands::new().await;
    let done = || "refund 1 done".to_owned();
    let mut carts = 0..;
    let mut fresh = async || {
        let cart = format!("c{}", carts.next().unwrap_or_default());
        hands.paid(&cart, &[("TABLIER", 1)]).await
    };
    for (refund, short, flagged, times) in [
        (Refund::Done, 0, false, 0),
        (Refund::Done, 1, false, 1),
        (Refund::Done, 1, true, 0),
        (Refund::Pending, 0, true, 1),
        (Refund::Failed, 0, false, 1),
    ] {
        let order = fresh().await;
        let order = Order { refund, refunded_amount: order.total - Cents(short), flagged, ..order };
        assert_eq!(refunded(&hands, order).await, (times, done()), "{refund:?} {short} {flagged}");
    }
    let unknown = Order { payment_intent: None, ..fresh().await };
    let waits = refunded(&hands, Order { total: Cents(1), ..unknown }).await;
    assert_eq!(waits, (0, "refund 1".to_owned()), "its payment will be known");
    let free = Order { payment_intent: None, total: Cents::ZERO, ..fresh().await };
    assert_eq!(refunded(&hands, free).await, (0, done()), "there is nothing to give back");
    for payment in [Payment::Pending, Payment::Open, Payment::AwaitingFunds, Payment::Released] {
        let unpaid = Order { payment_intent: None, payment, ..fresh().await };
        let given_up = refunded(&hands, unpaid).await;
        assert_eq!(given_up, (0, "refund 1 given up".to_owned()), "{payment:?}");
    }
}

#[tokio::test]
async fn a_refund_that_stripe_does_not_take_is_asked_for_under_one_key_and_the_owner_is_told_once() {
    let hands = Hands::new().await;
    let order = hands.paid("a", &[("TASSE", 1)]).await;
    run(&hands, 0).await;
    hands.till.ledger.cancel(&order.id).await.expect("cancelled");
    let told = |hands: &Hands| {
        hands.effects(&order).into_iter().filter(|effect| effect.starts_with("mail_refund_failed")).count()
    };
    let failures = [
        PaymentsError::Unknown("down".to_owned()),
        PaymentsError::Refused {
            code: "insufficient_funds".to_owned(),
            param: String::new(),
            message: String::new(),
        },
    ];
    hands.stripe.take("");
    for (attempt, (at, expected)) in [(0, 0), (30, 0), (90, 1), (210, 1), (450, 1)].into_iter().enumerate() {
        *hands.stripe.refuse.lock().expect("one test") = Some(failures[attempt % 2].clone());
        run(&hands, at).await;
        assert_eq!(told(&hands), expected, "{at}");
    }
    *hands.stripe.refuse.lock().expect("one test") = None;
    run(&hands, 450 + 480).await;
    let asked = hands.stripe.take("refund");
    let intent = order.payment_intent.clone().expect("a payment");
    assert_eq!(asked, vec![format!("refund {intent} None {}-refund-all", order.id); 6]);
    let order = hands.order(&order.id);
    assert_eq!((order.refund, order.refunded_amount), (Refund::Done, order.total));
}

#[tokio::test]
async fn what_the_owner_gave_back_at_stripe_counts_as_given_back() {
    let hands = Hands::new().await;
    let order = hands.paid("a", &[("TASSE", 1)]).await;
    run(&hands, 0).await;
    hands.till.ledger.cancel(&order.id).await.expect("cancelled");
    hands.stage.stripe.refund(&charge(&hands.stage, &order), None).expect("a refund");
    run(&hands, 0).await;
    let order = hands.order(&order.id);
    assert_eq!((order.refund, order.refunded_amount), (Refund::Done, order.total));
    assert!(hands.effects(&order).contains(&"refund 1 done".to_owned()), "{:?}", hands.effects(&order));
}

#[tokio::test]
async fn an_effect_whose_order_is_gone_is_given_up_at_once() {
    let hands = Hands::new().await;
    hands.store.enqueue("GONE", &all(), hands.till.ledger.now()).await.expect("a store");
    for at in [0, 99_999] {
        run(&hands, at).await;
        let undone = hands.till.ledger.store.undone_tasks(None).await.expect("a store");
        assert_eq!((undone.len(), undone[0].attempts, undone[0].given_up_at.is_some()), (1, 1, true));
    }
}
