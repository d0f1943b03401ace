//! What the till does: read the order, ask Stripe, decide, commit; start over when somebody else was quicker.

pub mod checkout;
pub mod effects;
mod link;
pub mod owner;
pub mod settle;
pub mod stock;
pub mod sweep;
pub mod webhook;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use catalog::Timestamp;

use crate::decide::quote::Refusal;
use crate::decide::{Order, Quote};
use crate::flaws::{self, Flaw};
use crate::links::LinkKeys;
use crate::outside::clock::Clock;
use crate::outside::hook::Hook;
use crate::outside::mail::Mailer;
use crate::outside::store::{ShopRow, Store, StoreError};
use crate::outside::stripe::{Payments, PaymentsError};
use crate::shop::Shop;
use crate::templates::Templates;

/// Everything a till works with.
#[derive(Clone)]
pub struct Till {
    /// The catalog and the settings.
    pub shop: Arc<Shop>,
    /// The database.
    pub store: Arc<dyn Store>,
    /// Stripe.
    pub payments: Arc<dyn Payments>,
    /// The mail server.
    pub mailer: Arc<dyn Mailer>,
    /// The build hook.
    pub hook: Arc<dyn Hook>,
    /// Time and chance.
    pub clock: Arc<dyn Clock>,
    /// Signs links.
    pub links: LinkKeys,
    /// Writes mails.
    pub templates: Arc<Templates>,
    /// Absolute base of the shop, without final slash. From configuration, never from a request.
    pub base: String,
    /// Limits.
    pub limits: Limits,
    /// Whose database it must be; `None` where nobody asks (tests).
    pub owner: Option<ShopRow>,
    /// Whether the database was found to be ours.
    pub checked: Arc<AtomicBool>,
}

impl std::fmt::Debug for Till {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Till").field("base", &self.base).finish_non_exhaustive()
    }
}

/// What one client, and all together, may do: against card testers and hoarders.
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

impl Default for Limits {
    fn default() -> Self {
        Limits { open_per_client: 4, open_in_all: 500, checkouts_per_hour: 30, links_per_hour: 8 }
    }
}

/// Why the till does not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum TillError {
    /// The cart itself.
    #[error(transparent)]
    Cart(#[from] Refusal),
    /// Nothing is left, and nobody could give one back.
    #[error("`{sku}` is sold out")]
    SoldOut {
        /// Which.
        sku: String,
    },
    /// Somebody is paying for it now.
    #[error("`{sku}` is reserved")]
    Reserved {
        /// Which.
        sku: String,
    },
    /// A cart wants more of one stock than there is.
    #[error("only {available} of `{}` are left in all", .skus.join("`, `"))]
    TooFew {
        /// What takes from this stock, in the order of the cart.
        skus: Vec<String>,
        /// So many can be had together.
        available: i64,
    },
    /// There are some, but not so many.
    #[error("only {available} of `{sku}` are left")]
    QuantityUnavailable {
        /// Which.
        sku: String,
        /// So many can be had.
        available: i64,
    },
    /// The page showed other prices.
    #[error("the price has changed")]
    PriceChanged(Box<Quote>),
    /// Too much at once.
    #[error("too many requests")]
    RateLimited,
    /// The owner closed the till.
    #[error("the till is closed")]
    Closed,
    /// There is no such order.
    #[error("there is no such order")]
    NotFound,
    /// The order is not in a state for that.
    #[error(transparent)]
    NotNow(#[from] crate::decide::owner::Refused),
    /// Stripe.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The event says more than the object shows; it will come again.
    #[error("the event says more than the object shows")]
    Ahead,
    /// The signature is none of ours.
    #[error("the signature is not Stripe's")]
    Unsigned,
    /// The order changed under our hands, again and again.
    #[error("the order is being changed by others")]
    Busy,
    /// The database is another shop's, or nobody's yet.
    #[error("the database is not this shop's: {0}")]
    NotOurs(&'static str),
}

impl Till {
    /// The address of an order's page.
    pub fn order_url(&self, order: &Order) -> String {
        format!("{}/api/orders/{}", self.base, self.links.token(&order.id))
    }

    /// Unix seconds.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether the database is this shop's: an empty one would sell every unique piece again. Asked once: every checkout wants to
    /// know.
    ///
    /// # Errors
    /// [`TillError::NotOurs`] with the remedy.
    pub async fn check_database(&self) -> Result<(), TillError> {
        if self.owner.is_none() || self.checked.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.check_owner(self.store.shop().await?)
    }

    /// Whether the database can sell now, asked anew: it answers, is this shop's, and takes something new.
    ///
    /// # Errors
    /// [`TillError::NotOurs`] or [`TillError::Store`], with the reason.
    pub async fn probe_database(&self) -> Result<(), TillError> {
        // Should it be another's by now, the next checkout has to find out, too.
        self.checked.store(false, Ordering::Relaxed);
        self.check_owner(self.store.shop().await?)?;
        Ok(self.store.write_probe(self.now()).await?)
    }

    fn check_owner(&self, row: Option<ShopRow>) -> Result<(), TillError> {
        let Some(owner) = self.owner.as_ref().filter(|_| !flaws::on(Flaw::AnyDatabase)) else {
            return Ok(());
        };
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
}
