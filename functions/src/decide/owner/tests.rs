//! What owner and shopper may do by hand, for every state of an order.

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::testing;

const NOW: Timestamp = Timestamp(5000);

fn paid() -> Order {
    testing::order(Payment::Paid)
}

fn shipped() -> Order {
    Order { fulfilment: Fulfilment::Shipped, ..paid() }
}

fn sent(order: &Order) -> Result<Decision, Refused> {
    ship(order, &Tracking::default(), false)
}

fn bowls() -> StockKey {
    StockKey::new("BOL").expect("a key")
}

#[test]
fn only_what_is_paid_for_the_right_amount_and_not_called_off_is_sent_cancelled_or_withdrawn_from() {
    for payment in Payment::ALL.iter().copied().filter(|payment| *payment != Payment::Paid) {
        let order = testing::order(payment);
        assert_eq!(sent(&order), Err(Refused::NotPaid), "{payment:?}");
        assert_eq!(ship(&order, &Tracking::default(), true), Err(Refused::NotPaid), "{payment:?}");
        assert_eq!(cancel(&order, NOW), Err(Refused::NotPaid), "{payment:?}");
        assert_eq!(withdraw(&order, NOW), Err(Refused::NotPaid), "{payment:?}");
        let left = Order { fulfilment: Fulfilment::Shipped, ..order };
        assert_eq!(take_back(&left, &bowls(), 1), Err(Refused::NotPaid), "{payment:?}");
    }
    let cancelled = Order { fulfilment: Fulfilment::Cancelled, ..paid() };
    assert_eq!(ship(&cancelled, &Tracking::default(), true), Err(Refused::Cancelled));
    assert_eq!(cancel(&cancelled, NOW), Err(Refused::Cancelled));
    assert_eq!(withdraw(&cancelled, NOW), Err(Refused::Cancelled));
    assert_eq!(take_back(&cancelled, &bowls(), 1), Err(Refused::Cancelled));
    assert_eq!(cancel(&shipped(), NOW), Err(Refused::Shipped));
    assert_eq!(take_back(&paid(), &bowls(), 1), Err(Refused::NotShipped));
    let flagged = Order { flagged: true, ..paid() };
    assert_eq!(ship(&flagged, &Tracking::default(), true), Err(Refused::Flagged), "not even on purpose");
    assert_eq!(sent(&paid()).map(|decision| decision.next.fulfilment), Ok(Fulfilment::Shipped));
}

#[test]
fn every_dispute_that_is_not_won_and_all_money_that_goes_back_speak_against_sending() {
    for dispute in Dispute::ALL.iter().copied() {
        let order = Order { dispute, ..paid() };
        let doubts = Refused::Doubtful(Doubts { disputed: true, ..Doubts::default() });
        if matches!(dispute, Dispute::None | Dispute::Won) {
            assert!(sent(&order).is_ok(), "{dispute:?}");
        } else {
            assert_eq!(sent(&order), Err(doubts), "{dispute:?}");
            assert!(ship(&order, &Tracking::default(), true).is_ok(), "{dispute:?}");
        }
    }
    let refunded = Err(Refused::Doubtful(Doubts { refunded: true, ..Doubts::default() }));
    assert_eq!(sent(&Order { refunded_amount: Cents(1), ..paid() }), refunded);
    assert_eq!(sent(&Order { refund: Refund::Pending, ..paid() }), refunded, "it is on its way");
    assert!(sent(&Order { refund: Refund::Failed, ..paid() }).is_ok(), "the shop has the money");
    let withdrawn = Err(Refused::Doubtful(Doubts { withdrawn: true, ..Doubts::default() }));
    assert_eq!(sent(&Order { withdrawn_at: Some(Timestamp(0)), ..paid() }), withdrawn);
}

#[test]
fn an_order_that_is_called_off_gives_back_all_its_pieces_and_what_is_left_of_its_money() {
    let decision = cancel(&paid(), NOW).expect("it can be");
    assert_eq!(decision.next.fulfilment, Fulfilment::Cancelled);
    assert_eq!(decision.stock, StockChange::Return(BTreeMap::from([(bowls(), 2)])));
    let whole = vec![Effect { kind: EffectKind::Refund, cause: "all".to_owned() }];
    for (refunded, asked) in [(0, true), (6189, true), (6190, false)] {
        let order = Order { refunded_amount: Cents(refunded), ..paid() };
        let decision = cancel(&order, NOW).expect("it can be");
        assert_eq!(decision.effects, if asked { whole.clone() } else { Vec::new() }, "{refunded}");
        let expected = if asked { (Refund::Pending, Some(NOW + POLL)) } else { (Refund::None, None) };
        assert_eq!((decision.next.refund, decision.next.due_at), expected, "{refunded}");
    }
}

#[test]
fn no_more_comes_back_than_was_sent_and_each_piece_once() {
    let back = |order: &Order, asked| take_back(order, &bowls(), asked);
    let order = shipped();
    for asked in [-1, i64::MIN, 3, i64::MAX] {
        let refused = Refused::NotInOrder { key: bowls(), asked, ordered: 2, returned: 0 };
        assert_eq!(back(&order, asked), Err(refused));
    }
    let nothing = back(&order, 0).expect("nothing happens");
    assert!(nothing.is_idle(&order), "{nothing:?}");
    let first = back(&order, 1).expect("one");
    assert_eq!(first.stock, StockChange::Return(BTreeMap::from([(bowls(), 1)])));
    assert_eq!(first.next.returned, BTreeMap::from([(bowls(), 1)]));
    let refused = Refused::NotInOrder { key: bowls(), asked: 2, ordered: 2, returned: 1 };
    assert_eq!(back(&first.next, 2), Err(refused));
    let second = back(&first.next, 1).expect("the other");
    assert_eq!(second.next.returned, BTreeMap::from([(bowls(), 2)]));
    assert!(second.next.owned().values().all(|pieces| *pieces == 0));
    assert!(back(&second.next, 1).is_err());
    assert_eq!(back(&order, 2).expect("both at once").next.returned, second.next.returned);
    let other = StockKey::new("VASE").expect("a key");
    assert!(take_back(&order, &other, 1).is_err(), "it never had one");
}

#[test]
fn a_withdrawal_is_received_once_and_keeps_its_first_date() {
    for order in [paid(), shipped()] {
        let first = withdraw(&order, NOW).expect("received");
        assert_eq!(first.next.withdrawn_at, Some(NOW));
        let kinds: Vec<EffectKind> = first.effects.iter().map(|effect| effect.kind).collect();
        assert_eq!(kinds, [EffectKind::MailWithdrawal, EffectKind::MailWithdrawalNotice]);
        assert_eq!(first.stock, StockChange::None, "the goods are still with the shopper");
        let again = withdraw(&first.next, NOW + Duration::from_secs(60)).expect("received");
        assert!(again.is_idle(&first.next), "{again:?}");
    }
}
