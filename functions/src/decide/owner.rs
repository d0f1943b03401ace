//! What the owner and the shopper may do to an order by hand.

use std::fmt;

use catalog::{Cents, StockKey, Timestamp};
use messages::tr;

use super::order::{Dispute, Fulfilment, Order, Payment, Refund, Tracking};
use super::quote::PICKUP;
use super::settle::{Decision, Effect, EffectKind, POLL, StockChange};
use super::stock;
use crate::flaws::{self, Flaw};

/// Why it is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Only a paid order is sent, cancelled or withdrawn from.
    NotPaid,
    /// It was called off.
    Cancelled,
    /// It left already.
    Shipped,
    /// The amount was not ours.
    Flagged,
    /// Something speaks against sending it.
    Doubtful(Doubts),
    /// Nobody carries what is collected.
    NoParcel,
    /// Its pieces are still here.
    NotShipped,
    /// More than it has.
    NotInOrder {
        /// Whose pieces.
        key: StockKey,
        /// So many were to come back.
        asked: i64,
        /// So many were ordered.
        ordered: i64,
        /// So many are back.
        returned: i64,
    },
    /// The counts do not allow it.
    Stock(stock::Refused),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::NotPaid => f.write_str(tr!("the order is not paid")),
            Refused::Cancelled => f.write_str(tr!("the order is cancelled")),
            Refused::Shipped => f.write_str(tr!(
                "the order was shipped; refund it at Stripe, and when its pieces are back: `bazaar stock return KEY N --order ID`"
            )),
            Refused::Flagged => f.write_str(tr!(
                "the amount paid is not the order's: look at it at Stripe before anything is sent"
            )),
            Refused::Doubtful(doubts) => {
                f.write_str(&tr!("{doubts}\n  nothing was changed; to send it all the same: --anyway"))
            }
            Refused::NoParcel => {
                f.write_str(tr!("the shopper collects this order: it has no carrier, number or link"))
            }
            Refused::NotShipped => f.write_str(tr!(
                "the order was not sent; to take its pieces back and refund it: `bazaar orders cancel ID`"
            )),
            Refused::NotInOrder { key, asked, ordered, returned } => f.write_str(&tr!(
                "{key}: {asked} cannot come back from this order: it has {ordered}, {returned} came back before"
            )),
            Refused::Stock(refused) => refused.fmt(f),
        }
    }
}

impl std::error::Error for Refused {}

impl From<stock::Refused> for Refused {
    fn from(refused: stock::Refused) -> Self {
        Refused::Stock(refused)
    }
}

/// What speaks against sending an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Doubts {
    /// The shopper withdrew.
    pub withdrawn: bool,
    /// The bank asks, disputes it, or the money is lost.
    pub disputed: bool,
    /// Money went back, or is on its way.
    pub refunded: bool,
}

impl Doubts {
    fn of(order: &Order) -> Option<Self> {
        let doubts = Doubts {
            withdrawn: order.withdrawn_at.is_some(),
            disputed: !matches!(order.dispute, Dispute::None | Dispute::Won),
            refunded: order.refunded_amount > Cents::ZERO || order.refund == Refund::Pending,
        };
        (doubts != Doubts::default()).then_some(doubts)
    }
}

impl fmt::Display for Doubts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            (self.withdrawn, tr!("the shopper withdrew from this order")),
            (self.disputed, tr!("the shopper's bank disputes its payment")),
            (self.refunded, tr!("money of this order went back, or is on its way")),
        ];
        let said: Vec<&str> = all.iter().filter(|(is, _)| *is).map(|(_, said)| *said).collect();
        f.write_str(&said.join("; "))
    }
}

/// Sends it, or corrects how it was sent: what `given` leaves out stays as it is, an empty text takes it away. The shopper is told
/// when something changed. `anyway` sends what is [`Doubts`].
///
/// # Errors
/// When it must not be sent.
pub fn ship(order: &Order, given: &Tracking, anyway: bool) -> Result<Decision, Refused> {
    if order.flagged {
        return Err(Refused::Flagged);
    }
    if order.payment != Payment::Paid {
        return Err(Refused::NotPaid);
    }
    if order.fulfilment == Fulfilment::Cancelled {
        return Err(Refused::Cancelled);
    }
    if order.shipping.rate == PICKUP && *given != Tracking::default() {
        return Err(Refused::NoParcel);
    }
    let again = order.fulfilment == Fulfilment::Shipped;
    if let Some(doubts) = Doubts::of(order).filter(|_| !again && !anyway && !flaws::on(Flaw::ShipInDoubt)) {
        return Err(Refused::Doubtful(doubts));
    }
    let tracking = corrected(order.tracking.clone().unwrap_or_default(), given);
    let mut next = order.clone();
    next.fulfilment = Fulfilment::Shipped;
    if order.tracking.is_some() || tracking != Tracking::default() {
        next.tracking = Some(tracking);
    }
    let cause = format!("{}{}", if again { AGAIN } else { "" }, order.version);
    let mail = Effect { kind: EffectKind::MailShipped, cause };
    let effects = if next == *order || flaws::on(Flaw::ShipUntold) { Vec::new() } else { vec![mail] };
    Ok(Decision { next, stock: StockChange::None, effects })
}

/// Begins the cause of a mail that corrects one of before.
pub const AGAIN: &str = "again_";

fn corrected(known: Tracking, given: &Tracking) -> Tracking {
    let part = |known: Option<String>, given: &Option<String>| match given.as_deref().map(str::trim) {
        None => known,
        Some("") => None,
        Some(text) => Some(text.to_owned()),
    };
    Tracking {
        carrier: part(known.carrier, &given.carrier),
        number: part(known.number, &given.number),
        url: part(known.url, &given.url),
    }
}

/// Calls it off: the pieces are for sale again, the money goes back.
///
/// # Errors
/// When there is nothing to call off.
pub fn cancel(order: &Order, now: Timestamp) -> Result<Decision, Refused> {
    match (order.payment, order.fulfilment) {
        (Payment::Paid, Fulfilment::New) => {}
        (Payment::Paid, Fulfilment::Shipped) => return Err(Refused::Shipped),
        (Payment::Paid, Fulfilment::Cancelled) => return Err(Refused::Cancelled),
        _ => return Err(Refused::NotPaid),
    }
    let mut next = order.clone();
    next.fulfilment = Fulfilment::Cancelled;
    let mut effects = Vec::new();
    if order.refunded_amount < order.total && !flaws::on(Flaw::CancelKeepsMoney) {
        next.refund = Refund::Pending;
        next.due_at = Some(now + POLL);
        effects.push(Effect { kind: EffectKind::Refund, cause: "all".to_owned() });
    }
    let pieces = if flaws::on(Flaw::CancelKeepsPieces) { Default::default() } else { order.owned() };
    Ok(Decision { next, stock: StockChange::Return(pieces), effects })
}

/// Pieces of a sent order came back and are for sale again, each once. What is refunded is the owner's to say, at Stripe.
///
/// # Errors
/// When they never left, or came back before.
pub fn take_back(order: &Order, key: &StockKey, asked: i64) -> Result<Decision, Refused> {
    match (order.payment, order.fulfilment) {
        (Payment::Paid, Fulfilment::Shipped) => {}
        (Payment::Paid, Fulfilment::New) => return Err(Refused::NotShipped),
        (Payment::Paid, Fulfilment::Cancelled) => return Err(Refused::Cancelled),
        _ => return Err(Refused::NotPaid),
    }
    let ordered = order.pieces().get(key).copied().unwrap_or(0);
    let returned = order.returned.get(key).copied().filter(|_| !flaws::on(Flaw::ReturnTwice)).unwrap_or(0);
    if asked < 0 || asked > ordered - returned {
        return Err(Refused::NotInOrder { key: key.clone(), asked, ordered, returned });
    }
    let mut next = order.clone();
    if asked > 0 {
        next.returned.insert(key.clone(), returned + asked);
    }
    let pieces = [(key.clone(), asked)].into_iter().filter(|(_, asked)| *asked > 0).collect();
    Ok(Decision { next, stock: StockChange::Return(pieces), effects: Vec::new() })
}

/// The shopper withdraws (Directive 2011/83/EU, art. 11a): the declaration is received and acknowledged at once. What
/// follows, return and refund, is the owner's.
///
/// # Errors
/// When nothing was bought.
pub fn withdraw(order: &Order, now: Timestamp) -> Result<Decision, Refused> {
    if order.payment != Payment::Paid {
        return Err(Refused::NotPaid);
    }
    if order.fulfilment == Fulfilment::Cancelled {
        return Err(Refused::Cancelled);
    }
    let mut next = order.clone();
    let mut effects = Vec::new();
    if order.withdrawn_at.is_none() {
        next.withdrawn_at = Some(now);
        for kind in [EffectKind::MailWithdrawal, EffectKind::MailWithdrawalNotice] {
            if flaws::on(Flaw::WithdrawalUntold) {
                continue;
            }
            effects.push(Effect { kind, cause: String::new() });
        }
    }
    Ok(Decision { next, stock: StockChange::None, effects })
}

#[cfg(test)]
mod tests;
