//! VAT included in prices: calculated per rate and order, with shipping divided by gross value.
//!
//! Shipping is part of the price of the goods (Directive 2006/112/EC, art. 78 b), so it has their rates in proportion to
//! their gross value. Tax is rounded half up, once per rate and order.

use std::collections::BTreeMap;

use catalog::{Cents, VatRate};
use serde::{Deserialize, Serialize};

/// The tax of one rate in an order. `net + tax = gross`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatLine {
    /// In hundredths of a percent.
    pub rate: VatRate,
    /// Goods and their share of shipping, VAT included.
    pub gross: Cents,
    /// Without VAT.
    pub net: Cents,
    /// The VAT itself.
    pub tax: Cents,
}

/// The VAT of goods (rate and gross, in any order, each at least 0) and of `shipping`, highest rate first.
pub fn apportion(goods: &[(VatRate, Cents)], shipping: Cents) -> Vec<VatLine> {
    let mut gross: BTreeMap<VatRate, Cents> = BTreeMap::new();
    for (rate, amount) in goods {
        *gross.entry(*rate).or_default() += *amount;
    }
    let weights: Vec<Cents> = gross.values().copied().collect();
    let shares = share_out(shipping, &weights);
    let lines = gross.into_iter().zip(shares).map(|((rate, goods), share)| {
        let gross = goods + share;
        let tax = included_tax(gross, rate);
        VatLine { rate, gross, net: gross - tax, tax }
    });
    let mut lines: Vec<VatLine> = lines.collect();
    lines.reverse();
    lines
}

/// The VAT inside `gross` at `rate`, rounded half up.
pub fn included_tax(gross: Cents, rate: VatRate) -> Cents {
    let rate = i128::from(rate.0);
    let divisor = 10_000 + rate;
    let tax = (i128::from(gross.0) * rate * 2 + divisor) / (2 * divisor);
    Cents(i64::try_from(tax).unwrap_or(i64::MAX))
}

/// Splits `amount` in proportion to `weights` without losing a cent: the largest remainders get the cents left over, the
/// first of equal ones first. If all weights are 0, the first gets everything.
pub fn share_out(amount: Cents, weights: &[Cents]) -> Vec<Cents> {
    let whole: i128 = weights.iter().map(|weight| i128::from(weight.0)).sum();
    if whole == 0 {
        return weights
            .iter()
            .enumerate()
            .map(|(at, _)| if at == 0 { amount } else { Cents::ZERO })
            .collect();
    }
    let exact: Vec<i128> = weights.iter().map(|weight| i128::from(amount.0) * i128::from(weight.0)).collect();
    let share = |product| Cents(i64::try_from(product / whole).unwrap_or(i64::MAX));
    let mut shares: Vec<Cents> = exact.iter().map(share).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| (-(exact[*at] % whole), *at));
    let missing = amount - shares.iter().copied().sum();
    for at in order.into_iter().take(usize::try_from(missing.0).unwrap_or(0)) {
        shares[at] += Cents(1);
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(amount: i64, weights: &[i64]) -> Vec<i64> {
        let weights: Vec<Cents> = weights.iter().copied().map(Cents).collect();
        share_out(Cents(amount), &weights).into_iter().map(|share| share.0).collect()
    }

    #[test]
    fn tax_is_rounded_half_up() {
        assert_eq!(included_tax(Cents(2800), VatRate(2000)), Cents(467));
        assert_eq!(included_tax(Cents(3), VatRate(2000)), Cents(1), "0.5 of a cent becomes a whole one");
        assert_eq!(included_tax(Cents(1055), VatRate(550)), Cents(55));
        assert_eq!(included_tax(Cents(1000), VatRate(0)), Cents::ZERO);
    }

    #[test]
    fn shipping_follows_the_goods() {
        let lines = apportion(&[(VatRate(2000), Cents(3000)), (VatRate(550), Cents(1000))], Cents(590));
        assert_eq!(lines.iter().map(|line| line.gross.0).collect::<Vec<_>>(), [3442, 1148]);
    }

    #[test]
    fn the_cent_left_over_goes_to_the_first_of_equal_ones_and_what_weighs_nothing_gets_nothing() {
        assert_eq!(split(1, &[5, 5]), [1, 0]);
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(split(100, &[1, 2]), [33, 67], "the larger remainder comes first");
        assert_eq!(split(7, &[0, 0]), [7, 0]);
        assert_eq!(split(7, &[0, 3]), [0, 7]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_made(
            goods in proptest::collection::vec((0u16..=5000, 0i64..=99_999_999), 1..20),
            shipping in 0i64..=99_999_999,
        ) {
            let goods: Vec<_> = goods.into_iter().map(|(rate, gross)| (VatRate(rate), Cents(gross))).collect();
            let lines = apportion(&goods, Cents(shipping));
            let paid: Cents = goods.iter().map(|(_, gross)| *gross).sum::<Cents>() + Cents(shipping);
            prop_assert_eq!(lines.iter().map(|line| line.gross).sum::<Cents>(), paid);
            for line in &lines {
                prop_assert_eq!(line.net + line.tax, line.gross);
                prop_assert!(line.tax.0 >= 0 && line.net.0 >= 0);
                // The rounded tax is at most half a cent from the exact one.
                let exact = i128::from(line.gross.0) * i128::from(line.rate.0);
                let divisor = 10_000 + i128::from(line.rate.0);
                prop_assert!((exact - i128::from(line.tax.0) * divisor).abs() * 2 <= divisor);
            }
            prop_assert!(lines.windows(2).all(|pair| pair[0].rate > pair[1].rate));
        }

        #[test]
        fn shares_add_up_and_are_fair(amount in 0i64..=99_999_999, weights in proptest::collection::vec(0i64..=99_999_999, 1..12)) {
            let shares = split(amount, &weights);
            prop_assert_eq!(shares.iter().sum::<i64>(), amount);
            let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            if whole > 0 {
                for (share, weight) in shares.iter().zip(&weights) {
                    let distance = i128::from(*share) * whole - i128::from(amount) * i128::from(*weight);
                    prop_assert!(distance.abs() < whole, "a share is less than a cent from the exact one");
                }
            }
        }
    }
}
