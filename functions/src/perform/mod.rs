//! What the till does: read the order, ask Stripe, decide, commit; start over when somebody else was quicker.

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
use crate::templates::Templates;

/// The till: a ledger, and what it sends.
#[derive(Clone)]
pub struct Till {
    /// Orders and stock.
    pub ledger: Ledger,
    /// What goes out.
    pub sends: Sends,
}

/// What a till sends: mails, links to orders, and word to the host that the stock changed.
#[derive(Clone)]
pub struct Sends {
    /// The mail server.
    pub mailer: Arc<dyn Mailer>,
    /// The build hook.
    pub hook: Arc<dyn Hook>,
    /// Signs links.
    pub links: LinkKeys,
    /// Writes mails and pages.
    pub templates: Arc<Templates>,
    /// Absolute base of the shop, without final slash. From configuration, never from a request.
    pub base: String,
}

impl Sends {
    /// Of a shop at its own address, which tells no host.
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
        format!("{}/api/orders/{}", self.sends.base, self.sends.links.token(&order.id))
    }
}
