//! Structured data (schema.org) as Google reads it: Product and ProductGroup, Offer, BreadcrumbList, OnlineStore with
//! its shipping and returns. Sources: developers.google.com/search/docs/appearance/structured-data (product,
//! product-variants, merchant-listing, organization, shipping-policy, return-policy, breadcrumb).

use catalog::money::decimal;
use catalog::shipping::{Rate, Zone};
use serde_json::{Map, Value, json};

use super::product::{query, variant_name};
use super::{Desk, text};
use crate::model::documents::ItemDoc;
use crate::model::lang::LangIx;
use crate::model::site::{ItemNow, Product, Term, TermKind};
use crate::model::view::Crumb;

/// All of a page's data as one text, safe inside a `<script>`; empty without any.
pub fn document(graph: Vec<Value>) -> String {
    if graph.is_empty() {
        return String::new();
    }
    // Put together by hand: `json!` would copy the whole graph, and this runs for every page of every build.
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

/// The way to a page.
pub fn breadcrumbs(desk: &Desk<'_>, crumbs: &[Crumb], heading: &str, url: &str) -> Option<Value> {
    if crumbs.is_empty() {
        return None;
    }
    let own = Crumb { title: heading.to_owned(), url: url.to_owned() };
    let items: Vec<Value> = crumbs
        .iter()
        .chain([&own])
        .enumerate()
        .map(|(at, crumb)| {
            json!({ "@type": "ListItem", "position": at + 1, "name": crumb.title, "item": desk.absolute(&crumb.url) })
        })
        .collect();
    let mut list = Map::new();
    list.insert("@type".into(), "BreadcrumbList".into());
    list.insert("itemListElement".into(), items.into());
    Some(Value::Object(list))
}

/// The shop itself, with what it promises about shipping and returns; other pages refer to it by `@id`.
pub fn shop(desk: &Desk<'_>, lang: LangIx) -> Vec<Value> {
    let shop = &desk.site.shop;
    let mut store = Map::new();
    store.insert("@type".into(), "OnlineStore".into());
    store.insert("@id".into(), desk.absolute("/#shop").into());
    store.insert("name".into(), shop.name.clone().into());
    store.insert("url".into(), desk.absolute("/").into());
    store.insert("legalName".into(), shop.seller.name.clone().into());
    store.insert("address".into(), shop.seller.address.clone().into());
    let mut optional = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            store.insert(key.to_owned(), value);
        }
    };
    optional("description", shop.description.shown(lang).map(|shown| shown.text.into()));
    optional("email", shop.email.clone().map(Into::into));
    optional("telephone", shop.phone.clone().map(Into::into));
    optional("vatID", shop.seller.vat_number.clone().map(Into::into));
    optional("sameAs", (!shop.social.is_empty()).then(|| shop.social.clone().into()));
    optional("image", desk.shop_image(lang).map(|image| image.url.into()));
    optional("hasMerchantReturnPolicy", returns(desk));
    let services: Vec<Value> =
        shop.shipping.zones.iter().flat_map(|zone| services(desk, zone, lang)).collect();
    optional("hasShippingService", (!services.is_empty()).then(|| services.into()));
    let site = json!({
        "@type": "WebSite",
        "@id": desk.absolute("/#site"),
        "name": shop.name,
        "url": desk.absolute(&desk.site.home_url(lang)),
        "inLanguage": shop.lang(lang),
        "publisher": { "@id": desk.absolute("/#shop") },
    });
    vec![Value::Object(store), site]
}

fn returns(desk: &Desk<'_>) -> Option<Value> {
    let shop = &desk.site.shop;
    let returns = shop.returns?;
    let countries: Vec<&String> = shop.shipping.zones.iter().flat_map(|zone| &zone.countries).collect();
    if countries.is_empty() {
        return None;
    }
    let fees = if returns.seller_pays { "FreeReturn" } else { "ReturnFeesCustomerResponsibility" };
    Some(json!({
        "@type": "MerchantReturnPolicy",
        "@id": desk.absolute("/#returns"),
        "applicableCountry": countries,
        "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
        "merchantReturnDays": returns.days,
        "returnMethod": "https://schema.org/ReturnByMail",
        "returnFees": format!("https://schema.org/{fees}"),
    }))
}

fn services(desk: &Desk<'_>, zone: &Zone, lang: LangIx) -> Vec<Value> {
    zone.rates.iter().map(|rate| service(desk, zone, rate, lang)).collect()
}

fn service(desk: &Desk<'_>, zone: &Zone, rate: &Rate, lang: LangIx) -> Value {
    let shop = &desk.site.shop;
    let currency = shop.currency.code();
    let region: Vec<Value> = zone
        .countries
        .iter()
        .map(|code| json!({ "@type": "DefinedRegion", "addressCountry": code }))
        .collect();
    let period = |days: (u32, u32)| {
        json!({
            "@type": "ServicePeriod",
            "duration": { "@type": "QuantitativeValue", "minValue": days.0, "maxValue": days.1, "unitCode": "DAY" },
        })
    };
    let condition = |rest: Value, price: i64| {
        let mut condition = json!({
            "@type": "ShippingConditions",
            "shippingDestination": region,
            "shippingRate": { "@type": "MonetaryAmount", "value": decimal(price), "currency": currency },
        });
        if let (Some(condition), Value::Object(rest)) = (condition.as_object_mut(), rest) {
            condition.extend(rest);
            if let Some(days) = rate.days {
                condition.insert("transitTime".into(), period(days));
            }
        }
        condition
    };
    let mut least = 0;
    let mut conditions = Vec::new();
    for step in &rate.prices {
        let weight = json!({
            "@type": "QuantitativeValue",
            "minValue": f64::from(least) / 1000.0,
            "maxValue": f64::from(step.up_to.0) / 1000.0,
            "unitCode": "KGM",
        });
        least = step.up_to.0;
        conditions.push(condition(json!({ "weight": weight }), step.price));
    }
    if let Some(free) = rate.free_over {
        let value = json!({ "@type": "MonetaryAmount", "minValue": decimal(free), "currency": currency });
        conditions.push(condition(json!({ "orderValue": value }), 0));
    }
    let mut service = json!({
        "@type": "ShippingService",
        "@id": desk.absolute(&format!("/#shipping-{}-{}", zone.id, rate.id)),
        "name": rate.label.get(shop.lang(lang)).cloned().unwrap_or_default(),
        "shippingConditions": conditions,
    });
    if let (Some(service), Some(days)) = (service.as_object_mut(), shop.shipping.handling) {
        service.insert("handlingTime".into(), period(days));
    }
    service
}

/// Who made things.
pub fn maker(desk: &Desk<'_>, term: &Term, lang: LangIx) -> Value {
    let mut maker = json!({
        "@type": "Organization",
        "name": term.title(lang).text,
        "url": desk.absolute(term.entity.url(lang).unwrap_or_default()),
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

/// A product, or a group of variants.
pub fn product(desk: &Desk<'_>, product: &Product, lang: LangIx, description: Option<&str>) -> Value {
    let url = product.entity.url(lang).unwrap_or_default();
    let mut object = Map::new();
    let grouped = !product.doc.options.is_empty();
    object.insert("@type".into(), if grouped { "ProductGroup" } else { "Product" }.into());
    object.insert("name".into(), product.entity.title(lang).text.into());
    object.insert("url".into(), desk.absolute(url).into());
    if let Some(description) = description {
        object.insert("description".into(), description.into());
    }
    let brand = product
        .doc
        .brand
        .as_deref()
        .or_else(|| product.maker.map(|ix| desk.site.term(TermKind::Maker, ix).title(lang).text));
    if let Some(brand) = brand {
        object.insert("brand".into(), json!({ "@type": "Brand", "name": brand }));
    }
    if let Some(material) = product.materials(lang) {
        object.insert("material".into(), material.into());
    }
    if let Some(ix) = product.category {
        object.insert("category".into(), desk.site.term(TermKind::Category, ix).title(lang).text.into());
    }
    let images = images(desk, product, &[]);
    if !images.is_empty() {
        object.insert("image".into(), images.into());
    }
    if grouped {
        object.insert("productGroupID".into(), product.entity.id.to_string().into());
        object.insert("variesBy".into(), varies_by(product).into());
        let variants = product.doc.items.iter().zip(&product.items);
        let variants: Vec<Value> =
            variants.map(|(item, now)| variant(desk, product, item, now, lang)).collect();
        object.insert("hasVariant".into(), variants.into());
    } else if let (Some(item), Some(now)) = (product.doc.items.first(), product.items.first()) {
        item_facts(&mut object, item);
        object.insert("offers".into(), offer(desk, product, now, &desk.absolute(url)));
    }
    Value::Object(object)
}

fn variant(desk: &Desk<'_>, product: &Product, item: &ItemDoc, now: &ItemNow, lang: LangIx) -> Value {
    let url = product.entity.url(lang).unwrap_or_default();
    let address = desk.absolute(&format!("{url}?{}", query(product, &item.choice)));
    let mut object = Map::new();
    object.insert("@type".into(), "Product".into());
    let name = format!("{}, {}", product.entity.title(lang).text, variant_name(product, &item.choice, lang));
    object.insert("name".into(), name.into());
    for (option, at) in product.doc.options.iter().zip(&item.choice) {
        let Some((_, label)) = option.values.get(*at) else { continue };
        match property(&option.id) {
            Some(known) => object.insert(known.to_owned(), label.get(lang).into()),
            None => object.insert(
                "additionalProperty".into(),
                json!({ "@type": "PropertyValue", "name": option.label.get(lang), "value": label.get(lang) }),
            ),
        };
    }
    let images = images(desk, product, &item.images);
    if !images.is_empty() {
        object.insert("image".into(), images.into());
    }
    item_facts(&mut object, item);
    object.insert("offers".into(), offer(desk, product, now, &address));
    Value::Object(object)
}

/// The properties by which Google tells variants apart; other options go by their id.
fn property(option: &str) -> Option<&'static str> {
    match option {
        "size" | "taille" | "pointure" | "groesse" | "talla" | "taglia" | "maat" => Some("size"),
        "color" | "colour" | "couleur" | "coloris" | "farbe" | "colore" | "kleur" | "glacure" => {
            Some("color")
        }
        "material" | "matiere" | "materiau" | "materiale" | "bois" | "wood" => Some("material"),
        "pattern" | "motif" | "muster" => Some("pattern"),
        _ => None,
    }
}

fn varies_by(product: &Product) -> Vec<Value> {
    let of =
        |id: &str| property(id).map_or_else(|| id.to_owned(), |known| format!("https://schema.org/{known}"));
    product.doc.options.iter().map(|option| of(&option.id).into()).collect()
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

/// Made to order counts as in stock, with the days it takes: Google knows no better word.
fn offer(desk: &Desk<'_>, product: &Product, now: &ItemNow, url: &str) -> Value {
    let shop = &desk.site.shop;
    let availability = match (now.in_stock(), product.unique()) {
        (true, _) => "InStock",
        (false, true) => "SoldOut",
        (false, false) => "OutOfStock",
    };
    let mut offer = json!({
        "@type": "Offer",
        "url": url,
        "price": decimal(now.price),
        "priceCurrency": shop.currency.code(),
        "availability": format!("https://schema.org/{availability}"),
        "itemCondition": "https://schema.org/NewCondition",
        "seller": { "@id": desk.absolute("/#shop") },
    });
    let Some(object) = offer.as_object_mut() else { return offer };
    if let Some(until) = now.until {
        object.insert("priceValidUntil".into(), text::rfc3339(until - 1).into());
    }
    if let Some(days) = product.doc.made_to_order {
        let lead = json!({ "@type": "QuantitativeValue", "maxValue": days, "unitCode": "DAY" });
        object.insert("deliveryLeadTime".into(), lead);
    }
    if shop.returns.is_some() && !shop.shipping.zones.is_empty() {
        object.insert("hasMerchantReturnPolicy".into(), json!({ "@id": desk.absolute("/#returns") }));
    }
    offer
}

fn images(desk: &Desk<'_>, product: &Product, own: &[usize]) -> Vec<Value> {
    let chosen: Vec<_> = own.iter().filter_map(|at| product.photos.get(*at)).collect();
    let photos = if chosen.is_empty() { product.photos.iter().take(5).collect() } else { chosen };
    photos
        .into_iter()
        .filter_map(|used| desk.assets.photo(used.photo))
        .filter_map(|asset| asset.jpeg().map(|jpeg| desk.absolute(&asset.url(jpeg)).into()))
        .collect()
}
