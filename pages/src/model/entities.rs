//! What has a page, texts by language and addresses: terms and free pages, with the photos and lists that they show. Products
//! are in `product`.

use std::path::PathBuf;
use std::sync::Arc;

use imaging::Probe;

use super::documents::{Body, DocKind, PageDoc, TermDoc, Texts, TranslationDoc};
use super::lang::{LangIx, Localized, Shown};
use super::refs::FileRef;

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
