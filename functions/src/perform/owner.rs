//! What owner and shopper do by hand: ship, cancel, take back, withdraw, abandon.

use catalog::{StockKey, Timestamp};

use super::{Ledger, TillError};
use crate::decide::order::Tracking;
use crate::decide::settle::Decision;
use crate::decide::{Order, Payment, owner};

const TRIES: u32 = 8;

impl Ledger {
    /// Marks an order as sent, or corrects its tracking: see [`owner::ship`].
    ///
    /// # Errors
    /// If it must not be sent, or the database does not answer.
    pub async fn ship(&self, id: &str, given: &Tracking, anyway: bool) -> Result<Order, TillError> {
        self.change(id, |order, _| self.rules.ship(order, given, anyway)).await
    }

    /// Puts returned pieces of a sent order up for sale again.
    ///
    /// # Errors
    /// If it was not sent or has too few pieces left, or the database does not answer.
    pub async fn take_back(&self, id: &str, key: &StockKey, pieces: i64) -> Result<Order, TillError> {
        self.change(id, |order, _| self.rules.take_back(order, key, pieces)).await
    }

    /// Cancels a paid order: its pieces are for sale again, the money is refunded.
    ///
    /// # Errors
    /// If it cannot be cancelled, or the database does not answer.
    pub async fn cancel(&self, id: &str) -> Result<Order, TillError> {
        self.change(id, |order, now| self.rules.cancel(order, now)).await
    }

    /// Records the shopper's withdrawal.
    ///
    /// # Errors
    /// If it is not paid or was cancelled, or the database does not answer.
    pub async fn withdraw(&self, id: &str) -> Result<Order, TillError> {
        self.change(id, |order, now| self.rules.withdraw(order, now)).await
    }

    /// The shopper abandons an unpaid order: its session is closed, and once Stripe confirms it, its pieces are free.
    ///
    /// # Errors
    /// If Stripe or the database does not answer.
    pub async fn abandon(&self, id: &str) -> Result<Order, TillError> {
        let order = self.store.order(id).await?.ok_or(TillError::NotFound)?;
        if order.payment == Payment::Open
            && let Some(session) = &order.session_id
        {
            self.close(session).await?;
            return self.settle_read(order, None).await;
        }
        Ok(order)
    }

    async fn change(
        &self,
        id: &str,
        decide: impl Fn(&Order, Timestamp) -> Result<Decision, owner::Refused> + Send,
    ) -> Result<Order, TillError> {
        for _ in 0..TRIES {
            let order = self.store.order(id).await?.ok_or(TillError::NotFound)?;
            let decision = decide(&order, self.now())?;
            if decision.is_idle(&order) {
                return Ok(order);
            }
            if let Some(order) = self.commit(decision, None).await? {
                return Ok(order);
            }
        }
        Err(TillError::Busy)
    }
}
