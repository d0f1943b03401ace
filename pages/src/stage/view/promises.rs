//! Structured data of the shop itself: OnlineStore with its shipping and returns, and what the offers on a product's page say
//! about both. Sources: developers.google.com/search/docs/appearance/structured-data (organization, shipping-policy,
//! return-policy, merchant-listing).

use std::collections::BTreeMap;

use catalog::money::decimal;
use catalog::shipping::{Rate, Zone};
use catalog::{Cents, Grams};
use serde_json::{Map, Value, json};

use super::ViewContext;
use super::jsonld::one_or_list;
use crate::model::documents::ItemDoc;
use crate::model::lang::LangIx;
use crate::model::offer::Offer;
use crate::model::product::{ItemNow, Product};

/// The shop itself, with what it promises about shipping and returns.
pub fn shop(views: &ViewContext<'_>, lang: LangIx) -> Vec<Value> {
    let shop = &views.site.shop;
    let mut store = Map::new();
    store.insert("@type".into(), "OnlineStore".into());
    store.insert("@id".into(), views.absolute("/#shop").into());
    store.insert("name".into(), shop.name.clone().into());
    store.insert("url".into(), views.absolute("/").into());
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
    optional("image", views.shop_image(lang).map(|image| image.url.into()));
    let policies = returns(views);
    optional("hasMerchantReturnPolicy", (!policies.is_empty()).then(|| one_or_list(policies)));
    let services: Vec<Value> =
        shop.shipping.zones.iter().flat_map(|zone| services(views, zone, lang)).collect();
    optional("hasShippingService", (!services.is_empty()).then(|| services.into()));
    let site = json!({
        "@type": "WebSite",
        "@id": views.absolute("/#site"),
        "name": shop.name,
        "url": views.absolute(&views.site.home_url(lang)),
        "inLanguage": shop.lang(lang),
        "publisher": { "@id": views.absolute("/#shop") },
    });
    vec![Value::Object(store), site]
}

/// Maximum number of countries in one policy (Google's page on return policies).
const MOST_COUNTRIES: usize = 50;

/// The return policy, split into parts with no more countries than Google accepts.
fn returns(views: &ViewContext<'_>) -> Vec<Value> {
    let shop = &views.site.shop;
    let Some(returns) = shop.returns else { return Vec::new() };
    let own = shop.seller.country();
    let mut countries: Vec<&str> =
        shop.shipping.zones.iter().flat_map(|zone| &zone.countries).map(String::as_str).collect();
    if countries.is_empty() {
        // A shop without zones: every piece is collected.
        countries.extend(own.as_deref());
    }
    let fees = if returns.seller_pays { "FreeReturn" } else { "ReturnFeesCustomerResponsibility" };
    let policy = |(at, countries): (usize, &[&str])| {
        let id = if at == 0 { "/#returns".to_owned() } else { format!("/#returns-{}", at + 1) };
        let mut policy = json!({
            "@type": "MerchantReturnPolicy",
            "@id": views.absolute(&id),
            "applicableCountry": countries,
        });
        let Some(object) = policy.as_object_mut() else { return policy };
        if let Some(own) = &own {
            object.insert("returnPolicyCountry".into(), own.clone().into());
        }
        let category = match returns.days {
            0 => "MerchantReturnNotPermitted",
            _ => "MerchantReturnFiniteReturnWindow",
        };
        object.insert("returnPolicyCategory".into(), format!("https://schema.org/{category}").into());
        if returns.days > 0 {
            object.insert("merchantReturnDays".into(), returns.days.into());
            object.insert("returnMethod".into(), "https://schema.org/ReturnByMail".into());
            object.insert("returnFees".into(), format!("https://schema.org/{fees}").into());
        }
        policy
    };
    countries.chunks(MOST_COUNTRIES).enumerate().map(policy).collect()
}

/// The seller, on the pages of products: the home page says the rest.
pub(super) fn seller(views: &ViewContext<'_>) -> Value {
    json!({
        "@type": "OnlineStore",
        "@id": views.absolute("/#shop"),
        "name": views.site.shop.name,
        "url": views.absolute("/"),
    })
}

/// The nodes that the offers of one page refer to, each once and on the page itself.
#[derive(Debug, Default)]
pub(super) struct Promises {
    nodes: BTreeMap<String, Value>,
}

impl Promises {
    /// All of them.
    pub(super) fn into_nodes(self) -> impl Iterator<Item = Value> {
        self.nodes.into_values()
    }

    fn refer(&mut self, node: Value) -> Option<Value> {
        let id = node.get("@id")?.as_str()?.to_owned();
        let reference = json!({ "@id": id });
        self.nodes.insert(id, node);
        Some(reference)
    }

    /// References to the return policy.
    pub(super) fn returns(&mut self, views: &ViewContext<'_>) -> Vec<Value> {
        returns(views).into_iter().filter_map(|node| self.refer(node)).collect()
    }

    /// References to what it costs to send an item, by zone; the cheapest way, as in the cart.
    pub(super) fn shipping(
        &mut self,
        views: &ViewContext<'_>,
        product: &Product,
        item: &ItemDoc,
        now: &ItemNow,
        state: Offer,
    ) -> Vec<Value> {
        let shop = &views.site.shop;
        let weight = item.weight.unwrap_or(Grams(0));
        let handling = match (shop.shipping.handling, product.doc.made_to_order) {
            (Some((low, high)), making) => Some((low, high + making.unwrap_or(0))),
            (None, making) => making.map(|days| (0, days)),
        };
        let mut references = Vec::new();
        for zone in &shop.shipping.zones {
            let fitting =
                zone.rates.iter().filter_map(|rate| Some((rate.postage(now.price, weight)?.price, rate)));
            let cheapest = fitting.min_by_key(|(price, _)| *price).filter(|_| state == Offer::Sent);
            let mut node = json!({
                "@type": "OfferShippingDetails",
                "shippingDestination": regions(zone),
            });
            let Some(object) = node.as_object_mut() else { continue };
            let id = match cheapest {
                None => {
                    object.insert("doesNotShip".into(), true.into());
                    format!("/#not-sent-{}", zone.id)
                }
                Some((price, rate)) => {
                    let currency = shop.currency.code();
                    let amount =
                        json!({ "@type": "MonetaryAmount", "value": decimal(price), "currency": currency });
                    object.insert("shippingRate".into(), amount);
                    let mut time = json!({ "@type": "ShippingDeliveryTime" });
                    let spans = [("handlingTime", handling), ("transitTime", rate.days)];
                    for (name, days) in spans.into_iter().filter_map(|(name, days)| Some((name, days?))) {
                        time[name] = quantity(days);
                    }
                    if handling.or(rate.days).is_some() {
                        object.insert("deliveryTime".into(), time);
                    }
                    format!("/#sent-{}-{}-{}", zone.id, rate.id, price.0)
                }
            };
            object.insert("@id".into(), views.absolute(&id).into());
            references.extend(self.refer(node));
        }
        references
    }
}

fn regions(zone: &Zone) -> Vec<Value> {
    let region = |code: &String| json!({ "@type": "DefinedRegion", "addressCountry": code });
    zone.countries.iter().map(region).collect()
}

fn quantity(days: (u32, u32)) -> Value {
    json!({ "@type": "QuantitativeValue", "minValue": days.0, "maxValue": days.1, "unitCode": "DAY" })
}

fn services(views: &ViewContext<'_>, zone: &Zone, lang: LangIx) -> Vec<Value> {
    zone.rates.iter().map(|rate| service(views, zone, rate, lang)).collect()
}

fn service(views: &ViewContext<'_>, zone: &Zone, rate: &Rate, lang: LangIx) -> Value {
    let shop = &views.site.shop;
    let currency = shop.currency.code();
    let region = regions(zone);
    let period = |days: (u32, u32)| json!({ "@type": "ServicePeriod", "duration": quantity(days) });
    let condition = |rest: Value, price: Cents| {
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
        conditions.push(condition(json!({ "orderValue": value }), Cents::ZERO));
    }
    let mut service = json!({
        "@type": "ShippingService",
        "@id": views.absolute(&format!("/#shipping-{}-{}", zone.id, rate.id)),
        "name": rate.label.get(shop.lang(lang)).cloned().unwrap_or_default(),
        "shippingConditions": conditions,
    });
    if let (Some(service), Some(days)) = (service.as_object_mut(), shop.shipping.handling) {
        service.insert("handlingTime".into(), period(days));
    }
    service
}
