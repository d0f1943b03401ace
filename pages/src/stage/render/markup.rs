//! The tags of a rendered page, read as a browser's tokenizer reads them (HTML, 13.2.5): text, comments, quoted values and
//! the content of scripts, styles and text areas contain none. It scans bytes: every page of a build goes through it, and
//! html5ever, against which it is tested, takes ten times as long.

use std::borrow::Cow;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use memchr::{memchr, memchr2};

/// Tags whose content is text up to their end, besides `script`.
const RAW: [&str; 7] = ["iframe", "noembed", "noframes", "style", "textarea", "title", "xmp"];

/// An opening tag.
#[derive(Debug, Clone, Copy)]
pub struct Tag<'h> {
    name: &'h str,
    /// Its content, for tags whose content is not markup.
    pub content: &'h str,
    /// It is inside a `template`, which is not shown.
    pub inert: bool,
}

impl Tag<'_> {
    /// Whether it has this name, given in lower case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The opening tags of a page, in order.
#[derive(Debug)]
pub struct Tags<'h> {
    html: &'h str,
    at: usize,
    /// For each open template, whether it is inert: the root of a shadow tree is shown.
    templates: Vec<bool>,
    /// How many `svg` and `math` are open: their `title` and the like are markup.
    foreign: usize,
}

impl<'h> Tags<'h> {
    /// Reads a page from its beginning.
    pub fn new(html: &'h str) -> Self {
        Tags { html, at: 0, templates: Vec::new(), foreign: 0 }
    }

    /// The next opening tag. `attributes` is replaced by its attributes, each name once, with values as written: `value`
    /// resolves them.
    pub fn next(&mut self, attributes: &mut Vec<(&'h str, &'h str)>) -> Option<Tag<'h>> {
        let bytes = self.html.as_bytes();
        loop {
            self.at += memchr(b'<', &bytes[self.at..])?;
            let rest = &self.html[self.at + 1..];
            match rest.as_bytes().first()? {
                b'!' | b'?' => self.at = self.after_comment()?,
                b'/' if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) => {
                    let name = self.name(self.at + 2);
                    self.at = self.attributes(self.at + 2 + name.len(), attributes)?.0;
                    self.close(name);
                }
                // `</>` is ignored, and `</` before anything else begins a comment.
                b'/' => self.at += 1 + memchr(b'>', rest.as_bytes())? + 1,
                first if first.is_ascii_alphabetic() => {
                    let name = self.name(self.at + 1);
                    let (end, closed) = self.attributes(self.at + 1 + name.len(), attributes)?;
                    self.at = end;
                    return Some(self.open(name, closed, attributes));
                }
                _ => self.at += 1,
            }
        }
    }

    fn open(&mut self, name: &'h str, closed: bool, attributes: &[(&str, &str)]) -> Tag<'h> {
        let mut tag = Tag { name, content: "", inert: self.templates.contains(&true) };
        if tag.is("svg") || tag.is("math") {
            self.foreign += usize::from(!closed);
        } else if tag.is("template") {
            let shadow = attributes.iter().any(|(name, _)| name.eq_ignore_ascii_case("shadowrootmode"));
            self.templates.push(!shadow);
        }
        let rest = &self.html[self.at..];
        let length = if tag.is("plaintext") {
            rest.len()
        } else if tag.is("script") && !(closed && self.foreign > 0) {
            script_end(rest.as_bytes())
        } else if RAW.iter().any(|raw| tag.is(raw)) && (self.foreign == 0 || (tag.is("style") && !closed)) {
            raw_end(rest.as_bytes(), name.as_bytes())
        } else {
            return tag;
        };
        tag.content = &rest[..length];
        self.at += length;
        tag
    }

    fn close(&mut self, name: &str) {
        if name.eq_ignore_ascii_case("template") {
            self.templates.pop();
        } else if name.eq_ignore_ascii_case("svg") || name.eq_ignore_ascii_case("math") {
            self.foreign = self.foreign.saturating_sub(1);
        }
    }

    /// Where a comment, a declaration or an instruction ends.
    fn after_comment(&self) -> Option<usize> {
        let rest = &self.html[self.at..];
        let Some(text) = rest.strip_prefix("<!--") else {
            return memchr(b'>', rest.as_bytes()).map(|end| self.at + end + 1);
        };
        let begin = self.at + 4;
        if let Some(short) = ["->", ">"].into_iter().find(|short| text.starts_with(short)) {
            return Some(begin + short.len());
        }
        let ends = ["-->", "--!>"].map(|end| text.find(end).map(|at| begin + at + end.len()));
        ends.into_iter().flatten().min()
    }

    fn name(&self, from: usize) -> &'h str {
        let rest = &self.html[from..];
        let length = rest.bytes().position(|b| is_space(b) || matches!(b, b'/' | b'>')).unwrap_or(rest.len());
        &rest[..length]
    }

    /// Reads attributes from `at` on. Returns where the tag ends and whether it closes itself, or `None` if it never ends.
    fn attributes(&self, mut at: usize, found: &mut Vec<(&'h str, &'h str)>) -> Option<(usize, bool)> {
        found.clear();
        let html = self.html;
        let bytes = html.as_bytes();
        let until = |from: usize, stop: fn(u8) -> bool| {
            bytes[from..].iter().position(|b| stop(*b)).map(|length| from + length)
        };
        loop {
            at = until(at, |b| !is_space(b) && b != b'/')?;
            if bytes[at] == b'>' {
                return Some((at + 1, bytes[at - 1] == b'/'));
            }
            // A `=` that begins a name is part of it.
            let end = until(at + 1, |b| is_space(b) || matches!(b, b'/' | b'>' | b'='))?;
            let name = &html[at..end];
            let mut value = "";
            at = until(end, |b| !is_space(b))?;
            if bytes[at] == b'=' {
                at = until(at + 1, |b| !is_space(b))?;
                let from = at;
                (value, at) = match bytes[at] {
                    quote @ (b'"' | b'\'') => {
                        let length = memchr(quote, &bytes[from + 1..])?;
                        (&html[from + 1..from + 1 + length], from + length + 2)
                    }
                    b'>' => ("", at),
                    _ => {
                        let end = until(from, |b| is_space(b) || b == b'>')?;
                        (&html[from..end], end)
                    }
                };
                // The slash of an unquoted value does not close the tag.
                if bytes.get(at) == Some(&b'>') {
                    add(found, name, value);
                    return Some((at + 1, false));
                }
            }
            add(found, name, value);
        }
    }
}

fn add<'h>(found: &mut Vec<(&'h str, &'h str)>, name: &'h str, value: &'h str) {
    if !found.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
        found.push((name, value));
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

/// Whether these bytes begin with `<` and a tag's name, or `</` and the name.
fn is_tag(rest: &[u8], open: &[u8], name: &[u8]) -> bool {
    let end = open.len() + name.len();
    rest.starts_with(open)
        && rest.get(open.len()..end).is_some_and(|there| there.eq_ignore_ascii_case(name))
        && rest.get(end).is_some_and(|b| is_space(*b) || matches!(b, b'/' | b'>'))
}

fn raw_end(text: &[u8], name: &[u8]) -> usize {
    let mut ends = memchr::memchr_iter(b'<', text);
    ends.find(|at| is_tag(&text[*at..], b"</", name)).unwrap_or(text.len())
}

/// Where a script ends: `</script>` within `<!-- <script>` is part of it (HTML, 13.2.5.15 and after).
fn script_end(text: &[u8]) -> usize {
    let (mut escaped, mut twice) = (false, false);
    let mut at = 0;
    while let Some(next) = memchr2(b'<', b'-', &text[at..]) {
        at += next;
        let rest = &text[at..];
        at += 1;
        if !escaped && rest.starts_with(b"<!--") {
            // Its dashes may also be those of `-->`.
            escaped = true;
            at += 1;
        } else if escaped && rest.starts_with(b"-->") {
            (escaped, twice) = (false, false);
            at += 2;
        } else if is_tag(rest, b"</", b"script") {
            if !twice {
                return at - 1;
            }
            twice = false;
        } else if escaped && is_tag(rest, b"<", b"script") {
            twice = true;
        }
    }
    text.len()
}

/// An attribute's value with its references resolved.
pub fn value(written: &str) -> Cow<'_, str> {
    if !written.contains('&') {
        return Cow::Borrowed(written);
    }
    let (all, plain) = (written.matches('&').count(), written.matches("&amp;").count());
    if all == plain {
        return Cow::Owned(written.replace("&amp;", "&"));
    }
    let sink = OneValue::default();
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&format!("<a b=\"{}\">", written.replace('"', "&quot;"))));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    Cow::Owned(tokenizer.sink.0.into_inner())
}

#[derive(Default)]
struct OneValue(std::cell::RefCell<String>);

impl TokenSink for OneValue {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token
            && let Some(attribute) = tag.attrs.first()
        {
            *self.0.borrow_mut() = attribute.value.to_string();
        }
        TokenSinkResult::Continue
    }
}

/// The addresses of a `srcset` (HTML, 4.8.4.2.2). An address may contain commas; those at its end separate candidates.
pub fn srcset(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (url, after) = rest.split_at(end);
        let bare = url.trim_end_matches(',');
        rest = match after.find(',').filter(|_| bare.len() == url.len()) {
            Some(comma) => &after[comma + 1..],
            None if bare.len() < url.len() => after,
            None => "",
        };
        (!bare.is_empty()).then_some(bare)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use html5ever::tokenizer::TagKind;
    use html5ever::tokenizer::states::RawKind;
    use proptest::prelude::*;

    type Seen = (String, Vec<(String, String)>);

    fn ours(html: &str) -> Vec<Seen> {
        let mut tags = Tags::new(html);
        let mut attributes = Vec::new();
        let mut seen = Vec::new();
        while let Some(tag) = tags.next(&mut attributes) {
            let own = |(name, written): &(&str, &str)| {
                (
                    name.to_ascii_lowercase(),
                    value(&written.replace("\r\n", "\n").replace('\r', "\n")).into_owned(),
                )
            };
            seen.push((tag.name.to_ascii_lowercase(), attributes.iter().map(own).collect()));
        }
        seen
    }

    #[derive(Default)]
    struct Sink(std::cell::RefCell<Vec<Seen>>);

    impl TokenSink for Sink {
        type Handle = ();

        fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
            let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
            if tag.kind != TagKind::StartTag {
                return TokenSinkResult::Continue;
            }
            let own = |attribute: &html5ever::Attribute| {
                (attribute.name.local.to_string(), attribute.value.to_string())
            };
            self.0.borrow_mut().push((tag.name.to_string(), tag.attrs.iter().map(own).collect()));
            match &*tag.name {
                "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
                "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                    TokenSinkResult::RawData(RawKind::Rawtext)
                }
                _ => TokenSinkResult::Continue,
            }
        }
    }

    fn theirs(html: &str) -> Vec<Seen> {
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(html));
        let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        tokenizer.sink.0.into_inner()
    }

    fn contents(html: &str) -> Vec<(String, bool)> {
        let mut tags = Tags::new(html);
        let mut attributes = Vec::new();
        std::iter::from_fn(|| tags.next(&mut attributes))
            .map(|tag| (tag.content.to_owned(), tag.inert))
            .collect()
    }

    #[test]
    fn what_a_template_holds_is_inert_and_what_a_shadow_tree_holds_is_not() {
        let inert = |html: &str| contents(html).into_iter().map(|(_, inert)| inert).collect::<Vec<_>>();
        assert_eq!(
            inert("<template><a></a><template></template><b></template><i>"),
            [false, true, true, true, false]
        );
        assert_eq!(inert("<template shadowrootmode=open><a></template>"), [false, false]);
    }

    #[test]
    fn the_title_of_a_picture_is_markup() {
        let seen: Vec<String> =
            ours("<svg><title/><a></svg><title><b></title><i>").into_iter().map(|t| t.0).collect();
        assert_eq!(seen, ["svg", "title", "a", "title", "i"]);
    }

    #[test]
    fn a_srcset_is_read_to_its_commas() {
        let all = |set| srcset(set).collect::<Vec<_>>();
        assert_eq!(all("/a.webp 320w,/b.webp 640w, /c,d.webp"), ["/a.webp", "/b.webp", "/c,d.webp"]);
        assert_eq!(all("data:image/jpeg;base64,/9j/x 1x, /b 2x"), ["data:image/jpeg;base64,/9j/x", "/b"]);
        assert_eq!(all("/a, /b"), ["/a", "/b"]);
        assert!(all(" , ").is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn tags_are_those_that_html5ever_sees(
            html in "(<|>|</|/>|<!|<!--|-->|--!>|-|!|\\?|=|\"|'| |\n|\r|\t|/|&|&amp;|&#47;|;|x|B|é|<a |<B|href=|id=|<script|</script|<style>|</STYLE>|<textarea|</textarea |<title>|</title>|<xmp>){0,40}"
        ) {
            prop_assert_eq!(ours(&html), theirs(&html));
        }
    }
}
