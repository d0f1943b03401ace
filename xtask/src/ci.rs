//! `cargo xtask ci`: the one command that says yes or no: the tests, the programs as they are released, the documentation, and what
//! dependencies may be.

use anyhow::Result;

use crate::commands::{cargo, output, run};
use crate::steps::Steps;
use crate::test;

/// `cargo xtask ci`.
pub(crate) fn run_all() -> Result<()> {
    test::ensure_needs()?;
    let mut steps = Steps::new();
    let demo = test::run_steps(&mut steps);
    test::run_released(&mut steps, demo.as_ref());
    steps.step("documentation", || {
        run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
    });
    let mut ready = output(&mut cargo(&["deny", "--version"])).is_ok();
    if !ready {
        let name = "cargo-deny is installed";
        ready = steps.step(name, || run(&mut cargo(&["install", "cargo-deny", "--locked"]))).is_some();
    }
    let name = "licences, bans and sources of dependencies";
    if ready {
        steps.step(name, || run(&mut cargo(&["deny", "check", "licenses", "bans", "sources"])));
    } else {
        steps.impossible(name, "there is no cargo-deny");
    }
    steps.finish()
}
