//! Texts out of HTML, dates and measures as shoppers read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Desk;
use crate::model::documents::{Body, Dimensions};
use crate::model::lang::LangIx;

/// The text of HTML without its tags, white space folded, cut at a word to at most `limit` characters.
pub fn plain(html: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    let mut in_tag = false;
    let mut in_mark = false;
    let mut space = false;
    for c in html.chars() {
        match c {
            '\0' => in_mark = !in_mark,
            _ if in_mark => {}
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                space = true;
            }
            _ if in_tag => {}
            c if c.is_whitespace() && c != '\u{a0}' && c != '\u{202f}' => space = true,
            c => {
                if space && !out.is_empty() && !matches!(c, '.' | ',') {
                    out.push(' ');
                    length += 1;
                }
                space = false;
                out.push(c);
                length += 1;
            }
        }
        if length > limit * 2 {
            break;
        }
    }
    let text = out
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    cut(&text, limit)
}

/// At most `limit` characters, cut at a word, with an ellipsis.
pub fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let head: String = text.chars().take(limit.saturating_sub(1)).collect();
    let at = head.rfind(' ').unwrap_or(head.len());
    format!("{}…", head[..at].trim_end_matches([',', ';', ':', ' ', '.']))
}

/// The decimal sign of a language.
pub fn decimal_sign(language: &str) -> char {
    let primary = language.split('-').next().unwrap_or_default();
    if matches!(primary, "en" | "ga" | "mt") || language.ends_with("-CH") { '.' } else { ',' }
}

/// `14 × 14 × 7 cm`
pub fn dimensions(dimensions: &Dimensions, language: &str) -> String {
    let sign = decimal_sign(language).to_string();
    let numbers: Vec<String> = dimensions.numbers.iter().map(|number| number.replace('.', &sign)).collect();
    format!("{}\u{a0}{}", numbers.join("\u{a0}×\u{a0}"), dimensions.unit)
}

/// An instant as RFC 3339 in UTC.
pub fn rfc3339(seconds: i64) -> String {
    Timestamp::from_second(seconds).map(|instant| instant.to_string()).unwrap_or_default()
}

/// The day of an instant in a time zone: year, month, day.
pub fn day(seconds: i64, zone: &TimeZone) -> (i16, i8, i8) {
    let date = Timestamp::from_second(seconds).unwrap_or_default().to_zoned(zone.clone()).date();
    (date.year(), date.month(), date.day())
}

impl Desk<'_> {
    /// The day of an instant, as the language writes it: `2 novembre 2026`.
    pub fn date(&self, lang: LangIx, seconds: i64) -> String {
        let (year, month, day) = day(seconds, &self.site.shop.timezone);
        let month = self.word(lang, &format!("months.m{month}"), &[]);
        self.word(lang, "date", &[("day", &day.to_string()), ("month", &month), ("year", &year.to_string())])
    }

    /// A text with its links and pictures filled in for a reader of `lang`.
    pub fn body(&self, body: &Body, lang: LangIx) -> String {
        let html = &body.html;
        if !html.contains('\0') {
            return html.to_string();
        }
        let mut out = String::with_capacity(html.len() + 256);
        // Between pairs of NUL stand marks: odd pieces.
        let mut unlinked = false;
        let mut opening = false;
        for (at, piece) in html.split('\0').enumerate() {
            if at % 2 == 0 {
                let rest = if std::mem::take(&mut opening) { after_tag(piece) } else { piece };
                // A link that leads nowhere for this reader goes, and its words stay. Links hold no links: the next end
                // is its own.
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

    /// Where a link leads; `None` if its page is not published, or not in this language: the words stay without it.
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

/// What follows an opening tag, from within its first attribute's quotes.
fn after_tag(rest: &str) -> &str {
    let mut quoted = true;
    let end = rest.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == '>' && !quoted
    });
    end.map_or("", |(at, _)| &rest[at + 1..])
}

/// Text for HTML and XML, also in attributes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_no_tags_and_ends_at_a_word() {
        assert_eq!(
            plain("<p>Un <b>bol</b> &amp; une\ntasse.</p>\n<p>Oui</p>", 100),
            "Un bol & une tasse. Oui"
        );
        assert_eq!(plain("<p>Un deux trois quatre</p>", 12), "Un deux…");
        assert_eq!(plain("<a href=\"\0L0\0\">le bol</a>", 100), "le bol");
    }
}
