//! The addresses of a shop: of its lists, all of them together, and which thing has which.

use std::collections::{BTreeMap, BTreeSet};

use super::entities::{Entity, TermKind};
use super::lang::LangIx;
use super::site::Site;

impl Site {
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
}

/// The words before the colon of a link.
const WORDS: [&str; 6] = ["product", "category", "collection", "maker", "tag", "page"];

/// All addresses of a site, and the address of each thing by language.
#[derive(Debug, Default)]
pub struct Addresses<'a> {
    /// By word and id: `product`, `bol-lune`.
    things: BTreeMap<(&'static str, &'a str), &'a Entity>,
    /// Every root-relative address with a page or file.
    all: BTreeSet<String>,
}

/// Where a link of a text leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leads {
    /// To this address, anchor included.
    To(String),
    /// The thing has no page in this language.
    NotInLanguage,
    /// Nowhere.
    Nowhere,
}

impl<'a> Addresses<'a> {
    /// Of a site whose lists are filled.
    pub fn new(site: &'a Site) -> Self {
        let mut addresses = Addresses::default();
        for product in &site.products {
            addresses.things.insert(("product", &product.entity.id), &product.entity);
        }
        for kind in TermKind::ALL {
            for term in site.terms_of(kind) {
                addresses.things.insert((kind.as_str(), &term.entity.id), &term.entity);
            }
        }
        for page in site.pages.iter().chain(&site.home) {
            addresses.things.insert(("page", &page.entity.id), &page.entity);
        }
        addresses
    }

    /// Like [`Addresses::new`], with every root-relative address as well.
    pub fn with_all(site: &'a Site) -> Self {
        let mut addresses = Self::new(site);
        for entity in addresses.things.values() {
            addresses.all.extend(entity.urls.iter().flatten().map(ToString::to_string));
        }
        for lang in site.shop.langs() {
            addresses.all.extend([
                site.home_url(lang),
                site.products_url(lang),
                format!("{}/atom.xml", site.shop.prefix(lang)),
            ]);
            addresses.all.extend(site.cart_url(lang));
            let lists = TermKind::ALL.into_iter().filter(|kind| !site.terms_of(*kind).is_empty());
            addresses.all.extend(lists.map(|kind| site.terms_url(kind, lang)));
        }
        addresses.all.extend(site.statics.keys().map(|path| format!("/{path}")));
        for redirect in &site.redirects {
            // As written, and as hosts serve it: with the final slash.
            addresses.all.insert(redirect.from.clone());
            if !redirect.from.rsplit('/').next().is_some_and(|last| last.is_empty() || last.contains('.')) {
                addresses.all.insert(format!("{}/", redirect.from));
            }
        }
        for lang in site.shop.langs() {
            addresses.all.insert(format!("/merchant.{}.xml", site.shop.lang(lang)));
            let products = (site.products_url(lang), site.products.len());
            let terms = TermKind::ALL.into_iter().flat_map(|kind| site.terms_of(kind));
            let terms =
                terms.filter_map(|term| Some((term.entity.url(lang)?.to_owned(), term.products.len())));
            for (first, count) in terms.chain([products]) {
                let pages = count.div_ceil(site.shop.per_page);
                addresses.all.extend((2..=pages).map(|number| site.paged(&first, lang, number)));
            }
        }
        addresses.all.extend(["/sitemap.xml", "/catalog.json", "/robots.txt"].map(str::to_owned));
        addresses
    }

    /// Whether a root-relative path has a page or file.
    pub fn is_address(&self, path: &str) -> bool {
        self.all.contains(path)
    }

    /// The thing whose page has this root-relative path, and its language.
    pub fn thing_at(&self, path: &str) -> Option<(&'a Entity, LangIx)> {
        self.things.values().find_map(|entity| {
            let at = entity.urls.iter().position(|url| url.as_deref() == Some(path))?;
            Some((*entity, LangIx(u8::try_from(at).ok()?)))
        })
    }

    /// Every root-relative path with a page or file.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(String::as_str)
    }

    /// A thing of the shop, by its word and id.
    pub fn thing(&self, word: &str, id: &str) -> Option<&'a Entity> {
        let word = WORDS.into_iter().find(|known| *known == word)?;
        self.things.get(&(word, id)).copied()
    }

    /// The ids of all things of a word.
    pub fn ids(&self, word: &str) -> impl Iterator<Item = &'a str> {
        self.things.keys().filter(move |(known, _)| *known == word).map(|(_, id)| *id)
    }

    /// Where `target` leads for a reader of `lang`.
    pub fn leads(&self, target: &str, lang: LangIx) -> Leads {
        let (path, anchor) = match target.find('#') {
            Some(at) => target.split_at(at),
            None => (target, ""),
        };
        if path.is_empty() || path.starts_with('/') {
            return Leads::To(target.to_owned());
        }
        let Some((word, id)) = path.split_once(':') else { return Leads::Nowhere };
        match self.thing(word, id) {
            None => Leads::Nowhere,
            Some(entity) => match entity.url(lang) {
                Some(url) => Leads::To(format!("{url}{anchor}")),
                None => Leads::NotInLanguage,
            },
        }
    }
}
