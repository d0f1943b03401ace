//! The store in SQLite and PostgreSQL: one set of statements, through sqlx's `Any`. (Longer than most files here: a statement
//! or two for each method of [`Store`], side by side, so that the lock order is visible.)

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use catalog::supply::Taken;
use catalog::{StockKey, Supply, Timestamp};
use messages::tr;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Row, Transaction};

use super::address::public_roots;
use super::pooler::{self, Way};
use super::rows::{self, Details, column_of, strange, supply_number};
use super::{
    Begun, Commit, Committed, HOUR, LONG_TRIED, MOST_UNDONE, Move, OrderFilter, PROBE, PastMove, ShopRow,
    Store, StoreError, Task, Undone, build_hook, deltas, is_sold_out, task_id,
};
use crate::decide::settle::{Effect, EffectKind, StockChange};
use crate::decide::stock::{Moved, Refused, Shelf};
use crate::decide::{Order, OrderLine};
use crate::flaws::{self, Flaw};

/// The columns of an order, in the order in which [`rows::order`] reads them.
macro_rules! order_columns {
    () => {
        "id, version, payment, fulfilment, refund, refunded_amount, dispute, session_id, payment_intent, \
         idempotency_key, request, api_version, created_at, expires_at, paid_at, due_at, flagged, cart_id, client, \
         lang, currency, livemode, total, details"
    };
}

/// How long to wait for a connection, and how long a conflicting transaction is retried.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait for a row (SQLite: the file) locked by another transaction.
const LOCK_WAIT: Duration = Duration::from_secs(3);

/// How long a transaction may take, waiting included. The database enforces the other limits itself, if it is reachable and
/// no pooler lost the session's settings; this one always holds, and is shorter than any host's limit (`http/deadline.rs`).
pub const TRANSACTION: Duration = TIMEOUT.saturating_add(LOCK_WAIT);

/// How many stock keys one statement queries. A category's page needs one query, and the prepared statement stays the same.
const SLOTS: usize = 32;
const STOCK: &str = "SELECT key, sold, held, away FROM stock WHERE key IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
    $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)";

/// SQLite or PostgreSQL.
#[derive(Debug, Clone)]
pub struct SqlStore {
    pool: AnyPool,
    /// How PostgreSQL is reached, perhaps through a pooler; `None` for SQLite.
    way: Option<Arc<Way>>,
}

/// Why a transaction failed.
enum TxError {
    /// It met another one: try again.
    Again(String),
    Store(StoreError),
}

impl From<sqlx::Error> for TxError {
    fn from(error: sqlx::Error) -> Self {
        if let Some(known) = error.as_database_error().and_then(pooler::of) {
            return TxError::Store(known);
        }
        let code =
            error.as_database_error().and_then(|database| database.code().map(|code| code.into_owned()));
        match code.as_deref() {
            // PostgreSQL: serialization failure, deadlock, lock not available. SQLite: busy, locked, and their kin.
            Some("40001" | "40P01" | "55P03" | "5" | "6" | "261" | "517" | "262") => {
                TxError::Again(error.to_string())
            }
            Some(code) if takes_nothing(code) => TxError::Store(StoreError::Full(error.to_string())),
            // The database is there but refuses us: user, password, name of the database, too many connections, shutting down
            // (PostgreSQL's manual, "Error Codes", classes 08, 28, 3D, 53 and 57).
            Some(code)
                if ["08", "28", "3D", "53", "57"]
                    .iter()
                    .any(|class| code.len() == 5 && code.starts_with(class)) =>
            {
                TxError::Store(StoreError::Unavailable(error.to_string()))
            }
            Some(_) => TxError::Store(StoreError::Corrupt(error.to_string())),
            None if matches!(error, sqlx::Error::PoolTimedOut) => {
                TxError::Store(StoreError::Unavailable(no_answer(TIMEOUT)))
            }
            None => TxError::Store(StoreError::Unavailable(error.to_string())),
        }
    }
}

fn no_answer(within: Duration) -> String {
    let seconds = within.as_secs();
    tr!("no answer within {seconds} seconds")
}

/// PostgreSQL: a read-only transaction (a standby, an expired plan), disk full. SQLite: read-only, I/O error, disk full, a
/// file that cannot be opened, each with its extended codes (sqlite.org/rescode.html).
fn takes_nothing(code: &str) -> bool {
    // PostgreSQL's codes have five characters.
    let of_sqlite = |code: u32| matches!(code & 0xff, 8 | 10 | 13 | 14);
    matches!(code, "25006" | "53100") || (code.len() < 5 && code.parse().is_ok_and(of_sqlite))
}

/// PostgreSQL: undefined table. SQLite has one code for all errors in a statement.
fn has_no_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().as_deref() == Some("42P01") || error.message().starts_with("no such table")
    })
}

impl From<StoreError> for TxError {
    fn from(error: StoreError) -> Self {
        TxError::Store(error)
    }
}

impl From<TxError> for StoreError {
    fn from(trouble: TxError) -> Self {
        match trouble {
            TxError::Again(text) => StoreError::Busy(text),
            TxError::Store(error) => error,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        TxError::from(error).into()
    }
}

/// Retries a transaction that conflicts with another one, while there is time to wait for one more lock.
macro_rules! again {
    ($run:expr) => {{
        let began = tokio::time::Instant::now();
        let tries = async {
            let mut pause = Duration::from_millis(10);
            loop {
                match $run.await {
                    Err(TxError::Again(_)) if began.elapsed() + LOCK_WAIT < TIMEOUT => {
                        tokio::time::sleep(pause).await;
                        pause = (pause * 2).min(Duration::from_millis(320));
                    }
                    other => break other.map_err(StoreError::from),
                }
            }
        };
        // Dropped halfway, a transaction is rolled back; as always, whether a commit arrived is unknown.
        tokio::time::timeout(TRANSACTION, tries)
            .await
            .unwrap_or_else(|_| Err(StoreError::Unavailable(no_answer(TRANSACTION))))
    }};
}

impl SqlStore {
    /// A database by its address: `postgres://…` or `sqlite://PATH` (created if missing only with `?mode=rwc`). It connects
    /// when first needed. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// If the address is invalid.
    pub fn connect(url: &str, connections: u32) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let sqlite = url.starts_with("sqlite:");
        let options: AnyConnectOptions = public_roots(url).parse()?;
        let way = (!sqlite).then(|| Arc::new(Way::new(options.clone())));
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(TIMEOUT)
            .after_connect(move |connection, _| Box::pin(async move { prepare(connection, sqlite).await }))
            .connect_lazy_with(options);
        Ok(SqlStore { pool, way })
    }

    /// Brings the tables up to date; safe if several do it at once.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut migrations = sqlx::migrate!("./migrations");
        // After a rollback the database has newer, additive migrations, which this version can ignore.
        migrations.set_ignore_missing(true);
        migrations.run(self.pool().await?).await.map_err(|error| StoreError::Unavailable(error.to_string()))
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// The connections, once it is known that statements arrive at the database unchanged.
    async fn pool(&self) -> Result<&AnyPool, StoreError> {
        if let Some(way) = &self.way {
            way.check(TIMEOUT).await?;
        }
        Ok(&self.pool)
    }

    async fn start(&self) -> Result<Transaction<'static, Any>, TxError> {
        let pool = self.pool().await?;
        // SQLite has no pooler to test.
        let begun =
            if self.way.is_none() { pool.begin_with("BEGIN IMMEDIATE").await } else { pool.begin().await };
        Ok(begun?)
    }

    async fn try_begin(
        &self,
        order: &Order,
        pieces: &BTreeMap<StockKey, (i64, Supply)>,
    ) -> Result<Begun, TxError> {
        let mut tx = self.start().await?;
        if let Err(error) = insert_order(&mut tx, order).await {
            return match error.as_database_error() {
                Some(database) if database.is_unique_violation() => Ok(Begun::CartBusy),
                _ => Err(error.into()),
            };
        }
        for (key, (quantity, supply)) in pieces {
            ensure_row(&mut tx, key).await?;
            if !take(&mut tx, key, *quantity, *supply, "held").await? {
                return short(key, *quantity, *supply, taken(&mut tx, key).await?);
            }
        }
        tx.commit().await?;
        Ok(Begun::Done)
    }

    async fn try_commit(&self, commit: &Commit<'_>) -> Result<Committed, TxError> {
        let mut tx = self.start().await?;
        if let Some((id, kind)) = commit.event
            && !insert_event(&mut tx, id, kind, commit.now).await?
        {
            return Ok(Committed::EventKnown);
        }
        let next = &commit.decision.next;
        if !update_order(&mut tx, next).await? {
            return Ok(Committed::Conflict);
        }
        let mut hook = None;
        for (key, quantity) in commit.decision.pieces() {
            let supply = commit.supply.get(&key).copied().unwrap_or(Supply::Pieces(0));
            ensure_row(&mut tx, &key).await?;
            let before = taken(&mut tx, &key).await?;
            if commit.decision.stock == StockChange::SellLate {
                if !take(&mut tx, &key, quantity, supply, "sold").await? {
                    return Ok(Committed::Gone);
                }
            } else {
                shift(&mut tx, &key, deltas(&commit.decision.stock, quantity)).await?;
            }
            let after = taken(&mut tx, &key).await?;
            if is_sold_out(&before, supply) != is_sold_out(&after, supply) {
                hook = Some(build_hook(commit.now));
            }
        }
        for effect in &commit.decision.effects {
            insert_effect(&mut tx, &next.id, effect, commit.now).await?;
        }
        if let Some((effect, due_at)) = hook {
            insert_effect(&mut tx, "", &effect, due_at).await?;
        }
        tx.commit().await?;
        Ok(Committed::Done)
    }

    async fn try_move(&self, movement: &Move, supply: Supply) -> Result<Result<Moved, Refused>, TxError> {
        let mut tx = self.start().await?;
        let key = &movement.key;
        lock(&mut tx, key).await?;
        let shelf = Shelf { supply, taken: taken(&mut tx, key).await?, owned: owned(&mut tx, key).await? };
        let moved = match shelf.change(key, movement.change) {
            Ok(moved) => moved,
            Err(refused) => return Ok(Err(refused)),
        };
        sqlx::query("UPDATE stock SET away = away + $1, sold = sold + $2 WHERE key = $3")
            .bind(moved.adjusted)
            .bind(moved.sold)
            .bind(key.as_str())
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO stock_moves (id, key, delta, reason, order_id, at) VALUES ($1, $2, $3, $4, NULL, $5)")
            .bind(&movement.id)
            .bind(movement.key.as_str())
            .bind(moved.delta())
            .bind(&movement.reason)
            .bind(movement.at.0)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Ok(moved))
    }

    async fn try_set_lost(&self, key: &StockKey, lost: i64) -> Result<(), TxError> {
        let mut tx = self.start().await?;
        lock(&mut tx, key).await?;
        let owned = owned(&mut tx, key).await?;
        sqlx::query("UPDATE stock SET sold = $1 WHERE key = $2")
            .bind(owned + lost)
            .bind(key.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn try_claim(
        &self,
        order_id: Option<&str>,
        now: Timestamp,
        until: Timestamp,
        token: &str,
        limit: i64,
    ) -> Result<Vec<Task>, TxError> {
        let mut tx = self.start().await?;
        // The conditions are repeated: PostgreSQL checks the outer ones again on a row it had to wait for.
        sqlx::query(
            "UPDATE outbox SET claimed_until = $1, claim_token = $2, attempts = attempts + 1 \
             WHERE done_at IS NULL AND due_at <= $3 AND (claimed_until IS NULL OR claimed_until <= $3) AND id IN ( \
                SELECT id FROM outbox WHERE done_at IS NULL AND due_at <= $3 \
                AND (claimed_until IS NULL OR claimed_until <= $3) AND ($4 = '*' OR order_id = $4) \
                ORDER BY due_at, id LIMIT $5)",
        )
        .bind(until.0)
        .bind(token)
        .bind(now.0)
        .bind(order_id.unwrap_or("*"))
        .bind(limit)
        .execute(&mut *tx)
        .await?;
        let rows = sqlx::query(
            "SELECT id, order_id, kind, cause, attempts FROM outbox \
             WHERE claim_token = $1 AND done_at IS NULL ORDER BY due_at, id",
        )
        .bind(token)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        let mut tasks = Vec::with_capacity(rows.len());
        for row in &rows {
            let kind: String = row.try_get(2).map_err(strange)?;
            // An effect that a later version left before a rollback must not block the others.
            let Ok(kind) = kind.parse::<EffectKind>() else {
                tracing::error!(kind, "an effect is of a later version of the till");
                continue;
            };
            tasks.push(Task {
                id: row.try_get(0).map_err(strange)?,
                order_id: row.try_get(1).map_err(strange)?,
                kind,
                cause: row.try_get(3).map_err(strange)?,
                attempts: row.try_get(4).map_err(strange)?,
            });
        }
        Ok(tasks)
    }

    async fn one(&self, rest: &'static str, value: &str) -> Result<Option<Order>, StoreError> {
        let mut connection = self.pool().await?.acquire().await?;
        let row = sqlx::query(select(rest)?).bind(value).fetch_optional(&mut *connection).await?;
        let Some(row) = row else { return Ok(None) };
        let mut order = rows::order(&row)?;
        order.lines = lines(&mut connection, &order.id).await?;
        Ok(Some(order))
    }
}

/// The statement that reads orders by `rest`. Each is a literal, so that none can contain a shopper's words.
fn select(rest: &'static str) -> Result<&'static str, StoreError> {
    macro_rules! orders {
        ($($rest:literal),+) => {
            match rest {
                $($rest => Ok(concat!("SELECT ", order_columns!(), " FROM orders ", $rest)),)+
                _ => Err(StoreError::Corrupt(format!("no such statement: {rest}"))),
            }
        };
    }
    orders!(
        "WHERE id = $1",
        "WHERE session_id = $1",
        "WHERE payment_intent = $1",
        "WHERE cart_id = $1 ORDER BY CASE WHEN payment = 'released' THEN 1 ELSE 0 END, created_at DESC, id DESC LIMIT 1"
    )
}

async fn prepare(connection: &mut AnyConnection, sqlite: bool) -> Result<(), sqlx::Error> {
    let settings: &[&'static str] = if sqlite {
        &["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"]
    } else {
        &["SET idle_in_transaction_session_timeout = '10s'"]
    };
    // SQLite's timeout comes first: changing the journal's mode may have to wait.
    let lock_wait = if sqlite { "PRAGMA busy_timeout" } else { "SET lock_timeout" };
    let lock_wait = format!("{lock_wait} = {}", LOCK_WAIT.as_millis());
    sqlx::query(AssertSqlSafe(lock_wait)).execute(&mut *connection).await?;
    for setting in settings {
        sqlx::query(*setting).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn lines(connection: &mut AnyConnection, order: &str) -> Result<Vec<OrderLine>, StoreError> {
    let rows = sqlx::query(
        "SELECT sku, key, quantity, unit_price, vat, title, note, supply, words FROM order_lines \
         WHERE order_id = $1 ORDER BY position",
    )
    .bind(order)
    .fetch_all(connection)
    .await?;
    rows.iter().map(rows::line).collect()
}

async fn insert_order(tx: &mut AnyConnection, order: &Order) -> Result<(), sqlx::Error> {
    let details = Details::of(order).map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
    sqlx::query(
        "INSERT INTO orders (id, version, payment, fulfilment, refund, refunded_amount, dispute, session_id, \
         payment_intent, idempotency_key, request, api_version, created_at, expires_at, paid_at, due_at, flagged, \
         cart_id, client, lang, currency, livemode, total, details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
         $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)",
    )
    .bind(&order.id)
    .bind(order.version)
    .bind(order.payment.as_str())
    .bind(order.fulfilment.as_str())
    .bind(order.refund.as_str())
    .bind(order.refunded_amount.0)
    .bind(column_of(order.dispute).as_str())
    .bind(order.session_id.as_deref())
    .bind(order.payment_intent.as_deref())
    .bind(&order.idempotency_key)
    .bind(&order.request)
    .bind(&order.api_version)
    .bind(order.created_at.0)
    .bind(order.expires_at.0)
    .bind(order.paid_at.map(|at| at.0))
    .bind(order.due_at.map(|at| at.0))
    .bind(i64::from(order.flagged))
    .bind(&order.cart_id)
    .bind(&order.client)
    .bind(&order.lang)
    .bind(order.currency.code())
    .bind(i64::from(order.livemode))
    .bind(order.total.0)
    .bind(details)
    .execute(&mut *tx)
    .await?;
    for (position, line) in (0i64..).zip(&order.lines) {
        // Older tills read `note` and do not know `words`.
        let words =
            serde_json::to_string(&line.words).map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
        sqlx::query(
            "INSERT INTO order_lines (order_id, position, sku, key, quantity, unit_price, vat, title, note, supply, words) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&order.id)
        .bind(position)
        .bind(line.sku.as_str())
        .bind(line.key.as_str())
        .bind(i64::from(line.quantity))
        .bind(line.unit_price.0)
        .bind(line.vat.map(|rate| i64::from(rate.0)))
        .bind(&line.title)
        .bind(line.labelled_note(&order.lang))
        .bind(supply_number(line.supply))
        .bind(words)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Writes the fields of an order that can change, if it still has the version that was read.
async fn update_order(tx: &mut AnyConnection, order: &Order) -> Result<bool, TxError> {
    let done = sqlx::query(
        "UPDATE orders SET version = version + 1, payment = $1, fulfilment = $2, refund = $3, refunded_amount = $4, \
         dispute = $5, session_id = $6, payment_intent = $7, paid_at = $8, due_at = $9, flagged = $10, details = $11 \
         WHERE id = $12 AND version = $13",
    )
    .bind(order.payment.as_str())
    .bind(order.fulfilment.as_str())
    .bind(order.refund.as_str())
    .bind(order.refunded_amount.0)
    .bind(column_of(order.dispute).as_str())
    .bind(order.session_id.as_deref())
    .bind(order.payment_intent.as_deref())
    .bind(order.paid_at.map(|at| at.0))
    .bind(order.due_at.map(|at| at.0))
    .bind(i64::from(order.flagged))
    .bind(Details::of(order)?)
    .bind(&order.id)
    .bind(order.version)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn insert_event(tx: &mut AnyConnection, id: &str, kind: &str, now: Timestamp) -> Result<bool, TxError> {
    let done = sqlx::query(
        "INSERT INTO stripe_events (id, type, received_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
    )
    .bind(id)
    .bind(kind)
    .bind(now.0)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn insert_effect(
    tx: &mut AnyConnection,
    order_id: &str,
    effect: &Effect,
    due_at: Timestamp,
) -> Result<(), TxError> {
    sqlx::query(
        "INSERT INTO outbox (id, order_id, kind, cause, due_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(task_id(order_id, effect))
    .bind(order_id)
    .bind(effect.kind.as_str())
    .bind(&effect.cause)
    .bind(due_at.0)
    .execute(tx)
    .await?;
    Ok(())
}

async fn ensure_row(tx: &mut AnyConnection, key: &StockKey) -> Result<(), TxError> {
    sqlx::query(
        "INSERT INTO stock (key, sold, held, away) VALUES ($1, 0, 0, 0) ON CONFLICT (key) DO NOTHING",
    )
    .bind(key.as_str())
    .execute(tx)
    .await?;
    Ok(())
}

/// Blocks everybody else who changes this stock key, until the transaction ends.
async fn lock(tx: &mut AnyConnection, key: &StockKey) -> Result<(), TxError> {
    ensure_row(tx, key).await?;
    sqlx::query("UPDATE stock SET away = away WHERE key = $1").bind(key.as_str()).execute(tx).await?;
    Ok(())
}

/// How many pieces of a stock key the orders own. Exact while the key is locked: orders change together with their counts.
async fn owned(tx: &mut AnyConnection, key: &StockKey) -> Result<i64, TxError> {
    let rows = sqlx::query(
        "SELECT CAST(sum(order_lines.quantity) AS BIGINT), max(orders.details) FROM orders \
         JOIN order_lines ON order_lines.order_id = orders.id \
         WHERE order_lines.key = $1 AND orders.payment = 'paid' AND orders.fulfilment <> 'cancelled' GROUP BY orders.id",
    )
    .bind(key.as_str())
    .fetch_all(tx)
    .await?;
    let mut owned = 0;
    for row in &rows {
        let (pieces, details): (i64, String) =
            (row.try_get(0).map_err(strange)?, row.try_get(1).map_err(strange)?);
        owned += pieces - Details::read(&details)?.returned.get(key).copied().unwrap_or(0);
    }
    Ok(owned)
}

/// Takes pieces if they are available, in one statement: this is what prevents selling a piece twice.
async fn take(
    tx: &mut AnyConnection,
    key: &StockKey,
    quantity: i64,
    supply: Supply,
    column: &'static str,
) -> Result<bool, TxError> {
    if flaws::on(Flaw::ReadThenWrite) {
        let taken = taken(tx, key).await?;
        let enough = supply.available(taken).is_none_or(|left| i64::from(left) >= quantity);
        if enough {
            shift(tx, key, if column == "sold" { (quantity, 0) } else { (0, quantity) }).await?;
        }
        return Ok(enough);
    }
    let statement = match column {
        "held" => {
            "UPDATE stock SET held = held + $1 WHERE key = $2 AND ($3 < 0 OR $3 - sold - held - away >= $1)"
        }
        _ => "UPDATE stock SET sold = sold + $1 WHERE key = $2 AND ($3 < 0 OR $3 - sold - held - away >= $1)",
    };
    let done = sqlx::query(statement)
        .bind(quantity)
        .bind(key.as_str())
        .bind(supply_number(supply).unwrap_or(-1))
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Why too few pieces could be taken. The counts are read afterwards: if pieces came back in between, the transaction is
/// retried.
fn short(key: &StockKey, quantity: i64, supply: Supply, taken: Taken) -> Result<Begun, TxError> {
    let available = supply.available(taken).map_or(i64::MAX, i64::from);
    if available >= quantity {
        return Err(TxError::Again(format!("`{key}` was given back meanwhile")));
    }
    Ok(Begun::Short { key: key.clone(), available, held: taken.held })
}

async fn shift(tx: &mut AnyConnection, key: &StockKey, (sold, held): (i64, i64)) -> Result<(), TxError> {
    sqlx::query("UPDATE stock SET sold = sold + $1, held = held + $2 WHERE key = $3")
        .bind(sold)
        .bind(held)
        .bind(key.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

async fn taken(tx: &mut AnyConnection, key: &StockKey) -> Result<Taken, TxError> {
    let row = sqlx::query("SELECT sold, held, away FROM stock WHERE key = $1")
        .bind(key.as_str())
        .fetch_optional(tx)
        .await?;
    Ok(row.map(|row| counts(&row, 0)).transpose()?.unwrap_or_default())
}

fn counts(row: &AnyRow, at: usize) -> Result<Taken, StoreError> {
    Ok(Taken {
        sold: row.try_get(at).map_err(strange)?,
        held: row.try_get(at + 1).map_err(strange)?,
        adjusted: row.try_get(at + 2).map_err(strange)?,
    })
}

fn keyed(rows: &[AnyRow]) -> Result<BTreeMap<StockKey, Taken>, StoreError> {
    let one = |row: &AnyRow| {
        let key: String = row.try_get(0).map_err(strange)?;
        Ok((rows::word(&key, StockKey::new)?, counts(row, 1)?))
    };
    rows.iter().map(one).collect()
}

#[async_trait]
impl Store for SqlStore {
    async fn shop(&self) -> Result<Option<ShopRow>, StoreError> {
        let row = sqlx::query("SELECT stripe_account, livemode FROM shop WHERE id = 1")
            .fetch_optional(self.pool().await?)
            .await
            .or_else(|error| if has_no_table(&error) { Ok(None) } else { Err(error) })?;
        row.map(|row| {
            let livemode: i64 = row.try_get(1).map_err(strange)?;
            Ok(ShopRow { stripe_account: row.try_get(0).map_err(strange)?, livemode: livemode != 0 })
        })
        .transpose()
    }

    async fn claim_shop(&self, shop: &ShopRow) -> Result<bool, StoreError> {
        sqlx::query(
            "INSERT INTO shop (id, stripe_account, livemode) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&shop.stripe_account)
        .bind(i64::from(shop.livemode))
        .execute(self.pool().await?)
        .await?;
        Ok(self.shop().await?.as_ref() == Some(shop))
    }

    async fn begin(
        &self,
        order: &Order,
        pieces: &BTreeMap<StockKey, (i64, Supply)>,
    ) -> Result<Begun, StoreError> {
        again!(self.try_begin(order, pieces))
    }

    async fn order(&self, id: &str) -> Result<Option<Order>, StoreError> {
        self.one("WHERE id = $1", id).await
    }

    async fn order_of_session(&self, session: &str) -> Result<Option<Order>, StoreError> {
        self.one("WHERE session_id = $1", session).await
    }

    async fn order_of_intent(&self, intent: &str) -> Result<Option<Order>, StoreError> {
        self.one("WHERE payment_intent = $1", intent).await
    }

    async fn order_of_cart(&self, cart: &str) -> Result<Option<Order>, StoreError> {
        self.one("WHERE cart_id = $1 ORDER BY CASE WHEN payment = 'released' THEN 1 ELSE 0 END, created_at DESC, id DESC LIMIT 1", cart).await
    }

    async fn orders_beginning(&self, letters: &str, limit: i64) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query("SELECT id FROM orders WHERE id LIKE $1 ORDER BY id LIMIT $2")
            .bind(format!("{letters}%"))
            .bind(limit)
            .fetch_all(self.pool().await?)
            .await?;
        rows.iter().map(|row| row.try_get(0).map_err(strange)).collect()
    }

    async fn orders(&self, filter: &OrderFilter) -> Result<Vec<Order>, StoreError> {
        let mut connection = self.pool().await?.acquire().await?;
        let found = sqlx::query(concat!(
            "SELECT ",
            order_columns!(),
            " FROM orders WHERE ($1 = '*' OR payment = $1) ORDER BY created_at DESC, id DESC LIMIT $2"
        ))
        .bind(filter.payment.map_or("*", |payment| payment.as_str()))
        .bind(filter.limit)
        .fetch_all(&mut *connection)
        .await?;
        let mut orders = Vec::with_capacity(found.len());
        for row in &found {
            let mut order = rows::order(row)?;
            order.lines = lines(&mut connection, &order.id).await?;
            orders.push(order);
        }
        Ok(orders)
    }

    async fn commit(&self, commit: Commit<'_>) -> Result<Committed, StoreError> {
        again!(self.try_commit(&commit))
    }

    async fn postpone_order(&self, id: &str, version: i64, due_at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE orders SET due_at = $1 WHERE id = $2 AND version = $3")
            .bind(due_at.0)
            .bind(id)
            .bind(version)
            .execute(self.pool().await?)
            .await?;
        Ok(())
    }

    async fn event_known(&self, id: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT id FROM stripe_events WHERE id = $1")
            .bind(id)
            .fetch_optional(self.pool().await?);
        Ok(row.await?.is_some())
    }

    async fn book_event(&self, id: &str, kind: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut connection = self.pool().await?.acquire().await?;
        insert_event(&mut connection, id, kind, now).await?;
        Ok(())
    }

    async fn due_orders(&self, now: Timestamp, limit: i64) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query(
            "SELECT id FROM orders WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
        )
        .bind(now.0)
        .bind(limit)
        .fetch_all(self.pool().await?)
        .await?;
        rows.iter().map(|row| row.try_get(0).map_err(strange)).collect()
    }

    async fn enqueue(&self, order_id: &str, effects: &[Effect], due_at: Timestamp) -> Result<(), StoreError> {
        let mut connection = self.pool().await?.acquire().await?;
        for effect in effects {
            insert_effect(&mut connection, order_id, effect, due_at).await?;
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
        again!(self.try_claim(order_id, now, until, token, limit))
    }

    async fn finish_task(&self, id: &str, token: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE outbox SET done_at = $1, trouble = NULL, given_up_at = NULL WHERE id = $2 AND claim_token = $3")
            .bind(now.0)
            .bind(id)
            .bind(token)
            .execute(self.pool().await?)
            .await?;
        Ok(())
    }

    async fn postpone_task(
        &self,
        id: &str,
        token: &str,
        due_at: Timestamp,
        trouble: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE outbox SET claimed_until = NULL, claim_token = NULL, due_at = $1, trouble = $2 \
             WHERE id = $3 AND claim_token = $4 AND done_at IS NULL",
        )
        .bind(due_at.0)
        .bind(trouble)
        .bind(id)
        .bind(token)
        .execute(self.pool().await?)
        .await?;
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
        // Only the holder of the claim changes the row, so both statements see the same row.
        let mut connection = self.pool().await?.acquire().await?;
        let known = sqlx::query("SELECT id FROM outbox WHERE id = $1 AND given_up_at IS NOT NULL")
            .bind(id)
            .fetch_optional(&mut *connection)
            .await?;
        let done = sqlx::query(
            "UPDATE outbox SET claimed_until = NULL, claim_token = NULL, due_at = $1, trouble = $2, \
             given_up_at = coalesce(given_up_at, $3) WHERE id = $4 AND claim_token = $5 AND done_at IS NULL",
        )
        .bind(due_at.0)
        .bind(trouble)
        .bind(now.0)
        .bind(id)
        .bind(token)
        .execute(&mut *connection)
        .await?;
        Ok(known.is_none() && done.rows_affected() == 1)
    }

    async fn undone_tasks(&self, order_id: Option<&str>) -> Result<Vec<Undone>, StoreError> {
        let rows = sqlx::query(
            "SELECT order_id, kind, attempts, trouble, given_up_at FROM outbox \
             WHERE done_at IS NULL AND trouble IS NOT NULL AND ($1 = '*' OR order_id = $1) \
             ORDER BY CASE WHEN given_up_at IS NULL THEN 1 ELSE 0 END, id LIMIT $2",
        )
        .bind(order_id.unwrap_or("*"))
        .bind(MOST_UNDONE)
        .fetch_all(self.pool().await?)
        .await?;
        let undone = |row: &AnyRow| {
            Ok(Undone {
                order_id: row.try_get(0).map_err(strange)?,
                kind: row.try_get(1).map_err(strange)?,
                attempts: row.try_get(2).map_err(strange)?,
                trouble: row.try_get(3).map_err(strange)?,
                given_up_at: row.try_get::<Option<i64>, _>(4).map_err(strange)?.map(Timestamp),
            })
        };
        rows.iter().map(undone).collect()
    }

    async fn hurry_tasks(&self, order_id: Option<&str>, now: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "UPDATE outbox SET due_at = $1 \
             WHERE done_at IS NULL AND trouble IS NOT NULL AND ($2 = '*' OR order_id = $2)",
        )
        .bind(now.0)
        .bind(order_id.unwrap_or("*"))
        .execute(self.pool().await?)
        .await?;
        Ok(done.rows_affected())
    }

    async fn drop_tasks(&self, order_id: &str, now: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "UPDATE outbox SET done_at = $1 \
             WHERE done_at IS NULL AND given_up_at IS NOT NULL AND kind <> 'refund' AND order_id = $2",
        )
        .bind(now.0)
        .bind(order_id)
        .execute(self.pool().await?)
        .await?;
        Ok(done.rows_affected())
    }

    async fn overdue_tasks(&self, since: Timestamp) -> Result<i64, StoreError> {
        let late = "SELECT count(*) FROM outbox \
                    WHERE done_at IS NULL AND given_up_at IS NULL AND (due_at < $1 OR attempts >= $2)";
        let row = sqlx::query(late).bind(since.0).bind(LONG_TRIED).fetch_one(self.pool().await?).await?;
        row.try_get(0).map_err(strange)
    }

    async fn refunds_due(&self) -> Result<i64, StoreError> {
        let due = "SELECT count(*) FROM orders \
                   WHERE (payment = 'refund_due' AND refund <> 'done') OR refund = 'failed'";
        let row = sqlx::query(due).fetch_one(self.pool().await?).await?;
        row.try_get(0).map_err(strange)
    }

    async fn stock(&self, keys: &[StockKey]) -> Result<BTreeMap<StockKey, Taken>, StoreError> {
        let mut all = BTreeMap::new();
        for keys in keys.chunks(SLOTS) {
            // Unused slots repeat the last key.
            let slots = keys.iter().chain(std::iter::repeat(&keys[keys.len() - 1])).take(SLOTS);
            let query = slots.fold(sqlx::query(STOCK), |query, key| query.bind(key.as_str()));
            all.extend(keyed(&query.fetch_all(self.pool().await?).await?)?);
        }
        Ok(all)
    }

    async fn all_stock(&self) -> Result<BTreeMap<StockKey, Taken>, StoreError> {
        keyed(&sqlx::query("SELECT key, sold, held, away FROM stock").fetch_all(self.pool().await?).await?)
    }

    async fn move_stock(
        &self,
        movement: &Move,
        supply: Supply,
    ) -> Result<Result<Moved, Refused>, StoreError> {
        again!(self.try_move(movement, supply))
    }

    async fn moves(&self, key: Option<&StockKey>, limit: i64) -> Result<Vec<PastMove>, StoreError> {
        let rows = sqlx::query(
            "SELECT key, delta, reason, at FROM stock_moves WHERE ($1 = '*' OR key = $1) ORDER BY at DESC, id DESC LIMIT $2",
        )
        .bind(key.map_or("*", StockKey::as_str))
        .bind(limit)
        .fetch_all(self.pool().await?)
        .await?;
        let past = |row: &AnyRow| {
            let key: String = row.try_get(0).map_err(strange)?;
            Ok(PastMove {
                key: rows::word(&key, StockKey::new)?,
                pieces: -row.try_get::<i64, _>(1).map_err(strange)?,
                reason: row.try_get(2).map_err(strange)?,
                at: Timestamp(row.try_get(3).map_err(strange)?),
            })
        };
        rows.iter().map(past).collect()
    }

    async fn set_lost(&self, key: &StockKey, lost: i64) -> Result<(), StoreError> {
        again!(self.try_set_lost(key, lost))
    }

    async fn count_request(&self, client: &str, what: &str, since: Timestamp) -> Result<i64, StoreError> {
        let row = sqlx::query(
            "INSERT INTO throttle (client, what, since, count) VALUES ($1, $2, $3, 1) \
             ON CONFLICT (client, what, since) DO UPDATE SET count = throttle.count + 1 RETURNING count",
        )
        .bind(client)
        .bind(what)
        .bind(since.0)
        .fetch_one(self.pool().await?)
        .await?;
        row.try_get(0).map_err(strange)
    }

    async fn open_orders(&self, client: &str) -> Result<(i64, i64), StoreError> {
        let row = sqlx::query(
            "SELECT count(*), CAST(coalesce(sum(CASE WHEN client = $1 THEN 1 ELSE 0 END), 0) AS BIGINT) FROM orders \
             WHERE payment IN ('pending', 'open')",
        )
        .bind(client)
        .fetch_one(self.pool().await?)
        .await?;
        Ok((row.try_get(1).map_err(strange)?, row.try_get(0).map_err(strange)?))
    }

    async fn forget(&self, before: Timestamp) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM throttle WHERE since < $1")
            .bind(before.0)
            .execute(self.pool().await?)
            .await?;
        Ok(())
    }

    async fn write_probe(&self, now: Timestamp) -> Result<(), StoreError> {
        self.count_request(PROBE, PROBE, now.floor(HOUR)).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_that_nothing_new_is_kept_is_taken_for_a_full_disk() {
        for code in ["25006", "53100", "8", "10", "13", "14", "264", "778", "1032", "3338"] {
            assert!(takes_nothing(code), "{code}");
        }
        // The last ones end like SQLite's 8.
        for code in ["", "5", "7", "9", "11", "12", "15", "25001", "53200", "08006", "10248", "00008", "x8"] {
            assert!(!takes_nothing(code), "{code}");
        }
    }

    #[test]
    fn a_pool_without_a_free_connection_is_a_database_that_does_not_answer() {
        let said = |error: sqlx::Error| match TxError::from(error) {
            TxError::Store(StoreError::Unavailable(why)) => why,
            _ => String::new(),
        };
        assert_eq!(
            said(sqlx::Error::PoolTimedOut),
            format!("no answer within {} seconds", TIMEOUT.as_secs())
        );
        assert!(said(sqlx::Error::PoolClosed).contains("closed"));
    }

    #[test]
    fn what_was_given_back_meanwhile_is_tried_again_and_never_called_too_little() {
        let Some(key) = StockKey::new("BOL") else { unreachable!("a key") };
        let said =
            |quantity, held| short(&key, quantity, Supply::Pieces(3), Taken { sold: 1, held, adjusted: 0 });
        assert!(matches!(said(1, 2), Ok(Begun::Short { available: 0, held: 2, .. })));
        assert!(matches!(said(2, 1), Ok(Begun::Short { available: 1, held: 1, .. })));
        assert!(matches!(said(2, 0), Err(TxError::Again(_))), "both that are wanted are there");
        assert!(matches!(said(1, 0), Err(TxError::Again(_))));
    }
}
