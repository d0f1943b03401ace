//! The definitions of settings. A child's entry without `type` changes parts of its parent's; one with `type`
//! replaces it.

use faults::suggest::{either, nearest};
use indexmap::IndexMap;
use messages::tr;
use yaml::{Entry, Fields, Source};

use crate::manifest::first;

use super::colour::{Scheme, Way};
use super::{Kind, colour, value};

/// A setting as theme.yaml defines it. `stack` has the entries that it is made of, child first.
pub(super) struct Definition<'a> {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) stack: Vec<Fields<'a>>,
}

const TYPES: [(&str, &[&str]); 5] = [
    ("color", &["type", "default", "names", "contrast"]),
    ("choice", &["type", "default", "choices"]),
    ("number", &["type", "default", "minimum", "maximum"]),
    ("boolean", &["type", "default"]),
    ("text", &["type", "default"]),
];

/// Every setting of all layers, the parent's first.
pub(super) fn all<'a>(manifests: &[Fields<'a>]) -> Vec<Definition<'a>> {
    let mut entries: IndexMap<&'a str, Vec<(&'a Source, &'a Entry)>> = IndexMap::new();
    for fields in manifests.iter().rev() {
        let Some(node) = fields.get("settings") else { continue };
        for entry in yaml::mapping(fields.source(), node, "`settings`").unwrap_or_default() {
            if is_name(fields.source(), entry) {
                entries.entry(&entry.key).or_default().insert(0, (fields.source(), entry));
            }
        }
    }
    entries.into_iter().filter_map(|(name, entries)| definition(name, &entries)).collect()
}

fn is_name(source: &Source, entry: &Entry) -> bool {
    let fits = entry.key.bytes().enumerate().all(|(at, byte)| match byte {
        b'a'..=b'z' => true,
        b'0'..=b'9' | b'_' => at > 0,
        _ => false,
    });
    if !fits {
        let message = tr!("`{name}` cannot be the name of a setting", name = entry.key);
        let help = tr!("use small letters, digits and `_`: templates write `settings.name`");
        source.error("bad-name", entry.key_span.clone(), message, "", help);
    }
    fits
}

fn definition<'a>(name: &str, entries: &[(&'a Source, &'a Entry)]) -> Option<Definition<'a>> {
    // All entries count, up to the first with a `type`.
    let raw = |entry: &'a Entry| match &entry.value.kind {
        yaml::Kind::Map(fields) => fields.iter().find(|field| &*field.key == "type"),
        _ => None,
    };
    let last = entries.iter().position(|(_, entry)| raw(entry).is_some());
    let used = &entries[..last.map_or(entries.len(), |last| last + 1)];
    let kind = last.and_then(|last| raw(entries.get(last)?.1)).and_then(|field| match &field.value.kind {
        yaml::Kind::Scalar { text, .. } => Some((&**text, field.value.span.clone())),
        _ => None,
    });
    let (source, entry) = *used.last()?;
    let Some((kind, span)) = kind else {
        let message = tr!("the setting `{name}` needs a `type`");
        let help = tr!("add `type:` with {types}", types = either(TYPES.map(|(kind, _)| kind)));
        source.error("missing-field", entry.key_span.clone(), message, "", help);
        return None;
    };
    let Some((_, known)) = TYPES.iter().find(|(one, _)| *one == kind) else {
        let help = match nearest(kind, TYPES.map(|(kind, _)| kind)) {
            Some(meant) => tr!("did you mean `{meant}`?"),
            None => tr!("write {known}", known = either(TYPES.map(|(kind, _)| kind))),
        };
        let message = tr!("there is no type `{kind}` of settings");
        source.error("unknown-type", span, message, tr!("unknown"), help);
        return None;
    };
    let what = tr!("a setting of type `{kind}`");
    let stack: Vec<Fields<'a>> = used
        .iter()
        .filter_map(|(source, entry)| Fields::new(source, &entry.value, &what, known.iter().copied(), &[]))
        .collect();
    let kind = read(kind, &stack, source, entry)?;
    Some(Definition { name: name.to_owned(), kind, stack })
}

fn read(kind: &str, stack: &[Fields<'_>], source: &Source, entry: &Entry) -> Option<Kind> {
    Some(match kind {
        "color" => {
            let mut names = IndexMap::new();
            for fields in stack.iter().rev() {
                let Some(node) = fields.get("names") else { continue };
                for entry in yaml::mapping(fields.source(), node, "`names`").unwrap_or_default() {
                    if let Some(shades) = colour::shades(fields.source(), &entry.key, &entry.value) {
                        names.insert(entry.key.to_string(), shades);
                    }
                }
            }
            let contrast =
                first(stack, "contrast").and_then(|(fields, node)| colour::contrast(fields.source(), node));
            if let Some(contrast) = &contrast {
                named_contrasts(stack, &names, contrast);
            }
            Kind::Colour { names, contrast }
        }
        "choice" => {
            let choices =
                first(stack, "choices").map(|(fields, _)| fields.texts("choices")).unwrap_or_default();
            if choices.is_empty() {
                let message = tr!("a setting of type `choice` needs `choices`");
                let help = tr!("add `choices: [one, other]`");
                source.error("missing-field", entry.key_span.clone(), message, "", help);
                return None;
            }
            Kind::Choice { choices: choices.into_iter().map(|choice| choice.value).collect() }
        }
        "number" => {
            let bound = |name: &str| {
                let (fields, node) = first(stack, name)?;
                value::number(fields.source(), name, node)?.as_f64()
            };
            Kind::Number { minimum: bound("minimum"), maximum: bound("maximum") }
        }
        "boolean" => Kind::Boolean,
        _ => Kind::Text,
    })
}

/// The theme's named colours must have the contrast that the theme requires, chosen or not.
fn named_contrasts(
    stack: &[Fields<'_>],
    names: &IndexMap<String, colour::Shades>,
    contrast: &colour::Contrast,
) {
    for (name, shades) in names {
        for near in contrast.too_near(shades) {
            let written = stack.iter().find_map(|fields| match &fields.get("names")?.kind {
                yaml::Kind::Map(entries) => Some((
                    fields.source(),
                    entries.iter().find(|entry| &*entry.key == name.as_str())?.value.span.clone(),
                )),
                _ => None,
            });
            if let Some((source, span)) = written {
                let help = match (near.way, near.scheme) {
                    (Way::Darker, Scheme::Light) => tr!("make it darker in light mode"),
                    (Way::Darker, Scheme::Dark) => tr!("make it darker in dark mode"),
                    (Way::Lighter, Scheme::Light) => tr!("make it lighter in light mode"),
                    (Way::Lighter, Scheme::Dark) => tr!("make it lighter in dark mode"),
                };
                let message = value::contrast_words(name, &near);
                source.error("low-contrast", span, message, tr!("hard to read"), help);
            }
        }
    }
}
