//! What a typesetter would do: French no-break spaces, narrow before `;`, `!` and `?`, ordinary before `:` and inside
//! guillemets (Lexique des règles typographiques en usage à l'Imprimerie nationale).

use std::borrow::Cow;

use catalog::language::is_french;

const NBSP: char = '\u{a0}';
const NARROW: char = '\u{202f}';

/// A text as typeset in `language`. Languages other than French stay as written.
pub fn text(language: &str, text: &str) -> String {
    set(language, text).into_owned()
}

/// A text as one line, trimmed and typeset: the owner's line breaks become spaces.
pub fn line(language: &str, text: &str) -> String {
    if !text.contains('\n') {
        return self::text(language, text.trim());
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    self::text(language, &lines.collect::<Vec<_>>().join(" "))
}

/// Like [`text`], but borrows if nothing changes.
pub fn set<'a>(language: &str, text: &'a str) -> Cow<'a, str> {
    if !is_french(language) || !text.contains([';', ':', '!', '?', '«', '»', '%', '€']) {
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
    fn a_text_of_one_line_has_one_line() {
        assert_eq!(line("fr", " Bol\n  en grès\n\n!\n"), "Bol en grès\u{202f}!");
        assert_eq!(line("en", " Bowl "), "Bowl");
    }

    #[test]
    fn setting_twice_changes_nothing() {
        let once = text("fr", "« Oui ? » ; non : « si ! »");
        assert_eq!(text("fr", &once), once);
    }
}
