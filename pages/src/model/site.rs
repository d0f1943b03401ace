//! The shop as a whole: every name resolved to the thing it means, every price and stock as of the build's instant.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use catalog::{Cents, Timestamp};
use imaging::Probe;

use super::documents::{Body, DocKind, PageDoc, ProductDoc, TermDoc, Texts, TranslationDoc, Unreadable};
use super::lang::{LangIx, Localized, Shown};
use super::refs::{FileRef, ImageRef};
use super::shop::Shop;

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub u32);
        impl $name {
            /// As a position.
            pub fn at(self) -> usize {
                self.0 as usize
            }
            /// From a position.
            pub fn new(at: usize) -> Self {
                $name(u32::try_from(at).unwrap_or(u32::MAX))
            }
        }
    )*};
}

index!(
    /// A product of the site.
    ProductIx,
    /// A term of its list.
    TermIx,
    /// A free page.
    PageIx,
    /// A photo.
    PhotoIx,
);

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

/// The lists of terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum TermKind {
    /// `categories/`
    Category,
    /// `collections/`
    Collection,
    /// Tags of products.
    Tag,
    /// `makers/`
    Maker,
}

impl TermKind {
    /// All of them.
    pub const ALL: [TermKind; 4] = [TermKind::Category, TermKind::Collection, TermKind::Tag, TermKind::Maker];

    /// The page's kind, also the template's name.
    pub fn as_str(self) -> &'static str {
        match self {
            TermKind::Category => "category",
            TermKind::Collection => "collection",
            TermKind::Tag => "tag",
            TermKind::Maker => "maker",
        }
    }

    /// The kind of its files; tags have none.
    pub fn doc_kind(self) -> Option<DocKind> {
        DocKind::ALL.into_iter().find(|kind| kind.as_str() == self.as_str())
    }

    /// The list's name.
    pub fn plural(self) -> &'static str {
        match self {
            TermKind::Category => "categories",
            TermKind::Collection => "collections",
            TermKind::Tag => "tags",
            TermKind::Maker => "makers",
        }
    }
}

/// What everything with a page has: an id, texts by language, addresses.
#[derive(Debug, Clone)]
pub struct Entity {
    /// Its id.
    pub id: Arc<str>,
    /// Its main file; `None` for tags, which have none.
    pub file: Option<FileRef>,
    /// The file of each language, where there is one.
    pub files: Vec<Option<FileRef>>,
    /// Its texts in each language, where there are any.
    pub texts: Vec<Option<Arc<Texts>>>,
    /// Its address in each language; `None` where it is left out.
    pub urls: Vec<Option<Arc<str>>>,
}

impl Entity {
    fn first<'a, T: 'a>(
        &'a self,
        lang: LangIx,
        read: impl Fn(&'a Texts) -> Option<T>,
    ) -> Option<(T, Option<LangIx>)> {
        let of =
            |lang: LangIx| self.texts.get(usize::from(lang.0)).and_then(Option::as_deref).and_then(&read);
        // Never fall back to another translation: the default language is the original of them all.
        of(lang).map(|found| (found, None)).or_else(|| {
            let default = LangIx::DEFAULT;
            of(default).filter(|_| lang != default).map(|found| (found, Some(default)))
        })
    }

    /// Title for a reader of `lang`.
    pub fn title(&self, lang: LangIx) -> Shown<'_> {
        self.first(lang, |texts| texts.title.as_ref()).map_or(
            Shown { text: &self.id, fallback: None },
            |(title, fallback)| Shown { text: &title.value, fallback },
        )
    }

    /// One sentence.
    pub fn summary(&self, lang: LangIx) -> Option<&str> {
        self.first(lang, |texts| texts.summary.as_deref()).map(|(text, _)| text)
    }

    /// The text, and its language when it is not the reader's.
    pub fn body(&self, lang: LangIx) -> Option<(&Body, Option<LangIx>)> {
        self.first(lang, |texts| texts.body.as_ref())
    }

    /// Title for search engines, in exactly this language.
    pub fn seo_title(&self, lang: LangIx) -> Option<&str> {
        self.texts.get(usize::from(lang.0))?.as_deref()?.seo_title.as_deref()
    }

    /// Description for search engines.
    pub fn seo_description(&self, lang: LangIx) -> Option<&str> {
        self.first(lang, |texts| texts.seo_description.as_deref()).map(|(text, _)| text)
    }

    /// Address in a language, if it has a page there.
    pub fn url(&self, lang: LangIx) -> Option<&str> {
        self.urls.get(usize::from(lang.0))?.as_deref()
    }

    /// Whether it has texts of its own in this language.
    pub fn translated(&self, lang: LangIx) -> bool {
        self.texts.get(usize::from(lang.0)).is_some_and(Option::is_some)
    }
}

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

/// A photo of a product or term, with its alternative text.
#[derive(Debug, Clone)]
pub struct PhotoUse {
    /// Which one.
    pub photo: PhotoIx,
    /// What it shows.
    pub alt: Localized,
}

/// A photo file that is shown somewhere.
#[derive(Debug, Clone)]
pub struct PhotoSource {
    /// Path relative to the shop.
    pub path: Box<str>,
    /// The file itself.
    pub file: PathBuf,
    /// blake3 of its bytes.
    pub hash: [u8; 32],
    /// Size and format.
    pub probe: Probe,
    /// Where it is first named.
    pub named: (FileRef, std::ops::Range<usize>),
}

/// A category, collection, tag or maker.
#[derive(Debug, Clone)]
pub struct Term {
    /// Texts and addresses.
    pub entity: Entity,
    /// Its file's content; empty for tags.
    pub doc: Arc<TermDoc>,
    /// Its translations, by language.
    pub translations: Vec<Option<Arc<TranslationDoc>>>,
    /// Tags: their label.
    pub label: Localized,
    /// Its picture.
    pub photo: Option<PhotoUse>,
    /// Parent category.
    pub parent: Option<TermIx>,
    /// Subcategories, in order.
    pub children: Vec<TermIx>,
    /// Its products, in the term's order.
    pub products: Listing,
}

impl Term {
    /// Its name for a reader of `lang`.
    pub fn title(&self, lang: LangIx) -> Shown<'_> {
        self.label.shown(lang).unwrap_or_else(|| self.entity.title(lang))
    }

    /// Where a maker works.
    pub fn place(&self, lang: LangIx) -> Option<&str> {
        let translation = self.translations.get(usize::from(lang.0)).and_then(Option::as_deref);
        translation
            .and_then(|doc| doc.place.as_deref())
            .or_else(|| self.doc.place.shown(lang).map(|shown| shown.text))
    }
}

/// The products of a list in their order; a list sorted by title has an order for each language.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    same: Vec<ProductIx>,
    /// By language; empty if the order is the same in all.
    by_language: Vec<Vec<ProductIx>>,
}

impl Listing {
    /// One order for all languages.
    pub fn same(products: Vec<ProductIx>) -> Self {
        Listing { same: products, by_language: Vec::new() }
    }

    /// The same products in an order for each language, the default one first.
    pub fn by_language(orders: Vec<Vec<ProductIx>>) -> Self {
        Listing { same: orders.first().cloned().unwrap_or_default(), by_language: orders }
    }

    /// In the order for a reader of `lang`.
    pub fn of(&self, lang: LangIx) -> &[ProductIx] {
        self.by_language.get(usize::from(lang.0)).unwrap_or(&self.same)
    }
}

impl std::ops::Deref for Listing {
    type Target = [ProductIx];

    /// The default language's order.
    fn deref(&self) -> &[ProductIx] {
        &self.same
    }
}

/// A free page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Texts and addresses.
    pub entity: Entity,
    /// Its file's content.
    pub doc: Arc<PageDoc>,
}

/// The menus of one language, resolved.
#[derive(Debug, Clone, Default)]
pub struct Menus {
    /// Top of every page.
    pub main: Vec<super::view::MenuEntry>,
    /// Bottom of every page.
    pub footer: Vec<super::view::MenuEntry>,
}

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

    /// The home page of a language.
    pub fn home_url(&self, lang: LangIx) -> String {
        format!("{}/", self.shop.prefix(lang))
    }

    /// The list of all products in a language.
    pub fn products_url(&self, lang: LangIx) -> String {
        format!("{}/{}/", self.shop.prefix(lang), self.paths[usize::from(lang.0)].products)
    }

    /// The cart, if the shop has one.
    pub fn cart_url(&self, lang: LangIx) -> Option<String> {
        let word = self.paths.get(usize::from(lang.0))?.cart.as_ref()?;
        Some(format!("{}/{word}/", self.shop.prefix(lang)))
    }

    /// The list of all terms of a kind.
    pub fn terms_url(&self, kind: TermKind, lang: LangIx) -> String {
        format!("{}/{}/", self.shop.prefix(lang), self.paths[usize::from(lang.0)].term(kind))
    }

    /// The number-th page of a list.
    pub fn paged(&self, first: &str, lang: LangIx, number: usize) -> String {
        if number <= 1 {
            return first.to_owned();
        }
        format!("{first}{}/{number}/", self.paths[usize::from(lang.0)].page)
    }

    /// A photo, by the way an owner named it.
    pub fn photo_named(&self, image: &ImageRef) -> Option<PhotoIx> {
        self.photo_at.get(&image.path).copied()
    }
}
