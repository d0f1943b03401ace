//! The sitemap with its pictures (sitemaps.org 0.9; Google's image extension). Above 50,000 addresses it is an index
//! of several.

use std::fmt::Write as _;

use catalog::Timestamp;
use catalog::html::escape;

use crate::model::entities::{Entity, TermKind};
use crate::model::lang::LangIx;
use crate::model::site::Site;
use crate::stage::view::ViewContext;
use crate::stage::view::text::rfc3339;

/// The most addresses that one file may have (sitemaps.org).
const MOST: usize = 50_000;

struct Entry {
    url: String,
    changed: Option<Timestamp>,
    images: Vec<String>,
}

/// The paths of its files.
pub fn paths(site: &Site) -> Vec<String> {
    let parts = count(site).div_ceil(MOST);
    let mut paths = vec!["sitemap.xml".to_owned()];
    if parts > 1 {
        paths.extend((1..=parts).map(|part| format!("sitemap-{part}.xml")));
    }
    paths
}

/// The files by path.
pub fn files(views: &ViewContext<'_>) -> Vec<(String, String)> {
    let entries = entries(views);
    if entries.len() <= MOST {
        return vec![("sitemap.xml".to_owned(), urlset(views, &entries))];
    }
    let mut index = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let mut files = Vec::new();
    for (at, part) in entries.chunks(MOST).enumerate() {
        let path = format!("sitemap-{}.xml", at + 1);
        let _ = writeln!(index, "<sitemap><loc>{}/{path}</loc></sitemap>", escape(views.base));
        files.push((path, urlset(views, part)));
    }
    index.push_str("</sitemapindex>\n");
    files.push(("sitemap.xml".to_owned(), index));
    files
}

fn urlset(views: &ViewContext<'_>, entries: &[Entry]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\">\n",
    );
    let base = escape(views.base);
    for entry in entries {
        let _ = write!(out, "<url><loc>{base}{}</loc>", escape(&entry.url));
        if let Some(changed) = entry.changed {
            let _ = write!(out, "<lastmod>{}</lastmod>", rfc3339(changed));
        }
        for image in &entry.images {
            let _ = write!(out, "<image:image><image:loc>{base}{}</image:loc></image:image>", escape(image));
        }
        out.push_str("</url>\n");
    }
    out.push_str("</urlset>\n");
    out
}

/// Whether search engines list an entity's page in this language by itself.
fn indexed(entity: &Entity, lang: LangIx) -> bool {
    lang == LangIx::DEFAULT || entity.translated(lang)
}

fn pages_of(site: &Site, count: usize) -> usize {
    count.div_ceil(site.shop.per_page).max(1)
}

fn count(site: &Site) -> usize {
    site.shop.langs().map(|lang| listed(site, lang).count()).sum()
}

/// Every address that search engines may list, with its product if it is the page of one.
fn listed(site: &Site, lang: LangIx) -> impl Iterator<Item = (String, Option<usize>)> {
    let paged = move |first: String, total: usize| {
        (1..=pages_of(site, total)).map(move |number| (site.paged(&first, lang, number), None))
    };
    let visible = move |list: &[crate::model::entities::ProductIx]| {
        list.iter().filter(|ix| site.product(**ix).entity.url(lang).is_some()).count()
    };
    let lists = TermKind::ALL
        .into_iter()
        .filter(move |kind| !site.terms_of(*kind).is_empty())
        .map(move |kind| (site.terms_url(kind, lang), None));
    let terms = TermKind::ALL.into_iter().flat_map(move |kind| {
        let shown = site.terms_of(kind).iter().filter(move |term| {
            let own = indexed(&term.entity, lang) || kind == TermKind::Maker;
            own && !(kind == TermKind::Tag && term.products.len() < 2)
        });
        shown
            .filter_map(move |term| Some((term.entity.url(lang)?.to_owned(), visible(&term.products))))
            .flat_map(move |(url, total)| paged(url, total))
    });
    let products =
        site.products.iter().enumerate().filter(move |(_, product)| indexed(&product.entity, lang));
    let products =
        products.filter_map(move |(at, product)| Some((product.entity.url(lang)?.to_owned(), Some(at))));
    let pages = site.pages.iter().filter(move |page| indexed(&page.entity, lang));
    let pages = pages.filter_map(move |page| Some((page.entity.url(lang)?.to_owned(), None)));
    std::iter::once((site.home_url(lang), None))
        .chain(paged(site.products_url(lang), visible(&site.newest)))
        .chain(lists)
        .chain(terms)
        .chain(products)
        .chain(pages)
}

fn entries(views: &ViewContext<'_>) -> Vec<Entry> {
    let site = views.site;
    if views.noindex {
        return Vec::new();
    }
    let all = site.shop.langs().flat_map(|lang| listed(site, lang));
    all.map(|(url, product)| {
        let product = product.map(|at| &site.products[at]);
        let images = product.into_iter().flat_map(|product| &product.photos);
        Entry {
            url,
            changed: product.and_then(|product| product.doc.updated.or(product.doc.added)),
            images: images
                .filter_map(|used| views.assets.photo(used.photo))
                .filter_map(|asset| asset.jpeg().map(|jpeg| asset.url(jpeg)))
                .collect(),
        }
    })
    .collect()
}
