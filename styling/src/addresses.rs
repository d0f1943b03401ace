//! Every `url(...)` of a sheet gets its address in the finished shop.

use std::borrow::Cow;

use cssparser::{Token, serialize_string};

use crate::fault::Mistake;
use crate::tokens::{Piece, Place};

/// Where an address points, judging by how it is written.
enum Target<'u> {
    /// To its own content (`data:`), or to a part of the page (`url(#clip)`).
    Here,
    /// To another host.
    Elsewhere,
    /// To a path in the theme.
    Theme(&'u str),
}

/// Rewrites addresses, and collects mistakes.
pub(crate) struct Addresses<'a> {
    pub(crate) sheet: &'a str,
    pub(crate) asset_url: &'a dyn Fn(&str, &str) -> Option<String>,
    pub(crate) found: Vec<(Place, Mistake)>,
}

impl Addresses<'_> {
    /// Rewrites a sheet. `@import` is refused elsewhere; the address of `@namespace` is only a name and loads nothing.
    pub(crate) fn rewrite(&mut self, pieces: &mut [Piece<'_>]) {
        let mut skipped = false;
        for piece in pieces {
            match piece {
                Piece::Token(Token::AtKeyword(name), ..) => {
                    skipped = name.eq_ignore_ascii_case("import") || name.eq_ignore_ascii_case("namespace");
                }
                Piece::Token(Token::Semicolon, ..) => skipped = false,
                _ if skipped => {}
                Piece::Token(Token::UnquotedUrl(url), written, place) => {
                    if let Some(address) = self.address(url, *place) {
                        *written = Cow::Owned(function(&address));
                    }
                }
                Piece::Block(Token::Function(name), _, place, inside)
                    if name.eq_ignore_ascii_case("url") || name.eq_ignore_ascii_case("src") =>
                {
                    let place = *place;
                    self.strings(inside, |_| place);
                }
                Piece::Block(open, .., inside) => {
                    let is_set = matches!(open, Token::Function(name) if name.to_ascii_lowercase().ends_with("image-set"));
                    if is_set {
                        self.strings(inside, |own| own);
                    }
                    self.rewrite(inside);
                }
                Piece::Token(..) | Piece::Space | Piece::Comment => {}
            }
        }
    }

    /// Rewrites strings that are addresses.
    fn strings(&mut self, pieces: &mut [Piece<'_>], place: impl Fn(Place) -> Place) {
        for piece in pieces {
            if let Piece::Token(Token::QuotedString(url), written, own) = piece
                && let Some(address) = self.address(url, place(*own))
            {
                *written = Cow::Owned(quoted(&address));
            }
        }
    }

    /// The final address, if it is a different one.
    fn address(&mut self, url: &str, place: Place) -> Option<String> {
        let mistake = match target(url) {
            Target::Here => return None,
            Target::Elsewhere => Mistake::Elsewhere(shown(url)),
            Target::Theme(path) => match (self.asset_url)(self.sheet, path) {
                Some(address) => return Some(address),
                None => Mistake::Missing(shown(url)),
            },
        };
        self.found.push((place, mistake));
        None
    }
}

/// `url(...)`, with quotes only if needed.
fn function(address: &str) -> String {
    let plain = address.bytes().all(|byte| byte.is_ascii_graphic() && !br#"'"()\"#.contains(&byte));
    if plain { format!("url({address})") } else { format!("url({})", quoted(address)) }
}

fn quoted(address: &str) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = serialize_string(address, &mut out);
    out
}

fn target(url: &str) -> Target<'_> {
    let url = url.trim();
    let scheme = url.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
        // RFC 3986, section 3.1
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    match scheme {
        Some(scheme) if scheme.eq_ignore_ascii_case("data") => Target::Here,
        Some(_) => Target::Elsewhere,
        None if url.starts_with('#') => Target::Here,
        // Browsers treat a backslash as a slash.
        None if url.len() > 1 && url.bytes().take(2).all(|byte| byte == b'/' || byte == b'\\') => {
            Target::Elsewhere
        }
        None => Target::Theme(url),
    }
}

/// An address shortened to fit on one line.
fn shown(url: &str) -> String {
    const LONGEST: usize = 80;
    let clean: String = url.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &clean[..end]),
        None => clean,
    }
}
