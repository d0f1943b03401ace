//! What goes wrong, and when: drawn from the seed. (Timing in milliseconds depends on the machine: a seed repeats the
//! plan, not the outcome.)

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use simulator::{Mishap, Times, WebhookMishap};

use crate::stripe::Trigger;
use crate::world::World;

/// How much goes wrong.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Unique pieces, sold one after another.
    pub pieces: usize,
    /// Buyers of each piece.
    pub buyers: usize,
    /// Tills killed in all.
    pub kills: usize,
    /// How often the database crashes (PostgreSQL) or is locked for seconds (SQLite), spread over the pieces.
    pub crashes: usize,
    /// How often the mail server is down for seconds.
    pub mail_away: usize,
    /// How often Stripe is down for seconds.
    pub stripe_away: usize,
}

/// Random numbers from a seed (splitmix64).
pub struct Chance(AtomicU64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(AtomicU64::new(seed))
    }

    pub fn next(&self) -> u64 {
        let mut z =
            self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    pub fn one_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// Waits between `from` and `to` milliseconds.
    pub async fn pause(&self, from: u64, to: u64) {
        tokio::time::sleep(Duration::from_millis(from + self.below(to - from))).await;
    }
}

/// Moments at which a till is killed: four kills of six; the others come at any time.
const TRIGGERS: [Trigger; 4] = [
    Trigger { asks_for: "POST /v1/checkout/sessions", after_it_is_done: true },
    Trigger { asks_for: "GET /v1/checkout/sessions/", after_it_is_done: false },
    Trigger { asks_for: "POST /v1/checkout/sessions", after_it_is_done: false },
    Trigger { asks_for: "GET /v1/checkout/sessions/", after_it_is_done: true },
];

/// How long to wait for such a moment: it may not come for a piece that sells at once.
const COMES_WITHIN: Duration = Duration::from_secs(2);

/// How many of `all` fall to the piece `number` of `pieces` when spread evenly.
fn share(all: usize, number: usize, pieces: usize) -> usize {
    all * (number + 1) / pieces - all * number / pieces
}

/// Kills tills, as often as is this piece's share.
pub async fn kill(world: &World, plan: Plan, number: usize, chance: &Chance) {
    for _ in 0..share(plan.kills, number, plan.pieces) {
        chance.pause(0, 60).await;
        let any = usize::try_from(chance.below(2)).unwrap_or_default();
        let at = usize::try_from(chance.below(6)).unwrap_or_default();
        let Some(trigger) = TRIGGERS.get(at) else {
            world.tills.kill(any).await;
            continue;
        };
        world.stripe.arm(*trigger);
        let comes = async {
            while world.stripe.is_armed() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let _ = tokio::time::timeout(COMES_WITHIN, comes).await;
        if world.stripe.disarm() {
            world.tills.kill(any).await;
        }
    }
}

/// Causes mishaps and outages, as often as is this piece's share.
pub async fn take_away(world: &World, plan: Plan, number: usize, chance: &Chance) {
    let small = |state: &mut simulator::State| {
        let mishaps = [Mishap::Lose, Mishap::BreakAfter, Mishap::Refuse(429), Mishap::Drop];
        let only = ["POST /v1/checkout/sessions", "GET /v1/checkout/sessions"];
        for _ in 0..2 {
            let mishap = mishaps[usize::try_from(chance.below(4)).unwrap_or_default()];
            state.mishap(mishap, only[usize::try_from(chance.below(2)).unwrap_or_default()], Times::Next(1));
        }
        let webhooks =
            [WebhookMishap::Duplicate, WebhookMishap::Reorder, WebhookMishap::Delay(90), WebhookMishap::Lose];
        let webhook = webhooks[usize::try_from(chance.below(4)).unwrap_or_default()];
        state.webhook_mishap(webhook, "", Times::Next(1));
    };
    world.stripe.simulator.with_state(|state, _| small(state));
    chance.pause(100, 600).await;
    for _ in 0..share(plan.crashes, number, plan.pieces) {
        world.crash_the_database().await;
    }
    for _ in 0..share(plan.mail_away, number, plan.pieces) {
        world.mail_goes_away().await;
    }
    for _ in 0..share(plan.stripe_away, number, plan.pieces) {
        world.stripe_goes_away().await;
    }
}
