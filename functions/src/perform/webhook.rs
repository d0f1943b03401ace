//! Stripe's webhooks: each is a hint that something happened, booked exactly once.

use serde::Deserialize;

use super::settle::Event;
use super::{Ledger, TillError};
use crate::decide::Order;

/// The event types that an endpoint must receive: docs/stripe.md, docs/till.md. Others do no harm.
pub const EVENTS: [&str; 11] = [
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
];

/// What is read from an event; the rest is requested.
#[derive(Deserialize)]
struct Hint {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    id: Option<String>,
    object: Option<String>,
    #[serde(default)]
    payment_intent: serde_json::Value,
    #[serde(default)]
    metadata: serde_json::Value,
}

impl Object {
    fn session(&self) -> Option<&str> {
        self.id.as_deref().filter(|_| self.object.as_deref() == Some("checkout.session"))
    }

    fn intent(&self) -> Option<&str> {
        if self.object.as_deref() == Some("payment_intent") {
            return self.id.as_deref();
        }
        self.payment_intent.as_str().or_else(|| self.payment_intent.get("id")?.as_str())
    }

    fn order(&self) -> Option<&str> {
        self.metadata.get("order_id")?.as_str()
    }
}

/// How an event was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Booked {
    /// It concerned this order.
    Order(Box<Order>),
    /// It was booked before.
    Known,
    /// It concerns no order of ours.
    Foreign,
}

impl Ledger {
    /// Books an event whose signature was checked.
    ///
    /// # Errors
    /// Any error makes Stripe send it again.
    pub async fn book(&self, body: &[u8]) -> Result<Booked, TillError> {
        let hint: Hint = serde_json::from_slice(body)
            .map_err(|_| crate::decide::Refusal::BadRequest("this is not an event".to_owned()))?;
        self.check_database().await?;
        if self.store.event_known(&hint.id).await? {
            return Ok(Booked::Known);
        }
        let object = &hint.data.object;
        let Some(order) = self.order_of(object).await? else {
            self.store.book_event(&hint.id, &hint.kind, self.now()).await?;
            return Ok(Booked::Foreign);
        };
        let event = Event { id: &hint.id, kind: &hint.kind, session: object.session() };
        Ok(Booked::Order(Box::new(self.settle_read(order, Some(event)).await?)))
    }

    async fn order_of(&self, object: &Object) -> Result<Option<Order>, TillError> {
        if let Some(session) = object.session()
            && let Some(order) = self.store.order_of_session(session).await?
        {
            return Ok(Some(order));
        }
        if let Some(intent) = object.intent()
            && let Some(order) = self.store.order_of_intent(intent).await?
        {
            return Ok(Some(order));
        }
        // The order whose session or payment is not known yet. Metadata is a hint like the rest: only the order's session
        // counts.
        let Some(id) = object.order() else { return Ok(None) };
        match self.store.order(id).await? {
            Some(order) => Ok(Some(order)),
            // The order is not in the database, which was lost or mixed up. Stripe keeps sending the event for days.
            None => Err(TillError::NotFound),
        }
    }
}
