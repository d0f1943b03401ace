//! The database as the simulation has it: the real store, with pauses around every transaction, answers that get lost, and
//! a watcher on what is released.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use catalog::supply::Taken;
use catalog::{StockKey, Supply};
use till::decide::settle::Effect;
use till::decide::stock::{Moved, Refused};
use till::decide::{Order, Payment};
use till::outside::store::memory::MemoryStore;
use till::outside::store::sql::SqlStore;
use till::outside::store::{
    Begun, Commit, Committed, Move, OrderFilter, ShopRow, Store, StoreError, Task, Undone,
};

use crate::rules;
use crate::stripe::Books;
use crate::world::{Chance, pause};

/// Where orders are kept.
pub enum Backend {
    Memory(MemoryStore),
    Sqlite(SqlStore, tokio::runtime::Runtime),
}

/// The store of the simulation.
pub struct SimStore {
    pub backend: Backend,
    pub chance: Arc<Chance>,
    pub books: Arc<Mutex<Books>>,
    /// The first rule that was broken on the way.
    pub broken: Arc<Mutex<Option<String>>>,
}

macro_rules! run {
    ($self:ident, $method:ident ( $($arg:expr),* )) => {
        match &$self.backend {
            Backend::Memory(store) => store.$method($($arg),*).await,
            Backend::Sqlite(store, runtime) => runtime.block_on(store.$method($($arg),*)),
        }
    };
}

/// One transaction: it may fail before, or its answer may be lost after it was done.
macro_rules! transaction {
    ($self:ident, $method:ident ( $($arg:expr),* )) => {{
        pause().await;
        if $self.chance.fault(60) {
            return Err(StoreError::Unavailable("not reached".to_owned()));
        }
        let answer = run!($self, $method($($arg),*));
        $self.watch();
        pause().await;
        if $self.chance.fault(60) {
            return Err(StoreError::Unavailable("the answer was lost".to_owned()));
        }
        answer
    }};
}

impl SimStore {
    fn watch(&self) {
        let Backend::Memory(store) = &self.backend else { return };
        if let Err(why) = rules::always(&store.tables()) {
            self.tell(why);
        }
    }

    fn tell(&self, why: String) {
        self.broken.lock().expect("one thread").get_or_insert(why);
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
        transaction!(self, begin(order, pieces))
    }

    async fn order(&self, id: &str) -> Result<Option<Order>, StoreError> {
        transaction!(self, order(id))
    }

    async fn order_of_session(&self, session: &str) -> Result<Option<Order>, StoreError> {
        transaction!(self, order_of_session(session))
    }

    async fn order_of_intent(&self, intent: &str) -> Result<Option<Order>, StoreError> {
        transaction!(self, order_of_intent(intent))
    }

    async fn order_of_cart(&self, cart: &str) -> Result<Option<Order>, StoreError> {
        transaction!(self, order_of_cart(cart))
    }

    async fn orders_beginning(&self, letters: &str, limit: i64) -> Result<Vec<String>, StoreError> {
        run!(self, orders_beginning(letters, limit))
    }

    async fn orders(&self, filter: &OrderFilter) -> Result<Vec<Order>, StoreError> {
        run!(self, orders(filter))
    }

    async fn commit(&self, commit: Commit<'_>) -> Result<Committed, StoreError> {
        pause().await;
        if self.chance.fault(60) {
            return Err(StoreError::Unavailable("not reached".to_owned()));
        }
        let next = commit.decision.next.clone();
        let before = run!(self, order(&next.id))?;
        let answer = run!(self, commit(commit));
        if matches!(answer, Ok(Committed::Done)) {
            let held = before.is_some_and(|order| order.payment.holds());
            let books = self.books.lock().expect("one thread");
            if held
                && next.payment == Payment::Released
                && let Err(why) = rules::released(&next, &books)
            {
                self.tell(why);
            }
            if next.payment == Payment::Paid
                && let Err(why) = rules::paid(&next, &books)
            {
                self.tell(why);
            }
        }
        self.watch();
        pause().await;
        if self.chance.fault(60) {
            return Err(StoreError::Unavailable("the answer was lost".to_owned()));
        }
        answer
    }

    async fn postpone_order(&self, id: &str, version: i64, due_at: i64) -> Result<(), StoreError> {
        transaction!(self, postpone_order(id, version, due_at))
    }

    async fn event_known(&self, id: &str) -> Result<bool, StoreError> {
        transaction!(self, event_known(id))
    }

    async fn book_event(&self, id: &str, kind: &str, now: i64) -> Result<(), StoreError> {
        transaction!(self, book_event(id, kind, now))
    }

    async fn due_orders(&self, now: i64, limit: i64) -> Result<Vec<String>, StoreError> {
        transaction!(self, due_orders(now, limit))
    }

    async fn enqueue(&self, order_id: &str, effects: &[Effect], due_at: i64) -> Result<(), StoreError> {
        transaction!(self, enqueue(order_id, effects, due_at))
    }

    async fn claim_tasks(
        &self,
        order_id: Option<&str>,
        now: i64,
        until: i64,
        token: &str,
        limit: i64,
    ) -> Result<Vec<Task>, StoreError> {
        transaction!(self, claim_tasks(order_id, now, until, token, limit))
    }

    async fn finish_task(&self, id: &str, token: &str, now: i64) -> Result<(), StoreError> {
        transaction!(self, finish_task(id, token, now))
    }

    async fn postpone_task(
        &self,
        id: &str,
        token: &str,
        due_at: i64,
        trouble: &str,
    ) -> Result<(), StoreError> {
        transaction!(self, postpone_task(id, token, due_at, trouble))
    }

    async fn give_up_task(
        &self,
        id: &str,
        token: &str,
        due_at: i64,
        trouble: &str,
        now: i64,
    ) -> Result<bool, StoreError> {
        transaction!(self, give_up_task(id, token, due_at, trouble, now))
    }

    async fn undone_tasks(&self, order_id: Option<&str>) -> Result<Vec<Undone>, StoreError> {
        run!(self, undone_tasks(order_id))
    }

    async fn hurry_tasks(&self, order_id: Option<&str>, now: i64) -> Result<u64, StoreError> {
        transaction!(self, hurry_tasks(order_id, now))
    }

    async fn drop_tasks(&self, order_id: &str, now: i64) -> Result<u64, StoreError> {
        transaction!(self, drop_tasks(order_id, now))
    }

    async fn overdue_tasks(&self, since: i64) -> Result<i64, StoreError> {
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
        transaction!(self, move_stock(movement, supply))
    }

    async fn set_sold(&self, key: &StockKey, sold: i64) -> Result<(), StoreError> {
        run!(self, set_sold(key, sold))
    }

    async fn count_request(&self, client: &str, what: &str, since: i64) -> Result<i64, StoreError> {
        run!(self, count_request(client, what, since))
    }

    async fn open_orders(&self, client: &str) -> Result<(i64, i64), StoreError> {
        run!(self, open_orders(client))
    }

    async fn forget(&self, before: i64) -> Result<(), StoreError> {
        run!(self, forget(before))
    }

    async fn write_probe(&self, now: i64) -> Result<(), StoreError> {
        run!(self, write_probe(now))
    }
}
