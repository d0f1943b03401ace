//! Which products a list shows, and in which order.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use faults::{Fault, Faults};
use icu_collator::options::CollatorOptions;
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{Collator, CollatorPreferences};
use icu_locale_core::Locale;
use messages::tr;

use super::{Groups, products, terms};
use crate::model::documents::{DocKind, Rule, Sort};
use crate::model::entities::{Listing, ProductIx, TermIx, TermKind};
use crate::model::lang::LangIx;
use crate::model::product::Product;
use crate::model::site::Site;

/// How many similar products a page shows.
const RELATED: usize = 4;

/// Fills the lists of all terms, the list of all products, and the similar products where the owner named none.
pub fn fill(site: &mut Site, groups: &Groups<'_>, faults: &mut Faults) {
    let all: Vec<ProductIx> = (0..site.products.len()).map(ProductIx::new).collect();
    site.newest = sorted(site, all, Sort::Newest);
    for kind in [TermKind::Category, TermKind::Tag, TermKind::Maker] {
        let sort = |at: usize| site.terms_of(kind)[at].doc.sort.unwrap_or(Sort::Newest);
        let members = members(site, kind).into_iter().enumerate();
        let lists = members.map(|(at, list)| sorted(site, list, sort(at))).collect();
        store(site, kind, lists);
    }
    let collections = (0..site.terms_of(TermKind::Collection).len())
        .map(|at| collection(site, groups, at, faults))
        .collect();
    store(site, TermKind::Collection, collections);
    similar(site);
}

fn store(site: &mut Site, kind: TermKind, lists: Vec<Listing>) {
    for (term, list) in site.terms.get_mut(&kind).into_iter().flatten().zip(lists) {
        term.products = list;
    }
}

/// The products of each term; a category also includes those of the categories below it.
fn members(site: &Site, kind: TermKind) -> Vec<Vec<ProductIx>> {
    let terms = site.terms_of(kind);
    let mut lists = vec![Vec::new(); terms.len()];
    for (at, product) in site.products.iter().enumerate() {
        let ix = ProductIx::new(at);
        match kind {
            TermKind::Category => {
                let mut category = product.category;
                while let Some(term) = category {
                    lists[term.at()].push(ix);
                    category = terms[term.at()].parent;
                }
            }
            TermKind::Maker => {
                if let Some(maker) = product.maker {
                    lists[maker.at()].push(ix);
                }
            }
            _ => product.tags.iter().for_each(|tag| {
                if lists[tag.at()].last() != Some(&ix) {
                    lists[tag.at()].push(ix);
                }
            }),
        }
    }
    lists
}

fn sorted(site: &Site, list: Vec<ProductIx>, sort: Sort) -> Listing {
    let newest = |p: &Product| std::cmp::Reverse(p.doc.added);
    let order = |a: &Product, b: &Product| match sort {
        Sort::Newest | Sort::Title => newest(a).cmp(&newest(b)),
        Sort::Price => {
            let price = |p: &Product| p.items.get(p.cheapest()).map(|item| item.price);
            price(a).cmp(&price(b))
        }
        Sort::Position => {
            let position = |p: &Product| p.doc.position.unwrap_or(i64::MAX);
            position(a).cmp(&position(b)).then_with(|| newest(a).cmp(&newest(b)))
        }
    };
    if sort == Sort::Title {
        return Listing::by_language(site.shop.langs().map(|lang| by_title(site, &list, lang)).collect());
    }
    Listing::same(in_order(site, list, |a, b| order(site.product(a), site.product(b))))
}

/// Available products first, then by `order`, then by id.
fn in_order(
    site: &Site,
    mut list: Vec<ProductIx>,
    order: impl Fn(ProductIx, ProductIx) -> Ordering,
) -> Vec<ProductIx> {
    list.sort_by(|a, b| {
        let gone = |ix: &ProductIx| !site.product(*ix).in_stock();
        let id = |ix: &ProductIx| &site.product(*ix).entity.id;
        gone(a).cmp(&gone(b)).then_with(|| order(*a, *b)).then_with(|| id(a).cmp(id(b)))
    });
    list
}

/// By the titles that a reader of `lang` sees, in the language's dictionary order: accents after the plain letter, numbers
/// by value.
fn by_title(site: &Site, list: &[ProductIx], lang: LangIx) -> Vec<ProductIx> {
    let locale: Locale = site.shop.lang(lang).parse().unwrap_or(Locale::UNKNOWN);
    let mut preferences = CollatorPreferences::from(&locale);
    preferences.numeric_ordering = Some(CollationNumericOrdering::True);
    // The data is compiled in: this cannot fail.
    let collator = Collator::try_new(preferences, CollatorOptions::default()).ok();
    let title = |ix: ProductIx| site.product(ix).entity.title(lang).text;
    in_order(site, list.to_vec(), |a, b| {
        let (a, b) = (title(a), title(b));
        collator.as_ref().map_or_else(|| a.cmp(b), |collator| collator.compare(a, b))
    })
}

fn collection(site: &Site, groups: &Groups<'_>, at: usize, faults: &mut Faults) -> Listing {
    let term = &site.terms_of(TermKind::Collection)[at];
    let Some(file) = &term.entity.file else { return Listing::default() };
    if let Some(names) = &term.doc.products {
        let written = |id: &str| groups.get(&DocKind::Product).is_some_and(|all| all.contains_key(id));
        let known: BTreeMap<Arc<str>, ProductIx> = site
            .products
            .iter()
            .enumerate()
            .map(|(at, p)| (p.entity.id.clone(), ProductIx::new(at)))
            .collect();
        let named = names.iter().filter_map(|name| {
            let found = products::find(site, &known, groups, name, file, faults);
            if found.is_none() && written(&name.value) {
                let (place, product) = (file.place(name.span.clone()), &name.value);
                let message = tr!("this list names `{product}`, which is not in the shop now");
                let fault = Fault::warning("not-listed", place, message);
                faults
                    .push(fault.help(tr!("it is a draft, or not published now: it is left out until it is")));
            }
            found
        });
        return Listing::same(named.collect());
    }
    let rule = &term.doc.rule;
    let tag = rule.tag.as_ref().map(|name| terms::find(site, TermKind::Tag, name, file, faults));
    let maker = rule.maker.as_ref().map(|name| terms::find(site, TermKind::Maker, name, file, faults));
    let category =
        rule.category.as_ref().map(|name| terms::find(site, TermKind::Category, name, file, faults));
    let list = (0..site.products.len())
        .map(ProductIx::new)
        .filter(|ix| holds(site, site.product(*ix), rule, tag, maker, category))
        .collect();
    sorted(site, list, term.doc.sort.unwrap_or(Sort::Newest))
}

type Wanted = Option<Option<TermIx>>;

fn holds(site: &Site, product: &Product, rule: &Rule, tag: Wanted, maker: Wanted, category: Wanted) -> bool {
    // Only available items count, as on the card; if all are gone, every item does.
    let gone = !product.in_stock();
    let mut shown = product.items.iter().filter(|item| gone || item.in_stock());
    let cheap = rule.price_below.is_none_or(|limit| shown.clone().any(|item| item.price < limit));
    let on_sale = !rule.on_sale || shown.any(|item| item.was.is_some());
    let tagged = tag.is_none_or(|tag| tag.is_some_and(|tag| product.tags.contains(&tag)));
    let made = maker.is_none_or(|maker| maker.is_some() && product.maker == maker);
    let within = category.is_none_or(|wanted| {
        let mut at = product.category;
        while let Some(term) = at {
            if Some(term) == wanted {
                return true;
            }
            at = site.term(TermKind::Category, term).parent;
        }
        false
    });
    cheap && on_sale && tagged && made && within && !product.items.is_empty()
}

/// Similar products where the owner named none: the next ones of the same category, then of the first tag. Positions come
/// from the lists, so this is linear in the number of products.
fn similar(site: &mut Site) {
    let categories = positions(site, TermKind::Category);
    let tags = positions(site, TermKind::Tag);
    let mut all = Vec::with_capacity(site.products.len());
    for (at, product) in site.products.iter().enumerate() {
        let own = ProductIx::new(at);
        let mut related = product.related.clone();
        if related.is_empty() {
            if let Some(category) = product.category {
                let list = &site.term(TermKind::Category, category).products;
                after(site, list, categories.get(&(category, own)).copied(), own, &mut related);
            }
            for tag in &product.tags {
                let list = &site.term(TermKind::Tag, *tag).products;
                after(site, list, tags.get(&(*tag, own)).copied(), own, &mut related);
            }
        }
        related.sort_by_key(|ix| !site.product(*ix).in_stock());
        all.push(related);
    }
    for (product, related) in site.products.iter_mut().zip(all) {
        product.related = related;
    }
}

fn positions(site: &Site, kind: TermKind) -> BTreeMap<(TermIx, ProductIx), usize> {
    let terms = site.terms_of(kind).iter().enumerate();
    terms
        .flat_map(|(term, t)| {
            t.products.iter().enumerate().map(move |(at, ix)| ((TermIx::new(term), *ix), at))
        })
        .collect()
}

/// Only available products, which lists have first.
fn after(
    site: &Site,
    list: &[ProductIx],
    position: Option<usize>,
    own: ProductIx,
    related: &mut Vec<ProductIx>,
) {
    let Some(position) = position else { return };
    let list = &list[..list.partition_point(|ix| site.product(*ix).in_stock())];
    let start = if position < list.len() { position + 1 } else { 0 };
    for ix in list.iter().cycle().skip(start).take(list.len().min(RELATED * 2)) {
        if related.len() >= RELATED {
            return;
        }
        if *ix != own && !related.contains(ix) {
            related.push(*ix);
        }
    }
}
