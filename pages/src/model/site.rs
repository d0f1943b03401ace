//! The shop as a whole: every name resolved to the thing it means, every price and stock as of the build's instant.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use catalog::Timestamp;

use super::documents::{DocKind, Unreadable};
use super::entities::{Listing, Page, PhotoIx, PhotoSource, ProductIx, Term, TermIx, TermKind};
use super::lang::Localized;
use super::paths::{PathWords, Redirect};
use super::product::Product;
use super::refs::ImageRef;
use super::shop::Shop;

/// Everything a site is made of.
#[derive(Debug)]
pub struct Site {
    /// Settings.
    pub shop: Arc<Shop>,
    /// Published products, by id.
    pub products: Vec<Product>,
    /// All terms, by kind.
    pub terms: BTreeMap<TermKind, Vec<Term>>,
    /// Free pages, by id, except the home page's text.
    pub pages: Vec<Page>,
    /// The text of the home page.
    pub home: Option<Page>,
    /// Photos that are shown, by path.
    pub photos: Vec<PhotoSource>,
    /// Their positions.
    pub photo_at: BTreeMap<Box<str>, PhotoIx>,
    /// All products: available ones before those that are gone, newest first.
    pub newest: Listing,
    /// Menus by language.
    pub menus: Vec<Menus>,
    /// Words of addresses, by language.
    pub paths: Vec<PathWords>,
    /// Old addresses and where they lead now, with where they are written.
    pub redirects: Vec<Redirect>,
    /// Files of `content/static/`, by path below it.
    pub statics: BTreeMap<String, PathBuf>,
    /// What shoppers read while the shop is closed, if it is closed now.
    pub closed: Option<Localized>,
    /// The next instant at which a date of the content is reached (Unix seconds).
    pub next_change: Option<Timestamp>,
    /// Files with faults so grave that their content is unknown: references to them are not faults.
    pub unreadable: BTreeSet<Unreadable>,
}

/// The menus of one language, resolved.
#[derive(Debug, Clone, Default)]
pub struct Menus {
    /// Top of every page.
    pub main: Vec<super::view::MenuEntry>,
    /// Bottom of every page.
    pub footer: Vec<super::view::MenuEntry>,
}

impl Site {
    /// Whether a thing's main file could not be read.
    pub fn is_unreadable(&self, kind: DocKind, id: &str) -> bool {
        !self.unreadable.is_empty()
            && self.unreadable.contains(&Unreadable { kind, id: id.into(), lang: None })
    }

    /// A term.
    pub fn term(&self, kind: TermKind, ix: TermIx) -> &Term {
        &self.terms[&kind][ix.at()]
    }

    /// The terms of a kind.
    pub fn terms_of(&self, kind: TermKind) -> &[Term] {
        self.terms.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// A product.
    pub fn product(&self, ix: ProductIx) -> &Product {
        &self.products[ix.at()]
    }

    /// A photo, by the way an owner named it.
    pub fn photo_named(&self, image: &ImageRef) -> Option<PhotoIx> {
        self.photo_at.get(&image.path).copied()
    }
}
