//! Disputes: a cardholder's bank takes the money back, and in the end one side wins. Before that the bank may inquire;
//! afterwards the decision may be appealed. <https://docs.stripe.com/api/disputes/object#dispute_object-status>

use super::State;
use crate::record::Dispute;

/// Which statuses can follow each status.
const LIFE: [(&str, &[&str]); 7] = [
    ("warning_needs_response", &["warning_under_review", "warning_closed", "needs_response"]),
    ("warning_under_review", &["warning_closed", "needs_response"]),
    ("needs_response", &["under_review", "won", "lost"]),
    ("under_review", &["won", "lost"]),
    ("lost", &["appeal_needs_response"]),
    ("appeal_needs_response", &["appeal_under_review", "lost"]),
    ("appeal_under_review", &["won", "lost"]),
];

impl State {
    /// Opens a dispute about a whole charge. Returns its id, or `None` if the charge was not paid or is disputed already.
    pub fn open_dispute(&mut self, charge: &str, now: i64) -> Option<String> {
        self.begin_dispute(charge, "needs_response", now)
    }

    /// Opens a dispute that begins as an inquiry (`warning_needs_response`) or as a chargeback (`needs_response`), or that was
    /// settled before it began (`prevented`).
    pub fn begin_dispute(&mut self, charge: &str, status: &'static str, now: i64) -> Option<String> {
        self.advance(now);
        if !matches!(status, "warning_needs_response" | "needs_response" | "prevented") {
            return None;
        }
        let paid =
            self.charges.get_mut(charge).filter(|charge| charge.status == "succeeded" && !charge.disputed)?;
        paid.disputed = true;
        let dispute = Dispute {
            id: self.ids.draw("dp_1", 23),
            charge: charge.to_owned(),
            intent: paid.intent.clone(),
            created: self.now,
            status,
            amount: paid.amount,
            currency: paid.currency.clone(),
            transaction: self.ids.draw("txn_1", 23),
        };
        let id = dispute.id.clone();
        self.disputes.put(&id, dispute);
        self.emit("charge.dispute.created", &id);
        match status {
            "needs_response" => self.emit("charge.dispute.funds_withdrawn", &id),
            "prevented" => self.emit("charge.dispute.closed", &id),
            _ => {}
        }
        Some(id)
    }

    /// Moves a dispute to its next status. False if that status cannot follow.
    pub fn move_dispute(&mut self, id: &str, next: &'static str, now: i64) -> bool {
        self.advance(now);
        let Some(dispute) = self.disputes.get_mut(id) else { return false };
        let before = dispute.status;
        let follows =
            LIFE.iter().find(|(status, _)| *status == before).is_some_and(|(_, all)| all.contains(&next));
        if !follows {
            return false;
        }
        dispute.status = next;
        match next {
            "needs_response" => self.emit("charge.dispute.funds_withdrawn", id),
            "won" => self.emit("charge.dispute.funds_reinstated", id),
            _ => {}
        }
        let closed = matches!(next, "won" | "lost" | "warning_closed");
        self.emit(if closed { "charge.dispute.closed" } else { "charge.dispute.updated" }, id);
        true
    }

    /// Ends a dispute, or its appeal. False if there is none to end.
    pub fn close_dispute(&mut self, id: &str, won: bool, now: i64) -> bool {
        if self.disputes.get(id).is_some_and(|dispute| dispute.status == "appeal_needs_response") {
            self.move_dispute(id, "appeal_under_review", now);
        }
        self.move_dispute(id, if won { "won" } else { "lost" }, now)
    }
}
