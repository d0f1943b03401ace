//! A look at the shop, as shoppers see it or, before they do, at a release under its own header: is it whole?

use std::sync::Arc;
use std::time::Duration;

use messages::{tr, trn};
use rustls::ClientConfig;
use tokio::runtime::Runtime;

use super::super::error::CliError;
use super::client::{Answer, get, trusted};
use super::commands::{Commands, typed};
use super::site::CatalogHash;
use super::tills::Health;

/// Some of CloudFront's places learn of a new release seconds later than others: so many looks, until one finds nothing.
const LOOKS: u32 = 12;
/// An address at which there is no page.
const NOWHERE: &str = "/there-is-no-such-page/";

/// What is looked at, and how.
#[derive(Debug)]
pub(super) struct Look<'a> {
    pub(super) commands: &'a Commands<'a>,
    runtime: &'a Runtime,
    trusted: Arc<ClientConfig>,
    /// Without a slash at its end.
    address: String,
    /// CloudFront's own name, where DNS may not know the shop's yet.
    through: Option<String>,
}

/// Why a look ends: what was found, in words.
type Found<T> = Result<T, String>;

impl<'a> Look<'a> {
    /// `bundle`: a file of certificates that are trusted, too.
    ///
    /// # Errors
    /// When that file cannot be read.
    pub(super) fn at(
        commands: &'a Commands<'a>,
        runtime: &'a Runtime,
        address: &str,
        through: Option<&str>,
        bundle: Option<&str>,
    ) -> Result<Self, CliError> {
        let address = address.strip_suffix('/').unwrap_or(address).to_owned();
        let trusted = trusted(bundle).map_err(CliError::machine)?;
        Ok(Look { commands, runtime, trusted, address, through: through.map(str::to_owned) })
    }

    /// The pages of a release, or of the one that is shown. Without a catalog's digest they say which theirs is.
    pub(super) fn pages(&self, release: Option<&str>, catalog: Option<&str>) -> Found<String> {
        let (site, dry) = (&self.address, catalog.unwrap_or("CATALOG"));
        if let Some(home) = self.expect("/", 200, release)? {
            if home.headers.get("content-security-policy").is_none_or(|policy| policy.is_empty()) {
                return Err(tr!("{site}/ has no Content-Security-Policy"));
            }
            if home.headers.keys().any(|name| name.as_str().starts_with("x-amz-meta-")) {
                return Err(tr!("{site}/ shows S3's metadata: the function PageResponse did not run"));
            }
        }
        let Some(answer) = self.expect("/catalog.json", 200, release)? else { return Ok(dry.to_owned()) };
        let found = serde_json::from_slice::<CatalogHash>(&answer.body).map(|catalog| catalog.hash);
        match (found, catalog) {
            (Ok(found), None) => Ok(found),
            (Ok(found), Some(catalog)) if found == catalog => Ok(found),
            (_, Some(catalog)) => Err(tr!("{site}/catalog.json is of another build than {catalog}")),
            (Err(_), None) => Err(tr!("{site}/catalog.json is no catalog")),
        }
    }

    /// Pages, the page of errors, and a till with the same catalog; whose digest it is.
    pub(super) fn all(&self, catalog: Option<&str>) -> Found<String> {
        let catalog = self.pages(None, catalog)?;
        self.expect(NOWHERE, 404, None)?;
        if let Some(answer) = self.expect("/api/health", 200, None)? {
            let health = serde_json::from_slice::<Health>(&answer.body);
            if health.map_or(true, |health| health.catalog != catalog) {
                let site = &self.address;
                return Err(tr!("the till at {site} sells another catalog than {catalog}"));
            }
        }
        Ok(catalog)
    }

    /// Looks until all is well; whether it was in the end. What is found is said.
    ///
    /// # Errors
    /// When this program was asked to end.
    pub(super) fn until_whole(&self, catalog: &str, pause: Duration) -> Result<bool, CliError> {
        for looks in 1..=LOOKS {
            self.commands.interrupt.check()?;
            let Err(found) = self.all(Some(catalog)) else { return Ok(true) };
            self.commands.terminal.warn(&found);
            if looks < LOOKS {
                let seconds = pause.as_secs();
                self.commands.terminal.say(&trn!(
                    seconds,
                    "looking again in {seconds} second",
                    "looking again in {seconds} seconds"
                ));
                std::thread::sleep(pause);
            }
        }
        Ok(false)
    }

    /// An answer with this status; none in a dry run.
    fn expect(&self, path: &str, status: u16, release: Option<&str>) -> Found<Option<Answer>> {
        let address = format!("{}{path}", self.address);
        let header = release.map(|release| ("x-release", release));
        let through = self.through.as_deref();
        if self.commands.dry {
            self.commands.show(&as_curl(&address, header, through));
            return Ok(None);
        }
        let answer = self.runtime.block_on(get(&self.trusted, &address, header, through));
        let answer = answer.map_err(|error| tr!("{address} does not answer: {error}"))?;
        let found = answer.status.as_u16();
        if found == status { Ok(Some(answer)) } else { Err(tr!("{address} answered {found}, not {status}")) }
    }
}

/// The same request as a person would make it.
fn as_curl(address: &str, header: Option<(&str, &str)>, through: Option<&str>) -> String {
    let header = header.map(|(name, value)| format!("{name}: {value}"));
    let through = through.map(|host| format!("::{host}:443"));
    let mut words = vec!["curl", "--include", "--max-time", "30"];
    words.extend(header.iter().flat_map(|header| ["--header", header.as_str()]));
    words.extend(through.iter().flat_map(|through| ["--connect-to", through.as_str()]));
    words.push(address);
    typed(&words)
}
