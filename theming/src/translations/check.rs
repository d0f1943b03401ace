//! What one language says, the others say too.

use std::sync::Arc;

use faults::suggest::nearest;
use faults::{Fault, Faults, Place};

use crate::layer::Layer;

use super::Texts;
use super::message::Message;

/// A language of the shop that no layer of the theme speaks.
pub(super) fn no_file(own: &Layer, tag: &str) -> Fault {
    Fault::error(
        "missing-language",
        Place::file(format!("{}/translations/{tag}.yaml", own.folder())),
        format!("the theme `{}` has no texts in `{tag}`", own.name),
    )
    .help(format!(
        "run `bazaar theme words {tag}`: it writes this file for you to translate; or remove `{tag}` from `languages` in shop.yaml"
    ))
}

/// Compares every language with the first, which is the shop's default.
pub(super) fn across(all: &[Arc<Texts>]) -> Faults {
    let mut faults = Faults::new();
    let Some((default, others)) = all.split_first() else { return faults };
    for other in others {
        for (key, message) in &default.messages {
            match other.messages.get(key) {
                None => faults.push(missing(default, other, key, message)),
                Some(translated) if message.is_broken() || translated.is_broken() => {}
                Some(translated) => faults.extend(placeholders(default, other, key, (message, translated))),
            }
        }
    }
    faults
}

fn missing(default: &Texts, other: &Texts, key: &str, message: &Message) -> Fault {
    let tag = &other.language.tag;
    let file = message.place.file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let help = match nearest(
        key,
        other.messages.keys().filter(|key| !default.messages.contains_key(*key)).map(String::as_str),
    ) {
        Some(meant) => format!("`{meant}` in {file}/{tag}.yaml looks like it: give both the same key"),
        None => format!("add `{key}` to {file}/{tag}.yaml"),
    };
    Fault::error("missing-text", message.place.clone(), format!("the text `{key}` is missing in `{tag}`"))
        .label(format!("in `{}` only", default.language.tag))
        .help(help)
}

fn placeholders(
    default: &Texts,
    other: &Texts,
    key: &str,
    (message, translated): (&Message, &Message),
) -> Vec<Fault> {
    let (known, used) = (message.placeholders(), translated.placeholders());
    let (first, second) = (&default.language.tag, &other.language.tag);
    let strange = used.iter().filter(|name| !known.contains(name)).map(|name| {
        let number = message.is_plural().then_some("n");
        let known: Vec<String> = number.iter().chain(&known).map(|name| format!("`{{{name}}}`")).collect();
        let help = match nearest(&format!("`{{{name}}}`"), known.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean {meant}?"),
            None if known.is_empty() => format!("the `{first}` text has no placeholders: remove it"),
            None => format!("its placeholders: {}", known.join(", ")),
        };
        let message = format!("`{{{name}}}` in the text `{key}` is not in its `{first}` text");
        Fault::error("unknown-placeholder", translated.place.clone(), message).help(help)
    });
    let forgotten = known.iter().filter(|name| !used.contains(name)).map(|name| {
        let message =
            format!("the `{second}` text `{key}` leaves out `{{{name}}}`, which the `{first}` text has");
        Fault::warning("missing-placeholder", translated.place.clone(), message)
            .help(format!("put `{{{name}}}` where it belongs in the sentence"))
    });
    let plural = (message.is_plural() != translated.is_plural()).then(|| {
        let (is, instead) =
            if message.is_plural() { ("a plural", "one text") } else { ("one text", "a plural") };
        let message = format!("the text `{key}` is {is} in `{first}`, but {instead} in `{second}`");
        Fault::error("uneven-plural", translated.place.clone(), message)
            .help("give it plural forms in every language, or in none")
    });
    strange.chain(forgotten).chain(plural).collect()
}
