//! What is reported of the shelf, and what the owner may take from it.

use catalog::{Item, Sku, StockKey, Supply};
use till::decide::stock::Change;
use till::decide::{Payment, owner};
use till::perform::TillError;

use crate::hands::Hands;

fn key(name: &str) -> StockKey {
    StockKey::new(name).expect("a key")
}

/// How many pieces are available, and whether someone is paying for the last.
async fn told(hands: &Hands, name: &str, cart: &str) -> (Option<u32>, bool) {
    let cart = format!("{cart}-0123456789abcdef");
    let standing = hands.till.ledger.standings_for(&[key(name)], &cart).await.expect("a store")[&key(name)];
    (standing.available, standing.reserved)
}

#[tokio::test]
async fn more_than_five_are_told_as_five() {
    let hands = Hands::new().await;
    for expected in [5, 5, 4, 3] {
        let standings = hands.till.ledger.standings(&[key("TASSE"), key("RIEN")]).await.expect("a store");
        assert_eq!((standings.len(), standings[&key("TASSE")].available), (1, Some(expected)));
        hands.till.ledger.move_stock(&key("TASSE"), Change::Take(1), "market").await.expect("taken");
    }
    assert_eq!(told(&hands, "TABLIER", "a").await, (None, false), "made to order");
}

#[tokio::test]
async fn a_cart_can_have_what_it_holds_itself_until_it_is_confirmed() {
    let hands = Hands::new().await;
    let mut order = hands.begun("a", &[("UNIQUE", 1)]).await;
    for (payment, own) in [
        (Payment::Pending, (Some(1), false)),
        (Payment::Open, (Some(1), false)),
        (Payment::AwaitingFunds, (Some(0), true)),
    ] {
        order.payment = payment;
        hands.store.tables().orders.insert(order.id.clone(), order.clone());
        assert_eq!(told(&hands, "UNIQUE", "a").await, own, "{payment:?}");
        assert_eq!(told(&hands, "UNIQUE", "b").await, (Some(0), true), "{payment:?}");
    }
    // The hold ended between two queries: there is still only one.
    order.payment = Payment::Open;
    hands.store.tables().orders.insert(order.id.clone(), order);
    hands.store.tables().stock.get_mut(&key("UNIQUE")).expect("a row").held = 0;
    assert_eq!(told(&hands, "UNIQUE", "a").await, (Some(1), false));
}

#[tokio::test]
async fn what_somebody_is_paying_for_cannot_be_taken_now_and_what_is_not_there_never() {
    let hands = Hands::new().await;
    hands.begun("a", &[("TASSE", 2)]).await;
    for (asked, expected) in [(5, "reserved"), (6, "reserved"), (7, "short"), (4, "taken")] {
        let moved = hands.till.ledger.move_stock(&key("TASSE"), Change::Take(asked), "market").await;
        let said = match moved {
            Ok(_) => "taken",
            Err(TillError::Reserved { sku }) if sku == "TASSE" => "reserved",
            Err(TillError::NotNow(owner::Refused::Stock(_))) => "short",
            Err(other) => panic!("{asked}: {other}"),
        };
        assert_eq!(said, expected, "{asked}");
    }
    let unknown = hands.till.ledger.move_stock(&key("RIEN"), Change::Take(1), "market").await;
    assert!(matches!(unknown, Err(TillError::NotFound)), "{unknown:?}");
}

#[tokio::test]
async fn a_stock_that_is_called_like_a_sku_of_another_stock_is_its_own() {
    let hands = Hands::new().await;
    let cup = hands.till.ledger.shop.item(&Sku::new("TASSE").expect("a sku")).expect("an item");
    let item = |sku: &str, stock: &str, pieces| Item {
        sku: Sku::new(sku).expect("a sku"),
        stock: key(stock),
        supply: Supply::Pieces(pieces),
        ..cup.clone()
    };
    let hands = hands.selling(&[item("LOT", "OTHER", 2), item("LOT-A", "LOT", 3)]);
    let standings = hands.till.ledger.standings(&[key("LOT"), key("OTHER")]).await.expect("a store");
    assert_eq!([&key("LOT"), &key("OTHER")].map(|key| standings[key].available), [Some(3), Some(2)]);
}
