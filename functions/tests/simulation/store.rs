//! The database of the simulation: a real store, with pauses around every transaction, answers that are late or lost,
//! and checks of every change.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use catalog::supply::Taken;
use catalog::{StockKey, Supply, Timestamp};
use till::decide::Order;
use till::decide::settle::Effect;
use till::decide::stock::{Change, Moved, Refused};
use till::outside::clock::Clock as _;
use till::outside::store::memory::MemoryStore;
use till::outside::store::sql::SqlStore;
use till::outside::store::{
    Begun, Commit, Committed, Move, OrderFilter, PastMove, ShopRow, Store, StoreError, Task, Undone,
};

use crate::chance::{Chance, pause};
use crate::rules::watch::Watch;
use crate::stripe::Books;
use crate::world::LIMITS;

/// Where orders are kept.
pub enum Backend {
    /// The tables, and the store that is asked: the same, unless it has a flaw.
    Memory(Arc<MemoryStore>, Arc<dyn Store>),
    Sql(SqlStore, tokio::runtime::Runtime),
}

/// The store of the simulation.
pub struct SimStore {
    pub backend: Backend,
    pub chance: Arc<Chance>,
    pub books: Arc<Mutex<Books>>,
    pub watch: Arc<Mutex<Watch>>,
}

macro_rules! run {
    ($self:ident, $method:ident ( $($arg:expr),* )) => {
        match &$self.backend {
            Backend::Memory(_, store) => store.$method($($arg),*).await,
            Backend::Sql(store, runtime) => runtime.block_on(store.$method($($arg),*)),
        }
    };
}

/// One call: it may fail, and its answer may be late or lost.
macro_rules! question {
    ($self:ident, $method:ident ( $($arg:expr),* )) => {{
        $self.on_the_way()?;
        pause().await;
        let answer = run!($self, $method($($arg),*));
        $self.on_the_way_back().await?;
        answer
    }};
}

impl SimStore {
    fn on_the_way(&self) -> Result<(), StoreError> {
        if self.chance.fault(60) { Err(StoreError::Unavailable("not reached".to_owned())) } else { Ok(()) }
    }

    async fn on_the_way_back(&self) -> Result<(), StoreError> {
        let late = if self.chance.fault(50) { 1 + self.chance.below(25) } else { 1 };
        for _ in 0..late {
            pause().await;
        }
        if self.chance.fault(60) {
            return Err(StoreError::Unavailable("the answer was lost".to_owned()));
        }
        Ok(())
    }

    fn watch(&self) -> std::sync::MutexGuard<'_, Watch> {
        self.watch.lock().expect("one thread")
    }

    /// The current orders and counts.
    pub fn read(&self) -> Result<(Vec<Order>, BTreeMap<StockKey, Taken>), StoreError> {
        let filter = OrderFilter { payment: None, limit: 10_000 };
        match &self.backend {
            Backend::Memory(store, _) => {
                let tables = store.tables();
                Ok((tables.orders.values().cloned().collect(), tables.stock.clone()))
            }
            Backend::Sql(store, runtime) => {
                runtime.block_on(async { Ok((store.orders(&filter).await?, store.all_stock().await?)) })
            }
        }
    }

    fn look(&self) {
        match &self.backend {
            Backend::Memory(store, _) => {
                let tables = store.tables();
                self.watch().counts(tables.orders.values(), &tables.stock);
            }
            Backend::Sql(..) => match self.read() {
                Ok((orders, stock)) => self.watch().counts(orders.iter(), &stock),
                Err(error) => self.watch().tell(Err(format!("the database cannot be read: {error}"))),
            },
        }
    }
}

#[async_trait]
impl Store for SimStore {
    async fn shop(&self) -> Result<Option<ShopRow>, StoreError> {
        run!(self, shop())
    }

    async fn claim_shop(&self, shop: &ShopRow) -> Result<bool, StoreError> {
        run!(self, claim_shop(shop))
    }

    async fn begin(
        &self,
        order: &Order,
        pieces: &BTreeMap<StockKey, (i64, Supply)>,
    ) -> Result<Begun, StoreError> {
        self.on_the_way()?;
        pause().await;
        let answer = run!(self, begin(order, pieces));
        if matches!(answer, Ok(Begun::Done))
            && let Ok((orders, _)) = self.read()
        {
            self.watch().begun(order, &orders);
        }
        self.look();
        self.on_the_way_back().await?;
        answer
    }

    async fn order(&self, id: &str) -> Result<Option<Order>, StoreError> {
        question!(self, order(id))
    }

    async fn order_of_session(&self, session: &str) -> Result<Option<Order>, StoreError> {
        question!(self, order_of_session(session))
    }

    async fn order_of_intent(&self, intent: &str) -> Result<Option<Order>, StoreError> {
        question!(self, order_of_intent(intent))
    }

    async fn order_of_cart(&self, cart: &str) -> Result<Option<Order>, StoreError> {
        self.watch().goes_on();
        question!(self, order_of_cart(cart))
    }

    async fn orders_beginning(&self, letters: &str, limit: i64) -> Result<Vec<String>, StoreError> {
        run!(self, orders_beginning(letters, limit))
    }

    async fn orders(&self, filter: &OrderFilter) -> Result<Vec<Order>, StoreError> {
        run!(self, orders(filter))
    }

    async fn commit(&self, commit: Commit<'_>) -> Result<Committed, StoreError> {
        self.on_the_way()?;
        pause().await;
        let next = commit.decision.next.clone();
        let before = run!(self, order(&next.id))?;
        let answer = run!(self, commit(commit));
        if let (Ok(Committed::Done), Some(before)) = (&answer, &before) {
            let books = self.books.lock().expect("one thread");
            self.watch().committed(before, &next, &books, self.chance.now());
        }
        self.look();
        self.on_the_way_back().await?;
        answer
    }

    async fn postpone_order(&self, id: &str, version: i64, due_at: Timestamp) -> Result<(), StoreError> {
        question!(self, postpone_order(id, version, due_at))
    }

    async fn event_known(&self, id: &str) -> Result<bool, StoreError> {
        question!(self, event_known(id))
    }

    async fn book_event(&self, id: &str, kind: &str, now: Timestamp) -> Result<(), StoreError> {
        question!(self, book_event(id, kind, now))
    }

    async fn due_orders(&self, now: Timestamp, limit: i64) -> Result<Vec<String>, StoreError> {
        question!(self, due_orders(now, limit))
    }

    async fn enqueue(&self, order_id: &str, effects: &[Effect], due_at: Timestamp) -> Result<(), StoreError> {
        question!(self, enqueue(order_id, effects, due_at))
    }

    async fn claim_tasks(
        &self,
        order_id: Option<&str>,
        now: Timestamp,
        until: Timestamp,
        token: &str,
        limit: i64,
    ) -> Result<Vec<Task>, StoreError> {
        self.on_the_way()?;
        pause().await;
        let answer = run!(self, claim_tasks(order_id, now, until, token, limit));
        if let Ok(tasks) = &answer {
            self.watch().claimed(tasks, now);
        }
        self.on_the_way_back().await?;
        answer
    }

    async fn finish_task(&self, id: &str, token: &str, now: Timestamp) -> Result<(), StoreError> {
        question!(self, finish_task(id, token, now))
    }

    async fn postpone_task(
        &self,
        id: &str,
        token: &str,
        due_at: Timestamp,
        trouble: &str,
    ) -> Result<(), StoreError> {
        question!(self, postpone_task(id, token, due_at, trouble))
    }

    async fn give_up_task(
        &self,
        id: &str,
        token: &str,
        due_at: Timestamp,
        trouble: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        question!(self, give_up_task(id, token, due_at, trouble, now))
    }

    async fn undone_tasks(&self, order_id: Option<&str>) -> Result<Vec<Undone>, StoreError> {
        run!(self, undone_tasks(order_id))
    }

    async fn hurry_tasks(&self, order_id: Option<&str>, now: Timestamp) -> Result<u64, StoreError> {
        question!(self, hurry_tasks(order_id, now))
    }

    async fn drop_tasks(&self, order_id: &str, now: Timestamp) -> Result<u64, StoreError> {
        question!(self, drop_tasks(order_id, now))
    }

    async fn overdue_tasks(&self, since: Timestamp) -> Result<i64, StoreError> {
        run!(self, overdue_tasks(since))
    }

    async fn refunds_due(&self) -> Result<i64, StoreError> {
        run!(self, refunds_due())
    }

    async fn stock(&self, keys: &[StockKey]) -> Result<BTreeMap<StockKey, Taken>, StoreError> {
        run!(self, stock(keys))
    }

    async fn all_stock(&self) -> Result<BTreeMap<StockKey, Taken>, StoreError> {
        run!(self, all_stock())
    }

    async fn move_stock(
        &self,
        movement: &Move,
        supply: Supply,
    ) -> Result<Result<Moved, Refused>, StoreError> {
        self.on_the_way()?;
        pause().await;
        let answer = run!(self, move_stock(movement, supply));
        if let Ok(Ok(moved)) = &answer {
            self.watch().moved(&movement.key, *moved);
            let key = std::slice::from_ref(&movement.key);
            let taken = run!(self, stock(key))?.get(&movement.key).copied().unwrap_or_default();
            if let Change::Count(counted) = movement.change {
                self.watch().counted(&movement.key, supply, taken, counted);
            }
        }
        self.look();
        self.on_the_way_back().await?;
        answer
    }

    async fn moves(&self, key: Option<&StockKey>, limit: i64) -> Result<Vec<PastMove>, StoreError> {
        run!(self, moves(key, limit))
    }

    async fn set_lost(&self, key: &StockKey, lost: i64) -> Result<(), StoreError> {
        run!(self, set_lost(key, lost))
    }

    async fn count_request(&self, client: &str, what: &str, since: Timestamp) -> Result<i64, StoreError> {
        let count = run!(self, count_request(client, what, since))?;
        self.watch().at_limit |= what == "checkout" && count > LIMITS.checkouts_per_hour;
        Ok(count)
    }

    async fn open_orders(&self, client: &str) -> Result<(i64, i64), StoreError> {
        let (own, all) = run!(self, open_orders(client))?;
        self.watch().at_limit |= own >= LIMITS.open_per_client || all >= LIMITS.open_in_all;
        Ok((own, all))
    }

    async fn forget(&self, before: Timestamp) -> Result<(), StoreError> {
        run!(self, forget(before))
    }

    async fn write_probe(&self, now: Timestamp) -> Result<(), StoreError> {
        run!(self, write_probe(now))
    }
}
