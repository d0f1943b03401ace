//! Pieces on the shelf: what an owner takes, counts and brings back; none is counted twice.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use catalog::{StockKey, Supply};
use till::decide::order::Tracking;
use till::decide::owner::{cancel, ship, take_back};
use till::decide::stock::{Change, Moved, Refused};
use till::outside::store::{Committed, Move};

use crate::rules::{AnyStore, NOW, begun, commit, key, order, paid};

pub async fn the_owner_takes_only_what_is_there(store: &AnyStore) {
    let order = order("MARKET", &[("MARKET", 1)], 2);
    begun(store, &order, 2).await;
    let supply = Supply::Pieces(2);
    let refused = moved(store, "MARKET", Change::Take(2), supply).await;
    assert!(matches!(refused, Err(Refused::Short { available: 1, shelf, .. }) if shelf.taken.held == 1));
    assert!(moved(store, "MARKET", Change::Take(1), supply).await.is_ok());
    assert!(moved(store, "MARKET", Change::Take(1), supply).await.is_err());
    assert!(moved(store, "MARKET", Change::Return(1), supply).await.is_ok());
    assert_eq!(store.stock(&[key("MARKET")]).await.expect("a store")[&key("MARKET")].adjusted, 0);
    let moves = store.moves(Some(&key("MARKET")), 9).await.expect("a store");
    let mut pieces: Vec<i64> = moves.iter().map(|past| past.pieces).collect();
    pieces.sort_unstable();
    assert_eq!(pieces, [-1, 1], "what was refused moved nothing: {moves:?}");
    assert!(store.moves(None, 9).await.expect("a store").len() >= 2);
    assert_eq!(store.moves(None, 1).await.expect("a store").len(), 1);
    assert!(store.moves(Some(&key("ELSEWHERE")), 9).await.expect("a store").is_empty());
    store.set_lost(&key("MARKET"), 2).await.expect("a store");
    assert_eq!(store.all_stock().await.expect("a store")[&key("MARKET")].sold, 2);
}

/// Moves pieces by hand.
pub async fn moved(store: &AnyStore, name: &str, change: Change, supply: Supply) -> Result<Moved, Refused> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let id = format!("{name}-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let movement = Move { id, key: key(name), change, reason: "by hand".to_owned(), at: NOW };
    store.move_stock(&movement, supply).await.expect("a store")
}

/// How many pieces of a key are available.
async fn available(store: &AnyStore, name: &str, supply: Supply) -> Option<u32> {
    let taken = store.stock(&[key(name)]).await.expect("a store").get(&key(name)).copied();
    let taken = taken.unwrap_or_default();
    assert!(taken.adjusted >= 0 && taken.sold >= 0, "{name}: {taken:?}");
    supply.available(taken)
}

pub async fn no_command_makes_more_pieces_than_there_are(store: &AnyStore) {
    let one = Supply::Pieces(1);
    for change in [Change::Return(1), Change::Count(2)] {
        let refused = moved(store, "NEVER", change, one).await;
        assert!(refused.is_err(), "{change:?}: {refused:?}");
    }
    assert_eq!(available(store, "NEVER", one).await, Some(1));

    // A cancelled order brings its pieces back once; one that waits to be shipped keeps them.
    let lines = order("BACK-OFF", &[("OFF", 1), ("STAYS", 2)], 24);
    begun(store, &lines, 24).await;
    paid(store, lines).await;
    let many = Supply::Pieces(24);
    assert_eq!(available(store, "OFF", many).await, Some(23));
    assert!(moved(store, "OFF", Change::Return(1), many).await.is_err(), "it waits to be sent");
    assert!(moved(store, "STAYS", Change::Count(24), many).await.is_err(), "two of them are sold");
    assert_eq!(moved(store, "STAYS", Change::Count(22), many).await, Ok(Moved::default()));
    let stored = store.order("BACK-OFF").await.expect("a store").expect("an order");
    let called_off = cancel(&stored, NOW).expect("it can be");
    let supply = BTreeMap::from([(key("OFF"), many), (key("STAYS"), many)]);
    assert_eq!(store.commit(commit(&called_off, &supply)).await.expect("a store"), Committed::Done);
    assert_eq!(available(store, "OFF", many).await, Some(24));
    for change in [Change::Return(1), Change::Count(25)] {
        assert!(moved(store, "OFF", change, many).await.is_err(), "{change:?}: it is back already");
    }

    // A shopper's return counts once, and only for an order that was shipped.
    let sent = order("SENT-BACK", &[("SENT", 2)], 3);
    begun(store, &sent, 3).await;
    paid(store, sent).await;
    let three = Supply::Pieces(3);
    let supply = BTreeMap::from([(key("SENT"), three)]);
    let stored = store.order("SENT-BACK").await.expect("a store").expect("an order");
    assert!(take_back(&stored, &key("SENT"), 1).is_err(), "it was not sent");
    let shipped = ship(&stored, &Tracking::default(), false).expect("it can be");
    assert_eq!(store.commit(commit(&shipped, &supply)).await.expect("a store"), Committed::Done);
    assert!(moved(store, "SENT", Change::Return(1), three).await.is_err(), "an order owns it");
    for left in [2, 3] {
        let stored = store.order("SENT-BACK").await.expect("a store").expect("an order");
        let back = take_back(&stored, &key("SENT"), 1).expect("it was sent");
        assert_eq!(store.commit(commit(&back, &supply)).await.expect("a store"), Committed::Done);
        assert_eq!(available(store, "SENT", three).await, Some(left));
        store.set_lost(&key("SENT"), 0).await.expect("a store");
        assert_eq!(available(store, "SENT", three).await, Some(left), "what is back is not the order's");
    }
    let stored = store.order("SENT-BACK").await.expect("a store").expect("an order");
    assert!(take_back(&stored, &key("SENT"), 1).is_err(), "all of it is back");
    assert!(moved(store, "SENT", Change::Return(1), three).await.is_err());

    // Rebuilding from Stripe never counts fewer sold than the orders here own; what lost orders had may come back.
    let kept = order("KEPT", &[("REBUILT", 2)], 5);
    begun(store, &kept, 5).await;
    paid(store, kept).await;
    let five = Supply::Pieces(5);
    store.set_lost(&key("REBUILT"), 0).await.expect("a store");
    assert_eq!(available(store, "REBUILT", five).await, Some(3));
    store.set_lost(&key("REBUILT"), 2).await.expect("a store");
    assert!(moved(store, "REBUILT", Change::Return(3), five).await.is_err());
    assert_eq!(moved(store, "REBUILT", Change::Return(2), five).await, Ok(Moved { adjusted: 0, sold: -2 }));
    assert_eq!(available(store, "REBUILT", five).await, Some(3));

    // Made to order: there is no limit, and still nothing comes back that never left.
    assert!(moved(store, "ORDERED", Change::Return(1), Supply::Unlimited).await.is_err());
    assert!(moved(store, "ORDERED", Change::Take(2), Supply::Unlimited).await.is_ok());
    assert!(moved(store, "ORDERED", Change::Return(3), Supply::Unlimited).await.is_err());
    assert!(moved(store, "ORDERED", Change::Return(2), Supply::Unlimited).await.is_ok());
    // If a limit is set one day, no extra piece was counted.
    assert_eq!(available(store, "ORDERED", one).await, Some(1));
}

/// Concurrent takes and returns give the same result as sequential ones.
pub async fn what_was_taken_comes_back_once_however_many_say_so(store: &AnyStore) {
    let supply = Supply::Pieces(9);
    assert!(moved(store, "AT-ONCE", Change::Take(3), supply).await.is_ok());
    let mut hands = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let store = store.clone();
        hands.spawn(async move { moved(&store, "AT-ONCE", Change::Return(1), supply).await.is_ok() });
    }
    let mut back = 0;
    while let Some(done) = hands.join_next().await {
        back += u32::from(done.expect("no panic"));
    }
    assert_eq!((back, available(store, "AT-ONCE", supply).await), (3, Some(9)));
}

pub async fn any_number_of_keys_is_one_question(store: &AnyStore) {
    let keys: Vec<StockKey> = (0..70).map(|number| key(&format!("MANY-{number:02}"))).collect();
    for (number, key) in (0_i64..).zip(&keys).filter(|(number, _)| number % 7 != 3) {
        store.set_lost(key, number + 1).await.expect("a store");
    }
    for count in [0, 1, 2, 31, 32, 33, 64, 70] {
        let found = store.stock(&keys[..count]).await.expect("a store");
        let sold: Vec<(String, i64)> =
            found.iter().map(|(key, taken)| (key.to_string(), taken.sold)).collect();
        let expected: Vec<(String, i64)> = (0_i64..)
            .zip(&keys[..count])
            .filter(|(number, _)| number % 7 != 3)
            .map(|(number, key)| (key.to_string(), number + 1))
            .collect();
        assert_eq!(sold, expected, "{count} keys");
    }
}
