//! Looks up the paths of expressions, and determines what is known about an expression's value.

use messages::tr;

use crate::syntax::{Call, Expression, Path, Step, Word};

use super::report;
use super::shape::{Lookup, Shape};
use super::walk::Walk;

impl<'a> Walk<'a, '_> {
    /// Walks what is inside a condition that may contain `is defined`.
    pub(super) fn guarded(&mut self, conditions: &[&'a Expression], walk: impl FnOnce(&mut Self)) {
        let mut names = Vec::new();
        conditions.iter().for_each(|condition| asked_for(condition, &mut names));
        self.scope.guard(names);
        self.perhaps += 1;
        walk(self);
        self.perhaps -= 1;
        self.scope.end();
    }

    pub(super) fn inside(&mut self, expression: &'a Expression) {
        self.value(expression);
    }

    /// Looks up everything in an expression; returns what is known about its value.
    pub(super) fn value(&mut self, expression: &'a Expression) -> Shape<'a> {
        match expression {
            Expression::Text(_) | Expression::Constant => Shape::Anything,
            Expression::Path(path) => self.path(path, false),
            Expression::Function(call) => {
                self.arguments(call);
                if let (true, Some((name, at))) = (call.name.text == "super", self.blocks.last().copied()) {
                    self.block(name, at + 1);
                }
                Shape::Anything
            }
            Expression::Filtered(inner, filter) => {
                let shape = self.lenient(inner, filter.name.text == "default");
                self.arguments(filter);
                self.filtered(shape, filter)
            }
            Expression::Tested(inner, test) => {
                self.lenient(inner, matches!(test.name.text.as_str(), "defined" | "undefined"));
                self.arguments(test);
                Shape::Anything
            }
            Expression::Component(call) => {
                call.attributes.iter().for_each(|attribute| self.inside(attribute));
                Shape::Anything
            }
            Expression::Comprehension { key, value, over, item, when } => {
                let over = self.value(over);
                let names = self.loop_names(key.as_deref(), value, &over);
                self.scope.looped(names);
                when.iter().for_each(|when| self.inside(when));
                self.value(item);
                self.scope.end();
                Shape::Anything
            }
            Expression::Parts(parts) => {
                self.guarded(&[expression], |walk| parts.iter().for_each(|part| walk.inside(part)));
                Shape::Anything
            }
        }
    }

    /// A bare name that is tested by `is defined`, or that has a default, may be unknown.
    fn lenient(&mut self, expression: &'a Expression, tested: bool) -> Shape<'a> {
        match expression {
            Expression::Path(path) if path.steps.is_empty() => self.path(path, tested),
            other => self.value(other),
        }
    }

    fn filtered(&mut self, shape: Shape<'a>, filter: &'a Call) -> Shape<'a> {
        match filter.name.text.as_str() {
            "sort" | "group_by" => {
                if let Some(Expression::Text(attribute)) = filter.argument("attribute") {
                    self.attribute(shape.item(), attribute);
                }
                if filter.name.text == "sort" { shape } else { Shape::Anything }
            }
            "reverse" | "unique" => shape,
            "first" | "last" | "nth" => shape.item(),
            _ => Shape::Anything,
        }
    }

    /// `sort(attribute="price.minor")`: a path in a string.
    fn attribute(&mut self, mut shape: Shape<'a>, attribute: &Word) {
        let mut path = tr!("the item").to_owned();
        for name in attribute.text.split('.') {
            match shape.field(name) {
                Lookup::Is(inner) => shape = inner,
                missing => {
                    let place = self.file.place(attribute.span.clone());
                    return self
                        .found
                        .add(place, |place| report::unknown_field(place, &path, name, &missing));
                }
            }
            path = name.to_owned();
        }
    }

    fn path(&mut self, path: &'a Path, tested: bool) -> Shape<'a> {
        for (step, _) in &path.steps {
            match step {
                Step::Field(_) => {}
                Step::Index(index) => self.inside(index),
                Step::Slice(bounds) => bounds.iter().for_each(|bound| self.inside(bound)),
            }
        }
        let name = path.root.text.as_str();
        let Some(mut shape) = self.scope.get(name) else {
            // `__tera_context`, everything that a template knows, is refused: its order differs with each start.
            let may = tested || (self.perhaps > 0 && self.theme.elsewhere.contains(name));
            if !may {
                let (place, unit) = (self.file.place(path.root.span.clone()), self.unit);
                let known = self.scope.names();
                self.found.add(place, |place| report::unknown_name(place, unit, name, &known));
            }
            return Shape::Anything;
        };
        let mut end = path.root.span.end;
        for (step, step_end) in &path.steps {
            shape = match step {
                Step::Index(_) => shape.item(),
                Step::Slice(_) => shape,
                Step::Field(field) => match shape.field(&field.text) {
                    Lookup::Is(inner) => inner,
                    missing => {
                        let place = self.file.place(field.span.clone());
                        let before = self.file.text.get(path.root.span.start..end).unwrap_or(name);
                        self.found
                            .add(place, |place| report::unknown_field(place, before, &field.text, &missing));
                        return Shape::Anything;
                    }
                },
            };
            end = *step_end;
        }
        shape
    }
}

/// The names that `expression` tests by `is defined` or `is undefined`.
fn asked_for(expression: &Expression, into: &mut Vec<String>) {
    if let Expression::Tested(inner, test) = expression
        && matches!(test.name.text.as_str(), "defined" | "undefined")
        && let Expression::Path(path) = &**inner
    {
        into.push(path.root.text.clone());
    }
    expression.each_child(&mut |child| asked_for(child, into));
}
