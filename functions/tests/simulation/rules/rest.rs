//! What must be true once everything has come to rest: orders, money, pieces, mails.

use std::collections::{BTreeMap, BTreeSet};

use catalog::supply::Taken;
use catalog::{Cents, StockKey};
use storefront::mailbox::MailAddress;
use till::decide::settle::Told;
use till::decide::{Dispute, Fulfilment, Order, Payment, Refund};
use till::outside::store::Undone;

use super::watch::{Watch, counts, is_right};
use crate::post::Sent;
use crate::shop::{OWNER, SUPPLY};
use crate::stripe::Truth;

/// The final state.
pub struct Rest<'a> {
    pub orders: &'a [Order],
    pub stock: &'a BTreeMap<StockKey, Taken>,
    pub sessions: &'a [Truth],
    pub sent: &'a Sent,
    pub undone: &'a [Undone],
    pub watch: &'a Watch,
}

impl Rest<'_> {
    /// Checks all rules.
    pub fn check(&self) -> Result<(), String> {
        counts(self.orders.iter(), self.stock, self.watch.lossy)?;
        let mut sold = BTreeSet::new();
        for truth in self.sessions {
            if !truth.order.is_empty() && !sold.insert(&truth.order) {
                return Err(format!("rule 5: {} has two sessions", truth.order));
            }
        }
        self.sold_once()?;
        let by_order: BTreeMap<&str, &Truth> =
            self.sessions.iter().map(|truth| (truth.order.as_str(), truth)).collect();
        for order in self.orders {
            if order.payment.holds() {
                return Err(format!("rule 5: {} still holds its pieces: {:?}", order.id, order.payment));
            }
            let truth = by_order.get(order.id.as_str());
            match truth.filter(|truth| truth.paid) {
                Some(truth) => self.paid(order, truth)?,
                None if order.payment == Payment::Released => {}
                None => {
                    return Err(format!("rule 2: {} is {:?}, and nobody paid it", order.id, order.payment));
                }
            }
            self.by_hand(order)?;
        }
        if !self.watch.lossy {
            let known: BTreeSet<&str> = self.orders.iter().map(|order| order.id.as_str()).collect();
            let lost = self.sessions.iter().find(|truth| truth.paid && !known.contains(truth.order.as_str()));
            if let Some(lost) = lost {
                return Err(format!("rule 5: {} was paid and there is no order", lost.id));
            }
        }
        self.addressed()
    }

    /// By Stripe's account alone, no piece was paid for and kept by two (1).
    fn sold_once(&self) -> Result<(), String> {
        let mut promised: BTreeMap<StockKey, i64> = self.watch.away.clone();
        for truth in self.sessions.iter().filter(|truth| truth.paid) {
            if self.watch.called_off.contains(&truth.order) || truth.given() >= truth.total.0 {
                continue;
            }
            let returned = self.watch.returned.get(&truth.order);
            for (key, quantity) in &truth.pieces {
                let back = returned.and_then(|returned| returned.get(key)).copied().unwrap_or(0);
                *promised.entry(key.clone()).or_default() += quantity - back;
            }
        }
        for (key, supply) in SUPPLY {
            let key = StockKey::new(key).expect("a key");
            let count = promised.get(&key).copied().unwrap_or(0);
            let told = self.watch.oversold.get(&key).copied().unwrap_or(0);
            if count > i64::from(supply) + told {
                let whose =
                    self.sessions.iter().filter(|truth| truth.paid && truth.pieces.contains_key(&key));
                let whose: Vec<&str> = whose.map(|truth| truth.order.as_str()).collect();
                return Err(format!("rule 1: {count} of {supply} {key} were sold and kept: {whose:?}"));
            }
        }
        Ok(())
    }

    /// A payment has its order, which records what became of the money (2, 5, 8, 14).
    fn paid(&self, order: &Order, truth: &Truth) -> Result<(), String> {
        let (id, given) = (&order.id, truth.given());
        let right = is_right(truth, order);
        if order.flagged == right {
            return Err(format!("rule 2: {id} is flagged: {}, Stripe took {truth:?}", order.flagged));
        }
        // A disputed charge cannot be refunded: the order shows that the refund waits.
        let waits = truth.dispute.is_some() && matches!(order.refund, Refund::Pending | Refund::Failed);
        let settled = match order.payment {
            Payment::Paid if order.owns() => {
                self.watch.lossy || truth.refunds.iter().all(|(_, _, by_till)| !by_till)
            }
            Payment::Paid | Payment::RefundDue => {
                (Cents(given) == truth.total && order.refund == Refund::Done) || waits
            }
            _ => false,
        };
        if !settled {
            return Err(format!(
                "rule 5: {id} was paid ({given} of {} given back), it is {:?}, {:?}, refund {:?}: {truth:?}",
                truth.total.0, order.payment, order.fulfilment, order.refund
            ));
        }
        if order.refunded_amount != Cents(given) {
            return Err(format!("rule 5: {id} got {given} back, the order says {}", order.refunded_amount.0));
        }
        for (kind, reachable) in [("mail_refund", self.reaches(order)), ("mail_refund_notice", true)] {
            if reachable {
                self.told(order, kind, given)?;
            }
        }
        let mails: &[&str] = match order.payment {
            _ if order.flagged => &["mail_flagged"],
            Payment::Paid => &["mail_confirmation", "mail_notice"],
            _ => &["mail_gone", "mail_gone_notice"],
        };
        mails.iter().try_for_each(|kind| self.was_sent(order, kind))?;
        self.disputed(order, truth)
    }

    /// The state of a dispute is known, and the owner was told (14).
    fn disputed(&self, order: &Order, truth: &Truth) -> Result<(), String> {
        let stands = match truth.dispute.as_deref() {
            None => Dispute::None,
            Some("warning_needs_response" | "warning_under_review") => Dispute::Inquiry,
            Some("warning_closed" | "won") => Dispute::Won,
            Some("appeal_needs_response" | "appeal_under_review") => Dispute::Appealed,
            Some("prevented") => Dispute::Prevented,
            Some("lost") => Dispute::Lost,
            Some(_) => Dispute::Open,
        };
        if order.dispute != stands {
            return Err(format!(
                "rule 14: the dispute of {} is {stands:?}, not {:?}",
                order.id, order.dispute
            ));
        }
        match stands {
            Dispute::None => Ok(()),
            _ => self.was_sent(order, &format!("mail_dispute.{}", stands.as_str())),
        }
    }

    /// Actions of owner, shopper and bank were reported by mail (5).
    fn by_hand(&self, order: &Order) -> Result<(), String> {
        let withdrawn = order.withdrawn_at.is_some();
        for (is, kind) in [
            (order.fulfilment == Fulfilment::Shipped, "mail_shipped"),
            (withdrawn, "mail_withdrawal"),
            (withdrawn, "mail_withdrawal_notice"),
            (self.watch.awaited.contains(&order.id), "mail_awaiting"),
            (self.watch.unpaid.contains(&order.id), "mail_payment_failed"),
        ] {
            if is {
                self.was_sent(order, kind)?;
            }
        }
        Ok(())
    }

    fn reaches(&self, order: &Order) -> bool {
        order.customer.email.as_deref().is_some_and(|email| MailAddress::parse(email).is_ok())
    }

    /// A mail was delivered, or it was given up visibly because its recipient cannot be reached (5, 6).
    fn was_sent(&self, order: &Order, kind: &str) -> Result<(), String> {
        let id = format!("{}.{kind}", order.id);
        let same = |sent: &&String| {
            sent.strip_prefix(&id).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '_']))
        };
        if self.sent.keys().any(|sent| same(&sent)) {
            return Ok(());
        }
        let word = kind.split('.').next().unwrap_or_default();
        let is_given_up = |undone: &Undone| {
            undone.order_id == order.id && undone.kind == word && undone.given_up_at.is_some()
        };
        if !self.undone.iter().any(is_given_up) {
            return Err(format!("rule 5: the mail {id} was never delivered, and nobody is told"));
        }
        if self.reaches(order) || is_owners(word) {
            return Err(format!("rule 6: the mail {id} was given up, though its address is good"));
        }
        Ok(())
    }

    /// The refunds reported by mail add up to what Stripe refunded (8): the amounts of each time, and the total in
    /// one of them.
    fn told(&self, order: &Order, kind: &str, given: i64) -> Result<(), String> {
        let told = |kind: &str| {
            let begin = format!("{}.{kind}.", order.id);
            self.sent.keys().filter_map(|id| Told::of(id.strip_prefix(&begin)?)).collect::<Vec<Told>>()
        };
        let mails = told(kind);
        // The mail about a failed refund gives the owner the total instead.
        let failed = if kind == "mail_refund_notice" { told("mail_refund_failed") } else { Vec::new() };
        let sum: i64 = mails.iter().map(|told| told.this.0).sum();
        // After a loss some refunds are reported again.
        if sum != given && failed.is_empty() && !self.watch.lossy {
            return Err(format!("rule 8: {} got {given} back, {kind} told {sum}: {mails:?}", order.id));
        }
        if given > 0 && !mails.iter().chain(&failed).any(|told| told.in_all == Cents(given)) {
            return Err(format!(
                "rule 8: {} got {given} back in all, {kind} never said so: {mails:?}",
                order.id
            ));
        }
        Ok(())
    }

    /// Every mail went to its recipient, in their language, about their order (12).
    fn addressed(&self) -> Result<(), String> {
        let orders: BTreeMap<&str, &Order> =
            self.orders.iter().map(|order| (order.id.as_str(), order)).collect();
        let emails: BTreeMap<&str, &str> = self
            .sessions
            .iter()
            .filter_map(|truth| Some((truth.order.as_str(), truth.email.as_deref()?)))
            .collect();
        for (id, (to, text)) in self.sent {
            let mut parts = id.split('.');
            let (order_id, kind) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            // Orders that were lost had their mails before.
            let Some(order) = orders.get(order_id) else { continue };
            let (right, lang) = match is_owners(kind) {
                true => (Some(&OWNER), "fr"),
                false => (emails.get(order_id), order.lang.as_str()),
            };
            if right != Some(&to.as_str()) || *text != format!("{order_id} {lang}") {
                return Err(format!("rule 12: {id} went to {to} and said {text:?}"));
            }
        }
        Ok(())
    }
}

/// Whether a mail goes to the owner.
fn is_owners(kind: &str) -> bool {
    kind.ends_with("_notice")
        || matches!(kind, "mail_refund_failed" | "mail_refused" | "mail_dispute" | "mail_flagged")
}
