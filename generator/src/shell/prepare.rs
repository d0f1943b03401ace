//! `bazaar prepare`: what a host publishes, by four commands, each of which an owner can run alone:
//!
//! 1. the till that is running is asked what is sold (in production);
//! 2. `bazaar build`, with that;
//! 3. `bazaar package`;
//! 4. `bazaar database migrate` (in production, if a database is named).
//!
//! `deploy/build.sh` calls it, once the programs are there. Each command prints its own words, and the first that fails ends it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use clap::{Args, ValueEnum};
use messages::tr;

use super::environment::{DIRECT, clock, shop_folder, variable};
use super::error::{CliError, USAGE};
use super::package::{Sells, Target};
use super::terminal::Terminal;

/// What is sold, as the till said it last, in the shop's folder.
const STOCK: &str = ".bazaar/stock.json";
/// The same while it is being fetched.
const FETCHED: &str = ".bazaar/stock.json.new";

#[derive(Debug, Args)]
pub(super) struct PrepareArgs {
    #[arg(help = tr!("Who runs it"))]
    #[arg(long, value_enum)]
    target: Target,
    #[arg(help = tr!("The processor that the till must be for; any when left out"))]
    #[arg(long, value_enum)]
    arch: Option<Arch>,
    #[arg(help = tr!("The folder of the programs `bazaar` and `till`; that of this `bazaar` when left out"))]
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
}

/// A processor that hosts offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Arch {
    #[value(name = "x86_64")]
    X86,
    #[value(name = "arm64")]
    Arm,
}

impl Arch {
    fn as_str(self) -> &'static str {
        match self {
            Arch::X86 => "x86_64",
            Arch::Arm => "arm64",
        }
    }
}

/// `bazaar prepare`.
///
/// # Errors
/// The first step that fails, with its own status.
pub(super) fn prepare(
    shop: Option<&Path>,
    args: &PrepareArgs,
    quiet: bool,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let context = Context::read(&variable)?;
    let shop = &shop_folder(shop)?;
    let programs = programs(args.programs.as_deref())?;
    let till = programs.join("till");
    if let Some(arch) = args.arch {
        check_processor(&till, arch, terminal)?;
    }
    let state = shop.join(".bazaar");
    fs::create_dir_all(&state).map_err(|error| CliError::machine(format!("{}: {error}", state.display())))?;
    let bazaar = |words: &[&str]| run(&programs.join("bazaar"), words, quiet, shop);

    let mut build = vec!["build"];
    if context.sells == Sells::Production && ask_what_is_sold(&context, shop, terminal) {
        build.extend(["--stock", STOCK]);
    }
    match &context.base_url {
        Some(url) => build.extend(["--base-url", url]),
        None => warn_of_another_address(&context, shop, terminal),
    }
    bazaar(&build)?;
    let (target, sells, till) = (args.target.as_str(), context.sells.as_str(), till.display().to_string());
    bazaar(&["package", "--target", target, "--context", sells, "--binary", &till])?;
    if context.sells == Sells::Production && context.has_database {
        bazaar(&["database", "migrate"])?;
    }
    Ok(())
}

/// Where the shop will be and what it may do there, as the environment says it: BAZAAR_CONTEXT and BAZAAR_BASE_URL, or what Netlify
/// says of its builds (docs.netlify.com/build/configure-builds/environment-variables).
#[derive(Debug, PartialEq, Eq)]
struct Context {
    sells: Sells,
    /// Only if it is not at shop.yaml's `url`.
    base_url: Option<String>,
    /// Where the till that is running is asked.
    shop_url: Option<String>,
    /// What opens the stock.
    secret: Option<String>,
    /// Where Netlify serves the site.
    netlify_url: Option<String>,
    has_database: bool,
}

impl Context {
    fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, CliError> {
        // An empty variable is not set.
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let netlify = set("NETLIFY").is_some_and(|value| value == "true");
        let trial = || netlify && set("CONTEXT").is_some_and(|context| context != "production");
        let sells = match set("BAZAAR_CONTEXT") {
            Some(written) => Sells::from_str(&written, false).map_err(|_| {
                CliError::usage(tr!("BAZAAR_CONTEXT is {written}\n  write production or preview"))
            })?,
            None if trial() => Sells::Preview,
            None => Sells::Production,
        };
        let of_preview = || set("DEPLOY_PRIME_URL").filter(|_| netlify && sells == Sells::Preview);
        Ok(Context {
            sells,
            base_url: set("BAZAAR_BASE_URL").or_else(of_preview),
            shop_url: set("SHOP_URL").or_else(|| set("URL")),
            secret: set("TILL_SWEEP_SECRET"),
            netlify_url: set("URL").filter(|_| netlify),
            has_database: DIRECT.iter().any(|name| set(name).is_some()),
        })
    }
}

/// The folder of both programs, whole: commands run in the shop's folder.
fn programs(named: Option<&Path>) -> Result<PathBuf, CliError> {
    let folder = match named {
        Some(folder) => std::path::absolute(folder),
        None => std::env::current_exe().and_then(fs::canonicalize).map(|own| own.with_file_name("")),
    };
    folder.map_err(CliError::failed)
}

/// Refuses a till for another processor than it will run on, before anything is built.
fn check_processor(till: &Path, wanted: Arch, terminal: &Terminal) -> Result<(), CliError> {
    let file = fs::read(till).map_err(|error| CliError::usage(format!("{}: {error}", till.display())))?;
    let Some(found) = processor(&file).filter(|found| *found != wanted.as_str()) else { return Ok(()) };
    let (till, wanted) = (till.display(), wanted.as_str());
    let what = tr!("the till will run on {wanted}, and {till} is for {found}");
    let help = tr!(
        "give a till for {wanted}, or say where it will run: TILL_ARCH=x86_64 or TILL_ARCH=arm64 (Netlify has x86_64 only)"
    );
    terminal.warn(&format!("{}: {what}\n  = {}: {help}", tr!("error"), tr!("help")));
    Err(CliError { status: USAGE, words: None })
}

/// Which processor an ELF program is for (ELF, `e_machine`); `None` for other files, which `bazaar package` refuses.
fn processor(file: &[u8]) -> Option<&'static str> {
    if !file.starts_with(b"\x7fELF") {
        return None;
    }
    match file.get(18)? {
        62 => Some(Arch::X86.as_str()),
        183 => Some(Arch::Arm.as_str()),
        _ => Some(tr!("another processor")),
    }
}

/// Asks the till that is running what is sold; whether there is a file that says so now, be it an older one.
fn ask_what_is_sold(context: &Context, shop: &Path, terminal: &Terminal) -> bool {
    let warn = |words: &str| terminal.warn(&tr!("warning: {words}"));
    let stock = shop.join(STOCK);
    match (&context.shop_url, &context.secret) {
        (Some(address), Some(secret)) => match fetch_stock(address, secret, shop) {
            Ok(true) => {}
            Ok(false) => {
                warn(&tr!("the till at {address} did not tell what is sold"));
                if stock.is_file() {
                    warn(tr!("pages will show it as it was when the till was last asked"));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                warn(tr!("curl is not here: the till cannot be asked what is sold"));
            }
            Err(error) => warn(&format!("curl: {error}")),
        },
        _ => {
            warn(tr!("SHOP_URL or TILL_SWEEP_SECRET is not set: the till cannot be asked what is sold"));
        }
    }
    let _ = fs::remove_file(shop.join(FETCHED));
    let known = stock.is_file();
    if !known {
        warn(tr!(
            "pages will show everything as not sold yet; the till knows better and sells no piece twice"
        ));
    }
    known
}

/// Writes what is sold, whole or not at all. `curl` asks: it knows the proxies and certificates of the machines that build, and says
/// itself what went wrong.
///
/// # Errors
/// When `curl` cannot be run.
fn fetch_stock(address: &str, secret: &str, shop: &Path) -> io::Result<bool> {
    let _ = fs::remove_file(shop.join(FETCHED));
    let address = address.strip_suffix('/').unwrap_or(address);
    let scheme = address.split(':').next().unwrap_or_default();
    let mut curl = Command::new("curl");
    curl.args(["--config", "-", "--fail", "--silent", "--show-error", "--proto", &format!("={scheme}")]);
    curl.args(["--retry", "2", "--connect-timeout", "10", "--max-time", "30", "--output", FETCHED]);
    // Another number in each question: no cache between here and the till answers it.
    curl.arg(format!("{address}/api/stock?all={}", clock().0));
    let mut asked = curl.current_dir(shop).stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = asked.stdin.take() {
        // The secret goes in by standard input: other programs of this machine can read a command line. Of several, the first is
        // the one that every till knows.
        let secret = secret.split(',').next().unwrap_or_default();
        let secret = secret.replace('\\', "\\\\").replace('"', "\\\"");
        // A `curl` that ends without reading it says why.
        let _ = writeln!(stdin, "header = \"Authorization: Bearer {secret}\"");
    }
    if !asked.wait()?.success() {
        return Ok(false);
    }
    let answer = fs::read(shop.join(FETCHED)).unwrap_or_default();
    let whole = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&answer).is_ok();
    Ok(whole && fs::rename(shop.join(FETCHED), shop.join(STOCK)).is_ok())
}

/// The till takes orders at the address of shop.yaml only.
fn warn_of_another_address(context: &Context, shop: &Path, terminal: &Terminal) {
    let Some(url) = &context.netlify_url else { return };
    let text = fs::read_to_string(shop.join("content/shop.yaml")).unwrap_or_default();
    let said = written_url(&text);
    if said.strip_suffix('/').unwrap_or(said) != url.strip_suffix('/').unwrap_or(url) {
        let words = tr!(
            "content/shop.yaml says the shop is at {said}, Netlify serves it at {url}: nobody can pay there until `url:` says so"
        );
        terminal.warn(&tr!("warning: {words}"));
    }
}

/// What stands behind `url:`. The build reads the file properly; a warning needs no more than this.
fn written_url(text: &str) -> &str {
    let line = text.lines().find_map(|line| line.strip_prefix("url:")).unwrap_or_default().trim_start();
    let line = line.strip_prefix(['"', '\'']).unwrap_or(line);
    line.split(|sign: char| sign.is_whitespace() || matches!(sign, '"' | '\'' | '#'))
        .next()
        .unwrap_or_default()
}

/// Runs `bazaar` in the shop's folder.
///
/// # Errors
/// When it fails, with its own status: it has said why.
fn run(program: &Path, words: &[&str], quiet: bool, shop: &Path) -> Result<(), CliError> {
    let mut command = Command::new(program);
    command.args(quiet.then_some("--quiet")).args(words).current_dir(shop);
    let status =
        command.status().map_err(|error| CliError::machine(format!("{}: {error}", program.display())))?;
    if status.success() { Ok(()) } else { Err(CliError { status: code(status), words: None }) }
}

/// An exit status as a shell would pass it on.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let code = status.code().or_else(|| signal.map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn context(variables: &[(&str, &str)]) -> Result<Context, String> {
        let all: BTreeMap<&str, &str> = variables.iter().copied().collect();
        let read = |name: &str| all.get(name).map(|value| (*value).to_owned());
        Context::read(&read).map_err(|error| error.words.unwrap_or_default())
    }

    #[test]
    fn netlifys_previews_and_branches_are_previews_at_their_own_address() {
        let preview =
            [("NETLIFY", "true"), ("CONTEXT", "branch-deploy"), ("DEPLOY_PRIME_URL", "https://b.example")];
        let found = context(&preview).unwrap();
        assert_eq!((found.sells, found.base_url.as_deref()), (Sells::Preview, Some("https://b.example")));
        let elsewhere =
            context(&[preview.as_slice(), &[("BAZAAR_BASE_URL", "https://own.example")]].concat());
        assert_eq!(elsewhere.unwrap().base_url.as_deref(), Some("https://own.example"));
        for variables in
            [&preview[1..], &[("NETLIFY", "true")], &[preview[0], ("CONTEXT", "production"), preview[2]]]
        {
            let found = context(variables).unwrap();
            assert_eq!((found.sells, found.base_url), (Sells::Production, None), "{variables:?}");
        }
        let told = context(&[preview.as_slice(), &[("BAZAAR_CONTEXT", "production")]].concat()).unwrap();
        assert_eq!((told.sells, told.base_url), (Sells::Production, None));
    }

    #[test]
    fn a_context_is_production_or_preview() {
        assert!(context(&[("BAZAAR_CONTEXT", "staging")]).unwrap_err().contains("production or preview"));
        assert_eq!(context(&[("BAZAAR_CONTEXT", "")]).unwrap().sells, Sells::Production);
    }

    #[test]
    fn the_address_in_shop_yaml_is_read_with_and_without_quotes() {
        for text in [
            "name: x\nurl: https://a.example\n",
            "url:   \"https://a.example\"   # here",
            "url: 'https://a.example'",
            "url: https://a.example # here",
        ] {
            assert_eq!(written_url(text), "https://a.example", "{text}");
        }
        assert_eq!(written_url("name: x\n  url: https://a.example"), "");
    }

    #[test]
    fn a_program_says_which_processor_it_is_for() {
        let elf = |machine: u8| [b"\x7fELF".as_slice(), &[0; 14], &[machine, 0]].concat();
        assert_eq!(processor(&elf(62)), Some("x86_64"));
        assert_eq!(processor(&elf(183)), Some("arm64"));
        assert_eq!(processor(&elf(243)), Some("another processor"));
        assert_eq!(processor(b"#!/bin/sh\necho a long enough script\n"), None);
    }
}
