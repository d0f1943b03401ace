//! What the till gets of a theme: the templates below `templates/till/` and `mails/`, and the texts that these use.
//!
//! They are checked with all others, and must not depend on them: the till has neither the pages' other templates nor the
//! addresses of assets.

use std::collections::{BTreeMap, BTreeSet};

use faults::{Fault, Faults};
use messages::tr;

use crate::library::{Library, Source};
use crate::syntax::{Expression, Use, UseKind};
use crate::translations::Texts;

/// Prefixes of the texts that the till always gets: it uses some of them itself.
const OWN_TEXTS: [&str; 6] = ["till.", "mail.", "cart.", "country.", "months.", "date"];

/// What a till needs from a theme.
#[derive(Debug, Clone, Default)]
pub struct Till {
    /// Sources by name: `till/order.html`, `mails/confirmation.txt`; those that a child overrides by their full names.
    pub templates: BTreeMap<String, String>,
    /// By language and key, each form of a text by its plural category; a text without forms has the category "".
    pub words: BTreeMap<String, BTreeMap<String, Forms>>,
}

/// The forms of a text, each by its plural category.
pub type Forms = Vec<(&'static str, String)>;

/// Whether a full name is that of a till's template: `petit/till/order.html`.
fn is_tills(name: &str) -> bool {
    let path = name.split_once('/').map_or("", |(_, path)| path);
    path.starts_with("till/") || path.starts_with("mails/")
}

/// Whether the theme has anything for a till.
pub(crate) fn wanted(library: &Library) -> bool {
    library.iter().any(|source| is_tills(&source.name))
}

/// Reports what the till's templates use but the till does not have.
pub(crate) fn check(library: &Library) -> Faults {
    let mut faults = Faults::new();
    for source in library.iter().filter(|source| is_tills(&source.name)) {
        let uses = source.tree.iter().flat_map(|tree| &tree.uses);
        for used in uses.filter(|used| stays_behind(library, used)) {
            let name = &used.name.text;
            let (message, help) = match used.kind {
                UseKind::Function => (
                    tr!("the till does not know an address of the theme's files: `{name}`"),
                    tr!(
                        "a mail shows no pictures of the theme, and a page of the till has the site's styles: remove it"
                    ),
                ),
                UseKind::Component => (
                    tr!("the till does not know this component: `{name}`"),
                    tr!("define it in a file of `till/` or `mails/`"),
                ),
                _ => (
                    tr!("the till does not know this template: `{name}`"),
                    tr!("move what both need into a file of `templates/till/`"),
                ),
            };
            let place = source.place(used.name.span.clone());
            faults.push(
                Fault::error("not-in-the-till", place, message).label(tr!("stays with the site")).help(help),
            );
        }
    }
    faults
}

fn stays_behind(library: &Library, used: &Use) -> bool {
    let name = &used.name.text;
    match used.kind {
        UseKind::Extends | UseKind::Include => {
            library.resolve(name).is_some_and(|target| !is_tills(&target.name))
        }
        UseKind::Component => library.component(name).is_some_and(|(target, _)| !is_tills(&target.name)),
        UseKind::Function => name == "asset",
        UseKind::Filter | UseKind::Test => false,
    }
}

/// Collects what the till needs.
pub(crate) fn pack<'t>(library: &Library, texts: impl Iterator<Item = &'t Texts>) -> Till {
    let mut till = Till::default();
    let mut keys: BTreeSet<&str> = BTreeSet::new();
    for source in library.iter().filter(|source| is_tills(&source.name)) {
        let short = source.name.split_once('/').map_or(source.name.as_str(), |(_, path)| path);
        let wins = library.resolve(short).is_some_and(|winner| winner.name == source.name);
        let name = if wins { short } else { &source.name };
        till.templates.insert(name.to_owned(), source.text.to_string());
        keys.extend(keys_of(source));
    }
    for texts in texts {
        let own = |key: &str| keys.contains(key) || OWN_TEXTS.iter().any(|own| key.starts_with(own));
        let messages = texts.messages.iter().filter(|(key, _)| own(key));
        let words = messages.map(|(key, message)| {
            let forms = message.forms().map(|(category, text)| (category, text.written.clone()));
            (key.clone(), forms.collect())
        });
        till.words.insert(texts.language.tag.clone(), words.collect());
    }
    till
}

fn keys_of(source: &Source) -> impl Iterator<Item = &str> {
    let calls = source.tree.iter().flat_map(|tree| &tree.calls).filter(|call| call.name.text == "t");
    calls.filter_map(|call| match call.argument("key") {
        Some(Expression::Text(key)) => Some(key.text.as_str()),
        _ => None,
    })
}
