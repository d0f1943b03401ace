//! Brings an order in line with what Stripe shows.

use std::time::Duration;

use catalog::Timestamp;

use super::{Ledger, TillError};
use crate::decide::settle::{AFTER_CREATION, Decision, Observation, Session, SessionStatus};
use crate::decide::{Order, Payment};
use crate::outside::store::{Commit, Committed};
use crate::outside::stripe::{API_VERSION, PaymentsError};

/// How often a commit is tried that conflicts with another one.
const TRIES: u32 = 8;

/// How long Stripe keeps the answer of an idempotency key: a day, less an hour of margin.
const KEY_LIFE: Duration = Duration::from_secs(23 * 3600);

/// How far Stripe's clock may be behind ours.
const SKEW: Duration = Duration::from_secs(3600);
/// How long after the order was created its session may have been created.
const HANDLED: Duration = Duration::from_secs(24 * 3600);

/// An event of Stripe's: id, type and session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// `evt_…`
    pub id: &'a str,
    /// `checkout.session.completed` and so on.
    pub kind: &'a str,
    /// `cs_…`, if it concerns one.
    pub session: Option<&'a str>,
}

impl Ledger {
    /// Asks Stripe about an order and commits what follows. Returns the order as it is afterwards.
    ///
    /// # Errors
    /// If Stripe or the database does not answer: a commit may have arrived.
    pub async fn settle(&self, id: &str, event: Option<Event<'_>>) -> Result<Order, TillError> {
        let order = self.store.order(id).await?.ok_or(TillError::NotFound)?;
        self.settle_read(order, event).await
    }

    /// [`Ledger::settle`] for an order that was just read. It is read again only if somebody else changed it meanwhile.
    ///
    /// # Errors
    /// As [`Ledger::settle`].
    pub async fn settle_read(&self, mut order: Order, event: Option<Event<'_>>) -> Result<Order, TillError> {
        for _ in 0..TRIES {
            let seen = self.look(&order, event.and_then(|event| event.session)).await?;
            if let Some(event) = event {
                check_claim(event.kind, &seen)?;
            }
            let decision = self.rules.settle(&order, &seen, self.now());
            if event.is_none() && decision.is_idle(&order) {
                if decision.next.due_at != order.due_at {
                    let due_at = decision.next.due_at.unwrap_or(Timestamp::NEVER);
                    self.store.postpone_order(&order.id, order.version, due_at).await?;
                }
                return Ok(order);
            }
            if let Some(order) = self.commit(decision, event).await? {
                return Ok(order);
            }
            order = self.store.order(&order.id).await?.ok_or(TillError::NotFound)?;
        }
        Err(TillError::Busy)
    }

    /// Commits a decision; `None` if somebody else was faster. A late payment whose pieces are gone becomes a refund.
    ///
    /// # Errors
    /// If the database does not answer: it may have been committed.
    pub async fn commit(
        &self,
        mut decision: Decision,
        event: Option<Event<'_>>,
    ) -> Result<Option<Order>, TillError> {
        let supply = self.shop.supplies(&decision.next);
        let event = event.map(|event| (event.id, event.kind));
        for _ in 0..2 {
            let now = self.now();
            let committed =
                self.store.commit(Commit { decision: &decision, supply: &supply, event, now }).await?;
            match committed {
                Committed::Done => {
                    let next = decision.next;
                    return Ok(Some(Order { version: next.version + 1, ..next }));
                }
                Committed::EventKnown => {
                    return self.store.order(&decision.next.id).await.map_err(TillError::from);
                }
                Committed::Conflict => return Ok(None),
                Committed::Gone => decision = self.rules.late_and_gone(decision, now),
            }
        }
        Ok(None)
    }

    /// What Stripe shows of an order's session.
    async fn look(&self, order: &Order, hint: Option<&str>) -> Result<Observation, TillError> {
        if let Some(session) = &order.session_id {
            return Ok(seen(self.payments.retrieve(session).await?));
        }
        if let Some(hint) = hint {
            let session = self.payments.retrieve(hint).await?;
            if session.order_id.as_deref() == Some(order.id.as_str()) {
                return self.unless_lost(session).await;
            }
        }
        if order.payment != Payment::Pending {
            return Ok(Observation::NoSession);
        }
        self.recover(order).await
    }

    /// Finds the session of an order whose creation got no answer.
    async fn recover(&self, order: &Order) -> Result<Observation, TillError> {
        let now = self.now();
        if now < order.created_at + AFTER_CREATION {
            return Err(PaymentsError::Unknown("the session is being created".to_owned()).into());
        }
        if now < order.created_at + KEY_LIFE && order.api_version == API_VERSION {
            match self.payments.create(&order.request, &order.idempotency_key).await {
                Ok(session) => return self.unless_lost(session).await,
                // If it had ever been created, the key would have returned it.
                Err(PaymentsError::Refused { .. }) => return Ok(Observation::NoSession),
                // Stripe also replays a key's 500 for a day: then the list decides.
                Err(PaymentsError::Unknown(_)) => {}
            }
        }
        let (from, until) = (order.created_at - SKEW, order.created_at + HANDLED);
        match self.payments.find(&order.id, from, until).await? {
            Some(session) => self.unless_lost(session).await,
            None => Ok(Observation::NoSession),
        }
    }

    /// Closes an open session, since no shopper was ever given it.
    async fn unless_lost(&self, session: Session) -> Result<Observation, TillError> {
        if session.status == SessionStatus::Open {
            self.close(&session.id).await?;
            return Ok(seen(self.payments.retrieve(&session.id).await?));
        }
        Ok(seen(session))
    }

    /// Closes a session. One that is already closed is fine.
    ///
    /// # Errors
    /// If Stripe does not answer.
    pub async fn close(&self, session: &str) -> Result<(), TillError> {
        match self.payments.expire(session).await {
            Ok(()) | Err(PaymentsError::Refused { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn seen(session: Session) -> Observation {
    Observation::Session(Box::new(session))
}

/// An event that says more than Stripe's object shows came early: it must be sent again.
fn check_claim(kind: &str, seen: &Observation) -> Result<(), TillError> {
    let Observation::Session(session) = seen else { return Ok(()) };
    let shown = match kind {
        "checkout.session.completed" => session.status == SessionStatus::Complete,
        "checkout.session.expired" => session.status == SessionStatus::Expired,
        "checkout.session.async_payment_succeeded" | "payment_intent.succeeded" => session.paid,
        "checkout.session.async_payment_failed" => {
            session.paid || session.intent.as_ref().is_some_and(|intent| intent.failed)
        }
        "charge.refunded" | "refund.created" => {
            session.intent.as_ref().is_some_and(|intent| !intent.refunds.is_empty())
        }
        "refund.failed" => session.intent.as_ref().is_some_and(|intent| {
            intent.refunds.iter().any(|refund| refund.state == crate::decide::Refund::Failed)
        }),
        "charge.dispute.created" => {
            session.intent.as_ref().is_some_and(|intent| intent.dispute != crate::decide::Dispute::None)
        }
        _ => true,
    };
    if shown { Ok(()) } else { Err(TillError::Ahead) }
}
