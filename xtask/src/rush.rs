//! `cargo xtask rush`: fifty buyers of one unique piece at a time, while tills are killed, the database crashes, and mail server
//! and Stripe are unavailable. It is in `functions/tests/rush`; `cargo xtask test` runs a part of it, this runs all of it, with
//! figures (docs/rush.md).

use anyhow::{Context, Result, bail};

use crate::commands::{cargo, run};
use crate::needs::{Need, ensure};
use crate::test::TESTING;

/// `cargo xtask rush [--sqlite | --postgresql] [--seed N] [--flaw NAME]`.
pub(crate) fn play(words: &[&str]) -> Result<()> {
    let mut tests = Vec::new();
    let mut environment = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--sqlite" => tests.push("the_whole_rush_on_sqlite"),
            "--postgresql" => tests.push("the_whole_rush_on_postgresql"),
            "--seed" => environment.push(("RUSH_SEED", *words.next().context("--seed needs a number")?)),
            "--flaw" => environment.push(("RUSH_FLAW", *words.next().context("--flaw needs a name")?)),
            word => bail!("no such option: {word}"),
        }
    }
    if tests.is_empty() {
        tests = vec!["the_whole_rush_on_sqlite", "the_whole_rush_on_postgresql"];
    }
    ensure(&[Need::Python, Need::Postgres])?;
    let mut command = cargo(&["test", "--workspace", "--features", TESTING, "--test", "rush", "--"]);
    // One after the other: each needs the machine to itself.
    command.args(["--ignored", "--exact", "--nocapture", "--test-threads=1"]).args(tests);
    run(command.envs(environment))
}
