//! The decisions about an order behind one trait: the till is given its rules, as it is given its store. The simulation gives it
//! wrong ones (`functions/tests/flaws`) and must notice.

use catalog::{Cents, StockKey, Timestamp};

use super::order::{Order, Tracking};
use super::owner::{self, Refused};
use super::quote::Quote;
use super::settle::{self, Decision, Observation};

/// What the till decides about an order. Every method has the till's own decision; all are pure.
pub trait Rules: Send + Sync {
    /// Whether a cart may be charged, given what the page showed: see [`Quote::is_as_shown`].
    fn is_as_shown(&self, quote: &Quote, prices: &[Option<Cents>], total: Option<Cents>) -> bool {
        quote.is_as_shown(prices, total)
    }

    /// What becomes of an order, given what Stripe shows: see [`settle::decide`].
    fn settle(&self, order: &Order, seen: &Observation, now: Timestamp) -> Decision {
        settle::decide(order, seen, now)
    }

    /// What becomes of a late payment whose pieces are gone: see [`settle::late_and_gone`].
    fn late_and_gone(&self, decision: Decision, now: Timestamp) -> Decision {
        settle::late_and_gone(decision, now)
    }

    /// See [`owner::ship`].
    ///
    /// # Errors
    /// If the order must not be sent.
    fn ship(&self, order: &Order, given: &Tracking, anyway: bool) -> Result<Decision, Refused> {
        owner::ship(order, given, anyway)
    }

    /// See [`owner::cancel`].
    ///
    /// # Errors
    /// If the order is not paid, was sent or is cancelled.
    fn cancel(&self, order: &Order, now: Timestamp) -> Result<Decision, Refused> {
        owner::cancel(order, now)
    }

    /// See [`owner::take_back`].
    ///
    /// # Errors
    /// If the order was not sent, or has too few pieces left.
    fn take_back(&self, order: &Order, key: &StockKey, pieces: i64) -> Result<Decision, Refused> {
        owner::take_back(order, key, pieces)
    }

    /// See [`owner::withdraw`].
    ///
    /// # Errors
    /// If the order is not paid or was cancelled.
    fn withdraw(&self, order: &Order, now: Timestamp) -> Result<Decision, Refused> {
        owner::withdraw(order, now)
    }
}

/// The till's own rules.
#[derive(Debug, Clone, Copy, Default)]
pub struct TillRules;

impl Rules for TillRules {}
