//! What looks like a link, a picture or a footnote in a Markdown text but is not, so that its brackets would be
//! published: each is a fault that says what to write.

use std::ops::Range;

use messages::tr;
use pulldown_cmark::{BrokenLink, Event, LinkType, Options, Parser, Tag};
use yaml::Source;

/// Brackets for which Markdown found no address.
#[derive(Debug)]
pub struct Broken {
    span: Range<usize>,
    kind: LinkType,
    reference: String,
}

impl From<BrokenLink<'_>> for Broken {
    fn from(link: BrokenLink<'_>) -> Self {
        Broken { span: link.span, kind: link.link_type, reference: link.reference.to_string() }
    }
}

/// Refuses them. `text` begins at byte `base` of the file.
pub fn check(source: &Source, text: &str, base: usize, broken: &[Broken]) {
    let at = |span: &Range<usize>| span.start + base..span.end + base;
    for Broken { span, kind, reference } in broken {
        let written = text.get(span.clone()).unwrap_or_default();
        if let LinkType::Reference | LinkType::Collapsed = kind {
            let words = written.split(']').next().unwrap_or_default();
            source.error(
                "undefined-reference",
                at(span),
                tr!("nothing says where `[{reference}]` leads"),
                tr!("published as it is typed"),
                tr!(
                    "write `{words}](address)`, or add a line `[{reference}]: address`; write `\\[` if brackets are meant"
                ),
            );
        } else if let Some((target, end)) = target(text, span.end) {
            let target = target.trim();
            let (message, help) = if written.starts_with('!') {
                (
                    tr!("this is not read as a photo: an address ends at a space"),
                    tr!("write `{written}(<{target}>)`, or `%20` for each space"),
                )
            } else {
                (
                    tr!("this is not read as a link: an address ends at a space"),
                    tr!(
                        "write `{written}(<{target}>)`, or `%20` for each space; write `\\[` if brackets are meant"
                    ),
                )
            };
            source.error(
                "unread-address",
                at(&(span.start..end)),
                message,
                tr!("published as it is typed"),
                help,
            );
        }
    }
}

/// The text in parentheses right after brackets, and where it ends: on the same line, and of more than one word.
fn target(text: &str, from: usize) -> Option<(&str, usize)> {
    let rest = text.get(from..)?.strip_prefix('(')?;
    let line = rest.lines().next()?;
    // The last parenthesis, since `IMG (1).jpg` has its own, but not that of another pair of brackets.
    let line = line.split("](").next()?;
    let end = line.rfind(')')?;
    let target = &line[..end];
    target.trim().contains([' ', '\t', '\u{a0}', '\u{202f}']).then_some((target, from + 1 + end + 1))
}

/// Refuses pictures without any text, whose brackets Markdown does not look up.
pub fn check_empty(source: &Source, text: &str, base: usize, events: &[(Event<'_>, Range<usize>)]) {
    let pieces = events.iter().filter(|(event, _)| matches!(event, Event::Text(_)));
    for (_, span) in pieces {
        let Some(inside) = text.get(span.clone()).filter(|piece| piece.starts_with("![")) else { continue };
        let end = span.start + inside.len().min(2);
        let closed = text.get(end..).is_some_and(|rest| rest.starts_with(']'));
        if closed && target(text, end + 1).is_some() {
            let broken =
                Broken { span: span.start..end + 1, kind: LinkType::Shortcut, reference: String::new() };
            check(source, text, base, &[broken]);
        }
    }
}

/// Refuses references to footnotes that the text does not have. Markdown takes them for words, except with its old syntax
/// for footnotes, which needs no definition at all.
pub fn check_footnotes(source: &Source, text: &str, base: usize, events: &[(Event<'_>, Range<usize>)]) {
    if !text.contains("[^") {
        return;
    }
    let key = |name: &str| name.to_lowercase();
    let defined: Vec<String> = events
        .iter()
        .filter_map(|(event, _)| match event {
            Event::Start(Tag::FootnoteDefinition(name)) => Some(key(name)),
            _ => None,
        })
        .collect();
    for (event, span) in
        Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_OLD_FOOTNOTES).into_offset_iter()
    {
        if let Event::FootnoteReference(name) = event
            && !defined.contains(&key(&name))
        {
            source.error(
                "undefined-footnote",
                span.start + base..span.end + base,
                tr!("there is no footnote `[^{name}]`"),
                tr!("published as it is typed"),
                tr!("add a line `[^{name}]: the note` below, with an empty line before it"),
            );
        }
    }
}
