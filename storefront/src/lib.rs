//! What pages, theme and till share in what they say to shoppers: what templates of the till see and call, why the
//! till refuses, mail addresses, what Stripe accepts.
//!
//! No I/O, no clock, no network.

pub mod filters;
pub mod limits;
pub mod mailbox;
pub mod refusal;
pub mod takes;
pub mod texts;
pub mod views;

pub use limits::LIMITS;
pub use refusal::RefusalCode;
