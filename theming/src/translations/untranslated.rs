//! Translations that are still to be written: a file to begin with, and which of its texts are not translated yet.
//!
//! `bazaar theme words LANG` writes the file: the texts of another language, with the plural forms that LANG needs. Its
//! first line names that language, so that a build can warn about the texts that nobody has translated yet.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use catalog::language::Language;
use faults::{Fault, Faults};
use messages::{tr, trn};
use yaml::{Entry, Kind};

use super::message::Message;
use super::read;
use crate::layer::Layer;

/// The beginning of a translation file's first line; the language that its texts come from follows.
const MARK: &str = "# To translate from ";

/// Texts of fewer words may well be the same in two languages: "Menu", "Total".
const WORDS: usize = 3;

/// The tags of the languages that a theme's folder has texts in.
pub fn languages(layer: &Layer) -> Vec<&str> {
    layer.below("translations").filter_map(|(path, _)| path.strip_suffix(".yaml")).collect()
}

/// A file `translations/{to}.yaml` to begin with: the texts of `from` as they are written in the layer, comments included,
/// with the plural forms that `to` needs. `None` if the layer has no texts in `from`.
///
/// # Errors
/// The faults of the file of `from`, if it cannot be read.
pub fn to_translate(layer: &Layer, from: &str, to: &str) -> Result<Option<String>, Faults> {
    let mut faults = Faults::new();
    let Some(source) = layer.yaml(&path(from), &mut faults) else {
        return if faults.any_error() { Err(faults) } else { Ok(None) };
    };
    let Some(root) = yaml::parse(&source, 0..source.text.len()) else { return Err(source.take_faults()) };
    let Kind::Map(entries) = &root.kind else { return Ok(None) };
    let mut changes = BTreeMap::new();
    let language = Language::new(to);
    for entry in entries {
        match &*entry.key {
            "language" => {
                changes.insert(entry.value.span.start, (entry.value.span.end, quoted(to)));
            }
            "locale" => {
                changes.insert(entry.value.span.start, (entry.value.span.end, to.replace('-', "_")));
            }
            _ => plurals(entry, &language, &mut changes),
        }
    }
    // The file's first line, a comment, names its own language.
    let own_heading = source.text.starts_with('#').then(|| source.text.find('\n')).flatten();
    let mut out = format!(
        "{MARK}{from}. Translate what stands behind each colon; keep the names in braces as they are.\n\
         # `language` is what this language calls itself, `locale` its language and country (pt_BR).\n"
    );
    let mut at = own_heading.map_or(0, |end| end + 1);
    for (start, (end, text)) in changes {
        out.push_str(source.text.get(at..start).unwrap_or_default());
        out.push_str(&text);
        at = end;
    }
    out.push_str(source.text.get(at..).unwrap_or_default());
    Ok(Some(out))
}

/// The language of a tag, without its country: `de` of `de-AT`.
pub(super) fn base(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

fn path(tag: &str) -> String {
    format!("translations/{tag}.yaml")
}

/// Rewrites each text with plural forms below `entry` in the forms that `language` has.
fn plurals(entry: &Entry, language: &Language, changes: &mut BTreeMap<usize, (usize, String)>) {
    let Kind::Map(inner) = &entry.value.kind else { return };
    if !read::is_plural(inner) {
        return inner.iter().for_each(|entry| plurals(entry, language, changes));
    }
    let form = |wanted: &str| {
        inner.iter().find(|form| &*form.key == wanted).and_then(|form| match &form.value.kind {
            Kind::Scalar { text, .. } => Some(&**text),
            _ => None,
        })
    };
    let mut forms = String::new();
    for (category, numbers) in language.categories() {
        if numbers.is_empty() && category != "other" {
            continue;
        }
        let text = form(category).or_else(|| form("other")).unwrap_or_default();
        let comma = if forms.is_empty() { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(forms, "{comma}{category}: {}", quoted(text));
    }
    let span = &entry.value.span;
    changes.insert(span.start, (span.end, format!("{{ {forms} }}")));
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// Warns, once per language, about the texts in `translations/{tag}.yaml` that are still those of the language that the
/// file was begun from.
pub(super) fn left(layers: &[&Layer], tag: &str, messages: &BTreeMap<String, Message>) -> Option<Fault> {
    let from = layers.iter().find_map(|layer| {
        let text = std::str::from_utf8(&layer.files.get(&path(tag))?.bytes).ok()?;
        let rest = text.trim_start_matches('\u{feff}').strip_prefix(MARK)?;
        Some(rest.split(['.', '\r', '\n']).next().unwrap_or_default().trim().to_owned())
    })?;
    if base(&from) == base(tag) {
        return None;
    }
    let mut theirs = BTreeMap::new();
    // Faults in a language that the shop does not have do not concern it.
    let mut ignored = Faults::new();
    for layer in layers {
        if let Some(source) = layer.yaml(&path(&from), &mut ignored) {
            let _ = read::file(&source, &Language::new(&from), &mut theirs);
        }
    }
    let same: Vec<(&String, &Message)> = messages
        .iter()
        .filter(|(key, message)| {
            let text = |message: &Message| message.form(Some("other")).map(|text| text.written.clone());
            let own = text(message);
            let long = own.as_ref().is_some_and(|text| text.split_whitespace().count() >= WORDS);
            long && own == theirs.get(*key).and_then(text)
        })
        .collect();
    let (key, first) = same.iter().min_by_key(|(_, message)| message.place.span.start)?;
    let count = same.len();
    let message = trn!(
        count,
        "the text `{key}` of `{tag}` is still in `{from}`",
        "{count} texts of `{tag}` are still in `{from}`; `{key}` is the first"
    );
    let place = first.place.clone();
    let help = tr!("translate them; where a text is right as it is, remove the file's first line");
    Some(Fault::warning("untranslated-words", place, message).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{ThemeFile, embedded};

    fn with(tag: &str, text: &str) -> Layer {
        let mut layer = embedded();
        let shown = format!("themes/petit/{}", path(tag)).into();
        layer.files.insert(path(tag), ThemeFile { shown, bytes: text.as_bytes().into() });
        layer
    }

    fn read(layer: &Layer, tag: &str) -> (BTreeMap<String, Message>, Faults) {
        let mut faults = Faults::new();
        let source = layer.yaml(&path(tag), &mut faults).expect("a file");
        let mut messages = BTreeMap::new();
        read::file(&source, &Language::new(tag), &mut messages).expect("readable");
        faults.extend(source.take_faults());
        (messages, faults)
    }

    #[test]
    fn a_file_to_translate_has_every_text_in_the_plural_forms_of_its_language() {
        for tag in ["pl", "pt-BR", "cy", "ja", "ar", "ga"] {
            let text = to_translate(&embedded(), "en", tag).expect("readable").expect("petit speaks English");
            let layer = with(tag, &text);
            let (messages, faults) = read(&layer, tag);
            assert!(faults.is_empty(), "{tag}: {faults:?}");
            let (english, _) = read(&embedded(), "en");
            assert!(messages.keys().eq(english.keys()), "{tag}");
        }
    }

    #[test]
    fn texts_left_in_the_language_they_came_from_are_one_warning() {
        let text = to_translate(&embedded(), "en", "pt").expect("readable").expect("petit speaks English");
        let layer = with("pt", &text);
        let (messages, _) = read(&layer, "pt");
        let fault = left(&[&layer], "pt", &messages).expect("nothing is translated");
        assert!(fault.message.contains("texts of `pt` are still in `en`"), "{}", fault.message);
        let own = with("pt", text.split_once('\n').expect("a first line").1);
        assert!(left(&[&own], "pt", &messages).is_none());
        for tag in languages(&embedded()) {
            let shipped = embedded();
            let (messages, _) = read(&shipped, tag);
            assert!(left(&[&shipped], tag, &messages).is_none(), "{tag}");
        }
    }

    #[test]
    fn a_language_that_the_theme_does_not_speak_gives_nothing_to_begin_from() {
        assert!(to_translate(&embedded(), "xx", "pt").expect("no mistake").is_none());
    }
}
