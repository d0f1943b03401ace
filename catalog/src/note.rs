//! What a shopper has put on a piece: its fields, and the one rule by which what is typed is cleaned, counted and compared.
//!
//! A note travels as one text: the values of its fields in their order, one a line, without empty lines at the end. Browsers
//! and the till count alike: UTF-16 code units, as `maxlength` does (most letters are one, most emoji two).

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

use messages::tr;
use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use crate::Cents;
use crate::localized::Localized;

/// Most characters of all fields of a piece together: a cart in a cookie has room for them.
pub const MAX_NOTE: u32 = 500;
/// Most fields of a piece.
pub const MAX_FIELDS: usize = 12;
/// Longest pattern, in bytes.
const MAX_PATTERN: usize = 200;

/// What a shopper may have put on a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personalisation {
    /// What it is called, by language: the first field's label. Tills before 0.12 know only this one.
    pub label: Localized,
    /// Most characters of the first field.
    pub max_length: u32,
    /// What it adds.
    pub price: Cents,
    /// What is asked for; empty in older snapshots, where `label` and `max_length` say all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<NoteField>,
}

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteField {
    /// What it is called, by language.
    pub label: Localized,
    /// Most characters.
    pub max_length: u32,
    /// The piece cannot be bought without it.
    #[serde(default)]
    pub required: bool,
    /// One of these; empty for any text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// The whole value has this form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

/// One value to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What forms send.
    pub id: String,
    /// What shoppers read, by language.
    pub label: Localized,
}

/// Why a note is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// The piece takes no words.
    #[error("it takes no note")]
    Unwanted,
    /// There are more lines than fields.
    #[error("the note has more lines than the piece has fields")]
    Lines,
    /// A field that is required is empty. Counted from 0, as below.
    #[error("field {} of the note is missing", .0 + 1)]
    Missing(usize),
    /// A field is longer than it may be.
    #[error("field {} of the note is too long", .0 + 1)]
    TooLong(usize),
    /// A field holds a control character.
    #[error("field {} of the note holds a control character", .0 + 1)]
    Control(usize),
    /// The value of a field is not among its choices.
    #[error("field {} of the note is none of its choices", .0 + 1)]
    Choice(usize),
    /// A field does not have its form.
    #[error("field {} of the note does not have its form", .0 + 1)]
    Pattern(usize),
}

impl Personalisation {
    /// What is asked for, also in older snapshots.
    pub fn fields(&self) -> Cow<'_, [NoteField]> {
        if !self.fields.is_empty() {
            return Cow::Borrowed(&self.fields);
        }
        Cow::Owned(vec![NoteField {
            label: self.label.clone(),
            max_length: self.max_length,
            required: false,
            choices: Vec::new(),
            pattern: None,
        }])
    }
}

/// The values of a note, each with its field, without the empty ones.
///
/// # Errors
/// When something required is missing, or a value is not as its field wants it.
pub fn values<'a>(
    fields: &'a [NoteField],
    note: Option<&'a str>,
) -> Result<Vec<(&'a NoteField, &'a str)>, NoteFault> {
    let lines: Vec<&str> = note.map(|note| note.split('\n').collect()).unwrap_or_default();
    if lines.len() > fields.len() {
        return Err(if fields.is_empty() { NoteFault::Unwanted } else { NoteFault::Lines });
    }
    let mut values = Vec::with_capacity(lines.len());
    for (at, field) in fields.iter().enumerate() {
        let value = lines.get(at).copied().unwrap_or_default();
        if value.is_empty() {
            if field.required {
                return Err(NoteFault::Missing(at));
            }
            continue;
        }
        if value.chars().any(char::is_control) {
            return Err(NoteFault::Control(at));
        }
        if !field.choices.is_empty() {
            if !field.choices.iter().any(|choice| choice.id == value) {
                return Err(NoteFault::Choice(at));
            }
        } else if length(value) > usize::try_from(field.max_length).unwrap_or(usize::MAX) {
            return Err(NoteFault::TooLong(at));
        } else if field.pattern.as_deref().is_some_and(|pattern| !matches(pattern, value)) {
            return Err(NoteFault::Pattern(at));
        }
        values.push((field, value));
    }
    Ok(values)
}

/// What was typed, as it is counted, kept and compared: line breaks are `\n`, no line has spaces around it, none at the end
/// is empty. `None` when nothing is left.
pub fn typed(text: &str) -> Option<String> {
    let lines = one_line_break(text);
    let lines: Vec<&str> = lines.split('\n').map(trimmed).collect();
    let text = lines.join("\n");
    let text = text.trim_end_matches('\n');
    (!text.is_empty()).then(|| text.to_owned())
}

/// A text of several lines, such as a gift note, as it is counted and kept: line breaks are `\n`, nothing blank is around it.
pub fn letter(text: &str) -> Option<String> {
    let text = one_line_break(text);
    let text = trimmed(&text);
    (!text.is_empty()).then(|| text.to_owned())
}

/// How long a text is, as browsers count for `maxlength`: UTF-16 code units.
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Forms send a line break as CR LF; scripts as LF.
fn one_line_break(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Without what browsers' `trim()` takes away.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
}

/// Whether the whole value has the form of a pattern; one that is no pattern is had by everything.
fn matches(pattern: &str, value: &str) -> bool {
    Regex::new(&format!("^(?:{pattern})$")).map_or(true, |pattern| pattern.is_match(value))
}

/// Whether a pattern means the same to browsers (the attribute `pattern`, read with the flag `v`) and to the till.
///
/// # Errors
/// In words, what to write.
pub fn check_pattern(pattern: &str) -> Result<(), &'static str> {
    let what_is_known = || {
        tr!(
            "use letters, digits, spaces, `.`, `\\d`, classes such as `[0-9A-Z]`, groups, `|`, `?`, `*`, `+` and `{{2,4}}`; \
             put `\\` before any other sign that is meant as itself"
        )
    };
    if pattern.is_empty() || pattern.len() > MAX_PATTERN {
        return Err(tr!("a pattern has 1 to 200 characters"));
    }
    let (mut class, mut before) = (false, '|');
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        let repeats = !class && matches!(letter, '?' | '*' | '+' | '{');
        let known = match letter {
            '\\' => letters.next().is_some_and(|next| next == 'd' || is_sign(next) || (class && next == '-')),
            '[' if !class => {
                class = true;
                let _ = letters.next_if_eq(&'^');
                letters.peek().is_some_and(|next| is_plain(*next) || is_mark(*next) || *next == '\\')
            }
            ']' if class => {
                class = false;
                true
            }
            // A range, from a plain letter to another.
            '-' if class => is_plain(before) && letters.next().is_some_and(is_plain),
            // Doubled, they mean something else to browsers.
            mark if class && is_mark(mark) => mark != before,
            '{' if !class => count_follows(&mut letters),
            '?' | '*' | '+' if !class => true,
            '(' if !class => letters.peek() != Some(&'?'),
            ')' | '|' | '.' | ',' | ':' | ';' | '\'' | '"' | '%' | '/' | '-' | '#' | '=' | '!' if !class => {
                true
            }
            other => is_plain(other),
        };
        // What repeats a repetition is a mistake to browsers.
        if !known || (repeats && matches!(before, '?' | '*' | '+' | '{')) {
            return Err(what_is_known());
        }
        before = letter;
    }
    let whole = format!("^(?:{pattern})$");
    if class || [pattern, whole.as_str()].iter().any(|text| Regex::new(text).is_err()) {
        return Err(what_is_known());
    }
    Ok(())
}

/// Takes the rest of `{2}`, `{2,}` or `{2,4}`.
fn count_follows(letters: &mut Peekable<Chars<'_>>) -> bool {
    let digits = |letters: &mut Peekable<Chars<'_>>| {
        let mut any = false;
        while letters.next_if(char::is_ascii_digit).is_some() {
            any = true;
        }
        any
    };
    if !digits(letters) {
        return false;
    }
    if letters.next_if_eq(&',').is_some() {
        digits(letters);
    }
    letters.next_if_eq(&'}').is_some()
}

/// A letter, digit or space: itself in every dialect.
fn is_plain(letter: char) -> bool {
    letter == ' ' || letter == '_' || letter.is_alphanumeric()
}

/// A sign that is itself in a class.
fn is_mark(letter: char) -> bool {
    matches!(letter, '.' | ',' | ':' | '\'')
}

/// A sign that both dialects let be written with a `\` before it.
fn is_sign(letter: char) -> bool {
    matches!(letter, '.' | '[' | ']' | '(' | ')' | '{' | '}' | '*' | '+' | '?' | '|' | '\\' | '/' | '^' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(max_length: u32) -> NoteField {
        NoteField { label: Localized::new(), max_length, required: false, choices: Vec::new(), pattern: None }
    }

    #[test]
    fn line_breaks_of_forms_and_scripts_are_the_same_text() {
        assert_eq!(typed(" 140 \r\n 250\r\n\r\n"), Some("140\n250".to_owned()));
        assert_eq!(typed("\r\n250"), Some("\n250".to_owned()), "the first field is empty, not the second");
        assert_eq!(typed("\u{feff} \r\n"), None);
        assert_eq!(letter("\r\nJoyeux\r\nNoël\r"), Some("Joyeux\nNoël".to_owned()));
    }

    #[test]
    fn letters_are_counted_as_browsers_count_them() {
        assert_eq!([length("é"), length("e\u{301}"), length("🎂"), length("a\nb")], [1, 2, 2, 3]);
    }

    #[test]
    fn each_field_wants_its_value() {
        let needed = NoteField { required: true, pattern: Some("[0-9]{2,3}".to_owned()), ..field(3) };
        let colour = Choice { id: "bleu".to_owned(), label: Localized::new() };
        let fields = [needed, field(5), NoteField { choices: vec![colour], ..field(1) }];
        let fault = |note| values(&fields, note).expect_err("refused");
        assert_eq!(values(&fields, Some("140\n\nbleu")).map(|all| all.len()), Ok(2));
        assert_eq!(fault(None), NoteFault::Missing(0));
        assert_eq!(fault(Some("\nAnne")), NoteFault::Missing(0));
        assert_eq!(fault(Some("14 m")), NoteFault::TooLong(0));
        assert_eq!(fault(Some("1m")), NoteFault::Pattern(0));
        assert_eq!(fault(Some("140\n🎂🎂🎂")), NoteFault::TooLong(1));
        assert_eq!(fault(Some("140\na\tb")), NoteFault::Control(1));
        assert_eq!(fault(Some("140\n\nvert")), NoteFault::Choice(2));
        assert_eq!(fault(Some("140\n\n\nmore")), NoteFault::Lines);
        assert_eq!(values(&[], Some("x")), Err(NoteFault::Unwanted));
    }

    #[test]
    fn older_snapshots_are_read_and_older_tills_find_what_they_know() {
        let old = r#"{"label":{"fr":"Gravure"},"max_length":24,"price":500}"#;
        let read: Personalisation = serde_json::from_str(old).expect("read");
        assert_eq!(read.fields().as_ref(), [NoteField { label: read.label.clone(), ..field(24) }]);
        let new = Personalisation { fields: vec![NoteField { required: true, ..field(24) }], ..read };
        let new = serde_json::to_value(new).expect("written");
        for known in ["label", "max_length", "price"] {
            assert!(new.get(known).is_some(), "{known}");
        }
    }

    #[test]
    fn a_pattern_that_browsers_and_the_till_would_read_differently_is_refused() {
        for good in [
            "[0-9]{2,3}",
            "\\d+([.,]\\d)?",
            "[A-Za-z' ]+",
            "AB|CD",
            "[^0-9]*",
            "[a\\-z]",
            "a{2,}",
            "12\\/24",
            "é+",
            "-a",
            "a-",
            "\\d-\\d",
        ] {
            assert_eq!(check_pattern(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "[",
            "a)",
            "a)(b",
            "[a-b-c]",
            "(?i)a",
            "[a-]",
            "[-a]",
            "\\w+",
            "\\s",
            "\\p{L}",
            "[[:alpha:]]",
            "[a&&b]",
            "a{",
            "\\1",
            "^a",
            "]",
            "a}",
            "a{,3}",
            "a+*",
            "a{2}{3}",
            "[,,]",
            "\\-",
            "[[a]]",
            "[a{2}]",
        ] {
            assert!(check_pattern(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_a_sign_outside_a_class_is_none_within() {
        for sign in [
            "?", "*", "+", "(", ")", "|", "{", "[", ";", "\"", "%", "/", "#", "=", "!", "&", "^", "$", "@",
            "~",
        ] {
            assert!(check_pattern(&format!("[a{sign}]")).is_err(), "[a{sign}]");
        }
        for good in [
            "[a.]",
            "[a,]",
            "[a:]",
            "[a']",
            "[\\-a]",
            "[^a]",
            "[a\\]]",
            "a-b",
            "a;b",
            "a%",
            "a#b!",
            "a{2}",
            "a{2,}b{2,4}",
        ] {
            assert_eq!(check_pattern(good), Ok(()), "{good}");
        }
        for bad in ["a\\-b", "[a..]", "[a::]", "a{,2}", "a{2", "a{}", "a{2}{3}", "a+?", "a?+", "[a", "a]"] {
            assert!(check_pattern(bad).is_err(), "{bad}");
        }
        assert_eq!(check_pattern(&"a".repeat(MAX_PATTERN)), Ok(()));
        assert!(check_pattern(&"a".repeat(MAX_PATTERN + 1)).is_err());
    }
}
