//! Load with kills: fifty buyers of one unique piece at a time, while tills are killed, the database crashes, mail
//! server and Stripe go down, and time passes. Afterwards each piece has exactly one buyer, nothing is held, every
//! mail was sent at least once, and everything that Stripe reports as paid is known (`facts.rs`).
//!
//! Everything is real but Stripe: tills are separate processes (`tills.rs`, `child.rs`), called over HTTP by
//! `buyers.rs`, on SQLite or PostgreSQL, with an SMTP server. Stripe is the stand-in (`stripe.rs`); `harm.rs` decides
//! what goes wrong; `time.rs` defines the clock. `cargo xtask rush` runs all of it, the other tests a part.

mod buyers;
mod child;
mod facts;
mod figures;
mod harm;
#[path = "../flaws/mod.rs"]
mod planted;
#[allow(dead_code, reason = "the tests of the store use all of it")]
#[path = "../store/postgres.rs"]
mod postgres;
#[allow(dead_code, reason = "the till's own tests use all of it")]
#[path = "../till/shop.rs"]
mod shop;
#[allow(dead_code, reason = "the till's own tests use all of it")]
#[path = "../smtp/mod.rs"]
mod smtp;
mod stripe;
mod tills;
mod time;
mod web;
mod world;

use harm::Plan;
use world::Kind;

/// The plan of `cargo xtask test`: two pieces.
const PART: Plan = Plan { pieces: 2, buyers: 50, kills: 4, crashes: 1, mail_away: 1, stripe_away: 1 };

/// The full plan: ten pieces.
const WHOLE: Plan = Plan { pieces: 10, buyers: 50, kills: 20, crashes: 5, mail_away: 3, stripe_away: 3 };

#[allow(clippy::disallowed_methods, reason = "the command line speaks to its tests through the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[allow(clippy::print_stdout, reason = "its figures are what the command is for")]
fn play(kind: Kind, plan: Plan) {
    let fresh = || u64::try_from(time::machine_now().0).unwrap_or_default();
    let seed = variable("RUSH_SEED").and_then(|seed| seed.parse().ok()).unwrap_or_else(fresh);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let (figures, broken) = runtime.block_on(world::play(kind, plan, seed));
    println!("{figures}");
    assert!(broken.is_empty(), "{kind:?}, RUSH_SEED={seed}:\n  {}", broken.join("\n  "));
}

#[test]
fn a_rush_with_kills_on_sqlite_sells_each_piece_once() {
    play(Kind::Sqlite, PART);
}

#[test]
fn a_rush_with_kills_on_postgresql_sells_each_piece_once() {
    play(Kind::Postgresql, PART);
}

#[test]
#[ignore = "a minute or two: `cargo xtask rush --sqlite`"]
fn the_whole_rush_on_sqlite() {
    play(Kind::Sqlite, WHOLE);
}

#[test]
#[ignore = "a minute or two: `cargo xtask rush --postgresql`"]
fn the_whole_rush_on_postgresql() {
    play(Kind::Postgresql, WHOLE);
}

#[test]
#[ignore = "no test: the process of a till, started by the others"]
fn the_till() {
    if variable("RUSH_CLOCK").is_some() {
        child::serve();
    }
}
