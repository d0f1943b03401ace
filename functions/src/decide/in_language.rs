//! Choosing the language of a text.

use catalog::item::Localized;
use catalog::settings::Settings;

/// The text in `lang`, else in the shop's default language, else any.
pub fn in_language(texts: &Localized, lang: &str, settings: &Settings) -> String {
    let default = settings.languages.first().map_or("", String::as_str);
    let text = texts.get(lang).or_else(|| texts.get(default)).or_else(|| texts.values().next());
    text.cloned().unwrap_or_default()
}
