//! Many buyers at once: never more is sold than exists, and no deadlock becomes visible.

use std::collections::BTreeMap;

use catalog::{StockKey, Supply};
use till::outside::store::Begun;

use crate::rules::{AnyStore, key, order, paid};

/// Fifty buyers for a few pieces: exactly as many get one, and once half of those paid, that many are sold.
pub async fn fifty_buyers_for(store: &AnyStore, supply: u32) {
    let name = format!("CROWD-{supply}");
    let mut buyers = tokio::task::JoinSet::new();
    for number in 0..50 {
        let (store, name) = (store.clone(), name.clone());
        buyers.spawn(async move {
            let order = order(&format!("{name}-{number}"), &[(&name, 1)], supply);
            let pieces = BTreeMap::from([(key(&name), (1, Supply::Pieces(supply)))]);
            match store.begin(&order, &pieces).await.expect("no trouble comes to the surface") {
                Begun::Done => {
                    paid(&store, order).await;
                    true
                }
                Begun::Short { .. } => false,
                Begun::CartBusy => panic!("every buyer has a cart"),
            }
        });
    }
    let mut served = 0;
    while let Some(done) = buyers.join_next().await {
        served += u32::from(done.expect("no panic"));
    }
    assert_eq!(served, supply, "{name}");
    let taken = store.stock(&[key(&name)]).await.expect("a store")[&key(&name)];
    assert_eq!((taken.sold, taken.held), (i64::from(supply), 0), "{name}");
}

pub async fn fifty_buyers_for_one_three_and_ten(store: &AnyStore) {
    for supply in [1, 3, 10] {
        fifty_buyers_for(store, supply).await;
    }
}

/// Carts of the same items in opposite orders: all or nothing, and no one waits forever.
pub async fn mixed_carts_in_opposite_orders(store: &AnyStore) {
    let names = ["MIX-A", "MIX-B", "MIX-C"];
    let mut buyers = tokio::task::JoinSet::new();
    for number in 0..50usize {
        let store = store.clone();
        buyers.spawn(async move {
            let mut lines: Vec<(&str, u32)> = names.iter().map(|name| (*name, 1)).collect();
            lines.rotate_left(number % 3);
            if number % 2 == 0 {
                lines.reverse();
            }
            lines.truncate(2 + number % 2);
            let order = order(&format!("MIXED-{number}"), &lines, 10);
            let pieces: BTreeMap<StockKey, (i64, Supply)> =
                lines.iter().map(|(name, _)| (key(name), (1, Supply::Pieces(10)))).collect();
            let begun = store.begin(&order, &pieces).await.expect("no trouble comes to the surface");
            if begun == Begun::Done {
                paid(&store, order).await;
                lines.len()
            } else {
                0
            }
        });
    }
    let mut served = 0;
    while let Some(done) = buyers.join_next().await {
        served += done.expect("no panic");
    }
    let stock = store.stock(&names.map(key)).await.expect("a store");
    let sold: i64 = stock.values().map(|taken| taken.sold).sum();
    assert_eq!(usize::try_from(sold).expect("small"), served);
    assert!(stock.values().all(|taken| taken.sold <= 10 && taken.held == 0), "{stock:?}");
    assert!(stock.values().any(|taken| taken.sold == 10), "{stock:?}");
}
