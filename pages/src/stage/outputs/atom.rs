//! The Atom feed of new products (RFC 4287), one per language.

use std::fmt::Write as _;

use catalog::Timestamp;
use catalog::html::escape;

use crate::model::entities::TermKind;
use crate::model::lang::LangIx;
use crate::stage::view::ViewContext;
use crate::stage::view::text::rfc3339;

/// Maximum number of entries in a feed.
const MOST: usize = 50;

/// The feed of a language: products with a date, newest first.
pub fn feed(views: &ViewContext<'_>, lang: LangIx) -> String {
    let site = views.site;
    let shop = &site.shop;
    let mut newest: Vec<_> = site
        .products
        .iter()
        .filter(|product| lang == LangIx::DEFAULT || product.entity.translated(lang))
        .filter_map(|product| Some((product.doc.added?, product, product.entity.url(lang)?)))
        .collect();
    newest.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.entity.id.cmp(&b.1.entity.id)));
    newest.truncate(MOST);
    let updated = newest
        .iter()
        .map(|(added, product, _)| product.doc.updated.unwrap_or(*added))
        .max()
        .unwrap_or(Timestamp(0));
    let base = escape(views.base);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
         <title>{}</title>\n<id>{base}{}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{base}{}\"/>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{base}{}/atom.xml\"/>\n<updated>{}</updated>\n\
         <author><name>{}</name></author>\n",
        shop.lang(lang),
        escape(&shop.name),
        site.home_url(lang),
        site.home_url(lang),
        shop.prefix(lang),
        rfc3339(updated),
        escape(&shop.name)
    );
    for (added, product, url) in newest {
        let changed = product.doc.updated.unwrap_or(added).max(added);
        let _ = write!(
            out,
            "<entry>\n<title>{}</title>\n<id>{base}{url}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{base}{url}\"/>\n\
             <published>{}</published>\n<updated>{}</updated>\n",
            escape(product.entity.title(lang).text),
            rfc3339(added),
            rfc3339(changed)
        );
        if let Some(ix) = product.maker {
            let maker = site.term(TermKind::Maker, ix).title(lang).text;
            let _ = writeln!(out, "<author><name>{}</name></author>", escape(maker));
        }
        let _ = writeln!(
            out,
            "<content type=\"html\">{}</content>\n</entry>",
            escape(&content(views, product, lang))
        );
    }
    out.push_str("</feed>\n");
    out
}

fn content(views: &ViewContext<'_>, product: &crate::model::product::Product, lang: LangIx) -> String {
    let photo = product.photos.first().and_then(|photo| views.photo(photo, lang));
    let picture = photo.map_or_else(String::new, |photo| {
        format!("<p><img src=\"{}{}\" alt=\"{}\"></p>", views.base, photo.src, escape(&photo.alt))
    });
    let price = views.product_price(product, lang).now;
    let summary =
        product.entity.summary(lang).map_or_else(String::new, |text| format!("<p>{}</p>", escape(text)));
    format!("{picture}{summary}<p>{}</p>", escape(&price))
}
