//! The till's secrets, out of Secrets Manager: whether all are there, and fit for where they go. They stay in this program and in what
//! it starts for the build; no message and no command line holds one.

use std::collections::BTreeMap;

use messages::tr;
use serde::Deserialize;
use till::config::{WrongKey, wrong_key};

use super::super::error::CliError;
use super::commands::Commands;
use super::settings::Settings;

/// Without these no till works.
const REQUIRED: [&str; 7] = [
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRETS",
    "DATABASE_URL",
    "TILL_LINK_KEYS",
    "TILL_SWEEP_SECRET",
    "TILL_EDGE_SECRET",
    "SMTP_URL",
];
/// These travel in a header.
const IN_HEADERS: [&str; 4] =
    ["TILL_SWEEP_SECRET", "TILL_SWEEP_SECRET_ALSO", "TILL_EDGE_SECRET", "TILL_EDGE_SECRET_ALSO"];

/// `aws secretsmanager get-secret-value`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretValue {
    version_id: String,
    secret_string: String,
}

/// What the secret holds.
pub(super) struct Secret {
    /// The template reads this version and no other.
    pub(super) version: String,
    values: BTreeMap<String, String>,
}

impl Secret {
    /// Reads and checks it. A dry run knows of no value.
    ///
    /// # Errors
    /// When it cannot be read, when something lacks, and when a value does not fit.
    pub(super) fn read(commands: &Commands<'_>, settings: &Settings) -> Result<Self, CliError> {
        let name = &settings.secret;
        let dry = || SecretValue {
            version_id: "00000000-0000-0000-0000-000000000000".to_owned(),
            secret_string: "{}".to_owned(),
        };
        let words = ["aws", "secretsmanager", "get-secret-value", "--secret-id", name];
        let found = commands.ask(&words, dry);
        commands.interrupt.check()?;
        let found = found.map_err(|_| {
            CliError::machine(tr!(
                "the secret {name} cannot be read\n  docs/deploy-aws.md, step 4, makes it; is it in the region {region}?",
                region = settings.region
            ))
        })?;
        let secret = Secret { version: found.version_id, values: values(&found.secret_string) };
        if !commands.dry {
            secret.check(settings)?;
        }
        Ok(secret)
    }

    /// A value; `None` also for an empty one.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn check(&self, settings: &Settings) -> Result<(), CliError> {
        let name = &settings.secret;
        let missing: Vec<&str> = REQUIRED.into_iter().filter(|key| self.get(key).is_none()).collect();
        if !missing.is_empty() {
            let missing = missing.join(" ");
            return Err(CliError::usage(tr!(
                "the secret {name} lacks {missing}\n  docs/deploy-aws.md, step 4, says what each is"
            )));
        }
        if let Some((key, _)) = self.values.iter().find(|(_, value)| value.contains(['"', '\\'])) {
            return Err(CliError::usage(tr!(
                "{key} in the secret {name} holds a quote or a backslash\n  take another value without them; in an address write %22 and %5C"
            )));
        }
        let fits =
            |value: &str| value.chars().all(|sign| sign.is_ascii_alphanumeric() || "._~+/=-".contains(sign));
        if let Some(key) = IN_HEADERS.into_iter().find(|key| !self.get(key).is_none_or(fits)) {
            return Err(CliError::usage(tr!(
                "{key} holds more than letters and digits, and it travels in a header\n  one secret, without commas; make it with: openssl rand -hex 32"
            )));
        }
        match wrong_key(self.get("STRIPE_SECRET_KEY").unwrap_or_default(), settings.context.context()) {
            None => Ok(()),
            Some(WrongKey::Live) => Err(CliError::usage(tr!(
                "STRIPE_SECRET_KEY is live, and this is a preview\n  put a test key into {name}, or name another BAZAAR_SECRET"
            ))),
            Some(WrongKey::Test) => Err(CliError::usage(tr!(
                "STRIPE_SECRET_KEY is a test key, and this is production: nobody would pay\n  BAZAAR_CONTEXT=preview, or a live key"
            ))),
        }
    }
}

/// The pairs of the secret that are texts.
fn values(text: &str) -> BTreeMap<String, String> {
    let pairs: BTreeMap<String, serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
    pairs.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))).collect()
}
