//! `theme words LANG`: writes the file for translating the theme's texts, or for correcting them if they are translated.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use faults::Faults;
use theming::Layer;

use pages::build;
use pages::stage::parse::shop::is_language_tag;

/// Why there is no new file.
#[derive(Debug)]
pub(super) enum WordsError {
    /// Not a language tag.
    Tag(String),
    /// Neither shop.yaml nor the theme could be read.
    Faults(Faults),
    /// Every layer of the theme has its own file already.
    Exists(PathBuf),
    /// The theme has no texts in the language to begin from; these are the languages it has.
    NoWords(String, Vec<String>),
    /// The disk refused.
    Disk(PathBuf, std::io::Error),
}

/// A file that was written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) path: PathBuf,
    /// The language that its texts are in; the target language itself if the theme has it and it can be corrected.
    pub(super) from: String,
}

/// Writes the texts of the shop's theme in `to`, for each layer that has none in a folder of the shop. They are copied if
/// the theme has `to`, else taken `from` another language: the shop's first, or English.
pub(super) fn words(shop: &Path, to: &str, from: Option<&str>) -> Result<Vec<Written>, WordsError> {
    if !is_language_tag(to) {
        return Err(WordsError::Tag(to.to_owned()));
    }
    let (settings, layers) = build::theme_of(shop).map_err(WordsError::Faults)?;
    let file = |layer: &Layer| shop.join("themes").join(&layer.name).join(format!("translations/{to}.yaml"));
    let missing: Vec<&Layer> = layers.iter().filter(|layer| !file(layer).exists()).collect();
    if missing.is_empty() {
        return Err(WordsError::Exists(layers.first().map(file).unwrap_or_default()));
    }
    // A theme that extends none and has no texts yet begins with those of the default theme.
    let petit = theming::embedded();
    let spoken = layers.iter().rev().find(|layer| !theming::languages(layer).is_empty());
    let known = theming::languages(spoken.unwrap_or(&petit));
    let from = match from {
        Some(from) if known.contains(&from) => from,
        Some(from) => {
            let known = known.iter().map(|tag| (*tag).to_owned()).collect();
            return Err(WordsError::NoWords(from.to_owned(), known));
        }
        None => [Some(to), settings.languages.first().map(String::as_str), Some("en")]
            .into_iter()
            .flatten()
            .find(|tag| known.contains(tag))
            .or(known.first().copied())
            .unwrap_or("en"),
    };
    let mut written = Vec::new();
    for layer in missing {
        let source = if spoken.is_some() { layer } else { &petit };
        let text = if from == to {
            source.files.get(&format!("translations/{to}.yaml")).map(|file| file.bytes.to_vec())
        } else {
            let text = theming::to_translate(source, from, to).map_err(WordsError::Faults)?;
            text.map(String::into_bytes)
        };
        let Some(text) = text else { continue };
        let path = file(layer);
        write_new(&path, &text).map_err(|error| WordsError::Disk(path.clone(), error))?;
        written.push(Written { path, from: from.to_owned() });
    }
    Ok(written)
}

fn write_new(path: &Path, text: &[u8]) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text)
}
