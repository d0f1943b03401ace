//! The till: it creates Stripe Checkout sessions, books webhooks, keeps stock and orders, and sends mails.
//!
//! A request comes in through [`http`]; [`perform`] reads the order, asks Stripe, lets [`decide`](decide::decide) decide, and
//! commits order, stock, event and effects in one transaction, or starts over. [`decide`] is pure; [`outside`] talks to the
//! world; no network inside a transaction.

pub mod config;
pub mod decide;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod http;
pub mod links;
pub mod outside;
pub mod perform;
pub mod shop;
pub mod templates;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod testing;
