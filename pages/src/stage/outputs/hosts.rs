//! Rules for hosts and robots: `robots.txt`, and the `_redirects` and `_headers` that Netlify, Cloudflare Pages and
//! others read.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use faults::{Fault, Place};
use messages::tr;

use crate::model::facts::Facts;
use crate::model::site::Site;
use crate::stage::view::ViewContext;

/// The first line of our `_headers`; it identifies an output folder as ours.
pub const OURS: &str = "# Written by bazaar: every file in this folder is made by the build.";

/// `robots.txt` (RFC 9309).
pub fn robots(views: &ViewContext<'_>) -> String {
    if views.noindex {
        return "User-agent: *\nDisallow: /\n".to_owned();
    }
    format!("User-agent: *\nDisallow: /api/\n\nSitemap: {}/sitemap.xml\n", views.base)
}

/// Old addresses, and the page of errors of each language.
pub fn redirects(site: &Site) -> String {
    let mut out = String::new();
    for redirect in &site.redirects {
        let _ = writeln!(out, "{} {} 301!", redirect.from, redirect.to);
    }
    for lang in site.shop.langs().skip(1) {
        let prefix = site.shop.prefix(lang);
        let _ = writeln!(out, "{prefix}/* {prefix}/404.html 404");
    }
    out
}

/// The most redirects that all hosts accept: Cloudflare Pages stops reading at 2,000 (developers.cloudflare.com/pages/configuration/redirects);
/// Netlify advises against 10,000 (docs.netlify.com/manage/routing/redirects/overview).
const MOST_REDIRECTS: usize = 2_000;
/// The longest line of `_headers`, in characters (developers.cloudflare.com/pages/configuration/headers).
const LONGEST_HEADER: usize = 2_000;

/// A warning when some host would not read all redirects. Their pages exist all the same, and redirect in the browser.
pub fn too_many(site: &Site) -> Option<Fault> {
    let count = site.redirects.len();
    (count > MOST_REDIRECTS).then(|| {
        Fault::warning(
            "many-redirects",
            Place::file("content/shop.yaml"),
            tr!("the shop has {count} old addresses, and Cloudflare Pages reads {most}", most = MOST_REDIRECTS),
        )
        .help(tr!("the others still lead on, by a page of their own; leave out `aliases` that nobody asks for any more"))
    })
}

/// A warning when some host would not accept the policy, which names every inline block of the theme.
pub fn too_long(headers: &str) -> Option<Fault> {
    let length = headers.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    (length > LONGEST_HEADER).then(|| {
        Fault::warning(
            "long-header",
            Place::file("content/shop.yaml"),
            tr!(
                "the Content-Security-Policy has {length} characters, and Cloudflare Pages takes {most} a line",
                most = LONGEST_HEADER
            ),
        )
        .help(tr!("it names each inline script and style of the theme: put what differs from page to page into a file or an attribute"))
    })
}

/// Security and cache headers. The policy allows each inline block by its digest; no other inline code runs.
pub fn headers<'f>(facts: impl Iterator<Item = &'f Facts>) -> String {
    let mut scripts: BTreeSet<&str> = BTreeSet::new();
    let mut styles: BTreeSet<&str> = BTreeSet::new();
    for facts in facts {
        scripts.extend(facts.inline_scripts.iter().map(String::as_str));
        styles.extend(facts.inline_styles.iter().map(String::as_str));
    }
    let sources = |inline: &BTreeSet<&str>| -> String {
        inline.iter().fold("'self'".to_owned(), |all, source| format!("{all} {source}"))
    };
    // Chromium applies form-action to the redirect after a form as well: Stripe's page must be named.
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; form-action 'self' https://checkout.stripe.com; base-uri 'none'; frame-ancestors 'none'",
        sources(&scripts),
        sources(&styles)
    );
    format!(
        "{OURS}\n/*\n  Content-Security-Policy: {policy}\n  Referrer-Policy: strict-origin-when-cross-origin\n  \
         X-Content-Type-Options: nosniff\n  Permissions-Policy: camera=(), geolocation=(), microphone=()\n  \
         Cross-Origin-Opener-Policy: same-origin\n/_/*\n  Cache-Control: public, max-age=31536000, immutable\n\
         /catalog.json\n  Access-Control-Allow-Origin: *\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_a_host_would_not_take_is_told() {
        let named = |blocks: usize| Facts {
            inline_scripts: (0..blocks).map(|block| format!("'sha256-{block:044}'")).collect(),
            ..Facts::default()
        };
        assert_eq!(too_long(&headers([named(2)].iter())), None);
        assert_eq!(too_long(&headers([named(60)].iter())).map(|fault| fault.code), Some("long-header"));
        let line = |length: usize| format!("/*\n{}\n", "x".repeat(length));
        assert_eq!(too_long(&line(LONGEST_HEADER)), None);
        assert!(too_long(&line(LONGEST_HEADER + 1)).is_some());
    }
}
