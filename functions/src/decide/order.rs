//! An order and its four axes: payment, fulfilment, refund, dispute.

use std::collections::BTreeMap;
use std::str::FromStr;

use catalog::{Cents, Currency, Sku, StockKey, Supply, Timestamp, VatRate};
use serde::{Deserialize, Serialize};

use super::address::PostalAddress;
use super::note::{NoteValue, labelled};
use super::quote::QuotedShipping;
use super::vat::VatLine;

/// A later version of the till wrote this word.
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
    /// How the payment stands.
    Payment {
        /// Pieces are held; Stripe is being asked for a session.
        Pending = "pending",
        /// The shopper can pay.
        Open = "open",
        /// Confirmed by the shopper, the bank takes days.
        AwaitingFunds = "awaiting_funds",
        /// Stripe says so, for the right amount.
        Paid = "paid",
        /// Not paid, and cannot be any more.
        Released = "released",
        /// Paid, but it cannot be delivered: the money goes back.
        RefundDue = "refund_due",
    }
);

axis!(
    /// What became of the parcel.
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
    /// How giving money back stands; how much is `refunded_amount`.
    Refund {
        /// Nothing goes back.
        None = "none",
        /// On its way, or still to be asked for.
        Pending = "pending",
        /// It arrived.
        Done = "done",
        /// The bank refused it: a person must look.
        Failed = "failed",
    }
);

axis!(
    /// Whether the payer's bank disputes the payment.
    Dispute {
        /// No.
        None = "none",
        /// The bank asks, and has taken nothing yet.
        Inquiry = "inquiry",
        /// The bank took the money; being looked at.
        Open = "open",
        /// It was lost, and the shop may have the decision looked at again.
        Appealed = "appealed",
        /// It was settled with the bank before it became one: the shopper has the money.
        Prevented = "prevented",
        /// The shop keeps the money.
        Won = "won",
        /// The shop lost it.
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
    /// Its name for people: `K7QM-4XTB`.
    pub id: String,
    /// Counts commits; a commit on another version starts over.
    pub version: i64,
    /// See [`Payment`].
    pub payment: Payment,
    /// See [`Fulfilment`].
    pub fulfilment: Fulfilment,
    /// See [`Refund`].
    pub refund: Refund,
    /// What Stripe gave back so far.
    pub refunded_amount: Cents,
    /// What was to go back and did not, in all.
    pub refund_failed: Cents,
    /// See [`Dispute`].
    pub dispute: Dispute,
    /// Stripe's session, once known.
    pub session_id: Option<String>,
    /// Where the shopper pays.
    pub session_url: Option<String>,
    /// Whether a shopper was ever given that address.
    pub handed_out: bool,
    /// Stripe's payment intent, once known.
    pub payment_intent: Option<String>,
    /// Under which the session is asked for, again and again.
    pub idempotency_key: String,
    /// The form parameters of that request, byte for byte.
    pub request: String,
    /// Stripe's API version of that request.
    pub api_version: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When Stripe closes the session.
    pub expires_at: Timestamp,
    /// When Stripe's answer was that it is paid.
    pub paid_at: Option<Timestamp>,
    /// When someone should look at it again; `None` when it rests.
    pub due_at: Option<Timestamp>,
    /// Stripe's amount, currency or mode is not ours: never ship it.
    pub flagged: bool,
    /// Language of the shopper.
    pub lang: String,
    /// The cart it came from.
    pub cart_id: String,
    /// HMAC of the client's address, of the day.
    pub client: String,
    /// The shop's currency.
    pub currency: Currency,
    /// Live money.
    pub livemode: bool,
    /// Goods and shipping.
    pub total: Cents,
    /// How it goes.
    pub shipping: QuotedShipping,
    /// VAT by rate.
    pub vat: Vec<VatLine>,
    /// Who paid, once known.
    pub customer: Customer,
    /// Words for the giver of a present.
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

/// Who pays and where it goes: what Stripe's page asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// E-mail.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Where it goes.
    pub address: PostalAddress,
}

/// A parcel on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracking {
    /// Who carries it.
    pub carrier: Option<String>,
    /// Its number.
    pub number: Option<String>,
    /// Where to follow it: `https://…`.
    pub url: Option<String>,
}

/// One line, frozen with the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The item.
    pub sku: Sku,
    /// Whose pieces it takes.
    pub key: StockKey,
    /// How many there ever were when it was ordered.
    pub supply: Supply,
    /// How many.
    pub quantity: u32,
    /// What one costs.
    pub unit_price: Cents,
    /// Its VAT rate; `None` unless the seller is registered.
    pub vat: Option<VatRate>,
    /// Its name in the shopper's language.
    pub title: String,
    /// The shopper's words, in their language.
    #[serde(default)]
    pub words: Vec<NoteValue>,
}

impl OrderLine {
    /// The shopper's words, each after what it is called, on one line.
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

    /// How many pieces of each key it takes, in key order.
    pub fn pieces(&self) -> BTreeMap<StockKey, i64> {
        let mut pieces = BTreeMap::new();
        for line in &self.lines {
            *pieces.entry(line.key.clone()).or_insert(0) += i64::from(line.quantity);
        }
        pieces
    }

    /// How many pieces of each key are sold to it: none before it is paid or after it was called off, and none that came back.
    pub fn owned(&self) -> BTreeMap<StockKey, i64> {
        let mut pieces = if self.owns() { self.pieces() } else { BTreeMap::new() };
        for (key, quantity) in &mut pieces {
            *quantity -= self.returned.get(key).copied().unwrap_or(0);
        }
        pieces
    }

    /// Whether its pieces are sold to it: paid and not called off.
    pub fn owns(&self) -> bool {
        self.payment == Payment::Paid && self.fulfilment != Fulfilment::Cancelled
    }
}
