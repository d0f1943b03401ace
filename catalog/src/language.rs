//! How a language counts: which plural form a number takes and how the number is printed (CLDR, through ICU4X).

use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};

/// The six plural categories of CLDR, as files spell them.
pub const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Every category that whole numbers reach in daily use is reached below this. The rare rest is left to `other`:
/// French has `many` for full millions only.
const COUNTED: i64 = 1_000;

/// Whether a tag (BCP 47) is French, of whatever region.
pub fn is_french(tag: &str) -> bool {
    tag == "fr" || tag.starts_with("fr-")
}

/// A language of the shop.
#[derive(Debug, Clone)]
pub struct Language {
    /// As in shop.yaml.
    pub tag: String,
    locale: Locale,
}

impl Language {
    /// An invalid tag counts like no language in particular: shop.yaml's own checks refuse it.
    pub fn new(tag: &str) -> Self {
        Language { tag: tag.to_owned(), locale: tag.parse().unwrap_or(Locale::UNKNOWN) }
    }

    // ICU4X's rules are built at each use: they are not `Sync`, and building them is a look into a table.
    fn rules(&self) -> Option<PluralRules> {
        PluralRules::try_new_cardinal((&self.locale).into()).ok()
    }

    /// The plural category of a number.
    pub fn category(&self, n: i64) -> &'static str {
        self.rules().map_or("other", |rules| word(rules.category_for(n)))
    }

    /// The categories the language knows, each with the first few whole numbers that need it.
    pub fn categories(&self) -> Vec<(&'static str, Vec<i64>)> {
        let Some(rules) = self.rules() else { return vec![("other", Vec::new())] };
        let mut all: Vec<(&'static str, Vec<i64>)> =
            rules.categories().map(|one| (word(one), Vec::new())).collect();
        for n in 0..=COUNTED {
            let category = word(rules.category_for(n));
            let Some((_, numbers)) = all.iter_mut().find(|(one, _)| *one == category) else { continue };
            if numbers.len() < 3 {
                numbers.push(n);
            }
        }
        all
    }

    /// What stands before the decimals: `,` in French, `.` in English and in German as the Swiss write it.
    pub fn decimal_sign(&self) -> char {
        let formatter = DecimalFormatter::try_new((&self.locale).into(), Default::default());
        let mut half = Decimal::from(5);
        half.multiply_pow10(-1);
        let printed = formatter.map(|formatter| formatter.format(&half).to_string()).unwrap_or_default();
        printed.chars().find(|c| !c.is_numeric()).unwrap_or('.')
    }

    /// What stands between a name and what it is. A no-break space comes before it in French, of whatever region.
    pub fn colon(&self) -> &'static str {
        if is_french(&self.tag) { "\u{a0}:" } else { ":" }
    }

    /// A whole number as its readers write it: `1 234` in French, with U+202F.
    pub fn number(&self, n: i64) -> String {
        let formatter = DecimalFormatter::try_new((&self.locale).into(), Default::default());
        formatter.map_or_else(|_| n.to_string(), |formatter| formatter.format(&Decimal::from(n)).to_string())
    }
}

fn word(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(tag: &str, numbers: &[i64]) -> Vec<&'static str> {
        let language = Language::new(tag);
        numbers.iter().map(|n| language.category(*n)).collect()
    }

    #[test]
    fn french_english_and_polish_count_differently() {
        assert_eq!(words("fr", &[0, 1, 2, 1_000_000]), ["one", "one", "other", "many"]);
        assert_eq!(words("en", &[0, 1, 2, 1_000_000]), ["other", "one", "other", "other"]);
        assert_eq!(words("pl", &[1, 2, 5, 12, 22, 25]), ["one", "few", "many", "many", "few", "many"]);
        assert_eq!(words("not a tag", &[1]), ["other"]);
    }

    #[test]
    fn numbers_are_grouped_as_readers_expect() {
        for (lang, n, printed) in [
            ("fr", 1234, "1\u{202f}234"),
            ("en", -1234, "-1,234"),
            ("en", 7, "7"),
            ("de-AT", 12_345, "12\u{a0}345"),
            ("no language", 1234, "1,234"),
        ] {
            assert_eq!(Language::new(lang).number(n), printed, "{lang}");
        }
    }

    #[test]
    fn decimals_and_colons_are_those_of_each_region() {
        for (lang, sign, colon) in [
            ("fr", ',', "\u{a0}:"),
            ("fr-CH", ',', "\u{a0}:"),
            ("fr-BE", ',', "\u{a0}:"),
            ("fro", '.', ":"),
            ("de", ',', ":"),
            ("de-CH", '.', ":"),
            ("it-CH", '.', ":"),
            ("en", '.', ":"),
            ("ga", '.', ":"),
            ("mt", '.', ":"),
            ("nl", ',', ":"),
        ] {
            let language = Language::new(lang);
            assert_eq!((language.decimal_sign(), language.colon()), (sign, colon), "{lang}");
        }
    }
}
