//! What shopper and owner are told about refunds: the amount of each, and the total.

use std::sync::Arc;
use std::time::Duration;

use catalog::Cents;
use proptest::prelude::*;
use simulator::RefundFate;
use till::decide::order::Customer;
use till::decide::settle::{EffectKind, Intent, Observation, RefundSeen, Session, SessionStatus, Told};
use till::decide::{Dispute, Fulfilment, Order, Payment, Refund, decide};

use crate::owner::{Kept, charge, paid};
use crate::shop::Stage;

#[tokio::test]
async fn a_second_refund_that_fails_after_all_is_told() {
    let post = Arc::new(Kept::default());
    let stage = Stage::posted_by(post.clone()).await;
    let order = paid(&stage, "a", &[("TASSE", 1)]).await;
    let charge = charge(&stage, &order);
    stage.stripe.refund(&charge, Some(1000)).expect("a refund");
    stage.stripe.deliver().await;
    stage.stripe.with_state(|state, _| state.next_refund(RefundFate::FailsLater));
    stage.stripe.refund(&charge, Some(500)).expect("a refund");
    stage.stripe.deliver().await;
    stage.advance(120).await;
    stage.till.run_effects(50).await.expect("done");
    let texts = |kind: &str| -> Vec<String> {
        let told = post.about(kind).into_iter();
        told.map(|(_, text)| text.split('[').nth(1).unwrap_or_default().replace('\u{a0}', " ")).collect()
    };
    assert_eq!(texts("refund"), ["10,00 €/10,00 €]", "5,00 €/15,00 €]", "5,00 €/10,00 € undone]"]);
    assert_eq!(texts("refund_notice"), ["10,00 €/10,00 €]", "5,00 €/15,00 €]"]);
    assert_eq!(texts("refund_failed"), ["5,00 €/10,00 €]"]);
    let order = stage.till.ledger.store.order(&order.id).await.expect("a store").expect("an order");
    assert_eq!((order.refunded_amount, order.refund_failed), (Cents(1000), Cents(500)));
}

#[tokio::test]
async fn a_part_and_then_the_rest_do_not_contradict() {
    let post = Arc::new(Kept::default());
    let stage = Stage::posted_by(post.clone()).await;
    let order = paid(&stage, "a", &[("TASSE", 1)]).await;
    stage.stripe.refund(&charge(&stage, &order), Some(1000)).expect("a refund");
    stage.stripe.deliver().await;
    stage.till.ledger.cancel(&order.id).await.expect("cancelled");
    for _ in 0..3 {
        stage.till.run_effects(50).await.expect("done");
        stage.advance(120).await;
    }
    for kind in ["refund", "refund_notice"] {
        let told = post.about(kind).into_iter().map(|(_, text)| text.replace('\u{a0}', " "));
        let told: Vec<String> =
            told.map(|text| text.split('[').nth(1).unwrap_or_default().to_owned()).collect();
        assert_eq!(told, ["10,00 €/10,00 €]", "23,90 €/33,90 €]"], "{kind}");
    }
}

#[tokio::test]
async fn more_refunds_than_a_charge_shows_are_all_counted() {
    let stage = Stage::new().await;
    let order = paid(&stage, "a", &[("TASSE", 1)]).await;
    let charge = charge(&stage, &order);
    for count in 1..=12 {
        stage.stripe.refund(&charge, Some(100)).expect("a refund");
        stage.stripe.deliver().await;
        let order = stage.till.ledger.store.order(&order.id).await.expect("a store").expect("an order");
        assert_eq!(order.refunded_amount, Cents(100 * count));
    }
}

fn order() -> Order {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { paid(&Stage::new().await, "a", &[("TASSE", 1)]).await })
}

/// The order's session at Stripe with these refunds.
fn seen(order: &Order, refunds: &[RefundSeen]) -> Observation {
    Observation::Session(Box::new(Session {
        id: order.session_id.clone().expect("a session"),
        url: None,
        status: SessionStatus::Complete,
        paid: true,
        amount_total: Some(order.total),
        currency: Some("eur".to_owned()),
        livemode: order.livemode,
        order_id: Some(order.id.clone()),
        intent: Some(Intent {
            id: order.payment_intent.clone().expect("a payment"),
            processing: false,
            failed: false,
            refunds: refunds.to_vec(),
            dispute: Dispute::None,
        }),
        customer: Customer::default(),
        created: order.created_at,
    }))
}

#[test]
fn whatever_becomes_of_refunds_what_is_told_adds_up() {
    let paid = order();
    let states = [Refund::Pending, Refund::Done, Refund::Failed];
    let step = (0usize..4, 0usize..3, 1i64..900);
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    let sequences = (any::<bool>(), prop::collection::vec(step, 1..14));
    let run = |(cancelled, steps): (bool, Vec<(usize, usize, i64)>)| {
        let mut order = paid.clone();
        if cancelled {
            order.fulfilment = Fulfilment::Cancelled;
        }
        let (mut refunds, mut causes): (Vec<RefundSeen>, Vec<(EffectKind, String)>) = Default::default();
        for (which, state, amount) in steps {
            match refunds.get_mut(which) {
                // As at Stripe: what failed stays failed.
                Some(RefundSeen { state: Refund::Failed, .. }) => {}
                Some(refund) => refund.state = states[state],
                None => refunds.push(RefundSeen { amount: Cents(amount), state: states[state] }),
            }
            // Observed twice: by the event and by the sweep.
            for _ in 0..2 {
                let decision =
                    decide(&order, &seen(&order, &refunds), order.created_at + Duration::from_secs(9000));
                causes.extend(decision.effects.iter().map(|effect| (effect.kind, effect.cause.clone())));
                let idle = decision.is_idle(&order);
                let version = order.version + i64::from(!idle);
                order = Order { version, ..decision.next };
            }
            prop_assert_eq!(order.payment, Payment::Paid);
            let sum =
                |state| refunds.iter().filter(|one| one.state == state).map(|one| one.amount).sum::<Cents>();
            let told = |kind| {
                let causes = causes.iter().filter(move |(known, _)| *known == kind);
                causes.map(|(_, cause)| Told::of(cause).expect("amounts")).collect::<Vec<Told>>()
            };
            let (done, failed) = (sum(Refund::Done), sum(Refund::Failed));
            let shopper = told(EffectKind::MailRefund);
            prop_assert_eq!(shopper.iter().map(|told| told.this).sum::<Cents>(), done);
            prop_assert_eq!(shopper.last().map_or(Cents::ZERO, |told| told.in_all), done);
            let owner = told(EffectKind::MailRefundFailed);
            prop_assert_eq!(owner.iter().map(|told| told.this).sum::<Cents>(), failed);
            let mut unique = causes.clone();
            unique.sort();
            unique.dedup();
            prop_assert_eq!(unique.len(), causes.len(), "nothing is told twice: {:?}", causes);
        }
        Ok(())
    };
    proptest::test_runner::TestRunner::new(config).run(&sequences, run).expect("what is told adds up");
}
