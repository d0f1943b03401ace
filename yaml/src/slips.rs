//! Common slips in YAML, explained in plain words: a colon, a `#`, a quote or an apostrophe inside a value, unusual spaces,
//! tabs, indentation. The scanner knows where it stopped; the line shows what was meant.

use std::ops::Range;

use faults::Fault;
use granit_parser::ErrorKind;
use messages::tr;

use crate::{Kind, Node, Source, write_help};

/// Whether YAML does not recognise a character as a space: no-break and narrow spaces, which French keyboards and word
/// processors make.
pub(crate) fn is_odd_space(c: char) -> bool {
    let ordinary = matches!(c, ' ' | '\t' | '\n' | '\r');
    !ordinary && (c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}'))
}

fn called(c: char) -> String {
    let word = match c {
        '\u{a0}' => tr!("a no-break space"),
        '\u{202f}' => tr!("a narrow no-break space"),
        '\u{200b}' => tr!("a zero-width space"),
        _ => tr!("a space that is not an ordinary one"),
    };
    format!("{word} ({})", crate::characters::name(c))
}

/// Refuses a no-break space before a field's name: it would be part of the name, and the line not indented. One before the
/// colon is a habit of French typing and does no harm.
pub(crate) fn of_key(source: &Source, span: &Range<usize>) {
    let written = source.text.get(span.clone()).unwrap_or_default();
    if let Some(odd) = written.chars().next().filter(|c| is_odd_space(*c)) {
        let space = called(odd);
        let message = tr!("{space} stands before this line's words");
        source.error("odd-space", span.start..span.start + odd.len_utf8(), message, "", ordinary());
    }
}

fn ordinary() -> &'static str {
    tr!("replace it with ordinary spaces")
}

/// Reports slips that are valid YAML: a comment that truncates a value, curly quotes around it. `key` is its field.
pub(crate) fn of_value(source: &Source, key: Option<&str>, node: &Node) {
    let Kind::Scalar { text, quoted: false } = &node.kind else { return };
    let field = key.map_or_else(|| "- ".to_owned(), |key| format!("{key}: "));
    let line = source.text.get(node.span.end..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let comment = line.trim_start_matches([' ', '\t']);
    // An intended comment has a space after the `#`; numbers and dates contain no `#`.
    let meant =
        comment.strip_prefix('#').is_some_and(|rest| !rest.is_empty() && !rest.starts_with([' ', '\t', '#']));
    // If it hides a bracket, the missing bracket is the mistake.
    let hides = comment.contains(['}', ']']);
    if meant && !hides && line.len() > comment.len() && text.chars().any(char::is_alphabetic) {
        let start = node.span.end + line.len() - comment.len();
        let whole = source.text.get(node.span.start..node.span.end + line.len()).unwrap_or_default();
        let value = quoted(whole);
        source.error(
            "comment-in-value",
            start..start + comment.trim_end().len(),
            tr!("a `#` after a space begins a comment: the value ends before it"),
            tr!("not read"),
            tr!("write `{field}{value}`; for a comment, put a space after the `#`"),
        );
    }
    if let Some(inner) = in_curly_quotes(text) {
        let fault = Fault::warning(
            "curly-quotes",
            source.place(node.span.clone()),
            tr!("these quotes are part of the value: YAML knows straight ones only"),
        );
        let (plain, kept) = (quoted(inner), quoted(text));
        source.push(fault.help(tr!("write `{field}{plain}`; if shoppers shall see them, `{field}{kept}`")));
    }
}

fn in_curly_quotes(text: &str) -> Option<&str> {
    let double = |c: char| matches!(c, '“' | '”' | '„' | '‟' | '″');
    let single = |c: char| matches!(c, '‘' | '’' | '‚' | '‛' | '′');
    let (first, last) = (text.chars().next()?, text.chars().next_back()?);
    let inner = text.get(first.len_utf8()..text.len() - last.len_utf8()).filter(|inner| !inner.is_empty())?;
    let pair = (double(first) && (double(last) || last == '"')) || (double(last) && first == '"');
    // Inside single quotes an apostrophe would end the quotation.
    let apostrophes = single(first) && first != '’' && (single(last) || last == '\'');
    ((pair && !inner.contains(double)) || apostrophes).then_some(inner)
}

/// A value in quotes that YAML reads as it is.
fn quoted(value: &str) -> String {
    let value = value.trim();
    if !value.contains(['"', '\\']) {
        return format!("\"{value}\"");
    }
    format!("'{}'", value.replace('\'', "''"))
}

/// A line that has a field: `  - key: value`.
struct Line<'t> {
    /// Where it begins in the file.
    start: usize,
    text: &'t str,
}

/// The field of a line, with positions in bytes of the line.
struct Field<'t> {
    key: &'t str,
    colon: usize,
    /// What follows the colon, trimmed, and its position.
    value: &'t str,
    value_at: usize,
}

impl<'t> Line<'t> {
    /// The line that contains `at`, or the last one before it that is not blank.
    fn at(text: &'t str, range: &Range<usize>, at: usize) -> Option<Self> {
        let head = text.get(range.start..at.min(range.end))?;
        let start = range.start + head.rfind('\n').map_or(0, |end| end + 1);
        let rest = text.get(start..range.end)?;
        let line = rest.split('\n').next().unwrap_or(rest);
        let line = Line { start, text: line.trim_end_matches('\r') };
        if line.text.trim().is_empty() { line.above(text, range) } else { Some(line) }
    }

    /// The previous line that is not blank.
    fn above(&self, text: &'t str, range: &Range<usize>) -> Option<Self> {
        let mut end = self.start.checked_sub(1)?;
        while end > range.start {
            let head = text.get(range.start..end)?;
            let start = range.start + head.rfind('\n').map_or(0, |end| end + 1);
            let line = Line { start, text: text.get(start..end)?.trim_end_matches('\r') };
            if !line.text.trim().is_empty() {
                return Some(line);
            }
            end = start.checked_sub(1)?;
        }
        None
    }

    /// The length in bytes of leading blanks of any kind and of the dashes of lists.
    fn lead(&self) -> usize {
        let blank = |c: char| matches!(c, ' ' | '\t') || is_odd_space(c);
        let mut at = 0;
        loop {
            at += self.text[at..].len() - self.text[at..].trim_start_matches(blank).len();
            let dash = self.text[at..].strip_prefix('-').is_some_and(|rest| rest.starts_with(blank));
            if !dash {
                return at;
            }
            at += 1;
        }
    }

    fn field(&self) -> Option<Field<'t>> {
        let lead = self.lead();
        let length = self.text[lead..].find(':')?;
        let key = &self.text[lead..lead + length];
        let named = key.starts_with(char::is_alphabetic) && !key.contains(['"', '\'', '[', '{', '#', ',']);
        let colon = lead + length;
        let rest = &self.text[colon + 1..];
        let value = rest.trim();
        let value_at = colon + 1 + rest.len() - rest.trim_start().len();
        (named && !rest.starts_with("//")).then_some(Field { key: key.trim(), colon, value, value_at })
    }

    /// The span of its content without leading blanks and dashes; that of the dashes if there is nothing else.
    fn body(&self) -> Range<usize> {
        let end = self.text.trim_end().len();
        let from = if self.lead() < end { self.lead() } else { end - self.text.trim().len() };
        self.span(from, end - from)
    }

    fn span(&self, from: usize, length: usize) -> Range<usize> {
        self.start + from..self.start + from + length
    }
}

/// A slip: what it is, where it is, and what to write.
struct Slip {
    span: Range<usize>,
    message: String,
    label: &'static str,
    help: String,
}

fn slip(
    span: Range<usize>,
    message: impl Into<String>,
    label: &'static str,
    help: impl Into<String>,
) -> Slip {
    Slip { span, message: message.into(), label, help: help.into() }
}

/// Refuses what the scanner stopped at, at byte `at` of the file.
pub(crate) fn of_syntax(source: &Source, range: &Range<usize>, at: usize, kind: &ErrorKind) {
    let text = &source.text;
    let here = Line::at(text, range, at);
    let above = here.as_ref().and_then(|line| line.above(text, range));
    let found = here.and_then(|here| find(text, range, &here, above.as_ref(), at, kind));
    let Slip { span, message, label, help } = found.unwrap_or_else(|| {
        let end = text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8());
        slip(
            at..end,
            tr!("this cannot be read as fields"),
            "",
            tr!(
                "put a value in quotes if it holds `: ` or ` #`, or begins with one of [ ] {{ }} & * ! | > % @ `; \
                 indent with spaces, not tabs"
            ),
        )
    });
    source.error("yaml-syntax", span, message, label, help);
}

fn find(
    text: &str,
    range: &Range<usize>,
    here: &Line<'_>,
    above: Option<&Line<'_>>,
    at: usize,
    kind: &ErrorKind,
) -> Option<Slip> {
    let lines = || std::iter::once(here).chain(above);
    if let Some(found) = lines().find_map(odd_space).or_else(|| tab(text, here, at, kind)) {
        return Some(found);
    }
    if let ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar = kind {
        return unclosed_quote(text, range, at);
    }
    let lost = matches!(
        kind,
        ErrorKind::SimpleKeyExpected
            | ErrorKind::InvalidSimpleKey
            | ErrorKind::MappingValueNotAllowed
            | ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::MappingKeyNotAllowed
    );
    if lost && let Some(found) = lines().find_map(glued) {
        return Some(found);
    }
    if let ErrorKind::UnclosedFlowCollection { open } = kind {
        return Some(unclosed_bracket(here, at, *open));
    }
    if let Some(field) = here.field().filter(|field| !field.value.is_empty())
        && let Some(found) = in_value(here, &field, at, kind)
    {
        return Some(found);
    }
    let begins_here = here.field().is_some_and(|field| here.start + field.colon >= at);
    match kind {
        ErrorKind::MappingValueNotAllowed if begins_here => Some(slip(
            here.body(),
            tr!("this field stands deeper than the line above it, which has its value already"),
            tr!("indented too far"),
            tr!(
                "begin it exactly below the field above; a value that goes on over several lines is put in quotes"
            ),
        )),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            let bare = lines().find(|line| !line.text.contains(':'))?;
            let help = tr!(
                "write `name: value`; if it belongs to the value above, indent it and put that value in quotes"
            );
            Some(slip(bare.body(), tr!("this line has no colon"), "", help))
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry => Some(slip(
            here.body(),
            tr!("this line is indented like none of those above it"),
            "",
            tr!("begin it exactly below the field or the `-` that it belongs beside; indent with spaces"),
        )),
        _ => None,
    }
}

/// A no-break space where YAML needs a space: as indentation, or after a colon.
fn odd_space(line: &Line<'_>) -> Option<Slip> {
    let lead = line.lead();
    if let Some((at, odd)) = line.text[..lead].char_indices().find(|(_, c)| is_odd_space(*c)) {
        let space = called(odd);
        let message = tr!("{space} stands before this line's words");
        return Some(slip(line.span(at, odd.len_utf8()), message, "", ordinary()));
    }
    let field = line.field()?;
    let odd = line.text[field.colon + 1..].chars().next().filter(|c| is_odd_space(*c))?;
    let space = called(odd);
    let message = tr!("{space} follows the colon");
    let (key, value) = (field.key.trim_matches(is_odd_space), field.value);
    let help = tr!("write `{key}: {value}` with an ordinary space");
    Some(slip(line.span(field.colon + 1, odd.len_utf8()), message, "", help))
}

fn tab(text: &str, here: &Line<'_>, at: usize, kind: &ErrorKind) -> Option<Slip> {
    let is_about_tabs = matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar
            | ErrorKind::InvalidBlockEntryWhitespace
            | ErrorKind::InvalidMappingValueWhitespace
    );
    let start = match here.text[..here.lead()].find('\t') {
        Some(tab) => here.start + tab,
        // The scanner points at the end of the previous word.
        None if is_about_tabs => at + text.get(at..)?.find('\t')?,
        None => return None,
    };
    let message = tr!("a tab stands where YAML takes spaces only");
    Some(slip(start..start + 1, message, tr!("a tab"), tr!("indent with spaces")))
}

/// `title:Bol`
fn glued(line: &Line<'_>) -> Option<Slip> {
    let field = line.field().filter(|field| !field.value.is_empty() && field.value_at == field.colon + 1)?;
    let help = write_help(format_args!("{}: {}", field.key, field.value));
    Some(slip(line.span(field.colon, 1), tr!("a space is missing after this colon"), "", help))
}

/// A bracket that is never closed, or whose end a comment hides.
fn unclosed_bracket(line: &Line<'_>, at: usize, open: char) -> Slip {
    let close = if open == '[' { ']' } else { '}' };
    let rest = line.text.get(at.saturating_sub(line.start)..).unwrap_or_default();
    if let Some((comment, _)) = rest.match_indices(" #").find(|(hash, _)| rest[*hash..].contains(close)) {
        return slip(
            at + comment + 1..at + comment + 2,
            tr!("a `#` after a space begins a comment, so that this line's `{open}` is never closed"),
            tr!("the rest is not read"),
            tr!("put the text that holds the `#` in quotes: `\"Bol #3\"`"),
        );
    }
    let help = match line.field() {
        Some(field) => {
            let line = format!("{}: {}", field.key, quoted(field.value));
            tr!("end it with `{close}`; if it is text, write `{line}`")
        }
        None => tr!("end it with `{close}`; text that begins with `{open}` goes in quotes"),
    };
    slip(at..at + 1, tr!("this `{open}` is never closed"), tr!("opened here"), help)
}

fn unclosed_quote(text: &str, range: &Range<usize>, at: usize) -> Option<Slip> {
    let mut line = Line::at(text, range, at)?;
    loop {
        let opened = line.field().filter(|field| {
            let mut rest = field.value.chars();
            matches!(rest.next(), Some(quote @ ('"' | '\'')) if !rest.as_str().ends_with(quote))
        });
        if let Some(field) = opened {
            let inner = field.value[1..].trim_end_matches(['“', '”', '’', '‘', '"', '\'']);
            let help = write_help(format_args!("{}: {}", field.key, quoted(inner)));
            return Some(slip(
                line.span(field.value_at, 1),
                tr!("this quote is never closed"),
                tr!("opened here"),
                help,
            ));
        }
        line = line.above(text, range)?;
    }
}

/// What a value contains, or begins with, that YAML takes for syntax.
fn in_value(found: &Line<'_>, field: &Field<'_>, at: usize, kind: &ErrorKind) -> Option<Slip> {
    let (key, value) = (field.key, field.value);
    let first = value.chars().next()?;
    let begin = found.span(field.value_at, first.len_utf8());
    let here = at..at + 1;
    let inner = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(value);
    let with = |value: &str| format!("{key}: {}", quoted(value));
    let line = with(value);
    Some(match (first, kind) {
        ('\'', ErrorKind::InvalidTrailingSingleQuotedScalar) => slip(
            here,
            tr!("an apostrophe ends this value, which began with one"),
            tr!("goes on after its end"),
            write_help(with(inner)),
        ),
        ('"', ErrorKind::InvalidTrailingDoubleQuotedScalar) => slip(
            here,
            tr!("this value goes on after its closing quote"),
            tr!("goes on after its end"),
            write_help(line),
        ),
        (
            '"',
            ErrorKind::UnknownQuotedScalarEscape
            | ErrorKind::InvalidQuotedScalarHexEscape
            | ErrorKind::InvalidUnicodeEscape,
        ) => slip(
            here,
            tr!("between double quotes a backslash begins an escape, and this is none"),
            "",
            write_help(with(value.trim_matches('"'))),
        ),
        ('@' | '`' | '%' | '&' | '*' | '!', _) => {
            slip(begin, tr!("a value cannot begin with `{first}`"), "", write_help(line))
        }
        ('-', ErrorKind::BlockSequenceEntryNotAllowed) => slip(
            begin,
            tr!("a list cannot begin on the line of its field"),
            "",
            tr!("write each `- value` on a line of its own below `{key}:`; if it is text, write `{line}`"),
        ),
        ('>' | '|', _) => slip(
            begin,
            tr!("after `{first}` a text begins on the next line"),
            "",
            tr!("if it is text, write `{line}`, else move it to the next line and indent it"),
        ),
        ('[' | '{', _) => slip(
            begin,
            tr!("a value that begins with `{first}` is not text"),
            "",
            tr!("if it is text, write `{line}`"),
        ),
        (_, ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement)
            if at > found.start + field.colon =>
        {
            slip(
                here,
                tr!("a colon and a space inside a value begin another field"),
                tr!("read as the end of a name"),
                write_help(line),
            )
        }
        (_, ErrorKind::CommentInterceptedScalar | ErrorKind::CommentNotSeparated) => {
            slip(here, tr!("a comment cuts this value in two"), "", tr!("put the whole value in quotes"))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
