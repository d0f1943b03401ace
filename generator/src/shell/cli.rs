//! The command line: which command was asked for, and the exit status.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use catalog::Timestamp;
use messages::{tr, trn};

use super::arguments::{Cli, Colour, Command, New, PackageArgs, ThemeCommand};
use super::build::{build, check, options};
use super::environment::{at, clock, environment, shop_folder, spoken};
use super::error::{CliError, USAGE};
use super::init::{Host, InitError, Starter};
use super::new::NewError;
use super::package;
use super::terminal::{Terminal, size};
use super::words::{self, WordsError};
use super::{database, diff, init, new, owner, prepare, publish, schema, serve, usage};

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

fn run(cli: &Cli, terminal: &Terminal) -> Result<(), CliError> {
    match &cli.command {
        Command::Build(args) => build(cli, args, terminal),
        Command::Check(args) => check(cli, args, terminal),
        Command::Serve(args) => {
            let options = options(cli, &args.site, None)?;
            serve::serve(options, args.port, args.open, *terminal, &environment()).map_err(CliError::machine)
        }
        Command::Package(args) => package(cli, args, terminal),
        Command::Prepare(args) => prepare::prepare(cli.shop.as_deref(), args, cli.quiet, terminal),
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

fn instant(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.0).map(|instant| instant.to_string()).unwrap_or_default()
}
