//! What a sheet leaves open. A browser closes it at the end of the line or of the sheet; since sheets are joined, it would swallow
//! the rules after it.

use cssparser::Token;
use messages::tr;

use crate::fault::Mistake;
use crate::tokens::{Piece, Place};

/// Strings, addresses and brackets that are not closed, or not opened.
pub(crate) fn find(pieces: &[Piece<'_>]) -> Vec<(Place, Mistake)> {
    let mut found = Vec::new();
    look(pieces, &mut found);
    found
}

fn look(pieces: &[Piece<'_>], found: &mut Vec<(Place, Mistake)>) {
    for piece in pieces {
        match piece {
            Piece::Token(token, written, place) => {
                if let Some(words) = words(token, written) {
                    found.push((*place, Mistake::Syntax(words.to_owned())));
                }
            }
            Piece::Block(.., inside) => look(inside, found),
            Piece::Space | Piece::Comment => {}
        }
    }
}

/// A bracket that is closed but was not opened.
pub(crate) fn stray_bracket() -> Mistake {
    Mistake::Syntax(stray().to_owned())
}

fn stray() -> &'static str {
    tr!("this bracket closes nothing")
}

fn words(token: &Token<'_>, written: &str) -> Option<&'static str> {
    let is_escaped = |text: &str| (text.len() - text.trim_end_matches('\\').len()) % 2 == 1;
    let is_closed = |end: char| {
        let inside = written.strip_suffix(end).filter(|inside| !inside.is_empty());
        inside.is_some_and(|inside| !is_escaped(inside))
    };
    match token {
        Token::BadString(_) => Some(tr!("this string is not closed on its line")),
        Token::QuotedString(_) if !is_closed(if written.starts_with('\'') { '\'' } else { '"' }) => {
            Some(tr!("this string is not closed on its line"))
        }
        Token::BadUrl(_) => Some(tr!("this address is not closed; write it in quotation marks")),
        Token::UnquotedUrl(_) if !is_closed(')') => {
            Some(tr!("this address is not closed; write it in quotation marks"))
        }
        Token::CloseCurlyBracket | Token::CloseSquareBracket | Token::CloseParenthesis => Some(stray()),
        Token::QuotedString(_) | Token::UnquotedUrl(_) => None,
        _ if is_escaped(written) => Some(tr!("nothing follows this backslash")),
        _ => None,
    }
}
