//! `render`: a job's view -> bytes and facts. Pure: the same view gives the same bytes, on any thread.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use faults::{Fault, Place};
use sha2::{Digest, Sha256};

use crate::model::facts::{Facts, path_hash};
use crate::model::plan::{Job, Subject};
use crate::stage::view::text::escape;
use crate::stage::view::{Desk, View};

/// A rendered page.
#[derive(Debug)]
pub struct Page {
    /// Its HTML.
    pub html: String,
    /// What is known of it.
    pub facts: Facts,
    /// Addresses it links to, as written, in its order: for faults.
    pub links: Vec<String>,
    /// Anchors of its own that it links to and does not have.
    pub dead_anchors: Vec<String>,
}

/// Renders one page.
pub fn render(desk: &Desk<'_>, job: Job, view: &View) -> Result<Page, Box<Fault>> {
    let html = match job.subject {
        Subject::Redirect(at) => redirect(desk, at as usize),
        subject => {
            let template = subject.template();
            let language = desk.site.shop.lang(job.lang);
            let context = desk.context(job, view).map_err(|error| {
                Box::new(Fault::error(
                    "view",
                    Place::file(format!("templates/{template}")),
                    error.to_string(),
                ))
            })?;
            desk.theme.render(language, template, &context)?
        }
    };
    Ok(inspect(html, desk.base))
}

/// A page at an old address. It works on any host; `_redirects` answers sooner where it is understood.
fn redirect(desk: &Desk<'_>, at: usize) -> String {
    let Some(redirect) = desk.site.redirects.get(at) else { return String::new() };
    let (to, absolute) = (escape(&redirect.to), escape(&format!("{}{}", desk.base, redirect.to)));
    let lang = desk.site.shop.lang(crate::model::lang::LangIx::DEFAULT);
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{absolute}</title>\n\
         <link rel=\"canonical\" href=\"{absolute}\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={to}\">\n</head>\n<body>\n<h1><a href=\"{to}\">{absolute}</a></h1>\n\
         </body>\n</html>\n"
    )
}

/// Reads links, anchors and inline blocks off a page. Attributes are expected in double quotes, as the themes write them.
fn inspect(html: String, base: &str) -> Page {
    let mut links: Vec<String> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    let mut anchors: Vec<&str> = Vec::new();
    let mut add = |url: &str| {
        let url =
            url.strip_prefix(base).filter(|rest| rest.starts_with('/') || rest.is_empty()).unwrap_or(url);
        // The till answers below /api/: the build does not know its addresses.
        if url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/api/") {
            let path = url.split(['#', '?']).next().unwrap_or_default();
            if links.last().is_none_or(|last| last != path) {
                links.push(path.replace("&amp;", "&"));
            }
        }
    };
    for (name, value) in attributes(&html) {
        match name {
            "href" | "src" | "action" | "poster" => match value.strip_prefix('#') {
                Some(anchor) if !anchor.is_empty() => anchors.push(anchor),
                _ => add(value),
            },
            "srcset" => value.split(',').filter_map(|part| part.split_whitespace().next()).for_each(&mut add),
            "id" => ids.push(value),
            _ => {}
        }
    }
    let dead_anchors =
        anchors.into_iter().filter(|anchor| !ids.contains(anchor)).map(str::to_owned).collect();
    let mut hashes: Vec<u64> = links.iter().map(|path| path_hash(path)).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let facts = Facts {
        links: hashes,
        inline_scripts: inline(&html, "script"),
        inline_styles: inline(&html, "style"),
    };
    Page { html, facts, links, dead_anchors }
}

/// Every `name="value"` of a page.
fn attributes(html: &str) -> impl Iterator<Item = (&str, &str)> {
    memchr::memmem::find_iter(html.as_bytes(), "=\"").filter_map(|at| {
        let name_start = html[..at].rfind(|c: char| !c.is_ascii_lowercase()).map_or(0, |before| before + 1);
        let name = &html[name_start..at];
        let rest = &html[at + 2..];
        let known = matches!(name, "href" | "src" | "srcset" | "id" | "action" | "poster");
        // The byte before the name is a space: `data-id="x"` is another attribute.
        let separate = name_start > 0 && html.as_bytes()[name_start - 1].is_ascii_whitespace();
        (known && separate).then(|| (name, rest.split('"').next().unwrap_or_default()))
    })
}

/// CSP sources of inline blocks; blocks of data are not scripts and need none.
fn inline(html: &str, tag: &str) -> Vec<String> {
    let open = format!("<{tag}");
    let close = format!("</{tag}>");
    let mut sources = Vec::new();
    for (at, _) in html.match_indices(&open) {
        let rest = &html[at + open.len()..];
        let Some((attributes, rest)) = rest.split_once('>') else { continue };
        let data = attributes.contains("application/ld+json") || attributes.contains(" src=");
        if let Some((content, _)) = rest.split_once(&close)
            && !data
            && !content.is_empty()
        {
            sources.push(format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(content))));
        }
    }
    sources.sort();
    sources.dedup();
    sources
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
}
