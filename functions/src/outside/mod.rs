//! The world outside: the database, Stripe, the mail server, the build hook, the clock. These are traits, so that tests and
//! `bazaar serve` can provide their own; nothing here decides.

pub mod clock;
pub mod hook;
pub mod mail;
pub mod store;
pub mod stripe;
