//! The till over HTTP, with the stand-in for Stripe, on SQLite: what shoppers, Stripe and the owner do, from the outside.

mod answers;
mod at_the_till;
mod bad_input;
mod basket;
mod contract;
mod database;
mod delivery;
mod guards;
mod hands;
mod hints;
mod limits;
mod link;
mod locked;
mod mails;
mod outbox;
mod owner;
mod pages;
#[allow(dead_code, reason = "the tests of the store use all of it")]
#[path = "../store/postgres.rs"]
mod postgres;
mod privacy;
mod purchase;
mod rebuild;
mod refunds;
mod replies;
mod rests;
mod shelf;
mod shop;
#[path = "../smtp/mod.rs"]
mod smtp;
mod stripe_events;
mod templates;
mod views;
mod words;
