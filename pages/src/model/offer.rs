//! How an item is available as of the build's instant. Feeds, structured data and `catalog.json` say the same, and never
//! promise more than the till.

use catalog::{Grams, Supply};

use super::documents::ItemDoc;
use super::product::{ItemNow, Product};
use super::shop::Shop;
use super::site::Site;

/// How an item is available.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Bought online and sent.
    Sent,
    /// Bought online and collected at the shop: it is `pickup_only`, too heavy for every rate, or the shop sends nothing.
    Collected,
    /// Not through the till, since the shop has no way to deliver it; its pages say how to write to the shop.
    ByWriting,
    /// Not now: the shop is closed.
    Closed,
    /// All pieces are gone; there may be more.
    SoldOut,
    /// The only piece is gone.
    Gone,
}

impl Offer {
    /// Whether the till sells it now.
    pub fn sold_online(self) -> bool {
        matches!(self, Offer::Sent | Offer::Collected)
    }
}

impl Site {
    /// How one item of a product is available.
    pub fn offer(&self, product: &Product, item: &ItemDoc, now: &ItemNow) -> Offer {
        let shop = &self.shop;
        if !now.in_stock() {
            return if matches!(item.supply, Supply::Pieces(0 | 1)) { Offer::Gone } else { Offer::SoldOut };
        }
        let sent = !product.doc.pickup_only && shop.sends(item.weight.unwrap_or(Grams(0)));
        match (self.closed.is_some(), sent, shop.shipping.pickup.is_some()) {
            (true, ..) => Offer::Closed,
            (false, true, _) => Offer::Sent,
            (false, false, true) => Offer::Collected,
            (false, false, false) => Offer::ByWriting,
        }
    }
}

impl Shop {
    /// Whether any zone has a rate for a parcel of this weight.
    pub fn sends(&self, weight: Grams) -> bool {
        let mut rates = self.shipping.zones.iter().flat_map(|zone| &zone.rates);
        rates.any(|rate| rate.prices.iter().any(|step| weight <= step.up_to))
    }
}
