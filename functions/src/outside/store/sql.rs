//! The store in SQLite and PostgreSQL: one set of statements, through sqlx's `Any`.

mod migrations;
mod retry;
mod statements;
mod transactions;

pub use retry::TRANSACTION;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use catalog::supply::Taken;
use catalog::{StockKey, Supply, Timestamp};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Row, Transaction};

use self::retry::{LOCK_WAIT, TIMEOUT, TxError, again, has_no_table};
use self::statements::{insert_effect, insert_event, keyed, lines, order_columns, select};
use super::address::public_roots;
use super::pooler::Way;
use super::rows::{self, strange};
use super::{
    Begun, Commit, Committed, LONG_TRIED, MOST_UNDONE, Move, OrderFilter, PROBE, PROBED, PastMove, ShopRow,
    Store, StoreError, Task, Undone,
};
use crate::decide::Order;
use crate::decide::settle::Effect;
use crate::decide::stock::{Moved, Refused};

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
        let mut migrations = migrations::all();
        // After a rollback the database has newer migrations, which this version can ignore.
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

    async fn one(&self, rest: &'static str, value: &str) -> Result<Option<Order>, StoreError> {
        let mut connection = self.pool().await?.acquire().await?;
        let row = sqlx::query(select(rest)?).bind(value).fetch_optional(&mut *connection).await?;
        let Some(row) = row else { return Ok(None) };
        let mut order = rows::order(&row)?;
        order.lines = lines(&mut connection, &order.id).await?;
        Ok(Some(order))
    }
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
        self.count_request(PROBE, PROBE, now.floor(PROBED)).await.map(drop)
    }
}
