//! Walks a template in the order in which Tera runs it. What its expressions name is looked up in [`super::look`].

use std::collections::BTreeSet;

use crate::library::{self, Library, Source};
use crate::syntax::{Arm, Call, Expression, Node, Word};

use super::Found;
use super::report::Unit;
use super::scope::Scope;
use super::shape::Shape;

/// Includes nested deeper than this are not followed.
const MAX_INCLUDES: usize = 12;
/// Limits the time for a theme whose parts include one another many times; beyond this number of nodes nothing is checked.
const MAX_NODES: usize = 500_000;

/// What all walks share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Theme<'a> {
    pub(super) library: &'a Library,
    /// Names that mean something on another page or in another file: a condition may test them anywhere.
    pub(super) elsewhere: &'a BTreeSet<String>,
}

/// One page template or component being walked.
pub(super) struct Walk<'a, 'f> {
    pub(super) theme: Theme<'a>,
    pub(super) unit: Unit<'a>,
    /// The file and those that it extends, itself first.
    chain: Vec<&'a Source>,
    pub(super) scope: Scope<'a>,
    pub(super) found: &'f mut Found,
    /// The file being walked.
    pub(super) file: &'a Source,
    /// The blocks being walked, each with the index in `chain` of its file.
    pub(super) blocks: Vec<(&'a str, usize)>,
    /// How many conditions and loops enclose this point.
    pub(super) perhaps: usize,
    includes: usize,
    nodes: usize,
}

impl<'a, 'f> Walk<'a, 'f> {
    pub(super) fn new(
        theme: Theme<'a>,
        unit: Unit<'a>,
        chain: Vec<&'a Source>,
        names: Vec<(String, Shape<'a>)>,
        found: &'f mut Found,
    ) -> Option<Self> {
        let file = *chain.last()?;
        let scope = Scope::new(names);
        let (blocks, perhaps, includes, nodes) = (Vec::new(), 0, 0, 0);
        Some(Walk { theme, unit, chain, scope, found, file, blocks, perhaps, includes, nodes })
    }

    /// Walks the page.
    pub(super) fn run(mut self) {
        let sets =
            self.chain.iter().filter_map(|source| source.tree.as_ref()).flat_map(|tree| tree.sets.clone());
        self.scope.file(sets.collect::<Vec<_>>());
        if let Some(tree) = &self.file.tree {
            self.all(&tree.nodes);
        }
    }

    /// Walks a component's body.
    pub(super) fn component(mut self, body: &'a [Node]) {
        let sets = self.file.tree.iter().flat_map(|tree| tree.sets.clone()).collect::<Vec<_>>();
        self.scope.file(sets);
        self.all(body);
    }

    fn all(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            self.nodes += 1;
            if self.nodes > MAX_NODES {
                return;
            }
            self.node(node);
        }
    }

    fn node(&mut self, node: &'a Node) {
        match node {
            Node::Print(expression) => {
                self.value(expression);
            }
            Node::If(arms) => {
                let conditions: Vec<&Expression> =
                    arms.iter().filter_map(|arm| arm.condition.as_ref()).collect();
                self.guarded(&conditions, |walk| walk.arms(arms));
            }
            Node::For(each) => {
                let over = self.value(&each.over);
                let mut names = Vec::new();
                sets(&each.body, &mut names);
                names.extend(self.loop_names(each.key.as_deref(), &each.value, &over));
                self.perhaps += 1;
                let mut after = self.scope.clone();
                self.scope.looped(names);
                self.all(&each.body);
                self.scope.end();
                std::mem::swap(&mut after, &mut self.scope);
                self.all(&each.otherwise);
                self.scope.join(after);
                self.perhaps -= 1;
            }
            Node::Set(set) => {
                self.filters(&set.filters);
                self.all(&set.body);
                let shape = set.value.as_ref().map_or(Shape::Anything, |value| self.value(value));
                self.scope.set(&set.name, shape, set.global);
            }
            Node::Include(name) => self.include(name),
            Node::Block { name, .. } => self.block(&name.text, 0),
            Node::Filter { filters, body } => {
                self.filters(filters);
                self.all(body);
            }
            Node::Component { call, body } => {
                call.attributes.iter().for_each(|attribute| self.inside(attribute));
                self.all(body);
            }
        }
    }

    /// Each arm begins with what was known before; what follows may run after any of them.
    fn arms(&mut self, arms: &'a [Arm]) {
        let before = self.scope.clone();
        let mut after: Option<Scope<'a>> = None;
        for arm in arms {
            arm.condition.iter().for_each(|condition| self.inside(condition));
            self.all(&arm.body);
            let ended = std::mem::replace(&mut self.scope, before.clone());
            match &mut after {
                Some(after) => after.join(ended),
                None => after = Some(ended),
            }
        }
        if let Some(after) = after {
            match arms.last() {
                Some(Arm { condition: None, .. }) => self.scope = after,
                _ => self.scope.join(after),
            }
        }
    }

    pub(super) fn loop_names(
        &self,
        key: Option<&str>,
        value: &str,
        over: &Shape<'a>,
    ) -> Vec<(String, Shape<'a>)> {
        let key = key.map(|key| (key.to_owned(), Shape::Anything));
        key.into_iter().chain([(value.to_owned(), over.item())]).collect()
    }

    fn include(&mut self, name: &Word) {
        let Some(source) = self.theme.library.resolve(&name.text) else { return };
        let Some(tree) = &source.tree else { return };
        if self.includes >= MAX_INCLUDES {
            return;
        }
        self.includes += 1;
        self.scope.file(tree.sets.iter().cloned());
        let chain = std::mem::replace(&mut self.chain, vec![source]);
        let file = std::mem::replace(&mut self.file, source);
        let blocks = std::mem::take(&mut self.blocks);
        self.all(&tree.nodes);
        (self.chain, self.file, self.blocks) = (chain, file, blocks);
        self.scope.end();
        self.includes -= 1;
    }

    /// Walks the first body of a block in the chain from `level` on: the child's wins, `super()` continues with the next.
    pub(super) fn block(&mut self, name: &'a str, level: usize) {
        let body = self.chain.iter().enumerate().skip(level).find_map(|(at, source)| {
            let tree = source.tree.as_ref()?;
            Some((at, *source, library::block(&tree.nodes, name)?))
        });
        let Some((at, source, body)) = body else { return };
        if self.blocks.contains(&(name, at)) {
            return;
        }
        let file = std::mem::replace(&mut self.file, source);
        self.blocks.push((name, at));
        self.all(body);
        self.blocks.pop();
        self.file = file;
    }

    fn filters(&mut self, filters: &'a [Call]) {
        for filter in filters {
            self.arguments(filter);
        }
    }

    pub(super) fn arguments(&mut self, call: &'a Call) {
        for (_, value) in &call.arguments {
            self.value(value);
        }
    }
}

/// What a loop's body sets: from the second iteration on it may be anything.
fn sets<'a>(nodes: &[Node], into: &mut Vec<(String, Shape<'a>)>) {
    for node in nodes {
        match node {
            Node::Set(set) => {
                into.push((set.name.clone(), Shape::Anything));
                sets(&set.body, into);
            }
            Node::If(arms) => arms.iter().for_each(|arm| sets(&arm.body, into)),
            Node::For(each) => {
                sets(&each.body, into);
                sets(&each.otherwise, into);
            }
            Node::Block { body, .. } | Node::Filter { body, .. } | Node::Component { body, .. } => {
                sets(body, into)
            }
            Node::Print(_) | Node::Include(_) => {}
        }
    }
}
