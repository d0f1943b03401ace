//! What will be written: one job for each output path.

use std::collections::BTreeMap;

use super::entities::{PageIx, ProductIx, TermIx, TermKind};
use super::lang::LangIx;

/// All jobs by output path, relative to the output folder: `produits/bol-lune/index.html`.
#[derive(Debug, Default)]
pub struct Plan {
    /// Pages.
    pub jobs: BTreeMap<Box<str>, Job>,
    /// Other files that may be linked to: photos, assets, feeds, static files.
    pub files: std::collections::BTreeSet<Box<str>>,
}

/// One page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// In which language.
    pub lang: LangIx,
    /// Of what.
    pub subject: Subject,
}

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The home page.
    Home,
    /// A page of the list of all products, counted from 1.
    Products(u32),
    /// A product.
    Product(ProductIx),
    /// A page of a term's products, counted from 1.
    Term(TermKind, TermIx, u32),
    /// All terms of a kind.
    Terms(TermKind),
    /// A free page.
    Page(PageIx),
    /// The cart.
    Cart,
    /// The page around the till's answers: rendered for the snapshot, never planned.
    Till,
    /// The 404 page.
    NotFound,
    /// An old address: position in `site.redirects`.
    Redirect(u32),
}

impl Subject {
    /// The template it is rendered with; redirects have none.
    pub fn template(self) -> &'static str {
        match self {
            Subject::Home => "home.html",
            Subject::Products(_) => "products.html",
            Subject::Product(_) => "product.html",
            Subject::Term(TermKind::Category, ..) => "category.html",
            Subject::Term(TermKind::Collection, ..) => "collection.html",
            Subject::Term(TermKind::Tag, ..) => "tag.html",
            Subject::Term(TermKind::Maker, ..) => "maker.html",
            Subject::Terms(_) => "terms.html",
            Subject::Page(_) => "page.html",
            Subject::Cart => "cart.html",
            Subject::Till => "till.html",
            Subject::NotFound | Subject::Redirect(_) => "404.html",
        }
    }
}

/// The output path of an address: `/a/` is `a/index.html`.
pub fn out_path(url: &str) -> Box<str> {
    let path = url.trim_start_matches('/');
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html").into() } else { path.into() }
}
