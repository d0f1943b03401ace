//! The faults for names and fields that do not exist.

use faults::suggest::nearest;
use faults::{Fault, Place};
use messages::tr;

use super::shape::Lookup;

/// What is being checked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unit<'a> {
    /// A page template, by the name of its view.
    Page(&'a str),
    /// A component, by its name.
    Component(&'a str),
}

/// A name that means nothing here; `known` are the names that do.
pub(super) fn unknown_name(place: Place, unit: Unit<'_>, name: &str, known: &[&str]) -> Fault {
    let list = known.join(", ");
    let help = match nearest(name, known.iter().copied()) {
        _ if known.is_empty() => tr!("known here: none").to_owned(),
        Some(meant) => tr!("did you mean `{meant}`? known here: {list}"),
        None => tr!("known here: {list}"),
    };
    let (message, help) = match unit {
        Unit::Page(page) => (tr!("`{page}` is not given any `{name}`"), help),
        Unit::Component(component) => (
            tr!("the component `{component}` has no parameter `{name}`"),
            tr!("{help}; a component sees only its parameters"),
        ),
    };
    Fault::error("unknown-name", place, message).label(tr!("unknown")).help(help)
}

/// A field that the value at `path` cannot have.
pub(super) fn unknown_field(place: Place, path: &str, name: &str, lookup: &Lookup<'_>) -> Fault {
    let fault = Fault::error("unknown-field", place, tr!("`{path}` has no field `{name}`"));
    match lookup {
        Lookup::NotAmong(known) => {
            let list = known.join(", ");
            fault.label(tr!("unknown")).help(match nearest(name, known.iter().copied()) {
                Some(meant) => tr!("did you mean `{meant}`? its fields: {list}"),
                None => tr!("its fields: {list}"),
            })
        }
        Lookup::List => fault.label(tr!("of a list")).help(tr!(
            "`{path}` is a list: loop over it with `{{% for one in {path} %}}`, or take one with `{path}[0]`"
        )),
        Lookup::Single | Lookup::Is(_) => {
            fault.label(tr!("of a single value")).help(tr!("`{path}` is a single value: print it as it is"))
        }
    }
}
