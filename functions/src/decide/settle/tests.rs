//! Every state of an order with every observation of its session.

use super::*;
use crate::testing::order;

/// Well before the session's end, and well after it.
const NOW: Timestamp = Timestamp(2000);
const LATE: Timestamp = Timestamp(9000);

/// The order's session, paid as it should be.
fn session(order: &Order, status: SessionStatus) -> Session {
    Session {
        id: "cs_1".to_owned(),
        url: (status == SessionStatus::Open).then(|| "https://pay.example/cs_1".to_owned()),
        status,
        paid: status == SessionStatus::Complete,
        amount_total: Some(order.total),
        currency: Some("eur".to_owned()),
        livemode: order.livemode,
        order_id: Some(order.id.clone()),
        intent: None,
        customer: Customer::default(),
        created: order.created_at,
    }
}

fn intent(failed: bool, refunds: &[(i64, Refund)], dispute: Dispute) -> Option<Intent> {
    let refunds = refunds.iter().map(|(amount, state)| RefundSeen { amount: Cents(*amount), state: *state });
    Some(Intent { id: "pi_1".to_owned(), processing: false, failed, refunds: refunds.collect(), dispute })
}

/// What is decided on a session, changed by `change`.
fn decided(order: &Order, status: SessionStatus, change: impl FnOnce(&mut Session)) -> Decision {
    let mut session = session(order, status);
    change(&mut session);
    decide(order, &Observation::Session(Box::new(session)), NOW)
}

fn kinds(decision: &Decision) -> Vec<EffectKind> {
    decision.effects.iter().map(|effect| effect.kind).collect()
}

use EffectKind as E;
use SessionStatus::{Complete, Expired, Open};

#[test]
fn only_the_right_amount_in_the_right_currency_and_mode_pays_an_order() {
    for livemode in [false, true] {
        for payment in [Payment::Pending, Payment::Open, Payment::AwaitingFunds, Payment::Released] {
            let order = Order { livemode, ..order(payment) };
            let held = payment.holds();
            let right = decided(&order, Complete, |_| {});
            assert_eq!((right.next.payment, right.next.flagged), (Payment::Paid, false), "{payment:?}");
            assert_eq!(right.stock, if held { StockChange::Sell } else { StockChange::SellLate });
            assert_eq!(kinds(&right), [E::MailConfirmation, E::MailNotice]);
            assert_eq!((right.next.paid_at, right.next.due_at), (Some(NOW), None));
            assert_eq!(right.next.refund, Refund::None);

            type Change = fn(&mut Session);
            let wrong: [(&str, Change); 7] = [
                ("a cent less", |seen| seen.amount_total = seen.amount_total.map(|all| all - Cents(1))),
                ("a cent more", |seen| seen.amount_total = seen.amount_total.map(|all| all + Cents(1))),
                ("no amount", |seen| seen.amount_total = None),
                ("dollars", |seen| seen.currency = Some("usd".to_owned())),
                ("a currency nobody knows", |seen| seen.currency = Some("xxx".to_owned())),
                ("no currency", |seen| seen.currency = None),
                ("the other mode", |seen| seen.livemode = !seen.livemode),
            ];
            for (what, change) in wrong {
                let flagged = decided(&order, Complete, change);
                assert_eq!(
                    (flagged.next.payment, flagged.next.flagged),
                    (Payment::RefundDue, true),
                    "{what}"
                );
                assert_eq!(flagged.stock, if held { StockChange::Release } else { StockChange::None });
                assert_eq!(kinds(&flagged), [E::Refund, E::MailFlagged], "{what}");
                assert_eq!((flagged.next.refund, flagged.next.paid_at), (Refund::Pending, Some(NOW)));
            }
        }
    }
}

#[test]
fn what_was_paid_or_goes_back_is_not_paid_again_and_not_let_go() {
    for payment in [Payment::Paid, Payment::RefundDue] {
        let order = order(payment);
        for status in [Open, Complete, Expired] {
            let decision = decided(&order, status, |seen| seen.amount_total = Some(Cents(1)));
            let next = &decision.next;
            assert_eq!((next.payment, next.flagged, next.paid_at), (payment, false, None), "{status:?}");
            assert_eq!((&decision.stock, kinds(&decision)), (&StockChange::None, vec![]), "{status:?}");
        }
    }
}

#[test]
fn that_there_is_no_session_ends_only_an_order_that_has_none() {
    for payment in Payment::ALL.iter().copied() {
        let order = order(payment);
        let decision = decide(&order, &Observation::NoSession, NOW);
        if payment == Payment::Pending {
            assert_eq!((decision.next.payment, &decision.stock), (Payment::Released, &StockChange::Release));
            assert_eq!(decision.next.session_url, None, "nobody is sent there any more");
        } else {
            assert_eq!((decision.next.payment, &decision.stock), (payment, &StockChange::None));
        }
        assert_eq!(kinds(&decision), []);
    }
}

#[test]
fn a_session_of_another_order_decides_nothing() {
    for payment in Payment::ALL.iter().copied() {
        for status in [Open, Complete, Expired] {
            let order = order(payment);
            let decision = decided(&order, status, |seen| {
                seen.id = "cs_2".to_owned();
                seen.intent = intent(false, &[(100, Refund::Done)], Dispute::Open);
                seen.customer.email = Some("other@example.com".to_owned());
            });
            assert!(decision.is_idle(&order), "{payment:?} {status:?}: {decision:?}");
        }
    }
    let unknown = Order { session_id: None, ..order(Payment::Pending) };
    let decision = decided(&unknown, Open, |_| {});
    assert_eq!(decision.next.session_id.as_deref(), Some("cs_1"), "the first one is kept");
    assert_eq!(decision.next.payment, Payment::Open);
}

#[test]
fn money_that_is_not_back_after_all_is_told_once_to_each() {
    let order = Order { refunded_amount: Cents(1000), refund: Refund::Done, ..order(Payment::Paid) };
    for (refunds, told) in [
        (&[(1000, Refund::Done)][..], &[][..]),
        (&[(1001, Refund::Done)], &[E::MailRefund, E::MailRefundNotice]),
        // Stripe no longer shows it.
        (&[(999, Refund::Done)], &[E::MailRefund, E::MailRefundNotice]),
        (&[], &[E::MailRefund, E::MailRefundNotice]),
        // `MailRefundFailed` already reports it to the owner.
        (&[(1000, Refund::Failed)], &[E::MailRefund, E::MailRefundFailed]),
    ] {
        let decision = decided(&order, Complete, |seen| seen.intent = intent(false, refunds, Dispute::None));
        assert_eq!(kinds(&decision), told, "{refunds:?}");
    }
}

#[test]
fn a_session_that_expired_lets_held_pieces_go_once() {
    for payment in [Payment::Pending, Payment::Open, Payment::AwaitingFunds] {
        let decision = decided(&order(payment), Expired, |_| {});
        assert_eq!((decision.next.payment, &decision.stock), (Payment::Released, &StockChange::Release));
        assert_eq!((decision.next.session_url, decision.next.due_at), (None, None));
    }
    let released = Order { session_url: None, ..order(Payment::Released) };
    assert!(decided(&released, Expired, |_| {}).is_idle(&released));
    let open = decided(&released, Open, |_| {});
    assert_eq!((open.next.payment, &open.stock), (Payment::Released, &StockChange::None));
}

#[test]
fn without_money_a_confirmed_order_waits_and_a_failed_one_is_let_go() {
    let unpaid = |payment, failed| {
        decided(&order(payment), Complete, |seen| {
            seen.paid = false;
            seen.intent = intent(failed, &[], Dispute::None);
        })
    };
    for payment in [Payment::Pending, Payment::Open] {
        let waits = unpaid(payment, false);
        assert_eq!((waits.next.payment, &waits.stock), (Payment::AwaitingFunds, &StockChange::None));
        assert_eq!(kinds(&waits), [E::MailAwaiting]);
        let failed = unpaid(payment, true);
        assert_eq!((failed.next.payment, &failed.stock), (Payment::Released, &StockChange::Release));
        assert_eq!(kinds(&failed), [], "nobody was told to wait");
    }
    let waits = unpaid(Payment::AwaitingFunds, false);
    assert_eq!((waits.next.payment, kinds(&waits)), (Payment::AwaitingFunds, vec![]), "told once");
    let failed = unpaid(Payment::AwaitingFunds, true);
    assert_eq!((failed.next.payment, &failed.stock), (Payment::Released, &StockChange::Release));
    assert_eq!(kinds(&failed), [E::MailPaymentFailed]);
    for failed in [false, true] {
        let released = unpaid(Payment::Released, failed);
        assert_eq!((released.next.payment, &released.stock), (Payment::Released, &StockChange::None));
        assert_eq!(kinds(&released), [], "its pieces may be sold already");
    }
}

#[test]
fn the_customer_is_known_once_they_confirmed_and_is_never_forgotten() {
    let known = |text: &str| Some(text.to_owned());
    let there =
        |line1: &str| crate::decide::address::PostalAddress { line1: known(line1), ..Default::default() };
    let seen = Customer { email: known("a@x"), name: known("A"), phone: known("1"), address: there("Rue 1") };
    let before = order(Payment::Open);
    let open = decided(&before, Open, |session| session.customer = seen.clone());
    assert_eq!(open.next.customer, Customer::default(), "still typing");
    let paid = decided(&before, Complete, |session| {
        session.customer = seen.clone();
        session.intent = intent(false, &[], Dispute::None);
    });
    assert_eq!(paid.next.customer, seen);
    assert_eq!(paid.next.payment_intent.as_deref(), Some("pi_1"));
    let less = decided(&paid.next, Complete, |session| session.customer.name = known("B"));
    assert_eq!(less.next.customer, Customer { name: known("B"), ..seen });
    assert_eq!(less.next.payment_intent.as_deref(), Some("pi_1"));
}

#[test]
fn refunds_count_only_when_they_arrived_and_the_rest_is_still_on_its_way() {
    use Refund::{Done, Failed, None, Pending};
    let all = 6190;
    /// State of the refunds, sum done, sum failed.
    type Stand = (Refund, i64, i64);
    /// Refunds as seen, and whether the order is cancelled.
    type Row<'a> = (&'a [(i64, Refund)], bool, Stand);
    let table: &[Row<'_>] = &[
        (&[], false, (None, 0, 0)),
        (&[], true, (Pending, 0, 0)),
        (&[(1000, Pending)], false, (Pending, 0, 0)),
        (&[(1000, Done)], false, (Done, 1000, 0)),
        (&[(1000, Failed)], false, (Failed, 0, 1000)),
        (&[(1000, Done), (500, Pending)], false, (Pending, 1000, 0)),
        (&[(1000, Done), (500, Failed)], false, (Done, 1000, 500)),
        (&[(1000, Failed), (500, Pending)], false, (Pending, 0, 1000)),
        (&[(all, Pending)], true, (Pending, 0, 0)),
        (&[(all - 1, Done)], true, (Pending, all - 1, 0)),
        (&[(all, Done)], true, (Done, all, 0)),
        (&[(all, Failed)], true, (Failed, 0, all)),
        (&[(1000, Done), (all - 1000, Failed)], true, (Failed, 1000, all - 1000)),
        (&[(all, Failed), (all, Done)], true, (Done, all, all)),
        (&[(all, Failed), (all, Pending)], true, (Pending, 0, all)),
    ];
    let stands = |order: &Order, refunds: &[(i64, Refund)], paid: i64| {
        let decision = decided(order, Complete, |seen| {
            seen.amount_total = Some(Cents(paid));
            seen.intent = intent(false, refunds, Dispute::None);
        });
        (decision.next.refund, decision.next.refunded_amount.0, decision.next.refund_failed.0)
    };
    for (refunds, cancelled, expected) in table {
        let mut order = order(Payment::Paid);
        if *cancelled {
            order.fulfilment = Fulfilment::Cancelled;
        }
        assert_eq!(stands(&order, refunds, all), *expected, "{refunds:?}, cancelled: {cancelled}");
    }
    // What Stripe took goes back, even if it is another amount.
    let flagged = Order { flagged: true, ..order(Payment::RefundDue) };
    assert_eq!(stands(&flagged, &[], 100), (Pending, 0, 0));
    assert_eq!(stands(&flagged, &[(99, Done)], 100), (Pending, 99, 0));
    assert_eq!(stands(&flagged, &[(100, Done)], 100), (Done, 100, 0));
    assert_eq!(stands(&flagged, &[(all, Done)], 9000), (Pending, all, 0));
    assert_eq!(stands(&flagged, &[(100, Failed)], 100), (Failed, 0, 100));
}

#[test]
fn a_dispute_is_written_down_as_it_is_seen_and_told_when_it_changes() {
    for before in Dispute::ALL.iter().copied() {
        for seen in Dispute::ALL.iter().copied() {
            let order = Order { dispute: before, ..order(Payment::Paid) };
            let decision = decided(&order, Complete, |session| session.intent = intent(false, &[], seen));
            let becomes = if seen == Dispute::None { before } else { seen };
            assert_eq!(decision.next.dispute, becomes, "{before:?}, then {seen:?}");
            let told: Vec<String> =
                if becomes == before { vec![] } else { vec![format!("{}_3", seen.as_str())] };
            let causes: Vec<String> = decision.effects.iter().map(|effect| effect.cause.clone()).collect();
            assert_eq!(causes, told, "{before:?}, then {seen:?}");
            assert!(decision.effects.iter().all(|effect| effect.kind == E::MailDispute));
        }
    }
}

#[test]
fn someone_looks_again_when_something_may_have_changed_and_not_before() {
    let due = |order: &Order, now| decide(order, &Observation::NoSession, now).next.due_at;
    let waits = |payment, refund| Order { refund, ..order(payment) };
    // `decide` runs on a session of another order, which leaves the order as it is.
    let other = |order: &Order, now| {
        let session = Session { id: "cs_2".to_owned(), ..session(order, Open) };
        decide(order, &Observation::Session(Box::new(session)), now).next.due_at
    };
    let pending = order(Payment::Pending);
    assert_eq!(other(&pending, Timestamp(1000)), Some(Timestamp(1420)), "seven minutes after it was begun");
    assert_eq!(other(&pending, Timestamp(1360)), Some(Timestamp(1420)));
    assert_eq!(other(&pending, Timestamp(1361)), Some(Timestamp(1421)), "then each minute");
    let open = order(Payment::Open);
    assert_eq!(due(&open, Timestamp(1000)), Some(Timestamp(3160)), "a minute after its end");
    assert_eq!(due(&open, Timestamp(3100)), Some(Timestamp(3160)));
    assert_eq!(due(&open, Timestamp(3101)), Some(Timestamp(3161)), "then each minute");
    assert_eq!(due(&order(Payment::AwaitingFunds), LATE), Some(LATE + POLL));
    for payment in [Payment::Paid, Payment::RefundDue] {
        for refund in Refund::ALL.iter().copied() {
            let expected = (refund == Refund::Pending).then_some(LATE + POLL);
            assert_eq!(due(&waits(payment, refund), LATE), expected, "{payment:?} {refund:?}");
        }
    }
    assert_eq!(due(&waits(Payment::Released, Refund::Pending), LATE), None);
}

#[test]
fn what_was_paid_too_late_goes_back_and_both_are_told() {
    let order = order(Payment::Released);
    let late = decided(&order, Complete, |seen| seen.intent = intent(false, &[], Dispute::None));
    assert_eq!(late.stock, StockChange::SellLate);
    let gone = late_and_gone(late, NOW);
    assert_eq!((gone.next.payment, gone.next.refund), (Payment::RefundDue, Refund::Pending));
    assert_eq!((&gone.stock, gone.next.due_at), (&StockChange::None, Some(NOW + POLL)));
    assert_eq!(kinds(&gone), [E::Refund, E::MailGone, E::MailGoneNotice]);
    assert_eq!((gone.next.paid_at, gone.next.flagged), (Some(NOW), false));
}

#[test]
fn deciding_twice_on_one_sight_changes_nothing_the_second_time() {
    for payment in Payment::ALL.iter().copied() {
        for status in [Open, Complete, Expired] {
            for (paid, failed) in [(true, false), (false, false), (false, true)] {
                let order = order(payment);
                let mut seen = session(&order, status);
                seen.paid = paid && status == Complete;
                seen.intent = intent(failed, &[(100, Refund::Done)], Dispute::Won);
                let seen = Observation::Session(Box::new(seen));
                let first = decide(&order, &seen, NOW).next;
                let second = decide(&first, &seen, LATE);
                assert!(second.is_idle(&first), "{payment:?} {status:?} {paid} {failed}: {second:?}");
            }
        }
    }
}

#[test]
fn a_decision_moves_the_pieces_of_all_lines_of_a_stock_together() {
    let key = StockKey::new("BOL").expect("a key");
    let paid = decided(&order(Payment::Open), Complete, |_| {});
    assert_eq!(paid.pieces(), BTreeMap::from([(key.clone(), 2)]));
    let mut order = paid.next;
    assert_eq!((order.goods(), order.owned()), (Cents(5600), BTreeMap::from([(key.clone(), 2)])));
    order.returned = BTreeMap::from([(key.clone(), 1)]);
    assert_eq!(order.owned(), BTreeMap::from([(key, 1)]), "one came back");
    order.fulfilment = Fulfilment::Cancelled;
    assert!(!order.owns() && order.owned().is_empty());
    for payment in Payment::ALL.iter().copied() {
        assert_eq!(crate::testing::order(payment).owns(), payment == Payment::Paid);
    }
}

#[test]
fn amounts_in_a_cause_are_read_as_they_were_written() {
    for told in
        [Told { this: Cents(1000), in_all: Cents(1500) }, Told { this: Cents(-500), in_all: Cents::ZERO }]
    {
        assert_eq!(Told::of(&told.cause(7)), Some(told));
    }
    assert_eq!(
        Told::of("1500"),
        Some(Told { this: Cents(1500), in_all: Cents(1500) }),
        "as older tills wrote it"
    );
    assert_eq!(
        ["", "asking", "7_x_1", "7_1_x"].map(Told::of),
        [None, None, Some(Told { this: Cents(7), in_all: Cents(7) }), None]
    );
}
