//! Structured data (schema.org) as Google reads it: Product and ProductGroup, Offer, BreadcrumbList. What the shop promises
//! about shipping and returns is in `promises`. Sources: developers.google.com/search/docs/appearance/structured-data
//! (product, product-variants, merchant-listing, breadcrumb).
//!
//! Each page's data is self-contained: Google does not look up an `@id` on another page.

use catalog::money::decimal;

use super::promises::{self, Promises};
use super::variants::{group_id, property, query, variant_facts, variant_name};
use super::{ViewContext, text};
use crate::model::documents::ItemDoc;
use crate::model::entities::{Term, TermKind};
use crate::model::jsonld;
use crate::model::jsonld::{
    Brand, BreadcrumbList, Group, Item, ListItem, Node, OneOrList, Organization, PropertyValue,
    QuantitativeValue, Reference, Variant, schema_org,
};
use crate::model::lang::LangIx;
use crate::model::offer::Offer;
use crate::model::product::{ItemNow, Product};
use crate::model::view::Crumb;

/// All of a page's data as one text, safe inside a `<script>`; empty if there is none.
pub fn document(graph: &[Node]) -> String {
    if graph.is_empty() {
        return String::new();
    }
    let graph = serde_json::to_string(graph).unwrap_or_default();
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
pub fn breadcrumbs(views: &ViewContext<'_>, crumbs: &[Crumb], heading: &str, url: &str) -> Option<Node> {
    if crumbs.is_empty() {
        return None;
    }
    let own = Crumb { title: heading.to_owned(), url: url.to_owned() };
    let item = |(at, crumb): (usize, &Crumb)| ListItem {
        position: at + 1,
        name: crumb.title.clone(),
        item: views.absolute(&crumb.url),
    };
    let item_list_element = crumbs.iter().chain([&own]).enumerate().map(item).collect();
    Some(Node::BreadcrumbList(BreadcrumbList { item_list_element }))
}

/// A maker.
pub fn maker(views: &ViewContext<'_>, term: &Term, lang: LangIx) -> Node {
    Node::Organization(Organization {
        name: term.title(lang).text.to_owned(),
        url: views.absolute(term.entity.url(lang).unwrap_or_default()),
        address: term.doc.address.clone(),
        description: term.entity.summary(lang).map(str::to_owned),
    })
}

/// A product, or a group of variants, with every node that its offers refer to.
pub fn product(
    views: &ViewContext<'_>,
    product: &Product,
    lang: LangIx,
    description: Option<&str>,
) -> Vec<Node> {
    let url = product.entity.url(lang).unwrap_or_default();
    let mut promises = Promises::default();
    let grouped = !product.doc.options.is_empty();
    let title = |kind, ix| views.site.term(kind, ix).title(lang).text.to_owned();
    let maker = || product.maker.map(|ix| title(TermKind::Maker, ix));
    let mut items = product.doc.items.iter().zip(&product.items);
    let (group, item) = if grouped {
        let variants = items.map(|(item, now)| variant(views, product, item, now, lang, &mut promises));
        let group = Group {
            id: group_id(&product.entity.id),
            varies_by: varies_by(product),
            has_variant: variants.collect(),
        };
        (Some(group), None)
    } else {
        (None, items.next().map(|(item, now)| item_facts(views, product, item, now, url, &mut promises)))
    };
    let node = jsonld::Product {
        kind: if grouped { "ProductGroup" } else { "Product" },
        name: product.entity.title(lang).text.to_owned(),
        url: views.absolute(url),
        description: description.map(str::to_owned),
        brand: product.doc.brand.clone().or_else(maker).map(|name| Brand { name }),
        material: product.materials(lang).map(str::to_owned),
        category: product.category.map(|ix| title(TermKind::Category, ix)),
        image: images(views, product, &[]),
        group,
        item,
    };
    let mut graph = vec![Node::Product(Box::new(node)), promises::seller(views)];
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
) -> Variant {
    let url = product.entity.url(lang).unwrap_or_default();
    let address = format!("{url}?{}", query(product, &item.choice));
    let facts = variant_facts(product, &item.choice, lang);
    let texts = |values: Vec<&str>| OneOrList(values.into_iter().map(str::to_owned).collect());
    let own =
        |(label, value): (&str, &str)| PropertyValue { name: label.to_owned(), value: value.to_owned() };
    Variant {
        name: format!("{}, {}", product.entity.title(lang).text, variant_name(product, &item.choice, lang)),
        known: facts.known.into_iter().map(|(known, values)| (known, texts(values))).collect(),
        additional_property: OneOrList(facts.own.into_iter().map(own).collect()),
        image: images(views, product, &item.images),
        item: item_facts(views, product, item, now, &address, promises),
    }
}

fn varies_by(product: &Product) -> Vec<String> {
    let of = |id: &str| property(id).map_or_else(|| id.to_owned(), schema_org);
    let mut all: Vec<String> = Vec::new();
    for name in product.doc.options.iter().map(|option| of(&option.id)) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

fn item_facts(
    views: &ViewContext<'_>,
    product: &Product,
    item: &ItemDoc,
    now: &ItemNow,
    url: &str,
    promises: &mut Promises,
) -> Item {
    Item {
        sku: item.sku.value.to_string(),
        gtin: item.gtin.clone(),
        weight: item.weight.map(|grams| QuantitativeValue::exactly(grams.0, "GRM")),
        offers: offer(views, product, item, now, url, promises),
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
) -> jsonld::Offer {
    let shop = &views.site.shop;
    let state = views.site.offer(product, item, now);
    let availability = match state {
        Offer::Sent => "InStock",
        // The buyer has to come to the shop.
        Offer::Collected | Offer::ByWriting => "InStoreOnly",
        Offer::Gone => "SoldOut",
        Offer::SoldOut | Offer::Closed => "OutOfStock",
    };
    let ready = product.doc.made_to_order.and_then(|days| shop.shipping.days_until_ready(Some(days)));
    let (returns, shipping) = if state.sold_online() {
        (promises.returns(views), promises.shipping(views, product, item, now, state))
    } else {
        (Vec::new(), Vec::new())
    };
    jsonld::Offer {
        url: views.absolute(url),
        price: decimal(now.price),
        price_currency: shop.currency.code(),
        availability: schema_org(availability),
        item_condition: schema_org("NewCondition"),
        seller: Reference { id: views.absolute("/#shop") },
        price_valid_until: now.until.map(|until| text::rfc3339(until.previous())),
        // UN/CEFACT's code for working days, which the page and the till count in.
        delivery_lead_time: ready.map(|(low, high)| QuantitativeValue::between(low, high, "E49")),
        available_delivery_method: (state == Offer::Collected).then(|| schema_org("OnSitePickup")),
        has_merchant_return_policy: OneOrList(returns),
        shipping_details: OneOrList(shipping),
    }
}

fn images(views: &ViewContext<'_>, product: &Product, own: &[usize]) -> Vec<String> {
    let chosen: Vec<_> = own.iter().filter_map(|at| product.photos.get(*at)).collect();
    let photos = if chosen.is_empty() { product.photos.iter().take(5).collect() } else { chosen };
    photos
        .into_iter()
        .filter_map(|used| views.assets.photo(used.photo))
        .filter_map(|asset| asset.jpeg().map(|jpeg| views.absolute(&asset.url(jpeg))))
        .collect()
}
