//! `publish`: the shop on a host, pages and till as one. On AWS the programs `aws` and `sam` do the work; what is done in which order,
//! and when it is taken back, is decided here. docs/deploy-aws.md says what an owner needs for it.

mod client;
mod commands;
mod deploy;
mod env_file;
mod given;
mod interrupt;
mod look;
mod pointer;
mod releases;
mod rollback;
mod rules;
mod secret;
mod settings;
mod site;
mod stack;
mod switch;
mod tills;
mod upload;

use std::path::Path;
use std::process::Command;

use clap::{Args, Subcommand};
use messages::tr;
use serde::de::IgnoredAny;
use tokio::runtime::Runtime;

use super::environment::{shop_folder, variable};
use super::error::CliError;
use super::terminal::Terminal;
use commands::Commands;
use interrupt::Interrupt;
use look::Look;
use settings::Settings;
use stack::Pages;

/// Which host.
#[derive(Debug, Subcommand)]
pub(super) enum PublishCommand {
    #[command(about = tr!("On AWS: build, deploy, look at the result, show it; back if anything is wrong"))]
    Aws(AwsArgs),
}

#[derive(Debug, Args)]
pub(super) struct AwsArgs {
    #[arg(help = tr!("Print every command, run none, ask nobody"))]
    #[arg(long, global = true)]
    dry_run: bool,
    #[command(subcommand)]
    command: Option<AwsCommand>,
}

/// What to do; deploying when nothing is said.
#[derive(Debug, Subcommand)]
enum AwsCommand {
    #[command(about = tr!("Publish the shop; also when no command is given"))]
    Deploy,
    #[command(about = tr!("Back to the release before the one that is shown"))]
    Rollback,
    #[command(about = tr!("Is a shop whole? Home page, catalog, page of errors, a till with the same catalog"))]
    Smoke {
        #[arg(help = tr!("Its address"))]
        url: String,
    },
}

/// An account of AWS, as one command of an owner works on it.
#[derive(Debug)]
struct Aws<'a> {
    settings: Settings,
    commands: Commands<'a>,
    runtime: &'a Runtime,
    /// A file of certificates that this network needs.
    bundle: Option<String>,
}

/// `bazaar publish`.
///
/// # Errors
/// Why it was not published.
pub(super) fn publish(
    shop: Option<&Path>,
    command: &PublishCommand,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let PublishCommand::Aws(AwsArgs { dry_run: dry, command }) = command;
    let runtime = runtime()?;
    let bundle = variable("AWS_CA_BUNDLE").filter(|file| !file.is_empty());
    if let Some(AwsCommand::Smoke { url }) = command {
        let (here, interrupt) = (Path::new("."), Interrupt::none());
        let commands = Commands { shop: here, dry: *dry, terminal, interrupt, variables: Vec::new() };
        return smoke(&Look::at(&commands, &runtime, url, None, bundle.as_deref())?, url);
    }
    let shop = &shop_folder(shop)?;
    let file = shop.join(env_file::FILE);
    let text = if file.is_file() { std::fs::read_to_string(&file) } else { Ok(String::new()) };
    let text = text.map_err(|error| CliError::machine(format!("{}: {error}", env_file::FILE)))?;
    let settings = Settings::read(&variable, &env_file::parse(&text)?, *dry)?;
    let (variables, interrupt) = (settings.variables.clone(), Interrupt::listen(&runtime)?);
    let commands = Commands { shop, dry: *dry, terminal, interrupt, variables };
    let aws = Aws { settings, commands, runtime: &runtime, bundle };
    match command {
        Some(AwsCommand::Rollback) => aws.rollback(),
        _ => aws.deploy(),
    }
}

fn smoke(look: &Look<'_>, url: &str) -> Result<(), CliError> {
    let catalog = look.all(None).map_err(|found| CliError::machine(tr!("{url} is not whole\n  {found}")))?;
    done(look.commands, &tr!("{url} is whole: pages and till are of the catalog {catalog}"));
    Ok(())
}

/// One thread listens for signals while another waits for a command.
fn runtime() -> Result<Runtime, CliError> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().map_err(|error| CliError::machine(error.to_string()))
}

/// The last line of a command.
fn done(commands: &Commands<'_>, words: &str) {
    let words = if commands.dry { tr!("this was a dry run: nothing was done") } else { words };
    commands.terminal.say(words);
}

impl<'a> Aws<'a> {
    fn terminal(&self) -> &Terminal {
        self.commands.terminal
    }

    fn say(&self, words: &str) {
        self.terminal().say(words);
    }

    fn warn(&self, words: &str) {
        self.terminal().warn(&tr!("warning: {words}"));
    }

    fn done(&self, words: &str) {
        done(&self.commands, words);
    }

    /// The shop behind CloudFront.
    fn look(&'a self, pages: &Pages) -> Result<Look<'a>, CliError> {
        let through = Some(pages.distribution.as_str());
        Look::at(&self.commands, self.runtime, &pages.address, through, self.bundle.as_deref())
    }

    /// All programs are there, and AWS knows who asks.
    fn check_programs(&self, more: &[&str]) -> Result<(), CliError> {
        if self.commands.dry {
            return Ok(());
        }
        if let Some(program) = ["aws", "sh"].iter().chain(more).find(|program| !is_there(program)) {
            return Err(CliError::machine(tr!(
                "{program} is not here\n  docs/deploy-aws.md, step 1, says how to install it"
            )));
        }
        let version = Command::new("aws").arg("--version").output();
        let version = version.map(|output| [output.stdout, output.stderr].concat()).unwrap_or_default();
        if version.starts_with(b"aws-cli/1.") {
            return Err(CliError::machine(tr!(
                "this is version 1 of the AWS CLI\n  install version 2: the release is switched in CloudFront's KeyValueStore, which version 1 cannot sign for"
            )));
        }
        let known = self.commands.ask(&["aws", "sts", "get-caller-identity"], || IgnoredAny);
        self.commands.interrupt.check()?;
        known.map(|_: IgnoredAny| ()).map_err(|_| {
            CliError::machine(tr!(
                "AWS does not know who you are: no credentials, old ones, or no way to AWS; its own words are above\n  aws sso login; the first time docs/deploy-aws.md, step 3, says how to get credentials"
            ))
        })
    }
}

/// Whether a program is in one of the folders of PATH.
fn is_there(program: &str) -> bool {
    let folders = variable("PATH").unwrap_or_default();
    let names = [program.to_owned(), format!("{program}.exe"), format!("{program}.cmd")];
    std::env::split_paths(&folders).any(|folder| names.iter().any(|name| folder.join(name).is_file()))
}
