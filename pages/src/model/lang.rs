//! The languages of a shop, and texts in them.

/// Position of a language in `shop.languages`; 0 is the default one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct LangIx(pub u8);

impl LangIx {
    /// The default language.
    pub const DEFAULT: LangIx = LangIx(0);
}

/// A text for some of the shop's languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Localized(Vec<(LangIx, Box<str>)>);

/// A text as shown to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown<'a> {
    /// The text.
    pub text: &'a str,
    /// The language of the text, if it is not the reader's.
    pub fallback: Option<LangIx>,
}

impl Localized {
    /// The same text for everyone.
    pub fn one(text: impl Into<Box<str>>) -> Self {
        Localized(vec![(LangIx::DEFAULT, text.into())])
    }

    /// Adds or replaces the text of a language.
    pub fn set(&mut self, lang: LangIx, text: impl Into<Box<str>>) {
        self.0.retain(|(other, _)| *other != lang);
        self.0.push((lang, text.into()));
        self.0.sort_by_key(|(lang, _)| *lang);
    }

    /// The text in exactly this language.
    pub fn exact(&self, lang: LangIx) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == lang).map(|(_, text)| &**text)
    }

    /// The text for a reader of `lang`: in `lang`, else in the first language that has one.
    pub fn shown(&self, lang: LangIx) -> Option<Shown<'_>> {
        if let Some(text) = self.exact(lang) {
            return Some(Shown { text, fallback: None });
        }
        self.0.first().map(|(other, text)| Shown { text, fallback: Some(*other) })
    }

    /// The text for a reader of `lang`, or an empty one.
    pub fn get(&self, lang: LangIx) -> &str {
        self.shown(lang).map_or("", |shown| shown.text)
    }

    /// Whether no language has a text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All texts.
    pub fn iter(&self) -> impl Iterator<Item = (LangIx, &str)> {
        self.0.iter().map(|(lang, text)| (*lang, &**text))
    }

    /// The same languages with each text changed by `f`.
    #[must_use]
    pub fn map(&self, mut f: impl FnMut(LangIx, &str) -> String) -> Self {
        Localized(self.0.iter().map(|(lang, text)| (*lang, f(*lang, text).into())).collect())
    }
}
