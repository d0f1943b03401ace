//! Checks `t(key="…")` in templates where the key is written out; others are checked when a page is rendered.

use faults::suggest::nearest;
use faults::{Fault, Faults};

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
            let fault = Fault::error("missing-key", place, "`t` does not say which text").label("no `key`");
            return vec![fault.help("write `t(key=\"group.name\")` with a key of translations/*.yaml")];
        }
    };
    match texts.messages.get(&key.text) {
        None => vec![unknown(source, key, texts)],
        Some(message) if message.is_broken() => Vec::new(),
        Some(message) => arguments(source, call, key, message),
    }
}

fn unknown(source: &Source, key: &Word, texts: &Texts) -> Fault {
    let tag = &texts.language.tag;
    let group = format!("{}.", key.text);
    let inside = texts.messages.keys().find(|other| other.starts_with(&group));
    let help = match (inside, nearest(&key.text, texts.messages.keys().map(String::as_str))) {
        (Some(inside), _) => {
            format!("`{}` is a group of texts: name one of them, such as `{inside}`", key.text)
        }
        (None, Some(meant)) => format!("did you mean `{meant}`?"),
        (None, None) => format!("add it to translations/{tag}.yaml"),
    };
    let message = format!("there is no text `{}` in `{tag}`", key.text);
    Fault::error("unknown-text", source.place(key.span.clone()), message).label("unknown").help(help)
}

fn arguments(source: &Source, call: &Call, key: &Word, message: &Message) -> Vec<Fault> {
    let placeholders = message.placeholders();
    let mut faults = Vec::new();
    if message.is_plural() && call.argument("n").is_none() {
        let words = format!("the text `{}` is a plural and needs a number", key.text);
        let fault = Fault::error("missing-number", source.place(key.span.clone()), words).label("no `n`");
        faults.push(fault.help(format!("write `t(key=\"{}\", n=…)`", key.text)));
    }
    for name in placeholders.iter().filter(|name| call.argument(name).is_none()) {
        let words = format!("the text `{}` needs a value for `{name}`", key.text);
        let fault = Fault::error("missing-argument", source.place(key.span.clone()), words);
        faults.push(
            fault.label(format!("no `{name}`")).help(format!("write `t(key=\"{}\", {name}=…)`", key.text)),
        );
    }
    for (name, _) in &call.arguments {
        let known = name.text == "key" || (name.text == "n" && message.is_plural());
        if known || placeholders.contains(&name.text.as_str()) {
            continue;
        }
        let help = match nearest(&name.text, placeholders.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if placeholders.is_empty() => "it has no placeholders: remove the argument".to_owned(),
            None => format!("its placeholders: {}", placeholders.join(", ")),
        };
        let words = format!("the text `{}` has no placeholder `{{{}}}`", key.text, name.text);
        faults.push(
            Fault::error("unknown-argument", source.place(name.span.clone()), words)
                .label("unknown")
                .help(help),
        );
    }
    faults
}
