//! The database of the till inside `serve`: which one it is, and whether it may be used here.

use std::path::Path;

use messages::tr;
use till::decide::Payment;
use till::decide::settle::{Decision, StockChange};
use till::outside::clock::{Clock, SystemClock};
use till::outside::store::address::of_file;
use till::outside::store::sql::SqlStore;
use till::outside::store::{Commit, OrderFilter, ShopRow, Store, StoreError};

/// The account under which `serve` keeps orders when there is no other.
pub(crate) const ITS_ORDERS: &str = "serve";

/// The database of a shop that names no other.
pub(crate) fn local_database(shop: &Path) -> String {
    of_file(&shop.join(".bazaar/till.db"))
}

/// Claims the database for this shop, and releases what a previous stand-in held, since it has forgotten its
/// sessions. A database named by the environment is checked first, and left unchanged if it is unsuitable.
pub(super) async fn claim(store: &SqlStore, named: bool, stand_in: bool) -> Result<(), String> {
    let failed = |error: StoreError| tr!("the till's database: {error}");
    let known = store.shop().await.map_err(failed)?;
    match known {
        Some(ref row) if row.livemode => {
            return Err(
                tr!("DATABASE_URL keeps live orders: serve takes a database for tests only").to_owned()
            );
        }
        Some(ref row) if named && stand_in && row.stripe_account != ITS_ORDERS => {
            let account = &row.stripe_account;
            return Err(tr!(
                "DATABASE_URL keeps the test orders of {account}: set STRIPE_SECRET_KEY, its test key, or leave DATABASE_URL out"
            ));
        }
        None if named && !stand_in => {
            return Err(
                tr!("DATABASE_URL is no shop's database yet: run `bazaar database init` once").to_owned()
            );
        }
        _ => {}
    }
    store.migrate().await.map_err(failed)?;
    if known.is_none() {
        let ours = ShopRow { stripe_account: ITS_ORDERS.to_owned(), livemode: false };
        store.claim_shop(&ours).await.map_err(failed)?;
    }
    if !stand_in {
        return Ok(());
    }
    for payment in [Payment::Pending, Payment::Open, Payment::AwaitingFunds] {
        let filter = OrderFilter { payment: Some(payment), limit: 1000 };
        for order in store.orders(&filter).await.map_err(|error| error.to_string())? {
            let mut next = order.clone();
            next.payment = Payment::Released;
            next.session_url = None;
            next.due_at = None;
            let supply = order.lines.iter().map(|line| (line.key.clone(), line.supply)).collect();
            let decision = Decision { next, stock: StockChange::Release, effects: Vec::new() };
            let now = SystemClock.now();
            let commit = Commit { decision: &decision, supply: &supply, event: None, now };
            store.commit(commit).await.map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}
