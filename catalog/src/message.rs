//! The theme's texts as the till reads them: with `{placeholders}`, some with plural forms (CLDR).
//!
//! The build has checked them (`theming`); here they are only filled in.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::text::Text;

/// Whether a key's text is markup: it is printed unescaped, and values in it are escaped.
pub fn is_html(key: &str) -> bool {
    key.ends_with("_html")
}

/// One text, or one for each plural category (`one`, `other`, …).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Message {
    /// `Bonjour {name}`
    One(String),
    /// `{ one: "{n} pièce", other: "{n} pièces" }`
    Plural(BTreeMap<String, String>),
}

impl Message {
    /// Fills in the values; `{n}` is the number. A placeholder without a value stays as written.
    pub fn fill<'v>(
        &self,
        lang: &str,
        n: Option<i64>,
        value: impl Fn(&str) -> Option<Cow<'v, str>>,
    ) -> String {
        let language = Language::new(lang);
        let text = match self {
            Message::One(text) => text,
            Message::Plural(forms) => {
                let form = forms.get(language.category(n.unwrap_or(0))).or_else(|| forms.get("other"));
                let Some(form) = form else { return String::new() };
                form
            }
        };
        // The build refuses invalid braces.
        let Ok(parsed) = Text::parse(text) else { return text.clone() };
        let filled = parsed.fill(|name| {
            let number = n.filter(|_| name == "n").map(|n| Cow::Owned(language.number(n)));
            Some(number.or_else(|| value(name)).unwrap_or_else(|| Cow::Owned(format!("{{{name}}}"))))
        });
        filled.unwrap_or_else(|name| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_and_counted() {
        let one = Message::One("Bonjour {name}, {{x}} {y}".into());
        assert_eq!(
            one.fill("fr", None, |name| (name == "name").then_some("Anne".into())),
            "Bonjour Anne, {x} {y}"
        );
        assert_eq!(Message::One("{ {x".into()).fill("fr", None, |_| Some("Anne".into())), "{ {x");
        assert_eq!(Message::Plural(BTreeMap::new()).fill("fr", Some(2), |_| None), "");
        let forms = [("one", "{n} pièce"), ("other", "{n} pièces")];
        let plural = Message::Plural(forms.map(|(form, text)| (form.into(), text.into())).into());
        assert_eq!(
            [0, 1, 2].map(|n| plural.fill("fr", Some(n), |_| None)),
            ["0 pièce", "1 pièce", "2 pièces"]
        );
        // The number is formatted for readers, even if a template passes another value as `n`.
        assert_eq!(plural.fill("fr", Some(1234), |_| Some("1234".into())), "1\u{202f}234 pièces");
    }
}
