//! The till's database on the owner's terminal: which one it is, which shop it belongs to, its tables.

use std::path::Path;

use clap::Subcommand;
use messages::tr;
use till::config::DATABASE_URLS;
use till::outside::store::address::place;
use till::outside::store::sql::SqlStore;
use till::outside::store::{ShopRow, Store, StoreError};
use till::outside::stripe::{Payments, PaymentsError};

use super::environment::{DIRECT, environment, runtime, stripe};
use super::error::CliError;
use super::serve::{ITS_ORDERS, local_database};
use super::terminal::Terminal;

/// What to do with the database.
#[derive(Debug, Subcommand)]
pub enum DatabaseCommand {
    #[command(about = tr!("Make its tables and write down whose it is: once"))]
    Init,
    #[command(about = tr!("Bring the tables of a shop's database to this version: at every publishing"))]
    Migrate,
}

/// The first of these variables that is set.
fn named(names: &[&str]) -> Option<String> {
    let environment = environment();
    names.iter().find_map(|name| environment.get(name).filter(|url| !url.trim().is_empty()).cloned())
}

/// The database of the environment, or that of `serve`, in which case the terminal says so. Returns whether it is that of `serve`.
///
/// # Errors
/// When nothing has been served here yet, when it does not answer, and when it belongs to no shop.
pub(super) async fn open(shop: &Path, terminal: &Terminal) -> Result<(SqlStore, bool), CliError> {
    let (url, local) = match named(&DATABASE_URLS) {
        Some(url) => (url, false),
        None => (local_database(shop), true),
    };
    if local && !shop.join(".bazaar/till.db").is_file() {
        return Err(CliError::usage(tr!(
            "DATABASE_URL is not set, and `bazaar serve` has taken no orders here\n  set DATABASE_URL to see those of the shop: docs/database.md"
        )));
    }
    let store = SqlStore::connect(&url, 1).map_err(|error| unreachable(&url, &error))?;
    if owner_of(&store, &url).await?.is_none() {
        return Err(CliError::usage(tr!(
            "{place} is no shop's database yet\n  run `bazaar database init` once: docs/database.md",
            place = place(&url)
        )));
    }
    if local {
        terminal.say(tr!("the orders of `bazaar serve`; for those of the shop set DATABASE_URL"));
    }
    Ok((store, local))
}

/// The shop that it belongs to; `None` if there is none, with or without tables.
async fn owner_of(store: &SqlStore, url: &str) -> Result<Option<ShopRow>, CliError> {
    store.shop().await.map_err(|error| unreachable(url, &error))
}

/// The error for a database that does not answer: its address, and possible reasons.
fn unreachable(url: &str, error: &StoreError) -> CliError {
    if let StoreError::Pooler(_) = error {
        return CliError::machine(format!("{}: {error}", place(url)));
    }
    let certificate = url.split(['?', '&']).find_map(|pair| pair.strip_prefix("sslrootcert="));
    let remedy = match certificate.filter(|file| *file != "system" && !Path::new(file).is_file()) {
        Some(file) => tr!("there is no file {file}, which its sslrootcert names"),
        None => tr!("does it run, and are host, user and password right? In user and password write %40 for @, %3A for :, %2F for /, %25 for %")
            .to_owned(),
    };
    CliError::machine(format!("{}: {error}\n  {remedy}", place(url)))
}

fn orders_of(row: &ShopRow) -> String {
    let account = &row.stripe_account;
    if row.livemode { tr!("the live orders of {account}") } else { tr!("the test orders of {account}") }
}

pub(super) fn database(command: &DatabaseCommand, terminal: &Terminal) -> Result<(), CliError> {
    let url = named(&DIRECT).ok_or_else(|| {
        CliError::usage(tr!(
            "no database is named\n  set DATABASE_DIRECT_URL, or DATABASE_URL: docs/database.md (`bazaar serve` makes its own by itself)"
        ))
    })?;
    runtime()?.block_on(async {
        let store = SqlStore::connect(&url, 1).map_err(|error| unreachable(&url, &error))?;
        match command {
            DatabaseCommand::Init => init(&store, &url, terminal).await,
            DatabaseCommand::Migrate => migrate(&store, &url, terminal).await,
        }
    })
}

async fn init(store: &SqlStore, url: &str, terminal: &Terminal) -> Result<(), CliError> {
    let stripe = stripe()?;
    let account = stripe.account().await.map_err(|error| {
        let remedy = match &error {
            PaymentsError::Refused { code, .. } if code == "401" || code == "api_key_expired" => {
                tr!("does Stripe still know this key? Copy it again: docs/stripe.md")
            }
            PaymentsError::Refused { .. } => {
                tr!("a restricted key may not say whose it is: use the secret key, sk_…, for this once")
            }
            PaymentsError::Unknown(_) => tr!("is Stripe reachable from here? Try again; nothing was done"),
        };
        CliError::machine(format!("{error}\n  {remedy}"))
    })?;
    let ours = ShopRow { stripe_account: account.id, livemode: stripe.livemode() };
    if let Some(row) = owner_of(store, url).await?.filter(|row| *row != ours) {
        let why = if row.stripe_account == ITS_ORDERS {
            tr!("it keeps trial orders of `bazaar serve`: take an empty one").to_owned()
        } else {
            tr!(
                "it keeps {theirs}, and the key is for {ours}",
                theirs = orders_of(&row),
                ours = orders_of(&ours)
            )
        };
        return Err(CliError::usage(tr!(
            "{place} cannot be this shop's database\n  {why}",
            place = place(url)
        )));
    }
    store.migrate().await.map_err(CliError::failed)?;
    if !store.claim_shop(&ours).await.map_err(CliError::failed)? {
        return Err(CliError::usage(tr!(
            "{place} was made another's in this very moment",
            place = place(url)
        )));
    }
    terminal.say(&tr!(
        "the database keeps {orders} ({place})",
        orders = orders_of(&ours),
        place = place(url)
    ));
    Ok(())
}

/// An empty database belongs to no shop: with it every unique piece would be sold again. So it is refused, and never initialised here.
async fn migrate(store: &SqlStore, url: &str, terminal: &Terminal) -> Result<(), CliError> {
    let Some(row) = owner_of(store, url).await? else {
        return Err(CliError::usage(tr!(
            "{place} is no shop's database yet, so there is nothing to bring up to date\n  a new shop: run `bazaar database init` once; a lost database: see docs/operations.md before anything else",
            place = place(url)
        )));
    };
    store.migrate().await.map_err(CliError::failed)?;
    terminal.say(&tr!(
        "the database with {orders} is up to date ({place})",
        orders = orders_of(&row),
        place = place(url)
    ));
    Ok(())
}
