//! Checks `t(key="…")` in templates if the key is a literal; other calls are checked when a page is rendered.

use faults::suggest::nearest;
use faults::{Fault, Faults};
use messages::tr;

use crate::library::{Library, Source};
use crate::syntax::{Call, Expression, Word};

use super::Texts;
use super::message::Message;

/// Compares the calls in all templates with the texts of the default language.
pub(crate) fn check(library: &Library, texts: &Texts) -> Faults {
    let mut faults = Faults::new();
    for source in library.iter() {
        let calls = source.tree.iter().flat_map(|tree| &tree.calls);
        for call in calls.filter(|call| call.name.text == "t") {
            faults.extend(one(source, call, texts));
        }
    }
    faults
}

fn one(source: &Source, call: &Call, texts: &Texts) -> Vec<Fault> {
    let key = match call.argument("key") {
        Some(Expression::Text(key)) => key,
        Some(_) => return Vec::new(),
        None => {
            let place = source.place(call.name.span.clone());
            let fault = Fault::error("missing-key", place, tr!("`t` does not say which text"));
            let help = tr!("write `t(key=\"group.name\")` with a key of translations/*.yaml");
            return vec![fault.label(tr!("no `key`")).help(help)];
        }
    };
    match texts.messages.get(&key.text) {
        None => vec![unknown(source, key, texts)],
        Some(message) if message.is_broken() => Vec::new(),
        Some(message) => arguments(source, call, key, message),
    }
}

fn unknown(source: &Source, Word { text: key, span }: &Word, texts: &Texts) -> Fault {
    let tag = &texts.language.tag;
    let group = format!("{key}.");
    let inside = texts.messages.keys().find(|other| other.starts_with(&group));
    let help = match (inside, nearest(key, texts.messages.keys().map(String::as_str))) {
        (Some(inside), _) => tr!("`{key}` is a group of texts: name one of them, such as `{inside}`"),
        (None, Some(meant)) => tr!("did you mean `{meant}`?"),
        (None, None) => tr!("add it to translations/{tag}.yaml"),
    };
    let message = tr!("there is no text `{key}` in `{tag}`");
    Fault::error("unknown-text", source.place(span.clone()), message).label(tr!("unknown")).help(help)
}

fn arguments(source: &Source, call: &Call, key: &Word, message: &Message) -> Vec<Fault> {
    let Word { text: key, span } = key;
    let placeholders = message.placeholders();
    let mut faults = Vec::new();
    if message.is_plural() && call.argument("n").is_none() {
        let words = tr!("the text `{key}` is a plural and needs a number");
        let fault = Fault::error("missing-number", source.place(span.clone()), words).label(tr!("no `n`"));
        faults.push(fault.help(tr!("write `t(key=\"{key}\", n=…)`")));
    }
    for name in placeholders.iter().filter(|name| call.argument(name).is_none()) {
        let words = tr!("the text `{key}` needs a value for `{name}`");
        let fault = Fault::error("missing-argument", source.place(span.clone()), words);
        faults.push(fault.label(tr!("no `{name}`")).help(tr!("write `t(key=\"{key}\", {name}=…)`")));
    }
    for (Word { text: name, span }, _) in &call.arguments {
        let known = name == "key" || (name == "n" && message.is_plural());
        if known || placeholders.contains(&name.as_str()) {
            continue;
        }
        let help = match nearest(name, placeholders.iter().copied()) {
            Some(meant) => tr!("did you mean `{meant}`?"),
            None if placeholders.is_empty() => tr!("it has no placeholders: remove the argument").to_owned(),
            None => tr!("its placeholders: {list}", list = placeholders.join(", ")),
        };
        let words = tr!("the text `{key}` has no placeholder `{{{name}}}`");
        let fault = Fault::error("unknown-argument", source.place(span.clone()), words);
        faults.push(fault.label(tr!("unknown")).help(help));
    }
    faults
}
