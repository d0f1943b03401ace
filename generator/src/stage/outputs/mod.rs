//! What a site has besides pages: sitemap, feeds, catalog, snapshot, rules for hosts. Each is made whole in memory from
//! the site; none needs a rendered page but `_headers`, which names their inline blocks.

mod atom;
mod data;
mod hosts;
mod merchant;
mod sitemap;
mod till;

use std::collections::BTreeMap;

use crate::model::facts::Facts;
use crate::model::site::Site;
use crate::stage::view::Desk;

pub use data::{catalog, items, snapshot};
pub use hosts::{OURS, headers};
pub use till::faults as till_faults;

/// The paths of all outputs, known before they are made, so that pages may link to them.
pub fn paths(site: &Site) -> Vec<String> {
    let mut paths: Vec<String> =
        ["catalog.json", "robots.txt", "_redirects", "_headers"].map(str::to_owned).to_vec();
    paths.extend(sitemap::paths(site));
    for lang in site.shop.langs() {
        paths.push(format!("{}/atom.xml", site.shop.prefix(lang)).trim_start_matches('/').to_owned());
        paths.push(format!("merchant.{}.xml", site.shop.lang(lang)));
    }
    paths
}

/// All outputs by path.
pub fn all<'f>(desk: &Desk<'_>, facts: impl Iterator<Item = &'f Facts>) -> BTreeMap<String, Vec<u8>> {
    let site = desk.site;
    let mut files = BTreeMap::new();
    for lang in site.shop.langs() {
        let path = format!("{}/atom.xml", site.shop.prefix(lang)).trim_start_matches('/').to_owned();
        files.insert(path, atom::feed(desk, lang).into_bytes());
        files.insert(
            format!("merchant.{}.xml", site.shop.lang(lang)),
            merchant::feed(desk, lang).into_bytes(),
        );
    }
    files.extend(sitemap::files(desk).into_iter().map(|(path, text)| (path, text.into_bytes())));
    files.insert("catalog.json".to_owned(), data::catalog_file(desk));
    files.insert("robots.txt".to_owned(), hosts::robots(desk).into_bytes());
    files.insert("_redirects".to_owned(), hosts::redirects(site).into_bytes());
    files.insert("_headers".to_owned(), headers(facts).into_bytes());
    files
}
