//! What templates name must exist: templates, blocks, components, filters, tests and functions.
//!
//! Tera checks the same, but stops at the first circle and prints the rest as one text. Whether it knows a filter,
//! test or function is still for Tera to say; the lists here only feed suggestions.

use std::collections::BTreeMap;

use faults::suggest::nearest;
use faults::{Fault, Faults};

use crate::engine;
use crate::library::{Library, Source};
use crate::syntax::{Use, UseKind};

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
    let mut asked = BTreeMap::new();
    let readable = library.iter().all(|source| source.tree.is_some());
    for source in library.iter() {
        let Some(tree) = &source.tree else { continue };
        for used in &tree.uses {
            let known = match used.kind {
                UseKind::Extends | UseKind::Include => library.resolve(&used.name.text).is_some(),
                // A template that cannot be read, which is told already, may define it.
                UseKind::Component => !readable || library.component(&used.name.text).is_some(),
                UseKind::Function if used.name.text == "super" => true,
                kind => *asked
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
    let (noun, known): (&str, Vec<&str>) = match used.kind {
        UseKind::Filter => ("filter", FILTERS.to_vec()),
        UseKind::Test => ("test", TESTS.to_vec()),
        UseKind::Function => ("function", FUNCTIONS.to_vec()),
        UseKind::Component => {
            ("component", library.components().map(|(_, component)| component.name.text.as_str()).collect())
        }
        UseKind::Include | UseKind::Extends => ("template", templates()),
    };
    let name = &used.name.text;
    let help = match (nearest(name, known.iter().copied()), used.kind) {
        (Some(meant), _) => format!("did you mean `{meant}`?"),
        (None, UseKind::Include | UseKind::Extends) => {
            format!("write `templates/{name}` in the theme, or name one that is there")
        }
        (None, UseKind::Component) => {
            format!("define it in any template: `{{% component {name}() %}}…{{% endcomponent {name} %}}`")
        }
        (None, _) => format!("known {noun}s: {}", known.join(", ")),
    };
    Fault::error(
        "unknown-reference",
        source.place(used.name.span.clone()),
        format!("there is no {noun} `{name}`"),
    )
    .label("unknown")
    .help(help)
}

/// A template's path without its theme.
fn short(name: &str) -> &str {
    name.split_once('/').map_or(name, |(_, path)| path)
}

/// A template that extends or includes itself, directly or through others; told at the step that comes back.
fn circle(library: &Library, source: &Source, used: &Use) -> Option<Fault> {
    let verb = match used.kind {
        UseKind::Extends => "extends",
        UseKind::Include => "includes",
        _ => return None,
    };
    let target = library.resolve(&used.name.text)?;
    let mut seen: Vec<&str> = Vec::new();
    let mut open = vec![target];
    while let Some(next) = open.pop() {
        if next.name == source.name {
            let place = source.place(used.name.span.clone());
            let through = if target.name == source.name { "" } else { ", through others" };
            let parent = library
                .iter()
                .find(|other| other.layer > source.layer && short(&other.name) == short(&source.name));
            let help = match parent {
                Some(parent) if target.name == source.name => {
                    format!(
                        "write the parent's full name: `{{% {} \"{}\" %}}`",
                        if verb == "includes" { "include" } else { verb },
                        parent.name
                    )
                }
                _ => "remove this line, or move what both need into a third template".to_owned(),
            };
            let message = format!("`{}` {verb} itself{through}", source.name);
            return Some(Fault::error("template-circle", place, message).label("leads back here").help(help));
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

/// A child's outermost blocks must be blocks of a parent, or nobody would ever see them.
fn blocks(library: &Library, source: &Source) -> Vec<Fault> {
    let Some(tree) = source.tree.as_ref().filter(|tree| tree.extends.is_some()) else { return Vec::new() };
    let Some(chain) = library.chain(&source.name) else { return Vec::new() };
    let parents = chain.iter().skip(1).filter_map(|parent| parent.tree.as_ref());
    let known: Vec<&str> =
        parents.flat_map(|tree| tree.blocks.iter().map(|(name, _)| name.text.as_str())).collect();
    let missing = tree.blocks.iter().filter(|(name, nested)| !nested && !known.contains(&name.text.as_str()));
    missing
        .map(|(name, _)| {
            let message = format!("no parent of this template has a block `{}`", name.text);
            let help = match nearest(&name.text, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("their blocks: {}", known.join(", ")),
            };
            Fault::error("unknown-block", source.place(name.span.clone()), message)
                .label("unknown")
                .help(help)
        })
        .collect()
}

/// Two components of one name in the same theme.
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
                    format!("the component `{}` is defined twice", name.text),
                )
                .label("again")
                .help("remove one of them, or give it another name")
                .related(other.place(span.clone()), "first"),
            ),
        }
    }
    faults
}
