//! What the owner and the shopper may do to an order by hand.

use std::fmt;

use catalog::{Cents, StockKey, Timestamp};
use messages::tr;

use super::order::{Dispute, Fulfilment, Order, Payment, Refund, Tracking};
use super::quote::PICKUP;
use super::settle::{Decision, Effect, EffectKind, POLL, StockChange};
use super::stock;

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Only a paid order can be sent, cancelled or withdrawn from.
    NotPaid,
    /// It was cancelled.
    Cancelled,
    /// It was already sent.
    Shipped,
    /// The amount paid is not the order's.
    Flagged,
    /// There are reasons not to send it.
    Doubtful(Doubts),
    /// An order that is collected has no tracking.
    NoParcel,
    /// It was not sent yet.
    NotShipped,
    /// More pieces than the order has.
    NotInOrder {
        /// The stock key.
        key: StockKey,
        /// How many should come back.
        asked: i64,
        /// How many were ordered.
        ordered: i64,
        /// How many already came back.
        returned: i64,
    },
    /// The stock counts do not allow it.
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

/// Reasons not to send an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Doubts {
    /// The shopper withdrew.
    pub withdrawn: bool,
    /// The payment is queried or disputed, or the dispute is lost.
    pub disputed: bool,
    /// Money was refunded, or a refund is on its way.
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

/// Marks the order as sent, or corrects its tracking: a part missing from `given` stays, an empty one is removed. The shopper
/// gets a mail if something changed. `anyway` overrides [`Doubts`].
///
/// # Errors
/// If it must not be sent.
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
    if let Some(doubts) = Doubts::of(order).filter(|_| !again && !anyway) {
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
    let effects = if next == *order { Vec::new() } else { vec![mail] };
    Ok(Decision { next, stock: StockChange::None, effects })
}

/// Prefix of the cause of a mail that corrects an earlier one.
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

/// Cancels the order: its pieces are for sale again, the money is refunded.
///
/// # Errors
/// If it is not paid, was sent or is cancelled.
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
    if order.refunded_amount < order.total {
        next.refund = Refund::Pending;
        next.due_at = Some(now + POLL);
        effects.push(Effect { kind: EffectKind::Refund, cause: "all".to_owned() });
    }
    Ok(Decision { next, stock: StockChange::Return(order.owned()), effects })
}

/// Puts returned pieces of a sent order up for sale again, each once. Any refund is up to the owner, at Stripe.
///
/// # Errors
/// If it was not sent, or has too few pieces left.
pub fn take_back(order: &Order, key: &StockKey, asked: i64) -> Result<Decision, Refused> {
    match (order.payment, order.fulfilment) {
        (Payment::Paid, Fulfilment::Shipped) => {}
        (Payment::Paid, Fulfilment::New) => return Err(Refused::NotShipped),
        (Payment::Paid, Fulfilment::Cancelled) => return Err(Refused::Cancelled),
        _ => return Err(Refused::NotPaid),
    }
    let ordered = order.pieces().get(key).copied().unwrap_or(0);
    let returned = order.returned.get(key).copied().unwrap_or(0);
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

/// The shopper withdraws (Directive 2011/83/EU, art. 11a): the declaration is received and acknowledged at once. Return and
/// refund are up to the owner.
///
/// # Errors
/// If it is not paid or was cancelled.
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
            effects.push(Effect { kind, cause: String::new() });
        }
    }
    Ok(Decision { next, stock: StockChange::None, effects })
}

#[cfg(test)]
mod tests;
