//! Finds template fields that no view has. Tera takes `{% if product.typo %}` for false; here it is a fault.
//!
//! Each page template is walked as Tera would run it (its parents, the blocks that win, what it includes), together with
//! the JSON Schema of its view. Components are walked by themselves, with parameters of unknown shape. Nothing uncertain
//! is reported.

mod look;
mod report;
mod scope;
mod shape;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use faults::{Fault, Faults, Place};
use serde_json::{Map, Value};

use crate::library::Library;
use report::Unit;
use shape::{Document, Shape};
use walk::{Theme, Walk};

/// Checks every page template named in `schemas`, and every component.
pub(crate) fn check(library: &Library, schemas: &BTreeMap<&str, Value>) -> Faults {
    let sets =
        library.iter().flat_map(|source| source.tree.iter().flat_map(|tree| tree.sets.iter().cloned()));
    let roots = schemas.values().flat_map(|schema| Shape::of(Document(schema), schema).fields());
    let elsewhere: BTreeSet<String> = sets.chain(roots.map(str::to_owned)).collect();
    let theme = Theme { library, elsewhere: &elsewhere };

    let mut found = Found::default();
    for (page, schema) in schemas {
        let shape = Shape::of(Document(schema), schema);
        let names: Vec<(String, Shape<'_>)> = shape
            .fields()
            .into_iter()
            .filter_map(|name| match shape.field(name) {
                shape::Lookup::Is(inner) => Some((name.to_owned(), inner)),
                _ => None,
            })
            .collect();
        if names.is_empty() {
            continue;
        }
        let Some(chain) = library.chain(page) else { continue };
        if let Some(walk) = Walk::new(theme, Unit::Page(page), chain, names, &mut found) {
            walk.run();
        }
    }
    for (source, component) in library.components() {
        let parameters = component.parameters.iter().map(String::as_str).chain(["body"]);
        let names = parameters.map(|name| (name.to_owned(), Shape::Anything)).collect();
        let unit = Unit::Component(&component.name.text);
        if let Some(walk) = Walk::new(theme, unit, vec![source], names, &mut found) {
            walk.component(&component.body);
        }
    }
    found.faults()
}

/// The schema of a page, with the theme's own settings instead of "any setting".
pub(crate) fn with_settings<'n>(schema: &Value, names: impl Iterator<Item = &'n str>) -> Value {
    let mut schema = schema.clone();
    if let Some(settings) = schema.pointer_mut("/properties/settings") {
        let properties: Map<String, Value> = names.map(|name| (name.to_owned(), Value::Bool(true))).collect();
        *settings = serde_json::json!({ "type": "object", "properties": properties });
    }
    schema
}

/// What was found so far; a place that several pages share is reported once.
#[derive(Debug, Default)]
pub(crate) struct Found(BTreeMap<(String, usize, usize), Fault>);

impl Found {
    fn add(&mut self, place: Place, fault: impl FnOnce(Place) -> Fault) {
        let Range { start, end } = place.span;
        self.0.entry((place.file.to_string(), start, end)).or_insert_with(|| fault(place));
    }

    fn faults(self) -> Faults {
        let mut faults = Faults::new();
        faults.extend(self.0.into_values());
        faults
    }
}

#[cfg(test)]
mod tests;
