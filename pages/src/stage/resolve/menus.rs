//! Menus: the owner's entries, and the legal pages in the footer.

use std::ops::Range;

use faults::suggest::nearest;
use faults::{Fault, Faults};
use messages::tr;

use super::{Groups, Titles};
use crate::model::addresses::{Addresses, Leads};
use crate::model::documents::DocKind;
use crate::model::entities::{Term, TermIx, TermKind};
use crate::model::lang::LangIx;
use crate::model::shop::MenuItem;
use crate::model::site::{Menus, Site};
use crate::model::view::MenuEntry;

const LEGAL: [&str; 5] = ["shipping", "terms", "withdrawal", "privacy", "legal"];

/// Makes the menus of every language.
pub fn resolve(site: &mut Site, groups: &Groups<'_>, titles: &dyn Titles, faults: &mut Faults) {
    let addresses = Addresses::new(site);
    let menu_context = MenuContext { site, groups, addresses: &addresses, titles };
    let mut all = Vec::new();
    for lang in site.shop.langs() {
        let mut found = Faults::new();
        let shop = site.shop.clone();
        let main =
            shop.main_menu.iter().flat_map(|item| entries(&menu_context, item, lang, &mut found)).collect();
        let mut footer: Vec<MenuEntry> =
            shop.footer_menu.iter().flat_map(|item| entries(&menu_context, item, lang, &mut found)).collect();
        for entry in legal(site, lang) {
            if !footer.iter().any(|other| other.url == entry.url) {
                footer.push(entry);
            }
        }
        // A wrong name is wrong in every language: report it once.
        if lang == LangIx::DEFAULT {
            faults.extend(found);
        }
        all.push(Menus { main, footer });
    }
    site.menus = all;
}

fn entry(title: &str, url: &str) -> MenuEntry {
    MenuEntry { title: title.to_owned(), url: url.to_owned(), external: false, children: Vec::new() }
}

/// What an entry is looked up in.
struct MenuContext<'a> {
    site: &'a Site,
    groups: &'a Groups<'a>,
    addresses: &'a Addresses<'a>,
    titles: &'a dyn Titles,
}

fn entries(
    menu_context: &MenuContext<'_>,
    item: &MenuItem,
    lang: LangIx,
    faults: &mut Faults,
) -> Vec<MenuEntry> {
    match item {
        MenuItem::Link { label, url, .. } => {
            vec![MenuEntry { external: true, ..entry(label.get(lang), url) }]
        }
        MenuItem::Ref(name) => reference(menu_context, &name.value, &name.span, lang, faults),
    }
}

fn reference(
    menu_context: &MenuContext<'_>,
    name: &str,
    span: &Range<usize>,
    lang: LangIx,
    faults: &mut Faults,
) -> Vec<MenuEntry> {
    let MenuContext { site, addresses, titles, .. } = *menu_context;
    match name {
        "products" => return vec![entry(&titles.title(lang, name), &site.products_url(lang))],
        "categories" => {
            return roots(site)
                .map(|ix| category(site, ix, lang, 0))
                .collect::<Vec<_>>()
                .into_iter()
                .flatten()
                .collect();
        }
        "makers" | "tags" | "collections" => {
            let kind = if name == "makers" {
                TermKind::Maker
            } else if name == "tags" {
                TermKind::Tag
            } else {
                TermKind::Collection
            };
            if site.terms_of(kind).is_empty() {
                return Vec::new();
            }
            return vec![entry(&titles.title(lang, name), &site.terms_url(kind, lang))];
        }
        _ => {}
    }
    let target = match name.split_once('/') {
        Some(("categories", id)) => format!("category:{id}"),
        Some((folder, id)) => format!("{}:{id}", folder.strip_suffix('s').unwrap_or(folder)),
        None => name.to_owned(),
    };
    match addresses.leads(&target, lang) {
        Leads::To(url) if target.contains(':') => {
            let title = title_of(site, &target, lang);
            vec![entry(&title, &url)]
        }
        Leads::NotInLanguage => Vec::new(),
        _ if is_unpublished(menu_context, &target) => {
            faults.push(
                Fault::warning(
                    "unpublished-menu",
                    site.shop.file.place(span.clone()),
                    tr!("`{name}` is not published now"),
                )
                .label(tr!("left out until it is"))
                .help(tr!("publish it, or remove it from the menu")),
            );
            Vec::new()
        }
        _ if is_unreadable(site, &target) => Vec::new(),
        _ => {
            let known = known(site);
            let help = match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => tr!("did you mean `{near}`?"),
                None => tr!(
                    "write `products`, `categories`, `collections`, `makers`, `tags`, `pages/NAME`, or `{{ label: ..., url: ... }}`"
                )
                .to_owned(),
            };
            faults.push(
                Fault::error(
                    "menu",
                    site.shop.file.place(span.clone()),
                    tr!("the menu names `{name}`, which does not exist"),
                )
                .label(tr!("unknown"))
                .help(help),
            );
            Vec::new()
        }
    }
}

fn kind_of(target: &str) -> Option<(DocKind, &str)> {
    let (word, id) = target.split_once(':')?;
    Some((DocKind::ALL.into_iter().find(|kind| kind.as_str() == word)?, id))
}

/// Whether there is a file for it: a menu entry must not fail the build on the day of `unpublish`.
fn is_unpublished(menu_context: &MenuContext<'_>, target: &str) -> bool {
    kind_of(target).and_then(|(kind, id)| menu_context.groups.get(&kind)?.get(id)).is_some()
}

fn is_unreadable(site: &Site, target: &str) -> bool {
    kind_of(target).is_some_and(|(kind, id)| site.is_unreadable(kind, id))
}

fn known(site: &Site) -> Vec<String> {
    let mut known: Vec<String> =
        ["products", "categories", "collections", "makers", "tags"].map(str::to_owned).to_vec();
    known.extend(site.pages.iter().map(|page| format!("pages/{}", page.entity.id)));
    for kind in TermKind::ALL {
        known.extend(site.terms_of(kind).iter().map(|term| format!("{}/{}", kind.plural(), term.entity.id)));
    }
    known.extend(site.products.iter().map(|product| format!("products/{}", product.entity.id)));
    known
}

fn title_of(site: &Site, target: &str, lang: LangIx) -> String {
    let (word, id) = target.split_once(':').unwrap_or_default();
    let of_term = |term: &&Term| *term.entity.id == *id;
    for kind in TermKind::ALL {
        if kind.as_str() == word
            && let Some(term) = site.terms_of(kind).iter().find(of_term)
        {
            return term.title(lang).text.to_owned();
        }
    }
    let pages = site.pages.iter().chain(&site.home).map(|page| ("page", &page.entity));
    let products = site.products.iter().map(|product| ("product", &product.entity));
    pages
        .chain(products)
        .find(|(w, entity)| *w == word && *entity.id == *id)
        .map(|(_, entity)| entity.title(lang).text.to_owned())
        .unwrap_or_default()
}

fn roots(site: &Site) -> impl Iterator<Item = TermIx> {
    let categories = site.terms_of(TermKind::Category);
    let mut roots: Vec<TermIx> =
        (0..categories.len()).filter(|at| categories[*at].parent.is_none()).map(TermIx::new).collect();
    roots.sort_by_key(|ix| {
        (categories[ix.at()].doc.position.unwrap_or(i64::MAX), categories[ix.at()].entity.id.clone())
    });
    roots.into_iter()
}

fn category(site: &Site, ix: TermIx, lang: LangIx, depth: usize) -> Option<MenuEntry> {
    let term = site.term(TermKind::Category, ix);
    let url = term.entity.url(lang)?;
    let children = if depth < 8 { term.children.as_slice() } else { &[] };
    Some(MenuEntry {
        children: children.iter().filter_map(|child| category(site, *child, lang, depth + 1)).collect(),
        ..entry(term.title(lang).text, url)
    })
}

fn legal(site: &Site, lang: LangIx) -> Vec<MenuEntry> {
    let mut pages: Vec<_> = site
        .pages
        .iter()
        .filter_map(|page| LEGAL.iter().position(|kind| *kind == &*page.doc.kind).map(|rank| (rank, page)))
        .collect();
    pages.sort_by_key(|(rank, page)| (page.doc.position.unwrap_or(i64::MAX), *rank, page.entity.id.clone()));
    pages
        .into_iter()
        .filter_map(|(_, page)| page.entity.url(lang).map(|url| entry(page.entity.title(lang).text, url)))
        .collect()
}
