//! `cargo xtask test`: everything that must hold before a change is taken.

use std::path::Path;

use anyhow::Result;

use crate::commands::{build_programs, build_test_programs, cargo, output, program, root, run};
use crate::demo::Demo;
use crate::needs::{Need, chromium, ensure, java, python};
use crate::steps::Steps;

/// Known mistakes of a till behind switches: its simulation proves that it would find each. Only a test can reach them.
pub(crate) const FLAWS: &str = "functions/flaws";

/// Runs all tests; gives the demo shop when it was built.
pub(crate) fn run_steps(steps: &mut Steps) -> Option<Demo> {
    steps.step("format", || run(&mut cargo(&["fmt", "--all", "--check"])));
    steps.step("lints", || {
        run(&mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--features",
            FLAWS,
            "--",
            "-D",
            "warnings",
        ]))
    });
    if output(&mut cargo(&["nextest", "--version"])).is_ok() {
        steps.step("Rust tests (nextest)", || {
            run(&mut cargo(&["nextest", "run", "--workspace", "--features", FLAWS]))
        });
        steps.step("Rust examples in the documentation", || {
            run(&mut cargo(&["test", "--workspace", "--doc", "--features", FLAWS]))
        });
    } else {
        println!("\ncargo-nextest is not installed: `cargo test` runs the same tests");
        steps.step("Rust tests", || run(&mut cargo(&["test", "--workspace", "--features", FLAWS])));
    }
    let programs = steps.step("programs", || build_test_programs(FLAWS));
    let bazaar = programs.as_ref().map(|folder| folder.join("bazaar"));
    let demo = bazaar.as_ref().and_then(|bazaar| steps.step("a copy of the demo shop", || Demo::new(bazaar)));
    let (Some(demo), Some(programs)) = (demo, programs) else {
        for name in ["the demo shop", "tests from outside", "tests of what is deployed"] {
            steps.impossible(name, "there is no `bazaar` to build it with");
        }
        return None;
    };
    steps.step("the demo shop has no faults", || demo.check());
    if steps.step("the demo shop is built", || demo.build()).is_none() {
        for name in ["tests from outside", "tests of what is deployed"] {
            steps.impossible(name, "the demo shop was not built");
        }
        return None;
    }
    steps.step("a second build is the same, byte for byte", || demo.build_again_elsewhere());
    steps.step("building again writes nothing", || demo.build_again_in_place());
    steps.step("packages of the tests from outside", || npm_ci("tests/browser"));
    steps.step("tests from outside", || outside(&demo, &programs, "tests/browser"));
    steps.step("packages of the tests of what is deployed", || npm_ci("tests/deploy"));
    steps.step("tests of what is deployed", || outside(&demo, &programs, "tests/deploy"));
    Some(demo)
}

/// What is released and deployed, compiled as it will be: the same shop byte for byte, and the tests of what is deployed.
pub(crate) fn run_released(steps: &mut Steps, demo: Option<&Demo>) {
    let programs = steps.step("release build", build_programs);
    let (Some(demo), Some(programs)) = (demo, programs) else {
        steps.impossible("the released programs", "they or the demo shop were not built");
        return;
    };
    steps.step("the released program builds the same shop", || {
        demo.build_again_elsewhere_with(&programs.join("bazaar"))
    });
    steps.step("tests of what is deployed, with the released programs", || {
        outside(demo, &programs, "tests/deploy")
    });
}

/// The needs of all steps: looked for before the first.
pub(crate) fn ensure_needs() -> Result<()> {
    ensure(&[
        Need::Node,
        Need::Npm,
        Need::Python,
        Need::Postgres,
        Need::PgBouncer,
        Need::Java,
        Need::Chromium,
        Need::Fonts,
    ])
}

/// `cargo xtask test`.
pub(crate) fn test() -> Result<()> {
    ensure_needs()?;
    let mut steps = Steps::new();
    run_steps(&mut steps);
    steps.finish()
}

fn npm_ci(folder: &str) -> Result<()> {
    run(program("npm").args(["ci", "--no-progress"]).current_dir(root().join(folder)))
}

fn outside(demo: &Demo, programs: &Path, folder: &str) -> Result<()> {
    let mut node = program("node");
    // One file after another: browsers that compete for the machine would wait for one another beyond patience.
    node.args(["--test", "--test-concurrency=1", "--test-timeout=600000", "--test-reporter=spec"]);
    node.current_dir(root().join(folder));
    node.env("DIST", demo.dist()).env("SHOP", demo.shop()).env("JAVA", java()).env("PYTHON", python());
    for (variable, name) in [("BAZAAR", "bazaar"), ("TILL", "till"), ("SIMULATOR", "simulator")] {
        node.env(variable, programs.join(name));
    }
    if let Some(path) = chromium() {
        node.env("CHROMIUM", path);
    }
    run(&mut node)
}
