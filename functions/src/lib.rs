//! The till: it creates Stripe Checkout sessions, books webhooks, keeps stock and orders, and sends the mails.
//!
//! A request comes in through [`http`]; [`perform`] reads the order, asks Stripe, lets [`decide`](decide::decide) decide,
//! and commits order, stock, event and effects in one transaction, else starts over. [`decide`] is pure; [`outside`] talks
//! to the world; no network inside a transaction.

pub mod config;
pub mod decide;
pub mod flaws;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
// Themes have the same filters on the site's pages and on the till's.
#[path = "../../theming/src/filters.rs"]
mod filters;
pub mod http;
pub mod letters;
pub mod links;
pub mod mailbox;
pub mod outside;
pub mod perform;
pub mod shop;
pub mod takes;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod testing;
