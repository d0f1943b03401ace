//! Single statements, and what a row means.

use std::collections::BTreeMap;

use catalog::supply::Taken;
use catalog::{StockKey, Supply, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::retry::TxError;
use crate::decide::settle::Effect;
use crate::decide::{Order, OrderLine};
use crate::outside::store::rows::{self, Details, column_of, strange, supply_number};
use crate::outside::store::{Begun, StoreError, task_id};

/// The columns of an order, in the order in which [`rows::order`] reads them.
macro_rules! order_columns {
    () => {
        "id, version, payment, fulfilment, refund, refunded_amount, dispute, session_id, payment_intent, \
         idempotency_key, request, api_version, created_at, expires_at, paid_at, due_at, flagged, cart_id, client, \
         lang, currency, livemode, total, details"
    };
}

pub(super) use order_columns;

/// The statement that reads orders by `rest`. Each is a literal, so that none can contain a shopper's words.
pub(super) fn select(rest: &'static str) -> Result<&'static str, StoreError> {
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

pub(super) async fn lines(connection: &mut AnyConnection, order: &str) -> Result<Vec<OrderLine>, StoreError> {
    let rows = sqlx::query(
        "SELECT sku, key, quantity, unit_price, vat, title, note, supply, words FROM order_lines \
         WHERE order_id = $1 ORDER BY position",
    )
    .bind(order)
    .fetch_all(connection)
    .await?;
    rows.iter().map(rows::line).collect()
}

pub(super) async fn insert_order(tx: &mut AnyConnection, order: &Order) -> Result<(), sqlx::Error> {
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
pub(super) async fn update_order(tx: &mut AnyConnection, order: &Order) -> Result<bool, TxError> {
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

pub(super) async fn insert_event(
    tx: &mut AnyConnection,
    id: &str,
    kind: &str,
    now: Timestamp,
) -> Result<bool, TxError> {
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

pub(super) async fn insert_effect(
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

pub(super) async fn ensure_row(tx: &mut AnyConnection, key: &StockKey) -> Result<(), TxError> {
    sqlx::query(
        "INSERT INTO stock (key, sold, held, away) VALUES ($1, 0, 0, 0) ON CONFLICT (key) DO NOTHING",
    )
    .bind(key.as_str())
    .execute(tx)
    .await?;
    Ok(())
}

/// Blocks everybody else who changes this stock key, until the transaction ends.
pub(super) async fn lock(tx: &mut AnyConnection, key: &StockKey) -> Result<(), TxError> {
    ensure_row(tx, key).await?;
    sqlx::query("UPDATE stock SET away = away WHERE key = $1").bind(key.as_str()).execute(tx).await?;
    Ok(())
}

/// How many pieces of a stock key the orders own. Exact while the key is locked: orders change together with their counts.
pub(super) async fn owned(tx: &mut AnyConnection, key: &StockKey) -> Result<i64, TxError> {
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
pub(super) async fn take(
    tx: &mut AnyConnection,
    key: &StockKey,
    quantity: i64,
    supply: Supply,
    column: &'static str,
) -> Result<bool, TxError> {
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
pub(super) fn short(key: &StockKey, quantity: i64, supply: Supply, taken: Taken) -> Result<Begun, TxError> {
    let available = supply.available(taken).map_or(i64::MAX, i64::from);
    if available >= quantity {
        return Err(TxError::Again(format!("`{key}` was given back meanwhile")));
    }
    Ok(Begun::Short { key: key.clone(), available, held: taken.held })
}

pub(super) async fn shift(
    tx: &mut AnyConnection,
    key: &StockKey,
    (sold, held): (i64, i64),
) -> Result<(), TxError> {
    sqlx::query("UPDATE stock SET sold = sold + $1, held = held + $2 WHERE key = $3")
        .bind(sold)
        .bind(held)
        .bind(key.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn taken(tx: &mut AnyConnection, key: &StockKey) -> Result<Taken, TxError> {
    let row = sqlx::query("SELECT sold, held, away FROM stock WHERE key = $1")
        .bind(key.as_str())
        .fetch_optional(tx)
        .await?;
    Ok(row.map(|row| counts(&row, 0)).transpose()?.unwrap_or_default())
}

pub(super) fn counts(row: &AnyRow, at: usize) -> Result<Taken, StoreError> {
    Ok(Taken {
        sold: row.try_get(at).map_err(strange)?,
        held: row.try_get(at + 1).map_err(strange)?,
        adjusted: row.try_get(at + 2).map_err(strange)?,
    })
}

pub(super) fn keyed(rows: &[AnyRow]) -> Result<BTreeMap<StockKey, Taken>, StoreError> {
    let one = |row: &AnyRow| {
        let key: String = row.try_get(0).map_err(strange)?;
        Ok((rows::word(&key, StockKey::new)?, counts(row, 1)?))
    };
    rows.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
