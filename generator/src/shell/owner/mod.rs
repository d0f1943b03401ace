//! The owner's commands about orders and stock. They read and write the till's database; the till sends the
//! mails and refunds that follow, within minutes.

mod orders;
mod said;
mod stock;

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use messages::tr;
use till::decide::owner::Refused;
use till::links::LinkKeys;
use till::outside::mail::MailFolder;
use till::perform::{Ledger, Sends, Till, TillError};
use till::shop::Shop;

use super::database;
use super::environment::{stripe, stripe_with};
use super::error::CliError;
use super::serve::SNAPSHOT;
use super::terminal::Terminal;
pub use orders::OrdersCommand;
pub(super) use orders::orders;
use said::remedy;
pub use stock::StockCommand;
pub(super) use stock::stock;

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

/// The shop's time zone.
fn zone(till: &Till) -> TimeZone {
    TimeZone::get(&till.ledger.shop.settings.timezone).unwrap_or(TimeZone::UTC)
}

fn pretty(value: &impl serde::Serialize) -> Result<String, CliError> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(CliError::failed)
}

#[cfg(test)]
mod tests {
    use catalog::Timestamp;
    use jiff::tz::TimeZone;

    use crate::shell::terminal::time;

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
