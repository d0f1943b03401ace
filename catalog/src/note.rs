//! Text that a shopper adds to a piece: its fields, and the one rule for cleaning, counting and comparing it.
//!
//! A note is transferred as one text: the values of its fields in order, one per line, without empty lines at the
//! end. Browsers and the till count the same units: UTF-16 code units, as `maxlength` does (most letters are one,
//! most emoji two).

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

use messages::tr;
use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use crate::Cents;
use crate::localized::Localized;

/// Most characters in all fields of a piece together: the cookie of a cart has room for them.
pub const MAX_NOTE: u32 = 500;
/// Most fields of a piece.
pub const MAX_FIELDS: usize = 12;
/// Longest pattern, in bytes.
const MAX_PATTERN: usize = 200;

/// The text that a shopper may add to a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personalisation {
    /// The label, by language; with several fields, that of the first. Tills before 0.12 know only this one.
    pub label: Localized,
    /// Most characters of the first field.
    pub max_length: u32,
    /// The surcharge.
    pub price: Cents,
    /// The fields; empty in older snapshots, which have only `label` and `max_length`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<NoteField>,
}

/// One field of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteField {
    /// The label, by language.
    pub label: Localized,
    /// Most characters, in UTF-16 code units.
    pub max_length: u32,
    /// The piece cannot be bought without a value.
    #[serde(default)]
    pub required: bool,
    /// The allowed values; empty when any text is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// A regular expression that the whole value matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

/// One allowed value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The value that forms send.
    pub id: String,
    /// What shoppers see, by language.
    pub label: Localized,
}

/// Why a note is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// The piece takes no note.
    #[error("it takes no note")]
    Unwanted,
    /// There are more lines than fields.
    #[error("the note has more lines than the piece has fields")]
    Lines,
    /// A required field is empty. Fields are counted from 0 here and below.
    #[error("field {} of the note is missing", .0 + 1)]
    Missing(usize),
    /// A value is longer than its field allows.
    #[error("field {} of the note is too long", .0 + 1)]
    TooLong(usize),
    /// A value contains a control character.
    #[error("field {} of the note holds a control character", .0 + 1)]
    Control(usize),
    /// A value is not among its field's choices.
    #[error("field {} of the note is none of its choices", .0 + 1)]
    Choice(usize),
    /// A value does not match its field's pattern.
    #[error("field {} of the note does not have its form", .0 + 1)]
    Pattern(usize),
}

impl Personalisation {
    /// The fields, also for older snapshots.
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

/// The non-empty values of a note, each with its field.
///
/// # Errors
/// When a required value is missing, a value is invalid, or there are more lines than fields.
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

/// Normalizes typed text before it is counted, stored and compared: line breaks become `\n`, each line is trimmed,
/// empty lines at the end are dropped. `None` when nothing is left.
pub fn typed(text: &str) -> Option<String> {
    let lines = one_line_break(text);
    let lines: Vec<&str> = lines.split('\n').map(trimmed).collect();
    let text = lines.join("\n");
    let text = text.trim_end_matches('\n');
    (!text.is_empty()).then(|| text.to_owned())
}

/// Normalizes text of several lines, such as a gift note: line breaks become `\n`, and the whole is trimmed. `None`
/// when nothing is left.
pub fn letter(text: &str) -> Option<String> {
    let text = one_line_break(text);
    let text = trimmed(&text);
    (!text.is_empty()).then(|| text.to_owned())
}

/// Length in UTF-16 code units, as browsers count for `maxlength`.
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Forms send line breaks as CR LF, scripts as LF.
fn one_line_break(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Trims the same characters as `trim()` in browsers.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
}

/// Whether the pattern matches the whole value. Everything matches an invalid pattern.
fn matches(pattern: &str, value: &str) -> bool {
    Regex::new(&format!("^(?:{pattern})$")).map_or(true, |pattern| pattern.is_match(value))
}

/// Checks that a pattern means the same to browsers (attribute `pattern`, compiled with the flag `v`) and to the till.
///
/// # Errors
/// A message that says what to write.
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
            // A range between two plain letters.
            '-' if class => is_plain(before) && letters.next().is_some_and(is_plain),
            // When doubled, they have another meaning in browsers.
            mark if class && is_mark(mark) => mark != before,
            '{' if !class => count_follows(&mut letters),
            '?' | '*' | '+' if !class => true,
            '(' if !class => letters.peek() != Some(&'?'),
            ')' | '|' | '.' | ',' | ':' | ';' | '\'' | '"' | '%' | '/' | '-' | '#' | '=' | '!' if !class => {
                true
            }
            other => is_plain(other),
        };
        // Browsers refuse a quantifier after a quantifier.
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

/// Consumes the rest of `{2}`, `{2,}` or `{2,4}`.
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

/// A letter, digit, space or `_`: stands for itself in both dialects.
fn is_plain(letter: char) -> bool {
    letter == ' ' || letter == '_' || letter.is_alphanumeric()
}

/// A sign that stands for itself in a class.
fn is_mark(letter: char) -> bool {
    matches!(letter, '.' | ',' | ':' | '\'')
}

/// A sign that both dialects allow to be escaped with `\`.
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
