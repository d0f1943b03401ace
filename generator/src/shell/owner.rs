//! The owner at the terminal: orders, stock, the database. Reads and writes the till's database; mails and refunds that follow
//! are done by the till, within minutes.

use std::path::Path;

use catalog::supply::Taken;
use catalog::{MoneyFormat, StockKey, Supply};
use clap::Subcommand;
use jiff::tz::TimeZone;
use serde_json::json;
use till::decide::order::Tracking;
use till::decide::{Order, Payment};
use till::letters::{Letters, address_lines};
use till::links::LinkKeys;
use till::outside::clock::{SystemClock, read_order_id};
use till::outside::hook::NoHook;
use till::outside::mail::MailFolder;
use till::outside::store::{OrderFilter, Undone};
use till::outside::stripe::Stripe;
use till::perform::{Limits, Till, TillError};
use till::shop::Shop;

use super::cli::{Stop, environment};
use super::database;
use super::serve::SNAPSHOT;
use super::terminal::Terminal;
use super::undone;

/// What to do with orders.
#[derive(Debug, Subcommand)]
pub enum OrdersCommand {
    /// It left: the shopper is told
    Ship {
        /// The order
        id: String,
        /// Who carries it
        #[arg(long)]
        carrier: Option<String>,
        /// The parcel's number
        #[arg(long)]
        number: Option<String>,
        /// Where to follow it: https://…
        #[arg(long)]
        url: Option<String>,
    },
    /// Call it off: the money goes back, the pieces are for sale again
    Cancel {
        /// The order
        id: String,
    },
    /// Try mails again that did not go, of one order or of all
    Mail {
        /// The order
        id: Option<String>,
        /// Stop showing what was given up of this order: its shopper was told in another way
        #[arg(long, requires = "id")]
        drop: bool,
    },
}

/// What to do with the stock.
#[derive(Debug, Subcommand)]
pub enum StockCommand {
    /// Pieces leave: sold at a market, broken, given away
    Take {
        /// The stock key, by default the SKU
        key: String,
        /// How many
        quantity: u32,
        /// Why
        #[arg(long, default_value = "taken")]
        reason: String,
    },
    /// Pieces come back
    Return {
        /// The stock key, by default the SKU
        key: String,
        /// How many
        quantity: u32,
        /// Why
        #[arg(long, default_value = "returned")]
        reason: String,
    },
    /// So many lie on the shelf: books the difference
    Count {
        /// The stock key, by default the SKU
        key: String,
        /// How many lie there
        quantity: u32,
    },
    /// Count again what was sold, after a database was lost
    Rebuild {
        /// From the paid sessions at Stripe
        #[arg(long, required = true)]
        from_stripe: bool,
    },
}

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Stop> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Stop::machine(error.to_string()))
}

/// Stripe with the key of the environment.
///
/// # Errors
/// When there is none, or one that is no secret.
pub(super) fn stripe() -> Result<Stripe, Stop> {
    let key = environment().get("STRIPE_SECRET_KEY").map(|key| key.trim().to_owned()).unwrap_or_default();
    if !(key.starts_with("sk_") || key.starts_with("rk_")) {
        let what = if key.is_empty() { "is not set" } else { "is no secret key" };
        return Err(Stop::usage(format!(
            "STRIPE_SECRET_KEY {what}\n  it begins with sk_ or rk_, and is for tests or for real orders: docs/stripe.md"
        )));
    }
    stripe_with(&key)
}

fn stripe_with(key: &str) -> Result<Stripe, Stop> {
    let url = environment().get("STRIPE_API_URL").cloned();
    Stripe::new(key, url.as_deref()).map_err(|error| Stop::usage(format!("STRIPE_SECRET_KEY: {error}")))
}

/// A till over the snapshot of the last build.
async fn till(shop: &Path, terminal: &Terminal) -> Result<Till, Stop> {
    let (store, local) = database::open(shop, terminal).await?;
    let served = shop.join(".bazaar").join(SNAPSHOT);
    let path = if local && served.is_file() { served } else { shop.join(".bazaar/snapshot") };
    let found = Shop::read(&path)
        .map_err(|error| Stop::usage(format!("{}: {error}; run `bazaar build` first", path.display())))?;
    // Looking at orders needs no key.
    let payments = stripe().or_else(|_| stripe_with(""))?;
    Ok(Till {
        base: found.settings.url.clone(),
        letters: std::sync::Arc::new(Letters::new(&found.settings)),
        shop: std::sync::Arc::new(found),
        store: std::sync::Arc::new(store),
        payments: std::sync::Arc::new(payments),
        post: std::sync::Arc::new(MailFolder::new(shop.join(".bazaar/mail"))),
        hook: std::sync::Arc::new(NoHook),
        clock: std::sync::Arc::new(SystemClock),
        links: LinkKeys::parse(&"-".repeat(32)).map_err(Stop::machine)?,
        limits: Limits::default(),
        owner: None,
        checked: std::sync::Arc::default(),
    })
}

pub(super) fn failed(error: impl std::fmt::Display) -> Stop {
    Stop::machine(error.to_string())
}

fn refused(error: TillError) -> Stop {
    match error {
        TillError::NotNow(why) => Stop::usage(why.to_string()),
        TillError::NotFound => Stop::usage("there is no such order or stock key"),
        TillError::QuantityUnavailable { sku, available } => {
            Stop::usage(format!("{sku}: only {available} can be had"))
        }
        TillError::Reserved { sku } => Stop::usage(format!(
            "{sku}: somebody is paying for it now\n  wait until they are done (35 minutes at most), or close their session at Stripe"
        )),
        other => failed(other),
    }
}

/// Where a parcel can be followed: it stands in a mail, as a link.
fn parcel_url(written: &str) -> Result<String, Stop> {
    let refuse =
        |why: &str| Stop::usage(format!("--url {written}: {why}\n  copy the whole address: https://…"));
    match catalog::web::link(written) {
        Ok(url) if url.starts_with("https://") => Ok(url),
        Ok(_) => Err(refuse("it begins with https://")),
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
) -> Result<(), Stop> {
    let runtime = runtime()?;
    runtime.block_on(async {
        let till = till(shop, terminal).await?;
        match (command, id) {
            (Some(OrdersCommand::Ship { id, carrier, number, url }), _) => {
                let id = &find(&till, id, FEWEST).await?;
                let url = url.as_deref().map(parcel_url).transpose()?;
                let tracking = Tracking { carrier: carrier.clone(), number: number.clone(), url };
                let order = till.ship(id, &tracking).await.map_err(refused)?;
                terminal.say(&format!("{} is on its way; the till tells {}", order.id, who(&order)));
            }
            (Some(OrdersCommand::Cancel { id }), _) => {
                let id = &find(&till, id, FEWEST).await?;
                let order = till.cancel(id).await.map_err(refused)?;
                let total = money(&order, order.total);
                terminal.say(&format!(
                    "{} is called off; the till gives {total} back to {}",
                    order.id,
                    who(&order)
                ));
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
                let order = till.store.order(id).await.map_err(failed)?;
                let order = order.ok_or_else(|| Stop::usage(format!("there is no order {id}")))?;
                let undone = till.store.undone_tasks(Some(id)).await.map_err(failed)?;
                let zone = zone(&till);
                terminal.print(&if as_json {
                    pretty(&undone::Shown::new(&order, &undone))?
                } else {
                    one(&till, &order, &zone) + &undone::list(&undone, &zone)
                });
            }
            (None, None) => {
                let filter = OrderFilter { payment: None, limit: 200 };
                let all = till.store.orders(&filter).await.map_err(failed)?;
                let undone = till.store.undone_tasks(None).await.map_err(failed)?;
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

/// How much of an order's id must be given to change it: a slip of one letter must not cancel another order.
const FEWEST: usize = 4;

/// The id of the order that is meant: in any case, with dashes, spaces or without, whole or its beginning.
///
/// # Errors
/// When there is none, or more than one.
async fn find(till: &Till, typed: &str, fewest: usize) -> Result<String, Stop> {
    let none = || Stop::usage(format!("there is no order {typed}\n  `bazaar orders` lists them"));
    if till.store.order(typed).await.map_err(failed)?.is_some() {
        return Ok(typed.to_owned());
    }
    let letters = read_order_id(typed).ok_or_else(none)?;
    let mut found = till.store.orders_beginning(&letters, 6).await.map_err(failed)?;
    match found.len() {
        0 => Err(none()),
        1 if letters.len() < fewest => Err(Stop::usage(format!(
            "{typed} is too short to be sure\n  do you mean {}? Give at least {fewest} letters",
            found[0]
        ))),
        1 => Ok(found.remove(0)),
        some => {
            let more = if some > 5 { ", …" } else { "" };
            found.truncate(5);
            Err(Stop::usage(format!(
                "several orders begin with {letters}: {}{more}\n  give more letters",
                found.join(", ")
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
) -> Result<(), Stop> {
    let runtime = runtime()?;
    runtime.block_on(async {
        let till = till(shop, terminal).await?;
        match command {
            None => {
                let taken = till.all_taken().await.map_err(refused)?;
                terminal.print(&stock_table(&till, &taken, as_json)?);
            }
            Some(StockCommand::Take { key, quantity, reason }) => {
                move_stock(&till, key, i64::from(*quantity), reason, terminal).await?;
            }
            Some(StockCommand::Return { key, quantity, reason }) => {
                move_stock(&till, key, -i64::from(*quantity), reason, terminal).await?;
            }
            Some(StockCommand::Count { key, quantity }) => {
                let name = stock_key(key)?;
                let supply = till.shop.supply(&name).ok_or_else(|| refused(TillError::NotFound))?;
                let Supply::Pieces(pieces) = supply else {
                    return Err(Stop::usage(format!("{key} is made to order: there is nothing to count")));
                };
                let taken = till.all_taken().await.map_err(refused)?.get(&name).copied().unwrap_or_default();
                // Held pieces still lie on the shelf.
                let expected = i64::from(pieces) - taken.sold - taken.away;
                let delta = expected - i64::from(*quantity);
                if delta == 0 {
                    terminal.say(&format!("{key}: {quantity}, as the books say"));
                } else {
                    move_stock(&till, key, delta, "counted", terminal).await?;
                }
            }
            Some(StockCommand::Rebuild { .. }) => {
                let (sold, sessions) = stripe()?.paid_pieces().await.map_err(failed)?;
                for (key, quantity) in &sold {
                    till.store.set_sold(key, *quantity).await.map_err(failed)?;
                }
                let pieces: i64 = sold.values().sum();
                terminal.say(&format!(
                    "{pieces} pieces of {sessions} paid sessions count as sold\n  what was refunded and came back: bazaar stock return KEY N"
                ));
            }
        }
        Ok(())
    })
}

fn stock_key(text: &str) -> Result<StockKey, Stop> {
    StockKey::new(text).ok_or_else(|| Stop::usage(format!("`{text}` is no stock key")))
}

async fn move_stock(
    till: &Till,
    key: &str,
    delta: i64,
    reason: &str,
    terminal: &Terminal,
) -> Result<(), Stop> {
    let name = stock_key(key)?;
    till.move_stock(&name, delta, reason).await.map_err(refused)?;
    let taken = till.all_taken().await.map_err(refused)?.get(&name).copied().unwrap_or_default();
    let left = till.shop.supply(&name).and_then(|supply| supply.available(taken));
    let left = left.map_or_else(|| "no limit".to_owned(), |left| format!("{left} can be had"));
    let words = if delta >= 0 { format!("{delta} taken") } else { format!("{} back", -delta) };
    terminal.say(&format!("{key}: {words}, {left}"));
    Ok(())
}

fn who(order: &Order) -> String {
    order
        .customer
        .name
        .clone()
        .or_else(|| order.customer.email.clone())
        .unwrap_or_else(|| "the shopper".to_owned())
}

fn money(order: &Order, minor: i64) -> String {
    MoneyFormat::new("en", order.currency).print(minor)
}

/// The shop's time zone.
fn zone(till: &Till) -> TimeZone {
    TimeZone::get(&till.shop.settings.timezone).unwrap_or(TimeZone::UTC)
}

/// `2026-11-29 14:05 CET`: of several time zones at a glance whose it is.
pub(super) fn time(at: i64, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_second(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

fn state(order: &Order, undone: &[Undone]) -> String {
    let mut words = vec![order.payment.word()];
    if order.payment == Payment::Paid {
        words.push(order.fulfilment.word());
    }
    for (word, is) in [
        ("refund", order.refund != till::decide::Refund::None),
        ("dispute", order.dispute != till::decide::Dispute::None),
        ("withdrawn", order.withdrawn_at.is_some()),
        ("AMOUNT DIFFERS", order.flagged),
        ("NOT TOLD", undone.iter().any(|undone| undone.order_id == order.id && undone.given_up_at.is_some())),
    ] {
        if is {
            words.push(word);
        }
    }
    words.join(", ")
}

fn table(orders: &[Order], undone: &[Undone], zone: &TimeZone) -> String {
    if orders.is_empty() {
        return "no orders yet\n".to_owned();
    }
    let rows = orders.iter().map(|order| {
        format!(
            "{:<13} {:<21} {:>12}  {:<28} {}\n",
            order.id,
            time(order.created_at, zone),
            money(order, order.total),
            state(order, undone),
            who(order)
        )
    });
    rows.collect()
}

fn one(till: &Till, order: &Order, zone: &TimeZone) -> String {
    let mut text = format!("{}  {}  {}\n\n", order.id, time(order.created_at, zone), state(order, &[]));
    for line in &order.lines {
        text.push_str(&format!(
            "  {:>2} x {:<40} {:>12}\n",
            line.quantity,
            line.title,
            money(order, line.total())
        ));
        if let Some(note) = &line.note {
            text.push_str(&format!("       {note}\n"));
        }
    }
    text.push_str(&format!(
        "       {:<40} {:>12}\n",
        order.shipping.label,
        money(order, order.shipping.price)
    ));
    text.push_str(&format!("       {:<40} {:>12}\n", "total", money(order, order.total)));
    if order.refunded_amount > 0 {
        text.push_str(&format!("       {:<40} {:>12}\n", "given back", money(order, order.refunded_amount)));
    }
    text.push_str(&format!("\n  {}\n", who(order)));
    let address = address_lines(till, order, "en");
    for line in address.iter().chain(order.customer.email.iter()).chain(order.customer.phone.iter()) {
        text.push_str(&format!("  {line}\n"));
    }
    if let Some(note) = &order.gift_note {
        text.push_str(&format!("\n  to go with it: {note}\n"));
    }
    if let Some(intent) = &order.payment_intent {
        text.push_str(&format!("\n  at Stripe: {intent}\n"));
    }
    text
}

fn stock_table(
    till: &Till,
    taken: &std::collections::BTreeMap<StockKey, Taken>,
    as_json: bool,
) -> Result<String, Stop> {
    let mut supplies: std::collections::BTreeMap<StockKey, Option<Supply>> =
        taken.keys().map(|key| (key.clone(), None)).collect();
    for item in till.shop.items() {
        supplies.insert(item.stock, Some(item.supply));
    }
    let rows: Vec<(StockKey, Option<Supply>, Taken)> = supplies
        .into_iter()
        .map(|(key, supply)| {
            let taken = taken.get(&key).copied().unwrap_or_default();
            (key, supply, taken)
        })
        .collect();
    if as_json {
        let all: Vec<serde_json::Value> = rows
            .iter()
            .map(|(key, supply, taken)| {
                json!({ "key": key, "supply": supply, "sold": taken.sold, "held": taken.held, "away": taken.away,
                    "available": supply.and_then(|supply| supply.available(*taken)) })
            })
            .collect();
        return pretty(&all);
    }
    let mut text = format!(
        "{:<28} {:>9} {:>6} {:>6} {:>6} {:>9}\n",
        "key", "supply", "sold", "held", "away", "available"
    );
    for (key, supply, taken) in rows {
        let number =
            |value: Option<u32>| value.map_or_else(|| "no limit".to_owned(), |value| value.to_string());
        let (all, left) = match supply {
            Some(Supply::Pieces(pieces)) => {
                (number(Some(pieces)), number(Supply::Pieces(pieces).available(taken)))
            }
            Some(Supply::Unlimited) => (number(None), number(None)),
            None => ("gone".to_owned(), "-".to_owned()),
        };
        text.push_str(&format!(
            "{:<28} {all:>9} {:>6} {:>6} {:>6} {left:>9}\n",
            key.as_str(),
            taken.sold,
            taken.held,
            taken.away
        ));
    }
    Ok(text)
}

fn pretty(value: &impl serde::Serialize) -> Result<String, Stop> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_the_shops_and_say_so() {
        let zone = |name: &str| TimeZone::get(name).expect("a zone");
        for (at, name, said) in [
            (1_795_348_800, "Europe/Paris", "2026-11-22 13:00 CET"),
            (1_784_980_800, "Europe/Paris", "2026-07-25 14:00 CEST"),
            (1_795_348_800, "America/Sao_Paulo", "2026-11-22 09:00 -03"),
            (1_795_348_800, "UTC", "2026-11-22 12:00 UTC"),
        ] {
            assert_eq!(time(at, &zone(name)), said);
        }
    }
}
