//! The ledger: what is sold, who ordered and paid it, and what is left. All decisions about orders and stock go through it;
//! sending is the till's task.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use catalog::Timestamp;

use super::TillError;
use crate::decide::in_language::in_language;
use crate::decide::quote::{Cart, quote};
use crate::decide::{Quote, Rules, TillRules};
use crate::outside::clock::{Clock, SystemClock};
use crate::outside::store::{ShopRow, Store};
use crate::outside::stripe::Payments;
use crate::shop::Shop;

/// Orders and stock of one shop.
#[derive(Clone)]
pub struct Ledger {
    /// The catalog and the settings.
    pub shop: Arc<Shop>,
    /// The database.
    pub store: Arc<dyn Store>,
    /// Stripe.
    pub payments: Arc<dyn Payments>,
    /// What it decides.
    pub rules: Arc<dyn Rules>,
    /// Time and randomness.
    pub clock: Arc<dyn Clock>,
    /// What clients may do.
    pub limits: Limits,
    /// Whose database it must be; `None` if that is not checked (tests).
    pub owner: Option<ShopRow>,
    /// Whether the database was found to be this shop's.
    pub checked: Arc<AtomicBool>,
}

impl Ledger {
    /// With the system clock and the default limits, in any database.
    pub fn new(shop: Arc<Shop>, store: Arc<dyn Store>, payments: Arc<dyn Payments>) -> Self {
        Ledger {
            shop,
            store,
            payments,
            rules: Arc::new(TillRules),
            clock: Arc::new(SystemClock),
            limits: Limits::default(),
            owner: None,
            checked: Arc::default(),
        }
    }

    /// Accepts only the database of this shop.
    pub fn owned_by(self, owner: ShopRow) -> Self {
        Ledger { owner: Some(owner), checked: Arc::default(), ..self }
    }
}

/// Limits for one client and for all together, against card testing and hoarding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Checkouts open at once for one client.
    pub open_per_client: i64,
    /// Checkouts open at once for all.
    pub open_in_all: i64,
    /// Checkouts begun in an hour by one client.
    pub checkouts_per_hour: i64,
    /// Lost links asked for in an hour by one client.
    pub links_per_hour: i64,
}

/// The hour of the limits: requests are counted from one full hour to the next.
pub(super) const HOUR: Duration = Duration::from_secs(3600);

impl Default for Limits {
    fn default() -> Self {
        Limits { open_per_client: 4, open_in_all: 500, checkouts_per_hour: 30, links_per_hour: 8 }
    }
}

impl Ledger {
    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Checks that the database is this shop's: an empty one would sell every unique piece again. The result is kept, since
    /// every checkout needs it.
    ///
    /// # Errors
    /// [`TillError::NotOurs`] with the remedy, or [`TillError::Store`].
    pub async fn check_database(&self) -> Result<(), TillError> {
        if self.owner.is_none() || self.checked.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.check_owner(self.store.shop().await?)
    }

    /// Checks again whether the database can sell now: it answers, is this shop's, and accepts writes.
    ///
    /// # Errors
    /// [`TillError::NotOurs`] or [`TillError::Store`], with the reason.
    pub async fn probe_database(&self) -> Result<(), TillError> {
        // If it is another shop's by now, the next checkout has to notice, too.
        self.checked.store(false, Ordering::Relaxed);
        self.check_owner(self.store.shop().await?)?;
        Ok(self.store.write_probe(self.now()).await?)
    }

    fn check_owner(&self, row: Option<ShopRow>) -> Result<(), TillError> {
        let Some(owner) = &self.owner else { return Ok(()) };
        let Some(row) = row else {
            return Err(TillError::NotOurs("it is empty; run `bazaar database init` once"));
        };
        if row.livemode != owner.livemode {
            return Err(TillError::NotOurs(
                "it keeps live orders and the key is for tests, or the other way round",
            ));
        }
        if !owner.stripe_account.is_empty() && row.stripe_account != owner.stripe_account {
            return Err(TillError::NotOurs("it belongs to another Stripe account"));
        }
        self.checked.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Prices a cart now.
    ///
    /// # Errors
    /// If it cannot be sold.
    pub fn price(&self, cart: &Cart) -> Result<Quote, TillError> {
        quote(cart, &self.shop.settings, self.now(), &|sku| self.shop.item(sku)).map_err(TillError::from)
    }

    /// The names of SKUs for shoppers, each once.
    pub fn titles(&self, skus: &[String], lang: &str) -> String {
        let mut titles: Vec<String> = Vec::new();
        for title in skus.iter().map(|sku| self.title(sku, lang)) {
            if !titles.contains(&title) {
                titles.push(title);
            }
        }
        titles.join(" + ")
    }

    /// The name of a SKU for shoppers, or the SKU.
    pub fn title(&self, sku: &str, lang: &str) -> String {
        let item = catalog::Sku::new(sku).and_then(|sku| self.shop.item(&sku));
        item.map_or_else(|| sku.to_owned(), |item| in_language(&item.name, lang, &self.shop.settings))
    }
}
