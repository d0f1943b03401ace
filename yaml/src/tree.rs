//! From text to a tree: scalars as written, mappings in order, each node with its span.

use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle};
use messages::tr;

use crate::{Source, slips};

/// Deeper nesting is a mistake, or an attack.
const MAX_DEPTH: usize = 24;
/// No file of a shop has more nodes.
const MAX_NODES: usize = 200_000;

/// A piece of YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Bytes in the file.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// A word or text.
    Scalar {
        /// Its text, escapes resolved.
        text: Box<str>,
        /// Whether it was in quotes, or a block.
        quoted: bool,
    },
    /// A list.
    Seq(Vec<Node>),
    /// A mapping, in the order written, each key once.
    Map(Vec<Entry>),
}

/// One entry of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Box<str>,
    /// Bytes of the key.
    pub key_span: Range<usize>,
    /// The value.
    pub value: Node,
}

impl Kind {
    /// A word for messages.
    pub fn noun(&self) -> &'static str {
        match self {
            Kind::Null => tr!("nothing"),
            Kind::Scalar { .. } => tr!("a single value"),
            Kind::Seq(_) => tr!("a list"),
            Kind::Map(_) => tr!("a mapping"),
        }
    }
}

/// Reads the YAML in `range` of the file. Faults go to the source; `None` if nothing could be read.
pub fn parse(source: &Source, range: Range<usize>) -> Option<Node> {
    let text = source.text.get(range.clone())?;
    let clean = !source.refuse_forbidden(range.clone());
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        disallow_directives: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut builder = Builder {
        source,
        range: range.clone(),
        clean,
        base: range.start,
        events: Parser::new_from_str_with_options(text, options),
        nodes: 0,
    };
    let root = builder.document();
    builder.no_second_document(root.is_some());
    root
}

struct Builder<'a, I> {
    source: &'a Source,
    /// The part of the file that is read.
    range: Range<usize>,
    /// It contains no forbidden character, except perhaps as an escape.
    clean: bool,
    base: usize,
    events: I,
    nodes: usize,
}

type Next<'t> = (Event<'t>, Range<usize>);

impl<'t, I> Builder<'_, I>
where
    I: Iterator<Item = Result<(Event<'t>, granit_parser::Span), granit_parser::ScanError>>,
{
    fn next(&mut self) -> Option<Next<'t>> {
        match self.events.next()? {
            Ok((event, span)) => {
                let range = span.byte_range().unwrap_or(0..0);
                Some((event, range.start + self.base..range.end + self.base))
            }
            Err(error) => {
                self.scan_error(&error);
                None
            }
        }
    }

    fn document(&mut self) -> Option<Node> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(..), _) => {}
                (Event::StreamEnd | Event::DocumentEnd, _) => {
                    return Some(Node { span: self.base..self.base, kind: Kind::Null });
                }
                next => return self.node(next, 0),
            }
        }
    }

    fn no_second_document(&mut self, readable: bool) {
        if !readable {
            return;
        }
        loop {
            match self.next() {
                None | Some((Event::StreamEnd, _)) => return,
                Some((Event::DocumentStart(true, _), span)) => {
                    return self.source.error(
                        "yaml-documents",
                        span,
                        tr!("a second YAML document begins here"),
                        tr!("one file is one document"),
                        tr!("remove the `---`, or move what follows into a file of its own"),
                    );
                }
                Some(_) => {}
            }
        }
    }

    fn node(&mut self, (event, span): Next<'t>, depth: usize) -> Option<Node> {
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            self.too_much(span);
            return None;
        }
        if event.tag().is_some() {
            let at = self.before(&span, '!');
            let written = self.source.text.get(at.clone()).unwrap_or_default();
            let message = tr!("the YAML tag `{written}` is not understood here");
            self.refuse(at, "yaml-tag", &message);
        }
        match event {
            Event::Scalar(text, style, anchor, _) => {
                self.anchor(anchor, &span);
                let quoted = style != ScalarStyle::Plain;
                // A no-break space at either end of a plain value is invisible and never meant.
                let text = if quoted { &*text } else { text.trim_matches(slips::is_odd_space) };
                let null = !quoted && matches!(text, "" | "~" | "null" | "Null" | "NULL");
                if let Some(c) = crate::characters::first_forbidden(text).filter(|_| self.clean) {
                    self.source.refuse_written(span.clone(), c);
                }
                let kind = if null { Kind::Null } else { Kind::Scalar { text: text.into(), quoted } };
                Some(Node { span, kind })
            }
            Event::SequenceStart(_, anchor, _) => {
                self.anchor(anchor, &span);
                self.sequence(span, depth)
            }
            Event::MappingStart(_, anchor, _) => {
                self.anchor(anchor, &span);
                self.mapping(span, depth)
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let message = tr!("a YAML alias (`*name`) is not understood here");
                self.refuse(span.clone(), "yaml-alias", message);
                Some(Node { span, kind: Kind::Null })
            }
            _ => Some(Node { span, kind: Kind::Null }),
        }
    }

    fn sequence(&mut self, start: Range<usize>, depth: usize) -> Option<Node> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => {
                    let span = self.whole(&start, end, items.last().map(|item: &Node| item.span.end));
                    return Some(Node { span, kind: Kind::Seq(items) });
                }
                next => {
                    let item = self.node(next, depth + 1)?;
                    slips::of_value(self.source, None, &item);
                    items.push(item);
                }
            }
        }
    }

    fn mapping(&mut self, start: Range<usize>, depth: usize) -> Option<Node> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, end) => {
                    let last = entries.last().map(|entry| entry.value.span.end.max(entry.key_span.end));
                    return Some(Node { span: self.whole(&start, end, last), kind: Kind::Map(entries) });
                }
                next => self.node(next, depth + 1)?,
            };
            let next = self.next()?;
            let value = self.node(next, depth + 1)?;
            let Node { span: key_span, kind } = key;
            match kind {
                Kind::Scalar { text, quoted } => {
                    slips::of_value(self.source, Some(&text), &value);
                    if !quoted {
                        slips::of_key(self.source, &key_span);
                    }
                    self.entry(&mut entries, Entry { key: text, key_span, value });
                }
                other => {
                    let kind = other.noun();
                    self.source.error(
                        "yaml-key",
                        key_span,
                        tr!("{kind} cannot be the name of a field"),
                        tr!("not a word"),
                        tr!("write a word, a colon and a space before each value: `title: Bol`"),
                    );
                }
            }
        }
    }

    fn entry(&self, entries: &mut Vec<Entry>, entry: Entry) {
        if !entries.is_empty()
            && entry.value.kind == Kind::Null
            && entry.key.bytes().all(|b| b.is_ascii_digit())
        {
            // `{ price: 22,00 }` is a price of 22 and a field called 00.
            let whole = match entries.last().map(|before| &before.value.kind) {
                Some(Kind::Scalar { text, .. }) => text,
                _ => "",
            };
            let part = &entry.key;
            return self.source.error(
                "decimal-comma",
                entry.key_span,
                tr!("a comma splits this number in two"),
                tr!("read as a field of its own"),
                tr!("write a point instead: `{whole}.{part}`"),
            );
        }
        let Some(first) = entries.iter().find(|other| other.key == entry.key) else {
            return entries.push(entry);
        };
        let key = &entry.key;
        self.source.push(
            faults::Fault::error(
                "duplicate-field",
                self.source.place(entry.key_span),
                tr!("`{key}` is written twice"),
            )
            .label(tr!("the second time"))
            .related(self.source.place(first.key_span.clone()), tr!("the first time"))
            .help(tr!("keep one of them")),
        );
    }

    fn anchor(&self, anchor: usize, span: &Range<usize>) {
        if anchor > 0 {
            let at = self.before(span, '&');
            self.refuse(at, "yaml-anchor", tr!("a YAML anchor (`&name`) is not understood here"));
        }
    }

    /// The span of the tag or anchor of a value, found by its first character; that of the value if it is not found.
    fn before(&self, value: &Range<usize>, mark: char) -> Range<usize> {
        let mut rest = self.source.text.get(..value.start).unwrap_or_default();
        loop {
            rest = rest.trim_end();
            let outside = |c: char| c.is_whitespace() || matches!(c, '[' | '{' | ',');
            let start =
                rest.char_indices().rev().find(|(_, c)| outside(*c)).map_or(0, |(at, c)| at + c.len_utf8());
            match rest.get(start..) {
                Some(word) if word.starts_with(mark) => return start..rest.len(),
                Some(word) if word.starts_with(['!', '&']) => rest = &rest[..start],
                _ => return value.clone(),
            }
        }
    }

    /// The span of a list or mapping: up to the closing bracket, else to the end of its last value, since the scanner ends
    /// it where the next thing begins.
    fn whole(&self, start: &Range<usize>, end: Range<usize>, last: Option<usize>) -> Range<usize> {
        let bracket = self.source.text.get(start.start..).is_some_and(|text| text.starts_with(['[', '{']));
        let end = if bracket { end.end } else { last.unwrap_or(end.end) };
        start.start..end.max(start.end)
    }

    fn refuse(&self, span: Range<usize>, code: &'static str, message: &str) {
        let help = tr!("write the value out, or put it in quotes if it is text");
        self.source.error(code, span, message, "", help);
    }

    fn too_much(&self, span: Range<usize>) {
        self.source.error(
            "yaml-limit",
            span,
            tr!("this file is nested too deeply or too large"),
            "",
            tr!(
                "at most {MAX_DEPTH} levels and {MAX_NODES} values are read; remove what does not belong here"
            ),
        );
    }

    fn scan_error(&self, error: &granit_parser::ScanError) {
        let at = self.base + error.marker().byte_offset().unwrap_or(0);
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            return self.too_much(at..at + 1);
        }
        if self.clean {
            slips::of_syntax(self.source, &self.range, at, error.kind());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (Option<Node>, Vec<faults::Fault>) {
        let source = Source::new("a.yaml", text);
        let node = parse(&source, 0..text.len());
        (node, source.take_faults().sorted())
    }

    fn only_code(text: &str) -> &'static str {
        let (_, faults) = read(text);
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults[0].code
    }

    #[test]
    fn scalars_keep_their_text() {
        let (node, faults) = read("a: no\nb: 010\nc: 1_000\nd: 28,00\ne: 12:30\nf: ~\ng: \"~\"\n");
        assert!(faults.is_empty(), "{faults:?}");
        let Some(Node { kind: Kind::Map(entries), .. }) = node else { panic!("a mapping") };
        let texts: Vec<String> = entries
            .iter()
            .map(|entry| match &entry.value.kind {
                Kind::Scalar { text, .. } => text.to_string(),
                other => other.noun().to_owned(),
            })
            .collect();
        assert_eq!(texts, ["no", "010", "1_000", "28,00", "12:30", "nothing", "~"]);
    }

    #[test]
    fn spans_are_bytes_of_the_whole_file() {
        let text = "---\nprix: « 2 »\n---\n";
        let source = Source::new("a.md", text);
        let node = parse(&source, 4..text.len() - 4).expect("readable");
        let Kind::Map(entries) = node.kind else { panic!("a mapping") };
        assert_eq!(&text[entries[0].value.span.clone()], "« 2 »");
    }

    #[test]
    fn traps_are_refused_by_name() {
        assert_eq!(only_code("a: 1\na: 2\n"), "duplicate-field");
        assert_eq!(only_code("a: &x 1\n"), "yaml-anchor");
        assert_eq!(only_code("a: *x\n"), "yaml-alias");
        assert_eq!(only_code("a: !!str x\n"), "yaml-tag");
        assert_eq!(only_code("a: 1\n---\nb: 2\n"), "yaml-documents");
        assert_eq!(only_code("? [a]\n: b\n"), "yaml-key");
        assert_eq!(only_code("a: b: c\n"), "yaml-syntax");
        assert_eq!(only_code("%YAML 1.1\n---\na: 1\n"), "yaml-syntax");
    }

    #[test]
    fn deep_nesting_ends_early() {
        assert_eq!(only_code(&"[".repeat(20_000)), "yaml-limit");
        assert_eq!(
            only_code(&(0..100).map(|n| format!("{}a:\n", " ".repeat(n))).collect::<String>()),
            "yaml-limit"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[\\PC\n\t:\\[\\]{}&*!|>'\"%@`#, -]{0,120}") {
            read(&text);
        }
    }
}
