//! A stand-in for Stripe that speaks its HTTP: for `bazaar serve` and for tests, never deployed. No money moves.
//!
//! An API request comes in form-encoded ([`Request`]), is parsed by tables of what Stripe accepts (`schema/`), and changes the
//! state machine ([`State`]); the answer is JSON in the shape of API version [`API_VERSION`] (`render/`). Signed events about
//! what happened go to the [`Endpoint`]s. [`State`] is pure: time is an argument, ids come from a seed, nothing is sent, so
//! that a deterministic simulation can call it directly:
//!
//! ```
//! use simulator::{Config, Endpoint, Means, Payer, Request, State};
//!
//! let endpoints = vec![Endpoint::new("https://shop.test/api/stripe/webhook", "whsec_test")];
//! let mut stripe = State::new(Config { seed: 7, endpoints, ..Config::default() });
//! let now = 1_790_000_000;
//! let create = Request::post_pairs("/v1/checkout/sessions", [
//!     ("mode", "payment"),
//!     ("success_url", "https://shop.test/thanks"),
//!     ("line_items[0][quantity]", "1"),
//!     ("line_items[0][price_data][currency]", "eur"),
//!     ("line_items[0][price_data][unit_amount]", "2800"),
//!     ("line_items[0][price_data][product_data][name]", "Bol « Lune »"),
//! ]);
//! let answer = stripe.request(&create.idempotent("order-1"), now);
//! assert_eq!(answer.status, 200, "{}", answer.body);
//! let session = answer.json()["id"].as_str().unwrap().to_owned();
//!
//! let payer = Payer { email: "ada@example.com".into(), name: "Ada".into(), ..Payer::default() };
//! stripe.pay(&session, &payer, Means::Card, now + 60).unwrap();
//! for webhook in stripe.due(now + 60) {
//!     // Pass webhook.body and webhook.signature to the till, then report its answer.
//!     stripe.report(webhook.delivery, Some(200), now + 60);
//! }
//! ```
//!
//! [`Simulator`] adds a [`Clock`], a [`Sink`] for webhooks (HTTP, or a closure) and HTTP: [`Simulator::router`] is an axum
//! router with the API below `/v1/`, the pay page below `/pay/` and a dashboard at `/dashboard`; nest it where
//! [`Config::public_url`] says. [`Simulator::spawn_webhook_sender`] sends webhooks in the background, [`Simulator::deliver`] at once.
//!
//! Failures are switched on: [`State::mishap`], [`State::webhook_mishap`], [`State::next_refund`]; a lost answer is an answer
//! whose [`Fate`] says so. Stripe accepts more than is simulated here (`mode: subscription`, customers, coupons, manual
//! capture, automatic tax, currencies other than euro, pound, Swiss franc and dollar, fees): that is refused with a message.
#![allow(
    missing_docs,
    reason = "a program for tests: its items are documented where that says more than their names"
)]
#![recursion_limit = "256"]

mod clock;
mod config;
mod form;
mod http;
mod ids;
mod pages;
mod record;
mod refusal;
mod render;
mod request;
mod schema;
mod sign;
mod simulator;
mod state;
mod switches;
mod webhook_sender;

/// The newest API version, which the till uses.
pub const API_VERSION: &str = "2026-09-30.endive";

pub use clock::Clock;
pub use config::{Config, Endpoint};
pub use record::{Means, Payer, PaymentStatus, SessionStatus};
pub use refusal::Refusal;
pub use request::{Fate, Request, Response};
pub use schema::is_country;
pub use sign::signature;
pub use simulator::{Answer, Simulator, Sink};
pub use state::{Attempt, Delivery, DeliveryState, Paid, PayRefusal, RefundFate, State, WebhookRequest};
pub use switches::{Mishap, Switch, Times, WebhookMishap};
pub use webhook_sender::{HttpSink, WebhookSender};
