//! `cargo xtask mutants`: plants small mistakes one at a time (cargo-mutants), to see that a test finds each. Mistakes that
//! change nothing are listed in `.cargo/mutants.toml`.
//!
//! A crate has thousands of them, and each needs a build, so it runs in parts. A path restricts it to files, `--diff` to the
//! lines that differ from a git revision, `--shard K/N` to a share of the rest.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::commands::{cargo, output, program, run, target_folder};

const VERSION: &str = "27.1.0";

/// The files without a path on the command line: the money path, and what pages say about it. In the configuration they would
/// be added to every path.
const FILES: [&str; 6] = [
    "catalog/src/**/*.rs",
    "functions/src/**/*.rs",
    "storefront/src/**/*.rs",
    "pages/src/model/**/*.rs",
    "pages/src/stage/{resolve,view,outputs,publish}/**/*.rs",
    "pages/src/stage/{plan,recall,render}.rs",
];

/// `cargo xtask mutants [PATH | --diff BASE] [--shard K/N]`.
pub(crate) fn plant(words: &[&str]) -> Result<()> {
    let found = output(&mut cargo(&["mutants", "--version"])).unwrap_or_default();
    if !found.contains(VERSION) {
        run(&mut cargo(&["install", "cargo-mutants", "--locked", "--version", VERSION]))?;
    }
    let folder = target_folder()?.join("mutants");
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let nextest = output(&mut cargo(&["nextest", "--version"])).is_ok();
    let tool = if nextest { "nextest" } else { "cargo" };
    let mut command = cargo(&["mutants", "--workspace", "--test-tool", tool, "--output"]);
    command.arg(&folder);
    // The copies of the tree share one target folder, separate from that of the working copy.
    command.env("CARGO_TARGET_DIR", folder.join("target"));
    let mut words = words.iter();
    let mut files: Vec<&str> = Vec::new();
    while let Some(word) = words.next() {
        match *word {
            "--diff" => {
                let base = words.next().context("--diff needs a git revision")?;
                let diff = output(program("git").args(["diff", base, "--", "*.rs"]))?;
                if diff.is_empty() {
                    println!("nothing in Rust differs from {base}");
                    return Ok(());
                }
                let file = folder.join("changes.diff");
                fs::write(&file, diff).with_context(|| format!("writing {}", file.display()))?;
                command.arg("--in-diff").arg(file);
            }
            "--shard" => {
                command.arg("--shard").arg(words.next().context("--shard needs K/N, such as 0/8")?);
            }
            word if word.starts_with('-') => bail!("no such option: {word}"),
            path => files.push(path),
        }
    }
    for file in if files.is_empty() { FILES.to_vec() } else { files } {
        command.arg("--file").arg(file);
    }
    run(&mut command)
}
