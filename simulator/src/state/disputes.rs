//! Disputes: a cardholder's bank takes the money back, and at the end one side has won.

use super::State;
use crate::record::Dispute;

impl State {
    /// A dispute over a whole charge; its id, or none when the charge was not paid or is disputed already.
    pub fn open_dispute(&mut self, charge: &str, now: i64) -> Option<String> {
        self.advance(now);
        let paid =
            self.charges.get_mut(charge).filter(|charge| charge.status == "succeeded" && !charge.disputed)?;
        paid.disputed = true;
        let dispute = Dispute {
            id: self.ids.draw("dp_1", 23),
            charge: charge.to_owned(),
            intent: paid.intent.clone(),
            created: self.now,
            status: "needs_response",
            amount: paid.amount,
            currency: paid.currency.clone(),
            transaction: self.ids.draw("txn_1", 23),
        };
        let id = dispute.id.clone();
        self.disputes.put(&id, dispute);
        self.emit("charge.dispute.created", &id);
        self.emit("charge.dispute.funds_withdrawn", &id);
        Some(id)
    }

    /// Ends a dispute. False when there is none to end.
    pub fn close_dispute(&mut self, id: &str, won: bool, now: i64) -> bool {
        self.advance(now);
        let open = self.disputes.get_mut(id).filter(|dispute| dispute.status == "needs_response");
        let Some(dispute) = open else { return false };
        dispute.status = if won { "won" } else { "lost" };
        if won {
            self.emit("charge.dispute.funds_reinstated", id);
        }
        self.emit("charge.dispute.closed", id);
        true
    }
}
