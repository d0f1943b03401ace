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
    /// The amount that Stripe took is not compared with the order's.
    AnyAmount,
    /// The currency that Stripe took is not compared with the order's.
    AnyCurrency,
    /// Test money pays live orders, or vice versa.
    AnyMode,
    /// Nobody checks whose database it is.
    AnyDatabase,
    /// A payment for an order whose hold was released is ignored.
    LatePaymentIgnored,
    /// A late payment takes its pieces without looking whether they are left.
    LatePaymentTakesAll,
    /// A payment whose pieces are gone is not given back.
    GoneUnrefunded,
    /// A refund that is on its way counts as none.
    PendingRefundForgotten,
    /// Of several refunds only the newest is counted.
    OneRefundCounts,
    /// Only the ten refunds that Stripe lists inside a charge are counted.
    TenRefundsCount,
    /// The refund is the order's total, whatever Stripe took.
    RefundsOwnTotal,
    /// A dispute that was won is taken for one that was lost.
    WonIsLost,
    /// Only the first state of a dispute is kept.
    OneDisputeState,
    /// Nobody is told of a dispute.
    DisputeUntold,
    /// Of two SKUs that share a stock key only one counts.
    SharedStockApart,
    /// An item is sold after its last day.
    SoldAfterUnpublish,
    /// An item is sold before its first day.
    SoldBeforePublish,
    /// A sale price holds after the sale.
    SaleWithoutEnd,
    /// The price that the page showed is not compared with today's.
    PriceUnasked,
    /// A parcel costs what it costs in the first zone.
    AnyZone,
    /// Shipping is free above its threshold, but not at it.
    FreeAboveOnly,
    /// A closed till sells on.
    SellsWhenClosed,
    /// One client may begin any number of checkouts.
    NoHourlyLimit,
    /// One client may hold any number of orders open.
    NoOpenLimit,
    /// One cart may have two open orders.
    CartTwice,
    /// The second attempt at a session has another idempotency key.
    NewKeyOnRetry,
    /// A delayed payment is not polled.
    NobodyAsksAgain,
    /// A commit does not compare versions.
    VersionIgnored,
    /// A cancelled order keeps its pieces.
    CancelKeepsPieces,
    /// A cancelled order is not refunded.
    CancelKeepsMoney,
    /// An order is sent although its shopper withdrew, its payment is disputed or went back.
    ShipInDoubt,
    /// The shopper is not told that the parcel left.
    ShipUntold,
    /// A withdrawal is not acknowledged.
    WithdrawalUntold,
    /// Pieces of an order come back as often as somebody says so.
    ReturnTwice,
    /// A count takes held pieces for sold ones.
    CountForgetsHeld,
    /// A mail that did not go is not tried again.
    MailTriedOnce,
    /// An effect that failed is tried again at once.
    NoPause,
    /// An effect is taken although somebody else is working on it.
    ClaimIgnored,
    /// The owner's notices go to the shopper.
    NoticeToShopper,
    /// Shoppers are written to in the owner's language.
    OwnersLanguage,
    /// Counting again after a loss forgets payments that are still on their way.
    OnlyPaidWasSold,
    /// After a loss nobody asks about the orders that are left.
    NobodyAsksAfterLoss,
}

#[cfg(feature = "flaws")]
impl Flaw {
    /// Every one.
    pub const ALL: &[Flaw] = &[
        Flaw::ReleaseOnTimer,
        Flaw::ReadThenWrite,
        Flaw::FulfilOnCompleted,
        Flaw::DedupeFirst,
        Flaw::ReleaseUnowned,
        Flaw::SweepDuringCreation,
        Flaw::ReturnUntaken,
        Flaw::FailedRefundUntold,
        Flaw::GiveUpInSilence,
        Flaw::AnyAmount,
        Flaw::AnyCurrency,
        Flaw::AnyMode,
        Flaw::AnyDatabase,
        Flaw::LatePaymentIgnored,
        Flaw::LatePaymentTakesAll,
        Flaw::GoneUnrefunded,
        Flaw::PendingRefundForgotten,
        Flaw::OneRefundCounts,
        Flaw::TenRefundsCount,
        Flaw::RefundsOwnTotal,
        Flaw::WonIsLost,
        Flaw::OneDisputeState,
        Flaw::DisputeUntold,
        Flaw::SharedStockApart,
        Flaw::SoldAfterUnpublish,
        Flaw::SoldBeforePublish,
        Flaw::SaleWithoutEnd,
        Flaw::PriceUnasked,
        Flaw::AnyZone,
        Flaw::FreeAboveOnly,
        Flaw::SellsWhenClosed,
        Flaw::NoHourlyLimit,
        Flaw::NoOpenLimit,
        Flaw::CartTwice,
        Flaw::NewKeyOnRetry,
        Flaw::NobodyAsksAgain,
        Flaw::VersionIgnored,
        Flaw::CancelKeepsPieces,
        Flaw::CancelKeepsMoney,
        Flaw::ShipInDoubt,
        Flaw::ShipUntold,
        Flaw::WithdrawalUntold,
        Flaw::ReturnTwice,
        Flaw::CountForgetsHeld,
        Flaw::MailTriedOnce,
        Flaw::NoPause,
        Flaw::ClaimIgnored,
        Flaw::NoticeToShopper,
        Flaw::OwnersLanguage,
        Flaw::OnlyPaidWasSold,
        Flaw::NobodyAsksAfterLoss,
    ];
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
