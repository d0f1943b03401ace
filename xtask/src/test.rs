//! `cargo xtask test`: everything that must hold before a change is accepted.

use std::path::Path;

use anyhow::{Context, Result};

use crate::commands::{
    build_contract, build_programs, build_test_programs, cargo, output, program, root, run,
};
use crate::demo::Demo;
use crate::needs::{Need, chromium, ensure, java, python};
use crate::steps::Steps;

/// The feature that tests need: the store in memory.
pub(crate) const TESTING: &str = "functions/testing";

/// A part of the tests that can run separately, on a machine of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Format, lints, and the types of scripts.
    Lint,
    /// Rust's own tests.
    Rust,
    /// The demo shop built twice, and what can be seen of it from outside.
    Browser,
    /// What is deployed.
    Deploy,
}

impl Part {
    const ALL: [(&str, Part); 4] =
        [("lint", Part::Lint), ("rust", Part::Rust), ("browser", Part::Browser), ("deploy", Part::Deploy)];

    fn needs(self) -> &'static [Need] {
        match self {
            Part::Lint => &[Need::Node, Need::Npm],
            Part::Rust => &[Need::Node, Need::Npm, Need::Python, Need::Postgres, Need::PgBouncer],
            Part::Browser => &[Need::Node, Need::Npm, Need::Java, Need::Chromium, Need::Fonts],
            Part::Deploy => &[Need::Node, Need::Npm, Need::Python, Need::Postgres],
        }
    }
}

/// The parts that were named, or all if none was.
pub(crate) fn parts(words: &[&str]) -> Result<Vec<Part>> {
    let part = |word: &&str| {
        let known = Part::ALL.iter().find(|(name, _)| name == word);
        let names = Part::ALL.map(|(name, _)| name).join(", ");
        known.map(|(_, part)| *part).with_context(|| format!("no such part: `{word}`; there are {names}"))
    };
    let named: Vec<Part> = words.iter().map(part).collect::<Result<_>>()?;
    Ok(if named.is_empty() { Part::ALL.map(|(_, part)| part).to_vec() } else { named })
}

/// Runs parts of the tests in order; returns the demo shop if it was built.
pub(crate) fn run_steps(steps: &mut Steps, parts: &[Part]) -> Option<Demo> {
    if parts.contains(&Part::Lint) {
        lint(steps);
    }
    if parts.contains(&Part::Rust) {
        rust(steps);
    }
    if !parts.contains(&Part::Browser) && !parts.contains(&Part::Deploy) {
        return None;
    }
    let programs = steps.step("programs", || build_test_programs(TESTING));
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
    if parts.contains(&Part::Browser) {
        if !parts.contains(&Part::Rust) {
            // The browser's tests read them.
            steps.step("the mails of every kind", || {
                run(&mut cargo(&["test", "--workspace", "--features", TESTING, "--test", "mails"]))
            });
        }
        steps.step("a second build is the same, byte for byte", || demo.build_again_elsewhere());
        steps.step("building again writes nothing", || demo.build_again_in_place());
        steps.step("packages of the tests from outside", || npm_ci("tests/browser"));
        steps.step("tests from outside", || outside(&demo, &programs, "tests/browser"));
    }
    if parts.contains(&Part::Deploy) {
        steps.step("packages of the tests of what is deployed", || npm_ci("tests/deploy"));
        steps.step("tests of what is deployed", || outside(&demo, &programs, "tests/deploy"));
    }
    Some(demo)
}

fn lint(steps: &mut Steps) {
    steps.step("format", || run(&mut cargo(&["fmt", "--all", "--check"])));
    steps.step("lints", || {
        run(&mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--features",
            TESTING,
            "--",
            "-D",
            "warnings",
        ]))
    });
    let packages = steps.step("packages of the checks of scripts", || npm_ci(SCRIPTS));
    if packages.is_none() {
        for name in ["lints of scripts", "types of scripts"] {
            steps.impossible(name, "its packages are missing");
        }
        return;
    }
    steps.step("lints of scripts", || npm_run(SCRIPTS, "lint"));
    steps.step("types of scripts", types);
}

/// Where scripts are looked at without being run.
const SCRIPTS: &str = "tests/scripts";

/// The theme's scripts against the till's contract as its code has it now.
fn types() -> Result<()> {
    let contract = output(&mut program(build_contract(TESTING)?))?;
    let file = root().join(SCRIPTS).join("contract.json");
    std::fs::write(&file, contract).with_context(|| format!("writing {}", file.display()))?;
    npm_run(SCRIPTS, "contract")?;
    npm_run(SCRIPTS, "types")
}

fn rust(steps: &mut Steps) {
    if output(&mut cargo(&["nextest", "--version"])).is_ok() {
        steps.step("Rust tests (nextest)", || {
            run(&mut cargo(&["nextest", "run", "--workspace", "--features", TESTING, "--no-fail-fast"]))
        });
        steps.step("Rust examples in the documentation", || {
            run(&mut cargo(&["test", "--workspace", "--doc", "--features", TESTING]))
        });
    } else {
        println!("\ncargo-nextest is not installed: `cargo test` runs the same tests");
        steps.step("Rust tests", || run(&mut cargo(&["test", "--workspace", "--features", TESTING])));
    }
}

/// Tests the programs compiled as they are released: the same shop byte for byte, and the tests of what is deployed.
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

/// Runs parts of the tests, after checking what they need.
pub(crate) fn test(words: &[&str]) -> Result<()> {
    let parts = parts(words)?;
    ensure_needs(&parts)?;
    let mut steps = Steps::new();
    run_steps(&mut steps, &parts);
    steps.finish()
}

/// Checks the needs of these parts before the first step.
pub(crate) fn ensure_needs(parts: &[Part]) -> Result<()> {
    let mut needs: Vec<Need> = Vec::new();
    for need in parts.iter().flat_map(|part| part.needs()) {
        if !needs.contains(need) {
            needs.push(*need);
        }
    }
    ensure(&needs)
}

fn npm_ci(folder: &str) -> Result<()> {
    run(program("npm").args(["ci", "--no-progress"]).current_dir(root().join(folder)))
}

fn npm_run(folder: &str, script: &str) -> Result<()> {
    run(program("npm").args(["run", "--silent", script]).current_dir(root().join(folder)))
}

fn outside(demo: &Demo, programs: &Path, folder: &str) -> Result<()> {
    let mut node = program("node");
    // Two files at a time: a browser waits now and then. More would compete for the machine and run into timeouts.
    node.args(["--test", "--test-concurrency=2", "--test-timeout=600000", "--test-reporter=spec"]);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_named_and_all_are_run_when_none_is() {
        assert_eq!(parts(&["deploy", "lint"]).expect("known"), [Part::Deploy, Part::Lint]);
        assert_eq!(parts(&[]).expect("all"), [Part::Lint, Part::Rust, Part::Browser, Part::Deploy]);
        let error = parts(&["browsers"]).unwrap_err().to_string();
        assert_eq!(error, "no such part: `browsers`; there are lint, rust, browser, deploy");
    }

    #[test]
    fn the_hosted_workflow_runs_every_part() {
        let workflow =
            std::fs::read_to_string(root().join(".github/workflows/ci.yml")).expect("the workflow");
        let names = Part::ALL.map(|(name, _)| name).join(", ");
        assert!(workflow.contains(&format!("part: [{names}]")), "{names}");
    }
}
