//! Sweeps what is left over: holds whose end was not reported, delayed payments, effects that failed.

use std::time::Duration;

use super::{Till, TillError};
use crate::decide::Payment;
use crate::decide::settle::SessionStatus;

/// How long an order is left alone after Stripe could not be asked about it.
const RETRY: Duration = Duration::from_secs(120);
/// How long a client's request counts are kept: longer than any time over which they are counted.
const KEPT: Duration = Duration::from_secs(2 * 86_400);

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Swept {
    /// Orders that were checked.
    pub orders: usize,
    /// Those of them whose check failed.
    pub failed: usize,
    /// Effects done.
    pub effects: usize,
}

impl Till {
    /// Settles up to `limit` due orders and does up to `limit` effects.
    ///
    /// # Errors
    /// If the database does not answer or is not this shop's; what was done stays done.
    pub async fn sweep(&self, limit: i64) -> Result<Swept, TillError> {
        self.ledger.check_database().await?;
        let mut swept = Swept::default();
        for id in self.ledger.store.due_orders(self.ledger.now(), limit).await? {
            swept.orders += 1;
            if let Err(error) = self.sweep_order(&id).await {
                swept.failed += 1;
                tracing::warn!(order = %id, %error, "an order could not be asked about");
                if let Some(order) = self.ledger.store.order(&id).await? {
                    self.ledger.store.postpone_order(&id, order.version, self.ledger.now() + RETRY).await?;
                }
            }
        }
        swept.effects = self.run_effects(limit).await?;
        self.ledger.store.forget(self.ledger.now() - KEPT).await?;
        Ok(swept)
    }

    async fn sweep_order(&self, id: &str) -> Result<(), TillError> {
        let Some(order) = self.ledger.store.order(id).await? else { return Ok(()) };
        if order.payment == Payment::Open
            && let Some(session) = &order.session_id
        {
            // Stripe closes a session after its end by itself; if it is late, the till closes it.
            let seen = self.ledger.payments.retrieve(session).await?;
            if seen.status == SessionStatus::Open && order.expires_at <= self.ledger.now() {
                self.ledger.close(session).await?;
            }
        }
        self.ledger.settle(id, None).await?;
        Ok(())
    }
}
