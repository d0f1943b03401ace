//! `bazaar build` and `check`: what was asked for, and what is said about the outcome.

use std::path::Path;
use std::time::Instant;

use catalog::web::WebError;
use faults::report;
use messages::{tr, trn};
use pages::build::{self, Memory, Options, Outcome};
use pages::stage::publish::PublishError;

use super::arguments::{BuildArgs, CheckArgs, Cli, Format, SiteArgs};
use super::environment::{at, shop_folder};
use super::error::CliError;
use super::terminal::Terminal;

/// What to build, and for when.
pub(super) fn options(cli: &Cli, site: &SiteArgs, out: Option<&Path>) -> Result<Options, CliError> {
    let shop = shop_folder(cli.shop.as_deref())?;
    if let Some(jobs) = site.jobs {
        if jobs == 0 {
            return Err(CliError::usage(tr!("--jobs is at least 1")));
        }
        // It fails only when set twice, which one command cannot do.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global();
    }
    let base_url = site.base_url.as_deref().map(base_url).transpose()?;
    let now = at(site.now.as_deref())?;
    Ok(Options {
        out: out.map_or_else(|| shop.join("dist"), Path::to_owned),
        shop,
        base_url,
        drafts: site.drafts,
        now,
        stock: site.stock.clone(),
        report: false,
        photos: None,
    })
}

/// The address of a deploy, in the form that browsers send.
fn base_url(written: &str) -> Result<String, CliError> {
    match catalog::web::shop(written) {
        Ok(address) => Ok(address.origin),
        // Hosts hand out the address of a deploy as they like; what it means is plain.
        Err(WebError::Written(form)) => Ok(form),
        Err(error) => Err(CliError::usage(tr!(
            "--base-url is a whole address: https://www.example.com, not `{written}` ({error})"
        ))),
    }
}

/// `bazaar build`.
pub(super) fn build(cli: &Cli, args: &BuildArgs, terminal: &Terminal) -> Result<(), CliError> {
    let options = Options { report: args.report, ..options(cli, &args.site, args.out.as_deref())? };
    let started = Instant::now();
    let bar = terminal.photo_bar();
    let outcome = build::build(&options, &mut Memory::default(), &|ready, all| bar.at(ready, all));
    let outcome = outcome.map_err(machine)?;
    let (errors, warnings) = outcome.faults.count();
    terminal.summary(&outcome, &options.out.display().to_string(), started.elapsed());
    let next = outcome.next_change;
    let published = outcome.published.is_some();
    if let Some(report) = &outcome.report {
        terminal.report(report);
    }
    terminal.faults(&outcome.faults.sorted());
    if !published {
        let count = terminal.count(errors, warnings).unwrap_or_default();
        terminal.warn(&tr!("{count}: nothing was published"));
        return Err(CliError::faulty());
    }
    if let Some(words) = terminal.count(errors, warnings) {
        terminal.say(&words);
    }
    if let Some(next) = next {
        let next = next.strftime("%Y-%m-%d %H:%M %Z");
        terminal.say(&tr!("build again on {next}: a date in the content is reached"));
    }
    if errors > 0 { Err(CliError::faulty()) } else { Ok(()) }
}

/// `bazaar check`.
pub(super) fn check(cli: &Cli, args: &CheckArgs, terminal: &Terminal) -> Result<(), CliError> {
    let options = options(cli, &args.site, None)?;
    let started = Instant::now();
    let bar = terminal.photo_bar();
    let outcome: Outcome = build::check(&options, &mut Memory::default(), &|ready, all| bar.at(ready, all));
    let (errors, warnings) = outcome.faults.count();
    let faults = outcome.faults.sorted();
    match args.format {
        Format::Human => terminal.faults(&faults),
        Format::Json => terminal.print(&report::json(&faults)),
        Format::Github => terminal.print(&report::github(&faults)),
    }
    let pages = outcome.published.map_or(0, |published| published.pages);
    let words = terminal.count(errors, warnings).unwrap_or_else(|| tr!("nothing is wrong").to_owned());
    let (pages, seconds) = (trn!(pages, "{pages} page", "{pages} pages"), started.elapsed().as_secs_f64());
    terminal.say(&tr!("{words} ({pages}, {seconds:.2} s)"));
    if errors > 0 { Err(CliError::faulty()) } else { Ok(()) }
}

fn machine(error: PublishError) -> CliError {
    match error {
        PublishError::Foreign(out) => CliError::usage(tr!(
            "{out} is not empty, and its files were not written by bazaar\n  name an empty folder with --out, or empty this one yourself",
            out = out.display()
        )),
        PublishError::Disk(path, error) => CliError::machine(format!("{}: {error}", path.display())),
    }
}
