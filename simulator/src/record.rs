//! What is stored about each object. `render` defines how clients see it, `state` what happens to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

/// Objects of one kind, by id and in order of creation.
#[derive(Debug, Clone)]
pub(crate) struct Shelf<T> {
    by_id: BTreeMap<String, T>,
    order: Vec<String>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { by_id: BTreeMap::new(), order: Vec::new() }
    }
}

impl<T> Shelf<T> {
    pub(crate) fn put(&mut self, id: &str, object: T) {
        if self.by_id.insert(id.to_owned(), object).is_none() {
            self.order.push(id.to_owned());
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.by_id.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.by_id.get_mut(id)
    }

    /// Newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &T> {
        self.order.iter().rev().filter_map(|id| self.by_id.get(id))
    }
}

/// The status of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionStatus {
    /// It can be paid.
    Open,
    /// The shopper is done; the money may still be on its way.
    Complete,
    /// It can no longer be paid.
    Expired,
}

impl SessionStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }
}

/// Whether the money has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentStatus {
    /// No, or not yet.
    Unpaid,
    Paid,
    /// The total is zero.
    NotRequired,
}

impl PaymentStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid",
            Self::Paid => "paid",
            Self::NotRequired => "no_payment_required",
        }
    }
}

/// Who pays and where to ship, as typed on the pay page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Payer {
    pub email: String,
    pub name: String,
    pub phone: Option<String>,
    pub line1: String,
    pub line2: Option<String>,
    pub postal_code: String,
    pub city: String,
    pub state: Option<String>,
    /// ISO 3166 code.
    pub country: String,
}

/// How a shopper pays, and the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// 4242…: it works.
    Card,
    /// 4000 0000 0000 0002: declined.
    DeclinedCard,
    /// 4000 0025 0000 3155: the bank asks the shopper.
    ChallengedCard,
    /// A debit that succeeds later.
    Debit,
    /// A debit that fails later.
    FailingDebit,
}

impl Means {
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Card | Self::DeclinedCard | Self::ChallengedCard => "card",
            Self::Debit | Self::FailingDebit => "sepa_debit",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub id: String,
    pub created: i64,
    pub expires_at: i64,
    pub status: SessionStatus,
    pub payment: PaymentStatus,
    /// As sent, with types.
    pub params: Arc<Map<String, Value>>,
    pub currency: String,
    pub lines: Vec<Line>,
    pub shipping: Vec<Rate>,
    pub subtotal: i64,
    pub total: i64,
    pub methods: Vec<String>,
    pub intent: Option<String>,
    pub payer: Option<Payer>,
}

#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub id: String,
    pub price: String,
    pub product: String,
    pub name: String,
    pub description: Option<String>,
    pub unit: i64,
    pub quantity: i64,
    pub tax_behavior: String,
    pub metadata: Value,
}

impl Line {
    pub(crate) fn total(&self) -> i64 {
        self.unit * self.quantity
    }
}

/// A shipping rate that a session offers.
#[derive(Debug, Clone)]
pub(crate) struct Rate {
    pub id: String,
    pub name: String,
    pub amount: i64,
}

/// Why a payment failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure {
    pub code: &'static str,
    pub decline: Option<&'static str>,
    pub message: &'static str,
}

pub(crate) const DECLINED: Failure =
    Failure { code: "card_declined", decline: Some("generic_decline"), message: "Your card was declined." };
pub(crate) const UNAUTHENTICATED: Failure = Failure {
    code: "payment_intent_authentication_failure",
    decline: None,
    message: "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
};
pub(crate) const DEBIT_FAILED: Failure = Failure {
    code: "insufficient_funds",
    decline: None,
    message: "The customer's account has insufficient funds to cover this payment.",
};

#[derive(Debug, Clone)]
pub(crate) struct Intent {
    pub id: String,
    pub session: String,
    pub created: i64,
    /// `requires_payment_method`, `requires_action`, `processing`, `succeeded`, `canceled`.
    pub status: &'static str,
    pub amount: i64,
    pub currency: String,
    pub charge: Option<String>,
    pub failure: Option<Failure>,
    pub method: String,
    pub means: Means,
    pub canceled_at: Option<i64>,
    pub secret: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub id: String,
    pub intent: String,
    pub created: i64,
    /// `succeeded`, `pending`, `failed`.
    pub status: &'static str,
    pub amount: i64,
    /// The sum of refunds that have not failed.
    pub refunded: i64,
    pub currency: String,
    pub disputed: bool,
    pub failure: Option<Failure>,
    pub method: String,
    pub means: Means,
    pub payer: Payer,
    pub transaction: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub id: String,
    pub charge: String,
    pub intent: String,
    pub created: i64,
    /// `succeeded`, `pending`, `failed`.
    pub status: &'static str,
    pub amount: i64,
    pub currency: String,
    pub reason: Option<String>,
    pub metadata: Value,
    pub failure: Option<&'static str>,
    pub transaction: String,
    pub method: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct Dispute {
    pub id: String,
    pub charge: String,
    pub intent: String,
    pub created: i64,
    /// `needs_response`, `won`, `lost` and the others of `state/disputes.rs`.
    pub status: &'static str,
    pub amount: i64,
    pub currency: String,
    pub transaction: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub id: String,
    pub kind: &'static str,
    pub created: i64,
    pub about: Arc<Snapshot>,
    /// The API request that caused it, and its idempotency key.
    pub cause: Option<(String, Option<String>)>,
}

/// An object as it was at an event about it, with what is needed to render it, which happens only on demand.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant)] // Each is in an Arc of its own.
pub(crate) enum Snapshot {
    Session(Session),
    Intent(Intent, Session),
    Charge(Charge, Intent, Session),
    Refund(Refund),
    Dispute(Dispute, Means),
}
