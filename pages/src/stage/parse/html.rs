//! HTML in owners' texts: which tags and attributes are kept, and faults for all others. Only ammonia decides what is
//! kept; the parsing here is just good enough to name what it will remove.

use std::ops::Range;
use std::sync::LazyLock;

use messages::tr;
use yaml::{Source, Spanned};

use super::values;
use crate::model::documents::LinkUse;

/// Tags an owner may write.
pub const SAFE_TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "hr",
    "i",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
];

/// Attributes an owner may write on any tag.
const SAFE_ATTRIBUTES: [&str; 3] = ["dir", "lang", "title"];

/// Attributes an owner may write on some tags.
const SAFE_ATTRIBUTES_OF: [(&str, &[&str]); 6] = [
    ("a", &["href"]),
    ("details", &["open"]),
    ("ol", &["start"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
    ("time", &["datetime"]),
];

/// What Markdown itself makes, in addition.
const MARKDOWN_TAGS: [&str; 8] = ["h1", "h2", "h3", "h4", "h5", "h6", "pre", "img"];
const MARKDOWN_CLASSES: [&str; 5] = ["code", "div", "sup", "td", "th"];

/// Where links may lead out of the shop.
pub const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// The words before the colon of links to things of the shop.
const THINGS: [&str; 6] = ["product", "category", "collection", "maker", "page", "tag"];

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::empty();
    builder
        .add_tags(SAFE_TAGS)
        .add_tags(MARKDOWN_TAGS)
        .add_generic_attributes(SAFE_ATTRIBUTES)
        .add_generic_attributes(["id"])
        .link_rel(None)
        .add_url_schemes(SCHEMES);
    for (tag, attributes) in SAFE_ATTRIBUTES_OF {
        builder.add_tag_attributes(tag, attributes);
    }
    for tag in MARKDOWN_CLASSES {
        builder.add_tag_attributes(tag, ["class"]);
    }
    builder
});

/// HTML reduced to what is safe.
pub fn clean(html: &str) -> String {
    SANITISER.clean(html).to_string()
}

/// The scheme of an address as browsers read it: without spaces and control characters, in lower case.
pub fn scheme(target: &str) -> Option<String> {
    let head = target.split(['/', '?', '#']).next()?;
    let (scheme, _) = head.split_once(':')?;
    let plain = scheme.chars().filter(|c| !c.is_whitespace() && !c.is_control());
    Some(plain.collect::<String>().to_ascii_lowercase())
}

/// HTML with the places of its lines in the file, which may have a quotation's `>` between them.
#[derive(Debug, Default)]
pub struct Raw {
    text: String,
    /// Where each piece begins, in `text` and in the file.
    pieces: Vec<(usize, usize)>,
}

impl Raw {
    /// Adds a piece that begins at byte `start` of the file.
    pub fn push(&mut self, html: &str, start: usize) {
        self.pieces.push((self.text.len(), start));
        self.text.push_str(html);
    }

    fn at(&self, span: &Range<usize>) -> Range<usize> {
        let piece = self.pieces.iter().rev().find(|(begin, _)| *begin <= span.start);
        let (begin, file) = piece.copied().unwrap_or_default();
        let start = file + span.start - begin;
        start..start + span.len()
    }
}

/// Reports tags and attributes that will be removed, and returns the links inside the shop.
pub fn check(source: &Source, raw: &Raw) -> Vec<LinkUse> {
    let mut links = Vec::new();
    for tag in tags(&raw.text) {
        let at = |part: &Range<usize>| raw.at(part);
        let name = tag.name.to_ascii_lowercase();
        if !SAFE_TAGS.contains(&name.as_str()) {
            source.error(
                "html-tag",
                at(&tag.span),
                tr!("the HTML tag <{name}> is not allowed in texts"),
                "",
                tr!("write Markdown; of HTML, only plain text tags are kept (docs/content.md lists them)"),
            );
            continue;
        }
        for attribute in &tag.attributes {
            let known = attribute.name.to_ascii_lowercase();
            if !allowed(&name, &known) {
                unknown_attribute(source, at(&attribute.span), &known);
            } else if known == "href" {
                links.extend(link(source, attribute.value, at(&tag.span)));
            }
        }
    }
    links
}

fn link(source: &Source, target: &str, span: Range<usize>) -> Option<LinkUse> {
    let target = target.trim().replace("&amp;", "&");
    match scheme(&target) {
        Some(known) if SCHEMES.contains(&known.as_str()) => {
            elsewhere(source, &target, span);
            None
        }
        Some(thing) if THINGS.contains(&thing.as_str()) => {
            source.error(
                "html-link",
                span,
                tr!("`{target}` is understood in Markdown links only"),
                "",
                tr!("write `[words]({target})`"),
            );
            None
        }
        Some(_) => {
            unsafe_link(source, span);
            None
        }
        None => Some(LinkUse { target: target.into(), span }),
    }
}

/// Checks a link to another site: one that no browser could open is a fault.
pub fn elsewhere(source: &Source, target: &str, span: Range<usize>) {
    let written = Spanned::new(target.to_owned(), span);
    if matches!(scheme(target).as_deref(), Some("http" | "https"))
        && let Err(error) = catalog::web::link(target)
    {
        values::web_fault(source, target, &written, &error);
    }
}

/// Reports an attribute that an owner may not write.
pub fn unknown_attribute(source: &Source, span: Range<usize>, name: &str) {
    source.error(
        "html-attribute",
        span,
        tr!("the attribute `{name}` is not allowed in texts"),
        "",
        tr!("leave it out; the theme decides how things look and behave"),
    );
}

/// Whether a tag is a line break.
pub fn is_break(tag: &str) -> bool {
    let name = tag.trim_start_matches('<').split(|c: char| !c.is_ascii_alphanumeric()).next();
    name.is_some_and(|name| name.eq_ignore_ascii_case("br"))
}

/// Reports a link that runs a script or the like.
pub fn unsafe_link(source: &Source, span: Range<usize>) {
    source.error(
        "link-scheme",
        span,
        tr!("this link does not lead to a page"),
        "",
        tr!("write an address that begins with https://, mailto: or tel:"),
    );
}

fn allowed(tag: &str, attribute: &str) -> bool {
    SAFE_ATTRIBUTES.contains(&attribute)
        || SAFE_ATTRIBUTES_OF.iter().any(|(of, names)| *of == tag && names.contains(&attribute))
}

struct RawTag<'h> {
    name: &'h str,
    /// `<name`
    span: Range<usize>,
    attributes: Vec<RawAttribute<'h>>,
}

struct RawAttribute<'h> {
    name: &'h str,
    span: Range<usize>,
    value: &'h str,
}

/// The opening tags of a piece of HTML; comments are skipped.
fn tags(html: &str) -> Vec<RawTag<'_>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(begin) = html[at..].find('<').map(|next| at + next) {
        let rest = &html[begin + 1..];
        if rest.starts_with("!--") {
            at = html[begin..].find("-->").map_or(html.len(), |end| begin + end + 3);
            continue;
        }
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        at = begin + 1 + length;
        if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (attributes, end) = attributes(html, at);
            tags.push(RawTag { name: &rest[..length], span: begin..at, attributes });
            at = end;
        }
    }
    tags
}

/// The attributes from `at` on, and where the tag ends.
fn attributes(html: &str, mut at: usize) -> (Vec<RawAttribute<'_>>, usize) {
    let mut found = Vec::new();
    let skip = |from: usize, what: &dyn Fn(char) -> bool| {
        html[from..].find(|c: char| !what(c)).map_or(html.len(), |next| from + next)
    };
    loop {
        at = skip(at, &|c| c.is_whitespace() || c == '/');
        if at >= html.len() || html[at..].starts_with('>') {
            return (found, (at + 1).min(html.len()));
        }
        let start = at;
        // A stray `=` begins a name in HTML.
        let first = html[at..].chars().next().map_or(0, char::len_utf8);
        at = skip(at + first, &|c| !c.is_whitespace() && !matches!(c, '=' | '>' | '/'));
        let (name, span) = (&html[start..at], start..at);
        let sign = skip(at, &|c| c.is_whitespace());
        if !html[sign..].starts_with('=') {
            found.push(RawAttribute { name, span, value: "" });
            continue;
        }
        let begin = skip(sign + 1, &|c| c.is_whitespace());
        let quote = html[begin..].chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, end) = match quote {
            Some(quote) => {
                let rest = &html[begin + 1..];
                let length = rest.find(quote).unwrap_or(rest.len());
                (&rest[..length], (begin + 2 + length).min(html.len()))
            }
            None => {
                let end = skip(begin, &|c| !c.is_whitespace() && c != '>');
                (&html[begin..end], end)
            }
        };
        found.push(RawAttribute { name, span, value });
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes(html: &str) -> (Vec<&'static str>, Vec<String>) {
        let source = Source::new("a.md", html);
        let mut raw = Raw::default();
        raw.push(html, 0);
        let links = check(&source, &raw).into_iter().map(|link| link.target.to_string()).collect();
        (source.take_faults().sorted().into_iter().map(|fault| fault.code).collect(), links)
    }

    #[test]
    fn what_would_vanish_is_named_however_it_is_written() {
        for (html, code) in [
            ("<b onclick = \"x()\">", "html-attribute"),
            ("<b\n  ONCLICK=x>", "html-attribute"),
            ("<a href='javascript:x()'>", "link-scheme"),
            ("<a href=\" java\tscript:x()\">", "link-scheme"),
            ("<a target=_blank href=https://a.example>", "html-attribute"),
            ("<a href=\"product:bol\">", "html-link"),
            ("<b title=\"a>b\" style>", "html-attribute"),
            ("<SCRIPT>", "html-tag"),
        ] {
            assert_eq!(codes(html).0, [code], "{html}");
        }
    }

    #[test]
    fn what_is_safe_is_left_alone_and_links_are_seen() {
        let (faults, links) =
            codes("<!-- <script> --><a href=\"/a/?b&amp;c\" title='x'>a</a><br/><td colspan=2>");
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(links, ["/a/?b&c"]);
    }

    proptest! {
        #[test]
        fn no_html_panics(html in "[<>a-z='\"/ é!-]{0,60}") {
            codes(&html);
        }
    }
}
