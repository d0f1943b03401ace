//! `plan`: site and assets -> every page that will be written, by its path. Two pages for one path are refused.

use std::collections::BTreeMap;
use std::ops::Range;

use faults::{Fault, Faults, Place};

use crate::model::assets::Assets;
use crate::model::documents::FileRef;
use crate::model::lang::LangIx;
use crate::model::plan::{Job, Plan, Subject, out_path};
use crate::model::site::{Entity, PageIx, ProductIx, Site, TermIx, TermKind};

/// Lists all jobs. `files` are the paths of what is not a page: assets, feeds, data.
pub fn plan(site: &Site, assets: &Assets, files: impl IntoIterator<Item = String>) -> (Plan, Faults) {
    let mut planner = Planner { site, plan: Plan::default(), faults: Faults::new(), owners: BTreeMap::new() };
    for lang in site.shop.langs() {
        planner.language(lang);
    }
    planner.redirects();
    for photo in assets.photos.iter().flatten() {
        for rendition in &photo.renditions {
            planner.plan.files.insert(out_path(&photo.url(rendition)));
        }
    }
    planner.plan.files.extend(files.into_iter().map(|path| path.trim_start_matches('/').into()));
    planner.statics();
    (planner.plan, planner.faults)
}

struct Planner<'a> {
    site: &'a Site,
    plan: Plan,
    faults: Faults,
    /// What each path was planned for, to name both in a fault.
    owners: BTreeMap<Box<str>, Owner>,
}

#[derive(Clone)]
struct Owner {
    words: String,
    place: Option<(FileRef, Range<usize>)>,
}

impl Planner<'_> {
    fn language(&mut self, lang: LangIx) {
        let site = self.site;
        let own = |words: &str| Owner { words: words.to_owned(), place: None };
        self.add(&site.home_url(lang), lang, Subject::Home, own("the home page"));
        let products = site.products_url(lang);
        let all = visible(site, &site.newest, lang);
        self.pages(&products, lang, all, Subject::Products, &own("the list of all products"));
        for (at, product) in site.products.iter().enumerate() {
            self.entity(&product.entity, lang, Subject::Product(ProductIx::new(at)), "the product");
        }
        for kind in TermKind::ALL {
            if !site.terms_of(kind).is_empty() {
                let words = format!("the list of all {}", kind.plural());
                self.add(&site.terms_url(kind, lang), lang, Subject::Terms(kind), own(&words));
            }
            for (at, term) in site.terms_of(kind).iter().enumerate() {
                let Some(url) = term.entity.url(lang) else { continue };
                let owner = owner(&term.entity, &format!("the {}", kind.word()));
                let count = visible(site, &term.products, lang);
                self.pages(url, lang, count, |number| Subject::Term(kind, TermIx::new(at), number), &owner);
            }
        }
        for (at, page) in site.pages.iter().enumerate() {
            self.entity(&page.entity, lang, Subject::Page(PageIx::new(at)), "the page");
        }
        self.add(
            &format!("{}/404.html", site.shop.prefix(lang)),
            lang,
            Subject::NotFound,
            own("the page of errors"),
        );
    }

    fn entity(&mut self, entity: &Entity, lang: LangIx, subject: Subject, words: &str) {
        if let Some(url) = entity.url(lang) {
            self.add(url, lang, subject, owner(entity, words));
        }
    }

    fn pages(
        &mut self,
        first: &str,
        lang: LangIx,
        count: usize,
        subject: impl Fn(u32) -> Subject,
        owner: &Owner,
    ) {
        let total = count.div_ceil(self.site.shop.per_page).max(1);
        for number in 1..=total {
            let url = self.site.paged(first, lang, number);
            self.add(&url, lang, subject(u32::try_from(number).unwrap_or(u32::MAX)), owner.clone());
        }
    }

    fn redirects(&mut self) {
        for (at, redirect) in self.site.redirects.iter().enumerate() {
            let last = redirect.from.rsplit('/').next().unwrap_or_default();
            let url = if last.is_empty() || last.contains('.') {
                redirect.from.clone()
            } else {
                format!("{}/", redirect.from)
            };
            let owner = Owner { words: "an alias".to_owned(), place: Some(redirect.place.clone()) };
            self.add(&url, LangIx::DEFAULT, Subject::Redirect(u32::try_from(at).unwrap_or(u32::MAX)), owner);
        }
    }

    fn statics(&mut self) {
        for path in self.site.statics.keys() {
            let taken = self.plan.jobs.contains_key(path.as_str()) || self.plan.files.contains(path.as_str());
            if taken || path.starts_with("_/") {
                let place = Place::file(format!("content/static/{path}"));
                let message = format!("the build itself writes `/{path}`");
                self.faults
                    .push(Fault::error("twin-path", place, message).help("rename or remove this file"));
            }
            self.plan.files.insert(path.as_str().into());
        }
    }

    fn add(&mut self, url: &str, lang: LangIx, subject: Subject, owner: Owner) {
        let path = out_path(url);
        if let Some(first) = self.owners.get(&path).cloned() {
            return self.twin(url, &owner, &first);
        }
        self.plan.jobs.insert(path.clone(), Job { lang, subject });
        self.owners.insert(path, owner);
    }

    fn twin(&mut self, url: &str, second: &Owner, first: &Owner) {
        let place = |owner: &Owner| owner.place.as_ref().map(|(file, span)| file.place(span.clone()));
        // A fault needs a place an owner can change: one of the two has a file.
        let (at, other) = if second.place.is_some() { (second, first) } else { (first, second) };
        let main = place(at).unwrap_or_else(|| Place::file("content/shop.yaml"));
        let message = format!("two pages have the address `{url}`: {} and {}", first.words, second.words);
        let mut fault = Fault::error("twin-address", main, message)
            .help("give one of them another `slug`, or remove the alias");
        if let Some(other) = place(other) {
            fault = fault.related(other, "the other one");
        }
        self.faults.push(fault);
    }
}

fn owner(entity: &Entity, words: &str) -> Owner {
    let slug = entity.words.first().and_then(Option::as_ref).and_then(|words| words.slug.as_ref());
    let span = slug.map_or(0..0, |slug| slug.span.clone());
    Owner { words: format!("{words} `{}`", entity.id), place: entity.file.clone().map(|file| (file, span)) }
}

/// How many of these products have a page in a language.
fn visible(site: &Site, list: &[ProductIx], lang: LangIx) -> usize {
    if !site.shop.hide_untranslated {
        return list.len();
    }
    list.iter().filter(|ix| site.product(**ix).entity.url(lang).is_some()).count()
}
