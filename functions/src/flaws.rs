//! Known ways to get a till wrong, each behind a switch, so that the simulation can prove that it would notice. Without the
//! feature `flaws` every switch is off and costs nothing.

/// A mistake that a till could make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A hold ends when its time is over, without asking Stripe.
    ReleaseOnTimer,
    /// Pieces are counted first and taken afterwards.
    ReadThenWrite,
    /// `checkout.session.completed` counts as paid.
    FulfilOnCompleted,
    /// An event is booked before its effect.
    DedupeFirst,
    /// A release gives back pieces whether or not the order holds them.
    ReleaseUnowned,
    /// The sweep takes an order without a session for one that never got any.
    SweepDuringCreation,
    /// Pieces come back whether or not they were ever taken.
    ReturnUntaken,
    /// A refund that fails after it had succeeded is told to nobody.
    FailedRefundUntold,
    /// A mail that cannot go counts as done.
    GiveUpInSilence,
}

#[cfg(feature = "flaws")]
mod switch {
    use super::Flaw;
    use std::cell::Cell;

    thread_local!(static FLAW: Cell<Option<Flaw>> = const { Cell::new(None) });

    /// Turns one flaw on, for this thread.
    pub fn set(flaw: Option<Flaw>) {
        FLAW.set(flaw);
    }

    /// Whether a flaw is on.
    pub fn on(flaw: Flaw) -> bool {
        FLAW.get() == Some(flaw)
    }
}

#[cfg(feature = "flaws")]
pub use switch::{on, set};

/// Whether a flaw is on: never.
#[cfg(not(feature = "flaws"))]
#[inline]
pub const fn on(_: Flaw) -> bool {
    false
}
