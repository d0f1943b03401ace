//! The text of a key: one, or one for each plural form.

use catalog::text::Text;
use faults::Place;
use messages::tr;

/// A key's text.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) forms: Forms,
    /// Where the key stands.
    pub(crate) place: Place,
}

/// One text, or one for each plural category.
#[derive(Debug, Clone)]
pub(crate) enum Forms {
    One(Text),
    Plural(Vec<(&'static str, Text)>),
    /// It could not be read, which has been reported: no further faults.
    Broken,
}

impl Message {
    /// The form for a plural category, or else `other`. `None` if a number is needed and there is none.
    pub(crate) fn form(&self, category: Option<&str>) -> Option<&Text> {
        match &self.forms {
            Forms::Broken => None,
            Forms::One(text) => Some(text),
            Forms::Plural(forms) => {
                let of = |wanted: &str| {
                    forms.iter().find(|(category, _)| *category == wanted).map(|(_, text)| text)
                };
                let category = category?;
                of(category).or_else(|| of("other"))
            }
        }
    }

    /// Every form with its category; a single text has the category "".
    pub(crate) fn forms(&self) -> impl Iterator<Item = (&'static str, &Text)> {
        let (one, plural) = match &self.forms {
            Forms::One(text) => (Some(("", text)), &[][..]),
            Forms::Plural(forms) => (None, &forms[..]),
            Forms::Broken => (None, &[][..]),
        };
        one.into_iter().chain(plural.iter().map(|(category, text)| (*category, text)))
    }

    /// Whether it has plural forms.
    pub(crate) fn is_plural(&self) -> bool {
        matches!(self.forms, Forms::Plural(_))
    }

    /// Whether it could not be read.
    pub(crate) fn is_broken(&self) -> bool {
        matches!(self.forms, Forms::Broken)
    }

    /// The placeholders that arguments must fill, sorted; not `{n}` of a plural, which its number fills.
    pub(crate) fn placeholders(&self) -> Vec<&str> {
        let all = self.forms().flat_map(|(_, text)| text.placeholders());
        let mut names: Vec<&str> = all.filter(|name| !(self.is_plural() && *name == "n")).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Why a text could not be filled in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    Unknown(String),
    /// A plural without its number.
    Number(String),
    /// A placeholder without value: key and name.
    Missing(String, String),
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&match self {
            Problem::Unknown(key) => tr!("there is no text `{key}`"),
            Problem::Number(key) => tr!("the text `{key}` is a plural and needs a number `n`"),
            Problem::Missing(key, name) => tr!("the text `{key}` needs a value for `{name}`"),
        })
    }
}
