//! The database is lost, and an older copy restored: step by step as docs/operations.md says.

use std::sync::Arc;

use catalog::StockKey;
use till::decide::Payment;
use till::decide::stock::Change;
use till::perform::TillError;
use till::shop::Shop;

use crate::chance::ready;
use crate::shop::{self, SUPPLY};
use crate::store::Backend;
use crate::world::{Focus, World};

/// How long a shopper on Stripe's page can still pay, in seconds.
const SESSION: i64 = 35 * 60;

impl World {
    /// Copies the database.
    pub fn copy_database(&mut self) {
        if let Backend::Memory(store, _) = &self.store.backend {
            let away = self.watch.lock().expect("one thread").away.clone();
            self.copy = Some((store.tables().clone(), away));
            self.note("a copy is made".to_owned());
        }
    }

    /// Loses the database and restores the copy.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn lose_database(&mut self) -> Result<(), String> {
        let Some((copy, away_then)) = self.copy.take() else { return Ok(()) };
        if self.plan.focus == Focus::Losses {
            // What is bought and reported now is lost with the database.
            for cart in 0..4 {
                self.spawn_checkout(&format!("last-{cart}"), cart);
                self.finish();
                self.pay();
            }
            self.refund_at_stripe();
            self.dispute();
            self.finish();
            self.deliver_all();
        }
        self.seen.insert("a lost database".to_owned());
        self.note("the database is lost".to_owned());
        // 1. Without it the till takes no order; shoppers on Stripe's page can still pay.
        let unanswered = self.processes.drain(..).filter_map(|running| running.event);
        self.books.lock().expect("one thread").events.extend(unanswered);
        for _ in 0..10 {
            self.pay();
            self.advance(SESSION / 10 + 1);
        }
        // 2., 3. The copy is restored, the till closed.
        self.watch.lock().expect("one thread").lose();
        if let Backend::Memory(store, _) = &self.store.backend {
            *store.tables() = copy;
        }
        self.reopen(true);
        // 4. Sweeps until nothing is pending or open.
        let waits = |payment| matches!(payment, Payment::Pending | Payment::Open);
        for _ in 0..100 {
            self.advance(300);
            self.spawn_sweep();
            self.finish();
            self.check()?;
            if !self.orders().iter().any(|order| waits(order.payment)) {
                break;
            }
        }
        // 5. Sales are counted again; 6. so are pieces that left by hand.
        until_done(|| {
            self.watch.lock().expect("one thread").oversold =
                ready(self.till.ledger.rebuild_stock())?.oversold;
            Ok(())
        })?;
        let away = self.watch.lock().expect("one thread").away.clone();
        self.watch.lock().expect("one thread").away = away_then.clone();
        for (key, _) in SUPPLY {
            let key = StockKey::new(key).expect("a key");
            let of = |all: &std::collections::BTreeMap<StockKey, i64>| all.get(&key).copied().unwrap_or(0);
            let moved = of(&away) - of(&away_then);
            let change = if moved > 0 { Change::Take(1) } else { Change::Return(1) };
            for _ in 0..moved.abs() {
                let done =
                    until_done(|| ready(self.till.ledger.move_stock(&key, change, "again")).map(drop))?;
                if !done && moved > 0 {
                    // It left by hand, and an order that could then reserve it is paid after all: so the owner is told.
                    *self.watch.lock().expect("one thread").oversold.entry(key.clone()).or_default() += 1;
                }
            }
        }
        // What cannot be taken again is gone all the same.
        self.watch.lock().expect("one thread").away = away;
        // 8. The till is open again.
        self.reopen(false);
        self.note("the database is back".to_owned());
        self.check()
    }

    fn reopen(&mut self, closed: bool) {
        let shop = Arc::new(Shop::new(shop::snapshot(closed, self.plan.flaw)).expect("a snapshot"));
        self.till.ledger.shop = shop;
    }
}

/// Repeats it until it is done or refused; returns whether it is done.
fn until_done(mut attempt: impl FnMut() -> Result<(), TillError>) -> Result<bool, String> {
    let mut trouble = String::new();
    for _ in 0..200 {
        match attempt() {
            Err(error @ (TillError::Payments(_) | TillError::Store(_))) => trouble = error.to_string(),
            Ok(()) => return Ok(true),
            Err(_) => return Ok(false),
        }
    }
    Err(format!("the owner gave up: {trouble}"))
}
