//! Structured data (schema.org) as Google reads it: Product and ProductGroup, Offer, BreadcrumbList. What the shop promises
//! about shipping and returns is in `promises`. Sources: developers.google.com/search/docs/appearance/structured-data
//! (product, product-variants, merchant-listing, breadcrumb).
//!
//! Each page's data is self-contained: Google does not look up an `@id` on another page.

use catalog::money::decimal;
use serde_json::{Map, Value, json};

use super::promises::{self, Promises};
use super::variants::{group_id, property, query, variant_facts, variant_name};
use super::{ViewContext, text};
use crate::model::documents::ItemDoc;
use crate::model::entities::{Term, TermKind};
use crate::model::lang::LangIx;
use crate::model::offer::Offer;
use crate::model::product::{ItemNow, Product};
use crate::model::view::Crumb;

/// All of a page's data as one text, safe inside a `<script>`; empty if there is none.
pub fn document(graph: Vec<Value>) -> String {
    if graph.is_empty() {
        return String::new();
    }
    // Assembled by hand: `json!` would copy the whole graph, and this runs for every page of every build.
    let graph = serde_json::to_string(&graph).unwrap_or_default();
    let mut document = String::with_capacity(graph.len() + 64);
    document.push_str("{\"@context\":\"https://schema.org\",\"@graph\":");
    for c in graph.chars() {
        match c {
            '<' => document.push_str("\\u003c"),
            '\u{2028}' => document.push_str("\\u2028"),
            '\u{2029}' => document.push_str("\\u2029"),
            c => document.push(c),
        }
    }
    document.push('}');
    document
}

/// The breadcrumbs of a page.
pub fn breadcrumbs(views: &ViewContext<'_>, crumbs: &[Crumb], heading: &str, url: &str) -> Option<Value> {
    if crumbs.is_empty() {
        return None;
    }
    let own = Crumb { title: heading.to_owned(), url: url.to_owned() };
    let items: Vec<Value> = crumbs
        .iter()
        .chain([&own])
        .enumerate()
        .map(|(at, crumb)| {
            json!({ "@type": "ListItem", "position": at + 1, "name": crumb.title, "item": views.absolute(&crumb.url) })
        })
        .collect();
    let mut list = Map::new();
    list.insert("@type".into(), "BreadcrumbList".into());
    list.insert("itemListElement".into(), items.into());
    Some(Value::Object(list))
}

/// A maker.
pub fn maker(views: &ViewContext<'_>, term: &Term, lang: LangIx) -> Value {
    let mut maker = json!({
        "@type": "Organization",
        "name": term.title(lang).text,
        "url": views.absolute(term.entity.url(lang).unwrap_or_default()),
    });
    if let Some(maker) = maker.as_object_mut() {
        if let Some(address) = &term.doc.address {
            maker.insert("address".into(), address.clone().into());
        }
        if let Some(summary) = term.entity.summary(lang) {
            maker.insert("description".into(), summary.into());
        }
    }
    maker
}

/// A product, or a group of variants, with every node that its offers refer to.
pub fn product(
    views: &ViewContext<'_>,
    product: &Product,
    lang: LangIx,
    description: Option<&str>,
) -> Vec<Value> {
    let url = product.entity.url(lang).unwrap_or_default();
    let mut promises = Promises::default();
    let mut object = Map::new();
    let grouped = !product.doc.options.is_empty();
    object.insert("@type".into(), if grouped { "ProductGroup" } else { "Product" }.into());
    object.insert("name".into(), product.entity.title(lang).text.into());
    object.insert("url".into(), views.absolute(url).into());
    if let Some(description) = description {
        object.insert("description".into(), description.into());
    }
    let brand = product
        .doc
        .brand
        .as_deref()
        .or_else(|| product.maker.map(|ix| views.site.term(TermKind::Maker, ix).title(lang).text));
    if let Some(brand) = brand {
        object.insert("brand".into(), json!({ "@type": "Brand", "name": brand }));
    }
    if let Some(material) = product.materials(lang) {
        object.insert("material".into(), material.into());
    }
    if let Some(ix) = product.category {
        object.insert("category".into(), views.site.term(TermKind::Category, ix).title(lang).text.into());
    }
    let images = images(views, product, &[]);
    if !images.is_empty() {
        object.insert("image".into(), images.into());
    }
    if grouped {
        object.insert("productGroupID".into(), group_id(&product.entity.id).into());
        object.insert("variesBy".into(), varies_by(product).into());
        let variants = product.doc.items.iter().zip(&product.items);
        let variants: Vec<Value> =
            variants.map(|(item, now)| variant(views, product, item, now, lang, &mut promises)).collect();
        object.insert("hasVariant".into(), variants.into());
    } else if let (Some(item), Some(now)) = (product.doc.items.first(), product.items.first()) {
        item_facts(&mut object, item);
        object.insert("offers".into(), offer(views, product, item, now, url, &mut promises));
    }
    let mut graph = vec![Value::Object(object), promises::seller(views)];
    graph.extend(promises.into_nodes());
    graph
}

fn variant(
    views: &ViewContext<'_>,
    product: &Product,
    item: &ItemDoc,
    now: &ItemNow,
    lang: LangIx,
    promises: &mut Promises,
) -> Value {
    let url = product.entity.url(lang).unwrap_or_default();
    let address = format!("{url}?{}", query(product, &item.choice));
    let mut object = Map::new();
    object.insert("@type".into(), "Product".into());
    let name = format!("{}, {}", product.entity.title(lang).text, variant_name(product, &item.choice, lang));
    object.insert("name".into(), name.into());
    let facts = variant_facts(product, &item.choice, lang);
    for (known, values) in facts.known {
        object.insert(known.to_owned(), one_or_list(values.into_iter().map(Value::from).collect()));
    }
    let own = facts
        .own
        .iter()
        .map(|(label, value)| json!({ "@type": "PropertyValue", "name": label, "value": value }));
    let own: Vec<Value> = own.collect();
    if !own.is_empty() {
        object.insert("additionalProperty".into(), one_or_list(own));
    }
    let images = images(views, product, &item.images);
    if !images.is_empty() {
        object.insert("image".into(), images.into());
    }
    item_facts(&mut object, item);
    object.insert("offers".into(), offer(views, product, item, now, &address, promises));
    Value::Object(object)
}

/// A single value by itself, several as a list: JSON objects have each property once.
pub(super) fn one_or_list(mut values: Vec<Value>) -> Value {
    match values.len() {
        1 => values.remove(0),
        _ => Value::Array(values),
    }
}

fn varies_by(product: &Product) -> Vec<Value> {
    let of =
        |id: &str| property(id).map_or_else(|| id.to_owned(), |known| format!("https://schema.org/{known}"));
    let mut all: Vec<String> = Vec::new();
    for name in product.doc.options.iter().map(|option| of(&option.id)) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all.into_iter().map(Value::from).collect()
}

fn item_facts(object: &mut Map<String, Value>, item: &ItemDoc) {
    object.insert("sku".into(), item.sku.value.to_string().into());
    if let Some(gtin) = &item.gtin {
        object.insert("gtin".into(), gtin.clone().into());
    }
    if let Some(grams) = item.weight {
        object.insert(
            "weight".into(),
            json!({ "@type": "QuantitativeValue", "value": grams.0, "unitCode": "GRM" }),
        );
    }
}

/// Made to order counts as in stock, with the days that it takes: Google has no better word.
fn offer(
    views: &ViewContext<'_>,
    product: &Product,
    item: &ItemDoc,
    now: &ItemNow,
    url: &str,
    promises: &mut Promises,
) -> Value {
    let shop = &views.site.shop;
    let state = views.site.offer(product, item, now);
    let availability = match state {
        Offer::Sent => "InStock",
        // The buyer has to come to the shop.
        Offer::Collected | Offer::ByWriting => "InStoreOnly",
        Offer::Gone => "SoldOut",
        Offer::SoldOut | Offer::Closed => "OutOfStock",
    };
    let mut offer = json!({
        "@type": "Offer",
        "url": views.absolute(url),
        "price": decimal(now.price),
        "priceCurrency": shop.currency.code(),
        "availability": format!("https://schema.org/{availability}"),
        "itemCondition": "https://schema.org/NewCondition",
        "seller": { "@id": views.absolute("/#shop") },
    });
    let Some(object) = offer.as_object_mut() else { return offer };
    if let Some(until) = now.until {
        object.insert("priceValidUntil".into(), text::rfc3339(until.previous()).into());
    }
    if let Some((low, high)) =
        product.doc.made_to_order.and_then(|days| shop.shipping.days_until_ready(Some(days)))
    {
        // UN/CEFACT's code for working days, which the page and the till count in.
        let lead =
            json!({ "@type": "QuantitativeValue", "minValue": low, "maxValue": high, "unitCode": "E49" });
        object.insert("deliveryLeadTime".into(), lead);
    }
    if state == Offer::Collected {
        object.insert("availableDeliveryMethod".into(), "https://schema.org/OnSitePickup".into());
    }
    if state.sold_online() {
        let returns = promises.returns(views);
        if !returns.is_empty() {
            object.insert("hasMerchantReturnPolicy".into(), one_or_list(returns));
        }
        let shipping = promises.shipping(views, product, item, now, state);
        if !shipping.is_empty() {
            object.insert("shippingDetails".into(), one_or_list(shipping));
        }
    }
    offer
}

fn images(views: &ViewContext<'_>, product: &Product, own: &[usize]) -> Vec<Value> {
    let chosen: Vec<_> = own.iter().filter_map(|at| product.photos.get(*at)).collect();
    let photos = if chosen.is_empty() { product.photos.iter().take(5).collect() } else { chosen };
    photos
        .into_iter()
        .filter_map(|used| views.assets.photo(used.photo))
        .filter_map(|asset| asset.jpeg().map(|jpeg| views.absolute(&asset.url(jpeg)).into()))
        .collect()
}
