//! Template text to tokens. Comments, raw blocks and the text between tags produce none.

use std::borrow::Cow;
use std::ops::Range;

/// A token and its bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind<'a> {
    PrintStart,
    PrintEnd,
    TagStart,
    TagEnd,
    Ident(&'a str),
    /// A string, its escapes resolved.
    Text(Cow<'a, str>),
    /// A number, `true` or `false`.
    Constant,
    /// An operator or bracket.
    Sign(&'static str),
}

/// Longer ones first, as Tera's lexer tries them.
const SIGNS: [&str; 31] = [
    "...", "//", "**", "==", "!=", ">=", "<=", "</", "?.", "?[", "+", "-", "*", "/", "%", "!", ".", ",", ":",
    "~", "|", "=", ">", "<", "(", ")", "[", "]", "{", "}", "@",
];

/// All tokens, or `None` if Tera could not read the text either.
pub(super) fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    while lexer.content()? {}
    Some(lexer.tokens)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token<'a>>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: Kind<'a>, length: usize) {
        self.tokens.push(Token { kind, span: self.at..self.at + length });
        self.at += length;
    }

    /// Skips to the next tag and reads it; false at the end of the text.
    fn content(&mut self) -> Option<bool> {
        let rest = self.rest();
        let starts = rest.as_bytes().windows(2).position(|two| matches!(two, b"{{" | b"{%" | b"{#"));
        let Some(start) = starts else { return Some(false) };
        self.at += start;
        let dash = usize::from(rest.as_bytes().get(start + 2) == Some(&b'-'));
        match rest.as_bytes().get(start + 1) {
            Some(b'#') => self.at += self.rest().find("#}")? + 2,
            Some(b'{') => {
                self.push(Kind::PrintStart, 2 + dash);
                self.inside("}}", Kind::PrintEnd)?;
            }
            _ => {
                if let Some(length) = tag(self.rest().get(2..).unwrap_or_default(), "raw") {
                    self.at += 2 + length;
                    self.raw()?;
                } else {
                    self.push(Kind::TagStart, 2 + dash);
                    self.inside("%}", Kind::TagEnd)?;
                }
            }
        }
        Some(true)
    }

    /// Moves past the `{% endraw %}`.
    fn raw(&mut self) -> Option<()> {
        loop {
            self.at += self.rest().find("{%")? + 2;
            if let Some(length) = tag(self.rest(), "endraw") {
                self.at += length;
                return Some(());
            }
        }
    }

    fn inside(&mut self, end: &str, end_kind: Kind<'a>) -> Option<()> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_whitespace()).len();
            self.at += blank;
            let rest = self.rest();
            if rest.is_empty() {
                // Unfinished: Tera reports it.
                return None;
            }
            let dash = usize::from(rest.starts_with('-') && rest[1..].starts_with(end));
            if rest[dash..].starts_with(end) {
                self.push(end_kind, dash + end.len());
                return Some(());
            }
            self.token(rest)?;
        }
    }

    fn token(&mut self, rest: &'a str) -> Option<()> {
        if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            self.push(Kind::Sign(sign), sign.len());
            return Some(());
        }
        let first = rest.bytes().next()?;
        match first {
            b'\'' | b'"' | b'`' => {
                let (text, length) = string(rest, first)?;
                self.push(Kind::Text(text), length);
            }
            b'0'..=b'9' => {
                let mut point = false;
                let digits = rest.bytes().take_while(|byte| {
                    byte.is_ascii_digit() || (*byte == b'.' && !std::mem::replace(&mut point, true))
                });
                let length = digits.count();
                self.push(Kind::Constant, length);
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let length =
                    rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
                let word = &rest[..length];
                let kind = match word {
                    "true" | "True" | "false" | "False" => Kind::Constant,
                    _ => Kind::Ident(word),
                };
                self.push(kind, length);
            }
            _ => return None,
        }
        Some(())
    }
}

/// The length of `-? name -? %}` at the start of `rest`.
fn tag(rest: &str, name: &str) -> Option<usize> {
    let blank = |text: &'_ str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_whitespace()).len();
    let mut at = usize::from(rest.starts_with('-'));
    at += blank(&rest[at..]);
    at += rest[at..].strip_prefix(name).map(|_| name.len())?;
    at += blank(&rest[at..]);
    at += usize::from(rest[at..].starts_with('-'));
    rest[at..].starts_with("%}").then_some(at + 2)
}

/// The string at the start of `rest` and how many bytes it takes with its quotes.
fn string(rest: &str, quote: u8) -> Option<(Cow<'_, str>, usize)> {
    let mut escaped = false;
    let end = rest.bytes().skip(1).position(|byte| {
        let ends = byte == quote && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    let inner = rest.get(1..=end)?;
    if !inner.contains('\\') {
        return Some((Cow::Borrowed(inner), end + 2));
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '\\' => match chars.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                c @ ('"' | '\'' | '/' | '\\') => c,
                _ => return None,
            },
            c => c,
        });
    }
    Some((Cow::Owned(out), end + 2))
}
