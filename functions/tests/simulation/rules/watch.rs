//! What must be true after every transaction, and what to remember for the end.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use catalog::supply::Taken;
use catalog::{Cents, StockKey, Supply, Timestamp};
use till::decide::stock::Moved;
use till::decide::{Dispute, Fulfilment, Order, Payment, Refund};
use till::outside::store::Task;

use crate::shop::SUPPLY;
use crate::stripe::{Books, Truth};

/// With this tracking number the owner says that an order is shipped in spite of everything.
pub const ANYWAY: &str = "ANYWAY";
/// The shortest pause between two attempts at an effect, in seconds.
const PAUSE: i64 = 30;

/// Checks transactions, and remembers.
#[derive(Debug, Default)]
pub struct Watch {
    /// The first rule that was broken.
    pub broken: Option<String>,
    /// The current process has just found its client at a limit: it must end.
    pub at_limit: bool,
    /// Orders that were cancelled, or paid and never to be delivered.
    pub called_off: BTreeSet<String>,
    /// Orders that waited for a bank; below, those whose bank refused.
    pub awaited: BTreeSet<String>,
    pub unpaid: BTreeSet<String>,
    /// Pieces that shoppers returned, by order.
    pub returned: BTreeMap<String, BTreeMap<StockKey, i64>>,
    /// Pieces that the owner took away by hand, less those brought back.
    pub away: BTreeMap<StockKey, i64>,
    /// A database was lost, and an older copy restored: counts exceed those of the remaining orders.
    pub lossy: bool,
    /// Pieces sold more often than they exist, as reported to the owner after a loss.
    pub oversold: BTreeMap<StockKey, i64>,
    claims: BTreeMap<String, Timestamp>,
}

impl Watch {
    /// Keeps the first broken rule.
    pub fn tell(&mut self, rule: Result<(), String>) {
        if let Err(why) = rule {
            self.broken.get_or_insert(why);
        }
    }

    /// Counts match the orders, and no more is promised than there ever was.
    pub fn counts<'o>(&mut self, orders: impl Iterator<Item = &'o Order>, stock: &BTreeMap<StockKey, Taken>) {
        let rule = counts(orders, stock, self.lossy);
        self.tell(rule);
    }

    /// An order began; `orders` includes it.
    pub fn begun(&mut self, order: &Order, orders: &[Order]) {
        let open = |other: &&Order| matches!(other.payment, Payment::Pending | Payment::Open);
        let of_cart = orders.iter().filter(open).filter(|other| other.cart_id == order.cart_id);
        if of_cart.count() > 1 {
            self.tell(Err(format!("rule 10: {} has two open orders", order.cart_id)));
        }
    }

    /// A checkout proceeds to hold pieces.
    pub fn goes_on(&mut self) {
        if self.at_limit {
            self.tell(Err("rule 10: a client who had reached a limit checks out".to_owned()));
        }
    }

    /// An order changed.
    pub fn committed(&mut self, before: &Order, next: &Order, books: &Books, now: Timestamp) {
        if before.payment.holds() && next.payment == Payment::Released {
            self.tell(released(next, books, now));
        }
        if next.payment == Payment::Paid {
            self.tell(paid(next, books));
        }
        if next.fulfilment == Fulfilment::Shipped && before.fulfilment != Fulfilment::Shipped {
            self.tell(shipped(before, next));
        }
        if next.fulfilment == Fulfilment::Cancelled || next.payment == Payment::RefundDue {
            self.called_off.insert(next.id.clone());
        }
        if next.payment == Payment::AwaitingFunds {
            self.awaited.insert(next.id.clone());
        }
        if before.payment == Payment::AwaitingFunds && next.payment == Payment::Released {
            self.unpaid.insert(next.id.clone());
        }
        if !next.returned.is_empty() {
            self.returned.insert(next.id.clone(), next.returned.clone());
        }
    }

    /// Effects were claimed.
    pub fn claimed(&mut self, tasks: &[Task], now: Timestamp) {
        for task in tasks {
            let before = self.claims.insert(task.id.clone(), now);
            let pause = before.map(|before| now.seconds_since(before));
            if let Some(pause) = pause.filter(|pause| *pause < PAUSE) {
                self.tell(Err(format!("rule 13: {} was tried again after {pause} s", task.id)));
            }
        }
    }

    /// The owner moved pieces.
    pub fn moved(&mut self, key: &StockKey, moved: Moved) {
        *self.away.entry(key.clone()).or_default() += moved.adjusted;
    }

    /// That many were counted on the shelf, which the counts must now match.
    pub fn counted(&mut self, key: &StockKey, supply: Supply, taken: Taken, counted: i64) {
        let Supply::Pieces(pieces) = supply else { return };
        let there = i64::from(pieces) - taken.sold - taken.adjusted;
        if there != counted {
            self.tell(Err(format!("rule 4: {counted} of {key} were counted, {there} are there: {taken:?}")));
        }
    }

    /// Forgets what is lost with a database.
    pub fn lose(&mut self) {
        self.lossy = true;
        self.claims.clear();
        // Mails about these may be lost too.
        self.awaited.clear();
        self.unpaid.clear();
    }
}

/// See [`Watch::counts`]; `lossy`: some orders are gone, but their pieces still count.
pub fn counts<'o>(
    orders: impl Iterator<Item = &'o Order>,
    stock: &BTreeMap<StockKey, Taken>,
    lossy: bool,
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
    let keys = stock.keys().chain(held.keys()).chain(sold.keys()).collect::<BTreeSet<_>>();
    for key in keys {
        let taken = stock.get(key).copied().unwrap_or_default();
        let of = |all: &BTreeMap<StockKey, i64>| all.get(key).copied().unwrap_or(0);
        if taken.held != of(&held) {
            return Err(format!("rule 4: {key} counts {} held, the orders hold {}", taken.held, of(&held)));
        }
        if taken.sold < of(&sold) || (taken.sold != of(&sold) && !lossy) {
            return Err(format!("rule 1: {key} counts {} sold, the orders own {}", taken.sold, of(&sold)));
        }
        if taken.adjusted < 0 {
            return Err(format!("rule 7: more of {key} can be had than is neither sold nor held: {taken:?}"));
        }
        let supply = SUPPLY.iter().find(|(known, _)| *known == key.as_str()).map(|(_, supply)| *supply);
        if let Some(supply) = supply.filter(|_| !lossy)
            && taken.sold + taken.held + taken.adjusted > i64::from(supply)
        {
            return Err(format!("rule 1: {key} is promised more than {supply} times: {taken:?}"));
        }
    }
    Ok(())
}

/// A hold is released only when Stripe confirms that the order cannot be paid (3).
fn released(order: &Order, books: &Books, now: Timestamp) -> Result<(), String> {
    let over = match books.session_of(&order.id) {
        Some(session) => match session.status.as_str() {
            "expired" => true,
            "open" => false,
            _ => books.unpaid.contains(&session.id),
        },
        // There is no session, and none can come: Stripe refuses it, now or always.
        None => books.refused.contains(&order.id) || order.expires_at < now + Duration::from_secs(1800),
    };
    if over { Ok(()) } else { Err(format!("rule 3: {} was released while it could be paid", order.id)) }
}

/// Paid only when Stripe says so, with the right amount, currency and mode (2).
pub fn paid(order: &Order, books: &Books) -> Result<(), String> {
    match order.session_id.as_ref().and_then(|id| books.session(id)) {
        Some(session) if session.paid && is_right(&session, order) => Ok(()),
        other => Err(format!("rule 2: {} counts as paid, Stripe says {other:?}", order.id)),
    }
}

/// Whether Stripe took what the order costs.
pub fn is_right(session: &Truth, order: &Order) -> bool {
    session.total == order.total && session.currency == "eur" && !session.live
}

/// Nothing unpaid, cancelled or of another amount is shipped; nothing in doubt, unless the owner says so (11).
fn shipped(before: &Order, next: &Order) -> Result<(), String> {
    let sendable = before.payment == Payment::Paid && before.fulfilment == Fulfilment::New && !before.flagged;
    let doubtful = before.withdrawn_at.is_some()
        || before.refunded_amount > Cents::ZERO
        || before.refund == Refund::Pending
        || !matches!(before.dispute, Dispute::None | Dispute::Won);
    let number = next.tracking.as_ref().and_then(|tracking| tracking.number.as_deref());
    if sendable && (!doubtful || number == Some(ANYWAY)) {
        return Ok(());
    }
    Err(format!("rule 11: {} was sent: {before:?}", before.id))
}
