//! `cargo xtask ci`: the one command that accepts or rejects a change: the tests, the programs as they are released, the
//! documentation, and the rules for dependencies.

use anyhow::Result;

use crate::commands::{cargo, output, run};
use crate::steps::Steps;
use crate::test;

pub(crate) fn run_all() -> Result<()> {
    let parts = test::parts(&[])?;
    test::ensure_needs(&parts)?;
    let mut steps = Steps::new();
    let demo = test::run_steps(&mut steps, &parts);
    test::run_released(&mut steps, demo.as_ref());
    steps.step("documentation", || {
        run(cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
    });
    with(
        &mut steps,
        "deny",
        "licences, bans and sources of dependencies",
        &["check", "licenses", "bans", "sources"],
    );
    with(&mut steps, "machete", "dependencies that nothing uses", &["--with-metadata"]);
    steps.finish()
}

/// A step with a cargo tool, which is installed if it is missing.
fn with(steps: &mut Steps, tool: &str, name: &str, arguments: &[&str]) {
    let package = format!("cargo-{tool}");
    let mut ready = output(&mut cargo(&[tool, "--version"])).is_ok();
    if !ready {
        let install = || run(&mut cargo(&["install", &package, "--locked"]));
        ready = steps.step(&format!("{package} is installed"), install).is_some();
    }
    if ready {
        steps.step(name, || run(cargo(&[tool]).args(arguments)));
    } else {
        steps.impossible(name, &format!("there is no {package}"));
    }
}
