//! Known mistakes that a till could make, each behind a switch, so that the simulation can prove that it would find them.
//! Without the feature `flaws` every switch is off and costs nothing.

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
    /// The sweep assumes that an order without a session never got one.
    SweepDuringCreation,
    /// Pieces come back whether or not they were ever taken.
    ReturnUntaken,
    /// Nobody is notified of a refund that fails after it had succeeded.
    FailedRefundUntold,
    /// A mail that cannot be sent counts as done.
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
    /// A late payment takes its pieces without checking whether they are left.
    LatePaymentTakesAll,
    /// A payment whose pieces are gone is not refunded.
    GoneUnrefunded,
    /// A refund that is on its way is ignored.
    PendingRefundForgotten,
    /// Only the newest of several refunds is counted.
    OneRefundCounts,
    /// Only the ten refunds that Stripe lists inside a charge are counted.
    TenRefundsCount,
    /// The refund is the order's total, whatever Stripe took.
    RefundsOwnTotal,
    /// A won dispute is treated as lost.
    WonIsLost,
    /// Only the first state of a dispute is kept.
    OneDisputeState,
    /// Nobody is notified of a dispute.
    DisputeUntold,
    /// Of two SKUs that share a stock key only one is counted.
    SharedStockApart,
    /// An item is sold after its last second.
    SoldAfterUnpublish,
    /// An item is sold before its first second.
    SoldBeforePublish,
    /// A sale price still applies after the sale.
    SaleWithoutEnd,
    /// The price that the page showed is not compared with the current one.
    PriceUnasked,
    /// Shipping costs what it costs in the first zone.
    AnyZone,
    /// Shipping is free above its threshold, but not at it.
    FreeAboveOnly,
    /// A closed till keeps selling.
    SellsWhenClosed,
    /// One client may begin any number of checkouts.
    NoHourlyLimit,
    /// One client may hold any number of orders open.
    NoOpenLimit,
    /// One cart may have two open orders.
    CartTwice,
    /// A retry to create a session has another idempotency key.
    NewKeyOnRetry,
    /// A delayed payment is not polled.
    NobodyAsksAgain,
    /// A commit does not compare versions.
    VersionIgnored,
    /// A cancelled order keeps its pieces.
    CancelKeepsPieces,
    /// A cancelled order is not refunded.
    CancelKeepsMoney,
    /// An order is sent although its shopper withdrew, or its payment is disputed or refunded.
    ShipInDoubt,
    /// The shopper is not notified that the parcel was sent.
    ShipUntold,
    /// A withdrawal is not acknowledged.
    WithdrawalUntold,
    /// Pieces of an order can be returned any number of times.
    ReturnTwice,
    /// A count treats held pieces as sold.
    CountForgetsHeld,
    /// A mail that failed is not retried.
    MailTriedOnce,
    /// A failed effect is retried at once.
    NoPause,
    /// An effect is claimed although somebody else is working on it.
    ClaimIgnored,
    /// The owner's notices go to the shopper.
    NoticeToShopper,
    /// Mails to shoppers are in the owner's language.
    OwnersLanguage,
    /// A recount after a loss ignores payments that are still on their way.
    OnlyPaidWasSold,
    /// After a loss Stripe is not asked about the remaining orders.
    NobodyAsksAfterLoss,
}

#[cfg(feature = "flaws")]
impl Flaw {
    /// Every flaw.
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

    /// Turns one flaw on for this thread, or all off.
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
