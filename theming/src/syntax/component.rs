//! Components: `{% component Name(…) %}`, `<Name …/>` and `{% <Name …> %}`.

use super::lexer::{Kind, Token};
use super::parser::Parser;
use super::tree::{Component, ComponentCall, Expression, Node, Path, UseKind, Word};

impl Parser<'_> {
    pub(super) fn component_with_body(&mut self) -> Option<Node> {
        let call = self.component_call()?;
        self.expect(">")?;
        self.tag_end()?;
        let body = self.body("</")?;
        self.dotted_name()?;
        self.expect(">")?;
        Some(Node::Component { call, body })
    }

    pub(super) fn dotted_name(&mut self) -> Option<Word> {
        let mut name = self.ident()?;
        while self.eat(".") {
            let part = self.ident()?;
            name.text = format!("{}.{}", name.text, part.text);
            name.span.end = part.span.end;
        }
        Some(name)
    }

    pub(super) fn component(&mut self) -> Option<()> {
        let name = self.dotted_name()?;
        self.expect("(")?;
        let mut parameters = Vec::new();
        while !self.eat(")") {
            if !parameters.is_empty() {
                self.expect(",")?;
                if self.eat(")") {
                    break;
                }
            }
            let _mark = self.eat("...") || self.eat("@");
            parameters.push(self.ident()?.text);
            if self.eat(":") {
                self.ident()?;
            }
            if self.eat("=") {
                self.expression()?;
            }
        }
        if self.eat("{") {
            let _metadata: Expression = self.map()?;
        }
        self.tag_end()?;
        let body = self.body("endcomponent")?;
        if matches!(self.peek(), Some(Kind::Ident(_))) {
            self.dotted_name()?;
        }
        self.out.components.push(Component { name, parameters, body });
        Some(())
    }

    /// `Name attribute="text" other={value} short {...more}`, after its `<`.
    pub(super) fn component_call(&mut self) -> Option<ComponentCall> {
        let name = self.dotted_name()?;
        self.uses(UseKind::Component, &name);
        let mut attributes = Vec::new();
        loop {
            if self.eat("{") {
                self.expect("...")?;
                attributes.push(self.expression()?);
                self.expect("}")?;
            } else if matches!(self.peek(), Some(Kind::Ident(_))) {
                let name = self.ident()?;
                let value = if !self.eat("=") {
                    Expression::Path(Path { root: name, steps: Vec::new() })
                } else if self.eat("{") {
                    let value = self.expression()?;
                    self.expect("}")?;
                    value
                } else {
                    match self.next()? {
                        Token { kind: Kind::Text(text), span } => {
                            Expression::Text(Word { text: text.into_owned(), span })
                        }
                        _ => return None,
                    }
                };
                attributes.push(value);
            } else {
                return Some(ComponentCall { attributes });
            }
        }
    }
}
