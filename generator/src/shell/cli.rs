//! The command line: what was asked for, and the exit status. The only place that reads the clock and the environment.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use catalog::Timestamp;
use catalog::web::WebError;
use faults::report;
use messages::{Language, tr, trn};
use pages::build::{self, Memory, Options, Outcome};
use pages::stage::parse::dates;
use pages::stage::publish::PublishError;

use super::arguments::{
    BuildArgs, CheckArgs, Cli, Colour, Command, Format, New, PackageArgs, SiteArgs, ThemeCommand,
};
use super::init::{Host, InitError, Starter};
use super::new::NewError;
use super::package;
use super::serve::Environment;
use super::terminal::{Terminal, size};
use super::words::{self, WordsError};
use super::{database, diff, init, new, owner, publish, schema, serve, usage};

/// The shop has faults.
const FAULTY: u8 = 1;
/// The command was not understood.
const USAGE: u8 = 2;
/// The machine failed: disk, network.
const MACHINE: u8 = 3;

/// Runs the program.
pub fn main() -> ExitCode {
    spoken().speak();
    let cli = match usage::parse() {
        Ok(cli) => cli,
        Err((error, text)) if error.use_stderr() => {
            let _ = write!(anstream::stderr(), "{text}");
            return ExitCode::from(USAGE);
        }
        Err((_, text)) => {
            let _ = write!(anstream::stdout(), "{text}");
            return ExitCode::SUCCESS;
        }
    };
    let colour = match cli.color {
        Colour::Auto => None,
        Colour::Always => Some(true),
        Colour::Never => Some(false),
    };
    let terminal = Terminal::new(cli.quiet, colour);
    match run(&cli, &terminal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            if let Some(words) = stop.words {
                terminal.warn(&format!("bazaar: {words}"));
            }
            ExitCode::from(stop.status)
        }
    }
}

/// Why the program ends without success.
#[derive(Debug)]
pub(super) struct CliError {
    status: u8,
    words: Option<String>,
}

impl CliError {
    pub(super) fn usage(words: impl Into<String>) -> Self {
        CliError { status: USAGE, words: Some(words.into()) }
    }

    pub(super) fn machine(words: impl Into<String>) -> Self {
        CliError { status: MACHINE, words: Some(words.into()) }
    }

    /// With the exit status of another program, or of a signal.
    pub(super) fn with_status(status: u8, words: impl Into<String>) -> Self {
        CliError { status, words: Some(words.into()) }
    }

    pub(super) fn faulty() -> Self {
        CliError { status: FAULTY, words: None }
    }
}

fn run(cli: &Cli, terminal: &Terminal) -> Result<(), CliError> {
    match &cli.command {
        Command::Build(args) => build(cli, args, terminal),
        Command::Check(args) => check(cli, args, terminal),
        Command::Serve(args) => {
            let options = options(cli, &args.site, None)?;
            serve::serve(options, args.port, args.open, *terminal, &environment()).map_err(CliError::machine)
        }
        Command::Package(args) => package(cli, args, terminal),
        Command::Publish { host } => publish::publish(cli.shop.as_deref(), host, terminal),
        Command::Diff { base, head, format, now } => {
            let now = at(now.as_deref())?;
            diff::diff(&shop_folder(cli.shop.as_deref())?, base, head.as_deref(), now, *format, terminal)
        }
        Command::New { what: New::Product { title } } => new_product(cli, title, terminal),
        Command::Init { dir, lang, host } => new_shop(dir, *lang, *host, terminal),
        Command::Orders { id, command, json } => owner::orders(
            &shop_folder(cli.shop.as_deref())?,
            id.as_deref(),
            command.as_ref(),
            *json,
            terminal,
        ),
        Command::Stock { command, json } => {
            owner::stock(&shop_folder(cli.shop.as_deref())?, command.as_ref(), *json, terminal)
        }
        Command::Database { command } => database::database(command, terminal),
        Command::Theme { command: ThemeCommand::Words { lang, from } } => {
            theme_words(cli, lang, from.as_deref(), terminal)
        }
        Command::Schema { kind } => print_schema(kind.as_deref(), terminal),
    }
}

fn new_product(cli: &Cli, title: &str, terminal: &Terminal) -> Result<(), CliError> {
    let shop = shop_folder(cli.shop.as_deref())?;
    let today = instant(clock()).chars().take(10).collect::<String>();
    match new::product(&shop, title, &today) {
        Ok(path) => {
            let shown = path.strip_prefix(&shop).unwrap_or(&path);
            let shown = shown.display();
            terminal.say(&tr!(
                "{shown}: a draft, so it is not for sale yet\n  \
                 1. fill in price, category and text there; put photos beside it and name them under `images`\n  \
                 2. look at it: bazaar serve --drafts\n  \
                 3. take the line `draft: true` away, and it is for sale"
            ));
            Ok(())
        }
        Err(NewError::NoName) => {
            Err(CliError::usage(tr!("a title needs letters or digits: bazaar new product \"Bol lune\"")))
        }
        Err(NewError::Exists(path)) => {
            Err(CliError::usage(tr!("there is {path} already: choose another title", path = path.display())))
        }
        Err(NewError::Disk(path, error)) => Err(CliError::machine(format!("{}: {error}", path.display()))),
    }
}

fn new_shop(dir: &Path, lang: Starter, host: Host, terminal: &Terminal) -> Result<(), CliError> {
    match init::init(dir, lang, host) {
        Ok(written) => {
            for path in written {
                terminal.say(&format!("  {path}"));
            }
            if let Some(tag) = lang.unread() {
                terminal.say(&tr!(
                    "\nIts texts and the theme's words were translated by machine, and no native speaker has read them yet.\nCorrect what sounds wrong; `bazaar theme words {tag}` writes down the theme's."
                ));
            }
            terminal.say(&tr!("\nA new shop. Look at it: cd {dir} && bazaar serve", dir = dir.display()));
            Ok(())
        }
        Err(InitError::Exists(path)) => {
            Err(CliError::usage(tr!("there is {path} already: name an empty folder", path = path.display())))
        }
        Err(InitError::Disk(path, error)) => Err(CliError::machine(format!("{}: {error}", path.display()))),
    }
}

fn theme_words(cli: &Cli, lang: &str, from: Option<&str>, terminal: &Terminal) -> Result<(), CliError> {
    let shop = shop_folder(cli.shop.as_deref())?;
    let shown = |path: &Path| path.strip_prefix(&shop).unwrap_or(path).display().to_string();
    match words::words(&shop, lang, from) {
        Ok(written) => {
            for file in written {
                let what = if file.from == lang {
                    tr!("the theme's words; correct what you like").to_owned()
                } else {
                    tr!("the theme's words in `{from}`, for you to translate", from = file.from)
                };
                terminal.say(&format!("{}: {what}", shown(&file.path)));
            }
            terminal.say(&tr!(
                "add `{lang}` to `languages` in content/shop.yaml; `bazaar check` says what is left to translate"
            ));
            Ok(())
        }
        Err(WordsError::Tag(tag)) => Err(CliError::usage(tr!(
            "`{tag}` is not a language tag: write an ISO 639 code, `de`, or with a country, `pt-BR`"
        ))),
        Err(WordsError::Faults(faults)) => {
            terminal.faults(&faults.sorted());
            Err(CliError::faulty())
        }
        Err(WordsError::Exists(path)) => Err(CliError::usage(tr!(
            "there is {path} already: translate in it; `bazaar check` names the texts it lacks",
            path = shown(&path)
        ))),
        Err(WordsError::NoWords(from, known)) => Err(CliError::usage(tr!(
            "the theme has no words in `{from}`: begin from {known}",
            known = faults::suggest::either(known.iter().map(String::as_str))
        ))),
        Err(WordsError::Disk(path, error)) => Err(CliError::machine(format!("{}: {error}", path.display()))),
    }
}

fn print_schema(kind: Option<&str>, terminal: &Terminal) -> Result<(), CliError> {
    let schema = match kind {
        None => schema::document(),
        Some(kind) => schema::one(kind).ok_or_else(|| {
            let known = faults::suggest::either(schema::KINDS);
            CliError::usage(tr!("there is no kind `{kind}`: write {known}"))
        })?,
    };
    terminal.print(&format!("{schema:#}\n"));
    Ok(())
}

fn options(cli: &Cli, site: &SiteArgs, out: Option<&Path>) -> Result<Options, CliError> {
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

/// The instant that was asked for, or this one.
fn at(now: Option<&str>) -> Result<Timestamp, CliError> {
    let Some(written) = now else { return Ok(clock()) };
    dates::read(written, &jiff::tz::TimeZone::UTC, false).ok_or_else(|| {
        CliError::usage(tr!(
            "--now is a date, 2026-11-02, or an instant, 2026-11-02T18:00:00+01:00; not `{written}`"
        ))
    })
}

/// The variables of the till and of its owner, as far as they are set.
pub(super) fn environment() -> Environment {
    let names = till::config::VARIABLES.iter().map(|(name, _)| *name).chain(database::DIRECT);
    names.filter_map(|name| Some((name, variable(name)?))).collect()
}

/// One variable, if it is set.
#[allow(clippy::disallowed_methods, reason = "the one place where the environment is read")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The language of the messages: BAZAAR_LANG, else the system's (LANGUAGE, LC_ALL, LC_MESSAGES, LANG).
fn spoken() -> Language {
    let named = variable("BAZAAR_LANG").filter(|locale| !locale.is_empty());
    named.or_else(sys_locale::get_locale).map_or(Language::English, |locale| Language::of_locale(&locale))
}

#[allow(clippy::disallowed_methods, reason = "the one place where a build's instant comes from")]
fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_secs()).unwrap_or(0))
}

/// The folder named, or the nearest one above this one that is a shop.
pub(super) fn shop_folder(named: Option<&Path>) -> Result<PathBuf, CliError> {
    if let Some(folder) = named {
        if folder.is_dir() {
            // A whole path: what is watched, and a database's address, cannot be relative.
            return std::path::absolute(folder)
                .map_err(|error| CliError::machine(format!("{}: {error}", folder.display())));
        }
        return Err(CliError::usage(tr!("--shop: there is no folder {folder}", folder = folder.display())));
    }
    let here = std::env::current_dir()
        .map_err(|error| CliError::machine(tr!("this folder cannot be read: {error}")))?;
    let above = here.ancestors().find(|folder| pages::stage::read::is_shop(folder));
    above.map(Path::to_owned).ok_or_else(|| {
        CliError::usage(tr!("no shop here: neither this folder nor one above has content/shop.yaml\n  run `bazaar init DIR` for a new shop, or name one with --shop DIR"))
    })
}

fn build(cli: &Cli, args: &BuildArgs, terminal: &Terminal) -> Result<(), CliError> {
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

fn package(cli: &Cli, args: &PackageArgs, terminal: &Terminal) -> Result<(), CliError> {
    let shop = shop_folder(cli.shop.as_deref())?;
    let beside = || {
        let here = std::env::current_exe().and_then(fs::canonicalize).unwrap_or_default();
        here.with_file_name("till")
    };
    let (binary, environment) = (args.binary.clone().unwrap_or_else(beside), environment());
    let out = args.out.clone().unwrap_or_else(|| shop.join(args.target.folder()));
    let packaged = package::package(&package::Wanted {
        shop: &shop,
        site: args.site.as_deref().unwrap_or(&shop.join("dist")),
        target: args.target,
        sells: args.context,
        binary: &binary,
        out: &out,
        stripe_key: environment.get("STRIPE_SECRET_KEY").map(String::as_str),
    });
    let packaged = packaged.map_err(|error| {
        if error.is_of_the_machine() {
            CliError::machine(error.to_string())
        } else {
            CliError::usage(error.to_string())
        }
    })?;
    let (items, proven) = (packaged.items, packaged.proven);
    terminal.say(&tr!(
        "{file}: {size} for {machine}, of which {data} are the shop's {items}{run}",
        file = packaged.file.display(),
        size = size(packaged.bytes),
        machine = packaged.machine,
        data = size(packaged.snapshot_bytes),
        items = trn!(items, "one item", "{items} items"),
        run = if proven { tr!("; it runs") } else { tr!("; not run, this machine is another") }
    ));
    Ok(())
}

fn check(cli: &Cli, args: &CheckArgs, terminal: &Terminal) -> Result<(), CliError> {
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

fn instant(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.0).map(|instant| instant.to_string()).unwrap_or_default()
}
