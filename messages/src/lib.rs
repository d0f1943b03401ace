//! What bazaar says to the owner, in English and French.
//!
//! A message is written in English in the code: `tr!("there is no product {name}")`. Its French is in the one catalogue,
//! `messages/fr.po`, in gettext's PO format, so that any translation editor can open it. The macros look it up at compile
//! time: a message without French, or with other placeholders there, does not compile. The language is chosen once, when
//! a command starts.

use std::sync::atomic::{AtomicU8, Ordering};

/// A message in the user's language: `tr!("there is no product {name}")`. Placeholders have names, since translations
/// reorder them; they capture variables, or take `name = expression` arguments, as in [`format!`]. A `&'static str` without
/// placeholders, a `String` with them. `tr!("order" => "new")` has a context, for English that needs different translations
/// in different places (gettext's `pgettext`).
pub use messages_macros::tr;

/// A message in singular or plural, like gettext's `ngettext`: `trn!(count, "{count} photo", "{count} photos")`. A `String`.
/// English uses the first form for 1, French for 0 and 1 (Unicode CLDR, plural rules).
pub use messages_macros::trn;

/// A language of bazaar's messages.
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
    /// The language of a locale: a BCP 47 tag (`fr-CA`) or the value of LANG on POSIX systems (`fr_FR.UTF-8`). English for
    /// all others.
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

    /// The current language.
    pub fn spoken() -> Self {
        if SPOKEN.load(Ordering::Relaxed) == Language::French as u8 {
            Language::French
        } else {
            Language::English
        }
    }

    /// Makes this the language of the whole process from now on.
    pub fn speak(self) {
        SPOKEN.store(self as u8, Ordering::Relaxed);
    }
}
