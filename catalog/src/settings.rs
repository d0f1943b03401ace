//! Settings of the shop that the till needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::shipping::Shipping;
use crate::{Currency, VatRate, VatScheme};

/// Settings of the shop that the till needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The shop's name.
    pub name: String,
    /// Absolute base URL without a final slash.
    pub url: String,
    /// Language tags, the default language first.
    pub languages: Vec<String>,
    /// IANA time zone.
    pub timezone: String,
    /// The one currency of the shop.
    pub currency: Currency,
    /// Contact e-mail.
    pub email: Option<String>,
    /// The seller.
    pub seller: Seller,
    /// VAT classes: rates by name.
    pub vat: BTreeMap<String, VatRate>,
    /// Delivery.
    pub shipping: Shipping,
    /// Settings for the till alone.
    #[serde(default)]
    pub till: crate::till::TillSettings,
}

/// The seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// Legal name.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// Entry in a business register.
    pub register: Option<String>,
    /// VAT scheme.
    pub vat: VatScheme,
    /// VAT number.
    pub vat_number: Option<String>,
}
