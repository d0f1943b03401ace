//! What addresses are made of in each language, and old addresses.

use std::sync::Arc;

use super::entities::TermKind;
use super::refs::FileRef;

/// The words that addresses are made of, in one language.
#[derive(Debug, Clone)]
pub struct PathWords {
    /// `produits`
    pub products: String,
    /// `categories`
    pub categories: String,
    /// `collections`
    pub collections: String,
    /// `etiquettes`
    pub tags: String,
    /// `createurs`
    pub makers: String,
    /// `page`
    pub page: String,
    /// `panier`; `None` if the theme has no cart or the shop delivers nothing.
    pub cart: Option<String>,
}

impl PathWords {
    /// The word for a list of terms.
    pub fn term(&self, kind: TermKind) -> &str {
        match kind {
            TermKind::Category => &self.categories,
            TermKind::Collection => &self.collections,
            TermKind::Tag => &self.tags,
            TermKind::Maker => &self.makers,
        }
    }
}

/// An old address.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// Where it was.
    pub from: String,
    /// Where it is now.
    pub to: Arc<str>,
    /// Where this is written.
    pub place: (FileRef, std::ops::Range<usize>),
}
