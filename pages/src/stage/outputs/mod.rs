//! What a site has besides pages: sitemap, feeds, catalog, snapshot, rules for hosts. Each is made in memory from the
//! site; only `_headers` needs the rendered pages, whose inline blocks it names.

mod atom;
mod data;
mod hosts;
pub mod icon;
mod merchant;
mod sitemap;
mod till;

use std::collections::BTreeMap;

use catalog::public::Catalog;
use catalog::settings::Settings;
use faults::Faults;

use crate::model::site::Site;
use crate::stage::view::ViewContext;

pub use data::{catalog, items};
pub use hosts::{OURS, headers, too_long, too_many};
pub use till::faults as till_faults;

/// The paths of all outputs, known before they are made, so that pages may link to them.
pub fn paths(site: &Site) -> Vec<String> {
    let mut paths: Vec<String> =
        ["catalog.json", "robots.txt", "_redirects", "_headers"].map(str::to_owned).to_vec();
    paths.extend(sitemap::paths(site));
    if !icon::is_own(site) {
        paths.push(icon::PATH.to_owned());
    }
    for lang in site.shop.langs() {
        paths.push(format!("{}/atom.xml", site.shop.prefix(lang)).trim_start_matches('/').to_owned());
        paths.push(format!("merchant.{}.xml", site.shop.lang(lang)));
    }
    paths
}

/// All outputs by path, except `_headers`; the snapshot, and what is wrong with the till's part of the theme.
pub fn all(views: &ViewContext<'_>) -> (BTreeMap<String, Vec<u8>>, (Vec<u8>, Faults)) {
    // Both contain every item, and the snapshot also the digest of the catalog.
    let catalog = data::catalog(views);
    rayon::join(|| files(views, &catalog), || data::snapshot(views, &catalog))
}

/// One of the outputs, on request of `serve`.
pub fn one(views: &ViewContext<'_>, path: &str) -> Option<Vec<u8>> {
    match path {
        "_headers" => Some(headers(std::iter::empty()).into_bytes()),
        path => files(views, &data::catalog(views)).remove(path),
    }
}

/// The snapshot for the till, and what is wrong with the till's part of the theme.
pub fn snapshot(views: &ViewContext<'_>) -> (Vec<u8>, Faults) {
    data::snapshot(views, &data::catalog(views))
}

/// What the snapshot says of the shop besides its items.
pub fn settings(views: &ViewContext<'_>) -> Settings {
    data::settings(views, &data::catalog(views)).0
}

fn files(views: &ViewContext<'_>, catalog: &Catalog) -> BTreeMap<String, Vec<u8>> {
    let site = views.site;
    let mut files = BTreeMap::new();
    if !icon::is_own(site) {
        files.insert(icon::PATH.to_owned(), icon::svg(site).into_bytes());
    }
    for lang in site.shop.langs() {
        let path = format!("{}/atom.xml", site.shop.prefix(lang)).trim_start_matches('/').to_owned();
        files.insert(path, atom::feed(views, lang).into_bytes());
        files.insert(
            format!("merchant.{}.xml", site.shop.lang(lang)),
            merchant::feed(views, lang).into_bytes(),
        );
    }
    files.extend(sitemap::files(views).into_iter().map(|(path, text)| (path, text.into_bytes())));
    files.insert("catalog.json".to_owned(), data::catalog_file(catalog));
    files.insert("robots.txt".to_owned(), hosts::robots(views).into_bytes());
    files.insert("_redirects".to_owned(), hosts::redirects(site).into_bytes());
    files
}
