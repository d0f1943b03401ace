//! Amounts of money. Parsing and printing live in [`crate::money`].

use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};

use serde::{Deserialize, Serialize};

/// An amount in minor units (hundredths) of the shop's one currency.
///
/// Arithmetic saturates instead of overflowing: a sum that does not fit exceeds every limit, so it is refused and
/// never charged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub i64);

impl Cents {
    /// Nothing to pay.
    pub const ZERO: Cents = Cents(0);

    /// The amount without its sign.
    pub fn abs(self) -> Cents {
        Cents(self.0.saturating_abs())
    }
}

impl Add for Cents {
    type Output = Cents;

    fn add(self, other: Cents) -> Cents {
        Cents(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Cents) {
        *self = *self + other;
    }
}

impl Sub for Cents {
    type Output = Cents;

    fn sub(self, other: Cents) -> Cents {
        Cents(self.0.saturating_sub(other.0))
    }
}

/// The price of so many pieces.
impl Mul<u32> for Cents {
    type Output = Cents;

    fn mul(self, pieces: u32) -> Cents {
        Cents(self.0.saturating_mul(i64::from(pieces)))
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Cents>>(amounts: I) -> Cents {
        amounts.fold(Cents::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_end_instead_of_overflowing() {
        assert_eq!(Cents(2800) * 3 + Cents(450) - Cents(50), Cents(8800));
        assert_eq!([Cents(1), Cents(2), Cents(3)].into_iter().sum::<Cents>(), Cents(6));
        let most = Cents(i64::MAX);
        assert_eq!([most + Cents(1), most * 2, [most, most].into_iter().sum()], [most; 3]);
        assert_eq!(Cents(i64::MIN) - Cents(1), Cents(i64::MIN));
        assert_eq!([Cents(-3).abs(), Cents(i64::MIN).abs()], [Cents(3), most]);
        let mut sum = Cents(1);
        sum += most;
        assert_eq!(sum, most);
    }
}
