//! How many pieces were ever put on sale, and how many are left.

use serde::{Deserialize, Serialize};

/// How many pieces were ever put on sale. Kept in git; only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Supply {
    /// A limited number.
    Pieces(u32),
    /// Made to order: any number can be bought.
    Unlimited,
}

/// What the database reports for a stock key, in pieces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Paid for.
    #[serde(default)]
    pub sold: i64,
    /// Reserved by open checkouts.
    #[serde(default)]
    pub held: i64,
    /// Gone otherwise, at a market or broken, less those that came back.
    #[serde(rename = "away", default)]
    pub adjusted: i64,
}

impl Supply {
    /// `max(0, supply - sold - held - adjusted)`; `None` when there is no limit.
    pub fn available(self, taken: Taken) -> Option<u32> {
        match self {
            Supply::Unlimited => None,
            Supply::Pieces(pieces) => {
                let gone = taken.sold.saturating_add(taken.held).saturating_add(taken.adjusted);
                let left = i64::from(pieces).saturating_sub(gone).clamp(0, i64::from(u32::MAX));
                Some(u32::try_from(left).unwrap_or(u32::MAX))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn available_is_never_negative_and_never_overflows() {
        let taken = Taken { sold: i64::MAX, held: 1, adjusted: i64::MAX };
        assert_eq!(Supply::Pieces(3).available(taken), Some(0));
        assert_eq!(Supply::Pieces(3).available(Taken { sold: 1, held: 1, adjusted: -1 }), Some(2));
        assert_eq!(
            Supply::Pieces(1).available(Taken { adjusted: i64::MIN, ..Taken::default() }),
            Some(u32::MAX)
        );
        assert_eq!(Supply::Unlimited.available(taken), None);
    }
}
