//! Running other programs: where the repository is, which cargo to use, and errors that name the command.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository")
}

/// A program, to be run at the repository's root.
pub(crate) fn program(name: impl Into<OsString>) -> Command {
    let mut command = Command::new(name.into());
    // Tests compare messages.
    command.current_dir(root()).stdin(Stdio::null()).env("BAZAAR_LANG", "en");
    command
}

/// The cargo that runs this xtask, without what it says of the package `xtask`: build scripts that look at these variables (ring's
/// does) would run again after each cargo that was started by hand, and with them all that depends on ring: half of the till.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = program(variable("CARGO").unwrap_or_else(|| "cargo".into()));
    let of_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_package)) {
        command.env_remove(name);
    }
    command.args(arguments);
    command
}

/// An environment variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Runs a command to its end; anything but success is an error that shows the command.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("could not start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// What a command prints to stdout; anything but success is an error that shows what it printed to stderr.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.output().with_context(|| format!("could not start `{shown}`"))?;
    if !output.status.success() {
        bail!(
            "`{shown}` ended with {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` printed no text"))
}

/// The folder that cargo builds into, wherever it is configured.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let metadata = output(&mut cargo(&["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata).context("`cargo metadata`")?;
    let folder =
        metadata["target_directory"].as_str().context("`cargo metadata` names no target directory")?;
    Ok(PathBuf::from(folder))
}

/// Builds `bazaar` as it is released.
pub(crate) fn build_bazaar() -> Result<PathBuf> {
    run(&mut cargo(&["build", "--profile", "dist", "-p", "generator"]))?;
    Ok(built("dist", &["bazaar"])?.join("bazaar"))
}

/// The programs as built for the Rust tests, so that nothing is compiled again. With examples, for features that only tests need; without
/// libraries: cargo would compile the macros among them with other settings than as dependencies, and all that uses them once more.
pub(crate) fn build_test_programs(features: &str) -> Result<PathBuf> {
    run(&mut cargo(&["build", "--workspace", "--bins", "--examples", "--features", features]))?;
    built("debug", &["bazaar", "till", "simulator"])
}

/// The program that prints the till's contract. What it depends on is compiled as for the tests, so that it is compiled once.
pub(crate) fn build_contract(features: &str) -> Result<PathBuf> {
    run(&mut cargo(&["build", "--workspace", "--features", features, "--example", "openapi"]))?;
    Ok(built("debug/examples", &["openapi"])?.join("openapi"))
}

/// Builds the programs of a shop as they are released, and the simulator that tests need, into one folder.
pub(crate) fn build_programs() -> Result<PathBuf> {
    run(&mut cargo(&[
        "build",
        "--profile",
        "dist",
        "--bins",
        "-p",
        "generator",
        "-p",
        "functions",
        "-p",
        "simulator",
    ]))?;
    built("dist", &["bazaar", "till", "simulator"])
}

/// Builds the till as hosts run it, with the profile `till`.
pub(crate) fn build_till() -> Result<PathBuf> {
    run(&mut cargo(&["build", "--profile", "till", "-p", "functions", "--bin", "till"]))?;
    Ok(built("till", &["till"])?.join("till"))
}

/// The folder of a profile, which must have these programs.
fn built(profile: &str, names: &[&str]) -> Result<PathBuf> {
    let folder = target_folder()?.join(profile);
    for name in names {
        let binary = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        if !binary.is_file() {
            bail!("`cargo build` left no {}", binary.display());
        }
    }
    Ok(folder)
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_shown_with_its_status() {
        let error = run(cargo(&["no-such-subcommand"]).stderr(Stdio::null())).unwrap_err().to_string();
        assert!(error.contains("no-such-subcommand` ended with"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut program("no-such-program-anywhere")).unwrap_err().to_string();
        assert_eq!(error, "could not start `no-such-program-anywhere`");
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
    }
}
