//! Where the shop ships to and at which price.

use serde::{Deserialize, Serialize};

use crate::item::Localized;
use crate::{Cents, Grams};

/// Settings of delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipping {
    /// Working days until a parcel leaves: minimum and maximum.
    pub handling: Option<(u32, u32)>,
    /// Shipping zones; each country is in one zone only.
    pub zones: Vec<Zone>,
    /// Collection instead of shipping.
    pub pickup: Option<Pickup>,
}

/// Countries with the same rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Its id.
    pub id: String,
    /// ISO 3166-1 alpha-2 codes.
    pub countries: Vec<String>,
    /// Shipping rates.
    pub rates: Vec<Rate>,
}

/// One shipping rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Its id, unique within its zone.
    pub id: String,
    /// Its label, by language.
    pub label: Localized,
    /// Working days in transit: minimum and maximum.
    pub days: Option<(u32, u32)>,
    /// Free from this value of goods on.
    pub free_over: Option<Cents>,
    /// Prices by weight, lightest first.
    pub prices: Vec<RateStep>,
}

/// The price of parcels up to a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateStep {
    /// The heaviest parcel at this price.
    pub up_to: Grams,
    /// VAT included.
    pub price: Cents,
}

/// The price of a parcel, VAT included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Postage {
    /// Zero when it is free.
    pub price: Cents,
    /// Value of goods missing until it is free; `None` when it is free already or never.
    pub free_in: Option<Cents>,
}

impl Rate {
    /// The price of a parcel of goods of this value and weight. `None` when it is too heavy.
    pub fn postage(&self, goods: Cents, weight: Grams) -> Option<Postage> {
        let step = self.prices.iter().filter(|step| weight <= step.up_to).min_by_key(|step| step.up_to)?;
        Some(match self.free_over {
            Some(over) if goods >= over => Postage { price: Cents::ZERO, free_in: None },
            Some(over) if step.price > Cents::ZERO => {
                Postage { price: step.price, free_in: Some(over - goods) }
            }
            _ => Postage { price: step.price, free_in: None },
        })
    }
}

impl Shipping {
    /// Working days until an order leaves or can be collected: minimum and maximum. Making comes first, then
    /// handling. `None` when neither is stated.
    pub fn days_until_ready(&self, making: Option<u32>) -> Option<(u32, u32)> {
        let making = making.filter(|days| *days > 0).map(|days| (days, days));
        match (self.handling, making) {
            (Some(one), Some(other)) => Some(sum(one, other)),
            (one, other) => one.or(other),
        }
    }

    /// Working days until a parcel arrives: minimum and maximum. `None` when the rate does not state its days in transit.
    pub fn days_until_there(&self, making: Option<u32>, rate: &Rate) -> Option<(u32, u32)> {
        let transit = rate.days?;
        Some(self.days_until_ready(making).map_or(transit, |ready| sum(ready, transit)))
    }
}

fn sum(one: (u32, u32), other: (u32, u32)) -> (u32, u32) {
    (one.0.saturating_add(other.0), one.1.saturating_add(other.1))
}

/// Collection at the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pickup {
    /// Its label, by language.
    pub label: Localized,
    /// Where to collect.
    pub address: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_costs_its_step_and_nothing_from_a_value_on() {
        let step = |up_to, price| RateStep { up_to: Grams(up_to), price: Cents(price) };
        let mut rate = Rate {
            id: "r".into(),
            label: Localized::new(),
            days: None,
            free_over: Some(Cents(5000)),
            prices: vec![step(2000, 900), step(500, 450)],
        };
        let postage = |rate: &Rate, goods, weight| {
            let postage = rate.postage(Cents(goods), Grams(weight));
            postage.map(|postage| (postage.price.0, postage.free_in.map(|free_in| free_in.0)))
        };
        assert_eq!(postage(&rate, 1000, 500), Some((450, Some(4000))));
        assert_eq!(postage(&rate, 4999, 501), Some((900, Some(1))));
        assert_eq!(postage(&rate, 5000, 501), Some((0, None)));
        assert_eq!(postage(&rate, 5000, 2001), None);
        rate.free_over = None;
        assert_eq!(postage(&rate, 5000, 500), Some((450, None)));
        rate = Rate { free_over: Some(Cents(5000)), prices: vec![step(500, 0)], ..rate };
        assert_eq!(postage(&rate, 1000, 500), Some((0, None)), "it is free already");
    }

    #[test]
    fn days_are_those_of_making_handling_and_the_way() {
        let shipping = |handling| Shipping { handling, zones: vec![], pickup: None };
        let (says, silent) = (shipping(Some((1, 2))), shipping(None));
        for (shipping, making, ready) in [
            (&says, None, Some((1, 2))),
            (&says, Some(0), Some((1, 2))),
            (&says, Some(1), Some((2, 3))),
            (&says, Some(10), Some((11, 12))),
            (&silent, None, None),
            (&silent, Some(0), None),
            (&silent, Some(10), Some((10, 10))),
            (&says, Some(u32::MAX), Some((u32::MAX, u32::MAX))),
        ] {
            assert_eq!(shipping.days_until_ready(making), ready, "{making:?}");
        }
        let rate =
            |days| Rate { id: "r".into(), label: Localized::new(), days, free_over: None, prices: vec![] };
        assert_eq!(says.days_until_there(Some(10), &rate(Some((2, 4)))), Some((13, 16)));
        assert_eq!(says.days_until_there(None, &rate(Some((2, 4)))), Some((3, 6)));
        assert_eq!(silent.days_until_there(None, &rate(Some((2, 4)))), Some((2, 4)));
        assert_eq!(says.days_until_there(Some(10), &rate(None)), None);
    }
}
