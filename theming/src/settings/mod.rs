//! A theme's settings: what theme.yaml allows, what shop.yaml chooses, and the resulting rules of the stylesheet.

mod colour;
mod css;
mod define;
mod value;

use std::collections::BTreeMap;

use faults::Faults;
use indexmap::IndexMap;
use messages::tr;
use yaml::{Fields, Node, Source};

use colour::{Contrast, Shades};
use define::Definition;

use crate::manifest::first;

/// What the owner wrote under `theme_settings:` in shop.yaml.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// shop.yaml; faults are returned, not added to it.
    pub source: &'a Source,
    /// The mapping of setting names to values.
    pub node: &'a Node,
}

/// What a setting may be.
#[derive(Debug)]
enum Kind {
    Colour { names: IndexMap<String, Shades>, contrast: Option<Contrast> },
    Choice { choices: Vec<String> },
    Number { minimum: Option<f64>, maximum: Option<f64> },
    Boolean,
    Text,
}

/// A setting's value.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    /// As written (a name or a CSS colour), and its shades.
    Colour(String, Shades),
    Choice(String),
    Number(serde_json::Number),
    Boolean(bool),
    Text(String),
}

/// Every setting with its value, in the order of theme.yaml, the parent's first.
#[derive(Debug, Default)]
pub(crate) struct Settings(IndexMap<String, Value>);

/// Reads the definitions of all layers (child first) and the owner's choices.
pub(crate) fn read(manifests: &[Fields<'_>], chosen: Option<Chosen<'_>>, faults: &mut Faults) -> Settings {
    let definitions = define::all(manifests);
    // A source of our own, so that these faults are returned with the theme's.
    let shop = chosen.map(|chosen| Source::new(chosen.source.file.clone(), chosen.source.text.clone()));
    let fields = shop.as_ref().zip(chosen).and_then(|(source, chosen)| {
        let names: Vec<&str> = definitions.iter().map(|definition| definition.name.as_str()).collect();
        Fields::new(source, chosen.node, "`theme_settings`", names, &[])
    });
    let mut settings = IndexMap::new();
    for definition in &definitions {
        let own = fields.as_ref().and_then(|fields| Some((fields.source(), fields.get(&definition.name)?)));
        fields.iter().for_each(|fields| empty(fields, &definition.name));
        if let Some(value) = decide(definition, own) {
            settings.insert(definition.name.clone(), value);
        }
    }
    if let Some(source) = &shop {
        faults.extend(source.take_faults());
    }
    Settings(settings)
}

/// Reads the owner's value, or the default. Both are checked; faults go to their sources.
fn decide(definition: &Definition<'_>, own: Option<(&Source, &Node)>) -> Option<Value> {
    let Definition { name, kind, stack } = definition;
    let default = match first(stack, "default") {
        Some((fields, node)) => value::read(kind, fields.source(), name, node),
        None => {
            if let Some(fields) = stack.last() {
                let message = tr!("the setting `{name}` needs a `default`");
                // Without quotes a colour such as #fff is a comment in YAML.
                let help = tr!("add `default:` with a value, in quotes if it begins with `#`");
                fields.source().error("missing-field", fields.beginning(), message, "", help);
            }
            None
        }
    };
    // The default replaces an invalid value, so that the setting is not also reported as missing in templates.
    own.and_then(|(source, node)| value::read(kind, source, name, node)).or(default)
}

/// Reports a setting without a value; perhaps its colour, unquoted, is a comment.
fn empty(fields: &Fields<'_>, name: &str) {
    let Some(entry) = fields.entry(name).filter(|entry| entry.value.kind == yaml::Kind::Null) else { return };
    let source = fields.source();
    let help = match source.comment_after(entry) {
        Some(comment) => yaml::quote_help(name, comment),
        None => tr!("write a value, or remove the line: then the theme's own holds").to_owned(),
    };
    let message = tr!("the setting `{name}` is empty");
    source.error("empty-setting", entry.key_span.clone(), message, tr!("no value follows"), help);
}

impl Settings {
    /// What templates see under `settings`: colours, choices and texts as written, numbers and booleans as such.
    pub(crate) fn views(&self) -> BTreeMap<String, serde_json::Value> {
        let view = |value: &Value| match value {
            Value::Colour(text, _) | Value::Choice(text) | Value::Text(text) => text.as_str().into(),
            Value::Number(number) => number.clone().into(),
            Value::Boolean(boolean) => (*boolean).into(),
        };
        self.0.iter().map(|(name, value)| (name.clone(), view(value))).collect()
    }

    /// The custom properties, see [`css`].
    pub(crate) fn css(&self) -> String {
        css::rules(self.0.iter())
    }
}
