//! Each file, valid by itself: values are checked; names of other things are not resolved yet and keep their places.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use catalog::{Cents, Grams, Sku, StockKey, Supply, Timestamp, Window};
use serde::{Deserialize, Serialize};
use yaml::Spanned;

use super::lang::{LangIx, Localized};
use super::refs::{FileRef, ImageRef};
use super::shop::Shop;

/// All files of a shop.
#[derive(Debug)]
pub struct Documents {
    /// Settings.
    pub shop: Arc<Shop>,
    /// Labels of tags.
    pub tags: Arc<Vec<TagLabel>>,
    /// Everything else, by file path: main files and translations.
    pub files: Vec<Document>,
    /// Files whose content is unknown because of their faults.
    pub unreadable: BTreeSet<Unreadable>,
}

/// A file that exists but cannot be read: no YAML, no UTF-8, no front matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// Which folder.
    pub kind: DocKind,
    /// Its id.
    pub id: Box<str>,
    /// The language of a translation.
    pub lang: Option<LangIx>,
}

/// One file of a folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Document {
    /// Which folder.
    pub kind: DocKind,
    /// Its id.
    pub id: Arc<str>,
    /// The folder that its photos are relative to, relative to the shop.
    pub folder: Arc<str>,
    /// The file.
    pub file: FileRef,
    /// What it says.
    pub content: Content,
}

/// The folders of `content/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DocKind {
    /// `products/`
    Product,
    /// `categories/`
    Category,
    /// `collections/`
    Collection,
    /// `makers/`
    Maker,
    /// `pages/`
    Page,
}

impl DocKind {
    /// All of them.
    pub const ALL: [DocKind; 5] =
        [DocKind::Product, DocKind::Category, DocKind::Collection, DocKind::Maker, DocKind::Page];

    /// Name of the folder.
    pub fn folder(self) -> &'static str {
        match self {
            DocKind::Product => "products",
            DocKind::Category => "categories",
            DocKind::Collection => "collections",
            DocKind::Maker => "makers",
            DocKind::Page => "pages",
        }
    }

    /// The word before the colon in links, and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            DocKind::Product => "product",
            DocKind::Category => "category",
            DocKind::Collection => "collection",
            DocKind::Maker => "maker",
            DocKind::Page => "page",
        }
    }
}

/// What a file says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Content {
    /// A product.
    Product(Arc<ProductDoc>),
    /// A category, collection or maker.
    Term(Arc<TermDoc>),
    /// A free page.
    Page(Arc<PageDoc>),
    /// A translation of one of these.
    Translation(LangIx, Arc<TranslationDoc>),
}

/// What products, terms and pages have in common, in one language.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Texts {
    /// Title, where the file has one; typography applied.
    pub title: Option<Spanned<String>>,
    /// Address, if it is not the id.
    pub slug: Option<Spanned<String>>,
    /// One sentence.
    pub summary: Option<String>,
    /// For search engines.
    pub seo_title: Option<String>,
    /// For search engines.
    pub seo_description: Option<String>,
    /// The text.
    pub body: Option<Body>,
}

/// A Markdown text as HTML, except for what needs other files.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Body {
    /// HTML in which `\0L3\0` marks the address of link 3 and `\0I0\0` marks picture 0. NUL cannot come from an
    /// owner's text: Markdown replaces it.
    pub html: Box<str>,
    /// Links inside the shop.
    pub links: Vec<LinkUse>,
    /// Pictures.
    pub images: Vec<ImageRef>,
    /// Headings, for anchors and tables of contents.
    pub headings: Vec<HeadingUse>,
    /// Its words as plain text, for search engines and feeds.
    pub text: Box<str>,
}

/// A link in a text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LinkUse {
    /// What it leads to, as written: `product:bol-lune#soin`, `/conditions/`, `#soin`.
    pub target: Box<str>,
    /// Where it is written.
    pub span: Range<usize>,
}

/// A heading in a text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HeadingUse {
    /// Its level in the page, 2 to 6.
    pub level: u8,
    /// Its anchor.
    pub id: Box<str>,
    /// Its text.
    pub title: Box<str>,
}

/// A product's own file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProductDoc {
    /// Title, slug, summary, text.
    pub texts: Arc<Texts>,
    /// When it was added: lists by `newest` and feeds are in this order.
    pub added: Option<Timestamp>,
    /// Last change that matters to shoppers.
    pub updated: Option<Timestamp>,
    /// Its category's id.
    pub category: Option<Spanned<String>>,
    /// Its tags' ids.
    pub tags: Vec<Spanned<String>>,
    /// Its maker's id.
    pub maker: Option<Spanned<String>>,
    /// Ids of similar products.
    pub related: Vec<Spanned<String>>,
    /// Its photos.
    pub images: Vec<ImageRef>,
    /// Options; empty without variants.
    pub options: Vec<OptionDoc>,
    /// What can be put in a cart; exactly one without options.
    pub items: Vec<ItemDoc>,
    /// Brand.
    pub brand: Option<String>,
    /// Dimensions, printed in the style of each language.
    pub dimensions: Option<Dimensions>,
    /// Materials.
    pub materials: Localized,
    /// Warnings.
    pub warnings: Localized,
    /// VAT class.
    pub vat: Option<Spanned<String>>,
    /// Shown on the home page.
    pub featured: bool,
    /// Place in lists that are sorted by position.
    pub position: Option<i64>,
    /// Working days that it takes to make.
    pub made_to_order: Option<u32>,
    /// What shoppers may have put on it.
    pub personalisation: Option<PersonalisationDoc>,
    /// It can only be collected.
    pub pickup_only: bool,
    /// Not published.
    pub draft: bool,
    /// Not shown before.
    pub publish: Option<Timestamp>,
    /// Not shown from then on.
    pub unpublish: Option<Timestamp>,
    /// Old addresses.
    pub aliases: Vec<Spanned<String>>,
}

impl ProductDoc {
    /// When shoppers see it.
    pub fn shown(&self) -> Window {
        Window { from: self.publish, until: self.unpublish }
    }
}

/// Length, width, height, in the unit they were written in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimensions {
    /// The numbers as written.
    pub numbers: Vec<String>,
    /// `mm`, `cm` or `m`.
    pub unit: Box<str>,
}

/// One option.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OptionDoc {
    /// Id.
    pub id: Box<str>,
    /// Label.
    pub label: Localized,
    /// Values: id and label.
    pub values: Vec<(Box<str>, Localized)>,
}

/// One thing that can be put in a cart.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ItemDoc {
    /// Its SKU and where it is written.
    pub sku: Spanned<Sku>,
    /// Its stock key.
    pub stock: Spanned<StockKey>,
    /// How many pieces have ever been put on sale.
    pub supply: Supply,
    /// Minor units.
    pub price: Cents,
    /// A lower price for a limited time.
    pub sale: Option<catalog::Sale>,
    /// Mass.
    pub weight: Option<Grams>,
    /// GTIN.
    pub gtin: Option<String>,
    /// The position of the chosen value for each option, in the options' order.
    pub choice: Vec<usize>,
    /// Positions of its photos in the product's list.
    pub images: Vec<usize>,
}

/// What shoppers may have put on a piece.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonalisationDoc {
    /// What it adds to the price.
    pub price: Cents,
    /// The fields to fill in, at least one.
    pub fields: Vec<NoteFieldDoc>,
}

/// One field of a personalisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NoteFieldDoc {
    /// What it is called.
    pub label: Localized,
    /// Maximum number of characters.
    pub max_length: u32,
    /// The piece cannot be bought without it.
    pub required: bool,
    /// Values to choose: id and label.
    pub choices: Vec<(Box<str>, Localized)>,
    /// A regular expression that the whole value must match.
    pub pattern: Option<String>,
}

/// A category, collection or maker.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TermDoc {
    /// Title (makers: name), slug, summary, text (makers: story).
    pub texts: Arc<Texts>,
    /// Parent category.
    pub parent: Option<Spanned<String>>,
    /// Place among its siblings.
    pub position: Option<i64>,
    /// Order of its products.
    pub sort: Option<Sort>,
    /// Its picture.
    pub image: Option<ImageRef>,
    /// Old addresses.
    pub aliases: Vec<Spanned<String>>,
    /// Collections: hand-picked products.
    pub products: Option<Vec<Spanned<String>>>,
    /// Collections: the rule.
    pub rule: Rule,
    /// Makers: where they work.
    pub place: Localized,
    /// Postal address.
    pub address: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Web site.
    pub website: Option<String>,
}

/// A collection's rule: every condition that is given must hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Rule {
    /// Cheaper than this.
    pub price_below: Option<Cents>,
    /// Has this tag.
    pub tag: Option<Spanned<String>>,
    /// Of this maker.
    pub maker: Option<Spanned<String>>,
    /// In this category or below.
    pub category: Option<Spanned<String>>,
    /// On sale now.
    pub on_sale: bool,
}

impl Rule {
    /// Whether it has no condition.
    pub fn is_empty(&self) -> bool {
        self.price_below.is_none()
            && self.tag.is_none()
            && self.maker.is_none()
            && self.category.is_none()
            && !self.on_sale
    }
}

/// Order of products in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    /// By `added`, newest first.
    Newest,
    /// Cheapest first.
    Price,
    /// By title.
    Title,
    /// By `position`.
    Position,
}

/// A free page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PageDoc {
    /// Title, slug, summary, text.
    pub texts: Arc<Texts>,
    /// Its kind.
    pub kind: Box<str>,
    /// Place in the footer.
    pub position: Option<i64>,
    /// Not published.
    pub draft: bool,
    /// Old addresses.
    pub aliases: Vec<Spanned<String>>,
}

/// What a translation may say.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TranslationDoc {
    /// Title, slug, summary, text.
    pub texts: Arc<Texts>,
    /// Alternative texts by photo.
    pub images: Vec<ImageRef>,
    /// Materials.
    pub materials: Option<String>,
    /// Warnings.
    pub warnings: Option<String>,
    /// Makers: place.
    pub place: Option<String>,
}

/// A tag's label.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TagLabel {
    /// Id.
    pub id: Box<str>,
    /// Label.
    pub label: Localized,
}
