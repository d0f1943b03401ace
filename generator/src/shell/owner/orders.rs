//! `bazaar orders`: lists them, shows one, ships and cancels, and tries mails again.

use std::path::Path;

use clap::Subcommand;
use messages::{Language, tr};
use till::decide::order::Tracking;
use till::outside::clock::read_order_id;
use till::outside::store::OrderFilter;
use till::perform::Till;

use super::said::{called_off, one, shipped, table};
use super::{pretty, refused, till, zone};
use crate::shell::environment::runtime;
use crate::shell::error::CliError;
use crate::shell::terminal::Terminal;
use crate::shell::undone;

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
pub(in crate::shell) fn orders(
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
