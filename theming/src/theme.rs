//! A theme ready to render pages.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::message::is_html;
use faults::{Fault, Place};
use messages::tr;
use tera::Tera;

use crate::asset::Asset;
use crate::library::Library;
use crate::photos::PhotoSettings;
use crate::till::Till;
use crate::translations::Texts;
use crate::{digest, engine};

/// A theme and those that it extends, checked, for the languages of one shop. Threads may share it.
#[derive(Debug)]
pub struct Theme {
    /// The folder's name.
    pub name: String,
    /// Which files a photo becomes.
    pub photos: PhotoSettings,
    /// The one stylesheet; not among [`Theme::assets`].
    pub css: Asset,
    /// Scripts, fonts, icons and images, by path.
    pub assets: Vec<Asset>,
    /// Addresses of the scripts of every page, in order.
    pub scripts: Vec<String>,
    /// Addresses of the fonts to preload, in order.
    pub fonts: Vec<String>,
    /// The settings as templates see them.
    pub settings: BTreeMap<String, serde_json::Value>,
    /// What the till gets of the theme.
    pub till: Till,
    pub(crate) library: Library,
    pub(crate) languages: BTreeMap<String, Language>,
    pub(crate) templates: BTreeMap<String, [u8; 32]>,
}

/// What belongs to one language.
pub(crate) struct Language {
    pub(crate) tera: Tera,
    pub(crate) texts: Arc<Texts>,
    pub(crate) digest: [u8; 32],
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Language").field("tag", &self.texts.language.tag).finish_non_exhaustive()
    }
}

impl Theme {
    /// Renders `template` (`product.html`) in a language of the shop.
    ///
    /// # Errors
    /// Tera's error, at the template's file, line and column.
    pub fn render(&self, lang: &str, template: &str, context: &tera::Context) -> Result<String, Box<Fault>> {
        match self.languages.get(lang) {
            Some(language) => engine::render(&language.tera, &self.library, template, context),
            None => {
                let name = &self.name;
                let message = tr!("the theme `{name}` was not made ready for the language `{lang}`");
                let help = tr!("name the language in `languages` of shop.yaml");
                Err(Box::new(Fault::error("unknown-language", Place::file(template), message).help(help)))
            }
        }
    }

    /// A text of the theme. `n` selects the plural form and fills `{n}`. Arguments of a key that ends in `_html` are
    /// escaped. `None` if the language, the key, the number or an argument is missing.
    pub fn text(&self, lang: &str, key: &str, n: Option<i64>, args: &[(&str, &str)]) -> Option<String> {
        let texts = &self.languages.get(lang)?.texts;
        let html = is_html(key);
        let filled = texts.fill(key, n, |name| {
            let (_, value) = args.iter().find(|(one, _)| *one == name)?;
            Some(if html { Cow::Owned(escaped(value)) } else { Cow::Borrowed(*value) })
        });
        filled.ok()
    }

    /// A digest of everything in the theme that a page of this template and language can show: the sources of all
    /// templates that it reaches, the language's texts, the addresses of assets. Other edits do not change it.
    pub fn digest(&self, lang: &str, template: &str) -> [u8; 32] {
        let template = self.library.resolve(template).and_then(|source| self.templates.get(&source.name));
        digest::page(self.languages.get(lang).map(|language| &language.digest), template)
    }

    /// The place of `written` in a page's template or one that it reaches; else the beginning of the template.
    pub fn place_of(&self, template: &str, written: &str) -> Place {
        let Some(own) = self.library.resolve(template) else { return Place::file(template) };
        let found = digest::reached(&self.library, own).into_values().find_map(|source| {
            let at = source.text.find(written)?;
            Some(source.place(at..at + written.len()))
        });
        found.unwrap_or_else(|| Place::file(own.shown.clone()))
    }

    /// The place of a text's key.
    pub fn place_of_text(&self, lang: &str, key: &str) -> Option<Place> {
        Some(self.languages.get(lang)?.texts.messages.get(key)?.place.clone())
    }

    /// Whether it has a template.
    pub fn has(&self, template: &str) -> bool {
        self.library.resolve(template).is_some()
    }

    /// The languages that it was compiled for.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }
}

/// A text escaped for HTML, by Tera's own rules.
fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 8);
    // Writing to memory cannot fail, and escaping keeps UTF-8.
    let _ = tera::escape_html(text, &mut out);
    String::from_utf8(out).unwrap_or_default()
}
