//! Tokens to expressions: operands with their subscripts, filters and tests, joined by operators.

use super::lexer::{Kind, Token};
use super::parser::Parser;
use super::tree::{Call, Expression, Path, Step, UseKind, Word};

/// Operators between two expressions; their precedence does not matter to the checks.
const OPERATORS: [&str; 14] = ["+", "-", "*", "/", "//", "**", "%", "~", "==", "!=", "<", "<=", ">", ">="];

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Option<Expression> {
        self.deeper(|parser| parser.joined(true))
    }

    /// An expression up to the next word that cannot continue it. In a comprehension `if` is not part of a ternary.
    fn joined(&mut self, ternary: bool) -> Option<Expression> {
        let mut parts = vec![self.operand()?];
        loop {
            if self.eat("|") {
                let filter = self.filter()?;
                let inner = parts.pop()?;
                parts.push(Expression::Filtered(Box::new(inner), filter));
            } else if self.eat_word("is") {
                self.eat_word("not");
                let name = self.ident()?;
                self.uses(UseKind::Test, &name);
                let arguments = if self.is("(") { self.arguments()? } else { Vec::new() };
                let inner = parts.pop()?;
                parts.push(Expression::Tested(Box::new(inner), Call { name, arguments }));
            } else if self.is("[") {
                let inner = parts.pop()?;
                let mut group = vec![inner];
                match self.subscript()? {
                    Step::Field(_) => {}
                    Step::Index(index) => group.push(index),
                    Step::Slice(bounds) => group.extend(bounds),
                }
                parts.push(Expression::Parts(group));
            } else if self.eat_word("not") {
                self.eat_word("in").then_some(())?;
                parts.push(self.operand()?);
            } else if self.eat_word("in")
                || self.eat_word("and")
                || self.eat_word("or")
                || self.eat_operator()
            {
                parts.push(self.operand()?);
            } else if ternary && self.eat_word("if") {
                parts.push(self.expression()?);
                self.eat_word("else").then_some(())?;
                parts.push(self.expression()?);
            } else {
                break;
            }
        }
        match parts.len() {
            1 => parts.pop(),
            _ => Some(Expression::Parts(parts)),
        }
    }

    fn eat_operator(&mut self) -> bool {
        OPERATORS.iter().any(|operator| self.eat(operator))
    }

    fn operand(&mut self) -> Option<Expression> {
        let Token { kind, span } = self.next()?;
        match kind {
            Kind::Constant => Some(Expression::Constant),
            Kind::Text(text) => Some(Expression::Text(Word { text: text.into_owned(), span })),
            Kind::Ident("none" | "None" | "null") => Some(Expression::Constant),
            Kind::Ident("not") | Kind::Sign("-") => {
                // As parts, so that the operand's shape is not taken for that of the whole.
                let operand = self.deeper(Self::operand)?;
                Some(Expression::Parts(vec![operand]))
            }
            Kind::Ident(name) => self.path_or_call(Word { text: name.to_owned(), span }),
            Kind::Sign("<") => {
                let call = self.component_call()?;
                self.expect("/")?;
                self.expect(">")?;
                Some(Expression::Component(call))
            }
            Kind::Sign("{") => self.map(),
            Kind::Sign("[") => self.deeper(Self::array),
            Kind::Sign("(") => {
                let inner = self.expression()?;
                self.expect(")")?;
                Some(inner)
            }
            _ => None,
        }
    }

    fn path_or_call(&mut self, root: Word) -> Option<Expression> {
        if self.is("(") {
            self.uses(UseKind::Function, &root);
            let arguments = self.arguments()?;
            let call = Call { name: root, arguments };
            self.out.calls.push(call.clone());
            return Some(Expression::Function(call));
        }
        let mut steps = Vec::new();
        loop {
            let step = if self.eat(".") || self.eat("?.") {
                Step::Field(self.ident()?)
            } else if self.is("[") || self.is("?[") {
                self.subscript()?
            } else {
                break;
            };
            steps.push((step, self.end()));
        }
        Some(Expression::Path(Path { root, steps }))
    }

    /// `[index]`, `["field"]` or `[from:to:step]`.
    fn subscript(&mut self) -> Option<Step> {
        self.next()?;
        let mut bounds = Vec::new();
        let mut slice = false;
        while !self.eat("]") {
            if self.eat(":") {
                slice = true;
            } else {
                bounds.push(self.expression()?);
            }
        }
        if slice {
            return Some(Step::Slice(bounds));
        }
        match (bounds.pop()?, bounds.is_empty()) {
            (Expression::Text(word), true) => Some(Step::Field(word)),
            (index, true) => Some(Step::Index(index)),
            _ => None,
        }
    }

    pub(super) fn arguments(&mut self) -> Option<Vec<(Word, Expression)>> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        while !self.eat(")") {
            if !arguments.is_empty() {
                self.expect(",")?;
                if self.eat(")") {
                    break;
                }
            }
            let name = self.ident()?;
            self.expect("=")?;
            arguments.push((name, self.expression()?));
        }
        Some(arguments)
    }

    /// The rest of a mapping, after its `{`.
    pub(super) fn map(&mut self) -> Option<Expression> {
        let mut parts = Vec::new();
        let mut first = true;
        while !self.eat("}") {
            if !std::mem::take(&mut first) {
                self.expect(",")?;
                if self.eat("}") {
                    break;
                }
            }
            if !self.eat("...") {
                matches!(self.next()?.kind, Kind::Text(_) | Kind::Constant).then_some(())?;
                self.expect(":")?;
            }
            parts.push(self.expression()?);
        }
        Some(Expression::Parts(parts))
    }

    /// The rest of a list or comprehension, after its `[`.
    fn array(&mut self) -> Option<Expression> {
        let mut parts = Vec::new();
        let mut first = true;
        while !self.eat("]") {
            if !std::mem::take(&mut first) {
                self.expect(",")?;
                if self.eat("]") {
                    break;
                }
            }
            self.eat("...");
            let item = self.expression()?;
            if parts.is_empty() && self.eat_word("for") {
                return self.comprehension(item);
            }
            parts.push(item);
        }
        Some(Expression::Parts(parts))
    }

    fn comprehension(&mut self, item: Expression) -> Option<Expression> {
        let (key, value) = self.loop_names()?;
        let over = Box::new(self.joined(false)?);
        let when = if self.eat_word("if") { Some(Box::new(self.joined(false)?)) } else { None };
        self.expect("]")?;
        Some(Expression::Comprehension { key, value, over, item: Box::new(item), when })
    }
}
