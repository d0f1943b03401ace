//! Plural forms and number formats of a language (CLDR, through ICU4X).

use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};

/// The six plural categories of CLDR, as files spell them.
pub const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Below this, whole numbers reach every category in daily use. Rarer ones fall back to `other`: French has `many`
/// for full millions only.
const COUNTED: i64 = 1_000;

/// Whether a BCP 47 tag is French, of any region.
pub fn is_french(tag: &str) -> bool {
    tag == "fr" || tag.starts_with("fr-")
}

/// A language of the shop.
#[derive(Debug, Clone)]
pub struct Language {
    /// The tag, as in shop.yaml.
    pub tag: String,
    locale: Locale,
}

impl Language {
    /// Invalid tags get default rules; the checks of shop.yaml refuse them.
    pub fn new(tag: &str) -> Self {
        Language { tag: tag.to_owned(), locale: tag.parse().unwrap_or(Locale::UNKNOWN) }
    }

    // Built at each use: ICU4X's rules are not `Sync`, and building them is a table lookup.
    fn rules(&self) -> Option<PluralRules> {
        PluralRules::try_new_cardinal((&self.locale).into()).ok()
    }

    /// The plural category of a number.
    pub fn category(&self, n: i64) -> &'static str {
        self.rules().map_or("other", |rules| word(rules.category_for(n)))
    }

    /// The language's categories, each with the first few whole numbers that need it.
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

    /// The decimal separator: `,` in French, `.` in English and in Swiss German.
    pub fn decimal_sign(&self) -> char {
        let formatter = DecimalFormatter::try_new((&self.locale).into(), Default::default());
        let mut half = Decimal::from(5);
        half.multiply_pow10(-1);
        let printed = formatter.map(|formatter| formatter.format(&half).to_string()).unwrap_or_default();
        printed.chars().find(|c| !c.is_numeric()).unwrap_or('.')
    }

    /// The colon between a name and its value. In French, of any region, it follows a no-break space.
    pub fn colon(&self) -> &'static str {
        if is_french(&self.tag) { "\u{a0}:" } else { ":" }
    }

    /// A whole number in the language's format: `1 234` in French, with U+202F.
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
