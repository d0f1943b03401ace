//! Money: integer minor units with their currency. Prices are parsed and printed only here.

use std::fmt;

use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale;
use messages::tr;
use serde::{Deserialize, Serialize};

use crate::Cents;

/// A currency that a shop can sell in (ISO 4217). All have two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Currency {
    #[serde(rename = "EUR")]
    Eur,
    #[serde(rename = "GBP")]
    Gbp,
    #[serde(rename = "CHF")]
    Chf,
    #[serde(rename = "USD")]
    Usd,
}

impl Currency {
    /// All currencies.
    pub const ALL: [Currency; 4] = [Currency::Eur, Currency::Gbp, Currency::Chf, Currency::Usd];

    /// The ISO 4217 code.
    pub fn code(self) -> &'static str {
        match self {
            Currency::Eur => "EUR",
            Currency::Gbp => "GBP",
            Currency::Chf => "CHF",
            Currency::Usd => "USD",
        }
    }

    /// The currency of an ISO 4217 code in upper case.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|currency| currency.code() == code)
    }

    /// Its symbol for readers of `language`, from CLDR 48.
    fn symbol(self, language: &str) -> &'static str {
        match (self, language) {
            (Currency::Eur, "hu" | "ro") => "EUR",
            (Currency::Eur, _) => "€",
            (Currency::Gbp, "fr") => "£GB",
            (Currency::Gbp, "es" | "pl" | "hu" | "ro") => "GBP",
            (Currency::Gbp, _) => "£",
            (Currency::Chf, _) => "CHF",
            (Currency::Usd, "fr") => "$US",
            (Currency::Usd, "en" | "de" | "fi" | "el") => "$",
            (Currency::Usd, "it" | "pl" | "hu" | "ro" | "ca") => "USD",
            (Currency::Usd, _) => "US$",
        }
    }
}

/// Why a text is not a valid price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// `28,00`
    Comma,
    /// `28 €`, `$28`, `EUR 28.50`
    Symbol,
    /// `-28.00`
    Negative,
    /// `28.005`
    TooPrecise,
    /// `1_000`, `1 000`, `0x10`, `1e3`, `028`, `.5`, `abc`
    NotANumber,
    /// More than 999,999.99
    TooHigh,
    /// Less than 0.50, the least that Stripe charges in EUR, CHF and USD (0.30 in GBP)
    TooLow,
}

impl fmt::Display for PriceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PriceError::Comma => tr!("the price is written with a comma"),
            PriceError::Symbol => tr!("the price is written with a currency"),
            PriceError::Negative => tr!("a price is never negative"),
            PriceError::TooPrecise => tr!("the price has more than two decimals"),
            PriceError::NotANumber => tr!("this is not a price"),
            PriceError::TooHigh => tr!("the price is absurdly high"),
            PriceError::TooLow => tr!("the price is less than 0.50"),
        })
    }
}

impl PriceError {
    /// The price that `written` obviously means, if any.
    pub fn corrected(&self, written: &str) -> Option<String> {
        if !matches!(self, PriceError::Comma | PriceError::Symbol) {
            return None;
        }
        let cleaned: String =
            written.chars().filter(|c| c.is_ascii_digit() || matches!(c, ',' | '.')).collect();
        parse_decimal(&cleaned.replace(',', ".")).ok().map(decimal)
    }

    /// What to write instead of `written`.
    pub fn help(&self, written: &str) -> String {
        if let Some(price) = self.corrected(written) {
            return tr!("write `{price}`");
        }
        let help = match self {
            PriceError::TooHigh => tr!("prices end at 999999.99; is the point missing?"),
            PriceError::TooLow => {
                tr!("the least price that can be paid by card is 0.50; give it away in the text instead")
            }
            PriceError::TooPrecise => tr!("write two decimals, such as `28.00`"),
            _ => tr!("write digits, a point and two decimals, such as `28.00`"),
        };
        help.to_owned()
    }
}

/// The highest price.
pub const MAX_PRICE: Cents = Cents(99_999_999);
/// The lowest price of an item.
pub const MIN_PRICE: Cents = Cents(50);

/// Parses a non-negative amount with at most two decimals: `28`, `28.5`, `28.50`.
pub fn parse_decimal(written: &str) -> Result<Cents, PriceError> {
    parse_hundredths(written).map(Cents)
}

/// Parses a non-negative decimal with at most two decimals, up to [`MAX_PRICE`], as hundredths.
pub(crate) fn parse_hundredths(written: &str) -> Result<i64, PriceError> {
    if written.starts_with('-') {
        return Err(PriceError::Negative);
    }
    if written.chars().any(|c| matches!(c, '€' | '$' | '£')) || ends_in_code(written) {
        return Err(PriceError::Symbol);
    }
    if written.contains(',') {
        return Err(PriceError::Comma);
    }
    let (whole, cents) = written.split_once('.').unwrap_or((written, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(cents) || (whole.len() > 1 && whole.starts_with('0')) {
        return Err(PriceError::NotANumber);
    }
    if cents.len() > 2 {
        return Err(PriceError::TooPrecise);
    }
    let units: i64 = whole.parse().map_err(|_| PriceError::TooHigh)?;
    let scale = if cents.len() == 1 { 10 } else { 1 };
    let cents: i64 = cents.parse::<i64>().map_err(|_| PriceError::NotANumber)? * scale;
    units
        .checked_mul(100)
        .and_then(|minor| minor.checked_add(cents))
        .filter(|hundredths| *hundredths <= MAX_PRICE.0)
        .ok_or(PriceError::TooHigh)
}

/// Parses the price of an item: as [`parse_decimal`], and at least [`MIN_PRICE`].
pub fn parse_price(written: &str) -> Result<Cents, PriceError> {
    parse_decimal(written)
        .and_then(|price| if price < MIN_PRICE { Err(PriceError::TooLow) } else { Ok(price) })
}

fn ends_in_code(written: &str) -> bool {
    let letters = written.trim_matches(|c: char| !c.is_ascii_alphabetic()).to_ascii_uppercase();
    written.chars().any(|c| c.is_ascii_digit())
        && (letters == "EURO" || letters == "EUROS" || Currency::from_code(&letters).is_some())
}

/// An amount as an exact decimal: 2800 cents are `28.00`. [`parse_decimal`] reads it back unless negative.
pub fn decimal(amount: Cents) -> String {
    let sign = if amount < Cents::ZERO { "-" } else { "" };
    let absolute = amount.0.unsigned_abs();
    format!("{sign}{}.{:02}", absolute / 100, absolute % 100)
}

/// Prints amounts in a language's format: digits and grouping from ICU, position and symbol from CLDR 48 for the
/// languages of Europe; other languages get the amount, a no-break space and the symbol.
#[derive(Debug)]
pub struct MoneyFormat {
    decimal: DecimalFormatter,
    symbol: &'static str,
    before: Option<&'static str>,
}

impl MoneyFormat {
    /// For readers of `language` (a BCP 47 tag). Unknown tags get English digits.
    pub fn new(language: &str, currency: Currency) -> Self {
        // ICU4X lacks the separators that CLDR has for money only, in two regions: these locales have the same.
        let digits = match language {
            "fr-CH" => "it-CH",
            "de-AT" => "de",
            other => other,
        };
        let locale: Locale = digits.parse().unwrap_or(icu_locale_core::locale!("en"));
        let decimal = DecimalFormatter::try_new(locale.into(), Default::default()).or_else(|_| {
            DecimalFormatter::try_new(icu_locale_core::locale!("en").into(), Default::default())
        });
        let primary = language.split('-').next().unwrap_or_default();
        let symbol = match (language, currency) {
            ("de-CH" | "de-LI", Currency::Eur) => "EUR",
            _ => currency.symbol(primary),
        };
        let before = match (primary, language) {
            (_, "pt-PT") => None,
            ("nl" | "pt", _) | (_, "de-AT" | "de-CH" | "de-LI" | "it-CH") => Some("\u{a0}"),
            ("en" | "ga" | "mt", _)
                if symbol.len() > 3 || !symbol.is_ascii() || symbol == "$" || symbol == "US$" =>
            {
                Some("")
            }
            ("en" | "ga" | "mt", _) => Some("\u{a0}"),
            _ => None,
        };
        // ICU's compiled data holds the root locale and English, so the second attempt cannot fail.
        #[allow(clippy::expect_used)]
        let decimal = decimal.expect("ICU carries English");
        MoneyFormat { decimal, symbol, before }
    }

    /// The amount as printed in text: `28,00 €`.
    pub fn print(&self, amount: Cents) -> String {
        let mut decimal = Decimal::from(amount.0);
        decimal.multiply_pow10(-2);
        let digits = self.decimal.format(&decimal).to_string();
        match self.before {
            Some(space) => format!("{}{space}{digits}", self.symbol),
            None => format!("{digits}\u{a0}{}", self.symbol),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_wrong_way_to_write_a_price_has_its_name_and_remedy() {
        for (written, error, help) in [
            ("28,00", PriceError::Comma, "write `28.00`"),
            ("28 €", PriceError::Symbol, "write `28.00`"),
            ("EUR 28.50", PriceError::Symbol, "write `28.50`"),
            ("-3", PriceError::Negative, "write digits, a point and two decimals, such as `28.00`"),
            ("28.005", PriceError::TooPrecise, "write two decimals, such as `28.00`"),
            ("1_000", PriceError::NotANumber, "write digits, a point and two decimals, such as `28.00`"),
            ("028", PriceError::NotANumber, "write digits, a point and two decimals, such as `28.00`"),
            ("1e3", PriceError::NotANumber, "write digits, a point and two decimals, such as `28.00`"),
            ("9999999", PriceError::TooHigh, "prices end at 999999.99; is the point missing?"),
        ] {
            let found = parse_price(written).expect_err(written);
            assert_eq!((&found, found.help(written).as_str()), (&error, help), "{written}");
        }
        for (written, read) in [
            ("28", Ok(Cents(2800))),
            ("28.5", Ok(Cents(2850))),
            ("0.49", Err(PriceError::TooLow)),
            ("0.50", Ok(Cents(50))),
            ("999999.99", Ok(MAX_PRICE)),
            ("1000000", Err(PriceError::TooHigh)),
            // A word without digits is not a price.
            ("euros", Err(PriceError::NotANumber)),
            ("28 euro", Err(PriceError::Symbol)),
            ("28 pounds", Err(PriceError::NotANumber)),
        ] {
            assert_eq!(parse_price(written), read, "{written}");
        }
        let too_low = PriceError::TooLow.help("0.49");
        assert_eq!(
            too_low,
            "the least price that can be paid by card is 0.50; give it away in the text instead"
        );
    }

    #[test]
    fn amounts_print_as_exact_decimals() {
        for (minor, printed) in [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-2800, "-28.00"), (100, "1.00")] {
            assert_eq!(decimal(Cents(minor)), printed);
        }
        let said = [
            PriceError::Comma,
            PriceError::Symbol,
            PriceError::Negative,
            PriceError::TooPrecise,
            PriceError::NotANumber,
            PriceError::TooHigh,
            PriceError::TooLow,
        ]
        .map(|error| error.to_string());
        assert!(said.iter().all(|said| said.contains("price")), "{said:?}");
        assert_eq!(std::collections::BTreeSet::from(said).len(), 7);
    }

    /// Expected texts printed by Node 20 (ICU 78, CLDR 48): `Intl.NumberFormat(lang, {style: "currency", currency})`.
    #[test]
    fn prices_print_as_intl_prints_them() {
        let cases = [
            ("fr", Currency::Eur, "28,00\u{a0}€", "999\u{202f}999,99\u{a0}€"),
            ("fr", Currency::Gbp, "28,00\u{a0}£GB", "999\u{202f}999,99\u{a0}£GB"),
            ("fr", Currency::Usd, "28,00\u{a0}$US", "999\u{202f}999,99\u{a0}$US"),
            ("en", Currency::Eur, "€28.00", "€999,999.99"),
            ("en", Currency::Chf, "CHF\u{a0}28.00", "CHF\u{a0}999,999.99"),
            ("en", Currency::Usd, "$28.00", "$999,999.99"),
            ("de", Currency::Eur, "28,00\u{a0}€", "999.999,99\u{a0}€"),
            ("es", Currency::Usd, "28,00\u{a0}US$", "999.999,99\u{a0}US$"),
            ("it", Currency::Usd, "28,00\u{a0}USD", "999.999,99\u{a0}USD"),
            ("nl", Currency::Eur, "€\u{a0}28,00", "€\u{a0}999.999,99"),
            ("pt", Currency::Eur, "€\u{a0}28,00", "€\u{a0}999.999,99"),
            ("pt-PT", Currency::Eur, "28,00\u{a0}€", "999\u{a0}999,99\u{a0}€"),
            ("fr-BE", Currency::Eur, "28,00\u{a0}€", "999\u{202f}999,99\u{a0}€"),
            ("de-AT", Currency::Eur, "€\u{a0}28,00", "€\u{a0}999.999,99"),
            ("nl-BE", Currency::Eur, "€\u{a0}28,00", "€\u{a0}999.999,99"),
            ("en-IE", Currency::Eur, "€28.00", "€999,999.99"),
            ("pl", Currency::Eur, "28,00\u{a0}€", "999\u{a0}999,99\u{a0}€"),
            ("sv", Currency::Usd, "28,00\u{a0}US$", "999\u{a0}999,99\u{a0}US$"),
        ];
        for (language, currency, small, large) in cases {
            let format = MoneyFormat::new(language, currency);
            assert_eq!(format.print(Cents(2800)), small, "{language}");
            assert_eq!(format.print(Cents(99_999_999)), large, "{language}");
        }
    }

    /// As above, without large amounts: how Switzerland groups them changed between versions of CLDR.
    #[test]
    fn prices_of_switzerland_have_a_point_in_every_language() {
        for (language, currency, small) in [
            ("fr-CH", Currency::Chf, "28.00\u{a0}CHF"),
            ("fr-CH", Currency::Eur, "28.00\u{a0}€"),
            ("de-CH", Currency::Chf, "CHF\u{a0}28.00"),
            ("de-CH", Currency::Eur, "EUR\u{a0}28.00"),
            ("de-LI", Currency::Chf, "CHF\u{a0}28.00"),
            ("it-CH", Currency::Chf, "CHF\u{a0}28.00"),
        ] {
            assert_eq!(MoneyFormat::new(language, currency).print(Cents(2800)), small, "{language}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(minor in 0..=MAX_PRICE.0) {
            prop_assert_eq!(parse_decimal(&decimal(Cents(minor))), Ok(Cents(minor)));
        }

        #[test]
        fn no_text_panics_and_every_price_is_in_range(text in "\\PC{0,12}") {
            if let Ok(price) = parse_price(&text) {
                prop_assert!((MIN_PRICE..=MAX_PRICE).contains(&price));
            }
        }
    }
}
