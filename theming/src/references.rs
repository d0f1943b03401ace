//! What templates name must exist: templates, blocks, components, filters, tests and functions.
//!
//! Tera checks the same, but stops at the first circle and prints the rest as one text. Tera still decides whether a
//! filter, test or function is known; the lists here are only for suggestions.

use std::collections::BTreeMap;

use faults::suggest::nearest;
use faults::{Fault, Faults};
use messages::tr;

use crate::engine;
use crate::library::{Library, Source};
use crate::syntax::{Use, UseKind, Word};

/// Tera 2.4's own filters.
pub(crate) const FILTERS: [&str; 37] = [
    "abs",
    "capitalize",
    "default",
    "escape",
    "escape_html",
    "escape_xml",
    "first",
    "float",
    "get",
    "group_by",
    "indent",
    "int",
    "join",
    "keys",
    "last",
    "length",
    "lower",
    "newlines_to_br",
    "nth",
    "pairs",
    "pluralize",
    "replace",
    "reverse",
    "round",
    "safe",
    "sort",
    "split",
    "str",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "unique",
    "upper",
    "values",
    "wordcount",
];

/// Tera 2.4's own tests.
pub(crate) const TESTS: [&str; 17] = [
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "none",
    "number",
    "odd",
    "starting_with",
    "string",
    "undefined",
];

/// Tera 2.4's own functions, and those of [`engine`].
const FUNCTIONS: [&str; 5] = ["asset", "range", "super", "t", "throw"];

/// Checks every template that could be read.
pub(crate) fn check(library: &Library) -> Faults {
    let mut faults = Faults::new();
    let mut answers = BTreeMap::new();
    let readable = library.iter().all(|source| source.tree.is_some());
    for source in library.iter() {
        let Some(tree) = &source.tree else { continue };
        for used in &tree.uses {
            let known = match used.kind {
                UseKind::Extends | UseKind::Include => library.resolve(&used.name.text).is_some(),
                // A template that cannot be read, which has been reported, may define it.
                UseKind::Component => !readable || library.component(&used.name.text).is_some(),
                UseKind::Function if used.name.text == "super" => true,
                kind => *answers
                    .entry((kind, &used.name.text))
                    .or_insert_with(|| engine::knows(kind, &used.name.text)),
            };
            if !known {
                faults.push(unknown(library, source, used));
            } else if let Some(circle) = circle(library, source, used) {
                faults.push(circle);
            }
        }
        faults.extend(blocks(library, source));
    }
    faults.extend(twins(library));
    faults
}

fn unknown(library: &Library, source: &Source, used: &Use) -> Fault {
    let templates =
        || library.iter().flat_map(|source| [source.name.as_str(), short(&source.name)]).collect();
    let name = &used.name.text;
    let (message, known): (String, Vec<&str>) = match used.kind {
        UseKind::Filter => (tr!("there is no filter `{name}`"), FILTERS.to_vec()),
        UseKind::Test => (tr!("there is no test `{name}`"), TESTS.to_vec()),
        UseKind::Function => (tr!("there is no function `{name}`"), FUNCTIONS.to_vec()),
        UseKind::Component => (
            tr!("there is no component `{name}`"),
            library.components().map(|(_, component)| component.name.text.as_str()).collect(),
        ),
        UseKind::Include | UseKind::Extends => (tr!("there is no template `{name}`"), templates()),
    };
    let list = || known.join(", ");
    let help = match (nearest(name, known.iter().copied()), used.kind) {
        (Some(meant), _) => tr!("did you mean `{meant}`?"),
        (None, UseKind::Include | UseKind::Extends) => {
            tr!("write `templates/{name}` in the theme, or name one that is there")
        }
        (None, UseKind::Component) => {
            tr!("define it in any template: `{{% component {name}() %}}…{{% endcomponent {name} %}}`")
        }
        (None, UseKind::Filter) => tr!("known filters: {list}", list = list()),
        (None, UseKind::Test) => tr!("known tests: {list}", list = list()),
        (None, UseKind::Function) => tr!("known functions: {list}", list = list()),
    };
    Fault::error("unknown-reference", source.place(used.name.span.clone()), message)
        .label(tr!("unknown"))
        .help(help)
}

/// A template's path without its theme.
fn short(name: &str) -> &str {
    name.split_once('/').map_or(name, |(_, path)| path)
}

/// Reports a template that extends or includes itself, directly or through others, at the step that closes the circle.
fn circle(library: &Library, source: &Source, used: &Use) -> Option<Fault> {
    let tag = match used.kind {
        UseKind::Extends => "extends",
        UseKind::Include => "include",
        _ => return None,
    };
    let target = library.resolve(&used.name.text)?;
    let mut seen: Vec<&str> = Vec::new();
    let mut open = vec![target];
    while let Some(next) = open.pop() {
        if next.name == source.name {
            let place = source.place(used.name.span.clone());
            let direct = target.name == source.name;
            let parent = library
                .iter()
                .find(|other| other.layer > source.layer && short(&other.name) == short(&source.name));
            let help = match parent {
                Some(Source { name: parent, .. }) if direct => {
                    tr!("write the parent's full name: `{{% {tag} \"{parent}\" %}}`")
                }
                _ => tr!("remove this line, or move what both need into a third template").to_owned(),
            };
            let name = &source.name;
            let message = match (used.kind, direct) {
                (UseKind::Extends, true) => tr!("`{name}` extends itself"),
                (UseKind::Extends, false) => tr!("`{name}` extends itself, through others"),
                (_, true) => tr!("`{name}` includes itself"),
                (_, false) => tr!("`{name}` includes itself, through others"),
            };
            let fault = Fault::error("template-circle", place, message);
            return Some(fault.label(tr!("leads back here")).help(help));
        }
        if seen.contains(&next.name.as_str()) {
            continue;
        }
        seen.push(&next.name);
        let uses = next.tree.iter().flat_map(|tree| &tree.uses).filter(|next| next.kind == used.kind);
        open.extend(uses.filter_map(|used| library.resolve(&used.name.text)));
    }
    None
}

/// A child's outermost blocks must be blocks of a parent, or they would never be shown.
fn blocks(library: &Library, source: &Source) -> Vec<Fault> {
    let Some(tree) = source.tree.as_ref().filter(|tree| tree.extends.is_some()) else { return Vec::new() };
    let Some(chain) = library.chain(&source.name) else { return Vec::new() };
    let parents = chain.iter().skip(1).filter_map(|parent| parent.tree.as_ref());
    let known: Vec<&str> =
        parents.flat_map(|tree| tree.blocks.iter().map(|(name, _)| name.text.as_str())).collect();
    let missing = tree.blocks.iter().filter(|(name, nested)| !nested && !known.contains(&name.text.as_str()));
    missing
        .map(|(name, _)| {
            let Word { text: name, span } = name;
            let message = tr!("no parent of this template has a block `{name}`");
            let help = match nearest(name, known.iter().copied()) {
                Some(meant) => tr!("did you mean `{meant}`?"),
                None => tr!("their blocks: {list}", list = known.join(", ")),
            };
            Fault::error("unknown-block", source.place(span.clone()), message)
                .label(tr!("unknown"))
                .help(help)
        })
        .collect()
}

/// Reports two components of the same name in the same theme.
fn twins(library: &Library) -> Vec<Fault> {
    let mut first: BTreeMap<(usize, &str), (&Source, std::ops::Range<usize>)> = BTreeMap::new();
    let mut faults = Vec::new();
    for (source, component) in library.components() {
        let name = &component.name;
        match first.get(&(source.layer, name.text.as_str())) {
            None => {
                first.insert((source.layer, &name.text), (source, name.span.clone()));
            }
            Some((other, span)) => faults.push(
                Fault::error(
                    "twin-component",
                    source.place(name.span.clone()),
                    tr!("the component `{name}` is defined twice", name = name.text),
                )
                .label(tr!("again"))
                .help(tr!("remove one of them, or give it another name"))
                .related(other.place(span.clone()), tr!("first")),
            ),
        }
    }
    faults
}
