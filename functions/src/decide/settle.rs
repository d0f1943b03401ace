//! What becomes of an order, given what Stripe shows: defined for every pair of order state and observation.
//!
//! Nothing here trusts an event: an observation is the session as Stripe shows it when asked. So age, order and repetition of
//! events do not matter, and deciding twice on one observation changes nothing the second time.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use catalog::{Cents, Currency, StockKey, Timestamp};

use super::order::{Customer, Dispute, Fulfilment, Order, Payment, Refund, UnknownWord};

/// What Stripe shows of an order's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observation {
    /// The session, as retrieved.
    Session(Box<Session>),
    /// It is proved that there is no session and that none can be created.
    NoSession,
}

/// A Checkout session, as far as an order depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// `cs_…`
    pub id: String,
    /// Where to pay, while it is open.
    pub url: Option<String>,
    /// Its state.
    pub status: SessionStatus,
    /// Whether it is paid.
    pub paid: bool,
    /// In minor units.
    pub amount_total: Option<Cents>,
    /// ISO 4217, lower case, as Stripe writes it.
    pub currency: Option<String>,
    /// Live money, not a test.
    pub livemode: bool,
    /// Our order's id, from the metadata.
    pub order_id: Option<String>,
    /// Its payment, once there is one.
    pub intent: Option<Intent>,
    /// Who pays.
    pub customer: Customer,
    /// Unix seconds.
    pub created: Timestamp,
}

/// The state of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionStatus {
    /// It can be paid.
    Open,
    /// The shopper confirmed.
    Complete,
    /// It can no longer be paid.
    Expired,
}

/// A payment intent and what became of its charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// `pi_…`
    pub id: String,
    /// The bank may still pay.
    pub processing: bool,
    /// It ended without payment: `requires_payment_method` or `canceled`.
    pub failed: bool,
    /// Its refunds.
    pub refunds: Vec<RefundSeen>,
    /// Its dispute.
    pub dispute: Dispute,
}

/// One refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundSeen {
    /// In minor units.
    pub amount: Cents,
    /// Its state.
    pub state: Refund,
}

/// What to commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The order after the commit, which raises `version`.
    pub next: Order,
    /// What happens to its pieces, all or nothing.
    pub stock: StockChange,
    /// What to do after the commit, each at least once.
    pub effects: Vec<Effect>,
}

/// What happens to an order's pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockChange {
    /// Nothing.
    None,
    /// Held -> sold.
    Sell,
    /// Held -> for sale again.
    Release,
    /// For sale -> sold, if all are still there; else [`late_and_gone`] replaces the [`Decision`].
    SellLate,
    /// Sold -> for sale again: how many of each stock key.
    Return(BTreeMap<StockKey, i64>),
}

/// Something to do after the commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Effect {
    /// What to do.
    pub kind: EffectKind,
    /// Distinguishes effects of the same order and kind.
    pub cause: String,
}

/// The kinds of effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectKind {
    /// To the shopper: the order is confirmed.
    MailConfirmation,
    /// To the owner: something was sold.
    MailNotice,
    /// To the shopper: the order was received, the bank takes days.
    MailAwaiting,
    /// To the shopper: the bank did not pay.
    MailPaymentFailed,
    /// To the shopper: the piece was already sold, the money comes back.
    MailGone,
    /// To the owner: the same.
    MailGoneNotice,
    /// To the shopper: money was refunded, or a refund was undone.
    MailRefund,
    /// To the owner: the same.
    MailRefundNotice,
    /// To the owner: a refund failed.
    MailRefundFailed,
    /// To the owner: Stripe refused to open a payment page.
    MailRefused,
    /// To the owner: a dispute was opened, appealed or closed.
    MailDispute,
    /// To the owner: amount, currency or mode is not the order's.
    MailFlagged,
    /// To the shopper: the parcel is on its way.
    MailShipped,
    /// To the shopper: the withdrawal was received.
    MailWithdrawal,
    /// To the owner: a shopper withdraws.
    MailWithdrawalNotice,
    /// To the shopper: the link to the order, requested again.
    MailLink,
    /// To Stripe: refund the payment.
    Refund,
    /// To the host: rebuild the site.
    BuildHook,
}

/// The amounts in a mail about refunds, as they were when it was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The amount refunded, or newly failed, this time; negative if a refund reported as done was undone.
    pub this: Cents,
    /// The sum of all refunds.
    pub in_all: Cents,
}

impl Told {
    fn cause(self, version: i64) -> String {
        format!("{version}_{}_{}", self.this.0, self.in_all.0)
    }

    /// Reads the amounts from an effect's cause; `None` if it has none.
    pub fn of(cause: &str) -> Option<Self> {
        let mut parts = cause.split('_');
        let mut number = || parts.next()?.parse::<i64>().ok();
        match (number()?, number(), number()) {
            (_, Some(this), Some(in_all)) => Some(Told { this: Cents(this), in_all: Cents(in_all) }),
            // Older tills wrote only the sum.
            (sum, None, _) => Some(Told { this: Cents(sum), in_all: Cents(sum) }),
            _ => None,
        }
    }
}

impl EffectKind {
    /// Every kind, with its word in the database.
    pub const ALL: &[(EffectKind, &str)] = &[
        (EffectKind::MailConfirmation, "mail_confirmation"),
        (EffectKind::MailNotice, "mail_notice"),
        (EffectKind::MailAwaiting, "mail_awaiting"),
        (EffectKind::MailPaymentFailed, "mail_payment_failed"),
        (EffectKind::MailGone, "mail_gone"),
        (EffectKind::MailGoneNotice, "mail_gone_notice"),
        (EffectKind::MailRefund, "mail_refund"),
        (EffectKind::MailRefundNotice, "mail_refund_notice"),
        (EffectKind::MailRefundFailed, "mail_refund_failed"),
        (EffectKind::MailRefused, "mail_refused"),
        (EffectKind::MailDispute, "mail_dispute"),
        (EffectKind::MailFlagged, "mail_flagged"),
        (EffectKind::MailShipped, "mail_shipped"),
        (EffectKind::MailWithdrawal, "mail_withdrawal"),
        (EffectKind::MailWithdrawalNotice, "mail_withdrawal_notice"),
        (EffectKind::MailLink, "mail_link"),
        (EffectKind::Refund, "refund"),
        (EffectKind::BuildHook, "build_hook"),
    ];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

impl FromStr for EffectKind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.iter().find(|(_, known)| *known == word);
        known.map(|(kind, _)| *kind).ok_or_else(|| UnknownWord(word.to_owned()))
    }
}

/// How long after its end a session is checked.
pub const AFTER_EXPIRY: Duration = Duration::from_secs(60);
/// How long an order may wait for its session before the sweep looks for it. Stripe refuses a session that would end in less
/// than 30 minutes, so after five minutes a repeated request cannot create one.
pub const AFTER_CREATION: Duration = Duration::from_secs(7 * 60);
/// How long a hold lasts; Stripe accepts 30 minutes to 24 hours.
pub const HOLD: Duration = Duration::from_secs(35 * 60);
/// How often delayed payments and refunds are checked.
pub const POLL: Duration = Duration::from_secs(3600);

/// Decides. `order` is as stored, `seen` what Stripe shows at `now`.
pub fn decide(order: &Order, seen: &Observation, now: Timestamp) -> Decision {
    let mut decision = Decision { next: order.clone(), stock: StockChange::None, effects: Vec::new() };
    match seen {
        Observation::NoSession => {
            if order.payment == Payment::Pending {
                release(&mut decision);
            }
        }
        Observation::Session(session) => decide_session(&mut decision, order, session, now),
    }
    decision.next.due_at = due(&decision.next, now);
    decision
}

/// Turns a late payment whose pieces were sold to others into a refund; shopper and owner get a mail.
pub fn late_and_gone(mut decision: Decision, now: Timestamp) -> Decision {
    decision.stock = StockChange::None;
    decision.effects.retain(|effect| {
        effect.kind != EffectKind::MailConfirmation && effect.kind != EffectKind::MailNotice
    });
    decision.next.payment = Payment::RefundDue;
    refund_all(&mut decision);
    decision.effect(EffectKind::MailGone, "");
    decision.effect(EffectKind::MailGoneNotice, "");
    decision.next.due_at = due(&decision.next, now);
    decision
}

fn decide_session(decision: &mut Decision, order: &Order, session: &Session, now: Timestamp) {
    let next = &mut decision.next;
    if next.session_id.is_none() {
        next.session_id = Some(session.id.clone());
    }
    if next.session_id.as_deref() != Some(session.id.as_str()) {
        return; // Another order's session: never let it decide.
    }
    next.session_url.clone_from(&session.url);
    if let Some(intent) = &session.intent {
        next.payment_intent = Some(intent.id.clone());
    }
    if session.status == SessionStatus::Complete {
        adopt(&mut next.customer, &session.customer);
    }
    match (order.payment, session.status) {
        (Payment::Pending, SessionStatus::Open) => next.payment = Payment::Open,
        (_, SessionStatus::Open) | (Payment::Paid | Payment::RefundDue, _) => {}
        (Payment::Released, SessionStatus::Expired) => {}
        (_, SessionStatus::Expired) => release(decision),
        (_, SessionStatus::Complete) if session.paid => pay(decision, order, session, now),
        (_, SessionStatus::Complete) => unpaid(decision, order, session),
    }
    if let Some(intent) = &session.intent
        && matches!(decision.next.payment, Payment::Paid | Payment::RefundDue)
    {
        refunds(decision, order, intent, session.amount_total.unwrap_or(order.total));
        dispute(decision, order, intent.dispute);
    }
}

fn pay(decision: &mut Decision, order: &Order, session: &Session, now: Timestamp) {
    decision.next.paid_at = Some(now);
    let currency = session.currency.as_deref().and_then(|code| Currency::from_code(&code.to_uppercase()));
    let right = session.amount_total == Some(order.total)
        && currency == Some(order.currency)
        && session.livemode == order.livemode;
    if !right {
        decision.next.flagged = true;
        decision.next.payment = Payment::RefundDue;
        decision.stock = if order.payment.holds() { StockChange::Release } else { StockChange::None };
        refund_all(decision);
        decision.effect(EffectKind::MailFlagged, "");
        return;
    }
    decision.next.payment = Payment::Paid;
    decision.stock = if order.payment.holds() { StockChange::Sell } else { StockChange::SellLate };
    decision.effect(EffectKind::MailConfirmation, "");
    decision.effect(EffectKind::MailNotice, "");
}

fn unpaid(decision: &mut Decision, order: &Order, session: &Session) {
    let failed = session.intent.as_ref().is_some_and(|intent| intent.failed);
    if order.payment == Payment::Released {
        return; // Its pieces may be sold already: only money brings it back.
    }
    if failed {
        if order.payment == Payment::AwaitingFunds {
            decision.effect(EffectKind::MailPaymentFailed, "");
        }
        release(decision);
    } else if order.payment != Payment::AwaitingFunds {
        decision.next.payment = Payment::AwaitingFunds;
        decision.effect(EffectKind::MailAwaiting, "");
    }
}

fn release(decision: &mut Decision) {
    if decision.next.payment.holds() {
        decision.stock = StockChange::Release;
    }
    decision.next.payment = Payment::Released;
    decision.next.session_url = None;
}

fn refund_all(decision: &mut Decision) {
    decision.next.refund = Refund::Pending;
    decision.effect(EffectKind::Refund, "all");
}

/// Updates the refunds; `paid` is what Stripe took.
fn refunds(decision: &mut Decision, order: &Order, intent: &Intent, paid: Cents) {
    let sum = |state| {
        let refunds = intent.refunds.iter().filter(|refund| refund.state == state);
        refunds.map(|refund| refund.amount).sum::<Cents>()
    };
    let (pending, done, failed) = (sum(Refund::Pending), sum(Refund::Done), sum(Refund::Failed));
    let next = &mut decision.next;
    let asked = next.payment == Payment::RefundDue || next.fulfilment == Fulfilment::Cancelled;
    next.refunded_amount = done;
    next.refund_failed = failed;
    next.refund = if pending > Cents::ZERO {
        Refund::Pending
    } else if asked && done < paid {
        if failed > Cents::ZERO { Refund::Failed } else { Refund::Pending }
    } else if failed > Cents::ZERO && done == Cents::ZERO {
        Refund::Failed
    } else if done > Cents::ZERO {
        Refund::Done
    } else {
        Refund::None
    };
    let (back, more_failed) = (done - order.refunded_amount, failed > order.refund_failed);
    if back != Cents::ZERO {
        decision.told(EffectKind::MailRefund, back, done);
    }
    if more_failed {
        decision.told(EffectKind::MailRefundFailed, failed - order.refund_failed, done);
    }
    // `MailRefundFailed` already reports an undone refund.
    if back > Cents::ZERO || (back < Cents::ZERO && !more_failed) {
        decision.told(EffectKind::MailRefundNotice, back, done);
    }
}

fn dispute(decision: &mut Decision, order: &Order, seen: Dispute) {
    // A dispute is never reset: Stripe keeps showing it.
    if seen != Dispute::None && seen != order.dispute {
        decision.next.dispute = seen;
        // A lost dispute may be appealed and lost again: each change gets a mail.
        let cause = format!("{}_{}", seen.as_str(), order.version);
        decision.effect(EffectKind::MailDispute, &cause);
    }
}

fn adopt(known: &mut Customer, seen: &Customer) {
    let fill = |known: &mut Option<String>, seen: &Option<String>| {
        if seen.is_some() {
            known.clone_from(seen);
        }
    };
    fill(&mut known.email, &seen.email);
    fill(&mut known.name, &seen.name);
    fill(&mut known.phone, &seen.phone);
    if !seen.address.is_empty() {
        known.address.clone_from(&seen.address);
    }
}

/// When the sweep should look at the order again.
fn due(order: &Order, now: Timestamp) -> Option<Timestamp> {
    match order.payment {
        Payment::Pending => Some((order.created_at + AFTER_CREATION).max(now + AFTER_EXPIRY)),
        Payment::Open => Some((order.expires_at + AFTER_EXPIRY).max(now + AFTER_EXPIRY)),
        Payment::AwaitingFunds => Some(now + POLL),
        Payment::RefundDue | Payment::Paid if order.refund == Refund::Pending => Some(now + POLL),
        Payment::Paid | Payment::Released | Payment::RefundDue => None,
    }
}

impl Decision {
    fn effect(&mut self, kind: EffectKind, cause: &str) {
        self.effects.push(Effect { kind, cause: cause.to_owned() });
    }

    /// Adds a mail about `this` amount, which was refunded (positive), undone (negative) or newly failed, and about the sum. The
    /// version in its cause distinguishes two such mails.
    fn told(&mut self, kind: EffectKind, this: Cents, in_all: Cents) {
        let cause = Told { this, in_all }.cause(self.next.version);
        self.effect(kind, &cause);
    }

    /// How many pieces of each stock key change, in key order.
    pub fn pieces(&self) -> BTreeMap<StockKey, i64> {
        match &self.stock {
            StockChange::None => BTreeMap::new(),
            StockChange::Return(pieces) => pieces.clone(),
            StockChange::Sell | StockChange::Release | StockChange::SellLate => self.next.pieces(),
        }
    }

    /// Whether committing it would change nothing but `due_at`.
    pub fn is_idle(&self, order: &Order) -> bool {
        let same = Order { due_at: order.due_at, ..self.next.clone() };
        same == *order && self.effects.is_empty() && self.pieces().is_empty()
    }
}

#[cfg(test)]
mod tests;
