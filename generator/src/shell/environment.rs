//! What the machine gives a command: variables, the clock, the folder that it stands in, a runtime; and Stripe with the key that
//! is set. The only place that reads the clock and the environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use catalog::Timestamp;
use messages::{Language, tr};
use pages::stage::parse::dates;
use till::config::DATABASE_URLS;
use till::outside::stripe::Stripe;

use super::error::CliError;

/// Variables that are set, by name.
pub(super) type Environment = BTreeMap<&'static str, String>;

/// Variables that name the database for commands that change its tables, in this order: the database itself before its pooler,
/// which keeps no session and therefore no lock.
pub(super) const DIRECT: [&str; 5] = [
    "DATABASE_DIRECT_URL",
    DATABASE_URLS[0],
    "NETLIFY_DATABASE_URL_UNPOOLED",
    DATABASE_URLS[1],
    DATABASE_URLS[2],
];

/// The variables of the till and of its owner, as far as they are set.
pub(super) fn environment() -> Environment {
    let names = till::config::VARIABLES.iter().map(|(name, _)| *name).chain(DIRECT);
    names.filter_map(|name| Some((name, variable(name)?))).collect()
}

/// One variable, if it is set.
#[allow(clippy::disallowed_methods, reason = "the one place where the environment is read")]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The language of the messages: BAZAAR_LANG, else the system's (LANGUAGE, LC_ALL, LC_MESSAGES, LANG).
pub(super) fn spoken() -> Language {
    let named = variable("BAZAAR_LANG").filter(|locale| !locale.is_empty());
    named.or_else(sys_locale::get_locale).map_or(Language::English, |locale| Language::of_locale(&locale))
}

#[allow(clippy::disallowed_methods, reason = "the one place where a build's instant comes from")]
pub(super) fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_secs()).unwrap_or(0))
}

/// The instant that was asked for, or this one.
pub(super) fn at(now: Option<&str>) -> Result<Timestamp, CliError> {
    let Some(written) = now else { return Ok(clock()) };
    dates::read(written, &jiff::tz::TimeZone::UTC, false).ok_or_else(|| {
        CliError::usage(tr!(
            "--now is a date, 2026-11-02, or an instant, 2026-11-02T18:00:00+01:00; not `{written}`"
        ))
    })
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

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::machine(error.to_string()))
}

/// Stripe with the key of the environment.
///
/// # Errors
/// When there is none, or one that is no secret.
pub(super) fn stripe() -> Result<Stripe, CliError> {
    let key = environment().get("STRIPE_SECRET_KEY").map(|key| key.trim().to_owned()).unwrap_or_default();
    if !(key.starts_with("sk_") || key.starts_with("rk_")) {
        let what = if key.is_empty() {
            tr!("STRIPE_SECRET_KEY is not set")
        } else {
            tr!("STRIPE_SECRET_KEY is no secret key")
        };
        let kinds = tr!("it begins with sk_ or rk_, and is for tests or for real orders: docs/stripe.md");
        return Err(CliError::usage(format!("{what}\n  {kinds}")));
    }
    stripe_with(&key)
}

pub(super) fn stripe_with(key: &str) -> Result<Stripe, CliError> {
    let url = environment().get("STRIPE_API_URL").cloned();
    Stripe::new(key, url.as_deref()).map_err(|error| CliError::usage(format!("STRIPE_SECRET_KEY: {error}")))
}
