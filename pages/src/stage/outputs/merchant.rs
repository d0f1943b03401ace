//! The product feed for Google Merchant Center and Meta catalogs: RSS 2.0 with Google's namespace, one per language.
//! Source: support.google.com/merchants/answer/7052112 (product data specification), with its lengths.
//!
//! It lists what the till sells and delivers. Left out are: pieces that are gone for good, pieces that can only be
//! collected (Google lists these only through local inventories), and all pieces of a shop whose till sells nothing. What is
//! sold out for now, or cannot be bought while the shop is closed, stays as `out_of_stock`: it comes back under the same id.

use std::fmt::Write as _;

use catalog::html::escape;
use catalog::money::decimal;
use catalog::{Cents, Grams};

use crate::model::documents::ItemDoc;
use crate::model::entities::TermKind;
use crate::model::lang::LangIx;
use crate::model::offer::Offer;
use crate::model::product::{ItemNow, Product};
use crate::stage::view::text::{cut, rfc3339};
use crate::stage::view::{ViewContext, group_id, product_query, product_variant_name, variant_facts};

/// The feed of a language. Items without a photo are left out: both services refuse them.
pub fn feed(views: &ViewContext<'_>, lang: LangIx) -> String {
    let site = views.site;
    let shop = &site.shop;
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\">\n\
         <channel>\n<title>{}</title>\n<link>{}{}</link>\n<description>{}</description>\n",
        escape(&shop.name),
        escape(views.base),
        site.home_url(lang),
        escape(shop.description.get(lang))
    );
    for product in &site.products {
        let own = lang == LangIx::DEFAULT || product.entity.translated(lang);
        let Some(url) = product.entity.url(lang).filter(|_| own) else { continue };
        for (item, now) in product.doc.items.iter().zip(&product.items) {
            entry(&mut out, views, lang, product, item, now, url);
        }
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

fn entry(
    out: &mut String,
    views: &ViewContext<'_>,
    lang: LangIx,
    product: &Product,
    item: &ItemDoc,
    now: &ItemNow,
    url: &str,
) {
    let offer = views.site.offer(product, item, now);
    let sent = !product.doc.pickup_only && views.site.shop.sends(item.weight.unwrap_or(Grams(0)));
    if offer == Offer::Gone || !sent {
        return;
    }
    let images = images(views, product, item);
    let Some((first, others)) = images.split_first() else { return };
    let shop = &views.site.shop;
    out.push_str("<item>\n");
    let mut tag = |name: &str, value: &str| {
        let _ = writeln!(out, "<g:{name}>{}</g:{name}>", escape(value));
    };
    let money = |minor: Cents| format!("{} {}", decimal(minor), shop.currency.code());
    let grouped = !product.doc.options.is_empty();
    let title = product.entity.title(lang).text;
    let entity = &product.entity;
    let description = entity.body(lang).map(|(body, _)| cut(&body.text, 5000));
    let description = description.filter(|text| !text.is_empty());
    let description =
        description.or_else(|| entity.summary(lang).map(str::to_owned)).unwrap_or_else(|| title.to_owned());
    let (name, link) = if grouped {
        let variant = product_variant_name(product, &item.choice, lang);
        (variant_title(title, &variant), format!("{url}?{}", product_query(product, &item.choice)))
    } else {
        (cut(title, MAX_TITLE), url.to_owned())
    };
    tag("id", item.sku.value.as_str());
    tag("title", &name);
    tag("description", &description);
    tag("link", &format!("{}{link}", views.base));
    tag("image_link", first);
    others.iter().take(10).for_each(|other| tag("additional_image_link", other));
    tag("availability", if offer.sold_online() { "in_stock" } else { "out_of_stock" });
    tag("price", &money(now.was.unwrap_or(now.price)));
    if now.was.is_some() {
        tag("sale_price", &money(now.price));
        if let Some(sale) = item.sale
            && let (Some(from), Some(until)) = (sale.window.from, sale.window.until)
        {
            tag("sale_price_effective_date", &format!("{}/{}", rfc3339(from), rfc3339(until.previous())));
        }
    }
    tag("condition", "new");
    let maker = product.maker.map(|ix| views.site.term(TermKind::Maker, ix).title(lang).text);
    if let Some(brand) = product.doc.brand.as_deref().or(maker) {
        tag("brand", &cut(brand, 70));
    }
    match &item.gtin {
        Some(gtin) => tag("gtin", gtin),
        None => tag("identifier_exists", "no"),
    }
    if grouped {
        tag("item_group_id", &group_id(&entity.id));
    }
    let facts = variant_facts(product, &item.choice, lang);
    for (name, most) in [("size", 100), ("color", 100), ("pattern", 100)] {
        if let Some(values) = facts.known.get(name) {
            tag(name, &cut(&values.join("/"), most));
        }
    }
    let materials = facts.known.get("material").map(|values| values.join("/"));
    if let Some(material) = materials.as_deref().or_else(|| product.materials(lang)) {
        tag("material", &cut(material, 200));
    }
    for (label, value) in &facts.own {
        detail(out, label, value);
    }
    let mut tag = |name: &str, value: &str| {
        let _ = writeln!(out, "<g:{name}>{}</g:{name}>", escape(value));
    };
    if let Some(grams) = item.weight {
        tag("shipping_weight", &format!("{} g", grams.0));
    }
    let made = |days| shop.shipping.days_until_ready(Some(days));
    if let Some((low, high)) = product.doc.made_to_order.and_then(made) {
        tag("min_handling_time", &low.to_string());
        tag("max_handling_time", &high.to_string());
    }
    let path = views.category_titles(product.category, lang);
    if !path.is_empty() {
        tag("product_type", &cut(&path.join(" > "), 750));
    }
    out.push_str("</item>\n");
}

/// Longest title that Google accepts, in characters.
const MAX_TITLE: usize = 150;

/// The product's title with its variant's name. A long title is cut, since the name is what distinguishes the variant.
fn variant_title(title: &str, variant: &str) -> String {
    let variant = cut(variant, MAX_TITLE / 2);
    let rest = MAX_TITLE - 2 - variant.chars().count();
    format!("{}, {variant}", cut(title, rest))
}

/// An option that Google has no attribute for.
fn detail(out: &mut String, label: &str, value: &str) {
    let _ = writeln!(
        out,
        "<g:product_detail><g:attribute_name>{}</g:attribute_name><g:attribute_value>{}</g:attribute_value></g:product_detail>",
        escape(&cut(label, 140)),
        escape(&cut(value, 1000))
    );
}

fn images(views: &ViewContext<'_>, product: &Product, item: &ItemDoc) -> Vec<String> {
    let own: Vec<_> = item.images.iter().filter_map(|at| product.photos.get(*at)).collect();
    let photos = if own.is_empty() { product.photos.iter().collect() } else { own };
    let assets = photos.into_iter().filter_map(|used| views.assets.photo(used.photo));
    assets.filter_map(|asset| asset.jpeg().map(|jpeg| format!("{}{}", views.base, asset.url(jpeg)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_keep_their_names() {
        let name = variant_title(&"long ".repeat(40), "M, bleu");
        assert!(name.ends_with("…, M, bleu") && name.chars().count() <= MAX_TITLE, "{name}");
        assert_eq!(variant_title("Bol", "M"), "Bol, M");
        let name = variant_title(&"é".repeat(200), &"ö".repeat(200));
        assert!(name.chars().count() <= MAX_TITLE, "{name}");
    }
}
