//! What pages, theme and till have in common when they speak to shoppers: filters of templates, mail addresses, what Stripe takes.
//!
//! No I/O here, no clock, no network.

pub mod filters;
pub mod mailbox;
pub mod takes;
