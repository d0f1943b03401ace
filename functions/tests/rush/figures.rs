//! The figures of a rush.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use till::http::LONGEST;

/// Counted during the run.
#[derive(Debug, Default)]
pub struct Figures {
    pub title: String,
    pub pieces: usize,
    pub buyers: usize,
    /// Checkouts by outcome: `200`, `409 reserved`, `the connection broke`.
    pub checkouts: BTreeMap<String, u64>,
    /// Durations of all answered requests.
    pub answers: Vec<Duration>,
    /// Paths of requests that were never answered.
    pub unanswered: Vec<String>,
    /// Violations seen during the run.
    pub seen: BTreeSet<String>,
    /// Pieces whose buyers gave up waiting.
    pub unsold: Vec<String>,
    /// Payments by outcome.
    pub payments: BTreeMap<&'static str, u64>,
    pub webhooks: BTreeMap<String, u64>,
    pub kills: u32,
    pub crashes: u32,
    pub mail_away: u32,
    pub stripe_away: u32,
    pub passed: i64,
    pub sales: usize,
    pub refunds: usize,
    pub mails: usize,
    pub twice: usize,
    pub took: Duration,
}

impl Figures {
    fn answered_within(&self, share: f64) -> f64 {
        let mut all: Vec<f64> = self.answers.iter().map(|took| took.as_secs_f64() * 1000.0).collect();
        all.sort_by(f64::total_cmp);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = ((all.len().saturating_sub(1)) as f64 * share).round() as usize;
        all.get(at).copied().unwrap_or_default()
    }
}

fn counts<K: fmt::Display>(counts: &BTreeMap<K, u64>) -> String {
    let all: Vec<String> = counts.iter().map(|(what, count)| format!("{what}: {count}")).collect();
    all.join(", ")
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let checkouts: u64 = self.checkouts.values().sum();
        let rows = [
            ("buyers, unique pieces", format!("{} each, {}", self.buyers, self.pieces)),
            ("tills killed", self.kills.to_string()),
            ("database crashed or locked", self.crashes.to_string()),
            ("mail server away, Stripe away", format!("{}, {}", self.mail_away, self.stripe_away)),
            ("checkouts", checkouts.to_string()),
            ("- by their answer", counts(&self.checkouts)),
            ("payments", counts(&self.payments)),
            ("webhooks by their answer", counts(&self.webhooks)),
            ("requests answered", self.answers.len().to_string()),
            (
                "- median, 99 %, longest",
                format!(
                    "{:.0} ms, {:.0} ms, {:.1} s of {} s",
                    self.answered_within(0.5),
                    self.answered_within(0.99),
                    self.answered_within(1.0) / 1000.0,
                    LONGEST.as_secs()
                ),
            ),
            ("sales, refunds", format!("{}, {}", self.sales, self.refunds)),
            ("mails, of these a second time", format!("{}, {}", self.mails, self.twice)),
            ("time", format!("{:.0} s, in which {} h passed", self.took.as_secs_f64(), self.passed / 3600)),
        ];
        writeln!(f, "\n| {} | |\n|---|---|", self.title)?;
        for (name, value) in rows {
            writeln!(f, "| {name} | {value} |")?;
        }
        Ok(())
    }
}
