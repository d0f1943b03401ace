//! The till over HTTP, against the stand-in for Stripe, on SQLite: what shoppers, Stripe and the owner do, from outside.

mod bad_input;
mod contract;
mod database;
mod delivery;
mod link;
mod mails;
mod owner;
mod purchase;
mod refunds;
mod shop;
mod stripe_events;
mod words;
