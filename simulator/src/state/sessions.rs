//! A session's end without a payment: expired by request or by time; and requests to cancel payment intents.

use serde_json::Value;

use super::State;
use crate::record::SessionStatus;
use crate::refusal::Refusal;

impl State {
    /// `POST /v1/checkout/sessions/{id}/expire`.
    pub(super) fn expire(&mut self, id: &str) -> Result<Value, Refusal> {
        let Some(session) = self.sessions.get(id) else {
            return Err(Refusal::missing("checkout.session", id, "session"));
        };
        if session.status != SessionStatus::Open {
            return Err(Refusal::invalid(format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {}.",
                session.status.as_str()
            )));
        }
        self.expire_when_open(id);
        Ok(self.find(id).unwrap_or_default())
    }

    pub(super) fn expire_when_open(&mut self, id: &str) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(id).filter(|session| session.status == SessionStatus::Open)
        else {
            return;
        };
        session.status = SessionStatus::Expired;
        session.expires_at = session.expires_at.min(now);
        let intent = session.intent.clone();
        if let Some(intent) = intent.and_then(|intent| self.intents.get_mut(&intent)) {
            intent.status = "canceled";
            intent.canceled_at = Some(now);
            let intent = intent.id.clone();
            self.emit("payment_intent.canceled", &intent);
        }
        self.emit("checkout.session.expired", id);
    }

    /// `POST /v1/payment_intents/{id}/cancel`: here, every intent belongs to a session.
    pub(super) fn cancel_intent(&mut self, id: &str) -> Result<Value, Refusal> {
        let Some(intent) = self.intents.get(id) else {
            return Err(Refusal::missing("payment_intent", id, "intent"));
        };
        if matches!(intent.status, "succeeded" | "canceled" | "processing") {
            return Err(Refusal::invalid(format!(
                "You cannot cancel this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the \
                 following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, \
                 requires_action, processing.",
                intent.status
            ))
            .code("payment_intent_unexpected_state"));
        }
        Err(Refusal::invalid(
            "You cannot cancel the PaymentIntent for a Checkout Session. Expire the Checkout Session instead.",
        )
        .code("payment_intent_unexpected_state"))
    }
}
