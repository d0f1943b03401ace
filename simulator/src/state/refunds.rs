//! Refunds: full, partial, delayed, and those that fail in the end.

use catalog::Cents;
use serde_json::{Map, Value, json};

use super::outcome::Outcome;
use super::{State, Task};
use crate::record::Refund;
use crate::refusal::Refusal;

/// The outcome of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RefundFate {
    /// It succeeds at once.
    #[default]
    Succeeds,
    /// It is pending, then succeeds.
    SucceedsLater,
    /// It seems to have succeeded, then fails, like Stripe's test card 4000 0000 0000 5126.
    FailsLater,
    /// It is pending, then fails.
    PendsThenFails,
}

impl State {
    /// Queues the outcome of a future refund; once the queue is empty, all succeed.
    pub fn next_refund(&mut self, fate: RefundFate) {
        self.refund_fates.push(fate);
    }

    /// Refunds money, as from the dashboard.
    ///
    /// # Errors
    /// The same as for the API: more than is left, nothing left, disputed, never paid.
    pub fn refund(&mut self, charge: &str, amount: Option<i64>, now: i64) -> Result<String, Refusal> {
        self.advance(now);
        self.give_back(charge, amount, None, &json!({}))
    }

    /// `POST /v1/refunds`.
    pub(super) fn create_refund(&mut self, _: &[&str], params: &Map<String, Value>) -> Outcome {
        let text = |name: &str| params.get(name).and_then(Value::as_str);
        let charge = match (text("charge"), text("payment_intent")) {
            (Some(_), Some(_)) => {
                let message = "You cannot pass both of these parameters: charge, payment_intent.";
                return Outcome::Invalid(Refusal::invalid(message));
            }
            (None, None) => {
                let message = "One of the following params should be provided for this request: payment_intent or charge.";
                return Outcome::Invalid(Refusal::invalid(message).code("parameter_missing"));
            }
            (Some(charge), None) => charge.to_owned(),
            (None, Some(id)) => match self.intents.get(id).map(|intent| intent.charge.clone()) {
                None => return Outcome::Failed(Refusal::missing("payment_intent", id, "payment_intent")),
                Some(None) => {
                    let message =
                        format!("This PaymentIntent ({id}) does not have a successful charge to refund.");
                    return Outcome::Failed(
                        Refusal::invalid(message).code("payment_intent_unexpected_state"),
                    );
                }
                Some(Some(charge)) => charge,
            },
        };
        let amount = params.get("amount").and_then(Value::as_i64);
        let metadata = params.get("metadata").cloned().unwrap_or_else(|| json!({}));
        let reason = text("reason").map(str::to_owned);
        self.give_back(&charge, amount, reason, &metadata).map(|id| self.find(&id).unwrap_or_default()).into()
    }

    fn give_back(
        &mut self,
        charge: &str,
        amount: Option<i64>,
        reason: Option<String>,
        metadata: &Value,
    ) -> Result<String, Refusal> {
        let Some(paid) = self.charges.get(charge) else {
            return Err(Refusal::missing("charge", charge, "charge"));
        };
        if paid.status != "succeeded" {
            let message = format!("This charge ({charge}) has not been paid; there is nothing to refund.");
            return Err(Refusal::invalid(message).code("charge_not_refundable"));
        }
        if paid.disputed {
            let message = format!("Charge {charge} has been charged back; cannot issue a refund.");
            return Err(Refusal::invalid(message).code("charge_disputed"));
        }
        let left = paid.amount - paid.refunded;
        if left == 0 {
            let message = format!("Charge {charge} has already been refunded.");
            return Err(Refusal::invalid(message).code("charge_already_refunded"));
        }
        let amount = amount.unwrap_or(left);
        if amount > left || amount < 1 {
            let message = format!(
                "Refund amount ({}) is greater than unrefunded amount on charge ({})",
                catalog::money::decimal(Cents(amount)),
                catalog::money::decimal(Cents(left))
            );
            return Err(Refusal::invalid(message).at("amount"));
        }
        let fate =
            if self.refund_fates.is_empty() { RefundFate::Succeeds } else { self.refund_fates.remove(0) };
        let pending = matches!(fate, RefundFate::SucceedsLater | RefundFate::PendsThenFails);
        let refund = Refund {
            id: self.ids.object("re"),
            charge: charge.to_owned(),
            intent: paid.intent.clone(),
            created: self.now,
            status: if pending { "pending" } else { "succeeded" },
            amount,
            currency: paid.currency.clone(),
            reason,
            metadata: metadata.clone(),
            failure: None,
            transaction: self.ids.object("txn"),
            method: paid.means.method(),
        };
        let id = refund.id.clone();
        self.refunds.put(&id, refund);
        if let Some(paid) = self.charges.get_mut(charge) {
            paid.refunded += amount;
        }
        if fate != RefundFate::Succeeds {
            let due = self.now + self.config.refund_after;
            self.plan(due, Task::EndRefund(id.clone(), fate == RefundFate::SucceedsLater));
        }
        self.emit("refund.created", &id);
        self.emit("charge.refunded", charge);
        Ok(id)
    }

    pub(super) fn end_refund(&mut self, id: &str, succeeds: bool) {
        let Some(refund) = self.refunds.get_mut(id) else { return };
        let (charge, amount) = (refund.charge.clone(), refund.amount);
        if succeeds {
            refund.status = "succeeded";
        } else {
            refund.status = "failed";
            refund.failure = Some("expired_or_canceled_card");
            if let Some(charge) = self.charges.get_mut(&charge) {
                charge.refunded -= amount;
            }
            self.emit("refund.failed", id);
        }
        self.emit("refund.updated", id);
        self.emit("charge.refund.updated", id);
    }
}
