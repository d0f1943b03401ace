//! A product of the site, and its items as of the build's instant.

use std::sync::Arc;

use catalog::{Cents, Timestamp};

use super::documents::{ProductDoc, TranslationDoc};
use super::entities::{Entity, PhotoUse, ProductIx, TermIx};
use super::lang::{LangIx, Localized};

/// A product.
#[derive(Debug, Clone)]
pub struct Product {
    /// Texts and addresses.
    pub entity: Entity,
    /// Its file's content.
    pub doc: Arc<ProductDoc>,
    /// Its translations, by language.
    pub translations: Vec<Option<Arc<TranslationDoc>>>,
    /// Its items as of now, in the order of `doc.items`.
    pub items: Vec<ItemNow>,
    /// Its photos.
    pub photos: Vec<PhotoUse>,
    /// Its category.
    pub category: Option<TermIx>,
    /// Its tags.
    pub tags: Vec<TermIx>,
    /// Its maker.
    pub maker: Option<TermIx>,
    /// Similar products.
    pub related: Vec<ProductIx>,
}

/// An item as of the build's instant.
#[derive(Debug, Clone, Copy)]
pub struct ItemNow {
    /// Pieces available; `None` if unlimited.
    pub available: Option<u32>,
    /// What it costs, minor units.
    pub price: Cents,
    /// The ordinary price, during a sale.
    pub was: Option<Cents>,
    /// When that sale ends (Unix seconds, exclusive).
    pub until: Option<Timestamp>,
}

impl ItemNow {
    /// Whether it is available.
    pub fn in_stock(&self) -> bool {
        self.available != Some(0)
    }
}

impl Product {
    /// Whether any item is available.
    pub fn in_stock(&self) -> bool {
        self.items.iter().any(ItemNow::in_stock)
    }

    /// The cheapest item, available ones first: its position in `items`.
    pub fn cheapest(&self) -> usize {
        (0..self.items.len())
            .min_by_key(|at| (!self.items[*at].in_stock(), self.items[*at].price))
            .unwrap_or(0)
    }

    /// Whether only one piece was ever made.
    pub fn unique(&self) -> bool {
        match self.doc.items.as_slice() {
            [item] => matches!(item.supply, catalog::Supply::Pieces(0 | 1)),
            _ => false,
        }
    }

    /// What it is made of.
    pub fn materials(&self, lang: LangIx) -> Option<&str> {
        self.translated(lang, |doc| doc.materials.as_deref(), &self.doc.materials)
    }

    /// Safety warnings.
    pub fn warnings(&self, lang: LangIx) -> Option<&str> {
        self.translated(lang, |doc| doc.warnings.as_deref(), &self.doc.warnings)
    }

    fn translated<'a>(
        &'a self,
        lang: LangIx,
        read: impl Fn(&'a TranslationDoc) -> Option<&'a str>,
        own: &'a Localized,
    ) -> Option<&'a str> {
        let translation = self.translations.get(usize::from(lang.0)).and_then(Option::as_deref);
        translation.and_then(read).or_else(|| own.shown(lang).map(|shown| shown.text))
    }
}
