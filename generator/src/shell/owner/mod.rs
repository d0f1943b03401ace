//! The owner's commands: orders, stock, the database. They read and write the till's database; the till sends the
//! mails and refunds that follow, within minutes.

mod said;

use std::path::Path;
use std::sync::Arc;

use catalog::StockKey;
use clap::Subcommand;
use jiff::tz::TimeZone;
use messages::{Language, tr};
use till::decide::order::Tracking;
use till::decide::owner::Refused;
use till::decide::stock::Change;
use till::links::LinkKeys;
use till::outside::clock::read_order_id;
use till::outside::mail::MailFolder;
use till::outside::store::OrderFilter;
use till::perform::stock::Rebuilt;
use till::perform::{Ledger, Sends, Till, TillError};
use till::shop::Shop;

use super::database;
use super::environment::{runtime, stripe, stripe_with};
use super::error::CliError;
use super::serve::SNAPSHOT;
use super::terminal::Terminal;
use super::undone;
use said::{called_off, log, one, remedy, shipped, stock_table, table};

/// What to do with orders.
#[derive(Debug, Subcommand)]
pub enum OrdersCommand {
    #[command(about = tr!("It left, or can be collected: the shopper is told. Again: a correction, told as one"))]
    Ship {
        #[arg(help = tr!("The order"))]
        id: String,
        #[arg(help = tr!("Who carries it"))]
        #[arg(long)]
        carrier: Option<String>,
        #[arg(help = tr!("The parcel's number"))]
        #[arg(long)]
        number: Option<String>,
        #[arg(help = tr!("Where to follow it: https://…"))]
        #[arg(long)]
        url: Option<String>,
        #[arg(help = tr!("Although the shopper withdrew, the bank disputes it, or money went back"))]
        #[arg(long)]
        anyway: bool,
    },
    #[command(about = tr!("Call it off: the money goes back, the pieces are for sale again"))]
    Cancel {
        #[arg(help = tr!("The order"))]
        id: String,
    },
    #[command(about = tr!("Try mails again that did not go, of one order or of all"))]
    Mail {
        #[arg(help = tr!("The order"))]
        id: Option<String>,
        #[arg(help = tr!("Stop showing what was given up of this order: its shopper was told in another way"))]
        #[arg(long, requires = "id")]
        drop: bool,
    },
}

/// What to do with the stock.
#[derive(Debug, Subcommand)]
pub enum StockCommand {
    #[command(about = tr!("Pieces leave: sold at a market, broken, given away"))]
    Take {
        #[arg(help = tr!("The stock key, by default the SKU"))]
        key: String,
        #[arg(help = tr!("How many"))]
        quantity: u32,
        #[arg(help = tr!("Why"))]
        #[arg(long, default_value = "taken")]
        reason: String,
    },
    #[command(about = tr!("Pieces come back: from a market, or from a shopper (--order)"))]
    Return {
        #[arg(help = tr!("The stock key, by default the SKU"))]
        key: String,
        #[arg(help = tr!("How many"))]
        quantity: u32,
        #[arg(help = tr!("The sent order that they were sold with"))]
        #[arg(long, value_name = "ID")]
        order: Option<String>,
        #[arg(help = tr!("Why"))]
        #[arg(long, default_value = "returned")]
        reason: String,
    },
    #[command(about = tr!("So many lie on the shelf: books the difference"))]
    Count {
        #[arg(help = tr!("The stock key, by default the SKU"))]
        key: String,
        #[arg(help = tr!("How many lie there, without those that are sold"))]
        quantity: u32,
    },
    #[command(about = tr!("What was taken, brought back and counted by hand, the newest first"))]
    Log {
        #[arg(help = tr!("The stock key; all without one"))]
        key: Option<String>,
    },
    #[command(about = tr!("Count again what was sold, after a database was lost"))]
    Rebuild {
        #[arg(help = tr!("From the paid sessions at Stripe"))]
        #[arg(long, required = true)]
        from_stripe: bool,
    },
}

/// How many moves `bazaar stock log` shows.
const MOST_MOVES: i64 = 500;

/// A till over the snapshot of the last build, or of `serve` if its database is used.
async fn till(shop: &Path, terminal: &Terminal) -> Result<Till, CliError> {
    let (store, local) = database::open(shop, terminal).await?;
    let served = shop.join(".bazaar").join(SNAPSHOT);
    let path = if local && served.is_file() { served } else { shop.join(".bazaar/snapshot") };
    let found = Shop::read(&path).map_err(|error| {
        CliError::usage(tr!("{path}: {error}; run `bazaar build` first", path = path.display()))
    })?;
    // Viewing orders needs no key.
    let payments = stripe().or_else(|_| stripe_with(""))?;
    let links = LinkKeys::parse(&"-".repeat(32)).map_err(CliError::machine)?;
    let mailer = Arc::new(MailFolder::new(shop.join(".bazaar/mail")));
    let sends = Sends::new(&found, mailer, links);
    Ok(Till { ledger: Ledger::new(Arc::new(found), Arc::new(store), Arc::new(payments)), sends })
}

fn refused(error: TillError) -> CliError {
    match error {
        TillError::NotNow(Refused::Stock(why)) => CliError::usage(format!("{why}{}", remedy(&why))),
        TillError::NotNow(why) => CliError::usage(why.to_string()),
        TillError::NotFound => CliError::usage(tr!("there is no such order or stock key")),
        TillError::QuantityUnavailable { sku, available } => {
            CliError::usage(tr!("{sku}: only {available} can be had"))
        }
        TillError::Reserved { sku } => CliError::usage(tr!(
            "{sku}: somebody is paying for it now\n  wait until they are done (35 minutes at most), or close their session at Stripe"
        )),
        other => CliError::failed(other),
    }
}

/// Checks the address where a parcel can be tracked: mails link to it.
fn parcel_url(written: &str) -> Result<String, CliError> {
    let refuse =
        |why: &str| CliError::usage(tr!("--url {written}: {why}\n  copy the whole address: https://…"));
    match catalog::web::link(written) {
        Ok(url) if url.starts_with("https://") => Ok(url),
        Ok(_) => Err(refuse(tr!("it begins with https://"))),
        Err(error) => Err(refuse(&error.to_string())),
    }
}

/// `bazaar orders`.
pub(super) fn orders(
    shop: &Path,
    id: Option<&str>,
    command: Option<&OrdersCommand>,
    as_json: bool,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let runtime = runtime()?;
    runtime.block_on(async {
        let till = till(shop, terminal).await?;
        match (command, id) {
            (Some(OrdersCommand::Ship { id, carrier, number, url, anyway }), _) => {
                let id = &find(&till, id, FEWEST).await?;
                // An empty address removes the link.
                let url = match url.as_deref().map(str::trim) {
                    Some("") => Some(String::new()),
                    Some(url) => Some(parcel_url(url)?),
                    None => None,
                };
                let given = Tracking { carrier: carrier.clone(), number: number.clone(), url };
                let before = till.ledger.store.order(id).await.map_err(CliError::failed)?;
                let order = till.ledger.ship(id, &given, *anyway).await.map_err(refused)?;
                terminal.say(&shipped(before.as_ref(), &order));
            }
            (Some(OrdersCommand::Cancel { id }), _) => {
                let id = &find(&till, id, FEWEST).await?;
                let before = till.ledger.store.order(id).await.map_err(CliError::failed)?;
                let order = till.ledger.cancel(id).await.map_err(refused)?;
                terminal.say(&called_off(before.as_ref(), &order));
            }
            (Some(OrdersCommand::Mail { id, drop }), _) => {
                let id = match id {
                    Some(id) => Some(find(&till, id, FEWEST).await?),
                    None => None,
                };
                terminal.say(&undone::retry(&till, id.as_deref(), *drop).await?);
            }
            (None, Some(id)) => {
                let id = &find(&till, id, 1).await?;
                let order = till.ledger.store.order(id).await.map_err(CliError::failed)?;
                let order = order.ok_or_else(|| CliError::usage(tr!("there is no order {id}")))?;
                let undone = till.ledger.store.undone_tasks(Some(id)).await.map_err(CliError::failed)?;
                let zone = zone(&till);
                terminal.print(&if as_json {
                    pretty(&undone::Shown::new(&order, &undone))?
                } else {
                    one(&order, &till.sends.templates.address_lines(&order, Language::spoken().tag()), &zone)
                        + &undone::list(&undone, &zone)
                });
            }
            (None, None) => {
                let filter = OrderFilter { payment: None, limit: 200 };
                let all = till.ledger.store.orders(&filter).await.map_err(CliError::failed)?;
                let undone = till.ledger.store.undone_tasks(None).await.map_err(CliError::failed)?;
                let shown: Vec<_> = all.iter().map(|order| undone::Shown::new(order, &undone)).collect();
                terminal.print(&if as_json {
                    pretty(&shown)?
                } else {
                    table(&all, &undone, &zone(&till)) + &undone::sum(&undone)
                });
            }
        }
        Ok(())
    })
}

/// How much of an order's id is required to change it: one mistyped letter must not cancel another order.
const FEWEST: usize = 4;

/// Finds the order meant: upper or lower case, with dashes, spaces or neither, complete or only its beginning.
///
/// # Errors
/// When no order matches, or more than one, or `typed` is too short.
async fn find(till: &Till, typed: &str, fewest: usize) -> Result<String, CliError> {
    let none = || CliError::usage(tr!("there is no order {typed}\n  `bazaar orders` lists them"));
    if till.ledger.store.order(typed).await.map_err(CliError::failed)?.is_some() {
        return Ok(typed.to_owned());
    }
    let letters = read_order_id(typed).ok_or_else(none)?;
    let mut found = till.ledger.store.orders_beginning(&letters, 6).await.map_err(CliError::failed)?;
    match found.len() {
        0 => Err(none()),
        1 if letters.len() < fewest => Err(CliError::usage(tr!(
            "{typed} is too short to be sure\n  do you mean {found}? Give at least {fewest} letters",
            found = found[0]
        ))),
        1 => Ok(found.remove(0)),
        some => {
            let more = if some > 5 { ", …" } else { "" };
            found.truncate(5);
            Err(CliError::usage(tr!(
                "several orders begin with {letters}: {found}{more}\n  give more letters",
                found = found.join(", ")
            )))
        }
    }
}

/// `bazaar stock`.
pub(super) fn stock(
    shop: &Path,
    command: Option<&StockCommand>,
    as_json: bool,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let runtime = runtime()?;
    runtime.block_on(async {
        let till = till(shop, terminal).await?;
        match command {
            None => {
                let taken = till.ledger.all_taken().await.map_err(refused)?;
                terminal.print(&stock_table(&till, &taken, as_json)?);
            }
            Some(StockCommand::Log { key }) => {
                let key = key.as_deref().map(stock_key).transpose()?;
                let moves = till.ledger.store.moves(key.as_ref(), MOST_MOVES).await.map_err(CliError::failed)?;
                terminal.print(&if as_json { pretty(&moves)? } else { log(&moves, &zone(&till)) });
            }
            Some(StockCommand::Take { key, quantity, reason }) => {
                move_stock(&till, key, Change::Take(i64::from(*quantity)), reason, terminal).await?;
            }
            Some(StockCommand::Return { key, quantity, order: Some(id), .. }) => {
                let name = stock_key(key)?;
                let pieces = i64::from(*quantity);
                let order = till.ledger.take_back(id, &name, pieces).await.map_err(refused)?;
                let left = available(&till, &name).await?;
                terminal.say(&tr!("{key}: {pieces} back from {order}, {left}", order = order.id));
            }
            Some(StockCommand::Return { key, quantity, reason, order: None }) => {
                move_stock(&till, key, Change::Return(i64::from(*quantity)), reason, terminal).await?;
            }
            Some(StockCommand::Count { key, quantity }) => {
                move_stock(&till, key, Change::Count(i64::from(*quantity)), "counted", terminal).await?;
            }
            Some(StockCommand::Rebuild { .. }) => {
                let ledger = Ledger { payments: Arc::new(stripe()?), ..till.ledger };
                let Rebuilt { sessions, lost, pieces, asked, oversold } = ledger.rebuild_stock().await.map_err(refused)?;
                terminal.say(&tr!(
                    "sessions that sold something: {sessions}; {lost} of them without an order here, whose pieces count as sold: {pieces}\n  orders that the till asks Stripe about again, at its next sweeps: {asked}\n  what of the lost orders came back: bazaar stock return KEY N"
                ));
                for (key, more) in &oversold {
                    terminal.say(&tr!(
                        "{key}: {more} sold that are not there; look at the orders that have it, here and at Stripe, and refund what is too many"
                    ));
                }
            }
        }
        Ok(())
    })
}

fn stock_key(text: &str) -> Result<StockKey, CliError> {
    StockKey::new(text).ok_or_else(|| CliError::usage(tr!("`{text}` is no stock key")))
}

async fn move_stock(
    till: &Till,
    key: &str,
    change: Change,
    reason: &str,
    terminal: &Terminal,
) -> Result<(), CliError> {
    let name = stock_key(key)?;
    let delta = till.ledger.move_stock(&name, change, reason).await.map_err(refused)?.delta();
    let left = available(till, &name).await?;
    let words = match change {
        Change::Count(counted) if delta == 0 => tr!("{counted}, as the books say"),
        _ if delta >= 0 => tr!("{delta} taken"),
        _ => tr!("{back} back", back = -delta),
    };
    terminal.say(&format!("{key}: {words}, {left}"));
    Ok(())
}

/// The shop's time zone.
fn zone(till: &Till) -> TimeZone {
    TimeZone::get(&till.ledger.shop.settings.timezone).unwrap_or(TimeZone::UTC)
}

async fn available(till: &Till, key: &StockKey) -> Result<String, CliError> {
    let taken = till.ledger.all_taken().await.map_err(refused)?.get(key).copied().unwrap_or_default();
    let left = till.ledger.shop.supply(key).and_then(|supply| supply.available(taken));
    Ok(left.map_or_else(|| tr!("no limit").to_owned(), |left| tr!("{left} can be had")))
}

fn pretty(value: &impl serde::Serialize) -> Result<String, CliError> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(CliError::failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::terminal::time;
    use catalog::Timestamp;

    #[test]
    fn times_are_the_shops_and_say_so() {
        let zone = |name: &str| TimeZone::get(name).expect("a zone");
        for (at, name, said) in [
            (1_795_348_800, "Europe/Paris", "2026-11-22 13:00 CET"),
            (1_784_980_800, "Europe/Paris", "2026-07-25 14:00 CEST"),
            (1_795_348_800, "America/Sao_Paulo", "2026-11-22 09:00 -03"),
            (1_795_348_800, "UTC", "2026-11-22 12:00 UTC"),
        ] {
            assert_eq!(time(Timestamp(at), &zone(name)), said);
        }
    }
}
