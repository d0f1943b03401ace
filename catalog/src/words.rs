//! The theme's texts as the till reads them: with `{placeholders}`, some with plural forms (CLDR).
//!
//! The build checked them (`theming`); here they are only filled in.

use std::borrow::Cow;
use std::collections::BTreeMap;

use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};
use serde::{Deserialize, Serialize};

/// One text, or one for each plural category (`one`, `other`, …).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Words {
    /// `Bonjour {name}`
    One(String),
    /// `{ one: "{n} pièce", other: "{n} pièces" }`
    Plural(BTreeMap<String, String>),
}

impl Words {
    /// The text with its values; `{n}` is the number. A placeholder without value stays as it is written.
    pub fn fill<'v>(
        &self,
        lang: &str,
        n: Option<i64>,
        value: impl Fn(&str) -> Option<Cow<'v, str>>,
    ) -> String {
        let text = match self {
            Words::One(text) => text,
            Words::Plural(forms) => {
                let form = forms.get(category(lang, n.unwrap_or(0))).or_else(|| forms.get("other"));
                form.map_or("", String::as_str)
            }
        };
        fill(text, |name| match (name, n) {
            ("n", Some(n)) => value(name).or_else(|| Some(Cow::Owned(number(lang, n)))),
            _ => value(name),
        })
    }
}

/// Puts values into `{name}`; `{{` and `}}` are braces.
fn fill<'v>(text: &str, value: impl Fn(&str) -> Option<Cow<'v, str>>) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(after) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
            out.push_str(&tail[..1]);
            rest = after;
            continue;
        }
        let end = tail.find('}').filter(|_| tail.starts_with('{'));
        let filled = end.and_then(|end| Some((end, value(tail[1..end].trim())?)));
        match filled {
            Some((end, filled)) => {
                out.push_str(&filled);
                rest = &tail[end + 1..];
            }
            None => {
                out.push_str(&tail[..1]);
                rest = &tail[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// A number as readers of a language (a BCP 47 tag) write it, as on the pages: `1 234` in French, with U+202F.
fn number(lang: &str, n: i64) -> String {
    let locale: Locale = lang.parse().unwrap_or(Locale::UNKNOWN);
    let formatter = DecimalFormatter::try_new((&locale).into(), Default::default());
    formatter.map_or_else(|_| n.to_string(), |formatter| formatter.format(&Decimal::from(n)).to_string())
}

/// The plural category of a number in a language.
fn category(lang: &str, n: i64) -> &'static str {
    let locale: Locale = lang.parse().unwrap_or(Locale::UNKNOWN);
    let Ok(rules) = PluralRules::try_new_cardinal((&locale).into()) else { return "other" };
    match rules.category_for(n) {
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

    #[test]
    fn texts_are_filled_and_counted() {
        let one = Words::One("Bonjour {name}, {{x}} {".into());
        assert_eq!(
            one.fill("fr", None, |name| (name == "name").then_some("Anne".into())),
            "Bonjour Anne, {x} {"
        );
        let forms = [("one", "{n} pièce"), ("other", "{n} pièces")];
        let plural = Words::Plural(forms.map(|(form, text)| (form.into(), text.into())).into());
        assert_eq!(
            [0, 1, 2].map(|n| plural.fill("fr", Some(n), |_| None)),
            ["0 pièce", "1 pièce", "2 pièces"]
        );
        assert_eq!(plural.fill("fr", Some(1234), |_| None), "1\u{202f}234 pièces");
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
            assert_eq!(number(lang, n), printed, "{lang}");
        }
    }
}
