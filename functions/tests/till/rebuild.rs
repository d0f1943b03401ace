//! Sales are counted again from Stripe, after the database was lost and an older copy restored.

use std::collections::BTreeMap;

use catalog::{StockKey, Timestamp};
use simulator::Means;
use till::decide::Payment;
use till::outside::store::Store as _;

use crate::hands::{BEGIN, Hands};

const DAY: i64 = 86_400;

fn key(name: &str) -> StockKey {
    StockKey::new(name).expect("a key")
}

/// How many pieces are sold, for each key with any.
fn sold(hands: &Hands) -> BTreeMap<String, i64> {
    let tables = hands.store.tables();
    let sold = tables.stock.iter().filter(|(_, taken)| taken.sold != 0);
    sold.map(|(key, taken)| (key.to_string(), taken.sold)).collect()
}

fn counts(of: &[(&str, i64)]) -> BTreeMap<String, i64> {
    of.iter().map(|(key, count)| ((*key).to_owned(), *count)).collect()
}

#[tokio::test]
async fn what_orders_of_the_copy_own_and_what_lost_ones_bought_is_sold() {
    let hands = Hands::new().await;
    let kept = hands.paid("kept", &[("TASSE", 1)]).await;
    let copy = hands.store.tables().clone();
    hands.paid("lost", &[("TASSE", 2), ("LOT-A", 1)]).await;
    hands.paid("lost-too", &[("LOT-B", 2)]).await;
    hands.begun("left", &[("UNIQUE", 1)]).await;
    *hands.store.tables() = copy;
    for _ in 0..2 {
        let rebuilt = hands.till.ledger.rebuild_stock().await.expect("counted");
        assert_eq!((rebuilt.sessions, rebuilt.lost, rebuilt.pieces), (3, 2, 5));
        assert_eq!(rebuilt.oversold, BTreeMap::new(), "all three of a lot may be sold");
        assert_eq!(sold(&hands), counts(&[("LOT", 3), ("TASSE", 3)]));
        assert_eq!(rebuilt.asked, 1);
        let due = hands.store.due_orders(Timestamp(BEGIN.0), 9).await.expect("a store");
        assert_eq!(due, [kept.id.as_str()], "what became of it since the copy is asked");
    }
}

#[tokio::test]
async fn a_bank_that_has_not_refused_counts_as_sold() {
    for (means, days, bought) in [
        (Means::Card, 0, true),
        (Means::Debit, 0, true),
        (Means::FailingDebit, 0, true),
        (Means::Debit, 30, true),
        (Means::FailingDebit, 30, false),
    ] {
        let hands = Hands::new().await;
        let order = hands.begun("lost", &[("TASSE", 2)]).await;
        hands.stage.pay_unheard(&order.session_url.expect("where to pay"), means);
        *hands.store.tables() = Default::default();
        hands.wait(days * DAY).await;
        let rebuilt = hands.till.ledger.rebuild_stock().await.expect("counted");
        assert_eq!((rebuilt.sessions, rebuilt.lost), (usize::from(bought), usize::from(bought)), "{means:?}");
        assert_eq!(sold(&hands), counts(if bought { &[("TASSE", 2)] } else { &[] }), "{means:?} {days}");
    }
}

#[tokio::test]
async fn a_piece_that_an_order_of_the_copy_and_a_lost_one_have_is_named() {
    for (sku, quantity, paid, too_many) in
        [("UNIQUE", 1, true, 1), ("UNIQUE", 1, false, 1), ("TASSE", 4, false, 2), ("TASSE", 3, true, 0)]
    {
        let hands = Hands::new().await;
        let empty = hands.store.tables().clone();
        match paid {
            true => drop(hands.paid("a", &[(sku, quantity)]).await),
            false => drop(hands.begun("a", &[(sku, quantity)]).await),
        }
        let copy = std::mem::replace(&mut *hands.store.tables(), empty);
        hands.paid("b", &[(sku, quantity)]).await;
        *hands.store.tables() = copy;
        let rebuilt = hands.till.ledger.rebuild_stock().await.expect("counted");
        let expected: BTreeMap<StockKey, i64> =
            [(key(sku), too_many)].into_iter().filter(|(_, count)| *count > 0).collect();
        assert_eq!((rebuilt.oversold, rebuilt.lost), (expected, 1), "{sku} {paid}");
    }
}

#[tokio::test]
async fn stripe_is_asked_again_about_each_order_that_may_have_changed() {
    let hands = Hands::new().await;
    let unpaid = hands.begun("unpaid", &[("TASSE", 1)]).await;
    let late = hands.paid_unheard("late", &[("TASSE", 1)]).await;
    let young = hands.begun("young", &[("TASSE", 1)]).await;
    let waits = hands.begun("waits", &[("TASSE", 1)]).await;
    for id in [&unpaid.id, &late.id, &young.id, &waits.id] {
        let mut order = hands.order(id);
        order.due_at = None;
        if id != &waits.id {
            order.payment = Payment::Released;
        }
        if id == &young.id {
            (order.payment, order.session_id) = (Payment::Pending, None);
        }
        hands.store.tables().orders.insert(id.clone(), order);
    }
    let rebuilt = hands.till.ledger.rebuild_stock().await.expect("counted");
    assert_eq!((rebuilt.sessions, rebuilt.lost, rebuilt.asked), (1, 0, 2));
    let mut expected = [late.id, waits.id];
    expected.sort();
    assert_eq!(hands.store.due_orders(Timestamp(BEGIN.0), 9).await.expect("a store"), expected);
}
