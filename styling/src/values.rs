//! Values in fewer bytes, if lightningcss prints one that means the same; and numbers that lack their unit.

use std::collections::BTreeSet;

use cssparser::Token;
use lightningcss::printer::PrinterOptions;
use lightningcss::properties::{Property, PropertyId};
use lightningcss::stylesheet::ParserOptions;

use crate::colour::colour;
use crate::tokens::{Piece, Text, compact, read};

/// The result of shortening a value.
#[derive(Debug, PartialEq)]
pub(crate) enum Short {
    /// The same in fewer bytes.
    Text(String),
    /// Nothing shorter.
    Same,
    /// The number, as written, lacks the unit of a length: browsers ignore the declaration.
    NoUnit(String),
}

/// A property's value, as short as possible without changing its meaning.
pub(crate) fn short(name: &str, value: &str) -> Short {
    let Some(property) = understood(name, value) else {
        // In a shorthand the number may be taken for something else, so that the whole value is not understood.
        let plain = Facts::of(value).map(|facts| facts.plain).unwrap_or_default();
        let lacking = plain
            .into_iter()
            .find(|number| with_unit(value, number).is_some_and(|value| understood(name, &value).is_some()));
        return lacking.map_or(Short::Same, Short::NoUnit);
    };
    let minified = PrinterOptions { minify: true, ..PrinterOptions::default() };
    let Ok(printed) = property.value_to_css_string(minified) else { return Short::Same };
    let (Some(before), Some(after)) = (Facts::of(value), Facts::of(&printed)) else { return Short::Same };
    // SVG's lengths may be plain numbers.
    if !name.starts_with("stroke")
        && let Some(number) =
            before.plain.iter().find(|number| after.has_pixels(number) && !before.has_pixels(number))
    {
        return Short::NoUnit(number.clone());
    }
    if printed.len() < value.len() && before.says(&after) { Short::Text(printed) } else { Short::Same }
}

/// The property, if lightningcss understands its value.
fn understood<'v>(name: &'v str, value: &'v str) -> Option<Property<'v>> {
    let parsed = Property::parse_string(PropertyId::from(name), value, ParserOptions::default());
    parsed.ok().filter(|property| !matches!(property, Property::Unparsed(_) | Property::Custom(_)))
}

/// A value with a unit after the first occurrence of this number by itself.
fn with_unit(value: &str, number: &str) -> Option<String> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '#' | '-' | '_' | '%');
    let (at, _) = value
        .match_indices(number)
        .find(|(at, _)| !value[..*at].ends_with(part) && !value[at + number.len()..].starts_with(part))?;
    let (before, after) = value.split_at(at + number.len());
    Some(format!("{before}px{after}"))
}

/// What a value consists of, whatever its order and spacing.
#[derive(Debug, Default)]
struct Facts {
    /// Numbers that are not zero, with their units.
    numbers: BTreeSet<String>,
    /// Those outside brackets that have no unit.
    plain: Vec<String>,
    has_zero: bool,
    /// Identifiers, names of functions, strings, addresses.
    words: BTreeSet<String>,
    colours: Vec<String>,
    /// Operators and commas.
    signs: Vec<char>,
}

impl Facts {
    fn of(value: &str) -> Option<Self> {
        let mut facts = Facts::default();
        facts.gather(&read(value).ok()?, false);
        facts.signs.sort_unstable();
        Some(facts)
    }

    fn gather(&mut self, pieces: &[Piece<'_>], nested: bool) {
        for piece in pieces {
            let text = || compact(std::slice::from_ref(piece), Text::Kept);
            match piece {
                Piece::Space | Piece::Comment => {}
                Piece::Token(Token::Number { value, .. }, ..) => {
                    self.number(*value, "");
                    if *value != 0.0 && !nested {
                        self.plain.push(text());
                    }
                }
                Piece::Token(Token::Percentage { unit_value, .. }, ..) => {
                    self.number(*unit_value * 100.0, "%")
                }
                Piece::Token(Token::Dimension { value, unit, .. }, ..) => self.number(*value, unit),
                Piece::Token(Token::Comma, ..) => self.signs.push(','),
                Piece::Token(Token::Delim(sign), ..) => self.signs.push(*sign),
                Piece::Token(Token::Ident(_) | Token::Hash(_) | Token::IDHash(_), ..) => {
                    match colour(&text()) {
                        Some(colour) => self.colours.push(format!("{colour:?}")),
                        None => _ = self.words.insert(text().to_lowercase()),
                    }
                }
                Piece::Token(Token::UnquotedUrl(url), ..) => _ = self.words.insert(url.to_string()),
                Piece::Token(Token::QuotedString(words), ..) => _ = self.words.insert(words.to_string()),
                Piece::Token(..) => _ = self.words.insert(text()),
                Piece::Block(Token::Function(name), .., inside) => match colour(&text()) {
                    Some(colour) => self.colours.push(format!("{colour:?}")),
                    None => {
                        if !name.eq_ignore_ascii_case("url") {
                            self.words.insert(format!("{}(", name.to_lowercase()));
                        }
                        self.gather(inside, true);
                    }
                },
                Piece::Block(.., inside) => self.gather(inside, true),
            }
        }
    }

    fn number(&mut self, value: f32, unit: &str) {
        if value == 0.0 {
            self.has_zero = true;
        } else {
            self.numbers.insert(format!("{value:.5}{}", unit.to_lowercase()));
        }
    }

    fn has_pixels(&self, number: &str) -> bool {
        number.parse::<f32>().is_ok_and(|value| self.numbers.contains(&format!("{value:.5}px")))
    }

    /// Whether nothing is added or lost.
    fn says(&self, other: &Self) -> bool {
        self.numbers == other.numbers
            && self.has_zero == other.has_zero
            && self.words == other.words
            && self.colours == other.colours
            && self.signs == other.signs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_the_same_is_shortened() {
        for (name, value, printed) in [
            ("color", "#ff0000", Some("red")),
            ("color", "rgb(255 0 0 / .5)", Some("#ff000080")),
            ("margin", "0px 0px", Some("0")),
            ("margin", "1px 2px 1px 2px", Some("1px 2px")),
            ("width", "calc(1px + 2px)", None),
            ("background-position", "left top", None),
            ("width", "clamp(1rem, 2vw, 3rem)", Some("clamp(1rem,2vw,3rem)")),
            ("color", "light-dark(#ffffff, #000000)", Some("light-dark(#fff,#000)")),
            ("width", "unknown(1px)", None),
            ("flood-depth", "0px 0px", None),
            ("stroke-width", "10", None),
        ] {
            let expected = printed.map_or(Short::Same, |text| Short::Text(text.to_owned()));
            assert_eq!(short(name, value), expected, "{name}: {value}");
        }
    }

    #[test]
    fn a_length_without_a_unit_is_named() {
        for (name, value) in [
            ("width", "10"),
            ("margin", "0 10 auto"),
            ("gap", "10 1px"),
            ("font", "10/1.5 serif"),
            ("font", "italic 10 serif"),
            ("font-size", "10"),
            ("border", "10 solid red"),
            ("border-radius", "10 / 2px"),
        ] {
            assert_eq!(short(name, value), Short::NoUnit("10".to_owned()), "{name}: {value}");
        }
        for (name, value) in [
            ("line-height", "10"),
            ("z-index", "10"),
            ("flex", "10"),
            ("scale", "10"),
            ("width", "0"),
            ("font", "600 1rem/1.5 serif"),
            ("font", "600 var(--size)/1.5 serif"),
            ("font", "var(--all)"),
            ("grid-area", "1 / 2 / 3 / 4"),
            ("aspect-ratio", "4 / 3"),
            ("animation", "fade 1s 2 both"),
        ] {
            assert!(!matches!(short(name, value), Short::NoUnit(_)), "{name}: {value}");
        }
    }
}
