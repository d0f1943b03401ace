//! Checks that all languages have the same texts.

use std::sync::Arc;

use faults::suggest::nearest;
use faults::{Fault, Faults, Place};
use messages::tr;

use crate::layer::Layer;

use super::Texts;
use super::message::Message;

/// Reports a language of the shop that no layer of the theme has.
pub(super) fn no_file(own: &Layer, tag: &str) -> Fault {
    let theme = &own.name;
    Fault::error(
        "missing-language",
        Place::file(format!("{}/translations/{tag}.yaml", own.folder())),
        tr!("the theme `{theme}` has no texts in `{tag}`"),
    )
    .help(tr!(
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
        Some(meant) => tr!("`{meant}` in {file}/{tag}.yaml looks like it: give both the same key"),
        None => tr!("add `{key}` to {file}/{tag}.yaml"),
    };
    let other = &default.language.tag;
    Fault::error("missing-text", message.place.clone(), tr!("the text `{key}` is missing in `{tag}`"))
        .label(tr!("in `{other}` only"))
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
            Some(meant) => tr!("did you mean {meant}?"),
            None if known.is_empty() => tr!("the `{first}` text has no placeholders: remove it"),
            None => tr!("its placeholders: {list}", list = known.join(", ")),
        };
        let message = tr!("`{{{name}}}` in the text `{key}` is not in its `{first}` text");
        Fault::error("unknown-placeholder", translated.place.clone(), message).help(help)
    });
    let forgotten = known.iter().filter(|name| !used.contains(name)).map(|name| {
        let message =
            tr!("the `{second}` text `{key}` leaves out `{{{name}}}`, which the `{first}` text has");
        Fault::warning("missing-placeholder", translated.place.clone(), message)
            .help(tr!("put `{{{name}}}` where it belongs in the sentence"))
    });
    let plural = (message.is_plural() != translated.is_plural()).then(|| {
        let message = if message.is_plural() {
            tr!("the text `{key}` is a plural in `{first}`, but one text in `{second}`")
        } else {
            tr!("the text `{key}` is one text in `{first}`, but a plural in `{second}`")
        };
        Fault::error("uneven-plural", translated.place.clone(), message)
            .help(tr!("give it plural forms in every language, or in none"))
    });
    strange.chain(forgotten).chain(plural).collect()
}
