//! Texts cut to a length; dates and measures as shoppers read them; documents with their links and pictures.

use catalog::Timestamp;
use catalog::html::escape;
use catalog::language::Language;
use icu_segmenter::options::LineBreakOptions;
use icu_segmenter::{GraphemeClusterSegmenter, LineSegmenter};
use jiff::tz::TimeZone;

use super::ViewContext;
use crate::model::documents::{Body, Dimensions};
use crate::model::lang::LangIx;

/// At most `limit` characters, the last of them an ellipsis if anything is left out. It is cut where a line may end
/// (UAX 14), even in scripts that are written without spaces, and never inside a grapheme.
pub fn cut(text: &str, limit: usize) -> String {
    let Some((most, _)) =
        text.char_indices().nth(limit.saturating_sub(1)).filter(|_| text.char_indices().nth(limit).is_some())
    else {
        return text.to_owned();
    };
    let loose = |c: char| c.is_whitespace() || ",;:.-–—、。，(".contains(c);
    // A little more than fits: what follows decides whether a line may end.
    let seen = text[most..].char_indices().nth(LOOK).map_or(text.len(), |(at, _)| most + at);
    let head = text.get(..seen).unwrap_or(text);
    // A line may also end after a hyphen or a slash, but the words around it belong together.
    let between_words = |at: &usize| {
        let before = head[..*at].chars().next_back();
        before.is_some_and(|c| !c.is_ascii_punctuation() && !matches!(c, '‐' | '–' | '—'))
    };
    let whole: Vec<usize> = GraphemeClusterSegmenter::new().segment_str(head).collect();
    let words = LineSegmenter::new_lstm(LineBreakOptions::default()).segment_str(head);
    let words = words.filter(|at| *at < head.len()).filter(between_words);
    let words = words.map(|at| head[..at].trim_end_matches(loose).len()).take_while(|at| *at <= most);
    let at = words.filter(|at| *at > 0 && whole.binary_search(at).is_ok()).last();
    // A single word that is too long is cut between its letters.
    let at = at.or_else(|| whole.iter().copied().take_while(|at| *at <= most).last());
    format!("{}…", &head[..at.unwrap_or(0)])
}

/// How many characters after the last that fits are considered.
const LOOK: usize = 64;

/// `14 × 14 × 7 cm`
pub fn dimensions(dimensions: &Dimensions, language: &str) -> String {
    let sign = Language::new(language).decimal_sign().to_string();
    let numbers: Vec<String> = dimensions.numbers.iter().map(|number| number.replace('.', &sign)).collect();
    format!("{}\u{a0}{}", numbers.join("\u{a0}×\u{a0}"), dimensions.unit)
}

/// An instant as RFC 3339 in UTC.
pub fn rfc3339(instant: Timestamp) -> String {
    jiff::Timestamp::from_second(instant.0).map(|instant| instant.to_string()).unwrap_or_default()
}

/// The day of an instant in a time zone: year, month, day.
pub fn day(instant: Timestamp, zone: &TimeZone) -> (i16, i8, i8) {
    let date = jiff::Timestamp::from_second(instant.0).unwrap_or_default().to_zoned(zone.clone()).date();
    (date.year(), date.month(), date.day())
}

impl ViewContext<'_> {
    /// The day of an instant, as the language writes it: `2 novembre 2026`.
    pub fn date(&self, lang: LangIx, instant: Timestamp) -> String {
        let (year, month, day) = day(instant, &self.site.shop.timezone);
        let month = self.word(lang, &format!("months.m{month}"), &[]);
        self.word(lang, "date", &[("day", &day.to_string()), ("month", &month), ("year", &year.to_string())])
    }

    /// A text with links and pictures filled in for a reader of `lang`.
    pub fn body(&self, body: &Body, lang: LangIx) -> String {
        let html = &body.html;
        if !html.contains('\0') {
            return html.to_string();
        }
        let mut out = String::with_capacity(html.len() + 256);
        // Odd pieces are marks, which are between pairs of NUL.
        let mut unlinked = false;
        let mut opening = false;
        for (at, piece) in html.split('\0').enumerate() {
            if at % 2 == 0 {
                let rest = if std::mem::take(&mut opening) { after_tag(piece) } else { piece };
                // A link that leads nowhere for this reader is removed, but its words stay. Links do not nest: the next
                // end tag is its own.
                match rest.split_once("</a>").filter(|_| unlinked) {
                    Some((words, after)) => {
                        out.push_str(words);
                        out.push_str(after);
                        unlinked = false;
                    }
                    None => out.push_str(rest),
                }
                continue;
            }
            let (kind, number) = piece.split_at(1.min(piece.len()));
            let number: usize = number.parse().unwrap_or(usize::MAX);
            match kind {
                "L" => match self.link(body, number, lang) {
                    Some(url) => out.push_str(&url),
                    None => {
                        (unlinked, opening) = (true, true);
                        out.truncate(out.strip_suffix("<a href=\"").map_or(out.len(), str::len));
                    }
                },
                _ => out.push_str(&self.picture(body, number)),
            }
        }
        out
    }

    /// Where a link leads; `None` if its page is not published, or not in this language.
    fn link(&self, body: &Body, number: usize, lang: LangIx) -> Option<String> {
        use crate::model::addresses::Leads;
        match self.addresses.leads(&body.links.get(number)?.target, lang) {
            Leads::To(url) => Some(escape(&url)),
            Leads::NotInLanguage | Leads::Nowhere => None,
        }
    }

    fn picture(&self, body: &Body, number: usize) -> String {
        let Some(image) = body.images.get(number) else { return String::new() };
        let alt = image.alt.get(LangIx::DEFAULT);
        let Some(photo) = self.site.photo_named(image).and_then(|ix| self.photo_of(ix, alt, None)) else {
            return String::new();
        };
        let sizes = "(min-width: 48rem) 42rem, 100vw";
        let avif = photo.avif.map_or_else(String::new, |set| {
            format!("<source type=\"image/avif\" srcset=\"{set}\" sizes=\"{sizes}\">")
        });
        format!(
            "<picture>{avif}<source type=\"image/webp\" srcset=\"{}\" sizes=\"{sizes}\"><img src=\"{}\" width=\"{}\" \
             height=\"{}\" alt=\"{}\" class=\"{}\" loading=\"lazy\" decoding=\"async\"></picture>",
            photo.webp,
            photo.src,
            photo.width,
            photo.height,
            escape(alt),
            photo.colour
        )
    }
}

/// What follows an opening tag, when `rest` begins inside the quotes of an attribute.
fn after_tag(rest: &str) -> &str {
    let mut quoted = true;
    let end = rest.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == '>' && !quoted
    });
    end.map_or("", |(at, _)| &rest[at + 1..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_written_as_their_readers_write_numbers() {
        let size = Dimensions { numbers: vec!["14".into(), "7.5".into()], unit: "cm".into() };
        assert_eq!(dimensions(&size, "fr"), "14\u{a0}×\u{a0}7,5\u{a0}cm");
        assert_eq!(dimensions(&size, "en"), "14\u{a0}×\u{a0}7.5\u{a0}cm");
    }

    #[test]
    fn a_cut_stands_between_words_of_any_script() {
        for (text, limit, expected) in [
            ("Un deux trois quatre", 12, "Un deux…"),
            ("Un deux trois", 13, "Un deux trois"),
            ("Un deux, trois", 9, "Un deux…"),
            ("un porte-clefs", 10, "un…"),
            ("Bol « Lune » : grand", 8, "Bol…"),
            ("Prix : 20\u{a0}€ net", 9, "Prix…"),
            ("Mon 日本の器はとても美しいです。", 10, "Mon 日本の器は…"),
            ("器です。とても美しい", 5, "器です…"),
            ("Mon ชามเซรามิกทำด้วยมือ", 12, "Mon ชาม…"),
            ("Extraordinairement", 6, "Extra…"),
            ("👩‍👩‍👧👩‍👩‍👧", 8, "👩‍👩‍👧…"),
            ("", 5, ""),
        ] {
            assert_eq!(cut(text, limit), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_cut_text_is_a_beginning_and_never_too_long(text in "(\\PC|[a-zé ,.:-]|日|の|ก|่|👩|\u{200d}){0,80}", limit in 1..60usize) {
            let short = cut(&text, limit);
            prop_assert!(short.chars().count() <= limit, "{short:?}");
            if text.chars().count() <= limit {
                prop_assert_eq!(short, text);
            } else {
                let kept = short.strip_suffix('…').expect("an ellipsis");
                prop_assert!(text.starts_with(kept));
                let whole = GraphemeClusterSegmenter::new().segment_str(&text).any(|at| at == kept.len());
                prop_assert!(whole, "{kept:?} ends inside a grapheme");
            }
        }
    }
}
