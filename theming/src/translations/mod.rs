//! The texts of a theme in the languages of the shop: read from `translations/LANG.yaml`, checked, inserted into pages.
//!
//! A file is a tree of groups, flattened to dotted keys (`cart.count`). A map whose keys are all CLDR plural
//! categories is one text with a form for each. A child theme's text replaces its parent's of the same key. A key
//! that ends in `_html` is markup: it is printed as it is, and what is put into it is escaped.

mod calls;
mod check;
mod message;
mod read;
mod untranslated;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::language::Language;
use faults::Faults;

use crate::layer::Layer;
pub(crate) use calls::check as check_calls;
pub(crate) use message::{Message, Problem};
pub use untranslated::{languages, to_translate};

/// The texts of one language.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    pub(crate) language: Language,
    pub(crate) messages: BTreeMap<String, Message>,
}

impl Texts {
    /// No text at all.
    pub(crate) fn none() -> Self {
        Texts { language: Language::new("und"), messages: BTreeMap::new() }
    }

    /// The text of a key, its placeholders filled from `value`. `n` selects the plural form and fills `{n}`.
    pub(crate) fn fill<'v>(
        &self,
        key: &str,
        n: Option<i64>,
        value: impl Fn(&str) -> Option<Cow<'v, str>>,
    ) -> Result<String, Problem> {
        let message = self.messages.get(key).ok_or_else(|| Problem::Unknown(key.to_owned()))?;
        let number = n.map(|n| self.language.number(n));
        let text = message
            .form(n.map(|n| self.language.category(n)))
            .ok_or_else(|| Problem::Number(key.to_owned()))?;
        let filled = text.fill(|name| match (name, &number) {
            ("n", Some(number)) => Some(Cow::Owned(number.clone())),
            _ => value(name),
        });
        filled.map_err(|name| Problem::Missing(key.to_owned(), name))
    }

    /// Hashes every key and text.
    pub(crate) fn digest(&self, hasher: &mut blake3::Hasher) {
        let mut part = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        part(&self.language.tag);
        for (key, message) in &self.messages {
            part(key);
            for (category, text) in message.forms() {
                part(category);
                part(&text.written);
            }
        }
    }
}

/// The result of reading.
pub(crate) struct Read {
    /// In the order of the languages.
    pub(crate) texts: Vec<Arc<Texts>>,
    /// Whether every language has a file and all could be read; otherwise texts only seem to be missing.
    pub(crate) whole: bool,
}

/// Reads the files of each language of the shop in all layers (child first), and compares the languages.
pub(crate) fn read(languages: &[String], layers: &[Layer], faults: &mut Faults) -> Read {
    let mut read = Read { texts: Vec::new(), whole: true };
    for tag in languages {
        let language = Language::new(tag);
        // `de-AT` has the texts of `de`, except for those in a file of its own.
        let base = untranslated::base(tag);
        let tags = [Some(base).filter(|base| base != tag), Some(tag)];
        let paths: Vec<String> =
            tags.into_iter().flatten().map(|tag| format!("translations/{tag}.yaml")).collect();
        let mut messages = BTreeMap::new();
        let own_first: Vec<&Layer> = layers.iter().collect();
        let files: Vec<(&Layer, &String)> = own_first
            .iter()
            .rev()
            .flat_map(|layer| paths.iter().map(move |path| (*layer, path)))
            .filter(|(layer, path)| layer.files.contains_key(*path))
            .collect();
        if files.is_empty() {
            read.whole = false;
            faults.extend(layers.first().map(|own| check::no_file(own, tag)));
        }
        for (layer, path) in files {
            let source = layer.yaml(path, faults);
            let known = source.as_ref().and_then(|source| read::file(source, &language, &mut messages));
            read.whole &= known.is_some();
            source.into_iter().for_each(|source| faults.extend(source.take_faults()));
        }
        faults.extend(untranslated::left(&own_first, tag, &messages));
        read.texts.push(Arc::new(Texts { language, messages }));
    }
    if read.whole {
        faults.extend(check::across(&read.texts));
    }
    read
}
