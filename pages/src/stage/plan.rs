//! `plan`: site and assets -> every page that will be written, by its path. Two things at one path are faults, and so is
//! a file where another path needs a folder.

use std::collections::BTreeMap;
use std::ops::{Bound, Range};

use faults::{Fault, Faults, Place};
use messages::tr;

use crate::model::assets::Assets;
use crate::model::entities::{Entity, PageIx, ProductIx, TermIx, TermKind};
use crate::model::lang::LangIx;
use crate::model::plan::{Job, Plan, Subject, out_path};
use crate::model::refs::FileRef;
use crate::model::site::Site;

/// Lists all jobs. `files` are the paths of what is not a page: assets, feeds, data.
pub fn plan(site: &Site, assets: &Assets, files: impl IntoIterator<Item = String>) -> (Plan, Faults) {
    let mut planner = Planner { site, plan: Plan::default(), faults: Faults::new(), owners: BTreeMap::new() };
    for path in files {
        planner.file(path.trim_start_matches('/'), Owner::new(Kind::Build, tr!("one that the build writes")));
    }
    for lang in site.shop.langs() {
        planner.language(lang);
    }
    planner.redirects();
    for photo in assets.photos.iter().flatten() {
        for rendition in &photo.renditions {
            planner.plan.files.insert(out_path(&photo.url(rendition)));
        }
    }
    planner.statics();
    planner.folders();
    (planner.plan, planner.faults)
}

/// Longest path of a file, in bytes: keys of S3 have at most 1,024, and each release has a folder of its own.
const MAX_PATH: usize = 900;

struct Planner<'a> {
    site: &'a Site,
    plan: Plan,
    faults: Faults,
    /// What each path was planned for: a fault names both.
    owners: BTreeMap<Box<str>, Owner>,
}

#[derive(Clone)]
struct Owner {
    kind: Kind,
    words: String,
    place: Option<(FileRef, Range<usize>)>,
}

/// Where a path comes from, which determines what an owner can do about it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Page,
    /// A feed, the sitemap, an asset of the theme.
    Build,
    Alias,
    /// A file of `content/static/`.
    Static,
}

impl Owner {
    fn new(kind: Kind, words: impl Into<String>) -> Self {
        Owner { kind, words: words.into(), place: None }
    }
}

impl Planner<'_> {
    fn language(&mut self, lang: LangIx) {
        let site = self.site;
        let own = |words: &str| Owner::new(Kind::Page, words);
        self.add(&site.home_url(lang), lang, Subject::Home, own(tr!("the home page")));
        let products = site.products_url(lang);
        let all = visible(site, &site.newest, lang);
        self.pages(&products, lang, all, Subject::Products, &own(tr!("the list of all products")));
        for (at, product) in site.products.iter().enumerate() {
            let id = &product.entity.id;
            let words = tr!("the product `{id}`");
            self.entity(&product.entity, lang, Subject::Product(ProductIx::new(at)), words);
        }
        for kind in TermKind::ALL {
            if !site.terms_of(kind).is_empty() {
                self.add(&site.terms_url(kind, lang), lang, Subject::Terms(kind), own(list_of_all(kind)));
            }
            for (at, term) in site.terms_of(kind).iter().enumerate() {
                let Some(url) = term.entity.url(lang) else { continue };
                let owner = owner(&term.entity, lang, the_term(kind, &term.entity.id));
                let count = visible(site, &term.products, lang);
                self.pages(url, lang, count, |number| Subject::Term(kind, TermIx::new(at), number), &owner);
            }
        }
        for (at, page) in site.pages.iter().enumerate() {
            let id = &page.entity.id;
            self.entity(&page.entity, lang, Subject::Page(PageIx::new(at)), tr!("the page `{id}`"));
        }
        if let Some(cart) = site.cart_url(lang) {
            self.add(&cart, lang, Subject::Cart, own(tr!("the cart")));
        }
        self.add(
            &format!("{}/404.html", site.shop.prefix(lang)),
            lang,
            Subject::NotFound,
            own(tr!("the page of errors")),
        );
    }

    fn entity(&mut self, entity: &Entity, lang: LangIx, subject: Subject, words: String) {
        if let Some(url) = entity.url(lang) {
            self.add(url, lang, subject, owner(entity, lang, words));
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
            let place = Some(redirect.place.clone());
            let owner = Owner { place, ..Owner::new(Kind::Alias, tr!("an alias")) };
            self.add(&url, LangIx::DEFAULT, Subject::Redirect(u32::try_from(at).unwrap_or(u32::MAX)), owner);
        }
    }

    fn statics(&mut self) {
        for path in self.site.statics.keys() {
            let own = Owner::new(Kind::Static, format!("content/static/{path}"));
            let place = Place::file(own.words.clone());
            if let Some(odd) = path.chars().find(|c| matches!(c, '#' | '?' | '\\') || c.is_control()) {
                self.faults.push(
                    Fault::error("static-name", place, tr!("hosts publish no file with {odd:?} in its name"))
                        .help(tr!("rename it: letters, digits, `-`, `_` and `.`")),
                );
                continue;
            }
            if path.len() > MAX_PATH {
                let (bytes, most) = (path.len(), MAX_PATH);
                self.faults.push(
                    Fault::error("static-name", place, tr!("this path is {bytes} bytes long"))
                        .help(tr!("hosts take {most} at most: shorten its folders' names")),
                );
                continue;
            }
            match self.owners.get(path.as_str()).cloned() {
                Some(alias) if alias.kind == Kind::Alias => self.twin(&format!("/{path}"), &alias, &own),
                Some(_) => self.not_yours(place, tr!("the build itself writes `/{path}`")),
                None if path == "_" || path.starts_with("_/") => {
                    self.not_yours(place, tr!("the build itself writes `/{path}`"));
                }
                None if path == "api" || path.starts_with("api/") => {
                    self.not_yours(
                        place,
                        tr!("the till answers at `/api/`: this file would never be seen").to_owned(),
                    );
                }
                None => self.file(path, own),
            }
        }
    }

    fn not_yours(&mut self, place: Place, message: String) {
        self.faults.push(Fault::error("twin-path", place, message).help(tr!("rename or remove this file")));
    }

    fn file(&mut self, path: &str, owner: Owner) {
        self.plan.files.insert(path.into());
        self.owners.insert(path.into(), owner);
    }

    /// Reports paths that are both a file and a folder. Pages are in folders of their own, so that only an alias or a
    /// file of `content/static/` can be in the way, or below a file.
    fn folders(&mut self) {
        let own = |owner: &Owner| matches!(owner.kind, Kind::Alias | Kind::Static);
        let mut found: Vec<(Box<str>, Box<str>)> = Vec::new();
        for (path, _) in self.owners.iter().filter(|(_, owner)| own(owner)) {
            let above = path.match_indices('/').map(|(at, _)| &path[..at]);
            if let Some(file) = above.clone().find(|above| self.owners.contains_key(*above)) {
                found.push((file.into(), path.clone()));
            }
            let folder = format!("{path}/");
            let below =
                self.owners.range::<str, _>((Bound::Excluded(folder.as_str()), Bound::Unbounded)).next();
            if let Some((below, _)) = below.filter(|(below, owner)| below.starts_with(&folder) && !own(owner))
            {
                found.push((path.clone(), below.clone()));
            }
        }
        for (file, below) in found {
            let (Some(first), Some(second)) = (self.owners.get(&file), self.owners.get(&below)) else {
                continue;
            };
            let fault = file_and_folder((&file, first), (&below, second));
            self.faults.push(fault);
        }
    }

    fn add(&mut self, url: &str, lang: LangIx, subject: Subject, owner: Owner) {
        let path = out_path(url);
        if path.starts_with("api/") {
            let place = owner.place().unwrap_or_else(|| Place::file("content/shop.yaml"));
            let words = &owner.words;
            let message = tr!("the till answers at `/api/`: {words} cannot lie at `{url}`");
            let help = match owner.kind {
                Kind::Alias => tr!("remove the alias"),
                _ => tr!("give it another `slug`"),
            };
            return self.faults.push(Fault::error("twin-address", place, message).help(help));
        }
        if let Some(first) = self.owners.get(&path).cloned() {
            return self.twin(url, &owner, &first);
        }
        self.plan.jobs.insert(path.clone(), Job { lang, subject });
        self.owners.insert(path, owner);
    }

    fn twin(&mut self, url: &str, second: &Owner, first: &Owner) {
        // A fault needs a place that an owner can change: one of the two has a file.
        let (at, other) = if second.place.is_some() { (second, first) } else { (first, second) };
        let main = at.place().unwrap_or_else(|| Place::file("content/shop.yaml"));
        let files = matches!(first.kind, Kind::Build | Kind::Static);
        let (first, second) = (&first.words, &second.words);
        let (message, help) = match at.kind {
            Kind::Alias if files => {
                (tr!("two files have the address `{url}`: {first} and {second}"), tr!("remove the alias"))
            }
            _ => (
                tr!("two pages have the address `{url}`: {first} and {second}"),
                tr!("give one of them another `slug`, or remove the alias"),
            ),
        };
        let mut fault = Fault::error("twin-address", main, message).help(help);
        if let Some(other) = other.place() {
            fault = fault.related(other, tr!("the other one"));
        }
        self.faults.push(fault);
    }
}

impl Owner {
    fn place(&self) -> Option<Place> {
        match self.kind {
            Kind::Static => Some(Place::file(self.words.clone())),
            _ => self.place.as_ref().map(|(file, span)| file.place(span.clone())),
        }
    }
}

fn file_and_folder((file, first): (&str, &Owner), (below, second): (&str, &Owner)) -> Fault {
    let address = below.strip_suffix("index.html").unwrap_or(below);
    let message = tr!("`/{file}` is a file, and `/{address}` needs a folder of that name");
    let of = |kind| [first, second].into_iter().find(move |owner| owner.kind == kind);
    let (at, help) = match (of(Kind::Alias), of(Kind::Static)) {
        _ if first.kind == second.kind => (second, tr!("remove one of the two aliases")),
        (Some(alias), _) => (alias, tr!("remove the alias")),
        (None, file) => (file.unwrap_or(first), tr!("rename or remove this file")),
    };
    let place = at.place().unwrap_or_else(|| Place::file("content/static"));
    let fault = Fault::error("twin-path", place, message).help(help);
    let other = if std::ptr::eq(at, first) { second } else { first };
    match other.place() {
        Some(other) => fault.related(other, tr!("the other one")),
        None => fault,
    }
}

/// The file that determines an entity's address in a language: the translation if it has a slug, else the main file.
fn owner(entity: &Entity, lang: LangIx, words: String) -> Owner {
    let slug = |at: usize| {
        let words = entity.texts.get(at)?.as_ref()?;
        let file = entity.files.get(at)?.clone()?;
        Some((file, words.slug.as_ref()?.span.clone()))
    };
    let place = slug(usize::from(lang.0)).or_else(|| slug(0));
    let place = place.or_else(|| entity.file.clone().map(|file| (file, 0..0)));
    Owner { place, ..Owner::new(Kind::Page, words) }
}

fn list_of_all(kind: TermKind) -> &'static str {
    match kind {
        TermKind::Category => tr!("the list of all categories"),
        TermKind::Collection => tr!("the list of all collections"),
        TermKind::Tag => tr!("the list of all tags"),
        TermKind::Maker => tr!("the list of all makers"),
    }
}

fn the_term(kind: TermKind, id: &str) -> String {
    match kind {
        TermKind::Category => tr!("the category `{id}`"),
        TermKind::Collection => tr!("the collection `{id}`"),
        TermKind::Tag => tr!("the tag `{id}`"),
        TermKind::Maker => tr!("the maker `{id}`"),
    }
}

/// How many of these products have a page in a language.
fn visible(site: &Site, list: &[ProductIx], lang: LangIx) -> usize {
    if !site.shop.hide_untranslated {
        return list.len();
    }
    list.iter().filter(|ix| site.product(**ix).entity.url(lang).is_some()).count()
}
