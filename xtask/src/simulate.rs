//! `cargo xtask simulate`: the simulation of `functions/tests/simulation`, for any number of steps. `cargo xtask test` runs a
//! hundred thousand.

use anyhow::{Context, Result, bail};

use crate::commands::{cargo, run};
use crate::test::TESTING;

/// `cargo xtask simulate [--steps N] [--seed N] [--focus banks|refunds|losses]`.
pub(crate) fn play(words: &[&str]) -> Result<()> {
    let (mut steps, mut environment) = ("10000000", Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().copied().with_context(|| format!("{word} needs a value"));
        match *word {
            "--steps" => steps = value()?,
            "--seed" => environment.push(("SEED", value()?)),
            "--focus" => environment.push(("FOCUS", value()?)),
            word => bail!("no such option: {word}"),
        }
    }
    if environment.iter().all(|(name, _)| *name != "SEED") {
        environment.push(("STEPS", steps));
    }
    let mut command = cargo(&["test", "--workspace", "--features", TESTING, "--test", "simulation", "--"]);
    run(command.args(["--exact", "one_seed", "--nocapture"]).envs(environment))
}
