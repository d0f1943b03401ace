//! What bazaar says to the owner, in English and French.
//!
//! A message is written in English where it is made: `tr!("there is no product {name}")`. Its French stands in the one
//! catalogue, `messages/fr.po`, in gettext's PO format, so that any editor of translations opens it. The macros look it
//! up when the program is compiled: a message without French, or with other placeholders there, does not compile. Which
//! language is spoken is decided once, when a command starts.

use std::sync::atomic::{AtomicU8, Ordering};

/// A message in the language that is spoken: `tr!("there is no product {name}")`. Placeholders have names, as
/// translations order them anew; they capture variables, or take `name = expression` arguments, as in [`format!`].
/// A `&'static str` without placeholders, a `String` with them. `tr!("order" => "new")` names a context, for English that is
/// said otherwise in another place (gettext's `pgettext`).
pub use messages_macros::tr;

/// A message in the form that its number asks for, as gettext's `ngettext`:
/// `trn!(count, "{count} photo", "{count} photos")`. A `String`. English takes the first form for 1, French for 0 and 1
/// (Unicode CLDR, plural rules).
pub use messages_macros::trn;

/// A language that bazaar speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Language {
    /// The language of the source.
    English,
    /// The language of `fr.po`.
    French,
}

static SPOKEN: AtomicU8 = AtomicU8::new(Language::English as u8);

impl Language {
    /// The language of a locale: a BCP 47 tag (`fr-CA`) or what POSIX systems keep in LANG (`fr_FR.UTF-8`). English for
    /// all that bazaar does not speak.
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['-', '_', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("fr") { Language::French } else { Language::English }
    }

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
        }
    }

    /// The language that is spoken now.
    pub fn spoken() -> Self {
        if SPOKEN.load(Ordering::Relaxed) == Language::French as u8 {
            Language::French
        } else {
            Language::English
        }
    }

    /// Speaks this language from here on, in the whole process.
    pub fn speak(self) {
        SPOKEN.store(self as u8, Ordering::Relaxed);
    }
}
