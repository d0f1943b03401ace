//! Mass of items, in whole grams.

use std::fmt;

use messages::tr;
use serde::{Deserialize, Serialize};

/// Grams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grams(pub u32);

/// The heaviest item, in grams: a tonne.
pub const MAX_GRAMS: u32 = 1_000_000;

/// Why a text is not a valid weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeightError {
    /// `420`
    NoUnit,
    /// `420 lb`
    UnknownUnit,
    /// `1,2 kg`
    Comma,
    /// `abc`, `-1 g`, `0 g`, `1.2345 kg`, more than a tonne
    NotAWeight,
}

impl fmt::Display for WeightError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WeightError::NoUnit => tr!("a weight needs its unit"),
            WeightError::UnknownUnit => tr!("this unit of weight is not known"),
            WeightError::Comma => tr!("the weight is written with a comma"),
            WeightError::NotAWeight => tr!("this is not a weight"),
        })
    }
}

impl Grams {
    /// Parses `420 g`, `1.2 kg`: whole grams, at least one, at most a tonne.
    pub fn parse(written: &str) -> Result<Self, WeightError> {
        let split = written.find(|c: char| c.is_alphabetic()).unwrap_or(written.len());
        let (number, unit) = (written[..split].trim(), written[split..].trim());
        if number.contains(',') {
            return Err(WeightError::Comma);
        }
        let scale = match unit {
            "" if !number.is_empty() => return Err(WeightError::NoUnit),
            "g" => 1,
            "kg" => 1000,
            _ if number.is_empty() => return Err(WeightError::NotAWeight),
            _ => return Err(WeightError::UnknownUnit),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits =
            |text: &str| !text.is_empty() && text.len() <= 7 && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole)
            || !digits(part)
            || part.len() > 3
            || (scale == 1 && part.bytes().any(|b| b != b'0'))
        {
            return Err(WeightError::NotAWeight);
        }
        let whole: u64 = whole.parse().map_err(|_| WeightError::NotAWeight)?;
        let thousandths: u64 = format!("{part:0<3}").parse().map_err(|_| WeightError::NotAWeight)?;
        let grams = whole * scale + if scale == 1000 { thousandths } else { 0 };
        u32::try_from(grams)
            .ok()
            .filter(|g| (1..=MAX_GRAMS).contains(g))
            .map(Grams)
            .ok_or(WeightError::NotAWeight)
    }

    /// As shown to shoppers: grams below a kilogram, else kilograms with `separator` as the decimal separator.
    pub fn print(self, separator: char) -> String {
        let Grams(grams) = self;
        if grams < 1000 {
            return format!("{grams}\u{a0}g");
        }
        let kilograms = format!("{}.{:03}", grams / 1000, grams % 1000);
        let short = kilograms.trim_end_matches('0').trim_end_matches('.');
        format!("{}\u{a0}kg", short.replace('.', &separator.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_need_a_unit_and_are_whole_grams() {
        assert_eq!(Grams::parse("420 g"), Ok(Grams(420)));
        assert_eq!(Grams::parse("1.2kg"), Ok(Grams(1200)));
        for (written, grams) in
            [("1 g", 1), ("1.0 g", 1), ("0.001 kg", 1), ("1.234 kg", 1234), ("1000 kg", MAX_GRAMS)]
        {
            assert_eq!(Grams::parse(written), Ok(Grams(grams)), "{written}");
        }
        assert_eq!(Grams::parse("420"), Err(WeightError::NoUnit));
        assert_eq!(Grams::parse("1,2 kg"), Err(WeightError::Comma));
        assert_eq!(Grams::parse("3 lb"), Err(WeightError::UnknownUnit));
        for wrong in [
            "g",
            "-1 g",
            "0 g",
            "1.5 g",
            "1.2345 kg",
            "99999999 kg",
            "",
            "1.2.3 kg",
            "2000 kg",
            ".5 kg",
            "1. kg",
            "1.2340 kg",
            "1000.001 kg",
        ] {
            assert_eq!(Grams::parse(wrong), Err(WeightError::NotAWeight), "{wrong}");
        }
    }

    #[test]
    fn each_mistake_has_its_words() {
        let said =
            [WeightError::NoUnit, WeightError::UnknownUnit, WeightError::Comma, WeightError::NotAWeight];
        let said: std::collections::BTreeSet<String> = said.iter().map(ToString::to_string).collect();
        assert!(said.len() == 4 && said.iter().all(|said| said.contains("weight")), "{said:?}");
    }

    #[test]
    fn weights_print_short() {
        assert_eq!(Grams(420).print(','), "420\u{a0}g");
        assert_eq!([Grams(999), Grams(1000)].map(|grams| grams.print(',')), ["999\u{a0}g", "1\u{a0}kg"]);
        assert_eq!(Grams(3400).print(','), "3,4\u{a0}kg");
        assert_eq!(Grams(2000).print('.'), "2\u{a0}kg");
    }
}
