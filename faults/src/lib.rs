//! Mistakes in an owner's files: what each is, where it is and what to write instead.
//!
//! Stages collect [`Fault`]s instead of stopping at the first one. [`report`] prints them for people, programs and
//! GitHub. Nothing here reads a file: a place carries the text that it points into.

pub mod report;
pub mod suggest;

use std::ops::Range;
use std::sync::Arc;

/// How grave a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The shop cannot be published.
    Error,
    /// The shop can be published, but probably is not what the owner meant.
    Warning,
}

/// A file, and the bytes in it that a fault is about.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// Path relative to the shop's folder, with `/`.
    pub file: Arc<str>,
    /// The whole text of the file, if it is text and a part of it is meant.
    pub text: Option<Arc<str>>,
    /// Byte range in `text`.
    pub span: Range<usize>,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (line, column) = self.line_column();
        write!(f, "{}:{line}:{column}", self.file)
    }
}

impl Place {
    /// A whole file.
    pub fn file(file: impl Into<Arc<str>>) -> Self {
        Place { file: file.into(), text: None, span: 0..0 }
    }

    /// A part of a file. A span that does not fit the text is moved to the nearest one that does.
    pub fn span(file: impl Into<Arc<str>>, text: Arc<str>, span: Range<usize>) -> Self {
        let start = floor_boundary(&text, span.start);
        let end = floor_boundary(&text, span.end.max(start));
        Place { file: file.into(), text: Some(text), span: start..end }
    }

    /// A line and column (both from 1, column in characters) of a file.
    pub fn line(file: impl Into<Arc<str>>, text: Arc<str>, line: usize, column: usize) -> Self {
        let begin: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let rest = text.get(begin..).unwrap_or_default();
        let within: usize = rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
        let start = begin + within;
        let length = text.get(start..).and_then(|tail| tail.chars().next()).map_or(0, char::len_utf8);
        Place::span(file, text, start..start + length)
    }

    /// Line and column of the start, both from 1, the column in characters; 1:1 for a whole file.
    pub fn line_column(&self) -> (usize, usize) {
        let Some(text) = &self.text else { return (1, 1) };
        let before = &text[..self.span.start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// How grave it is.
    pub severity: Severity,
    /// A stable identifier in kebab-case, for programs.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where.
    pub place: Place,
    /// A few words under the marked text.
    pub label: String,
    /// What to write or do instead.
    pub help: Option<String>,
    /// Another place that belongs to it, with a few words, such as the first use of a duplicate SKU.
    pub related: Option<(Place, String)>,
    /// What it is about, for programs, which do not parse messages: the target of a dead link.
    pub about: Option<String>,
}

impl Fault {
    /// A fault that prevents publishing the shop.
    pub fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Fault {
            severity: Severity::Error,
            code,
            message: message.into(),
            place,
            label: String::new(),
            help: None,
            related: None,
            about: None,
        }
    }

    /// A fault that is only reported.
    pub fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Fault { severity: Severity::Warning, ..Fault::error(code, place, message) }
    }

    /// Adds the words under the marked text.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds what to do instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, place: Place, words: impl Into<String>) -> Self {
        self.related = Some((place, words.into()));
        self
    }

    /// Adds what it is about.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = Some(about.into());
        self
    }
}

/// The faults found so far.
#[derive(Debug, Default, Clone)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// An empty collection.
    pub fn new() -> Self {
        Faults::default()
    }

    /// Adds a fault.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Adds faults.
    pub fn extend(&mut self, other: impl IntoIterator<Item = Fault>) {
        self.0.extend(other);
    }

    /// Whether the shop cannot be published.
    pub fn any_error(&self) -> bool {
        self.0.iter().any(|fault| fault.severity == Severity::Error)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of errors and of warnings.
    pub fn count(&self) -> (usize, usize) {
        let errors = self.0.iter().filter(|fault| fault.severity == Severity::Error).count();
        (errors, self.0.len() - errors)
    }

    /// All of them in a fixed order, by file and then place, each once.
    pub fn sorted(mut self) -> Vec<Fault> {
        self.0.sort_by(|a, b| {
            let key =
                |f: &Fault| (f.place.file.clone(), f.place.span.start, f.place.span.end, f.severity, f.code);
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        self.0.dedup();
        self.0
    }

    /// In the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Faults(vec![fault])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let text: Arc<str> = "é\nabc".into();
        let place = Place::span("a.md", text.clone(), 4..5);
        assert_eq!(place.line_column(), (2, 2));
        assert_eq!(Place::line("a.md", text, 2, 2), place);
    }

    #[test]
    fn a_span_outside_the_text_is_moved_into_it() {
        let place = Place::span("a.md", "é".into(), 1..99);
        assert_eq!(place.span, 0..2);
    }

    #[test]
    fn faults_are_sorted_by_place_and_said_once() {
        let text: Arc<str> = "abc".into();
        let at = |n: usize| Fault::error("x", Place::span("a", text.clone(), n..n), "m");
        let mut faults = Faults::new();
        faults.extend([at(2), at(0), at(2)]);
        assert_eq!(faults.sorted(), vec![at(0), at(2)]);
    }
}
