//! What the owner and the shopper may do to an order by hand.

use super::order::{Fulfilment, Order, Payment, Refund, Tracking};
use super::settle::{Decision, Effect, EffectKind, POLL, StockChange};

/// Why it is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Only a paid order is sent, cancelled or withdrawn from.
    #[error("the order is not paid")]
    NotPaid,
    /// It was called off.
    #[error("the order is cancelled")]
    Cancelled,
    /// It left already.
    #[error("the order was shipped; refund it at Stripe and take the pieces back with `bazaar stock return`")]
    Shipped,
    /// The amount was not ours.
    #[error("the amount paid is not the order's: look at it at Stripe before anything is sent")]
    Flagged,
}

/// Sends it. Sending again replaces the tracking and tells the shopper once more if it changed.
///
/// # Errors
/// When it must not be sent.
pub fn ship(order: &Order, tracking: Tracking, now: i64) -> Result<Decision, Refused> {
    if order.flagged {
        return Err(Refused::Flagged);
    }
    if order.payment != Payment::Paid {
        return Err(Refused::NotPaid);
    }
    if order.fulfilment == Fulfilment::Cancelled {
        return Err(Refused::Cancelled);
    }
    let changed = order.fulfilment != Fulfilment::Shipped || order.tracking.as_ref() != Some(&tracking);
    let mut next = order.clone();
    next.fulfilment = Fulfilment::Shipped;
    next.tracking = Some(tracking);
    let mail = Effect { kind: EffectKind::MailShipped, cause: now.to_string() };
    Ok(Decision { next, stock: StockChange::None, effects: changed.then_some(mail).into_iter().collect() })
}

/// Calls it off: the pieces are for sale again, the money goes back.
///
/// # Errors
/// When there is nothing to call off.
pub fn cancel(order: &Order, now: i64) -> Result<Decision, Refused> {
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
    Ok(Decision { next, stock: StockChange::Return, effects })
}

/// The shopper withdraws (Directive 2011/83/EU, art. 11a): the declaration is received and acknowledged at once. What
/// follows, return and refund, is the owner's.
///
/// # Errors
/// When nothing was bought.
pub fn withdraw(order: &Order, now: i64) -> Result<Decision, Refused> {
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
