//! The arguments of the command line, with the help text of each.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use messages::tr;

use super::database::DatabaseCommand;
use super::diff;
use super::init::{Host, Starter};
use super::owner::{OrdersCommand, StockCommand};
use super::package::{Sells, Target};
use super::prepare::PrepareArgs;
use super::publish::PublishCommand;

/// A shop that is a folder of text files.
#[derive(Debug, Parser)]
#[command(name = "bazaar", version, about = tr!("bazaar: a shop that is a folder of text files"), max_term_width = 100)]
pub struct Cli {
    #[arg(help = tr!("The shop's folder; by default the nearest parent with content/shop.yaml"))]
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) shop: Option<PathBuf>,
    #[arg(help = tr!("Say only what is wrong"))]
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    #[arg(help = tr!("Colours: auto, always or never"))]
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub(super) color: Colour,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    #[command(about = tr!("Make the site"))]
    Build(BuildArgs),
    #[command(about = tr!("Find every mistake, write nothing"))]
    Check(CheckArgs),
    #[command(about = tr!("Show the shop in the browser while you edit it"))]
    Serve(ServeArgs),
    #[command(about = tr!("Put the shop's prices and stock into the till's program, ready for a host"))]
    Package(PackageArgs),
    #[command(about = tr!("All that a host publishes: ask the till what is sold, build, package, bring the database up to date"))]
    Prepare(PrepareArgs),
    #[command(about = tr!("Publish the shop on a host, pages and till as one"))]
    Publish {
        #[command(subcommand)]
        host: PublishCommand,
    },
    #[command(about = tr!("What a change does to the shop: products, prices, supply, lost addresses"))]
    Diff {
        #[arg(help = tr!("What it was: a git revision, or a folder"))]
        base: String,
        #[arg(help = tr!("What it is now; the shop's folder as it lies there when left out"))]
        head: Option<String>,
        #[arg(help = tr!("The form of the output"))]
        #[arg(long, value_enum, default_value_t = diff::Form::Human)]
        format: diff::Form,
        #[arg(help = tr!("The instant to compare at: 2026-11-02, or with time and offset; now when left out"))]
        #[arg(long, value_name = "DATE")]
        now: Option<String>,
    },
    #[command(about = tr!("Begin a new file"))]
    New {
        #[command(subcommand)]
        what: New,
    },
    #[command(about = tr!("Begin a new shop"))]
    Init {
        #[arg(help = tr!("The new shop's folder"))]
        dir: PathBuf,
        #[arg(help = tr!("The language of its texts"))]
        #[arg(long, value_enum, default_value_t = Starter::Fr)]
        lang: Starter,
        #[arg(help = tr!("Who will publish it"))]
        #[arg(long, value_enum, default_value_t = Host::Netlify)]
        host: Host,
    },
    #[command(about = tr!("Look at orders, ship them, call them off"))]
    Orders {
        #[arg(help = tr!("One order"))]
        id: Option<String>,
        #[command(subcommand)]
        command: Option<OrdersCommand>,
        #[arg(help = tr!("As JSON, for programs"))]
        #[arg(long, global = true)]
        json: bool,
    },
    #[command(about = tr!("Look at the stock; take pieces away, bring them back, count them"))]
    Stock {
        #[command(subcommand)]
        command: Option<StockCommand>,
        #[arg(help = tr!("As JSON, for programs"))]
        #[arg(long, global = true)]
        json: bool,
    },
    #[command(about = tr!("The shop's theme: words in another language"))]
    Theme {
        #[command(subcommand)]
        command: ThemeCommand,
    },
    #[command(about = tr!("The till's database"))]
    Database {
        #[command(subcommand)]
        command: DatabaseCommand,
    },
    #[command(about = tr!("Print the JSON Schema of the files, for text editors"))]
    Schema {
        #[arg(help = tr!("One kind only: shop, product, category, collection, maker, page or translation"))]
        kind: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum New {
    #[command(about = tr!("A product's file with every field explained"))]
    Product {
        #[arg(help = tr!("The product's name"))]
        title: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ThemeCommand {
    #[command(about = tr!("Write the file in which the theme's words are translated into a language, or corrected"))]
    Words {
        #[arg(help = tr!("The language: de, pt-BR"))]
        lang: String,
        #[arg(help = tr!("The language to translate from; the shop's first when left out"))]
        #[arg(long, value_name = "LANG")]
        from: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    #[arg(help = tr!("The port; without it the first free one from 8111 on"))]
    #[arg(long, value_name = "N")]
    pub(super) port: Option<u16>,
    #[arg(help = tr!("Open the browser"))]
    #[arg(long)]
    pub(super) open: bool,
    #[command(flatten)]
    pub(super) site: SiteArgs,
}

/// What a site is made from.
#[derive(Debug, Args)]
pub(super) struct SiteArgs {
    #[arg(help = tr!("Where the site will be, if not at shop.yaml's url"))]
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    #[arg(help = tr!("Show drafts and what is not published yet"))]
    #[arg(long)]
    pub(super) drafts: bool,
    #[arg(help = tr!("The instant to build for: 2026-11-02, or with time and offset; now when left out"))]
    #[arg(long, value_name = "DATE")]
    pub(super) now: Option<String>,
    #[arg(help = tr!("What is sold, as the till tells it"))]
    #[arg(long, value_name = "FILE")]
    pub(super) stock: Option<PathBuf>,
    #[arg(help = tr!("Threads; all cores when left out"))]
    #[arg(long, value_name = "N")]
    pub(super) jobs: Option<usize>,
}

#[derive(Debug, Args)]
pub(super) struct BuildArgs {
    #[arg(help = tr!("Where the site goes; dist in the shop's folder when left out"))]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    #[arg(help = tr!("Measure what each kind of page costs a visitor, and warn of what is over budget"))]
    #[arg(long)]
    pub(super) report: bool,
    #[command(flatten)]
    pub(super) site: SiteArgs,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[arg(help = tr!("The form of the output"))]
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) site: SiteArgs,
}

#[derive(Debug, Args)]
pub(super) struct PackageArgs {
    #[arg(help = tr!("Who runs it"))]
    #[arg(long, value_enum)]
    pub(super) target: Target,
    #[arg(help = tr!("Where it may sell"))]
    #[arg(long, value_enum)]
    pub(super) context: Sells,
    #[arg(help = tr!("The till's program; `till` beside `bazaar` when left out"))]
    #[arg(long, value_name = "PATH")]
    pub(super) binary: Option<PathBuf>,
    #[arg(help = tr!("Where the package goes; .bazaar/netlify or .bazaar/lambda in the shop's folder when left out"))]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    #[arg(help = tr!("The site that is published with it; dist in the shop's folder when left out"))]
    #[arg(long, value_name = "DIR")]
    pub(super) site: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
    Github,
}
