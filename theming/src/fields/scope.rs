//! The names that a template sees at one point: the page's data, what it set, what its loops name.

use std::collections::BTreeMap;

use super::shape::Shape;

/// What a name means.
#[derive(Debug, Clone)]
enum Binding<'a> {
    /// Set further down in the same file; until then nothing is known about it.
    Later,
    Is(Shape<'a>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// What a file sets; `loop` is not looked up beyond it.
    File,
    Loop,
    /// Names that a condition tests with `is defined`.
    Guard,
}

#[derive(Debug, Clone)]
struct Frame<'a> {
    kind: Kind,
    names: BTreeMap<String, Binding<'a>>,
}

/// The visible names, innermost last. Cloned where the template branches, joined where the branches meet.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    frames: Vec<Frame<'a>>,
}

impl<'a> Scope<'a> {
    /// The names that a page or component begins with.
    pub(super) fn new(names: impl IntoIterator<Item = (String, Shape<'a>)>) -> Self {
        let names = names.into_iter().map(|(name, shape)| (name, Binding::Is(shape))).collect();
        Scope { frames: vec![Frame { kind: Kind::File, names }] }
    }

    /// A file begins, which will set these names somewhere.
    pub(super) fn file(&mut self, sets: impl IntoIterator<Item = String>) {
        let names = sets.into_iter().map(|name| (name, Binding::Later)).collect();
        self.frames.push(Frame { kind: Kind::File, names });
    }

    /// A loop begins.
    pub(super) fn looped(&mut self, names: impl IntoIterator<Item = (String, Shape<'a>)>) {
        let names = names.into_iter().map(|(name, shape)| (name, Binding::Is(shape))).collect();
        self.frames.push(Frame { kind: Kind::Loop, names });
    }

    /// A condition tests whether these are defined: until its end they may be used.
    pub(super) fn guard(&mut self, names: impl IntoIterator<Item = String>) {
        let names = names.into_iter().filter(|name| self.get(name).is_none()).collect::<Vec<_>>();
        let names = names.into_iter().map(|name| (name, Binding::Is(Shape::Anything))).collect();
        self.frames.push(Frame { kind: Kind::Guard, names });
    }

    /// The innermost file, loop or condition ends.
    pub(super) fn end(&mut self) {
        self.frames.pop();
    }

    /// The shape of a name, if it is known.
    pub(super) fn get(&self, name: &str) -> Option<Shape<'a>> {
        if name == "loop" {
            let here = self.frames.iter().rev().take_while(|frame| frame.kind != Kind::File);
            return here.into_iter().any(|frame| frame.kind == Kind::Loop).then_some(Shape::Anything);
        }
        let binding = self.frames.iter().rev().find_map(|frame| frame.names.get(name))?;
        Some(match binding {
            Binding::Later => Shape::Anything,
            Binding::Is(shape) => shape.clone(),
        })
    }

    /// `set` (in the innermost loop or file) or `set_global` (in the file).
    pub(super) fn set(&mut self, name: &str, shape: Shape<'a>, global: bool) {
        let fits = |frame: &&mut Frame<'a>| frame.kind == Kind::File || (frame.kind == Kind::Loop && !global);
        if let Some(frame) = self.frames.iter_mut().rev().find(fits) {
            frame.names.insert(name.to_owned(), Binding::Is(shape));
        }
    }

    /// Keeps what is known if either this scope or the other may apply.
    pub(super) fn join(&mut self, other: Scope<'a>) {
        for (frame, others) in self.frames.iter_mut().zip(other.frames) {
            for (name, binding) in others.names {
                match (frame.names.get(&name), binding) {
                    (Some(Binding::Is(one)), Binding::Is(two)) if !one.same(&two) => {
                        frame.names.insert(name, Binding::Is(Shape::Anything));
                    }
                    (Some(Binding::Is(_)), _) => {}
                    (_, binding) => {
                        frame.names.insert(name, binding);
                    }
                }
            }
        }
    }

    /// All visible names.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.frames.iter().flat_map(|frame| frame.names.keys().map(String::as_str)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
