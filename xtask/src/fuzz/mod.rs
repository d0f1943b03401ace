//! `cargo xtask fuzz`: libFuzzer, guided by coverage (cargo-fuzz and a nightly compiler), on what outsiders and owners write. The
//! targets are in `fuzz/fuzz_targets`; what each does is next to the code that it tests.
//!
//! It works in `target/fuzz`, where everything that was found stays, so that the next run continues from it. The inputs with the
//! most coverage in few bytes go into `fuzz/corpus`, which the ordinary tests run as well.

mod corpus;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::commands::{output, program, root, run, target_folder};
use crate::needs::{Need, ensure};
use crate::steps::Steps;

const VERSION: &str = "0.13.2";
/// Minutes for each target by default.
const MINUTES: u32 = 5;

/// The targets, each with the length of the longest input worth trying, in bytes.
const TARGETS: [(&str, u32); 7] = [
    ("cart", 2048),
    ("content", 2048),
    ("photo", 4096),
    ("snapshot", 8192),
    ("theme", 2048),
    ("till", 2048),
    ("webhook", 4096),
];

/// What ends a run: an input that takes this many seconds, this many megabytes in total, or this many in one allocation.
const LIMITS: [&str; 4] =
    ["-timeout=20", "-report_slow_units=2", "-rss_limit_mb=3000", "-malloc_limit_mb=1500"];

/// `cargo xtask fuzz [TARGET...] [--minutes N]`.
pub(crate) fn run_for(words: &[&str]) -> Result<()> {
    let (targets, minutes) = arguments(words)?;
    ensure_tools()?;
    let folder = target_folder()?.join("fuzz");
    let mut steps = Steps::new();
    if steps.step("targets are compiled for the fuzzer", || build(&folder)).is_none() {
        return steps.finish();
    }
    for (target, longest) in targets {
        steps.step(&format!("{target}, {minutes} min"), || fuzz(&folder, target, longest, minutes));
        steps.step(&format!("{target}: a small corpus"), || keep(&folder, target));
    }
    steps.finish()
}

fn arguments(words: &[&str]) -> Result<(Vec<(&'static str, u32)>, u32)> {
    let (mut targets, mut minutes) = (Vec::new(), MINUTES);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--minutes" => {
                let number = words.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0);
                minutes = number.context("--minutes needs a whole number, such as 60")?;
            }
            name => match TARGETS.iter().find(|(target, _)| *target == name) {
                Some(target) => targets.push(*target),
                None => {
                    let known = TARGETS.map(|(target, _)| target).join(", ");
                    bail!("no such target: `{name}`; there are {known}");
                }
            },
        }
    }
    Ok((if targets.is_empty() { TARGETS.to_vec() } else { targets }, minutes))
}

/// Makes sure that there are rustup's nightly compiler, a C++ compiler for libFuzzer itself, and cargo-fuzz.
fn ensure_tools() -> Result<()> {
    if output(program("rustup").arg("--version")).is_err() {
        bail!("the fuzzer needs a nightly compiler, which rustup installs: https://rustup.rs");
    }
    if output(program("rustup").args(["run", "nightly", "rustc", "--version"])).is_err() {
        run(program("rustup").args(["toolchain", "install", "nightly", "--profile", "minimal"]))?;
    }
    ensure(&[Need::Cpp])?;
    if !output(&mut nightly(&["fuzz", "--version"])).unwrap_or_default().contains(VERSION) {
        run(&mut nightly(&["install", "cargo-fuzz", "--locked", "--version", VERSION]))?;
    }
    Ok(())
}

/// The nightly cargo, whichever cargo runs this xtask.
fn nightly(arguments: &[&str]) -> Command {
    let mut command = program("rustup");
    command
        .args(["run", "nightly", "cargo"])
        .args(arguments)
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN");
    command
}

/// Optimised and without a sanitizer: there is hardly any `unsafe`, and a fuzzer that is three times as fast finds more.
/// `fuzz/Cargo.toml` enables assertions and overflow checks.
fn build(folder: &Path) -> Result<()> {
    let arguments =
        ["fuzz", "build", "-O", "--sanitizer", "none", "--no-cfg-fuzzing", "--codegen-units", "16"];
    run(nightly(&arguments).arg("--target-dir").arg(folder))
}

/// A compiled target, to be run in its own folder.
fn fuzzer(folder: &Path, target: &str) -> Result<Command> {
    let about = output(program("rustup").args(["run", "nightly", "rustc", "-vV"]))?;
    let host =
        about.lines().find_map(|line| line.strip_prefix("host: ")).context("`rustc -vV` names no host")?;
    let mut command = program(folder.join(host).join("release").join(target));
    // One thread, so that the same input takes the same path.
    command.env("RAYON_NUM_THREADS", "1");
    Ok(command)
}

/// The folder of everything that was found for a target.
fn found(folder: &Path, target: &str) -> PathBuf {
    folder.join("found").join(target)
}

fn kept(target: &str) -> PathBuf {
    root().join("fuzz/corpus").join(target)
}

fn fuzz(folder: &Path, target: &str, longest: u32, minutes: u32) -> Result<()> {
    let (found, crashes) = (found(folder, target), folder.join("crashes").join(target));
    for made in [&found, &crashes] {
        fs::create_dir_all(made).with_context(|| format!("making {}", made.display()))?;
    }
    let log = folder.join(format!("{target}.log"));
    let file = File::create(&log).with_context(|| format!("writing {}", log.display()))?;
    let mut command = fuzzer(folder, target)?;
    command.args(LIMITS).args(["-print_final_stats=1", "-reload=0"]);
    command.arg(format!("-max_total_time={}", minutes * 60)).arg(format!("-max_len={longest}"));
    command.arg(format!("-artifact_prefix={}/", crashes.display()));
    let words = root().join("fuzz/words").join(target);
    if words.is_file() {
        command.arg(format!("-dict={}", words.display()));
    }
    command.arg(&found).arg(kept(target)).stderr(file);
    let status = command.status().with_context(|| format!("could not start the fuzzer of `{target}`"))?;
    let log_text = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
    println!("{}", summary(&log_text));
    if !status.success() {
        bail!("{}\n    the whole log: {}", place(&log_text), log.display());
    }
    Ok(())
}

/// The result of a run: the number of inputs, their coverage, the memory.
fn summary(log: &str) -> String {
    let last = |word: &str| log.lines().rev().find(|line| line.contains(word)).map(str::trim);
    let number = |name: &str| last(name).and_then(|line| line.rsplit(' ').next()).unwrap_or("?");
    format!(
        "    {}\n    inputs tried: {}, in a second: {}, slowest: {} s, memory: {} MB",
        last("corp: ").unwrap_or("nothing was tried"),
        number("stat::number_of_executed_units:"),
        number("stat::average_exec_per_sec:"),
        number("stat::slowest_unit_time_sec:"),
        number("stat::peak_rss_mb:"),
    )
}

/// Where a run failed: the message, the file, and the input.
fn place(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    let panic = lines.iter().position(|line| line.contains(" panicked at ")).map(|at| {
        let end = lines.len().min(at + 3);
        lines[at..end].join("\n    ")
    });
    let error = lines.iter().find(|line| line.contains("ERROR: libFuzzer")).copied();
    let input =
        lines.iter().find_map(|line| line.split_once("Test unit written to ")).map_or("?", |(_, path)| path);
    let what = panic.as_deref().or(error).unwrap_or("the fuzzer ended, and does not say why");
    format!("{what}\n    the input: {input}")
}

/// Chooses again which inputs are kept in git.
fn keep(folder: &Path, target: &str) -> Result<()> {
    let (found, kept) = (found(folder, target), kept(target));
    let (scratch, control) = (folder.join("merged"), folder.join(format!("{target}.merge")));
    for old in [&scratch, &found] {
        fs::create_dir_all(old).with_context(|| format!("making {}", old.display()))?;
    }
    if control.exists() {
        fs::remove_file(&control).with_context(|| format!("removing {}", control.display()))?;
    }
    let log =
        File::create(folder.join(format!("{target}.merge.log"))).context("writing the log of the merge")?;
    let mut command = fuzzer(folder, target)?;
    command.args(LIMITS).arg("-set_cover_merge=1").arg(format!("-merge_control_file={}", control.display()));
    run(command.arg(&scratch).arg(&kept).arg(&found).stderr(log))?;
    let reached = fs::read_to_string(&control).with_context(|| format!("reading {}", control.display()))?;
    let inputs = corpus::inputs(&reached)?;
    let chosen = corpus::choose(&inputs, &kept);
    corpus::replace(&kept, &chosen)?;
    println!("    {} of {} inputs are kept, {} bytes", chosen.len(), inputs.len(), corpus::bytes(&chosen));
    fs::remove_dir_all(&scratch).with_context(|| format!("removing {}", scratch.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_in_the_table_and_has_a_corpus_that_stays_small() {
        let names = |folder: &str| {
            let entries = fs::read_dir(root().join("fuzz").join(folder)).expect("there").flatten();
            let mut names: Vec<String> = entries
                .map(|entry| entry.file_name().to_string_lossy().trim_end_matches(".rs").to_owned())
                .collect();
            names.retain(|name| name != "lib");
            names.sort();
            names
        };
        let table = TARGETS.map(|(target, _)| target.to_owned());
        assert_eq!(names("fuzz_targets"), table);
        assert_eq!(names("corpus"), table);
        for target in table {
            let sizes: Vec<u64> = fs::read_dir(kept(&target))
                .expect("there")
                .flatten()
                .map(|entry| entry.metadata().expect("readable").len())
                .collect();
            assert!(sizes.len() <= corpus::MOST_FILES, "{target}: {} files", sizes.len());
            assert!(sizes.iter().sum::<u64>() <= corpus::MOST_BYTES, "{target}: {sizes:?}");
        }
    }

    #[test]
    fn targets_and_minutes_are_read_and_what_is_neither_is_refused() {
        assert_eq!(arguments(&["photo", "--minutes", "60"]).expect("read"), (vec![("photo", 4096)], 60));
        let (all, minutes) = arguments(&[]).expect("read");
        assert_eq!((all.len(), minutes), (TARGETS.len(), MINUTES));
        for (words, told) in [
            (&["foto"][..], "no such target: `foto`; there are cart, content"),
            (&["--minutes"], "--minutes needs"),
            (&["--minutes", "0"], "--minutes needs"),
        ] {
            let error = arguments(words).unwrap_err().to_string();
            assert!(error.starts_with(told), "{error}");
        }
    }

    #[test]
    fn a_crash_is_told_with_its_place_and_its_input() {
        let log = "#2 INITED cov: 5 ft: 9 corp: 1/1b exec/s: 0 rss: 40Mb\n\n\
            thread '<unnamed>' (12) panicked at /r/imaging/src/vp8.rs:12:5:\nassertion failed: a\nnote: run with\n\
            ==1== ERROR: libFuzzer: deadly signal\n\
            artifact_prefix='/x/'; Test unit written to /x/crash-1\n\
            stat::number_of_executed_units: 77\nstat::average_exec_per_sec: 7\nstat::slowest_unit_time_sec: 0\nstat::peak_rss_mb: 44\n";
        let text = place(log);
        for part in ["imaging/src/vp8.rs:12:5", "assertion failed: a", "the input: /x/crash-1"] {
            assert!(text.contains(part), "{text}");
        }
        let text = summary(log);
        assert!(
            text.contains("cov: 5 ft: 9")
                && text.contains("tried: 77, in a second: 7")
                && text.contains("44 MB"),
            "{text}"
        );
        let slow =
            place("==1== ERROR: libFuzzer: timeout after 21 seconds\nTest unit written to /x/timeout-2\n");
        assert!(slow.contains("timeout after 21") && slow.contains("/x/timeout-2"), "{slow}");
    }
}
