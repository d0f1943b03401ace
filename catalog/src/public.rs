//! `dist/catalog.json`: what is sold at which price, for feeds, tools and tests. Public: no supply, no future sales.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::item::Localized;
use crate::{Cents, Currency, Grams, Sku};

/// The public catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// Lower-case hex SHA-256 of this object's compact JSON with an empty `hash`.
    pub hash: String,
    /// The one currency of all prices.
    pub currency: Currency,
    /// Items, sorted by SKU.
    pub items: Vec<PublicItem>,
    /// Where the shop ships to.
    pub shipping: PublicShipping,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicItem {
    /// Its SKU.
    pub sku: Sku,
    /// Id of its product.
    pub product: String,
    /// The price at the time of the build.
    pub price: Cents,
    /// `in_stock`, `made_to_order` or `sold_out`; `closed` while the shop is, `by_writing` where the till cannot sell it.
    pub availability: String,
    /// It can only be collected, never shipped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pickup_only: bool,
    /// Mass in grams.
    pub weight_g: Option<Grams>,
    /// Name, by language.
    pub name: Localized,
    /// Root-relative address, by language.
    pub url: Localized,
}

/// Shipping zones, without prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicShipping {
    /// The zones.
    pub zones: Vec<PublicZone>,
}

/// One zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicZone {
    /// Its id.
    pub id: String,
    /// ISO 3166-1 alpha-2 codes.
    pub countries: Vec<String>,
    /// Rates of the zone.
    pub rates: Vec<PublicRate>,
}

/// One shipping rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicRate {
    /// Its id.
    pub id: String,
}

impl Catalog {
    /// Sorts the items and fills in the hash.
    pub fn sealed(mut self) -> Self {
        self.items.sort_by(|a, b| a.sku.cmp(&b.sku));
        self.hash = String::new();
        let bytes = serde_json::to_vec(&self).unwrap_or_default();
        self.hash = HEXLOWER.encode(&Sha256::digest(bytes));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_changes_with_a_price_and_not_with_the_order() {
        let item = |sku: &str, price| PublicItem {
            sku: Sku::new(sku).expect("valid"),
            product: "p".into(),
            price,
            availability: "in_stock".into(),
            pickup_only: false,
            weight_g: None,
            name: Localized::new(),
            url: Localized::new(),
        };
        let catalog = |items| {
            let shipping = PublicShipping { zones: vec![] };
            Catalog { hash: String::new(), currency: Currency::Eur, items, shipping }.sealed().hash
        };
        assert_eq!(
            catalog(vec![item("A", Cents(1)), item("B", Cents(2))]),
            catalog(vec![item("B", Cents(2)), item("A", Cents(1))])
        );
        assert_ne!(catalog(vec![item("A", Cents(1))]), catalog(vec![item("A", Cents(2))]));
    }
}
