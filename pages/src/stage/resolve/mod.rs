//! `resolve`: documents -> `Site`. Names become the things they mean, dates become what holds now, and mistakes across
//! files are found: duplicates, dangling names, missing translations, broken links. Pure: `now` is an argument.

mod checks;
mod entities;
mod links;
mod lists;
mod menus;
mod photos;
mod prices;
mod products;
mod terms;

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::Timestamp;
use faults::Faults;
use messages::tr;

use crate::model::documents::{Content, DocKind, Document, Documents};
use crate::model::entities::{Listing, Page, TermKind};
use crate::model::lang::LangIx;
use crate::model::paths::{PathWords, Redirect};
use crate::model::refs::FileRef;
use crate::model::site::Site;
use crate::model::sources::Sources;

/// What `resolve` needs besides the documents.
#[derive(Debug)]
pub struct World<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// Words of addresses, by language, from the theme's translations.
    pub paths: Vec<PathWords>,
    /// Headings of lists by language and key (`titles.makers`), from the theme's translations.
    pub titles: &'a dyn Titles,
    /// The build's instant, Unix seconds.
    pub now: Timestamp,
    /// Show drafts and what is not published yet.
    pub drafts: bool,
}

/// The theme's titles of lists.
pub trait Titles: std::fmt::Debug + Sync {
    /// The heading of a list: `products`, `categories`, `collections`, `tags`, `makers`.
    fn title(&self, lang: LangIx, list: &str) -> String;
}

/// Resolves all names. The site is complete even when there are faults, so that later stages find theirs too.
pub fn resolve(documents: &Documents, world: &World<'_>) -> (Site, Faults) {
    let mut faults = Faults::new();
    let shop = documents.shop.clone();
    let groups = entities::group(documents, &mut faults);
    let mut photos = photos::Register::new(world.sources);
    let mut site = Site {
        shop: shop.clone(),
        products: Vec::new(),
        terms: BTreeMap::new(),
        pages: Vec::new(),
        home: None,
        photos: Vec::new(),
        photo_at: BTreeMap::new(),
        newest: Listing::default(),
        menus: Vec::new(),
        paths: world.paths.clone(),
        redirects: Vec::new(),
        statics: world.sources.statics.clone(),
        closed: shop.closed_at(world.now).map(|closed| closed.message.clone()),
        next_change: None,
        unreadable: documents.unreadable.clone(),
    };
    terms::resolve(&mut site, &groups, documents, &mut photos, &mut faults);
    products::resolve(&mut site, &groups, world, &mut photos, &mut faults);
    pages(&mut site, &groups, world, &mut faults);
    checks::skus(&groups, &mut faults);
    checks::stock_keys(&groups, &mut faults);
    checks::bare(&site, &groups, world.now, &mut faults);
    checks::translations(&site, &groups, &mut faults);
    lists::fill(&mut site, &groups, &mut faults);
    if let Some(image) = &shop.share_image {
        photos.take(image, &shop.file, &mut faults);
    }
    photos.bodies(&site, &mut faults);
    (site.photos, site.photo_at) = photos.finish();
    redirects(&mut site);
    menus::resolve(&mut site, &groups, world.titles, &mut faults);
    links::check(&site, &groups, &mut faults);
    site.next_change = prices::next_change(&groups, &shop, world.now);
    (site, faults)
}

/// A main file with its translations.
#[derive(Debug)]
pub struct Group<'a> {
    /// The main file.
    pub main: &'a Document,
    /// Translations by language; `None` for the default one and where there is none.
    pub others: Vec<Option<&'a Document>>,
}

/// All main files by kind and id.
pub type Groups<'a> = BTreeMap<DocKind, BTreeMap<Arc<str>, Group<'a>>>;

fn pages(site: &mut Site, groups: &Groups<'_>, world: &World<'_>, faults: &mut Faults) {
    let shop = site.shop.clone();
    let mut home: Option<FileRef> = None;
    for group in groups.get(&DocKind::Page).into_iter().flat_map(BTreeMap::values) {
        let Content::Page(doc) = &group.main.content else { continue };
        if doc.draft && !world.drafts {
            continue;
        }
        let is_home = &*doc.kind == "home";
        let entity = entities::entity(&shop, group, doc.texts.clone(), |lang, slug| {
            if is_home { format!("{}/", shop.prefix(lang)) } else { format!("{}/{slug}/", shop.prefix(lang)) }
        });
        let page = Page { entity, doc: doc.clone() };
        if !is_home {
            site.pages.push(page);
        } else if let Some(first) = &home {
            faults.push(
                faults::Fault::error(
                    "twin-home",
                    group.main.file.place(0..0),
                    tr!("there are two pages of kind `home`"),
                )
                .related(first.place(0..0), tr!("the first one"))
                .help(tr!("give one of them another kind")),
            );
        } else {
            home = Some(group.main.file.clone());
            site.home = Some(page);
        }
    }
}

fn redirects(site: &mut Site) {
    let mut all = Vec::new();
    let mut add = |entity: &crate::model::entities::Entity, aliases: &[yaml::Spanned<String>]| {
        let (Some(to), Some(file)) = (entity.urls.first().cloned().flatten(), &entity.file) else { return };
        for alias in aliases {
            all.push(Redirect {
                from: alias.value.clone(),
                to: to.clone(),
                place: (file.clone(), alias.span.clone()),
            });
        }
    };
    for product in &site.products {
        add(&product.entity, &product.doc.aliases);
    }
    for kind in TermKind::ALL {
        for term in site.terms_of(kind) {
            add(&term.entity, &term.doc.aliases);
        }
    }
    for page in site.pages.iter().chain(&site.home) {
        add(&page.entity, &page.doc.aliases);
    }
    site.redirects = all;
}
