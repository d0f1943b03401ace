//! What a page's bytes depend on besides its view: the templates it can reach, the texts, the addresses of assets.

use std::collections::BTreeMap;

use crate::library::{Library, Source};
use crate::syntax::UseKind;
use crate::translations::Texts;

/// The digest of every template by its full name, over the sources of all templates that it can reach.
pub(crate) fn templates(library: &Library) -> BTreeMap<String, [u8; 32]> {
    library.iter().map(|source| (source.name.clone(), template(library, source))).collect()
}

/// A template and all others that it can reach, by full name.
pub(crate) fn reached<'a>(library: &'a Library, source: &'a Source) -> BTreeMap<&'a str, &'a Source> {
    let mut reached: BTreeMap<&str, &Source> = BTreeMap::new();
    let mut open = vec![source];
    while let Some(source) = open.pop() {
        if reached.insert(&source.name, source).is_some() {
            continue;
        }
        for used in source.tree.iter().flat_map(|tree| &tree.uses) {
            let target = match used.kind {
                UseKind::Extends | UseKind::Include => library.resolve(&used.name.text),
                UseKind::Component => library.component(&used.name.text).map(|(source, _)| source),
                UseKind::Filter | UseKind::Test | UseKind::Function => None,
            };
            open.extend(target);
        }
    }
    // A template that could not be parsed may reach any other.
    if reached.values().any(|source| source.tree.is_none()) {
        reached.extend(library.iter().map(|source| (source.name.as_str(), source)));
    }
    reached
}

fn template(library: &Library, source: &Source) -> [u8; 32] {
    let reached = reached(library, source);
    let mut hasher = blake3::Hasher::new();
    for source in reached.values() {
        part(&mut hasher, &source.name);
        part(&mut hasher, &source.text);
    }
    *hasher.finalize().as_bytes()
}

/// The digest of what all pages of one language share.
pub(crate) fn language(texts: &Texts, urls: &BTreeMap<String, String>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    texts.digest(&mut hasher);
    for (path, url) in urls {
        part(&mut hasher, path);
        part(&mut hasher, url);
    }
    *hasher.finalize().as_bytes()
}

/// Both together.
pub(crate) fn page(language: Option<&[u8; 32]>, template: Option<&[u8; 32]>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for half in [language, template] {
        hasher.update(half.map_or(&[0; 32], |half| half));
    }
    *hasher.finalize().as_bytes()
}

/// Hashes a text with its length, so that different sequences of texts never hash the same bytes.
fn part(hasher: &mut blake3::Hasher, text: &str) {
    hasher.update(&(text.len() as u64).to_le_bytes());
    hasher.update(text.as_bytes());
}
