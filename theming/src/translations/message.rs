//! One text: its placeholders, and its plural forms if it has any.

use std::borrow::Cow;

use faults::Place;
use messages::tr;

/// A text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    /// As it stands in the file.
    pub(crate) written: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Placeholder(String),
}

/// What is wrong with a text's braces.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Braces {
    /// A `{` or `}` by itself.
    Lonely,
    /// What stands between the braces is no name.
    Name(String),
}

impl Text {
    /// Reads `{name}`; `{{` and `}}` are braces to be printed.
    pub(super) fn parse(written: &str) -> Result<Self, Braces> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = written;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let tail = &rest[at..];
            if let Some(after) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
                literal.push_str(&tail[..1]);
                rest = after;
                continue;
            }
            let end = tail.find('}').filter(|_| tail.starts_with('{')).ok_or(Braces::Lonely)?;
            let name = tail[1..end].trim();
            if !is_name(name) {
                return Err(if name.contains('{') { Braces::Lonely } else { Braces::Name(name.to_owned()) });
            }
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(Piece::Placeholder(name.to_owned()));
            rest = &tail[end + 1..];
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Text { written: written.to_owned(), pieces })
    }

    /// The names of its placeholders.
    pub(super) fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Placeholder(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }

    /// Puts the values in; or names the first placeholder without one.
    pub(super) fn fill<'v>(&self, value: impl Fn(&str) -> Option<Cow<'v, str>>) -> Result<String, String> {
        let mut out = String::with_capacity(self.written.len() + 16);
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Placeholder(name) => out.push_str(&value(name).ok_or_else(|| name.clone())?),
            }
        }
        Ok(out)
    }
}

/// Whether a template can pass an argument of that name.
fn is_name(name: &str) -> bool {
    name.bytes().enumerate().all(|(at, byte)| match byte {
        b'a'..=b'z' | b'_' => true,
        b'0'..=b'9' => at > 0,
        _ => false,
    }) && !name.is_empty()
        && name != "key"
}

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
    /// It could not be read, which is told already: nothing more is said about it.
    Broken,
}

impl Message {
    /// The form for a plural category; `other` stands in for a missing one. Nothing if a number is needed and
    /// there is none.
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

    /// The placeholders that arguments must fill, sorted; `{n}` of a plural is filled by its number.
    pub(crate) fn placeholders(&self) -> Vec<&str> {
        let all = self.forms().flat_map(|(_, text)| text.placeholders());
        let mut names: Vec<&str> = all.filter(|name| !(self.is_plural() && *name == "n")).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Why a text could not be put together.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn placeholders_are_filled_and_doubled_braces_printed() {
        let text = Text::parse("{a} and { b_2 }: {{x}}").expect("readable");
        assert_eq!(text.placeholders().collect::<Vec<_>>(), ["a", "b_2"]);
        assert_eq!(text.fill(|name| Some(name.to_uppercase().into())).as_deref(), Ok("A and B_2: {x}"));
        assert_eq!(text.fill(|name| (name == "a").then_some("x".into())), Err("b_2".to_owned()));
    }

    #[test]
    fn braces_that_mean_nothing_are_refused() {
        assert_eq!(Text::parse("{a"), Err(Braces::Lonely));
        assert_eq!(Text::parse("a} {b}"), Err(Braces::Lonely));
        assert_eq!(Text::parse("{A b}"), Err(Braces::Name("A b".to_owned())));
        assert_eq!(Text::parse("{}"), Err(Braces::Name(String::new())));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[{}a-c é\\PC]{0,30}") {
            if let Ok(text) = Text::parse(&text) {
                let _ = text.fill(|_| Some("x".into()));
            }
        }

        #[test]
        fn a_text_without_braces_is_printed_as_it_is(text in "[^{}]{0,30}") {
            prop_assert_eq!(Text::parse(&text).expect("readable").fill(|_| None), Ok(text));
        }
    }
}
