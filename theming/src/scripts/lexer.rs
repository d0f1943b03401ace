//! Imports and comments of a script, found among its strings, templates and regular expressions. What begins a regular
//! expression and what divides is told by what stands before, as in every lexer of JavaScript; where that does not decide, a
//! script is not certain, and its comments stay.

use std::ops::Range;

/// What ends a line in JavaScript (ECMA-262, 12.3).
pub(super) const LINE_ENDS: [char; 4] = ['\n', '\r', '\u{2028}', '\u{2029}'];

/// An import of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Where its specifier is, without the quotes.
    pub specifier: Range<usize>,
    /// `import(…)`, which fetches when it is reached.
    pub is_dynamic: bool,
}

/// The imports of a script whose specifiers are written out.
pub fn imports(text: &str) -> Vec<Import> {
    scan(text).imports
}

/// What was found in a script.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) imports: Vec<Import>,
    /// Comments that need not be served; none where the script is not certain.
    pub(super) comments: Vec<Range<usize>>,
}

/// Reads a script.
pub(super) fn scan(text: &str) -> Scanned {
    let mut lexer = Lexer {
        text,
        at: 0,
        last: [Token::Start; 3],
        open: Vec::new(),
        sure: true,
        found: Scanned::default(),
    };
    if text.starts_with("#!") {
        lexer.at = lexer.line_end();
    }
    while lexer.step() {}
    if !lexer.sure || !lexer.open.is_empty() {
        lexer.found.comments.clear();
    }
    lexer.found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Start,
    /// A name, a keyword or a number.
    Word(&'t str),
    /// A string, template or regular expression.
    Literal,
    /// The end of `if (…)` and the like: a statement follows.
    Condition,
    Sign(char),
}

/// What waits for its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Brace,
    Bracket,
    Parenthesis {
        condition: bool,
    },
    /// `${` of a template, which goes on behind its `}`.
    Template,
}

/// Words behind which an expression begins.
const OPERATORS: [&str; 14] = [
    "return",
    "typeof",
    "instanceof",
    "in",
    "of",
    "new",
    "delete",
    "void",
    "throw",
    "case",
    "do",
    "else",
    "await",
    "yield",
];

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// The last tokens, the newest first.
    last: [Token<'t>; 3],
    open: Vec<Open>,
    sure: bool,
    found: Scanned,
}

impl<'t> Lexer<'t> {
    /// Reads what stands here; `false` at the end.
    fn step(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let Some(letter) = rest.chars().next() else { return false };
        match letter {
            '/' if rest.starts_with("//") => {
                let end = self.line_end();
                self.comment(end, rest.starts_with("//#"));
            }
            '/' if rest.starts_with("/*") => match rest[2..].find("*/") {
                Some(length) => {
                    let comment = &rest[..length + 4];
                    let kept = ["@license", "@preserve"].iter().any(|mark| comment.contains(mark));
                    self.comment(self.at + comment.len(), kept || comment.starts_with("/*!"));
                }
                None => {
                    self.sure = false;
                    self.at = self.text.len();
                }
            },
            '/' if self.begins_expression() => self.regular_expression(),
            '"' | '\'' => self.string(letter),
            '`' => {
                self.at += 1;
                self.template();
            }
            _ if letter.is_whitespace() => self.at += letter.len_utf8(),
            _ if is_word(letter) => {
                let number = letter.is_ascii_digit();
                let end = rest.find(|c: char| !(is_word(c) || (number && c == '.'))).unwrap_or(rest.len());
                self.at += end;
                self.push(Token::Word(&rest[..end]));
            }
            _ => {
                self.at += letter.len_utf8();
                self.sign(letter);
            }
        }
        true
    }

    fn push(&mut self, token: Token<'t>) {
        self.last = [token, self.last[0], self.last[1]];
    }

    fn line_end(&self) -> usize {
        self.text[self.at..].find(LINE_ENDS).map_or(self.text.len(), |length| self.at + length)
    }

    fn comment(&mut self, end: usize, kept: bool) {
        if !kept {
            self.found.comments.push(self.at..end);
        }
        self.at = end;
    }

    fn sign(&mut self, letter: char) {
        let closed = match letter {
            '{' => return self.enter(Open::Brace, letter),
            '[' => return self.enter(Open::Bracket, letter),
            '(' => {
                let word = |token: &Token<'_>| matches!(token, Token::Word("if" | "while" | "for" | "with"));
                let condition = word(&self.last[0]) && self.last[1] != Token::Sign('.');
                return self.enter(Open::Parenthesis { condition }, letter);
            }
            '}' | ']' | ')' => self.open.pop(),
            _ => return self.push(Token::Sign(letter)),
        };
        match (letter, closed) {
            ('}', Some(Open::Template)) => self.template(),
            (')', Some(Open::Parenthesis { condition: true })) => self.push(Token::Condition),
            ('}', Some(Open::Brace)) | (']', Some(Open::Bracket)) | (')', Some(Open::Parenthesis { .. })) => {
                self.push(Token::Sign(letter));
            }
            _ => {
                self.sure = false;
                self.push(Token::Sign(letter));
            }
        }
    }

    fn enter(&mut self, open: Open, letter: char) {
        self.open.push(open);
        self.push(Token::Sign(letter));
    }

    /// Whether a `/` here begins a regular expression.
    fn begins_expression(&mut self) -> bool {
        match self.last {
            [Token::Word(word), before, _] => OPERATORS.contains(&word) && before != Token::Sign('.'),
            [Token::Literal | Token::Sign(')' | ']'), ..] => false,
            // The end of a block or of an object; `a++ / b` or `a + +/b/`.
            [Token::Sign('}'), ..] => {
                self.sure = false;
                true
            }
            [Token::Sign(sign @ ('+' | '-')), Token::Sign(before), _] => sign != before,
            _ => true,
        }
    }

    fn regular_expression(&mut self) {
        let mut letters = self.text[self.at..].char_indices().skip(1);
        let mut class = false;
        while let Some((length, letter)) = letters.next() {
            match letter {
                '\\' if letters.next().is_some_and(|(_, next)| !LINE_ENDS.contains(&next)) => {}
                '[' => class = true,
                ']' => class = false,
                '/' if !class => {
                    let flags = &self.text[self.at + length + 1..];
                    self.at += length + 1 + flags.find(|c: char| !is_word(c)).unwrap_or(flags.len());
                    return self.push(Token::Literal);
                }
                '\\' => break,
                _ if LINE_ENDS.contains(&letter) => break,
                _ => {}
            }
        }
        self.sure = false;
        self.at += 1;
        self.push(Token::Sign('/'));
    }

    fn string(&mut self, quote: char) {
        let start = self.at + 1;
        let mut letters = self.text[start..].char_indices();
        while let Some((length, letter)) = letters.next() {
            match letter {
                '\\' => {
                    letters.next();
                }
                '\n' | '\r' => break,
                _ if letter == quote => {
                    self.imported(start..start + length);
                    self.at = start + length + 1;
                    return self.push(Token::Literal);
                }
                _ => {}
            }
        }
        self.sure = false;
        self.at = self.line_end().max(start);
    }

    /// What follows the `` ` `` of a template or the `}` of a value in it.
    fn template(&mut self) {
        let rest = &self.text[self.at..];
        let mut letters = rest.char_indices();
        while let Some((length, letter)) = letters.next() {
            match letter {
                '\\' => {
                    letters.next();
                }
                '`' => {
                    self.at += length + 1;
                    return self.push(Token::Literal);
                }
                '$' if rest[length..].starts_with("${") => {
                    self.at += length + 2;
                    return self.enter(Open::Template, '{');
                }
                _ => {}
            }
        }
        self.sure = false;
        self.at = self.text.len();
    }

    /// Notes a string that an import names.
    fn imported(&mut self, specifier: Range<usize>) {
        let is_dynamic = match self.last {
            [Token::Sign('('), Token::Word("import"), before] if before != Token::Sign('.') => true,
            [Token::Word("import" | "from"), before, _] if before != Token::Sign('.') => false,
            _ => return,
        };
        self.found.imports.push(Import { specifier, is_dynamic });
    }
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
        || matches!(letter, '_' | '$' | '#')
        || (!letter.is_ascii() && letter.is_alphanumeric())
}
