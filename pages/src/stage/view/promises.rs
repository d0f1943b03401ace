//! Structured data of the shop itself: OnlineStore with its shipping and returns, and what the offers on a product's page say
//! about both. Sources: developers.google.com/search/docs/appearance/structured-data (organization, shipping-policy,
//! return-policy, merchant-listing).

use std::collections::BTreeMap;

use catalog::money::decimal;
use catalog::shipping::{Rate, Zone};
use catalog::{Cents, Grams};

use super::ViewContext;
use crate::model::documents::ItemDoc;
use crate::model::jsonld::{
    Condition, DefinedRegion, MerchantReturnPolicy, MonetaryAmount, Node, OfferShippingDetails, OneOrList,
    OnlineStore, QuantitativeValue, Reference, ReturnWindow, Sending, ServicePeriod, ShippingConditions,
    ShippingDeliveryTime, ShippingService, WebSite, schema_org,
};
use crate::model::lang::LangIx;
use crate::model::offer::Offer;
use crate::model::product::{ItemNow, Product};

/// UN/CEFACT's codes for days and kilograms.
const DAY: &str = "DAY";
const KILOGRAM: &str = "KGM";

/// The shop itself, with what it promises about shipping and returns.
pub fn shop(views: &ViewContext<'_>, lang: LangIx) -> Vec<Node> {
    let shop = &views.site.shop;
    let store = OnlineStore {
        legal_name: Some(shop.seller.name.clone()),
        address: Some(shop.seller.address.clone()),
        description: shop.description.shown(lang).map(|shown| shown.text.to_owned()),
        email: shop.email.clone(),
        telephone: shop.phone.clone(),
        vat_id: shop.seller.vat_number.clone(),
        same_as: shop.social.clone(),
        image: views.shop_image(lang).map(|image| image.url),
        has_merchant_return_policy: OneOrList(returns(views)),
        has_shipping_service: shop
            .shipping
            .zones
            .iter()
            .flat_map(|zone| zone.rates.iter().map(|rate| service(views, zone, rate, lang)))
            .collect(),
        ..store(views)
    };
    let site = WebSite {
        id: views.absolute("/#site"),
        name: shop.name.clone(),
        url: views.absolute(&views.site.home_url(lang)),
        in_language: shop.lang(lang).to_owned(),
        publisher: Reference { id: views.absolute("/#shop") },
    };
    vec![Node::OnlineStore(Box::new(store)), Node::WebSite(site)]
}

/// The seller, on the pages of products: the home page says the rest.
pub(super) fn seller(views: &ViewContext<'_>) -> Node {
    Node::OnlineStore(Box::new(store(views)))
}

fn store(views: &ViewContext<'_>) -> OnlineStore {
    OnlineStore {
        id: views.absolute("/#shop"),
        name: views.site.shop.name.clone(),
        url: views.absolute("/"),
        ..OnlineStore::default()
    }
}

/// Maximum number of countries in one policy (Google's page on return policies).
const MOST_COUNTRIES: usize = 50;

/// The return policy, split into parts with no more countries than Google accepts.
fn returns(views: &ViewContext<'_>) -> Vec<MerchantReturnPolicy> {
    let shop = &views.site.shop;
    let Some(returns) = shop.returns else { return Vec::new() };
    let own = shop.seller.country();
    let mut countries: Vec<String> =
        shop.shipping.zones.iter().flat_map(|zone| &zone.countries).cloned().collect();
    if countries.is_empty() {
        // A shop without zones: every piece is collected.
        countries.extend(own.clone());
    }
    let category = match returns.days {
        0 => "MerchantReturnNotPermitted",
        _ => "MerchantReturnFiniteReturnWindow",
    };
    let fees = if returns.seller_pays { "FreeReturn" } else { "ReturnFeesCustomerResponsibility" };
    let policy = |(at, countries): (usize, &[String])| {
        let id = if at == 0 { "/#returns".to_owned() } else { format!("/#returns-{}", at + 1) };
        MerchantReturnPolicy {
            id: views.absolute(&id),
            applicable_country: countries.to_vec(),
            return_policy_country: own.clone(),
            return_policy_category: schema_org(category),
            window: (returns.days > 0).then(|| ReturnWindow {
                merchant_return_days: returns.days,
                return_method: schema_org("ReturnByMail"),
                return_fees: schema_org(fees),
            }),
        }
    };
    countries.chunks(MOST_COUNTRIES).enumerate().map(policy).collect()
}

/// The nodes that the offers of one page refer to, each once and on the page itself.
#[derive(Debug, Default)]
pub(super) struct Promises {
    nodes: BTreeMap<String, Node>,
}

impl Promises {
    /// All of them.
    pub(super) fn into_nodes(self) -> impl Iterator<Item = Node> {
        self.nodes.into_values()
    }

    fn refer(&mut self, id: String, node: Node) -> Reference {
        self.nodes.insert(id.clone(), node);
        Reference { id }
    }

    /// References to the return policy.
    pub(super) fn returns(&mut self, views: &ViewContext<'_>) -> Vec<Reference> {
        let policies = returns(views).into_iter();
        policies.map(|policy| self.refer(policy.id.clone(), Node::MerchantReturnPolicy(policy))).collect()
    }

    /// References to what it costs to send an item, by zone; the cheapest way, as in the cart.
    pub(super) fn shipping(
        &mut self,
        views: &ViewContext<'_>,
        product: &Product,
        item: &ItemDoc,
        now: &ItemNow,
        state: Offer,
    ) -> Vec<Reference> {
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
            let (way, id) = match cheapest {
                None => (Sending::Not { does_not_ship: true }, format!("/#not-sent-{}", zone.id)),
                Some((price, rate)) => {
                    let time = ShippingDeliveryTime {
                        handling_time: handling.map(days),
                        transit_time: rate.days.map(days),
                    };
                    let way = Sending::By {
                        shipping_rate: MonetaryAmount::exactly(decimal(price), shop.currency.code()),
                        delivery_time: handling.or(rate.days).map(|_| time),
                    };
                    (way, format!("/#sent-{}-{}-{}", zone.id, rate.id, price.0))
                }
            };
            let id = views.absolute(&id);
            let node = OfferShippingDetails { shipping_destination: regions(zone), way, id: id.clone() };
            references.push(self.refer(id, Node::OfferShippingDetails(node)));
        }
        references
    }
}

fn regions(zone: &Zone) -> Vec<DefinedRegion> {
    zone.countries.iter().map(|code| DefinedRegion { address_country: code.clone() }).collect()
}

fn days((low, high): (u32, u32)) -> QuantitativeValue<u32> {
    QuantitativeValue::between(low, high, DAY)
}

fn period(span: (u32, u32)) -> ServicePeriod {
    ServicePeriod { duration: days(span) }
}

fn service(views: &ViewContext<'_>, zone: &Zone, rate: &Rate, lang: LangIx) -> ShippingService {
    let shop = &views.site.shop;
    let currency = shop.currency.code();
    let condition = |condition: Condition, price: Cents| ShippingConditions {
        shipping_destination: regions(zone),
        shipping_rate: MonetaryAmount::exactly(decimal(price), currency),
        condition,
        transit_time: rate.days.map(period),
    };
    let kilograms = |grams: u32| f64::from(grams) / 1000.0;
    let mut least = 0;
    let mut shipping_conditions = Vec::new();
    for step in &rate.prices {
        let weight = QuantitativeValue::between(kilograms(least), kilograms(step.up_to.0), KILOGRAM);
        least = step.up_to.0;
        shipping_conditions.push(condition(Condition::Weight { weight }, step.price));
    }
    if let Some(free) = rate.free_over {
        let order_value = MonetaryAmount::at_least(decimal(free), currency);
        shipping_conditions.push(condition(Condition::OrderValue { order_value }, Cents::ZERO));
    }
    ShippingService {
        id: views.absolute(&format!("/#shipping-{}-{}", zone.id, rate.id)),
        name: rate.label.get(shop.lang(lang)).cloned().unwrap_or_default(),
        shipping_conditions,
        handling_time: shop.shipping.handling.map(period),
    }
}
