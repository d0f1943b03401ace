//! `render`: a job's view -> bytes and facts. Pure: the same view gives the same bytes, on any thread.

mod markup;

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use catalog::html::escape;
use faults::{Fault, Place};
use sha2::{Digest, Sha256};

use crate::model::facts::{Facts, path_hash};
use crate::model::plan::{Job, Subject};
use crate::stage::view::{View, ViewContext};
pub use markup::Tags;

/// A rendered page.
#[derive(Debug)]
pub struct Page {
    /// Its HTML.
    pub html: String,
    /// What is known about it.
    pub facts: Facts,
    /// Addresses that it links to, as written and in order, for faults.
    pub links: Vec<String>,
    /// Anchors in itself that it links to but does not have.
    pub dead_anchors: Vec<String>,
}

/// Renders one page.
pub fn render(views: &ViewContext<'_>, job: Job, view: &View) -> Result<Page, Box<Fault>> {
    let html = match job.subject {
        Subject::Redirect(at) => redirect(views, at as usize),
        subject => {
            let template = subject.template();
            let language = views.site.shop.lang(job.lang);
            let context = views.context(job, view).map_err(|error| {
                Box::new(Fault::error(
                    "view",
                    Place::file(format!("templates/{template}")),
                    error.to_string(),
                ))
            })?;
            views.theme.render(language, template, &context)?
        }
    };
    Ok(inspect(html, views.base))
}

/// A page at an old address. It works on any host; where `_redirects` is supported, that answers first.
fn redirect(views: &ViewContext<'_>, at: usize) -> String {
    let Some(redirect) = views.site.redirects.get(at) else { return String::new() };
    let (to, absolute) = (escape(&redirect.to), escape(&format!("{}{}", views.base, redirect.to)));
    let lang = views.site.shop.lang(crate::model::lang::LangIx::DEFAULT);
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{absolute}</title>\n\
         <link rel=\"canonical\" href=\"{absolute}\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={to}\">\n</head>\n<body>\n<h1><a href=\"{to}\">{absolute}</a></h1>\n\
         </body>\n</html>\n"
    )
}

/// Reads links, anchors and inline blocks off a page. A `<template>` contains no links until a script inserts it, but its
/// styles and scripts then run under this page's policy.
fn inspect(html: String, base: &str) -> Page {
    let mut links: Vec<String> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    let mut anchors: Vec<Cow<'_, str>> = Vec::new();
    let (mut scripts, mut styles) = (Vec::new(), Vec::new());
    let mut add = |written: &str| {
        let url = markup::value(written.trim());
        let own = |rest: &&str| rest.starts_with(['/', '?', '#']) || rest.is_empty();
        let url = url.strip_prefix(base).filter(own).unwrap_or(&url);
        // The till answers below /api/: the build does not know its addresses.
        if url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/api/") {
            let path = url.split(['#', '?']).next().unwrap_or_default();
            if links.last().is_none_or(|last| last != path) {
                links.push(path.to_owned());
            }
        }
    };
    let mut tags = Tags::new(&html);
    let mut attributes = Vec::new();
    while let Some(tag) = tags.next(&mut attributes) {
        if tag.is("script") && runs_inline(&attributes) {
            scripts.extend(digest(tag.content));
        } else if tag.is("style") {
            styles.extend(digest(tag.content));
        }
        if tag.inert {
            continue;
        }
        for &(name, value) in &attributes {
            let is = |known: &[&str]| known.iter().any(|known| name.eq_ignore_ascii_case(known));
            if is(&["href", "src", "action", "formaction", "poster"]) {
                match value.trim().strip_prefix('#') {
                    Some(anchor) if !is_top(anchor) => anchors.push(markup::value(anchor)),
                    _ => add(value),
                }
            } else if is(&["srcset", "imagesrcset"]) {
                markup::srcset(value).for_each(&mut add);
            } else if is(&["id"]) {
                ids.push(value);
            }
        }
    }
    let dead_anchors = anchors
        .into_iter()
        .filter(|anchor| !ids.iter().any(|id| **id == **anchor || *markup::value(id) == **anchor))
        .map(Cow::into_owned)
        .collect();
    let mut hashes: Vec<u64> = links.iter().map(|path| path_hash(path)).collect();
    hashes.sort_unstable();
    hashes.dedup();
    for sources in [&mut scripts, &mut styles] {
        sources.sort();
        sources.dedup();
    }
    let facts = Facts { links: hashes, inline_scripts: scripts, inline_styles: styles };
    Page { html, facts, links, dead_anchors }
}

/// Whether an anchor exists on every page: `#` and `#top` lead to its top, and `#:~:` to a text (HTML, 7.4.6.4).
fn is_top(anchor: &str) -> bool {
    anchor.is_empty() || anchor.eq_ignore_ascii_case("top") || anchor.starts_with(":~:")
}

/// Whether a script's own text runs: blocks of data do not (HTML, 4.12.1).
fn runs_inline(attributes: &[(&str, &str)]) -> bool {
    let of = |wanted: &str| {
        attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
    };
    let kind = of("type").unwrap_or_default().to_ascii_lowercase();
    let code = ["", "module", "importmap", "speculationrules"].contains(&kind.as_str())
        || ["javascript", "ecmascript", "jscript", "livescript"].iter().any(|name| kind.contains(name));
    code && of("src").is_none()
}

/// The CSP source of an inline block, over its text as browsers see it, with LF as line ends.
fn digest(content: &str) -> Option<String> {
    let text = content.replace("\r\n", "\n").replace('\r', "\n");
    (!text.is_empty()).then(|| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_anchors_and_inline_blocks_are_seen() {
        let page = inspect(
            "<a href=\"/a/?x=1#b\">a</a><a href=\"#main\">m</a><a href=\"#gone\">g</a><main id=\"main\" data-id=\"x\">\
             <img srcset=\"/_/k/1.webp 320w, /_/k/2.webp 640w\" src=\"https://s.example/c.jpg\"><script>x()</script>\
             <script type=\"application/ld+json\">{}</script>"
                .to_owned(),
            "https://s.example",
        );
        assert_eq!(page.links, ["/a/", "/_/k/1.webp", "/_/k/2.webp", "/c.jpg"]);
        assert_eq!(page.dead_anchors, ["gone"]);
        assert_eq!(page.facts.inline_scripts.len(), 1);
    }

    #[test]
    fn what_is_no_tag_has_no_links() {
        let page = inspect(
            "<code>&lt;a href=\"/code/\"></code> href=\"/text/\" <!-- <a href=\"/comment/\"><script>c()</script> -->\
             <textarea><a href=\"/area/\"></textarea><p title='<a href=\"/title/\">' data-href=\"/data/\">\
             <template><a href=\"/template/\" id=\"t\"></template><script>'<a href=\"/script/\">'</script>\
             <a href='/single/'><A HREF=/bare/ ><img srcset='/a.webp 1x, /b.webp 2x'><a href=\"/d&#233;/?x=1&amp;y\"><a href=\"#t\">\
             <a href=\"#top\">"
                .to_owned(),
            "https://s.example",
        );
        assert_eq!(page.links, ["/single/", "/bare/", "/a.webp", "/b.webp", "/dé/"]);
        assert_eq!(page.dead_anchors, ["t"]);
        assert_eq!(page.facts.inline_scripts.len(), 1);
    }

    #[test]
    fn digests_are_over_what_a_browser_hashes() {
        let of = |html: &str| inspect(html.to_owned(), "").facts;
        let one = of("<script>a()\n</script><style>b{}\n</style>");
        assert_eq!(one, of("<SCRIPT >a()\r\n</SCRIPT\n><style media='x>y'>b{}\r</style>"));
        assert_eq!((one.inline_scripts.len(), one.inline_styles.len()), (1, 1));
        for data in
            ["type=\"application/json\"", "type='application/ld+json'", "type=text/template", "src=/a.js"]
        {
            assert!(of(&format!("<script {data}>{{}}</script>")).inline_scripts.is_empty(), "{data}");
        }
        let told = "<pre>&lt;script&gt;</pre> <p title='<script>x()</script>'><textarea><style>a{}</style></textarea>";
        assert_eq!(of(told), of(""));
    }
}
