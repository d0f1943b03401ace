//! What the owner may do by hand to the pieces of a stock key: one rule for every store.
//!
//! Availability never exceeds `supply - sold - held`: only pieces that were taken come back, each once.

use std::fmt;

use catalog::supply::Taken;
use catalog::{StockKey, Supply};
use messages::{tr, trn};

/// A change by the owner, in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Pieces leave: sold at a market, broken, given away.
    Take(i64),
    /// Pieces come back that belong to no order in this database.
    Return(i64),
    /// Pieces were counted on the shelf: held ones included, sold ones not.
    Count(i64),
}

/// The counts of a stock key, read in the transaction of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    /// The supply, from the current snapshot.
    pub supply: Supply,
    /// What is taken of it.
    pub taken: Taken,
    /// How many of `taken.sold` are owned by orders in this database. `taken.sold` is larger after `stock rebuild`, which
    /// also counts lost orders.
    pub owned: i64,
}

/// What a change does to the counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// Added to `adjusted`.
    pub adjusted: i64,
    /// Added to `sold`.
    pub sold: i64,
}

impl Moved {
    /// Pieces that leave (positive) or come back (negative).
    pub fn delta(self) -> i64 {
        self.adjusted.saturating_add(self.sold)
    }
}

/// Why the counts do not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Too few pieces are available.
    Short {
        /// The stock key.
        key: StockKey,
        /// How many were to leave.
        asked: i64,
        /// How many are available.
        available: i64,
        /// Its counts.
        shelf: Shelf,
    },
    /// Too few pieces were taken.
    NeverTaken {
        /// The stock key.
        key: StockKey,
        /// How many were to come back.
        asked: i64,
        /// How many can.
        most: i64,
        /// Its counts.
        shelf: Shelf,
    },
    /// Too many pieces were counted.
    Overcounted {
        /// The stock key.
        key: StockKey,
        /// How many were counted.
        counted: i64,
        /// How many can be there.
        most: i64,
        /// Its counts.
        shelf: Shelf,
    },
    /// Made to order: nothing to count.
    Unlimited(StockKey),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Refused::Short { key, asked, available, shelf } => {
                let figures = figures(shelf);
                tr!("{key}: {asked} cannot be taken, {available} can be had: {figures}")
            }
            Refused::NeverTaken { key, asked, most, shelf } => {
                let figures = figures(shelf);
                match *most {
                    ..=0 => tr!("{key}: {asked} cannot come back, nothing was taken: {figures}"),
                    most => trn!(
                        most,
                        "{key}: {asked} cannot come back, {most} was taken: {figures}",
                        "{key}: {asked} cannot come back, {most} were taken: {figures}"
                    ),
                }
            }
            Refused::Overcounted { key, counted, most, shelf } => {
                let figures = figures(shelf);
                tr!("{key}: {counted} cannot lie on the shelf, at most {most} can: {figures}")
            }
            Refused::Unlimited(key) => tr!("{key} is made to order: there is nothing to count"),
        })
    }
}

impl std::error::Error for Refused {}

/// `the supply is 3, sold 1, held 0, taken 0`.
fn figures(shelf: &Shelf) -> String {
    let Taken { sold, held, adjusted: away } = shelf.taken;
    match shelf.supply {
        Supply::Pieces(pieces) => {
            tr!("the supply is {pieces}, sold {sold}, held {held}, taken {away}")
        }
        Supply::Unlimited => tr!("it is made to order, sold {sold}, held {held}, taken {away}"),
    }
}

impl Shelf {
    /// How many pieces can come back: those taken by hand, and those sold by lost orders.
    fn returnable(&self) -> (i64, i64) {
        (self.taken.adjusted.max(0), self.taken.sold.saturating_sub(self.owned).max(0))
    }

    /// What `change` does to the counts.
    ///
    /// # Errors
    /// If the pieces are not there, never left, or are not counted.
    pub fn change(&self, key: &StockKey, change: Change) -> Result<Moved, Refused> {
        match change {
            Change::Take(asked) => match self.supply.available(self.taken).map(i64::from) {
                Some(available) if available < asked => {
                    Err(Refused::Short { key: key.clone(), asked, available, shelf: *self })
                }
                _ => Ok(Moved { adjusted: asked, sold: 0 }),
            },
            Change::Return(asked) => {
                let (away, sold) = self.returnable();
                let most = away.saturating_add(sold);
                if asked > most {
                    return Err(Refused::NeverTaken { key: key.clone(), asked, most, shelf: *self });
                }
                let by_hand = asked.min(away);
                Ok(Moved { adjusted: -by_hand, sold: by_hand - asked })
            }
            Change::Count(counted) => {
                let Supply::Pieces(pieces) = self.supply else {
                    return Err(Refused::Unlimited(key.clone()));
                };
                // Held pieces are still on the shelf.
                let gone = self.taken.sold.saturating_add(self.taken.adjusted);
                let missing = i64::from(pieces).saturating_sub(gone).saturating_sub(counted);
                if missing >= 0 {
                    return self.change(key, Change::Take(missing));
                }
                self.change(key, Change::Return(-missing)).map_err(|_| {
                    let (away, sold) = self.returnable();
                    let kept = self.taken.sold.saturating_add(self.taken.adjusted) - away - sold;
                    let most = i64::from(pieces).saturating_sub(kept).max(0);
                    Refused::Overcounted { key: key.clone(), counted, most, shelf: *self }
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shelf(supply: u32, sold: i64, held: i64, away: i64, owned: i64) -> Shelf {
        Shelf { supply: Supply::Pieces(supply), taken: Taken { sold, held, adjusted: away }, owned }
    }

    fn key() -> StockKey {
        StockKey::new("BOL").expect("a key")
    }

    #[test]
    fn pieces_leave_and_come_back_by_hand_and_from_lost_orders() {
        let moved = |shelf: Shelf, change| shelf.change(&key(), change).expect("allowed");
        for (shelf, change, expected, delta) in [
            (shelf(9, 0, 0, 2, 0), Change::Take(3), (3, 0), 3),
            (shelf(9, 0, 0, 2, 0), Change::Return(2), (-2, 0), -2),
            (shelf(9, 4, 0, 2, 1), Change::Return(1), (-1, 0), -1),
            (shelf(9, 4, 0, 2, 1), Change::Return(5), (-2, -3), -5),
            (shelf(9, 4, 0, 0, 1), Change::Return(3), (0, -3), -3),
        ] {
            let moved = moved(shelf, change);
            assert_eq!(((moved.adjusted, moved.sold), moved.delta()), (expected, delta), "{change:?}");
        }
    }

    #[test]
    fn a_refusal_says_what_the_supply_is_and_what_was_taken() {
        let said = |shelf: Shelf, change| shelf.change(&key(), change).expect_err("refused").to_string();
        assert_eq!(
            said(shelf(1, 0, 0, 0, 0), Change::Return(1)),
            "BOL: 1 cannot come back, nothing was taken: the supply is 1, sold 0, held 0, taken 0"
        );
        assert_eq!(
            said(shelf(24, 2, 1, 1, 2), Change::Return(2)),
            "BOL: 2 cannot come back, 1 was taken: the supply is 24, sold 2, held 1, taken 1"
        );
        let overcounted = shelf(9, 4, 0, 2, 1).change(&key(), Change::Count(9));
        assert!(
            matches!(overcounted, Err(Refused::Overcounted { most: 8, .. })),
            "one is an order's: {overcounted:?}"
        );
        assert_eq!(
            said(shelf(24, 2, 0, 0, 2), Change::Count(30)),
            "BOL: 30 cannot lie on the shelf, at most 22 can: the supply is 24, sold 2, held 0, taken 0"
        );
        assert_eq!(
            said(shelf(2, 0, 1, 0, 0), Change::Take(2)),
            "BOL: 2 cannot be taken, 1 can be had: the supply is 2, sold 0, held 1, taken 0"
        );
        let order = Shelf { supply: Supply::Unlimited, ..shelf(0, 3, 0, 0, 3) };
        assert_eq!(
            said(order, Change::Return(1)),
            "BOL: 1 cannot come back, nothing was taken: it is made to order, sold 3, held 0, taken 0"
        );
        assert_eq!(said(order, Change::Count(1)), "BOL is made to order: there is nothing to count");
    }

    #[test]
    fn what_was_sold_by_orders_that_were_lost_comes_back_and_what_orders_own_does_not() {
        let rebuilt = shelf(5, 3, 0, 0, 1);
        assert_eq!(rebuilt.change(&key(), Change::Return(2)), Ok(Moved { adjusted: 0, sold: -2 }));
        assert!(rebuilt.change(&key(), Change::Return(3)).is_err());
        assert_eq!(rebuilt.change(&key(), Change::Count(4)), Ok(Moved { adjusted: 0, sold: -2 }));
        assert!(rebuilt.change(&key(), Change::Count(5)).is_err());
        let both = shelf(5, 3, 0, 1, 2);
        assert_eq!(both.change(&key(), Change::Return(2)), Ok(Moved { adjusted: -1, sold: -1 }));
    }

    proptest! {
        #[test]
        fn whatever_is_done_no_more_can_be_had_than_was_neither_sold_nor_held(
            supply in prop_oneof![Just(None), (0u32..12).prop_map(Some)],
            (owned, lost, held) in (0i64..6, 0i64..3, 0i64..4),
            changes in prop::collection::vec((0u8..3, 0i64..14, 0u32..12), 0..20),
        ) {
            let supply = supply.map_or(Supply::Unlimited, Supply::Pieces);
            let mut shelf = Shelf { supply, taken: Taken { sold: owned + lost, held, adjusted: 0 }, owned };
            for (what, number, supply) in changes {
                let change = [Change::Take, Change::Return, Change::Count][usize::from(what)](number);
                if let Ok(moved) = shelf.change(&key(), change) {
                    shelf.taken.adjusted += moved.adjusted;
                    shelf.taken.sold += moved.sold;
                    if let (Change::Count(counted), Supply::Pieces(pieces)) = (change, shelf.supply) {
                        prop_assert_eq!(i64::from(pieces) - shelf.taken.sold - shelf.taken.adjusted, counted);
                    }
                }
                prop_assert!(shelf.taken.adjusted >= 0, "{:?}", shelf);
                prop_assert!(shelf.taken.sold >= owned, "{:?}", shelf);
                // The owner may change the supply at any time.
                if number % 3 == 0 {
                    shelf.supply = if number == 0 { Supply::Unlimited } else { Supply::Pieces(supply) };
                }
            }
        }
    }
}
