//! What can be put in a cart, as the till sees it.

use serde::{Deserialize, Serialize};

pub use crate::localized::Localized;
use crate::note::Personalisation;
use crate::{Cents, Grams, Sku, StockKey, Supply, Timestamp, Window};

/// A product without variants, or one variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its permanent name.
    pub sku: Sku,
    /// Id of its product.
    pub product: String,
    /// The row of the stock table that it takes from.
    pub stock: StockKey,
    /// How many pieces were ever put on sale.
    pub supply: Supply,
    /// VAT included.
    pub price: Cents,
    /// A temporary lower price.
    pub sale: Option<Sale>,
    /// `None` when the owner did not state it.
    pub weight: Option<Grams>,
    /// The shop's VAT class.
    pub vat: String,
    /// Name of the product and variant, by language.
    pub name: Localized,
    /// Root-relative address, by language.
    pub url: Localized,
    /// Root-relative address of a JPEG.
    pub image: Option<String>,
    /// It can only be collected, never shipped.
    pub pickup_only: bool,
    /// Working days needed to make it.
    pub made_to_order_days: Option<u32>,
    /// The text that a shopper may, or must, add to it.
    pub personalisation: Option<Personalisation>,
    /// It can be bought from this instant on.
    pub publish: Option<Timestamp>,
    /// It can no longer be bought from this instant on.
    pub unpublish: Option<Timestamp>,
}

/// A temporary lower price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// Lower than the regular price.
    pub price: Cents,
    /// When it applies.
    #[serde(flatten)]
    pub window: Window,
}

impl Sale {
    /// Whether the sale is on at `now`.
    pub fn is_on(&self, now: Timestamp) -> bool {
        self.window.contains(now)
    }
}

impl Item {
    /// The price at `now`.
    pub fn price_at(&self, now: Timestamp) -> Cents {
        self.sale.filter(|sale| sale.is_on(now)).map_or(self.price, |sale| sale.price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_ends_with_its_last_instant_excluded() {
        let window = Window { from: Some(Timestamp(10)), until: Some(Timestamp(20)) };
        let sale = Sale { price: Cents(1), window };
        assert_eq!([9, 10, 19, 20].map(|now| sale.is_on(Timestamp(now))), [false, true, true, false]);
    }

    #[test]
    fn an_item_costs_its_sale_price_while_the_sale_is_on() {
        let mut item: Item = serde_json::from_value(serde_json::json!({
            "sku": "BOL", "product": "bol", "stock": "BOL", "supply": { "pieces": 1 }, "price": 2800,
            "sale": { "price": 2200, "from": 10, "until": 20 }, "weight": 420, "vat": "standard", "name": {}, "url": {},
            "image": null, "pickup_only": false, "made_to_order_days": null, "personalisation": null, "publish": null,
            "unpublish": null,
        }))
        .expect("an item");
        assert_eq!([9, 10, 19, 20].map(|now| item.price_at(Timestamp(now)).0), [2800, 2200, 2200, 2800]);
        item.sale = None;
        assert_eq!(item.price_at(Timestamp(15)), Cents(2800));
    }
}
