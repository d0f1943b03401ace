//! What the sweep checks, when, and what it leaves alone.

use std::time::Duration;

use catalog::{Cents, StockKey, Supply, Timestamp};
use simulator::{Means, Mishap, Times};
use till::decide::settle::{HOLD, POLL};
use till::decide::{Order, Payment, Refund};
use till::outside::store::Store as _;

use crate::hands::{BEGIN, Hands, seconds};

/// How many orders a sweep checked, and how many of these failed.
async fn swept(hands: &Hands) -> (usize, usize) {
    let swept = hands.till.sweep(10).await.expect("a store");
    (swept.orders, swept.failed)
}

async fn due_now(hands: &Hands, order: &Order) {
    let version = hands.order(&order.id).version;
    hands.store.postpone_order(&order.id, version, Timestamp(BEGIN.0)).await.expect("a store");
}

#[tokio::test]
async fn a_hold_ends_when_its_time_is_over_though_stripe_is_late_and_not_a_second_before() {
    let hands = Hands::new().await;
    let early = hands.begun("a", &[("TASSE", 2)]).await;
    let held = || async {
        let stock = hands.till.ledger.all_taken().await.expect("a store");
        stock.get(&StockKey::new("TASSE").expect("a key")).map_or(0, |taken| taken.held)
    };
    hands.set(seconds(HOLD) - 1);
    due_now(&hands, &early).await;
    assert_eq!(swept(&hands).await, (1, 0));
    assert_eq!((hands.order(&early.id).payment, held().await), (Payment::Open, 2));
    assert_eq!(hands.stripe.take("expire"), [""; 0], "its shopper may be paying");
    hands.set(seconds(HOLD));
    due_now(&hands, &early).await;
    assert_eq!(swept(&hands).await, (1, 0));
    assert_eq!((hands.order(&early.id).payment, held().await), (Payment::Released, 0));
    assert_eq!(hands.stripe.take("expire").len(), 1);

    hands.set(0);
    let order = hands.begun("b", &[("TASSE", 1)]).await;
    hands.set(seconds(HOLD) + 59);
    assert_eq!((swept(&hands).await, held().await), ((0, 0), 1));
    hands.set(seconds(HOLD) + 60);
    assert_eq!((swept(&hands).await, held().await), ((1, 0), 0));
    assert_eq!(hands.order(&order.id).payment, Payment::Released);
    hands.set(99_999);
    assert_eq!(swept(&hands).await, (0, 0), "what is over rests");
}

#[tokio::test]
async fn an_order_that_stripe_says_nothing_of_is_left_alone_for_two_minutes() {
    let hands = Hands::new().await;
    let order = hands.begun("a", &[("UNIQUE", 1)]).await;
    hands.stage.stripe.with_state(|state, _| {
        state.mishap(Mishap::Refuse(503), "GET /v1/checkout/sessions", Times::Always);
    });
    let due = seconds(HOLD) + 60;
    for (at, expected) in [(0, (1, 1)), (0, (0, 0)), (119, (0, 0)), (120, (1, 1)), (239, (0, 0))] {
        hands.set(due + at);
        assert_eq!(swept(&hands).await, expected, "{at}");
        assert_eq!(hands.order(&order.id).payment, Payment::Open, "only on Stripe's word");
    }
    hands.stage.stripe.with_state(|state, _| state.clear_mishaps());
    hands.set(due + 240);
    assert_eq!(swept(&hands).await, (1, 0));
    assert_eq!(hands.order(&order.id).payment, Payment::Released);
}

#[tokio::test]
async fn money_that_takes_days_is_asked_about_each_hour() {
    let hands = Hands::new().await;
    let order = hands.begun("a", &[("TASSE", 1)]).await;
    hands.stage.pay_unheard(&order.session_url.clone().expect("where to pay"), Means::Debit);
    hands.till.ledger.settle(&order.id, None).await.expect("settled");
    for hour in 1..4 {
        hands.set(hour * seconds(POLL) - 1);
        assert_eq!(swept(&hands).await, (0, 0), "{hour}");
        hands.set(hour * seconds(POLL));
        assert_eq!(swept(&hands).await, (1, 0), "{hour}");
        assert_eq!(swept(&hands).await, (0, 0), "{hour}: once");
    }
    hands.stage.stripe.settle(order.session_id.as_deref().expect("a session"), true);
    hands.set(4 * seconds(POLL));
    assert_eq!(swept(&hands).await, (1, 0));
    assert_eq!(hands.order(&order.id).payment, Payment::Paid);
}

#[tokio::test]
async fn requests_are_remembered_for_two_days() {
    let hands = Hands::new().await;
    let count = |since| hands.store.count_request("someone", "checkout", since);
    let before = BEGIN - Duration::from_secs(2 * 86_400);
    for since in [before.previous(), before] {
        assert_eq!(count(since).await.expect("a store"), 1);
    }
    swept(&hands).await;
    assert_eq!(count(before).await.expect("a store"), 2, "two days old");
    assert_eq!(count(before.previous()).await.expect("a store"), 1, "forgotten");
}

/// An order whose hold ended while it can still be paid: a sweep overtook a till.
async fn let_go_and_paid(hands: &Hands) -> Order {
    let order = hands.paid_unheard("late", &[("UNIQUE", 1)]).await;
    {
        let mut tables = hands.store.tables();
        tables.orders.get_mut(&order.id).expect("an order").payment = Payment::Released;
        tables.stock.get_mut(&StockKey::new("UNIQUE").expect("a key")).expect("a row").held = 0;
    }
    hands.paid("quick", &[("UNIQUE", 1)]).await;
    order
}

#[tokio::test]
async fn a_late_payment_for_a_sold_piece_goes_back_unless_there_are_more_by_now() {
    let hands = Hands::new().await;
    let late = let_go_and_paid(&hands).await;
    let late = hands.till.ledger.settle(&late.id, None).await.expect("settled");
    assert_eq!((late.payment, late.refund, late.flagged), (Payment::RefundDue, Refund::Pending, false));
    assert_eq!(hands.effects(&late), ["mail_gone 0", "mail_gone_notice 0", "refund 0"]);
    hands.till.run_effects(10).await.expect("done");
    let late = hands.order(&late.id);
    assert_eq!((late.refund, late.refunded_amount), (Refund::Done, Cents(3390)));

    let hands = Hands::new().await;
    let late = let_go_and_paid(&hands).await;
    let mut items: Vec<_> = hands.till.ledger.shop.items().collect();
    for item in items.iter_mut().filter(|item| item.sku.as_str() == "UNIQUE") {
        item.supply = Supply::Pieces(2);
    }
    let hands = hands.selling(&items);
    let late = hands.till.ledger.settle(&late.id, None).await.expect("settled");
    assert_eq!(late.payment, Payment::Paid, "a second one was made");
    assert_eq!(hands.effects(&late), ["mail_confirmation 0", "mail_notice 0"]);
}
