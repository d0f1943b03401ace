//! Prints a sheet's rules: nesting is expanded for browsers that lack it, everything else stays as it is.
//!
//! Nothing is merged, reordered or dropped, so that a printed rule means the same as the original, even if it uses CSS that
//! is newer than this program.

use std::fmt::Write as _;

use cssparser::Token;

use crate::fault::Mistake;
use crate::tokens::{Piece, Place, Text, compact};
use crate::values::{Short, short};

/// At-rules that contain rules, and inside a style rule also its declarations.
const GROUPS: [&str; 6] = ["media", "supports", "container", "layer", "starting-style", "document"];
/// At-rules that contain declarations of properties.
const PROPERTIES: [&str; 4] = ["keyframes", "-webkit-keyframes", "page", "position-try"];
/// At-rules that contain descriptors.
const DESCRIPTORS: [&str; 7] = [
    "font-face",
    "property",
    "counter-style",
    "view-transition",
    "font-palette-values",
    "font-feature-values",
    "color-profile",
];

/// Part of a block.
enum Node<'p, 'i> {
    Declaration { name: &'p str, value: &'p [Piece<'i>], place: Place },
    Rule { selectors: &'p [Piece<'i>], block: &'p [Piece<'i>] },
    At { name: &'p str, prelude: &'p [Piece<'i>], block: Option<&'p [Piece<'i>]> },
}

/// How the declarations of a block are printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    /// As short as possible.
    Short,
    /// Without meaningless white space.
    Compact,
    /// As written.
    Kept,
}

/// The text that was printed, and the mistakes.
#[derive(Default)]
pub(crate) struct Printed {
    pub(crate) text: String,
    pub(crate) found: Vec<(Place, Mistake)>,
}

/// Prints a sheet.
pub(crate) fn print(pieces: &[Piece<'_>]) -> Printed {
    let mut printed = Printed::default();
    printed.group(pieces, None);
    printed
}

impl Printed {
    /// Prints rules; inside a style rule, whose selectors are `parents`, its declarations as well.
    fn group(&mut self, pieces: &[Piece<'_>], parents: Option<&[String]>) {
        let mut own = Vec::new();
        for node in nodes(pieces, parents.is_some()) {
            match node {
                Node::Declaration { name, value, place } => {
                    own.push(self.declaration(name, value, place, Values::Short));
                }
                Node::Rule { selectors, block } => {
                    self.declarations(parents, &mut own);
                    self.group(block, Some(&resolve(selectors, parents)));
                }
                Node::At { name, prelude, block } => {
                    self.declarations(parents, &mut own);
                    self.at(name, prelude, block, parents);
                }
            }
        }
        self.declarations(parents, &mut own);
    }

    /// Prints the declarations between two nested rules.
    fn declarations(&mut self, parents: Option<&[String]>, own: &mut Vec<String>) {
        if !own.is_empty() {
            let selectors = parents.unwrap_or_default().join(",");
            self.write(format_args!("{selectors}{{{}}}", own.join(";")));
            own.clear();
        }
    }

    fn at(
        &mut self,
        name: &str,
        prelude: &[Piece<'_>],
        block: Option<&[Piece<'_>]>,
        parents: Option<&[String]>,
    ) {
        let kind = name.to_ascii_lowercase();
        let is = |list: &[&str]| list.contains(&kind.as_str());
        let known = is(&GROUPS) || is(&PROPERTIES) || is(&DESCRIPTORS) || kind == "scope";
        let prelude = compact(prelude, if known { Text::Prelude } else { Text::Kept });
        let head = if prelude.is_empty() { format!("@{name}") } else { format!("@{name} {prelude}") };
        let Some(block) = block else {
            // Dropped: the joined sheet is UTF-8, as its HTTP header says.
            if kind != "charset" {
                self.write(format_args!("{head};"));
            }
            return;
        };
        if is(&GROUPS) {
            self.write(format_args!("{head}{{"));
            self.group(block, parents);
            self.text.push('}');
            return;
        }
        // Other at-rules in a style rule stay there. The `&` of a scope is its root, which need not be expanded.
        if let Some(parents) = parents {
            self.write(format_args!("{}{{", parents.join(",")));
        }
        self.write(format_args!("{head}{{"));
        let values = if is(&PROPERTIES) || kind == "scope" {
            Values::Short
        } else if is(&DESCRIPTORS) {
            Values::Compact
        } else {
            Values::Kept
        };
        self.plain(block, values);
        self.text.push('}');
        if parents.is_some() {
            self.text.push('}');
        }
    }

    fn write(&mut self, words: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(words);
    }

    /// Prints a block whose rules stay nested.
    fn plain(&mut self, pieces: &[Piece<'_>], values: Values) {
        let mut open = false;
        for node in nodes(pieces, true) {
            if std::mem::take(&mut open) {
                self.text.push(';');
            }
            match node {
                Node::Declaration { name, value, place } => {
                    let text = self.declaration(name, value, place, values);
                    self.text.push_str(&text);
                    open = true;
                }
                Node::Rule { selectors, block } => {
                    self.write(format_args!("{}{{", compact(selectors, Text::Selector)));
                    self.plain(block, values);
                    self.text.push('}');
                }
                Node::At { name, prelude, block } => {
                    let prelude = compact(prelude, Text::Prelude);
                    let space = if prelude.is_empty() { "" } else { " " };
                    self.write(format_args!("@{name}{space}{prelude}"));
                    match block {
                        Some(block) => {
                            self.text.push('{');
                            self.plain(block, values);
                            self.text.push('}');
                        }
                        None => open = true,
                    }
                }
            }
        }
    }

    fn declaration(&mut self, name: &str, value: &[Piece<'_>], place: Place, values: Values) -> String {
        if name.starts_with("--") || values == Values::Kept {
            let text = compact(value, Text::Kept);
            // Some browsers accept an empty custom property only with a space.
            return if text.is_empty() { format!("{name}: ") } else { format!("{name}:{text}") };
        }
        let (value, important) = without_important(value);
        let text = compact(value, Text::Value);
        let text = match if values == Values::Short { short(name, &text) } else { Short::Same } {
            Short::Same => text,
            Short::Text(shorter) => shorter,
            Short::NoUnit(number) => {
                self.found.push((place, Mistake::NoUnit(number)));
                text
            }
        };
        format!("{name}:{text}{}", if important { "!important" } else { "" })
    }
}

/// Declarations, rules and at-rules in order; `declarations` says whether the first are allowed here.
/// CSS Syntax 3, section 5.5.5: what could be a declaration is one, unless a block follows.
fn nodes<'p, 'i>(pieces: &'p [Piece<'i>], declarations: bool) -> Vec<Node<'p, 'i>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = pieces.get(at) {
        let rest = &pieces[at..];
        let semicolon = rest.iter().position(|piece| piece.is(&Token::Semicolon)).unwrap_or(rest.len());
        let block = rest.iter().position(Piece::is_curly);
        let block = block.filter(|block| *block < semicolon);
        match first {
            Piece::Token(Token::AtKeyword(name), ..) => {
                let end = block.unwrap_or(semicolon);
                let block = block.map(|block| inside(&rest[block]));
                found.push(Node::At { name, prelude: &rest[1..end], block });
                at += end + 1;
            }
            Piece::Token(Token::Ident(name), _, place)
                if declarations && is_declaration(rest, name, block.is_some()) =>
            {
                let colon = rest.iter().position(|piece| piece.is(&Token::Colon)).unwrap_or(0);
                found.push(Node::Declaration { name, value: &rest[colon + 1..semicolon], place: *place });
                at += semicolon + 1;
            }
            piece if piece.is_written() && !piece.is(&Token::Semicolon) => match block {
                Some(block) => {
                    found.push(Node::Rule { selectors: &rest[..block], block: inside(&rest[block]) });
                    at += block + 1;
                }
                // Neither: lightningcss has reported it.
                None => at += semicolon + 1,
            },
            _ => at += 1,
        }
    }
    found
}

fn inside<'p, 'i>(piece: &'p Piece<'i>) -> &'p [Piece<'i>] {
    match piece {
        Piece::Block(.., inside) => inside,
        Piece::Token(..) | Piece::Space | Piece::Comment => &[],
    }
}

fn is_declaration(rest: &[Piece<'_>], name: &str, has_block: bool) -> bool {
    let colon = rest.iter().skip(1).find(|piece| piece.is_written());
    colon.is_some_and(|piece| piece.is(&Token::Colon)) && (name.starts_with("--") || !has_block)
}

/// The value without a final `!important`, and whether there was one.
fn without_important<'p, 'i>(value: &'p [Piece<'i>]) -> (&'p [Piece<'i>], bool) {
    let mut written = value.iter().enumerate().rev().filter(|(_, piece)| piece.is_written());
    match (written.next(), written.next()) {
        (Some((_, Piece::Token(Token::Ident(word), ..))), Some((mark, piece)))
            if word.eq_ignore_ascii_case("important") && piece.is_delim('!') =>
        {
            (&value[..mark], true)
        }
        _ => (value, false),
    }
}

/// The selectors of a rule combined with those of the enclosing rule. `&` is `:is()` of these (CSS Nesting 1, section 3.2).
fn resolve(selectors: &[Piece<'_>], parents: Option<&[String]>) -> Vec<String> {
    let each = selectors.split(|piece| piece.is(&Token::Comma));
    each.map(|selector| {
        let Some(parents) = parents else { return compact(selector, Text::Selector) };
        let is_combinator = |piece: &Piece<'_>| ['>', '+', '~'].iter().any(|sign| piece.is_delim(*sign));
        let relative = selector.iter().find(|piece| piece.is_written()).is_some_and(is_combinator);
        let mut full = Vec::new();
        if relative || !names_parent(selector) {
            full.push(Piece::Token(Token::Delim('&'), "&".into(), (0, 0)));
            full.push(Piece::Space);
        }
        full.extend_from_slice(selector);
        let starts = full.iter().find(|piece| piece.is_written()).is_some_and(|piece| piece.is_delim('&'));
        let rest = full.iter().skip_while(|piece| !piece.is_written()).skip(1);
        let followed = matches!(rest.clone().next(), Some(Piece::Token(Token::Ident(_), ..)));
        let once = !rest.clone().any(|piece| names_parent(std::slice::from_ref(piece)));
        if let ([parent], true, false, true) = (parents, starts, followed, once) {
            let tail: Vec<Piece<'_>> = rest.cloned().collect();
            let gap = if matches!(tail.first(), Some(Piece::Space)) { " " } else { "" };
            let tail = compact(&tail, Text::Selector);
            let gap = if tail.starts_with(['>', '~']) { "" } else { gap };
            return format!("{parent}{gap}{tail}");
        }
        // A type selector comes first: `&div` is `div:is(...)`.
        for at in 1..full.len() {
            if full[at - 1].is_delim('&') && matches!(full[at], Piece::Token(Token::Ident(_), ..)) {
                full.swap(at - 1, at);
            }
        }
        replace_parent(&mut full, &format!(":is({})", parents.join(",")));
        compact(&full, Text::Selector)
    })
    .collect()
}

fn names_parent(pieces: &[Piece<'_>]) -> bool {
    pieces.iter().any(|piece| match piece {
        Piece::Block(.., inside) => names_parent(inside),
        piece => piece.is_delim('&'),
    })
}

fn replace_parent(pieces: &mut [Piece<'_>], parent: &str) {
    for piece in pieces {
        match piece {
            Piece::Block(.., inside) => replace_parent(inside, parent),
            Piece::Token(Token::Delim('&'), text, _) => *text = parent.to_owned().into(),
            Piece::Token(..) | Piece::Space | Piece::Comment => {}
        }
    }
}
