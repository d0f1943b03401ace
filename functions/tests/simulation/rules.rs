//! The eight rules of the till, as assertions.

use std::collections::{BTreeMap, BTreeSet};

use catalog::StockKey;
use catalog::supply::Taken;
use till::decide::settle::{SessionStatus, Told};
use till::decide::{Order, Payment, Refund};
use till::mailbox::MailAddress;
use till::outside::store::Undone;
use till::outside::store::memory::Tables;

use crate::stripe::{Books, Money};
use crate::world::SUPPLY;

/// What must be true after every transaction: counts are those of the orders, and nothing is promised twice (1, 4).
pub fn always(tables: &Tables) -> Result<(), String> {
    counts(tables.orders.values(), &tables.stock)
}

/// The counts of the stock are those of the orders, and no more is promised than there ever was.
pub fn counts<'o>(
    orders: impl Iterator<Item = &'o Order>,
    stock: &BTreeMap<StockKey, Taken>,
) -> Result<(), String> {
    let mut held: BTreeMap<StockKey, i64> = BTreeMap::new();
    let mut sold: BTreeMap<StockKey, i64> = BTreeMap::new();
    for order in orders {
        if order.payment.holds() {
            for (key, quantity) in order.pieces() {
                *held.entry(key).or_default() += quantity;
            }
        }
        for (key, quantity) in order.owned() {
            if quantity < 0 {
                return Err(format!("rule 7: more of {key} came back from {} than it had", order.id));
            }
            *sold.entry(key).or_default() += quantity;
        }
    }
    for (key, supply) in SUPPLY {
        let key = StockKey::new(key).expect("a key");
        let taken = stock.get(&key).copied().unwrap_or_default();
        let of = |all: &BTreeMap<StockKey, i64>| all.get(&key).copied().unwrap_or(0);
        if taken.held != of(&held) {
            return Err(format!("rule 4: {key} counts {} held, the orders hold {}", taken.held, of(&held)));
        }
        if taken.sold != of(&sold) {
            return Err(format!("rule 1: {key} counts {} sold, the orders own {}", taken.sold, of(&sold)));
        }
        if taken.away < 0 {
            return Err(format!(
                "rule 7: {key} can be had more often than it is neither sold nor held: {taken:?}"
            ));
        }
        if taken.sold + taken.held + taken.away > i64::from(supply) {
            return Err(format!("rule 1: {key} is promised more than {supply} times: {taken:?}"));
        }
    }
    Ok(())
}

/// A hold ends only on Stripe's word (3).
pub fn released(order: &Order, books: &Books) -> Result<(), String> {
    let session = books.sessions.values().find(|session| session.order == order.id);
    let over = match session {
        Some(session) => match session.status {
            SessionStatus::Expired => true,
            SessionStatus::Open => false,
            SessionStatus::Complete => session.refused,
        },
        // None exists: none may come to exist either, because Stripe refuses it, now or always.
        None => books.refused.contains(&order.id) || order.expires_at < books.now + 1800,
    };
    if over { Ok(()) } else { Err(format!("rule 3: {} was released while it could be paid", order.id)) }
}

/// Paid only when Stripe says so, for the right amount (2).
pub fn paid(order: &Order, books: &Books) -> Result<(), String> {
    let session = order.session_id.as_ref().and_then(|id| books.sessions.get(id));
    match session {
        Some(session) if session.money == Money::Paid && session.amount == order.total => Ok(()),
        other => Err(format!("rule 2: {} counts as paid, Stripe says {other:?}", order.id)),
    }
}

/// What shopper and owner were told of an order's refunds adds up to what Stripe gave back (8): this time by this time, and the last
/// of them says the sum.
fn told(order: &Order, kind: &str, given: i64, sent: &BTreeSet<String>) -> Result<(), String> {
    let causes = |kind: &str| {
        let begin = format!("{}.{kind}.", order.id);
        let causes = sent.iter().filter_map(|id| id.strip_prefix(&begin)).map(str::to_owned);
        causes.collect::<Vec<String>>()
    };
    let told = |kind: &str| causes(kind).iter().filter_map(|cause| Told::of(cause)).collect::<Vec<Told>>();
    let (mails, mut failed) = (told(kind), Vec::new());
    if kind == "mail_refund_notice" {
        // To the owner, a mail about a refund that failed says what is there instead.
        failed = told("mail_refund_failed");
    }
    let sum: i64 = mails.iter().map(|told| told.this).sum();
    if sum != given && failed.is_empty() {
        return Err(format!("rule 8: {} got {given} back, {kind} told {sum}: {mails:?}", order.id));
    }
    if given > 0 && !mails.iter().chain(&failed).any(|told| told.in_all == given) {
        return Err(format!("rule 8: {} got {given} back in all, {kind} never said so: {mails:?}", order.id));
    }
    Ok(())
}

/// What must be true when everything has come to rest (1, 2, 5, 6, 8).
pub fn at_rest(
    orders: &[Order],
    stock: &BTreeMap<StockKey, Taken>,
    books: &Books,
    sent: &BTreeSet<String>,
    undone: &[Undone],
) -> Result<(), String> {
    counts(orders.iter(), stock)?;
    for order in orders {
        if order.payment.holds() {
            return Err(format!("rule 5: {} still holds its pieces: {:?}", order.id, order.payment));
        }
        if order.payment == Payment::Paid {
            paid(order, books)?;
        }
    }
    let by_id: BTreeMap<&str, &Order> = orders.iter().map(|order| (order.id.as_str(), order)).collect();
    for session in books.sessions.values().filter(|session| session.money == Money::Paid) {
        let Some(order) = by_id.get(session.order.as_str()) else {
            return Err(format!("rule 5: {} was paid and there is no order", session.id));
        };
        let given: i64 = session
            .refunds
            .iter()
            .filter(|refund| refund.state == Refund::Done)
            .map(|refund| refund.amount)
            .sum();
        let right = match order.payment {
            Payment::Paid if order.owns() => true,
            Payment::Paid | Payment::RefundDue => given == session.amount && order.refund == Refund::Done,
            _ => false,
        };
        if !right {
            return Err(format!(
                "rule 5: {} was paid ({} given back), its order is {:?}, {:?}, refund {:?}",
                session.id, given, order.payment, order.fulfilment, order.refund
            ));
        }
        if order.refunded_amount != given {
            return Err(format!(
                "rule 5: {} got {given} back, the order says {}",
                order.id, order.refunded_amount
            ));
        }
        let reachable =
            order.customer.email.as_deref().is_some_and(|email| MailAddress::parse(email).is_ok());
        for (kind, reachable) in [("mail_refund", reachable), ("mail_refund_notice", true)] {
            if reachable {
                told(order, kind, given, sent)?;
            }
        }
        let mail = if order.payment == Payment::Paid { "mail_confirmation" } else { "mail_gone" };
        for name in [
            mail.to_owned(),
            if mail == "mail_gone" { "mail_gone_notice".into() } else { "mail_notice".to_owned() },
        ] {
            let id = format!("{}.{name}", order.id);
            if sent.contains(&id) || order.flagged {
                continue;
            }
            // Rule 6: what cannot go is seen, and keeps no other mail from going.
            let seen = |undone: &Undone| {
                undone.order_id == order.id && undone.kind == name && undone.given_up_at.is_some()
            };
            if !undone.iter().any(seen) {
                return Err(format!("rule 5: the mail {id} was never delivered, and nobody is told"));
            }
            if reachable || name.ends_with("notice") {
                return Err(format!("rule 6: the mail {id} was given up, though its address is good"));
            }
        }
    }
    Ok(())
}
