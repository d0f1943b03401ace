//! Value added tax: the seller's scheme, and rates.

use serde::{Deserialize, Serialize};

/// The seller's VAT scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VatScheme {
    /// Prices include VAT at the rate of the class.
    Registered,
    /// No VAT is charged (France: art. 293 B of the Code général des impôts).
    Exempt,
    /// VAT on the margin only, never shown (France: art. 297 A of the Code général des impôts).
    Margin,
}

/// A rate in hundredths of a percent: 2000 is 20 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VatRate(pub u16);

impl VatRate {
    /// Parses a percentage from 0 to 50 with at most two decimals: `20`, `5.5`.
    pub fn parse(written: &str) -> Option<Self> {
        let hundredths = crate::money::parse_hundredths(written).ok()?;
        u16::try_from(hundredths).ok().filter(|rate| *rate <= 5000).map(VatRate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_percentage() {
        assert_eq!(VatRate::parse("5.5"), Some(VatRate(550)));
        assert_eq!(VatRate::parse("20"), Some(VatRate(2000)));
        assert_eq!(VatRate::parse("2000"), None);
        assert_eq!(VatRate::parse("5,5"), None);
    }
}
