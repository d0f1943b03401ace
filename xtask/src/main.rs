//! The project's own chores: `cargo xtask test`, `ci`, `bench`, `rush`, `simulate`, `mutants`, `fuzz`, `shots`, `photos`. Nothing here
//! is part of the shop or of `bazaar`; this file only selects the chore.
//!
//! A chore first looks for everything that it needs and reports all that is missing at once (`needs`), then runs its steps
//! in order (`steps`), each announced and timed. A step that fails does not stop the others, but one that could not
//! run counts as failed: a run is green only if everything was checked.

// A chore prints to the terminal, and reads the environment and file times.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod ci;
mod commands;
mod demo;
mod fuzz;
mod mutants;
mod needs;
mod photos;
mod rush;
mod shots;
mod simulate;
mod steps;
mod test;

use std::process::ExitCode;

use bench::Part;

const HELP: &str = "\
cargo xtask <chore>

  test [PART]      format, lints, types of scripts, Rust tests, the demo shop built twice, tests/browser and tests/deploy; or parts of it:
                   lint, rust, browser, deploy
  ci               `test`, then the programs as they are released, documentation, licences and sources of dependencies
  bench [--quick]  speed beside Hugo, Eleventy and Astro on one catalog, and of the till beside a Node function
                   (--quick: small catalogs; `bench till`: the till alone; `bench pushes`: what a push of content
                   costs)
  rush             fifty buyers of one piece while tills are killed, the database crashes, mail server and Stripe go
                   away; both databases, or one (--sqlite, --postgresql; --seed N; --flaw NAME: to see it fail)
  simulate         the till in a simulated world, ten million steps (--steps N; --focus banks, refunds or losses; --seed N:
                   one run, step by step)
  mutants [PATH]   plants small mistakes one at a time, to see that a test finds each (--diff BASE: in changed lines;
                   --shard K/N: a share of them)
  fuzz [TARGET]    looks for input that breaks something, guided by coverage: all of fuzz/fuzz_targets, 5 minutes each
                   (--minutes N), then keeps what reaches most in fuzz/corpus; installs a nightly compiler and cargo-fuzz
  shots            screenshots of every kind of page, at three widths, light and dark
  photos [NAME]    renders the demo shop's photos anew (photos/README.md)
  help             this text

Environment: CHROMIUM (path of the browser), JAVA, PYTHON, ZOLA_BIN (bench: measure Zola too).
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test", parts @ ..] => test::test(parts),
        ["ci"] => ci::run_all(),
        ["bench"] => bench::measure(Part::All, false),
        ["bench", "--quick"] => bench::measure(Part::All, true),
        ["bench", "till"] => bench::measure(Part::Till, false),
        ["bench", "till", "--quick"] => bench::measure(Part::Till, true),
        ["bench", "pushes"] => bench::measure(Part::Pushes, false),
        ["rush", rest @ ..] => rush::play(rest),
        ["simulate", rest @ ..] => simulate::play(rest),
        ["mutants", rest @ ..] => mutants::plant(rest),
        ["fuzz", rest @ ..] => fuzz::run_for(rest),
        ["shots"] => shots::take(),
        ["photos"] => photos::run_for("all"),
        ["photos", name] => photos::run_for(name),
        ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("error: no such chore: `{}`\n\n{HELP}", words.join(" "));
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
