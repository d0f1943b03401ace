//! The database: one method for each transaction. A method does all of its work or none.
//!
//! Lock order everywhere: event, order, stock by key, outbox.

pub mod address;
#[cfg(any(test, feature = "testing"))]
pub mod memory;
mod pooler;
mod rows;
pub mod sql;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use catalog::supply::Taken;
use catalog::{StockKey, Supply, Timestamp};
use messages::tr;

use crate::decide::settle::{Decision, Effect, EffectKind, StockChange};
use crate::decide::stock::{Change, Moved, Refused};
use crate::decide::{Order, Payment};

/// Why the database failed.
#[derive(Debug)]
pub enum StoreError {
    /// It cannot be reached. Whether a commit arrived is unknown.
    Unavailable(String),
    /// Another transaction held locks for too long; nothing was stored.
    Busy(String),
    /// A pooler between till and database breaks their communication.
    Pooler(String),
    /// It answers but stores nothing new: it is read-only, or its disk is full.
    Full(String),
    /// It holds something that this till does not understand.
    Corrupt(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            StoreError::Unavailable(why) => tr!("the database cannot be reached: {why}"),
            StoreError::Busy(why) => tr!("the database is busy with something else: {why}"),
            StoreError::Pooler(why) => {
                tr!("the pooler in front of the database {why}: docs/database.md, \"Pooling\"")
            }
            StoreError::Full(why) => tr!("the database takes nothing new: {why}"),
            StoreError::Corrupt(what) => tr!("the database holds what it should not: {what}"),
        })
    }
}

impl std::error::Error for StoreError {}

/// The result of storing a new order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is stored and holds its pieces.
    Done,
    /// A stock key has too few pieces left; nothing was stored.
    Short {
        /// The stock key.
        key: StockKey,
        /// How many are available.
        available: i64,
        /// How many are held just now.
        held: i64,
    },
    /// The cart already has an open order.
    CartBusy,
}

/// A change of an order to commit.
#[derive(Debug, Clone)]
pub struct Commit<'a> {
    /// What was decided; `next.version` is the version that was read.
    pub decision: &'a Decision,
    /// The supply of each of the order's stock keys, from the current snapshot.
    pub supply: &'a BTreeMap<StockKey, Supply>,
    /// Id and type of the event that caused it.
    pub event: Option<(&'a str, &'a str)>,
    /// Unix seconds.
    pub now: Timestamp,
}

/// The result of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// All of it is stored.
    Done,
    /// Somebody else changed the order in the meantime; nothing was stored.
    Conflict,
    /// The event was already booked; nothing was stored.
    EventKnown,
    /// A late payment's pieces are gone; nothing was stored.
    Gone,
}

/// An effect to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its permanent id, also used for the mail's Message-ID.
    pub id: String,
    /// The order; empty for the shop's own.
    pub order_id: String,
    /// What to do.
    pub kind: EffectKind,
    /// See [`Effect`].
    pub cause: String,
    /// How often it was tried, this attempt included.
    pub attempts: i64,
}

/// An effect that was tried and is not done: why, and since when it has been given up.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Undone {
    /// The order; empty for the shop's own.
    pub order_id: String,
    /// The kind: `mail_confirmation`.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last attempt failed.
    pub trouble: String,
    /// Unix seconds; `None` while it is still retried as usual.
    pub given_up_at: Option<Timestamp>,
}

/// How many undone effects are listed at most.
pub const MOST_UNDONE: i64 = 1000;

/// This many attempts take longer than an hour: each pause is twice the previous one.
pub const LONG_TRIED: i64 = 8;

/// A movement of stock by the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Unique id.
    pub id: String,
    /// The stock key.
    pub key: StockKey,
    /// What the owner does.
    pub change: Change,
    /// In the owner's words.
    pub reason: String,
    /// Unix seconds.
    pub at: Timestamp,
}

/// A movement that was made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PastMove {
    /// The stock key.
    pub key: StockKey,
    /// Pieces that came back, or left (negative).
    pub pieces: i64,
    /// In the owner's words.
    pub reason: String,
    /// Unix seconds.
    pub at: Timestamp,
}

/// Whose database it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopRow {
    /// `acct_…`
    pub stripe_account: String,
    /// Live money, not a test.
    pub livemode: bool,
}

/// Which orders to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Only orders in this payment state.
    pub payment: Option<Payment>,
    /// At most this many, newest first.
    pub limit: i64,
}

/// What a till stores.
#[async_trait]
pub trait Store: Send + Sync {
    /// Whose database it is; `None` before `bazaar database init`.
    async fn shop(&self) -> Result<Option<ShopRow>, StoreError>;

    /// Records whose database it is; `false` if it already belongs to another shop.
    async fn claim_shop(&self, shop: &ShopRow) -> Result<bool, StoreError>;

    /// Holds `pieces` (quantity and supply by stock key) and stores the order.
    async fn begin(
        &self,
        order: &Order,
        pieces: &BTreeMap<StockKey, (i64, Supply)>,
    ) -> Result<Begun, StoreError>;

    /// An order by its id.
    async fn order(&self, id: &str) -> Result<Option<Order>, StoreError>;

    /// At most `limit` ids that begin with these letters, in order. The letters are those of ids: no `%` or `_`.
    async fn orders_beginning(&self, letters: &str, limit: i64) -> Result<Vec<String>, StoreError>;

    /// An order by its session.
    async fn order_of_session(&self, session: &str) -> Result<Option<Order>, StoreError>;

    /// An order by its payment intent.
    async fn order_of_intent(&self, intent: &str) -> Result<Option<Order>, StoreError>;

    /// The order of a cart: the newest that was not released, else the newest.
    async fn order_of_cart(&self, cart: &str) -> Result<Option<Order>, StoreError>;

    /// Orders, newest first.
    async fn orders(&self, filter: &OrderFilter) -> Result<Vec<Order>, StoreError>;

    /// Stores a decision with its stock, effects and event.
    async fn commit(&self, commit: Commit<'_>) -> Result<Committed, StoreError>;

    /// Changes only when an order is due, if it still has this version.
    async fn postpone_order(&self, id: &str, version: i64, due_at: Timestamp) -> Result<(), StoreError>;

    /// Whether an event was already booked.
    async fn event_known(&self, id: &str) -> Result<bool, StoreError>;

    /// Books an event that concerns no order.
    async fn book_event(&self, id: &str, kind: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Ids of due orders, longest overdue first.
    async fn due_orders(&self, now: Timestamp, limit: i64) -> Result<Vec<String>, StoreError>;

    /// Adds effects without changing an order.
    async fn enqueue(&self, order_id: &str, effects: &[Effect], due_at: Timestamp) -> Result<(), StoreError>;

    /// Claims up to `limit` due effects (of one order, or of any) until `until`.
    async fn claim_tasks(
        &self,
        order_id: Option<&str>,
        now: Timestamp,
        until: Timestamp,
        token: &str,
        limit: i64,
    ) -> Result<Vec<Task>, StoreError>;

    /// Marks an effect done, if it is still claimed with this token.
    async fn finish_task(&self, id: &str, token: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Releases a failed effect, to be retried at `due_at`.
    async fn postpone_task(
        &self,
        id: &str,
        token: &str,
        due_at: Timestamp,
        trouble: &str,
    ) -> Result<(), StoreError>;

    /// Gives up an effect that cannot be done as things are, until somebody fixes the cause; it is retried at `due_at`.
    /// Returns whether it was not given up before.
    async fn give_up_task(
        &self,
        id: &str,
        token: &str,
        due_at: Timestamp,
        trouble: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Effects that were tried and are not done, of one order or of all: those given up first.
    async fn undone_tasks(&self, order_id: Option<&str>) -> Result<Vec<Undone>, StoreError>;

    /// Makes the undone effects of one order, or of all, due now. Returns how many.
    async fn hurry_tasks(&self, order_id: Option<&str>, now: Timestamp) -> Result<u64, StoreError>;

    /// Marks the given-up effects of an order done, except refunds. Returns how many.
    async fn drop_tasks(&self, order_id: &str, now: Timestamp) -> Result<u64, StoreError>;

    /// How many effects, not given up, have been due since before `since` or tried for longer than an hour.
    async fn overdue_tasks(&self, since: Timestamp) -> Result<i64, StoreError>;
    /// How many orders wait for a refund, or had one fail.
    async fn refunds_due(&self) -> Result<i64, StoreError>;

    /// What is taken of these stock keys; keys without a row are left out.
    async fn stock(&self, keys: &[StockKey]) -> Result<BTreeMap<StockKey, Taken>, StoreError>;

    /// What is taken of every stock key.
    async fn all_stock(&self) -> Result<BTreeMap<StockKey, Taken>, StoreError>;

    /// Records a movement if [`crate::decide::stock`] allows it.
    async fn move_stock(&self, movement: &Move, supply: Supply)
    -> Result<Result<Moved, Refused>, StoreError>;

    /// The owner's movements, of one stock key or of all, newest first.
    async fn moves(&self, key: Option<&StockKey>, limit: i64) -> Result<Vec<PastMove>, StoreError>;

    /// Sets what is sold of a stock key: what stored orders own, and `lost` pieces of orders that are gone.
    async fn set_lost(&self, key: &StockKey, lost: i64) -> Result<(), StoreError>;

    /// Counts one more request of `client` in the window that began at `since`; returns the count.
    async fn count_request(&self, client: &str, what: &str, since: Timestamp) -> Result<i64, StoreError>;

    /// How many checkouts are open: of this client, and of all.
    async fn open_orders(&self, client: &str) -> Result<(i64, i64), StoreError>;

    /// Deletes request counts of windows before `before`.
    async fn forget(&self, before: Timestamp) -> Result<(), StoreError>;

    /// Writes something small, to detect a database that accepts no writes.
    async fn write_probe(&self, now: Timestamp) -> Result<(), StoreError>;
}

/// The name under which [`Store::write_probe`] counts itself.
const PROBE: &str = "health";
/// The window over which probes are counted.
const PROBED: Duration = Duration::from_secs(3600);

/// How long a rebuild of the site waits at most for further sales.
pub const DEBOUNCE: Duration = Duration::from_secs(60);

/// The effect that rebuilds the site: one for each minute, so that many sales cause one build.
pub fn build_hook(now: Timestamp) -> (Effect, Timestamp) {
    let end = now.floor(DEBOUNCE) + DEBOUNCE;
    (Effect { kind: EffectKind::BuildHook, cause: end.0.to_string() }, end)
}

/// The permanent id of an effect.
pub fn task_id(order_id: &str, effect: &Effect) -> String {
    format!("{order_id}.{}.{}", effect.kind.as_str(), effect.cause)
}

/// How a change affects a stock key's counts for `quantity` pieces: (sold, held).
pub fn deltas(change: &StockChange, quantity: i64) -> (i64, i64) {
    match change {
        StockChange::None => (0, 0),
        StockChange::Sell => (quantity, -quantity),
        StockChange::Release => (0, -quantity),
        StockChange::SellLate => (quantity, 0),
        StockChange::Return(_) => (-quantity, 0),
    }
}

/// Whether everything is sold or taken by hand: held pieces may come back.
pub fn is_sold_out(taken: &Taken, supply: Supply) -> bool {
    match supply {
        Supply::Unlimited => false,
        Supply::Pieces(pieces) => i64::from(pieces) - taken.sold - taken.adjusted <= 0,
    }
}
