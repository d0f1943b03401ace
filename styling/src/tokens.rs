//! A sheet as a tree of tokens with their original text, and its text again without comments and meaningless white space.

use std::borrow::Cow;

use cssparser::{ParseError, Parser, ParserInput, Token, TokenSerializationType};

/// Deeper than any sheet nests; limits the recursion.
const DEEPEST: usize = 100;

/// Line from 0 and column from 1 in UTF-16 units, as cssparser counts.
pub(crate) type Place = (u32, u32);

/// A part of a sheet.
#[derive(Debug, Clone)]
pub(crate) enum Piece<'i> {
    /// Any amount of white space.
    Space,
    /// A comment; it still separates the tokens around it.
    Comment,
    /// A token that contains no others.
    Token(Token<'i>, Cow<'i, str>, Place),
    /// A function or a pair of brackets: the opening token, its text, its place, its content.
    Block(Token<'i>, Cow<'i, str>, Place, Vec<Piece<'i>>),
}

impl Piece<'_> {
    /// Whether it is neither space nor comment.
    pub(crate) fn is_written(&self) -> bool {
        !matches!(self, Piece::Space | Piece::Comment)
    }

    pub(crate) fn is_curly(&self) -> bool {
        matches!(self, Piece::Block(Token::CurlyBracketBlock, ..))
    }

    pub(crate) fn is_delim(&self, delim: char) -> bool {
        matches!(self, Piece::Token(Token::Delim(one), ..) if *one == delim)
    }

    pub(crate) fn is(&self, token: &Token<'_>) -> bool {
        matches!(self, Piece::Token(own, ..) if own == token)
    }

    fn first(&self) -> TokenSerializationType {
        match self {
            Piece::Space | Piece::Comment => TokenSerializationType::Nothing,
            Piece::Token(token, ..) | Piece::Block(token, ..) => token.serialization_type(),
        }
    }

    fn last(&self) -> TokenSerializationType {
        match self {
            Piece::Token(token, ..) => token.serialization_type(),
            // A closing bracket never merges with what follows.
            Piece::Block(..) | Piece::Space | Piece::Comment => TokenSerializationType::Nothing,
        }
    }
}

/// What a text is, which determines where white space is meaningless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    /// Selectors.
    Selector,
    /// What is between an at-rule's name and its block.
    Prelude,
    /// The value of a property that CSS defines.
    Value,
    /// The value of a custom property, or of something newer than this program: scripts and later rules may see every token.
    Kept,
}

/// Reads a sheet; an error if brackets nest too deeply.
pub(crate) fn read(text: &str) -> Result<Vec<Piece<'_>>, Place> {
    let mut input = ParserInput::new(text);
    pieces(&mut Parser::new(&mut input), 0).map_err(|error| (error.location.line, error.location.column))
}

fn pieces<'i>(parser: &mut Parser<'i, '_>, depth: usize) -> Result<Vec<Piece<'i>>, ParseError<'i, ()>> {
    if depth > DEEPEST {
        return Err(parser.new_custom_error(()));
    }
    let mut found = Vec::new();
    loop {
        let (start, location) = (parser.position(), parser.current_source_location());
        let place = (location.line, location.column);
        let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else { return Ok(found) };
        let text = Cow::Borrowed(parser.slice_from(start));
        found.push(match token {
            Token::WhiteSpace(_) => Piece::Space,
            Token::Comment(_) => Piece::Comment,
            Token::Function(_)
            | Token::ParenthesisBlock
            | Token::SquareBracketBlock
            | Token::CurlyBracketBlock => {
                let inside = parser.parse_nested_block(|parser| pieces(parser, depth + 1))?;
                Piece::Block(token, text, place, inside)
            }
            token => Piece::Token(token, text, place),
        });
    }
}

/// The text of the pieces, without comments and meaningless white space.
pub(crate) fn compact(pieces: &[Piece<'_>], text: Text) -> String {
    let mut out = String::new();
    write(pieces, text, false, &mut out);
    out
}

fn write(pieces: &[Piece<'_>], text: Text, nested: bool, out: &mut String) {
    let mut before: Option<&Piece<'_>> = None;
    let (mut space, mut comment) = (false, false);
    for piece in pieces {
        match piece {
            Piece::Space => space = true,
            Piece::Comment => comment = true,
            Piece::Token(..) | Piece::Block(..) => {
                if let Some(before) = before {
                    if space && !is_idle(before, piece, text, nested) {
                        out.push(' ');
                    } else if comment && before.last().needs_separator_when_before(piece.first()) {
                        out.push_str("/**/");
                    }
                }
                (before, space, comment) = (Some(piece), false, false);
                write_piece(piece, text, out);
            }
        }
    }
}

fn write_piece(piece: &Piece<'_>, text: Text, out: &mut String) {
    match piece {
        Piece::Space | Piece::Comment => {}
        Piece::Token(
            Token::Number { .. } | Token::Percentage { .. } | Token::Dimension { .. },
            written,
            _,
        ) if text == Text::Value => out.push_str(&short_number(written)),
        Piece::Token(_, written, _) => out.push_str(written),
        Piece::Block(open, written, _, inside) => {
            out.push_str(written);
            write(inside, text, true, out);
            out.push(match open {
                Token::CurlyBracketBlock => '}',
                Token::SquareBracketBlock => ']',
                _ => ')',
            });
        }
    }
}

/// Whether white space between two pieces is meaningless.
fn is_idle(before: &Piece<'_>, after: &Piece<'_>, text: Text, nested: bool) -> bool {
    let either = |delim| before.is_delim(delim) || after.is_delim(delim);
    match text {
        Text::Kept => false,
        _ if before.is(&Token::Comma) || after.is(&Token::Comma) => true,
        Text::Selector => either('>') || either('~'),
        Text::Prelude => nested && before.is(&Token::Colon),
        // `/ *` would begin a comment.
        Text::Value => either('/') && !either('*'),
    }
}

/// `0.50em` becomes `.5em`.
fn short_number(written: &str) -> Cow<'_, str> {
    let sign = written.len() - written.trim_start_matches(['+', '-']).len();
    let (sign, rest) = written.split_at(sign);
    let whole = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (whole, rest) = rest.split_at(whole);
    let Some(rest) = rest.strip_prefix('.') else { return Cow::Borrowed(written) };
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (digits, unit) = rest.split_at(digits);
    let digits = digits.trim_end_matches('0');
    let whole = whole.trim_start_matches('0');
    Cow::Owned(match (whole, digits) {
        ("", "") => format!("{sign}0{unit}"),
        (whole, "") => format!("{sign}{whole}{unit}"),
        (whole, digits) => format!("{sign}{whole}.{digits}{unit}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(css: &str, text: Text) -> String {
        compact(&read(css).expect("not deep"), text)
    }

    #[test]
    fn white_space_goes_where_it_means_nothing() {
        for (written, text, printed) in [
            (" a   b , c > d:hover /* x */ ", Text::Selector, "a b,c>d:hover"),
            ("a :hover", Text::Selector, "a :hover"),
            (":nth-child( 2n + 1 )", Text::Selector, ":nth-child(2n + 1)"),
            ("screen and ( min-width: 3em )", Text::Prelude, "screen and (min-width:3em)"),
            ("( .a :hover ) to (.b)", Text::Prelude, "(.a :hover) to (.b)"),
            ("calc( 1px + -0.50em ) , 1rem / 2", Text::Value, "calc(1px + -.5em),1rem/2"),
            ("0.0px 10.0px +0.5 1.5e3", Text::Value, "0px 10px +.5 1.5e3"),
            (" a,  b/**/c ", Text::Kept, "a, b/**/c"),
            ("\"a  b\"  'c'", Text::Value, "\"a  b\" 'c'"),
            ("a/**/.b", Text::Selector, "a.b"),
        ] {
            assert_eq!(of(written, text), printed);
        }
    }

    #[test]
    fn brackets_without_end_are_an_error_and_no_overflow() {
        assert!(read(&"(".repeat(100_000)).is_err());
        assert!(read("a { b: (((x))) }").is_ok());
    }
}
