//! What a chore needs from outside cargo. All that is missing is reported at once, with the command that installs it;
//! for root on Debian it is installed.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::commands::{output, program, run, variable};

/// A program that must be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Node.js, for the tests in `tests/` and `simulator/tests`, and for the bench's peers.
    Node,
    /// npm, which installs what these need.
    Npm,
    /// Java, for the HTML checker.
    Java,
    /// A Chromium, for the pages.
    Chromium,
    /// Fonts as wide as Arial and Times New Roman, which the theme uses until its own are loaded.
    Fonts,
    /// Python with `venv`, for the tests in `simulator/tests`, the bench and the photos.
    Python,
    /// PostgreSQL's server programs, for the till's store.
    Postgres,
    /// A C++ compiler, for libFuzzer.
    Cpp,
    /// PgBouncer, which hosted poolers are or imitate, for the till's store.
    PgBouncer,
}

impl Need {
    fn name(self) -> &'static str {
        match self {
            Self::Node => "Node.js 20.19 or newer",
            Self::Npm => "npm",
            Self::Java => "Java 17 or newer",
            Self::Chromium => "Chromium (CHROMIUM may name another path)",
            Self::Fonts => "fonts as wide as Arial and Times New Roman (Liberation)",
            Self::Python => "Python 3.11 or newer with venv",
            Self::Postgres => "PostgreSQL's server programs (initdb, pg_ctl)",
            Self::Cpp => "a C++ compiler (c++)",
            Self::PgBouncer => "PgBouncer",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Node => &["nodejs"],
            Self::Npm => &["npm"],
            Self::Java => &["default-jre-headless"],
            Self::Chromium => &["chromium"],
            Self::Fonts => &["fontconfig", "fonts-liberation"],
            Self::Python => &["python3", "python3-venv"],
            Self::Postgres => &["postgresql", "libpq-dev"],
            Self::Cpp => &["g++"],
            Self::PgBouncer => &["pgbouncer"],
        }
    }

    fn is_met(self) -> bool {
        match self {
            Self::Node => version("node") >= Some((20, 19)),
            Self::Npm => version("npm").is_some(),
            Self::Java => version(&java()) >= Some((17, 0)),
            Self::Chromium => chromium().is_some(),
            Self::Fonts => {
                cfg!(not(target_os = "linux")) || ["Arial", "Times New Roman"].into_iter().all(has_font)
            }
            Self::Cpp => version("c++").is_some(),
            Self::Postgres => has_postgres(),
            // Debian installs it outside the ordinary PATH.
            Self::PgBouncer => {
                Path::new("/usr/sbin/pgbouncer").is_file() || output(program("pgbouncer").arg("-V")).is_ok()
            }
            Self::Python => {
                version(&python()) >= Some((3, 11))
                    && output(program(python()).args(["-c", "import ensurepip, venv"])).is_ok()
            }
        }
    }
}

/// Whether text in this font is shown in it, or in one of the same width.
fn has_font(name: &str) -> bool {
    let found = output(program("fc-match").args(["--format", "%{family}", name])).unwrap_or_default();
    found.contains(name) || found.contains("Liberation")
}

/// Whether `initdb` is where the tests of the till look for it.
fn has_postgres() -> bool {
    let bindir = output(program("pg_config").arg("--bindir")).unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut places: Vec<std::path::PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    places.push(bindir.trim().into());
    places.extend(std::env::split_paths(&variable("PATH").unwrap_or_default()));
    places.iter().any(|place| place.join("initdb").is_file())
}

/// The Java to run.
pub(crate) fn java() -> String {
    named("JAVA", "java")
}

/// The Python that makes virtual environments.
pub(crate) fn python() -> String {
    named("PYTHON", "python3")
}

/// The path of the browser.
pub(crate) fn chromium() -> Option<String> {
    if let Some(path) = variable("CHROMIUM") {
        return Some(path.to_string_lossy().into_owned()).filter(|path| Path::new(path).is_file());
    }
    let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    known.iter().find(|path| Path::new(path).is_file()).map(|path| (*path).to_owned())
}

/// Makes sure that every need is met, installing what is missing for root on Debian.
///
/// # Errors
/// Something is still missing; the error names all of it and how to get it.
pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    let missing = unmet(needs);
    if missing.is_empty() {
        return Ok(());
    }
    if is_root() && Path::new("/etc/debian_version").is_file() {
        println!("==> installing {}", packages(&missing).join(" "));
        run(&mut apt_get(&["update", "-q"]))?;
        run(apt_get(&["install", "-q", "-y", "--no-install-recommends"]).args(packages(&missing)))?;
    }
    let missing = unmet(needs);
    if !missing.is_empty() {
        bail!("{}", complaint(&missing));
    }
    Ok(())
}

fn complaint(missing: &[Need]) -> String {
    let names: String = missing.iter().map(|need| format!("  - {}\n", need.name())).collect();
    let install = packages(missing).join(" ");
    format!(
        "this chore needs what is not here:\n{names}On Debian and Ubuntu:\n  \
         sudo apt-get update && sudo apt-get install -y {install}\n\
         Where the system's own version is too old, take one from the project's site."
    )
}

fn unmet(needs: &[Need]) -> Vec<Need> {
    needs.iter().copied().filter(|need| !need.is_met()).collect()
}

fn packages(needs: &[Need]) -> Vec<&'static str> {
    needs.iter().flat_map(|need| need.packages()).copied().collect()
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = program("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    command
}

fn is_root() -> bool {
    output(program("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn named(name: &str, default: &str) -> String {
    variable(name).map_or_else(|| default.to_owned(), |value| value.to_string_lossy().into_owned())
}

fn version(name: &str) -> Option<(u32, u32)> {
    parse_version(&output(program(name).arg("--version")).ok()?)
}

/// The first version in the output of `--version`: major and minor.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let number = &text[text.find(|letter: char| letter.is_ascii_digit())?..];
    let number = number.split(|letter: char| !letter.is_ascii_digit() && letter != '.').next()?;
    let mut parts = number.split('.');
    let major = parts.next()?.parse().ok()?;
    Some((major, parts.next().and_then(|minor| minor.parse().ok()).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_the_programs_print_them() {
        assert_eq!(parse_version("v20.19.2\n"), Some((20, 19)));
        assert_eq!(parse_version("openjdk 17.0.15 2025-04-15\n"), Some((17, 0)));
        assert_eq!(parse_version("openjdk 21 2023-09-19\n"), Some((21, 0)));
        assert_eq!(parse_version("Python 3.11.9\n"), Some((3, 11)));
        assert_eq!(parse_version("none"), None);
    }

    #[test]
    fn everything_missing_is_named_at_once_with_one_command() {
        let complaint = complaint(&[Need::Java, Need::Chromium]);
        assert!(complaint.contains("Java 17") && complaint.contains("Chromium"), "{complaint}");
        assert!(complaint.contains("install -y default-jre-headless chromium\n"), "{complaint}");
    }
}
