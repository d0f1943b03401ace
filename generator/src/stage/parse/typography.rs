//! What a typesetter would do: French no-break spaces, narrow before `;`, `!` and `?`, ordinary before `:` and inside
//! guillemets (Lexique des règles typographiques en usage à l'Imprimerie nationale).

use std::borrow::Cow;

const NBSP: char = '\u{a0}';
const NARROW: char = '\u{202f}';

/// A text as it is set in `language`. Other languages than French stay as written.
pub fn text(language: &str, text: &str) -> String {
    set(language, text).into_owned()
}

/// As [`text`], borrowing where nothing changes.
pub fn set<'a>(language: &str, text: &'a str) -> Cow<'a, str> {
    let french = language == "fr" || language.starts_with("fr-");
    if !french || !text.contains([';', ':', '!', '?', '«', '»', '%', '€']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            (' ' | NBSP | NARROW, Some(';' | '!' | '?')) => out.push(NARROW),
            (' ' | NBSP | NARROW, Some(':' | '»' | '%' | '€')) => out.push(NBSP),
            ('«', Some(' ' | NBSP | NARROW)) => {
                out.push('«');
                out.push(NBSP);
                chars.next();
            }
            (c, _) => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_gets_its_spaces_and_english_none() {
        assert_eq!(text("fr", "Bol « Lune » : beau !"), "Bol «\u{a0}Lune\u{a0}»\u{a0}: beau\u{202f}!");
        assert_eq!(text("fr", "https://a.b"), "https://a.b");
        assert_eq!(text("fr", "100 % lin, 40 €"), "100\u{a0}% lin, 40\u{a0}€");
        assert_eq!(text("fr", "soin\u{202f}: «\u{202f}oui\u{202f}»"), "soin\u{a0}: «\u{a0}oui\u{a0}»");
        assert_eq!(text("en", "Moon : bowl !"), "Moon : bowl !");
    }

    #[test]
    fn setting_twice_changes_nothing() {
        let once = text("fr", "« Oui ? » ; non : « si ! »");
        assert_eq!(text("fr", &once), once);
    }
}
