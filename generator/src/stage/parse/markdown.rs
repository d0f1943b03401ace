//! Markdown to HTML, as far as one file goes: typography, anchors, safe HTML; links and pictures become numbered marks
//! that later stages fill in.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};
use yaml::{Source, Spanned};

use crate::model::documents::{Body, HeadingUse, ImageRef, LinkUse};
use crate::model::lang::Localized;
use crate::stage::parse::{html, typography};

/// Stands for NUL while ammonia reads a text: HTML parsers drop NUL.
const MARK: &str = "mark-of-bazaar-";

/// Renders the Markdown in `range` of the file, for readers of `language`. `folder` is what photos are relative to.
pub fn render(source: &Source, range: Range<usize>, language: &str, folder: &str) -> Body {
    let text = source.text.get(range.clone()).unwrap_or_default();
    if text.trim().is_empty() {
        return Body::default();
    }
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
    };
    let events: Vec<(Event<'_>, Range<usize>)> = Parser::new_ext(text, options).into_offset_iter().collect();
    let events = writer.headings(events);
    let written =
        events.into_iter().filter_map(|(event, span)| writer.event(event, span)).collect::<Vec<_>>();
    let mut out = String::with_capacity(text.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut out, written.into_iter());
    if writer.raw {
        // Cleaned as a whole: a block may begin in one piece of HTML and end in another, with Markdown between.
        out = html::clean(&out.replace('\0', MARK)).replace(MARK, "\0");
    }
    // The policy forbids style attributes; the theme aligns by class.
    let out = out.replace(" style=\"text-align: ", " class=\"align-");
    // HTML, not XHTML: a slash before `>` means nothing. In texts and attributes `>` is escaped, so these are tags.
    writer.body.html = out.replace(" />", ">").into();
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
    /// The block of HTML that is open, so far.
    block: html::Raw,
    /// Depth inside a picture, whose text is its alternative text.
    skip: usize,
    /// The picture that text belongs to.
    alt_of: Option<usize>,
    /// For each link that is open, whether it is one of the shop's own.
    inside: Vec<bool>,
}

impl Writer<'_> {
    fn at(&self, span: &Range<usize>) -> Range<usize> {
        span.start + self.base..span.end + self.base
    }

    /// Gives each heading a level below the page's own title, and an anchor.
    fn headings<'e>(&mut self, mut events: Vec<(Event<'e>, Range<usize>)>) -> Vec<(Event<'e>, Range<usize>)> {
        let mut start = None;
        let mut title = String::new();
        for at in 0..events.len() {
            match &events[at].0 {
                Event::Start(Tag::Heading { .. }) => start = Some(at),
                Event::Text(text) | Event::Code(text) if start.is_some() => title.push_str(text),
                Event::End(TagEnd::Heading(_)) => {
                    let Some(begin) = start.take() else { continue };
                    let title = std::mem::take(&mut title);
                    if let Event::Start(Tag::Heading { level, id, classes, .. }) = &mut events[begin].0 {
                        *level = below_title(*level);
                        classes.clear();
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
                Event::Text(text) | Event::Code(text) if self.skip == 1 => {
                    if let Some(image) = self.alt_of.and_then(|at| self.body.images.get_mut(at)) {
                        let so_far = image.alt.get(crate::model::lang::LangIx::DEFAULT).to_owned();
                        image.alt = Localized::one(so_far + &typography::set(self.language, &text));
                    }
                }
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
            // A block comes line by line and is read whole: its tags may go over several lines.
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
            other => Some(other),
        }
    }

    /// A link elsewhere stays; one inside the shop becomes a mark, written as HTML, for an address would be encoded.
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
        if image.alt.get(crate::model::lang::LangIx::DEFAULT).trim().is_empty() {
            self.source.error(
                "missing-alt",
                image.written.span.clone(),
                "this photo has no alternative text",
                "for who cannot see it",
                format!(
                    "write what it shows between the brackets: `![what it shows]({})`",
                    image.written.value
                ),
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

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

fn below_title(level: HeadingLevel) -> HeadingLevel {
    if level == HeadingLevel::H1 { HeadingLevel::H2 } else { level }
}

/// Resolves `%C3%A9` and the like; a text that is then no UTF-8 stays as it is.
pub fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = |at: usize| tail.get(at).and_then(|b| char::from(*b).to_digit(16));
        if *first == b'%'
            && let (Some(high), Some(low)) = (hex(0), hex(1))
        {
            bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Body, Vec<&'static str>) {
        let source = Source::new("content/pages/a.md", text);
        let body = render(&source, 0..text.len(), "fr", "content/pages");
        (body, source.take_faults().sorted().into_iter().map(|fault| fault.code).collect())
    }

    #[test]
    fn links_and_pictures_become_marks() {
        let (body, faults) = read("[bol](product:bol) ![Un bol bleu](bol%20lune.jpg) [x](https://a.b)");
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(&*body.html, "<p><a href=\"\0L0\0\">bol</a> \0I0\0 <a href=\"https://a.b\">x</a></p>\n");
        assert_eq!(&*body.images[0].path, "content/pages/bol lune.jpg");
        assert_eq!(body.images[0].alt.get(crate::model::lang::LangIx::DEFAULT), "Un bol bleu");
    }

    #[test]
    fn headings_stand_below_the_title_and_have_unique_anchors() {
        let (body, _) = read("# Soin\n\n## Soin\n");
        let anchors: Vec<(&str, u8)> = body.headings.iter().map(|h| (&*h.id, h.level)).collect();
        assert_eq!(anchors, [("soin", 2), ("soin-2", 2)]);
        assert!(body.html.contains("<h2 id=\"soin-2\">"), "{}", body.html);
    }

    #[test]
    fn unsafe_html_is_named_and_left_out() {
        let (body, faults) =
            read("a <script>alert(1)</script> <b onclick=\"x()\">gras</b>\n\n<div style=\"x\">y</div>\n");
        assert_eq!(faults, ["html-tag", "html-attribute", "html-attribute"]);
        assert_eq!(&*body.html, "<p>a  <b>gras</b></p>\n<div>y</div>\n");
        let (body, faults) = read("[x](javascript:alert(1))");
        assert_eq!(faults, ["link-scheme"]);
        assert!(!body.html.contains("javascript"));
    }

    #[test]
    fn safe_inline_html_stays() {
        let (body, faults) = read("H<sub>2</sub>O et <abbr title=\"Code\">C</abbr>");
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(&*body.html, "<p>H<sub>2</sub>O et <abbr title=\"Code\">C</abbr></p>\n");
    }
}
