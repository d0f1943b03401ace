//! A store in memory, for tests: the same transactions as in SQL, under one lock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use catalog::supply::Taken;
use catalog::{StockKey, Supply, Timestamp};

use super::{
    Begun, Commit, Committed, LONG_TRIED, Move, OrderFilter, PROBE, PROBED, PastMove, ShopRow, Store,
    StoreError, Task, Undone, build_hook, deltas, is_sold_out, task_id,
};
use crate::decide::order::Refund;
use crate::decide::settle::{Effect, EffectKind, StockChange};
use crate::decide::stock::{Moved, Refused, Shelf};
use crate::decide::{Order, Payment};

/// Everything a till stores, in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

/// The tables.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// Whose database it is.
    pub shop: Option<ShopRow>,
    /// Orders by id.
    pub orders: BTreeMap<String, Order>,
    /// Counts by stock key.
    pub stock: BTreeMap<StockKey, Taken>,
    /// The owner's movements.
    pub moves: Vec<PastMove>,
    /// Ids of booked events.
    pub events: BTreeSet<String>,
    /// Effects by id.
    pub outbox: BTreeMap<String, Row>,
    /// How often orders were looked up.
    pub lookups: usize,
    throttle: BTreeMap<(String, String, Timestamp), i64>,
}

/// A row of the outbox.
#[derive(Debug, Clone)]
pub struct Row {
    /// The effect.
    pub task: Task,
    /// When it is due.
    pub due_at: Timestamp,
    /// Token and end of its claim.
    pub claim: Option<(String, Timestamp)>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub trouble: Option<String>,
    /// Since when it has been given up.
    pub given_up_at: Option<Timestamp>,
}

impl Row {
    fn is_undone(&self, order_id: Option<&str>) -> bool {
        self.done_at.is_none()
            && self.trouble.is_some()
            && order_id.is_none_or(|order_id| order_id == self.task.order_id)
    }
}

impl MemoryStore {
    /// Locks all tables, to look at them.
    pub fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, is: impl Fn(&Order) -> bool) -> Option<Order> {
        let mut tables = self.tables();
        tables.lookups += 1;
        tables.orders.values().rev().find(|order| is(order)).cloned()
    }
}

impl Tables {
    fn available(&self, key: &StockKey, supply: Supply) -> Option<i64> {
        let taken = self.stock.get(key).copied().unwrap_or_default();
        match supply {
            Supply::Unlimited => None,
            Supply::Pieces(pieces) => Some(i64::from(pieces) - taken.sold - taken.held - taken.adjusted),
        }
    }

    fn owned(&self, key: &StockKey) -> i64 {
        self.orders.values().filter_map(|order| order.owned().get(key).copied()).sum()
    }

    fn short(&self, pieces: &BTreeMap<StockKey, (i64, Supply)>) -> Option<Begun> {
        pieces.iter().find_map(|(key, (quantity, supply))| {
            let available = self.available(key, *supply).filter(|available| available < quantity)?;
            let held = self.stock.get(key).map_or(0, |taken| taken.held);
            Some(Begun::Short { key: key.clone(), available: available.max(0), held })
        })
    }

    fn add(&mut self, order_id: &str, effect: &Effect, due_at: Timestamp) {
        let id = task_id(order_id, effect);
        self.outbox.entry(id.clone()).or_insert_with(|| Row {
            task: Task {
                id,
                order_id: order_id.to_owned(),
                kind: effect.kind,
                cause: effect.cause.clone(),
                attempts: 0,
            },
            due_at,
            claim: None,
            done_at: None,
            trouble: None,
            given_up_at: None,
        });
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn shop(&self) -> Result<Option<ShopRow>, StoreError> {
        Ok(self.tables().shop.clone())
    }

    async fn claim_shop(&self, shop: &ShopRow) -> Result<bool, StoreError> {
        Ok(*self.tables().shop.get_or_insert_with(|| shop.clone()) == *shop)
    }

    async fn begin(
        &self,
        order: &Order,
        pieces: &BTreeMap<StockKey, (i64, Supply)>,
    ) -> Result<Begun, StoreError> {
        let mut tables = self.tables();
        let busy = |other: &Order| {
            other.cart_id == order.cart_id && matches!(other.payment, Payment::Pending | Payment::Open)
        };
        if tables.orders.values().any(busy) {
            return Ok(Begun::CartBusy);
        }
        if let Some(short) = tables.short(pieces) {
            return Ok(short);
        }
        for (key, (quantity, _)) in pieces {
            tables.stock.entry(key.clone()).or_default().held += quantity;
        }
        tables.orders.insert(order.id.clone(), order.clone());
        Ok(Begun::Done)
    }

    async fn order(&self, id: &str) -> Result<Option<Order>, StoreError> {
        let mut tables = self.tables();
        tables.lookups += 1;
        Ok(tables.orders.get(id).cloned())
    }

    async fn order_of_session(&self, session: &str) -> Result<Option<Order>, StoreError> {
        Ok(self.find(|order| order.session_id.as_deref() == Some(session)))
    }

    async fn order_of_intent(&self, intent: &str) -> Result<Option<Order>, StoreError> {
        Ok(self.find(|order| order.payment_intent.as_deref() == Some(intent)))
    }

    async fn order_of_cart(&self, cart: &str) -> Result<Option<Order>, StoreError> {
        let mut tables = self.tables();
        tables.lookups += 1;
        let of_cart = tables.orders.values().filter(|order| order.cart_id == cart);
        Ok(of_cart
            .max_by_key(|order| (order.payment != Payment::Released, order.created_at, order.id.clone()))
            .cloned())
    }

    async fn orders_beginning(&self, letters: &str, limit: i64) -> Result<Vec<String>, StoreError> {
        let tables = self.tables();
        let ids = tables.orders.keys().filter(|id| id.starts_with(letters)).cloned();
        Ok(ids.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect())
    }

    async fn orders(&self, filter: &OrderFilter) -> Result<Vec<Order>, StoreError> {
        let tables = self.tables();
        let mut found: Vec<Order> = tables
            .orders
            .values()
            .filter(|order| filter.payment.is_none_or(|payment| order.payment == payment))
            .cloned()
            .collect();
        found.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
        found.truncate(usize::try_from(filter.limit).unwrap_or(usize::MAX));
        Ok(found)
    }

    async fn commit(&self, commit: Commit<'_>) -> Result<Committed, StoreError> {
        let mut guard = self.tables();
        let mut counts = BTreeMap::new();
        if commit.event.is_some_and(|(event, _)| guard.events.contains(event)) {
            return Ok(Committed::EventKnown);
        }
        let next = &commit.decision.next;
        let Some(stored) = guard.orders.get(&next.id) else {
            return Err(StoreError::Corrupt(format!("there is no order {}", next.id)));
        };
        if stored.version != next.version {
            return Ok(Committed::Conflict);
        }
        let change = &commit.decision.stock;
        let mut hooks = Vec::new();
        for (key, quantity) in commit.decision.pieces() {
            let supply = commit.supply.get(&key).copied().unwrap_or(Supply::Pieces(0));
            if *change == StockChange::SellLate
                && guard.available(&key, supply).is_some_and(|available| available < quantity)
            {
                return Ok(Committed::Gone);
            }
            let (sold, held) = deltas(change, quantity);
            let mut taken = guard.stock.get(&key).copied().unwrap_or_default();
            let before = is_sold_out(&taken, supply);
            taken.sold += sold;
            taken.held += held;
            if taken.sold < 0 || taken.held < 0 {
                return Err(StoreError::Corrupt(format!("{key} would be counted below nothing")));
            }
            if is_sold_out(&taken, supply) != before {
                hooks.push(build_hook(commit.now));
            }
            counts.insert(key, taken);
        }
        guard.stock.append(&mut counts);
        if let Some((event, _)) = commit.event {
            guard.events.insert(event.to_owned());
        }
        let order = Order { version: next.version + 1, ..next.clone() };
        for effect in &commit.decision.effects {
            guard.add(&next.id, effect, commit.now);
        }
        for (effect, due_at) in hooks {
            guard.add("", &effect, due_at);
        }
        guard.orders.insert(order.id.clone(), order);
        Ok(Committed::Done)
    }

    async fn postpone_order(&self, id: &str, version: i64, due_at: Timestamp) -> Result<(), StoreError> {
        if let Some(order) = self.tables().orders.get_mut(id).filter(|order| order.version == version) {
            order.due_at = Some(due_at);
        }
        Ok(())
    }

    async fn event_known(&self, id: &str) -> Result<bool, StoreError> {
        Ok(self.tables().events.contains(id))
    }

    async fn book_event(&self, id: &str, _kind: &str, _now: Timestamp) -> Result<(), StoreError> {
        self.tables().events.insert(id.to_owned());
        Ok(())
    }

    async fn due_orders(&self, now: Timestamp, limit: i64) -> Result<Vec<String>, StoreError> {
        let tables = self.tables();
        let mut due: Vec<(Timestamp, String)> = tables
            .orders
            .values()
            .filter_map(|order| Some((order.due_at.filter(|at| *at <= now)?, order.id.clone())))
            .collect();
        due.sort();
        Ok(due.into_iter().take(usize::try_from(limit).unwrap_or(0)).map(|(_, id)| id).collect())
    }

    async fn enqueue(&self, order_id: &str, effects: &[Effect], due_at: Timestamp) -> Result<(), StoreError> {
        let mut tables = self.tables();
        for effect in effects {
            tables.add(order_id, effect, due_at);
        }
        Ok(())
    }

    async fn claim_tasks(
        &self,
        order_id: Option<&str>,
        now: Timestamp,
        until: Timestamp,
        token: &str,
        limit: i64,
    ) -> Result<Vec<Task>, StoreError> {
        let mut tables = self.tables();
        let free = |row: &Row| {
            row.done_at.is_none()
                && row.due_at <= now
                && row.claim.as_ref().is_none_or(|(_, until)| *until <= now)
                && order_id.is_none_or(|id| id == row.task.order_id)
        };
        let mut rows: Vec<&mut Row> = tables.outbox.values_mut().filter(|row| free(row)).collect();
        rows.sort_by_key(|row| row.due_at);
        let taken = rows.into_iter().take(usize::try_from(limit).unwrap_or(0)).map(|row| {
            row.claim = Some((token.to_owned(), until));
            row.task.attempts += 1;
            row.task.clone()
        });
        Ok(taken.collect())
    }

    async fn finish_task(&self, id: &str, token: &str, now: Timestamp) -> Result<(), StoreError> {
        if let Some(row) = self.tables().outbox.get_mut(id)
            && row.claim.as_ref().is_some_and(|(claim, _)| claim == token)
        {
            row.done_at = Some(now);
            (row.trouble, row.given_up_at) = (None, None);
        }
        Ok(())
    }

    async fn postpone_task(
        &self,
        id: &str,
        token: &str,
        due_at: Timestamp,
        trouble: &str,
    ) -> Result<(), StoreError> {
        if let Some(row) = self.tables().outbox.get_mut(id)
            && row.claim.as_ref().is_some_and(|(claim, _)| claim == token)
        {
            row.claim = None;
            row.due_at = due_at;
            row.trouble = Some(trouble.to_owned());
        }
        Ok(())
    }

    async fn give_up_task(
        &self,
        id: &str,
        token: &str,
        due_at: Timestamp,
        trouble: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tables = self.tables();
        let row = tables.outbox.get_mut(id);
        let ours = |row: &&mut Row| row.claim.as_ref().is_some_and(|(claim, _)| claim == token);
        let Some(row) = row.filter(ours) else { return Ok(false) };
        row.claim = None;
        row.due_at = due_at;
        row.trouble = Some(trouble.to_owned());
        Ok(row.given_up_at.replace(row.given_up_at.unwrap_or(now)).is_none())
    }

    async fn undone_tasks(&self, order_id: Option<&str>) -> Result<Vec<Undone>, StoreError> {
        let tables = self.tables();
        let undone = tables.outbox.values().filter(|row| row.is_undone(order_id));
        let mut found: Vec<Undone> = undone
            .filter_map(|row| {
                Some(Undone {
                    order_id: row.task.order_id.clone(),
                    kind: row.task.kind.as_str().to_owned(),
                    attempts: row.task.attempts,
                    trouble: row.trouble.clone()?,
                    given_up_at: row.given_up_at,
                })
            })
            .collect();
        found.sort_by_key(|undone| undone.given_up_at.is_none());
        Ok(found)
    }

    async fn hurry_tasks(&self, order_id: Option<&str>, now: Timestamp) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let undone = tables.outbox.values_mut().filter(|row| row.is_undone(order_id));
        Ok(undone.fold(0, |count, row| {
            row.due_at = now;
            count + 1
        }))
    }

    async fn drop_tasks(&self, order_id: &str, now: Timestamp) -> Result<u64, StoreError> {
        let mut tables = self.tables();
        let undone = tables.outbox.values_mut().filter(|row| row.is_undone(Some(order_id)));
        let is_mail = |row: &&mut Row| row.given_up_at.is_some() && row.task.kind != EffectKind::Refund;
        Ok(undone.filter(is_mail).fold(0, |count, row| {
            row.done_at = Some(now);
            count + 1
        }))
    }

    async fn overdue_tasks(&self, since: Timestamp) -> Result<i64, StoreError> {
        let waits = |row: &&Row| row.done_at.is_none() && row.given_up_at.is_none();
        let late = |row: &&Row| row.due_at < since || row.task.attempts >= LONG_TRIED;
        let count = self.tables().outbox.values().filter(waits).filter(late).count();
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    async fn refunds_due(&self) -> Result<i64, StoreError> {
        let due = |order: &&Order| {
            let waits = order.payment == Payment::RefundDue && order.refund != Refund::Done;
            waits || order.refund == Refund::Failed
        };
        Ok(i64::try_from(self.tables().orders.values().filter(due).count()).unwrap_or(i64::MAX))
    }

    async fn stock(&self, keys: &[StockKey]) -> Result<BTreeMap<StockKey, Taken>, StoreError> {
        let tables = self.tables();
        Ok(keys.iter().filter_map(|key| Some((key.clone(), *tables.stock.get(key)?))).collect())
    }

    async fn all_stock(&self) -> Result<BTreeMap<StockKey, Taken>, StoreError> {
        Ok(self.tables().stock.clone())
    }

    async fn move_stock(
        &self,
        movement: &Move,
        supply: Supply,
    ) -> Result<Result<Moved, Refused>, StoreError> {
        let mut tables = self.tables();
        let key = &movement.key;
        let taken = tables.stock.get(key).copied().unwrap_or_default();
        let shelf = Shelf { supply, taken, owned: tables.owned(key) };
        let moved = match shelf.change(key, movement.change) {
            Ok(moved) => moved,
            Err(refused) => return Ok(Err(refused)),
        };
        let row = tables.stock.entry(key.clone()).or_default();
        row.adjusted += moved.adjusted;
        row.sold += moved.sold;
        tables.moves.push(PastMove {
            key: key.clone(),
            pieces: -moved.delta(),
            reason: movement.reason.clone(),
            at: movement.at,
        });
        Ok(Ok(moved))
    }

    async fn moves(&self, key: Option<&StockKey>, limit: i64) -> Result<Vec<PastMove>, StoreError> {
        let tables = self.tables();
        let mut moves: Vec<PastMove> =
            tables.moves.iter().filter(|past| key.is_none_or(|key| past.key == *key)).cloned().collect();
        moves.sort_by_key(|past| std::cmp::Reverse(past.at));
        moves.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(moves)
    }

    async fn set_lost(&self, key: &StockKey, lost: i64) -> Result<(), StoreError> {
        let mut tables = self.tables();
        let owned = tables.owned(key);
        tables.stock.entry(key.clone()).or_default().sold = owned + lost;
        Ok(())
    }

    async fn count_request(&self, client: &str, what: &str, since: Timestamp) -> Result<i64, StoreError> {
        let mut tables = self.tables();
        let count = tables.throttle.entry((client.to_owned(), what.to_owned(), since)).or_insert(0);
        *count += 1;
        Ok(*count)
    }

    async fn open_orders(&self, client: &str) -> Result<(i64, i64), StoreError> {
        let tables = self.tables();
        let open =
            tables.orders.values().filter(|order| matches!(order.payment, Payment::Pending | Payment::Open));
        let (mut own, mut all) = (0, 0);
        for order in open {
            all += 1;
            own += i64::from(order.client == client);
        }
        Ok((own, all))
    }

    async fn forget(&self, before: Timestamp) -> Result<(), StoreError> {
        self.tables().throttle.retain(|(_, _, since), _| *since >= before);
        Ok(())
    }

    async fn write_probe(&self, now: Timestamp) -> Result<(), StoreError> {
        self.count_request(PROBE, PROBE, now.floor(PROBED)).await.map(drop)
    }
}
