//! Tokens to nodes: the tags of Tera. Expressions are in [`super::expression`], components in
//! [`super::component`].

use super::lexer::{Kind, Token, tokens};
use super::tree::{Arm, Call, ForLoop, Node, Set, Template, Use, UseKind, Word};

/// More than Tera's limits of 40 levels of tags and 40 of expressions together.
const MAX_DEPTH: usize = 100;

/// Reads a template; `None` if it contains something that this parser does not understand.
pub(crate) fn parse(text: &str) -> Option<Template> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0, blocks: 0, out: Template::default() };
    let (nodes, end) = parser.nodes(&[])?;
    parser.out.nodes = nodes;
    (end.is_none() && parser.peek().is_none()).then_some(parser.out)
}

pub(super) struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
    depth: usize,
    /// Number of open blocks.
    blocks: usize,
    pub(super) out: Template,
}

impl<'a> Parser<'a> {
    pub(super) fn peek(&self) -> Option<&Kind<'a>> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        Some(token)
    }

    /// Where the last token read ends.
    pub(super) fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.span.end)
    }

    pub(super) fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Kind::Sign(next)) if *next == sign)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Kind::Ident(next)) if *next == word)
    }

    /// Takes the sign if it comes next.
    pub(super) fn eat(&mut self, sign: &str) -> bool {
        let there = self.is(sign);
        self.at += usize::from(there);
        there
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let there = self.is_word(word);
        self.at += usize::from(there);
        there
    }

    pub(super) fn expect(&mut self, sign: &str) -> Option<()> {
        self.eat(sign).then_some(())
    }

    pub(super) fn ident(&mut self) -> Option<Word> {
        match self.next()? {
            Token { kind: Kind::Ident(text), span } => Some(Word { text: text.to_owned(), span }),
            _ => None,
        }
    }

    fn text(&mut self) -> Option<Word> {
        match self.next()? {
            Token { kind: Kind::Text(text), span } => Some(Word { text: text.into_owned(), span }),
            _ => None,
        }
    }

    pub(super) fn uses(&mut self, kind: UseKind, name: &Word) {
        self.out.uses.push(Use { kind, name: name.clone() });
    }

    /// Runs `read` one level deeper; `None` beyond `MAX_DEPTH`.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    pub(super) fn tag_end(&mut self) -> Option<()> {
        matches!(self.next()?.kind, Kind::TagEnd).then_some(())
    }

    /// Nodes up to a tag that begins with one of `ends`. The tag is read up to that word, which is returned.
    fn nodes(&mut self, ends: &[&'static str]) -> Option<(Vec<Node>, Option<&'static str>)> {
        self.deeper(|parser| parser.nodes_inner(ends))
    }

    fn nodes_inner(&mut self, ends: &[&'static str]) -> Option<(Vec<Node>, Option<&'static str>)> {
        let mut nodes = Vec::new();
        while let Some(token) = self.next() {
            match token.kind {
                Kind::PrintStart => {
                    nodes.push(Node::Print(self.expression()?));
                    if self.next()?.kind != Kind::PrintEnd {
                        return None;
                    }
                }
                Kind::TagStart => {
                    let end = ends.iter().find(|end| self.is_word(end) || self.is(end));
                    if let Some(end) = end {
                        self.at += 1;
                        return Some((nodes, Some(end)));
                    }
                    if let Some(node) = self.tag()? {
                        nodes.push(node);
                    }
                    self.tag_end()?;
                }
                _ => return None,
            }
        }
        Some((nodes, None))
    }

    /// The nodes up to the tag `end`, which must follow.
    pub(super) fn body(&mut self, end: &'static str) -> Option<Vec<Node>> {
        let (nodes, found) = self.nodes(&[end])?;
        found.map(|_| nodes)
    }

    fn tag(&mut self) -> Option<Option<Node>> {
        if self.eat("<") {
            return Some(Some(self.component_with_body()?));
        }
        let word = self.ident()?;
        let node = match word.text.as_str() {
            "set" | "set_global" => self.set(word.text == "set_global")?,
            "include" => {
                let name = self.text()?;
                self.uses(UseKind::Include, &name);
                Node::Include(name)
            }
            "extends" => {
                let name = self.text()?;
                self.uses(UseKind::Extends, &name);
                self.out.extends = Some(name);
                return Some(None);
            }
            "block" => self.block()?,
            "for" => self.for_loop()?,
            "if" => self.conditional()?,
            "filter" => {
                let mut filters = vec![self.filter()?];
                while self.eat("|") {
                    filters.push(self.filter()?);
                }
                self.tag_end()?;
                Node::Filter { filters, body: self.body("endfilter")? }
            }
            "component" => {
                self.component()?;
                return Some(None);
            }
            "break" | "continue" => return Some(None),
            _ => return None,
        };
        Some(Some(node))
    }

    fn set(&mut self, global: bool) -> Option<Node> {
        let name = self.ident()?.text;
        self.out.sets.push(name.clone());
        if self.eat("=") {
            let value = Some(self.expression()?);
            return Some(Node::Set(Set { name, value, filters: Vec::new(), body: Vec::new(), global }));
        }
        let mut filters = Vec::new();
        while self.eat("|") {
            filters.push(self.filter()?);
        }
        self.tag_end()?;
        let body = self.body("endset")?;
        Some(Node::Set(Set { name, value: None, filters, body, global }))
    }

    fn block(&mut self) -> Option<Node> {
        let name = self.ident()?;
        self.tag_end()?;
        self.out.blocks.push((name.clone(), self.blocks > 0));
        self.blocks += 1;
        let body = self.body("endblock");
        self.blocks -= 1;
        self.name_again();
        Some(Node::Block { name, body: body? })
    }

    /// `{% endblock name %}` may repeat the name.
    fn name_again(&mut self) {
        if matches!(self.peek(), Some(Kind::Ident(_))) {
            self.at += 1;
        }
    }

    fn for_loop(&mut self) -> Option<Node> {
        let (key, value) = self.loop_names()?;
        let over = self.expression()?;
        self.tag_end()?;
        let (body, end) = self.nodes(&["endfor", "else"])?;
        let otherwise = match end? {
            "else" => {
                self.tag_end()?;
                self.body("endfor")?
            }
            _ => Vec::new(),
        };
        Some(Node::For(ForLoop { key, value, over, body, otherwise }))
    }

    /// `value in` or `key, value in`.
    pub(super) fn loop_names(&mut self) -> Option<(Option<String>, String)> {
        let first = self.ident()?.text;
        let names = match self.eat(",") {
            true => (Some(first), self.ident()?.text),
            false => (None, first),
        };
        self.eat_word("in").then_some(names)
    }

    fn conditional(&mut self) -> Option<Node> {
        let mut arms = Vec::new();
        let mut condition = Some(self.expression()?);
        loop {
            self.tag_end()?;
            let ends: &[&'static str] =
                if condition.is_some() { &["endif", "else", "elif"] } else { &["endif"] };
            let (body, end) = self.nodes(ends)?;
            arms.push(Arm { condition, body });
            condition = match end? {
                "elif" => Some(self.expression()?),
                "else" => None,
                _ => return Some(Node::If(arms)),
            };
        }
    }

    pub(super) fn filter(&mut self) -> Option<Call> {
        let name = self.ident()?;
        self.uses(UseKind::Filter, &name);
        let arguments = if self.is("(") { self.arguments()? } else { Vec::new() };
        Some(Call { name, arguments })
    }
}
