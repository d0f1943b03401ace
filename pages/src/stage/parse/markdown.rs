//! Markdown to HTML, as far as one file allows: typography, anchors, safe HTML; links and pictures become numbered marks
//! that later stages replace.

use std::borrow::Cow;
use std::ops::Range;

use catalog::html::escape;
use messages::tr;
use pulldown_cmark::{
    Alignment, BrokenLink, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
};
use yaml::{Source, Spanned};

use crate::model::documents::{Body, HeadingUse, LinkUse};
use crate::model::lang::{LangIx, Localized};
use crate::model::refs::ImageRef;
use crate::stage::parse::{html, prose, references, typography};

/// Replaces NUL while ammonia reads a text: HTML parsers drop NUL.
const MARK: &str = "mark-of-bazaar-";

/// Renders the Markdown in `range` of the file, for readers of `language`. `folder` is what photos are relative to.
pub fn render(source: &Source, range: Range<usize>, language: &str, folder: &str) -> Body {
    let text = source.text.get(range.clone()).unwrap_or_default();
    if text.trim().is_empty() {
        return Body::default();
    }
    let clean = !source.refuse_forbidden(range.clone());
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES;
    let mut writer = Writer {
        source,
        base: range.start,
        language,
        folder,
        body: Body::default(),
        raw: false,
        block: html::Raw::default(),
        skip: 0,
        alt_of: None,
        inside: Vec::new(),
        notes: Vec::new(),
        table: Table::default(),
    };
    let mut broken: Vec<references::Broken> = Vec::new();
    let mut note = |link: BrokenLink<'_>| {
        broken.push(link.into());
        None
    };
    let parser = Parser::new_with_broken_link_callback(text, options, Some(&mut note));
    let events: Vec<(Event<'_>, Range<usize>)> = parser.into_offset_iter().collect();
    references::check(source, text, range.start, &broken);
    references::check_empty(source, text, range.start, &events);
    references::check_footnotes(source, text, range.start, &events);
    let events = writer.headings(events);
    let written =
        events.into_iter().filter_map(|(event, span)| writer.event(event, span)).collect::<Vec<_>>();
    let mut out = String::with_capacity(text.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut out, written.into_iter());
    if writer.raw {
        // Cleaned as a whole: a block may begin in one piece of HTML and end in another, with Markdown in between.
        out = html::clean(&out.replace('\0', MARK)).replace(MARK, "\0");
    }
    if clean {
        writer.refuse_references(text, &out);
    }
    writer.body.text = prose::plain(&out).into();
    writer.body.html = out.into();
    writer.body
}

struct Writer<'a> {
    source: &'a Source,
    base: usize,
    language: &'a str,
    folder: &'a str,
    body: Body,
    /// The owner wrote HTML.
    raw: bool,
    /// The open block of HTML so far.
    block: html::Raw,
    /// Nesting depth inside a picture, whose content is its alternative text.
    skip: usize,
    /// The picture that text belongs to.
    alt_of: Option<usize>,
    /// For each open link, whether it leads inside the shop.
    inside: Vec<bool>,
    /// Names of footnotes in order of appearance, which is that of their numbers.
    notes: Vec<String>,
    /// The table that is open.
    table: Table,
}

/// The position of the next cell of a table.
#[derive(Debug, Default)]
struct Table {
    alignments: Vec<Alignment>,
    head: bool,
    column: usize,
}

impl Table {
    fn cell(&self) -> &'static str {
        if self.head { "th" } else { "td" }
    }

    /// Aligned by class, since the policy forbids style attributes.
    fn open(&self) -> String {
        let class = match self.alignments.get(self.column) {
            Some(Alignment::Left) => " class=\"align-left\"",
            Some(Alignment::Center) => " class=\"align-center\"",
            Some(Alignment::Right) => " class=\"align-right\"",
            _ => "",
        };
        format!("<{}{class}>", self.cell())
    }
}

impl Writer<'_> {
    fn at(&self, span: &Range<usize>) -> Range<usize> {
        span.start + self.base..span.end + self.base
    }

    /// Refuses references like `&#2;` to characters that no page may contain, if any of them got through.
    fn refuse_references(&self, text: &str, html: &str) {
        let alts = self.body.images.iter().map(|image| image.alt.get(LangIx::DEFAULT));
        let read = std::iter::once(html).chain(alts);
        // NUL is our own mark; an owner's `&#0;` becomes a permitted character.
        let through: Vec<char> =
            read.flat_map(str::chars).filter(|c| *c != '\0' && yaml::characters::is_forbidden(*c)).collect();
        if through.is_empty() {
            return;
        }
        for (at, _) in text.match_indices("&#") {
            let Some((digits, _)) = text[at + 2..].split_once(';').filter(|(digits, _)| digits.len() < 9)
            else {
                continue;
            };
            let number = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => digits.parse().ok(),
            };
            let length = digits.len() + 3;
            if let Some(c) = number.and_then(char::from_u32).filter(|c| through.contains(c)) {
                self.source.refuse_written(self.at(&(at..at + length)), c);
            }
        }
    }

    /// Gives each heading a level below the page's own title, and an anchor.
    fn headings<'e>(&mut self, mut events: Vec<(Event<'e>, Range<usize>)>) -> Vec<(Event<'e>, Range<usize>)> {
        let mut start = None;
        let mut title = String::new();
        for at in 0..events.len() {
            match &events[at].0 {
                Event::Start(Tag::Heading { .. }) => start = Some(at),
                Event::Text(text) | Event::Code(text) if start.is_some() => title.push_str(text),
                Event::SoftBreak | Event::HardBreak if start.is_some() => title.push(' '),
                Event::InlineHtml(tag) if start.is_some() && html::is_break(tag) => title.push(' '),
                Event::End(TagEnd::Heading(_)) => {
                    let Some(begin) = start.take() else { continue };
                    let title = std::mem::take(&mut title);
                    let span = self.at(&events[begin].1);
                    if let Event::Start(Tag::Heading { level, id, classes, attrs }) = &mut events[begin].0 {
                        *level = below_title(*level);
                        classes.clear();
                        for (name, _) in attrs.drain(..) {
                            html::unknown_attribute(self.source, span.clone(), &name);
                        }
                        let title = title.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
                        let wanted = id.as_deref().map_or_else(|| slug::slugify(&title), slug::slugify);
                        let anchor = self.unique(&wanted);
                        *id = Some(CowStr::from(anchor.clone()));
                        let title = typography::text(self.language, &title).into();
                        self.body.headings.push(HeadingUse { level: *level as u8, id: anchor.into(), title });
                        let level = *level;
                        events[at].0 = Event::End(TagEnd::Heading(level));
                    }
                }
                _ => {}
            }
        }
        events
    }

    fn unique(&self, wanted: &str) -> String {
        let wanted = if wanted.is_empty() { "section" } else { wanted };
        let taken = |name: &str| self.body.headings.iter().any(|heading| &*heading.id == name);
        let mut candidate = wanted.to_owned();
        let mut number = 2;
        while taken(&candidate) {
            candidate = format!("{wanted}-{number}");
            number += 1;
        }
        candidate
    }

    fn event<'e>(&mut self, event: Event<'e>, span: Range<usize>) -> Option<Event<'e>> {
        if self.skip > 0 {
            match event {
                Event::Start(Tag::Image { .. }) => self.skip += 1,
                Event::End(TagEnd::Image) => {
                    self.skip -= 1;
                    self.missing_alt();
                }
                Event::Text(text) | Event::Code(text) if self.skip == 1 => self.add_alt(&text),
                Event::SoftBreak | Event::HardBreak if self.skip == 1 => self.add_alt(" "),
                Event::InlineHtml(tag) if self.skip == 1 && html::is_break(&tag) => self.add_alt(" "),
                _ => {}
            }
            return None;
        }
        match event {
            Event::Text(text) => Some(Event::Text(match typography::set(self.language, &text) {
                std::borrow::Cow::Borrowed(_) => text,
                std::borrow::Cow::Owned(set) => CowStr::from(set),
            })),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                Some(self.link(Tag::Link { link_type, dest_url, title, id }, &span))
            }
            Event::End(TagEnd::Link) => {
                let own = self.inside.pop().unwrap_or(false);
                Some(if own { Event::InlineHtml("</a>".into()) } else { Event::End(TagEnd::Link) })
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                self.skip = 1;
                Some(Event::InlineHtml(self.image(&dest_url, &span).into()))
            }
            // A block arrives line by line but is read as a whole: its tags may span lines.
            Event::Html(html) => {
                self.block.push(&html, self.at(&span).start);
                Some(Event::Html(html))
            }
            Event::End(TagEnd::HtmlBlock) => {
                let block = std::mem::take(&mut self.block);
                self.html(&block);
                Some(Event::End(TagEnd::HtmlBlock))
            }
            Event::InlineHtml(html) => {
                let mut raw = html::Raw::default();
                raw.push(&html, self.at(&span).start);
                self.html(&raw);
                Some(Event::Html(html))
            }
            Event::FootnoteReference(name) => Some(Event::FootnoteReference(self.note(&name).into())),
            Event::Start(Tag::FootnoteDefinition(name)) => {
                Some(Event::Start(Tag::FootnoteDefinition(self.note(&name).into())))
            }
            Event::Start(Tag::Table(alignments)) => {
                self.table.alignments = alignments;
                Some(Event::Start(Tag::Table(Vec::new())))
            }
            Event::Start(tag @ (Tag::TableHead | Tag::TableRow)) => {
                (self.table.head, self.table.column) = (tag == Tag::TableHead, 0);
                Some(Event::Start(tag))
            }
            Event::Start(Tag::TableCell) => Some(Event::InlineHtml(self.table.open().into())),
            Event::End(TagEnd::TableCell) => {
                self.table.column += 1;
                Some(Event::InlineHtml(format!("</{}>", self.table.cell()).into()))
            }
            // HTML, not XHTML: a slash before `>` means nothing.
            Event::HardBreak => Some(Event::InlineHtml("<br>\n".into())),
            Event::Rule => Some(Event::Html("<hr>\n".into())),
            other => Some(other),
        }
    }

    /// The anchor of a footnote. No heading can have the same: theirs consist of letters, digits and `-`.
    fn note(&mut self, name: &str) -> String {
        let name = name.to_lowercase();
        let at = self.notes.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.notes.push(name);
            self.notes.len() - 1
        });
        format!("note_{}", at + 1)
    }

    fn add_alt(&mut self, text: &str) {
        if let Some(image) = self.alt_of.and_then(|at| self.body.images.get_mut(at)) {
            let so_far = image.alt.get(LangIx::DEFAULT).to_owned();
            image.alt = Localized::one(so_far + &typography::set(self.language, text));
        }
    }

    /// A link elsewhere stays; one inside the shop becomes a mark, written as HTML since an address would be encoded.
    fn link<'e>(&mut self, tag: Tag<'e>, span: &Range<usize>) -> Event<'e> {
        let Tag::Link { link_type, dest_url: target, title, .. } = &tag else { return Event::Start(tag) };
        let scheme = html::scheme(target);
        let elsewhere = scheme.as_deref().is_some_and(|scheme| html::SCHEMES.contains(&scheme));
        if elsewhere || matches!(link_type, LinkType::Email) {
            html::elsewhere(self.source, target, self.at(span));
            self.inside.push(false);
            return Event::Start(tag);
        }
        self.inside.push(true);
        let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escape(title)) };
        if matches!(scheme.as_deref(), Some("javascript" | "data" | "vbscript" | "file")) {
            html::unsafe_link(self.source, self.at(span));
            return Event::InlineHtml(format!("<a href=\"#\"{title}>").into());
        }
        let number = self.body.links.len();
        self.body.links.push(LinkUse { target: target.as_ref().into(), span: self.at(span) });
        Event::InlineHtml(format!("<a href=\"\0L{number}\0\"{title}>").into())
    }

    fn html(&mut self, html: &html::Raw) {
        self.raw = true;
        self.body.links.extend(html::check(self.source, html));
    }

    fn missing_alt(&self) {
        let Some(image) = self.alt_of.filter(|_| self.skip == 0).and_then(|at| self.body.images.get(at))
        else {
            return;
        };
        if image.alt.get(LangIx::DEFAULT).trim().is_empty() {
            let file = &image.written.value;
            self.source.error(
                "missing-alt",
                image.written.span.clone(),
                tr!("this photo has no alternative text"),
                tr!("for who cannot see it"),
                tr!("write what it shows between the brackets: `![what it shows]({file})`"),
            );
        }
    }

    fn image(&mut self, file: &str, span: &Range<usize>) -> String {
        let number = self.body.images.len();
        let decoded = percent_decode(file);
        let written = Spanned::new(decoded, self.at(span));
        self.alt_of = None;
        if let Some(path) = super::images::path(self.source, self.folder, &written) {
            self.alt_of = Some(number);
            self.body.images.push(ImageRef { path, written, alt: Localized::default() });
            return format!("\0I{number}\0");
        }
        String::new()
    }
}

fn below_title(level: HeadingLevel) -> HeadingLevel {
    if level == HeadingLevel::H1 { HeadingLevel::H2 } else { level }
}

/// Resolves `%C3%A9` and the like; a text whose result is not UTF-8 stays as it is.
pub fn percent_decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests;
