//! An order and its four states: payment, fulfilment, refund, dispute.

use std::collections::BTreeMap;
use std::str::FromStr;

use catalog::{Cents, Currency, Sku, StockKey, Supply, Timestamp, VatRate};
use serde::{Deserialize, Serialize};

use super::address::PostalAddress;
use super::note::{NoteValue, labelled};
use super::quote::QuotedShipping;
use super::vat::VatLine;

/// A word that a later version of the till wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not known to this till")]
pub struct UnknownWord(pub String);

macro_rules! axis {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every state.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// The word in the database and in JSON.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                let known = Self::ALL.iter().copied().find(|state| state.as_str() == word);
                known.ok_or_else(|| UnknownWord(word.to_owned()))
            }
        }
    };
}

axis!(
    /// The state of the payment.
    Payment {
        /// Pieces are held; Stripe is being asked for a session.
        Pending = "pending",
        /// The shopper can pay.
        Open = "open",
        /// The shopper confirmed; the bank takes days.
        AwaitingFunds = "awaiting_funds",
        /// Stripe says it is paid, with the right amount.
        Paid = "paid",
        /// Not paid, and the hold has ended.
        Released = "released",
        /// Paid, but it cannot be delivered: the money goes back.
        RefundDue = "refund_due",
    }
);

axis!(
    /// The state of the parcel.
    Fulfilment {
        /// Not sent.
        New = "new",
        /// Sent.
        Shipped = "shipped",
        /// Will not be sent.
        Cancelled = "cancelled",
    }
);

axis!(
    /// The state of the refunds; the sum is in `refunded_amount`.
    Refund {
        /// No refund.
        None = "none",
        /// On its way, or still to be requested.
        Pending = "pending",
        /// The shopper has the money.
        Done = "done",
        /// The bank refused it: a person must look at it.
        Failed = "failed",
    }
);

axis!(
    /// Whether the payer's bank disputes the payment.
    Dispute {
        /// No dispute.
        None = "none",
        /// The bank asks, and has taken no money yet.
        Inquiry = "inquiry",
        /// The bank took the money; not decided yet.
        Open = "open",
        /// The shop lost; an appeal is possible or under review.
        Appealed = "appealed",
        /// Settled with the bank before it became a dispute: the shopper has the money.
        Prevented = "prevented",
        /// The shop keeps the money.
        Won = "won",
        /// The shop lost the money.
        Lost = "lost",
    }
);

impl Payment {
    /// Whether the order holds its pieces: they are neither for sale nor sold.
    pub fn holds(self) -> bool {
        matches!(self, Payment::Pending | Payment::Open | Payment::AwaitingFunds)
    }
}

/// An order as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The order number: `K7QM-4XTB-9D`.
    pub id: String,
    /// Counts commits. A commit based on another version starts over.
    pub version: i64,
    /// See [`Payment`].
    pub payment: Payment,
    /// See [`Fulfilment`].
    pub fulfilment: Fulfilment,
    /// See [`Refund`].
    pub refund: Refund,
    /// The sum of all successful refunds.
    pub refunded_amount: Cents,
    /// The sum of all failed refunds.
    pub refund_failed: Cents,
    /// See [`Dispute`].
    pub dispute: Dispute,
    /// Id of Stripe's session, once known.
    pub session_id: Option<String>,
    /// Address of Stripe's payment page.
    pub session_url: Option<String>,
    /// Whether a shopper was ever given that address.
    pub handed_out: bool,
    /// Id of Stripe's payment intent, once known.
    pub payment_intent: Option<String>,
    /// Sent with each request, so that Stripe creates one session only.
    pub idempotency_key: String,
    /// The form parameters of that request, byte for byte.
    pub request: String,
    /// Stripe's API version of that request.
    pub api_version: String,
    /// When the order was created.
    pub created_at: Timestamp,
    /// When Stripe closes the session.
    pub expires_at: Timestamp,
    /// When Stripe first reported it as paid.
    pub paid_at: Option<Timestamp>,
    /// When the sweep should look at it again; `None` if nothing is pending.
    pub due_at: Option<Timestamp>,
    /// Amount, currency or mode at Stripe is not the order's: never ship it.
    pub flagged: bool,
    /// The shopper's language.
    pub lang: String,
    /// Id of the cart it came from.
    pub cart_id: String,
    /// HMAC of the client's address and the day.
    pub client: String,
    /// The shop's currency.
    pub currency: Currency,
    /// Live money, not a test.
    pub livemode: bool,
    /// Goods and shipping.
    pub total: Cents,
    /// How it is delivered.
    pub shipping: QuotedShipping,
    /// VAT by rate.
    pub vat: Vec<VatLine>,
    /// Who pays, once known.
    pub customer: Customer,
    /// A message that goes with a present.
    pub gift_note: Option<String>,
    /// How it was sent.
    pub tracking: Option<Tracking>,
    /// When the shopper withdrew from the contract.
    pub withdrawn_at: Option<Timestamp>,
    /// How many pieces the shopper sent back that are for sale again, by stock key.
    pub returned: BTreeMap<StockKey, i64>,
    /// What was bought.
    pub lines: Vec<OrderLine>,
}

/// Who pays and where the order goes, as entered on Stripe's page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// E-mail.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Where the order goes.
    pub address: PostalAddress,
}

/// A parcel on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracking {
    /// The carrier.
    pub carrier: Option<String>,
    /// The tracking number.
    pub number: Option<String>,
    /// Where to follow it: `https://…`.
    pub url: Option<String>,
}

/// One line, frozen when the order was created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The item.
    pub sku: Sku,
    /// Its stock key.
    pub key: StockKey,
    /// The supply when it was ordered.
    pub supply: Supply,
    /// How many.
    pub quantity: u32,
    /// Price of one piece.
    pub unit_price: Cents,
    /// Its VAT rate; `None` unless the seller is registered for VAT.
    pub vat: Option<VatRate>,
    /// Its name in the shopper's language.
    pub title: String,
    /// The shopper's words, in their language.
    #[serde(default)]
    pub words: Vec<NoteValue>,
}

impl OrderLine {
    /// The shopper's words on one line, each after its label.
    pub fn labelled_note(&self, lang: &str) -> Option<String> {
        labelled(&self.words, lang)
    }

    /// `unit_price * quantity`.
    pub fn total(&self) -> Cents {
        self.unit_price * self.quantity
    }
}

impl Order {
    /// Sum of the lines.
    pub fn goods(&self) -> Cents {
        self.lines.iter().map(OrderLine::total).sum()
    }

    /// How many pieces of each stock key it takes, in key order.
    pub fn pieces(&self) -> BTreeMap<StockKey, i64> {
        let mut pieces = BTreeMap::new();
        for line in &self.lines {
            *pieces.entry(line.key.clone()).or_insert(0) += i64::from(line.quantity);
        }
        pieces
    }

    /// How many pieces of each stock key it owns: none before it is paid or after it was cancelled, less those returned.
    pub fn owned(&self) -> BTreeMap<StockKey, i64> {
        let mut pieces = if self.owns() { self.pieces() } else { BTreeMap::new() };
        for (key, quantity) in &mut pieces {
            *quantity -= self.returned.get(key).copied().unwrap_or(0);
        }
        pieces
    }

    /// Whether it owns its pieces: paid and not cancelled.
    pub fn owns(&self) -> bool {
        self.payment == Payment::Paid && self.fulfilment != Fulfilment::Cancelled
    }
}
