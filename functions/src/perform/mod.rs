//! What the till does: read the order, ask Stripe, decide, commit; start over if somebody else was faster.

pub mod checkout;
pub mod effects;
pub mod ledger;
mod link;
pub mod owner;
pub mod settle;
pub mod stock;
pub mod sweep;
pub mod webhook;

use std::sync::Arc;

pub use ledger::{Ledger, Limits};

use crate::decide::quote::Refusal;
use crate::decide::{Order, Quote};
use crate::links::LinkKeys;
use crate::outside::hook::{Hook, NoHook};
use crate::outside::mail::Mailer;
use crate::outside::store::StoreError;
use crate::outside::stripe::PaymentsError;
use crate::shop::Shop;
use crate::templates::{Site, Templates};

/// The till: a ledger, and what it sends.
#[derive(Clone)]
pub struct Till {
    /// Orders and stock.
    pub ledger: Ledger,
    /// What it sends.
    pub sends: Sends,
}

/// What a till sends: mails, links to orders, and build requests to the host.
#[derive(Clone)]
pub struct Sends {
    /// The mail server.
    pub mailer: Arc<dyn Mailer>,
    /// The build hook.
    pub hook: Arc<dyn Hook>,
    /// Signs links.
    pub links: LinkKeys,
    /// Renders mails and pages.
    pub templates: Arc<Templates>,
    /// Absolute base of the shop, without a final slash. From configuration, never from a request.
    pub base: String,
}

impl Sends {
    /// For a shop at its own address, without a build hook.
    pub fn new(shop: &Shop, mailer: Arc<dyn Mailer>, links: LinkKeys) -> Self {
        Sends {
            mailer,
            hook: Arc::new(NoHook),
            links,
            templates: Arc::new(Templates::new(&shop.settings)),
            base: shop.settings.url.clone(),
        }
    }
}

impl std::fmt::Debug for Till {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Till").field("base", &self.sends.base).finish_non_exhaustive()
    }
}

/// Why the till refuses or fails.
#[derive(Debug, thiserror::Error)]
pub enum TillError {
    /// The cart is refused.
    #[error(transparent)]
    Cart(#[from] Refusal),
    /// None is available, and none is held.
    #[error("`{sku}` is sold out")]
    SoldOut {
        /// The SKU.
        sku: String,
    },
    /// Somebody is paying for it now.
    #[error("`{sku}` is reserved")]
    Reserved {
        /// The SKU.
        sku: String,
    },
    /// A cart wants more of one stock key than there is.
    #[error("only {available} of `{}` are left in all", .skus.join("`, `"))]
    TooFew {
        /// The SKUs that share the stock key, in the order of the cart.
        skus: Vec<String>,
        /// How many are available in all.
        available: i64,
    },
    /// Fewer are available than requested.
    #[error("only {available} of `{sku}` are left")]
    QuantityUnavailable {
        /// The SKU.
        sku: String,
        /// How many are available.
        available: i64,
    },
    /// The page showed other prices.
    #[error("the price has changed")]
    PriceChanged(Box<Quote>),
    /// Too many requests.
    #[error("too many requests")]
    RateLimited,
    /// The owner closed the till.
    #[error("the till is closed")]
    Closed,
    /// There is no such order.
    #[error("there is no such order")]
    NotFound,
    /// The order's state does not allow it.
    #[error(transparent)]
    NotNow(#[from] crate::decide::owner::Refused),
    /// Stripe refused or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The event says more than Stripe's object shows; it will be sent again.
    #[error("the event says more than the object shows")]
    Ahead,
    /// The signature is not by any of our secrets.
    #[error("the signature is not Stripe's")]
    Unsigned,
    /// Gave up after repeated version conflicts.
    #[error("the order is being changed by others")]
    Busy,
    /// The database belongs to another shop, or to none yet.
    #[error("the database is not this shop's: {0}")]
    NotOurs(&'static str),
}

impl Till {
    /// What its pages and mails are about.
    pub fn site(&self) -> Site<'_> {
        Site { shop: &self.ledger.shop, base: &self.sends.base, links: &self.sends.links }
    }

    /// The address of the order's page.
    pub fn order_url(&self, order: &Order) -> String {
        self.site().order_url(&order.id)
    }
}
