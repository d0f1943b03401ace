//! What the till asks of Stripe. Requests are made with async-stripe's builders; of the answers only what an order depends on
//! is read, so that fields added or removed elsewhere do not matter.

mod answers;
mod client;
mod request;
pub mod signature;

use std::fmt;

use async_trait::async_trait;
use catalog::{Cents, StockKey, Timestamp};
use messages::tr;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use answers::SessionAnswer;
pub use client::{API_VERSION, Stripe};
pub use request::{SessionDraft, pieces_of_metadata, session_request};

use crate::decide::settle::Session;

/// Why a request to Stripe failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentsError {
    /// Stripe refused: nothing was done, and a retry will not help.
    Refused {
        /// Stripe's code, or the HTTP status.
        code: String,
        /// The parameter that Stripe refused.
        param: String,
        /// For logs.
        message: String,
    },
    /// No answer, or one that proves nothing (409, 429, 5xx): it may have been done.
    Unknown(String),
}

impl fmt::Display for PaymentsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            PaymentsError::Refused { code, message, .. } => tr!("Stripe refused: {message} ({code})"),
            PaymentsError::Unknown(why) => tr!("Stripe did not answer: {why}"),
        })
    }
}

impl std::error::Error for PaymentsError {}

/// The account of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// `acct_…`
    pub id: String,
}

/// What a session sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// The order it was made for.
    pub order_id: String,
    /// Its pieces: stock key and quantity.
    pub pieces: Vec<(StockKey, i64)>,
}

/// Requests to Stripe. Each may have been carried out even if it fails with [`PaymentsError::Unknown`].
#[async_trait]
pub trait Payments: Send + Sync {
    /// Creates a session from stored form parameters, or returns the one created earlier with this key.
    async fn create(&self, request: &str, key: &str) -> Result<Session, PaymentsError>;

    /// A session with payment, refunds and disputes as they are now.
    async fn retrieve(&self, session: &str) -> Result<Session, PaymentsError>;

    /// Closes an open session. Refused if it is not open.
    async fn expire(&self, session: &str) -> Result<(), PaymentsError>;

    /// The session of an order, among all created between two instants; `None` proves that there is none.
    async fn find(
        &self,
        order: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Session>, PaymentsError>;

    /// What all our sessions sold: those that were paid, and those whose bank is slow and has not refused. Refunded sessions
    /// are included: Stripe does not know whether their pieces came back.
    async fn purchases(&self) -> Result<Vec<Purchase>, PaymentsError>;

    /// Refunds `amount`, or all that is left.
    async fn refund(
        &self,
        intent: &str,
        amount: Option<Cents>,
        order: &str,
        key: &str,
    ) -> Result<(), PaymentsError>;

    /// The account of the key.
    async fn account(&self) -> Result<Account, PaymentsError>;

    /// Whether the key moves live money.
    fn livemode(&self) -> bool;
}
