//! What the till asks of Stripe. Requests are made by async-stripe's builders; of the answers only what an order depends
//! on is read, so that a field more or less does not matter.

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

/// Why Stripe did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentsError {
    /// It refused: nothing was done, and asking again will not help.
    Refused {
        /// Stripe's code, or its type.
        code: String,
        /// The parameter it did not like.
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

/// Whose key it is.
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
    /// Its pieces: stock key and how many.
    pub pieces: Vec<(StockKey, i64)>,
}

/// What can be asked of Stripe. Every method may have been done even when it fails with [`PaymentsError::Unknown`].
#[async_trait]
pub trait Payments: Send + Sync {
    /// Creates the session of stored form parameters, or gives the one that was created with this key before.
    async fn create(&self, request: &str, key: &str) -> Result<Session, PaymentsError>;

    /// A session with payment, refunds and disputes as they are now.
    async fn retrieve(&self, session: &str) -> Result<Session, PaymentsError>;

    /// Closes an open session. Refused when it is not open.
    async fn expire(&self, session: &str) -> Result<(), PaymentsError>;

    /// The session of an order, among all that were created between two instants; `None` proves that there is none.
    async fn find(
        &self,
        order: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Session>, PaymentsError>;

    /// What all sessions of ours sold: those that were paid, and those whose bank takes days and has not refused. A session whose money
    /// went back is among them: Stripe does not know whether its pieces came back.
    async fn purchases(&self) -> Result<Vec<Purchase>, PaymentsError>;

    /// Gives `amount` back, or all that is left.
    async fn refund(
        &self,
        intent: &str,
        amount: Option<Cents>,
        order: &str,
        key: &str,
    ) -> Result<(), PaymentsError>;

    /// Whose key it is.
    async fn account(&self) -> Result<Account, PaymentsError>;

    /// Whether the key moves live money.
    fn livemode(&self) -> bool;
}
