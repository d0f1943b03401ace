//! A store that makes a mistake, or a till that asks it the wrong thing.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use catalog::supply::Taken;
use catalog::{StockKey, Supply, Timestamp};
use till::decide::settle::{Effect, StockChange};
use till::decide::stock::{Change, Moved, Refused};
use till::decide::{Decision, Order, Payment};
use till::outside::clock::Clock;
use till::outside::store::memory::MemoryStore;
use till::outside::store::{
    Begun, Commit, Committed, Move, OrderFilter, PastMove, ShopRow, Store, StoreError, Task, Undone,
};
use till::shop::Shop;

use super::Flaw;

/// A store with one mistake.
pub struct FlawedStore {
    pub flaw: Flaw,
    pub inner: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub shop: Arc<Shop>,
    /// The tables of `inner`, if it keeps them in memory: some mistakes cannot be made through its methods.
    pub tables: Option<Arc<MemoryStore>>,
}

impl FlawedStore {
    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    /// Pieces that are too few now, as [`Store::begin`] finds them in its transaction.
    async fn short(&self, pieces: &BTreeMap<StockKey, (i64, Supply)>) -> Result<Option<Begun>, StoreError> {
        let keys: Vec<StockKey> = pieces.keys().cloned().collect();
        let taken = self.inner.stock(&keys).await?;
        Ok(pieces.iter().find_map(|(key, (quantity, supply))| {
            let taken = taken.get(key).copied().unwrap_or_default();
            let available = i64::from(supply.available(taken)?);
            let short = Begun::Short { key: key.clone(), available, held: taken.held };
            (available < *quantity).then_some(short)
        }))
    }

    /// Stores an order although its cart has an open one.
    async fn begin_again(
        &self,
        order: &Order,
        pieces: &BTreeMap<StockKey, (i64, Supply)>,
    ) -> Result<Begun, StoreError> {
        let tables = self.tables.as_ref().expect("a store in memory");
        let of_another_cart = Order { cart_id: format!("{} again", order.cart_id), ..order.clone() };
        let begun = self.inner.begin(&of_another_cart, pieces).await?;
        if let Some(stored) = tables.tables().orders.get_mut(&order.id) {
            stored.cart_id.clone_from(&order.cart_id);
        }
        Ok(begun)
    }

    /// Releases an order without asking Stripe.
    async fn release(&self, order: Order) -> Result<(), StoreError> {
        let supply = self.shop.supplies(&order);
        let next = Order { payment: Payment::Released, session_url: None, due_at: None, ..order };
        let decision = Decision { next, stock: StockChange::Release, effects: Vec::new() };
        let now = self.clock.now();
        self.inner.commit(Commit { decision: &decision, supply: &supply, event: None, now }).await.map(drop)
    }
}

/// Yields to other tasks once.
async fn pause() {
    let mut first = true;
    std::future::poll_fn(|context| {
        if std::mem::take(&mut first) {
            context.waker().wake_by_ref();
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(())
    })
    .await;
}

fn unlimited<K: Clone + Ord, V>(all: &BTreeMap<K, V>, value: impl Fn(&V) -> V) -> BTreeMap<K, V> {
    all.iter().map(|(key, one)| (key.clone(), value(one))).collect()
}

#[async_trait]
impl Store for FlawedStore {
    async fn begin(
        &self,
        order: &Order,
        pieces: &BTreeMap<StockKey, (i64, Supply)>,
    ) -> Result<Begun, StoreError> {
        match self.flaw {
            Flaw::ReadThenWrite => {
                let short = self.short(pieces).await?;
                pause().await;
                match short {
                    Some(short) => Ok(short),
                    None => {
                        let any = unlimited(pieces, |(quantity, _)| (*quantity, Supply::Unlimited));
                        self.inner.begin(order, &any).await
                    }
                }
            }
            Flaw::SharedStockApart => {
                let mut apart = pieces.clone();
                for line in &order.lines {
                    if let Some((quantity, _)) = apart.get_mut(&line.key) {
                        *quantity = i64::from(line.quantity);
                    }
                }
                self.inner.begin(order, &apart).await
            }
            Flaw::CartTwice => match self.inner.begin(order, pieces).await? {
                Begun::CartBusy => self.begin_again(order, pieces).await,
                begun => Ok(begun),
            },
            Flaw::SweepDuringCreation => {
                let due = Order { due_at: Some(order.created_at), ..order.clone() };
                self.inner.begin(&due, pieces).await
            }
            _ => self.inner.begin(order, pieces).await,
        }
    }

    async fn commit(&self, commit: Commit<'_>) -> Result<Committed, StoreError> {
        match self.flaw {
            Flaw::DedupeFirst => self.inner.commit(Commit { event: None, ..commit }).await,
            Flaw::LatePaymentTakesAll if commit.decision.stock == StockChange::SellLate => {
                let supply = unlimited(commit.supply, |_| Supply::Unlimited);
                self.inner.commit(Commit { supply: &supply, ..commit }).await
            }
            Flaw::VersionIgnored => {
                let mut decision = commit.decision.clone();
                if let Some(stored) = self.inner.order(&decision.next.id).await? {
                    decision.next.version = stored.version;
                }
                self.inner.commit(Commit { decision: &decision, ..commit }).await
            }
            _ => self.inner.commit(commit).await,
        }
    }

    async fn event_known(&self, id: &str) -> Result<bool, StoreError> {
        let known = self.inner.event_known(id).await?;
        if self.is(Flaw::DedupeFirst) && !known {
            self.inner.book_event(id, "", self.clock.now()).await?;
        }
        Ok(known)
    }

    async fn due_orders(&self, now: Timestamp, limit: i64) -> Result<Vec<String>, StoreError> {
        let mut due = Vec::new();
        for id in self.inner.due_orders(now, limit).await? {
            let order = match self.flaw {
                Flaw::ReleaseOnTimer | Flaw::SweepDuringCreation => self.inner.order(&id).await?,
                _ => None,
            };
            let is_over = |order: &Order| match self.flaw {
                Flaw::ReleaseOnTimer => order.payment.holds(),
                _ => order.payment == Payment::Pending && order.session_id.is_none(),
            };
            match order.filter(is_over) {
                Some(order) => self.release(order).await?,
                None => due.push(id),
            }
        }
        Ok(due)
    }

    async fn postpone_order(&self, id: &str, version: i64, due_at: Timestamp) -> Result<(), StoreError> {
        if self.is(Flaw::NobodyAsksAfterLoss) && due_at <= self.clock.now() {
            return Ok(());
        }
        self.inner.postpone_order(id, version, due_at).await
    }

    async fn claim_tasks(
        &self,
        order_id: Option<&str>,
        now: Timestamp,
        until: Timestamp,
        token: &str,
        limit: i64,
    ) -> Result<Vec<Task>, StoreError> {
        if self.is(Flaw::ClaimIgnored) {
            let tables = self.tables.as_ref().expect("a store in memory");
            tables.tables().outbox.values_mut().for_each(|row| row.claim = None);
        }
        self.inner.claim_tasks(order_id, now, until, token, limit).await
    }

    async fn postpone_task(
        &self,
        id: &str,
        token: &str,
        due_at: Timestamp,
        trouble: &str,
    ) -> Result<(), StoreError> {
        match self.flaw {
            Flaw::MailTriedOnce => self.inner.finish_task(id, token, self.clock.now()).await,
            Flaw::NoPause => self.inner.postpone_task(id, token, self.clock.now(), trouble).await,
            _ => self.inner.postpone_task(id, token, due_at, trouble).await,
        }
    }

    async fn give_up_task(
        &self,
        id: &str,
        token: &str,
        due_at: Timestamp,
        trouble: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if self.is(Flaw::GiveUpInSilence) {
            return self.inner.finish_task(id, token, now).await.map(|()| true);
        }
        self.inner.give_up_task(id, token, due_at, trouble, now).await
    }

    async fn move_stock(
        &self,
        movement: &Move,
        supply: Supply,
    ) -> Result<Result<Moved, Refused>, StoreError> {
        let change = match (self.flaw, movement.change) {
            (Flaw::ReturnUntaken, Change::Return(pieces)) => Change::Take(-pieces),
            (Flaw::CountForgetsHeld, Change::Count(counted)) => {
                let taken = self.inner.stock(std::slice::from_ref(&movement.key)).await?;
                Change::Count(counted + taken.get(&movement.key).map_or(0, |taken| taken.held))
            }
            (_, change) => change,
        };
        self.inner.move_stock(&Move { change, ..movement.clone() }, supply).await
    }

    // All else is asked as it is.

    async fn shop(&self) -> Result<Option<ShopRow>, StoreError> {
        self.inner.shop().await
    }

    async fn claim_shop(&self, shop: &ShopRow) -> Result<bool, StoreError> {
        self.inner.claim_shop(shop).await
    }

    async fn order(&self, id: &str) -> Result<Option<Order>, StoreError> {
        self.inner.order(id).await
    }

    async fn order_of_session(&self, session: &str) -> Result<Option<Order>, StoreError> {
        self.inner.order_of_session(session).await
    }

    async fn order_of_intent(&self, intent: &str) -> Result<Option<Order>, StoreError> {
        self.inner.order_of_intent(intent).await
    }

    async fn order_of_cart(&self, cart: &str) -> Result<Option<Order>, StoreError> {
        self.inner.order_of_cart(cart).await
    }

    async fn orders_beginning(&self, letters: &str, limit: i64) -> Result<Vec<String>, StoreError> {
        self.inner.orders_beginning(letters, limit).await
    }

    async fn orders(&self, filter: &OrderFilter) -> Result<Vec<Order>, StoreError> {
        self.inner.orders(filter).await
    }

    async fn book_event(&self, id: &str, kind: &str, now: Timestamp) -> Result<(), StoreError> {
        self.inner.book_event(id, kind, now).await
    }

    async fn enqueue(&self, order_id: &str, effects: &[Effect], due_at: Timestamp) -> Result<(), StoreError> {
        self.inner.enqueue(order_id, effects, due_at).await
    }

    async fn finish_task(&self, id: &str, token: &str, now: Timestamp) -> Result<(), StoreError> {
        self.inner.finish_task(id, token, now).await
    }

    async fn undone_tasks(&self, order_id: Option<&str>) -> Result<Vec<Undone>, StoreError> {
        self.inner.undone_tasks(order_id).await
    }

    async fn hurry_tasks(&self, order_id: Option<&str>, now: Timestamp) -> Result<u64, StoreError> {
        self.inner.hurry_tasks(order_id, now).await
    }

    async fn drop_tasks(&self, order_id: &str, now: Timestamp) -> Result<u64, StoreError> {
        self.inner.drop_tasks(order_id, now).await
    }

    async fn overdue_tasks(&self, since: Timestamp) -> Result<i64, StoreError> {
        self.inner.overdue_tasks(since).await
    }

    async fn refunds_due(&self) -> Result<i64, StoreError> {
        self.inner.refunds_due().await
    }

    async fn stock(&self, keys: &[StockKey]) -> Result<BTreeMap<StockKey, Taken>, StoreError> {
        self.inner.stock(keys).await
    }

    async fn all_stock(&self) -> Result<BTreeMap<StockKey, Taken>, StoreError> {
        self.inner.all_stock().await
    }

    async fn moves(&self, key: Option<&StockKey>, limit: i64) -> Result<Vec<PastMove>, StoreError> {
        self.inner.moves(key, limit).await
    }

    async fn set_lost(&self, key: &StockKey, lost: i64) -> Result<(), StoreError> {
        self.inner.set_lost(key, lost).await
    }

    async fn count_request(&self, client: &str, what: &str, since: Timestamp) -> Result<i64, StoreError> {
        self.inner.count_request(client, what, since).await
    }

    async fn open_orders(&self, client: &str) -> Result<(i64, i64), StoreError> {
        self.inner.open_orders(client).await
    }

    async fn forget(&self, before: Timestamp) -> Result<(), StoreError> {
        self.inner.forget(before).await
    }

    async fn write_probe(&self, now: Timestamp) -> Result<(), StoreError> {
        self.inner.write_probe(now).await
    }
}
