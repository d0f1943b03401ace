//! The templates of all layers by full name (`petit/product.html`), and how they find one another.

use std::collections::BTreeMap;
use std::sync::Arc;

use faults::Place;

use crate::syntax::{Component, Node, Template};

/// A template's file.
#[derive(Debug)]
pub(crate) struct Source {
    /// `THEME/path`, as Tera knows it.
    pub(crate) name: String,
    /// Index of its layer, the child first.
    pub(crate) layer: usize,
    /// Path for people.
    pub(crate) shown: Arc<str>,
    pub(crate) text: Arc<str>,
    /// Its syntax tree; `None` if it could not be read.
    pub(crate) tree: Option<Template>,
}

impl Source {
    /// A part of the file.
    pub(crate) fn place(&self, span: std::ops::Range<usize>) -> Place {
        Place::span(self.shown.clone(), self.text.clone(), span)
    }
}

/// All templates of a theme and the themes it extends.
#[derive(Debug)]
pub(crate) struct Library {
    sources: BTreeMap<String, Source>,
    /// `THEME/` of each layer, child first.
    pub(crate) prefixes: Vec<String>,
}

impl Library {
    /// No template yet.
    pub(crate) fn new(prefixes: Vec<String>) -> Self {
        Library { sources: BTreeMap::new(), prefixes }
    }

    pub(crate) fn add(&mut self, source: Source) {
        self.sources.insert(source.name.clone(), source);
    }

    /// All of them, by full name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }

    /// The template of that name: a full name, or a path, which means that of the first layer to have it. The same rule as
    /// Tera's `set_fallback_prefixes`.
    pub(crate) fn resolve(&self, name: &str) -> Option<&Source> {
        let fallback =
            || self.prefixes.iter().find_map(|prefix| self.sources.get(&format!("{prefix}{name}")));
        self.sources.get(name).or_else(fallback)
    }

    /// The template and those that it extends, itself first; `None` if one is missing, unreadable or repeated.
    pub(crate) fn chain(&self, name: &str) -> Option<Vec<&Source>> {
        let mut source = self.resolve(name)?;
        let mut chain = vec![source];
        while let Some(parent) = &source.tree.as_ref()?.extends {
            source = self.resolve(&parent.text)?;
            if chain.iter().any(|seen| seen.name == source.name) {
                return None;
            }
            chain.push(source);
        }
        Some(chain)
    }

    /// Where a component is defined: the child's definition wins, as in Tera.
    pub(crate) fn component(&self, name: &str) -> Option<(&Source, &Component)> {
        let defined = self.components().filter(|(_, component)| component.name.text == name);
        defined.min_by_key(|(source, _)| source.layer)
    }

    /// Every definition of a component.
    pub(crate) fn components(&self) -> impl Iterator<Item = (&Source, &Component)> {
        self.iter().flat_map(|source| {
            source
                .tree
                .iter()
                .flat_map(move |tree| tree.components.iter().map(move |component| (source, component)))
        })
    }
}

/// The body of a block, wherever it is within `nodes`.
pub(crate) fn block<'a>(nodes: &'a [Node], wanted: &str) -> Option<&'a [Node]> {
    nodes.iter().find_map(|node| match node {
        Node::Block { name, body } if name.text == wanted => Some(&body[..]),
        Node::Block { body, .. } | Node::Filter { body, .. } | Node::Component { body, .. } => {
            block(body, wanted)
        }
        Node::Set(set) => block(&set.body, wanted),
        Node::If(arms) => arms.iter().find_map(|arm| block(&arm.body, wanted)),
        Node::For(_) | Node::Print(_) | Node::Include(_) => None,
    })
}
