//! A deterministic simulation of the till: shoppers, Stripe, webhooks, sweeps, the owner, crashes, lost answers and a
//! lost database, all from one seed with its own clock, over the real `decide` and `perform`, the real client of
//! Stripe and the stand-in's state machine.
//!
//! `SEED=n cargo nextest run --workspace --features functions/testing -E 'test(=one_seed)' --no-capture` replays one
//! run exactly; `cargo xtask simulate` runs many. Prints failures only, and every step of a replay.

mod banks;
mod chance;
mod flaws;
mod happen;
mod loss;
#[path = "../flaws/mod.rs"]
mod planted;
mod post;
#[path = "../store/postgres.rs"]
#[allow(dead_code, reason = "the store's tests use the rest of it")]
mod postgres;
mod rules;
mod shop;
mod shoppers;
mod store;
mod stripe;
mod world;

use std::collections::BTreeSet;
use std::ops::Range;

use world::{Database, Plan, World};

/// Least number of steps of the main test: a step is an event, or the progress of a process.
const STEPS: u64 = 100_000;

/// Runs the seeds; returns the first that breaks a rule, and how.
fn first_broken(seeds: Range<u64>, plan: Plan) -> Option<(u64, String)> {
    seeds.into_iter().find_map(|seed| World::run(seed, plan).err().map(|why| (seed, why)))
}

fn must_hold(seeds: Range<u64>, plan: Plan) {
    if let Some((seed, why)) = first_broken(seeds, plan) {
        panic!("seed {seed} ({plan:?}): {why}");
    }
}

/// Runs every `stride`th seed from `first` on, until that many steps were taken.
fn must_hold_for(steps: u64, first: u64, stride: usize, plan: Plan) {
    let (mut taken, mut runs) = (0, 0_u64);
    for seed in (first..).step_by(stride) {
        taken += World::run(seed, plan).unwrap_or_else(|why| panic!("seed {seed} ({plan:?}): {why}"));
        runs += 1;
        if taken >= steps {
            break;
        }
    }
    assert!(taken / runs > 500, "a run is long enough for something to happen: {taken} steps in {runs} runs");
}

#[test]
fn the_rules_hold_whatever_happens() {
    must_hold_for(STEPS, 0, 1, Plan::everything());
}

#[test]
fn the_rules_hold_with_slow_banks_slow_refunds_and_lost_databases() {
    for plan in [Plan::banks(), Plan::refunds(), Plan::losses()] {
        must_hold(0..20, plan);
    }
}

#[test]
fn the_rules_hold_by_webhooks_alone() {
    must_hold(0..25, Plan::without_sweeps());
}

#[test]
fn the_rules_hold_in_sqlite() {
    must_hold(0..6, Plan { database: Database::Sqlite, ..Plan::everything() });
}

#[test]
fn the_rules_hold_in_postgresql() {
    let server = postgres::Postgres::start();
    let port = server.port();
    must_hold(0..3, Plan { database: Database::Postgres(port), ..Plan::everything() });
}

/// For `cargo xtask simulate` and for replays: `SEED=n`, or `STEPS=n` from `FIRST=n` on, every `STRIDE`th;
/// `FOCUS=banks`, `refunds` or `losses`.
#[test]
#[allow(clippy::disallowed_methods, reason = "the seed comes from the command line, through the environment")]
fn one_seed() {
    let focus = match std::env::var("FOCUS").as_deref() {
        Ok("banks") => Plan::banks(),
        Ok("refunds") => Plan::refunds(),
        Ok("losses") => Plan::losses(),
        _ => Plan::everything(),
    };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("SEED") {
        must_hold(seed..seed + 1, Plan { trace: true, ..focus });
    }
    if let Some(steps) = number("STEPS") {
        let stride = number("STRIDE").and_then(|stride| usize::try_from(stride).ok()).unwrap_or(1).max(1);
        must_hold_for(steps, number("FIRST").unwrap_or(0), stride, focus);
    }
}

#[test]
fn a_seed_replays_exactly() {
    for seed in 0..4 {
        let twice = [World::history(seed, Plan::everything()), World::history(seed, Plan::everything())];
        assert!(twice[0].len() > 50, "something happened");
        assert_eq!(twice[0], twice[1], "seed {seed}");
    }
}

#[test]
fn every_state_is_reached() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for seed in 0..60 {
        seen.extend(World::seen(seed, Plan::everything()));
    }
    // States that do not last, `pending`, `open` and `awaiting_funds`, are left by the end.
    let expected = [
        "paid",
        "released",
        "refund_due",
        "new",
        "shipped",
        "cancelled",
        "none",
        "done",
        "failed",
        "withdrawn",
        "came back",
        "flagged",
        "awaited",
        "unpaid",
        "inquiry",
        "won",
        "lost",
        "prevented",
        "appealed",
        "a lost database",
        "many refunds",
        "free shipping",
        "a sale",
        "a parcel abroad",
        "too many",
        "closed",
        "price changed",
        "stranger refused",
    ];
    for state in expected {
        assert!(seen.contains(state), "{state} was never reached: {seen:?}");
    }
}
