//! `bazaar stock`: what there is and what was sold; pieces that leave, come back or are counted by hand.

use std::path::Path;
use std::sync::Arc;

use catalog::StockKey;
use clap::Subcommand;
use messages::tr;
use till::decide::stock::Change;
use till::perform::stock::Rebuilt;
use till::perform::{Ledger, Till};

use super::said::{log, stock_table};
use super::{pretty, refused, till, zone};
use crate::shell::environment::{runtime, stripe};
use crate::shell::error::CliError;
use crate::shell::terminal::Terminal;

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

/// `bazaar stock`.
pub(in crate::shell) fn stock(
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

async fn available(till: &Till, key: &StockKey) -> Result<String, CliError> {
    let taken = till.ledger.all_taken().await.map_err(refused)?.get(key).copied().unwrap_or_default();
    let left = till.ledger.shop.supply(key).and_then(|supply| supply.available(taken));
    Ok(left.map_or_else(|| tr!("no limit").to_owned(), |left| tr!("{left} can be had")))
}
