//! HTML as plain text, for search engines, feeds and previews. Read by the same tokenizer as `--report`, so that entities,
//! comments and quoted attributes mean what they mean in a browser.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// Tags within a line: they add no space between the words on either side.
const INLINE: [&str; 35] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "label", "mark", "picture", "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span",
    "strong", "sub", "sup", "time", "u", "var", "wbr",
];

/// Tags whose content no reader sees.
const UNSEEN: [&str; 5] = ["script", "style", "template", "textarea", "title"];

/// The words of a piece of HTML with single spaces between them: blocks and line breaks separate words, tags within a line
/// do not. Footnotes and their numbers are left out, and so are a document's marks between pairs of NUL.
pub fn plain(html: &str) -> String {
    let html: String = html.split('\0').step_by(2).collect();
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&html));
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().text
}

#[derive(Default)]
struct Sink(RefCell<PlainText>);

#[derive(Default)]
struct PlainText {
    text: String,
    /// A space is due before the next word.
    space: bool,
    /// The tag whose content is being skipped, and how many tags of its name are open.
    unseen: Option<(String, usize)>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut words = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => words.add(&text),
            Token::TagToken(tag) => {
                words.tag(&tag);
                if tag.kind == TagKind::StartTag {
                    return match &*tag.name {
                        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                        "style" => TokenSinkResult::RawData(RawKind::Rawtext),
                        "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
                        _ => TokenSinkResult::Continue,
                    };
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl PlainText {
    fn add(&mut self, text: &str) {
        if self.unseen.is_some() {
            return;
        }
        for c in text.chars() {
            match c {
                // A soft hyphen is invisible.
                '\u{ad}' => {}
                ' ' | '\t' | '\n' | '\r' | '\u{c}' | '\u{2028}' | '\u{2029}' => self.space = true,
                c => {
                    if std::mem::take(&mut self.space) && !self.text.is_empty() {
                        self.text.push(' ');
                    }
                    self.text.push(c);
                }
            }
        }
    }

    fn tag(&mut self, tag: &Tag) {
        let name = &*tag.name;
        let starts = tag.kind == TagKind::StartTag;
        if let Some((unseen, depth)) = &mut self.unseen {
            if name == unseen {
                *depth = if starts { *depth + 1 } else { *depth - 1 };
                if *depth == 0 {
                    self.unseen = None;
                }
            }
            return;
        }
        let inline = INLINE.contains(&name) || UNSEEN.contains(&name);
        if starts && (UNSEEN.contains(&name) || is_note(tag)) {
            self.unseen = Some((name.to_owned(), 1));
        }
        self.space |= !inline;
    }
}

/// Whether it is a footnote or its number, as Markdown makes them.
fn is_note(tag: &Tag) -> bool {
    let class = tag.attrs.iter().find(|attribute| &*attribute.name.local == "class");
    class.is_some_and(|class| matches!(&*class.value, "footnote-reference" | "footnote-definition"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_as_a_reader_sees_them() {
        for (html, text) in [
            ("<p>Un <b>bol</b> &amp; une\ntasse.</p>\n<p>Oui</p>", "Un bol & une tasse. Oui"),
            (
                "<p>Prix&nbsp;: 20&nbsp;€<br>Poids&#160;: 1&#xA0;kg</p>",
                "Prix\u{a0}: 20\u{a0}€ Poids\u{a0}: 1\u{a0}kg",
            ),
            ("<p>L'<em>atelier</em>, d'<strong>Anne</strong>.</p>", "L'atelier, d'Anne."),
            ("<p>H<sub>2</sub>O, 1<sup>er</sup></p>", "H2O, 1er"),
            ("<table><tr><td>a</td><td>b</td></tr></table><ul><li>c</li><li>d</li></ul>", "a b c d"),
            (
                "<p>Laine<sup class=\"footnote-reference\"><a href=\"#note_1\">1</a></sup>.</p><div class=\"footnote-definition\" \
                 id=\"note_1\"><sup class=\"footnote-definition-label\">1</sup><div>x</div></div><p>Fin</p>",
                "Laine. Fin",
            ),
            ("a<!-- <b> --><script>'<b>x'</script><style>y{}</style>b", "ab"),
            ("<abbr title=\"a > b\">c</abbr> 3 &lt; 4 &eacute;", "c 3 < 4 é"),
            ("<a href=\"\0L0\0\" title=\"x\">le bol</a> \0I0\0", "le bol"),
            ("gr&shy;ès&shy;", "grès"),
            ("日本<em>の</em>器<br>土鍋", "日本の器 土鍋"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    proptest! {
        /// The same words come out, whatever they are and whatever inline tags they are in.
        #[test]
        fn words_come_through(words in prop::collection::vec("[^\\s\u{ad}\u{0}]{1,6}", 1..8), tags in prop::collection::vec(0..6usize, 8)) {
            let escape = |word: &str| word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let wrap = ["b", "em", "a", "code", "sup", "span"];
            let html: Vec<String> = words.iter().zip(&tags).map(|(word, tag)| {
                let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
                format!("<{0}>{1}</{0}>{2}", wrap[*tag], escape(first), escape(rest))
            }).collect();
            prop_assert_eq!(plain(&format!("<p>{}</p>", html.join(" "))), words.join(" "));
            prop_assert_eq!(plain(&html.join("</p><p>")), words.join(" "));
            prop_assert_eq!(plain(&html.join("<br>")), words.join(" "));
        }

        #[test]
        fn no_html_panics(html in "(<|>|/|!|--|a|script|template|class=|\"|'|&|;|#|\u{0}| |é){0,40}") {
            plain(&html);
        }
    }
}
