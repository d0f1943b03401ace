//! The transactions of several statements. Lock order: event, order, stock by key, outbox.

use std::collections::BTreeMap;

use catalog::{StockKey, Supply, Timestamp};

use super::SqlStore;
use super::retry::TxError;
use super::statements::{
    ensure_row, insert_effect, insert_event, insert_order, lock, owned, shift, short, take, taken,
    update_order,
};
use crate::decide::Order;
use crate::decide::settle::{EffectKind, StockChange};
use crate::decide::stock::{Moved, Refused, Shelf};
use crate::outside::store::rows::strange;
use crate::outside::store::{Begun, Commit, Committed, Move, Task, build_hook, deltas, is_sold_out};
use sqlx::Row;

impl SqlStore {
    pub(super) async fn try_begin(
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

    pub(super) async fn try_commit(&self, commit: &Commit<'_>) -> Result<Committed, TxError> {
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

    pub(super) async fn try_move(
        &self,
        movement: &Move,
        supply: Supply,
    ) -> Result<Result<Moved, Refused>, TxError> {
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

    pub(super) async fn try_set_lost(&self, key: &StockKey, lost: i64) -> Result<(), TxError> {
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

    pub(super) async fn try_claim(
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
}
