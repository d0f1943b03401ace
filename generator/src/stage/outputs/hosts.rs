//! Rules for hosts and robots: `robots.txt`, and the `_redirects` and `_headers` that Netlify, Cloudflare Pages and
//! others read.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::model::facts::Facts;
use crate::model::site::Site;
use crate::stage::view::Desk;

/// The first line of our `_headers`, by which an output folder is known to be ours.
pub const OURS: &str = "# Written by bazaar: every file in this folder is made by the build.";

/// `robots.txt` (RFC 9309).
pub fn robots(desk: &Desk<'_>) -> String {
    if desk.noindex {
        return "User-agent: *\nDisallow: /\n".to_owned();
    }
    format!("User-agent: *\nDisallow: /api/\n\nSitemap: {}/sitemap.xml\n", desk.base)
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

/// Security and cache headers. The policy names each inline block by its digest; nothing else inline runs.
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
    // Chromium applies form-action to the redirect after a form, too: Stripe's page must be named.
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
