//! Texts with placeholders: `Bonjour {name}`.

use std::borrow::Cow;

/// A parsed text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// As written in the file.
    pub written: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Placeholder(String),
}

/// What is wrong with the braces of a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Braces {
    /// An unmatched `{` or `}`.
    Lonely,
    /// What is between the braces is not a valid name.
    Name(String),
}

impl Text {
    /// Parses `{name}`; `{{` and `}}` are literal braces.
    ///
    /// # Errors
    /// The first invalid brace or name.
    pub fn parse(written: &str) -> Result<Self, Braces> {
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
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Placeholder(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }

    /// Replaces the placeholders by their values.
    ///
    /// # Errors
    /// The name of the first placeholder without a value.
    pub fn fill<'v>(&self, value: impl Fn(&str) -> Option<Cow<'v, str>>) -> Result<String, String> {
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

/// Whether templates can pass an argument of this name: `key` is taken by the text's own key.
fn is_name(name: &str) -> bool {
    name.bytes().enumerate().all(|(at, byte)| match byte {
        b'a'..=b'z' | b'_' => true,
        b'0'..=b'9' => at > 0,
        _ => false,
    }) && !name.is_empty()
        && name != "key"
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
