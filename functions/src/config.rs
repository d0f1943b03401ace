//! The till's configuration, from the environment alone. Each missing or wrong variable is named, no secret is ever printed.

use std::path::PathBuf;
use std::sync::Arc;

use catalog::till::Context;
use catalog::web;
use storefront::mailbox::MailAddress;

use crate::http::{ClientSource, HttpConfig};
use crate::links::LinkKeys;
use crate::outside::hook::{Hook, HttpHook, NoHook};
use crate::outside::mail::{MailFolder, Mailer, Smtp};
use crate::outside::store::ShopRow;
use crate::outside::store::sql::SqlStore;
use crate::outside::stripe::Stripe;
use crate::perform::{Ledger, Sends, Till};
use crate::shop::Shop;
use crate::templates::Templates;

/// Reads a variable: `std::env::var`, or a test's own.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Every variable and its purpose.
pub const VARIABLES: &[(&str, &str)] = &[
    ("STRIPE_SECRET_KEY", "Stripe's secret or restricted key: sk_… or rk_…"),
    ("STRIPE_WEBHOOK_SECRETS", "the signing secrets of the webhook endpoint: whsec_…, several with commas"),
    ("STRIPE_ACCOUNT", "acct_…, so that a database of another account is refused (optional)"),
    ("STRIPE_API_URL", "another address than Stripe's own, for tests (optional)"),
    ("DATABASE_URL", "postgres://… (NETLIFY_DATABASE_URL and NETLIFY_DB_URL are read too)"),
    ("TILL_LINK_KEYS", "signs links to orders: 32 random characters or more; 1:OLD,2:NEW to change it"),
    (
        "TILL_SWEEP_SECRET",
        "who may sweep and read the exact stock: 16 random characters or more; several with commas",
    ),
    ("SMTP_URL", "smtps://user:password@host:465 or smtp://user:password@host:587"),
    (
        "SMTP_CA",
        "a PEM file: who signed the mail server's certificate, when no public authority did (optional)",
    ),
    (
        "SMTP_FROM",
        "the address that mails come from, when the mail server sends in no other name than its own; answers still go to contact.email (optional)",
    ),
    ("TILL_MAIL_FOLDER", "a folder for mails instead of SMTP; never in production (optional)"),
    ("TILL_BUILD_HOOK", "https://… that builds the site anew when a piece sells out (optional)"),
    ("TILL_CLIENT_HEADER", "the header in which the edge puts the client's address (optional)"),
    ("TILL_HOST_HEADER", "the header in which the edge puts the host (optional)"),
    (
        "TILL_EDGE_SECRET",
        "what the edge puts into x-till-edge, or what Netlify signs with; several with commas (optional)",
    ),
    ("TILL_SNAPSHOT", "a snapshot's file, when it is not at the end of the program (optional)"),
    ("TILL_LISTEN", "an address such as 127.0.0.1:8080, to serve HTTP instead of Lambda (optional)"),
];

/// Variables that may hold the database's address, in order of preference: the second is set by Netlify's extension for Neon,
/// the third by Netlify Database (docs.netlify.com/build/data-and-storage/netlify-database).
pub const DATABASE_URLS: [&str; 3] = ["DATABASE_URL", "NETLIFY_DATABASE_URL", "NETLIFY_DB_URL"];

/// A Stripe key whose mode does not fit the build's context (docs.stripe.com/keys).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongKey {
    /// A live key outside production.
    Live,
    /// A test key in production.
    Test,
}

/// Whether a key's mode does not fit a build's context.
pub fn wrong_key(key: &str, context: Context) -> Option<WrongKey> {
    let production = context == Context::Production;
    if key.contains("_live_") && !production {
        Some(WrongKey::Live)
    } else if key.contains("_test_") && production {
        Some(WrongKey::Test)
    } else {
        None
    }
}

/// Builds the till from environment variables.
///
/// # Errors
/// Every missing or wrong variable, with its remedy.
pub fn till(variables: Variables<'_>, shop: Shop) -> Result<(Till, HttpConfig), Vec<String>> {
    let mut troubles = Vec::new();
    let get =
        |name: &str| variables(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let mut need = |name: &str| {
        let value = get(name);
        if value.is_none() {
            let what = VARIABLES.iter().find(|(known, _)| *known == name).map_or("", |(_, what)| what);
            troubles.push(format!("{name} is not set: {what}"));
        }
        value.unwrap_or_default()
    };
    let key = need("STRIPE_SECRET_KEY");
    let webhook_secrets = several(&need("STRIPE_WEBHOOK_SECRETS"));
    let link_keys = need("TILL_LINK_KEYS");
    let sweep_secrets = several(&need("TILL_SWEEP_SECRET"));
    let database = DATABASE_URLS.into_iter().find_map(&get).unwrap_or_else(|| need("DATABASE_URL"));
    let production = shop.settings.till.context == Context::Production;
    match wrong_key(&key, shop.settings.till.context) {
        Some(WrongKey::Live) => troubles
            .push("STRIPE_SECRET_KEY is live, but this is no production build: use a test key".to_owned()),
        Some(WrongKey::Test) => troubles.push(
            "STRIPE_SECRET_KEY is a test key, but this is a production build: nobody would pay".to_owned(),
        ),
        None => {}
    }
    let edge = get("TILL_EDGE_SECRET");
    let edge_secrets = several(edge.as_deref().unwrap_or_default());
    for (name, written, secrets) in [
        ("STRIPE_WEBHOOK_SECRETS", get("STRIPE_WEBHOOK_SECRETS").is_some(), &webhook_secrets),
        ("TILL_SWEEP_SECRET", get("TILL_SWEEP_SECRET").is_some(), &sweep_secrets),
        // Treated as unset, it would leave the till's own address open to everyone.
        ("TILL_EDGE_SECRET", edge.is_some(), &edge_secrets),
    ] {
        if written && secrets.is_empty() {
            troubles.push(format!("{name}: there is nothing between its commas"));
        }
    }
    if sweep_secrets.iter().any(|secret| secret.len() < 16) {
        troubles.push("TILL_SWEEP_SECRET is too short: 16 random characters or more".to_owned());
    }
    let links = keep(
        &mut troubles,
        "TILL_LINK_KEYS",
        LinkKeys::parse(&link_keys).map_err(str::to_owned),
        !link_keys.is_empty(),
    );
    let host = web::public_host(&shop.settings.url);
    let mailer = mailer(&get, production, host.as_deref(), &mut troubles);
    let sender = get("SMTP_FROM").and_then(|from| {
        keep(&mut troubles, "SMTP_FROM", MailAddress::parse(&from).map_err(|why| why.to_string()), true)
    });
    let hook: Option<Arc<dyn Hook>> = match get("TILL_BUILD_HOOK") {
        None => Some(Arc::new(NoHook)),
        Some(url) => {
            keep(&mut troubles, "TILL_BUILD_HOOK", HttpHook::new(&url), true).map(|hook| Arc::new(hook) as _)
        }
    };
    let store = if database.is_empty() {
        None
    } else {
        keep(
            &mut troubles,
            "DATABASE_URL",
            SqlStore::connect(&database, 2).map_err(|_| {
                "this is not the address of a database: postgres://user:password@host/name".to_owned()
            }),
            true,
        )
    };
    let stripe = Stripe::new(&key, get("STRIPE_API_URL").as_deref()).map_err(|error| error.to_string());
    let stripe = keep(&mut troubles, "STRIPE_SECRET_KEY", stripe, !key.is_empty());
    let http = HttpConfig {
        webhook_secrets,
        sweep_secrets,
        client: get("TILL_CLIENT_HEADER").map_or(ClientSource::Connection, ClientSource::Header),
        edge_secrets,
        host_header: get("TILL_HOST_HEADER"),
        ..HttpConfig::default()
    };
    match (links, mailer, hook, store, stripe) {
        (Some(links), Some(mailer), Some(hook), Some(store), Some(stripe)) if troubles.is_empty() => {
            let livemode = key.contains("_live_");
            let owner = ShopRow { stripe_account: get("STRIPE_ACCOUNT").unwrap_or_default(), livemode };
            let templates = Arc::new(Templates::new(&shop.settings).sent_from(sender));
            let sends = Sends { hook, templates, ..Sends::new(&shop, mailer, links) };
            let ledger = Ledger::new(Arc::new(shop), Arc::new(store), Arc::new(stripe)).owned_by(owner);
            Ok((Till { ledger, sends }, http))
        }
        _ => Err(troubles),
    }
}

fn mailer(
    get: &dyn Fn(&str) -> Option<String>,
    production: bool,
    host: Option<&str>,
    troubles: &mut Vec<String>,
) -> Option<Arc<dyn Mailer>> {
    match (get("SMTP_URL"), get("TILL_MAIL_FOLDER")) {
        (Some(url), _) => {
            let authority = match get("SMTP_CA").map(std::fs::read).transpose() {
                Ok(authority) => authority,
                Err(error) => {
                    troubles.push(format!("SMTP_CA: {error}"));
                    return None;
                }
            };
            let smtp = keep(troubles, "SMTP_URL", Smtp::trusting(&url, authority.as_deref()), true)?;
            Some(Arc::new(match host {
                Some(host) => smtp.greeting_as(host),
                None => smtp,
            }))
        }
        (None, Some(folder)) if !production => Some(Arc::new(MailFolder::new(PathBuf::from(folder)))),
        _ => {
            troubles.push(
                "SMTP_URL is not set: smtps://user:password@host:465 or smtp://user:password@host:587"
                    .to_owned(),
            );
            None
        }
    }
}

/// Secrets separated by commas: while one is being changed, both the old and the new one are valid.
fn several(secrets: &str) -> Vec<String> {
    secrets.split(',').map(|secret| secret.trim().to_owned()).filter(|secret| !secret.is_empty()).collect()
}

fn keep<T>(troubles: &mut Vec<String>, name: &str, value: Result<T, String>, tell: bool) -> Option<T> {
    match value {
        Ok(value) => Some(value),
        Err(why) => {
            if tell {
                troubles.push(format!("{name}: {why}"));
            }
            None
        }
    }
}

#[cfg(test)]
mod tests;
