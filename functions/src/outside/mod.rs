//! The world outside: the database, Stripe, the mail server, the build hook, the clock. Traits here, so that tests and
//! `bazaar serve` bring their own; nothing here decides.

pub mod clock;
pub mod hook;
pub mod mail;
pub mod store;
pub mod stripe;
