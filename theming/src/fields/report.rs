//! The words for a name or field that is not there.

use faults::suggest::nearest;
use faults::{Fault, Place};

use super::shape::Lookup;

/// What is being checked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unit<'a> {
    /// A page template, by the name of its view.
    Page(&'a str),
    /// A component, by its name.
    Component(&'a str),
}

/// A name that is nothing here; `known` are those that are something.
pub(super) fn unknown_name(place: Place, unit: Unit<'_>, name: &str, known: &[&str]) -> Fault {
    let (message, hint) = match unit {
        Unit::Page(page) => (format!("`{page}` is not given any `{name}`"), String::new()),
        Unit::Component(component) => (
            format!("the component `{component}` has no parameter `{name}`"),
            "; a component sees only its parameters".to_owned(),
        ),
    };
    Fault::error("unknown-name", place, message)
        .label("unknown")
        .help(format!("{}{hint}", help(name, known, "known here")))
}

/// A field that the value at `path` cannot have.
pub(super) fn unknown_field(place: Place, path: &str, name: &str, lookup: &Lookup<'_>) -> Fault {
    let fault = Fault::error("unknown-field", place, format!("`{path}` has no field `{name}`"));
    match lookup {
        Lookup::NotAmong(known) => fault.label("unknown").help(help(name, known, "its fields")),
        Lookup::List => fault.label("of a list").help(format!(
            "`{path}` is a list: loop over it with `{{% for one in {path} %}}`, or take one with `{path}[0]`"
        )),
        Lookup::Single | Lookup::Is(_) => {
            fault.label("of a single value").help(format!("`{path}` is a single value: print it as it is"))
        }
    }
}

fn help(name: &str, known: &[&str], words: &str) -> String {
    let list = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`? {words}: {list}"),
        None => format!("{words}: {list}"),
    }
}
