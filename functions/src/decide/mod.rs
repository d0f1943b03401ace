//! What the till decides. Pure: no clock, environment, randomness or I/O; time and ids are arguments.
//!
//! [`quote()`] prices a cart; [`decide()`] says what becomes of an order, given what Stripe shows.

pub mod address;
pub mod in_language;
pub mod note;
pub mod order;
pub mod owner;
pub mod quote;
pub mod rules;
pub mod settle;
pub mod stock;
pub mod vat;

pub use order::{Dispute, Fulfilment, Order, OrderLine, Payment, Refund};
pub use quote::{Cart, CartLine, Destination, Quote, Refusal, quote};
pub use rules::{Rules, TillRules};
pub use settle::{Decision, Effect, Observation, decide};
