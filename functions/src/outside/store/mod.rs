//! The database: what a transaction may do, one method each. Whatever a method does, it does all of it or nothing.
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

/// Why the database did not do it.
#[derive(Debug)]
pub enum StoreError {
    /// It cannot be reached. Whether a commit arrived is not known.
    Unavailable(String),
    /// Another transaction kept what this one needs for too long; nothing was stored.
    Busy(String),
    /// What stands between the till and the database keeps them from understanding each other.
    Pooler(String),
    /// It answers and keeps nothing new: it is read-only, or its disk is full.
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

/// How an order was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is stored and holds its pieces.
    Done,
    /// A stock key has too few left; nothing was stored.
    Short {
        /// Which.
        key: StockKey,
        /// How many could be had.
        available: i64,
        /// How many others hold just now.
        held: i64,
    },
    /// The cart has an open order already.
    CartBusy,
}

/// A commit of an order's change.
#[derive(Debug, Clone)]
pub struct Commit<'a> {
    /// What was decided; `next.version` is the version that was read.
    pub decision: &'a Decision,
    /// How many pieces of each of the order's stock keys there ever were, by today's snapshot.
    pub supply: &'a BTreeMap<StockKey, Supply>,
    /// The event that caused it: id and type.
    pub event: Option<(&'a str, &'a str)>,
    /// Unix seconds.
    pub now: Timestamp,
}

/// How a commit went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// All of it is stored.
    Done,
    /// Somebody else changed the order since; nothing was stored.
    Conflict,
    /// The event was booked before; nothing was stored.
    EventKnown,
    /// A late payment's pieces are gone; nothing was stored.
    Gone,
}

/// An effect to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its name for ever, also the mail's Message-ID.
    pub id: String,
    /// Whose; empty for the shop's own.
    pub order_id: String,
    /// What.
    pub kind: EffectKind,
    /// Why.
    pub cause: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// An effect that was tried and is not done: why, and since when the till has given it up.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Undone {
    /// Whose; empty for the shop's own.
    pub order_id: String,
    /// What: `mail_confirmation`.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What was the matter the last time.
    pub trouble: String,
    /// Unix seconds; `None` while it is still tried by itself.
    pub given_up_at: Option<Timestamp>,
}

/// How many undone effects are told at most.
pub const MOST_UNDONE: i64 = 1000;

/// So many attempts take longer than an hour: each pause is twice the one before it.
pub const LONG_TRIED: i64 = 8;

/// A movement of stock by the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Unique.
    pub id: String,
    /// Whose pieces.
    pub key: StockKey,
    /// What the owner does.
    pub change: Change,
    /// In the owner's words.
    pub reason: String,
    /// Unix seconds.
    pub at: Timestamp,
}

/// A move that was made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PastMove {
    /// Whose pieces.
    pub key: StockKey,
    /// How many came back, or left (negative).
    pub pieces: i64,
    /// The owner's words.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// The database this till belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopRow {
    /// `acct_…`
    pub stripe_account: String,
    /// Live money.
    pub livemode: bool,
}

/// Which orders to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Only with this payment state.
    pub payment: Option<Payment>,
    /// At most so many, newest first.
    pub limit: i64,
}

/// What a till keeps.
#[async_trait]
pub trait Store: Send + Sync {
    /// Whose database it is; `None` before `bazaar database init`.
    async fn shop(&self) -> Result<Option<ShopRow>, StoreError>;

    /// Writes whose database it is; `false` when it is somebody else's already.
    async fn claim_shop(&self, shop: &ShopRow) -> Result<bool, StoreError>;

    /// Reserves `pieces` (how many, of how many there ever were) and stores the order.
    async fn begin(
        &self,
        order: &Order,
        pieces: &BTreeMap<StockKey, (i64, Supply)>,
    ) -> Result<Begun, StoreError>;

    /// An order by its id.
    async fn order(&self, id: &str) -> Result<Option<Order>, StoreError>;

    /// The ids that begin with these letters, in order, at most `limit`. The letters are those of ids: no `%` or `_`.
    async fn orders_beginning(&self, letters: &str, limit: i64) -> Result<Vec<String>, StoreError>;

    /// An order by its session.
    async fn order_of_session(&self, session: &str) -> Result<Option<Order>, StoreError>;

    /// An order by its payment intent.
    async fn order_of_intent(&self, intent: &str) -> Result<Option<Order>, StoreError>;

    /// The order of a cart: the newest that was not released, else the newest.
    async fn order_of_cart(&self, cart: &str) -> Result<Option<Order>, StoreError>;

    /// Orders, newest first.
    async fn orders(&self, filter: &OrderFilter) -> Result<Vec<Order>, StoreError>;

    /// Stores a decision, its stock, its effects and its event.
    async fn commit(&self, commit: Commit<'_>) -> Result<Committed, StoreError>;

    /// Puts off looking at an order that nothing is known of.
    async fn postpone_order(&self, id: &str, version: i64, due_at: Timestamp) -> Result<(), StoreError>;

    /// Whether an event was booked.
    async fn event_known(&self, id: &str) -> Result<bool, StoreError>;

    /// Books an event that concerns no order.
    async fn book_event(&self, id: &str, kind: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Orders someone should look at, longest overdue first.
    async fn due_orders(&self, now: Timestamp, limit: i64) -> Result<Vec<String>, StoreError>;

    /// Adds effects without changing an order.
    async fn enqueue(&self, order_id: &str, effects: &[Effect], due_at: Timestamp) -> Result<(), StoreError>;

    /// Takes up to `limit` effects that are due (of one order, or of any) for itself until `until`.
    async fn claim_tasks(
        &self,
        order_id: Option<&str>,
        now: Timestamp,
        until: Timestamp,
        token: &str,
        limit: i64,
    ) -> Result<Vec<Task>, StoreError>;

    /// Marks an effect done, if it is still ours.
    async fn finish_task(&self, id: &str, token: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Puts an effect back, to be tried again at `due_at`.
    async fn postpone_task(
        &self,
        id: &str,
        token: &str,
        due_at: Timestamp,
        trouble: &str,
    ) -> Result<(), StoreError>;

    /// Keeps an effect that cannot be done as things are: it is undone until somebody mends the cause, and tried again at `due_at`.
    /// Gives whether it was not given up before.
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

    /// Makes effects due now that were tried and are not done, of one order or of all. Gives how many.
    async fn hurry_tasks(&self, order_id: Option<&str>, now: Timestamp) -> Result<u64, StoreError>;

    /// Counts as done what was given up of an order, refunds excepted. Gives how many.
    async fn drop_tasks(&self, order_id: &str, now: Timestamp) -> Result<u64, StoreError>;

    /// How many effects wait since before `since`, or have been tried for longer than an hour, and are not given up.
    async fn overdue_tasks(&self, since: Timestamp) -> Result<i64, StoreError>;
    /// How many orders wait for their money to go back, or could not be given it.
    async fn refunds_due(&self) -> Result<i64, StoreError>;

    /// What is taken of these keys; a key without a row is left out.
    async fn stock(&self, keys: &[StockKey]) -> Result<BTreeMap<StockKey, Taken>, StoreError>;

    /// What is taken of every key.
    async fn all_stock(&self) -> Result<BTreeMap<StockKey, Taken>, StoreError>;

    /// Books a movement if [`crate::decide::stock`] allows it.
    async fn move_stock(&self, movement: &Move, supply: Supply)
    -> Result<Result<Moved, Refused>, StoreError>;

    /// What the owner moved by hand, of one key or of all, the newest first.
    async fn moves(&self, key: Option<&StockKey>, limit: i64) -> Result<Vec<PastMove>, StoreError>;

    /// Counts as sold what the orders kept here own of a key, and `lost` pieces of orders that are not here any more.
    async fn set_lost(&self, key: &StockKey, lost: i64) -> Result<(), StoreError>;

    /// Counts one more request of `client` in the window that began at `since`; gives the count.
    async fn count_request(&self, client: &str, what: &str, since: Timestamp) -> Result<i64, StoreError>;

    /// How many checkouts are open: of this client, and of all.
    async fn open_orders(&self, client: &str) -> Result<(i64, i64), StoreError>;

    /// Forgets what is older than `before`: throttle windows.
    async fn forget(&self, before: Timestamp) -> Result<(), StoreError>;

    /// Writes something small, so that a database that takes nothing new is found out.
    async fn write_probe(&self, now: Timestamp) -> Result<(), StoreError>;
}

/// Under this name [`Store::write_probe`] counts itself.
const PROBE: &str = "health";
/// In which time one probe is counted.
const HOUR: Duration = Duration::from_secs(3600);

/// How long the site's rebuild waits for more pieces to sell, in seconds.
pub const DEBOUNCE: Duration = Duration::from_secs(60);

/// The effect that has the site built anew: one for each minute, so that many sales cause one build.
pub fn build_hook(now: Timestamp) -> (Effect, Timestamp) {
    let end = now.floor(DEBOUNCE) + DEBOUNCE;
    (Effect { kind: EffectKind::BuildHook, cause: end.0.to_string() }, end)
}

/// The name of an effect for ever.
pub fn task_id(order_id: &str, effect: &Effect) -> String {
    format!("{order_id}.{}.{}", effect.kind.as_str(), effect.cause)
}

/// What a change does to a key's counts for `quantity` pieces: (sold, held).
pub fn deltas(change: &StockChange, quantity: i64) -> (i64, i64) {
    match change {
        StockChange::None => (0, 0),
        StockChange::Sell => (quantity, -quantity),
        StockChange::Release => (0, -quantity),
        StockChange::SellLate => (quantity, 0),
        StockChange::Return(_) => (-quantity, 0),
    }
}

/// Whether nothing of a key is left for anybody.
pub fn is_sold_out(taken: &Taken, supply: Supply) -> bool {
    match supply {
        Supply::Unlimited => false,
        Supply::Pieces(pieces) => i64::from(pieces) - taken.sold - taken.adjusted <= 0,
    }
}
