//! Known mistakes that a till could make. Each replaces one part that the till is given (its rules, its store, Stripe, the mail
//! server, its shop) by one that makes the mistake; the till's own code knows nothing of them. The simulation must find every one;
//! `cargo xtask rush --flaw NAME` shows that a rush finds some of them, too.

pub mod rules;
pub mod store;

/// The part of a till that is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its decisions: [`rules::FlawedRules`].
    Rules,
    /// What it asks of the store: [`store::FlawedStore`] in front of the store.
    Calls,
    /// What the store does in one transaction: [`store::FlawedStore`] inside the store.
    Transactions,
    /// What it asks of Stripe.
    Payments,
    /// What it sends.
    Mails,
    /// The settings and items of its snapshot.
    Shop,
    /// The limits, or whose database it must be.
    Ledger,
}

macro_rules! flaws {
    ($($(#[doc = $doc:literal])+ $name:ident: $part:ident,)+) => {
        /// A mistake that a till could make.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Flaw {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Flaw {
            /// Every flaw.
            pub const ALL: &[Flaw] = &[$(Flaw::$name),+];

            /// The part that makes the mistake.
            pub fn part(self) -> Part {
                match self {
                    $(Flaw::$name => Part::$part,)+
                }
            }
        }
    };
}

flaws! {
    /// A hold ends when its time is over, without asking Stripe.
    ReleaseOnTimer: Calls,
    /// Pieces are counted first and taken afterwards.
    ReadThenWrite: Transactions,
    /// A session that is complete counts as paid.
    FulfilOnCompleted: Payments,
    /// An event is booked before its effect.
    DedupeFirst: Calls,
    /// A release gives back pieces whether or not the order holds them.
    ReleaseUnowned: Rules,
    /// The sweep assumes that an order without a session never got one.
    SweepDuringCreation: Calls,
    /// Pieces come back whether or not they were ever taken.
    ReturnUntaken: Transactions,
    /// Nobody is notified of a refund that fails after it had succeeded.
    FailedRefundUntold: Rules,
    /// A mail that cannot be sent counts as done.
    GiveUpInSilence: Calls,
    /// The amount that Stripe took is not compared with the order's.
    AnyAmount: Rules,
    /// The currency that Stripe took is not compared with the order's.
    AnyCurrency: Rules,
    /// Test money pays live orders, or vice versa.
    AnyMode: Rules,
    /// Nobody checks whose database it is.
    AnyDatabase: Ledger,
    /// A payment for an order whose hold was released is ignored.
    LatePaymentIgnored: Rules,
    /// A late payment takes its pieces without checking whether they are left.
    LatePaymentTakesAll: Transactions,
    /// A payment whose pieces are gone is not refunded.
    GoneUnrefunded: Rules,
    /// A refund that is on its way is ignored.
    PendingRefundForgotten: Rules,
    /// Only the newest of several refunds is counted.
    OneRefundCounts: Rules,
    /// Only the ten refunds that Stripe lists inside a charge are counted.
    TenRefundsCount: Payments,
    /// The refund is the order's total, whatever Stripe took.
    RefundsOwnTotal: Payments,
    /// A won dispute is treated as lost.
    WonIsLost: Payments,
    /// Only the first state of a dispute is kept.
    OneDisputeState: Rules,
    /// Nobody is notified of a dispute.
    DisputeUntold: Rules,
    /// Of two SKUs that share a stock key only one is counted.
    SharedStockApart: Transactions,
    /// An item is sold after its last second.
    SoldAfterUnpublish: Shop,
    /// An item is sold before its first second.
    SoldBeforePublish: Shop,
    /// A sale price still applies after the sale.
    SaleWithoutEnd: Shop,
    /// The price that the page showed is not compared with the current one.
    PriceUnasked: Rules,
    /// Shipping costs what it costs in the first zone.
    AnyZone: Shop,
    /// Shipping is free above its threshold, but not at it.
    FreeAboveOnly: Shop,
    /// A closed till keeps selling.
    SellsWhenClosed: Shop,
    /// One client may begin any number of checkouts.
    NoHourlyLimit: Ledger,
    /// One client may hold any number of orders open.
    NoOpenLimit: Ledger,
    /// One cart may have two open orders.
    CartTwice: Transactions,
    /// A retry to create a session has another idempotency key.
    NewKeyOnRetry: Payments,
    /// A delayed payment is not polled.
    NobodyAsksAgain: Rules,
    /// A commit does not compare versions.
    VersionIgnored: Transactions,
    /// A cancelled order keeps its pieces.
    CancelKeepsPieces: Rules,
    /// A cancelled order is not refunded.
    CancelKeepsMoney: Rules,
    /// An order is sent although its shopper withdrew, or its payment is disputed or refunded.
    ShipInDoubt: Rules,
    /// The shopper is not notified that the parcel was sent.
    ShipUntold: Rules,
    /// A withdrawal is not acknowledged.
    WithdrawalUntold: Rules,
    /// Pieces of an order can be returned any number of times.
    ReturnTwice: Rules,
    /// A count treats held pieces as sold.
    CountForgetsHeld: Transactions,
    /// A mail that failed is not retried.
    MailTriedOnce: Calls,
    /// A failed effect is retried at once.
    NoPause: Calls,
    /// An effect is claimed although somebody else is working on it.
    ClaimIgnored: Transactions,
    /// The owner's notices go to the shopper.
    NoticeToShopper: Mails,
    /// Mails to shoppers are in the owner's language.
    OwnersLanguage: Shop,
    /// A recount after a loss ignores payments that are still on their way.
    OnlyPaidWasSold: Payments,
    /// After a loss Stripe is not asked about the remaining orders.
    NobodyAsksAfterLoss: Calls,
}
