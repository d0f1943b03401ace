//! Structured data (schema.org) as types: which properties a node has, and in which order they are printed. What they say is
//! decided in `stage/view/{jsonld,promises}.rs`.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// A value of one of schema.org's enumerations, by its name.
pub(crate) fn schema_org(name: &str) -> String {
    format!("https://schema.org/{name}")
}

/// One thing of a page's graph.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Node {
    BreadcrumbList(BreadcrumbList),
    Organization(Organization),
    Product(Box<Product>),
    OnlineStore(Box<OnlineStore>),
    WebSite(WebSite),
    MerchantReturnPolicy(MerchantReturnPolicy),
    OfferShippingDetails(OfferShippingDetails),
}

/// A single value by itself, several as a list: JSON objects have each property once.
#[derive(Debug)]
pub(crate) struct OneOrList<T>(pub(crate) Vec<T>);

impl<T> OneOrList<T> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Serialize> Serialize for OneOrList<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            all => all.serialize(serializer),
        }
    }
}

/// Another node of the same page.
#[derive(Debug, Serialize)]
pub(crate) struct Reference {
    #[serde(rename = "@id")]
    pub(crate) id: String,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct BreadcrumbList {
    pub(crate) item_list_element: Vec<ListItem>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type")]
pub(crate) struct ListItem {
    /// From 1.
    pub(crate) position: usize,
    pub(crate) name: String,
    pub(crate) item: String,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type")]
pub(crate) struct Organization {
    pub(crate) name: String,
    pub(crate) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}

/// A product by itself, or a group of variants.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Product {
    #[serde(rename = "@type")]
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) brand: Option<Brand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) material: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) image: Vec<String>,
    #[serde(flatten)]
    pub(crate) group: Option<Group>,
    #[serde(flatten)]
    pub(crate) item: Option<Item>,
}

/// What a group of variants says besides.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Group {
    #[serde(rename = "productGroupID")]
    pub(crate) id: String,
    pub(crate) varies_by: Vec<String>,
    pub(crate) has_variant: Vec<Variant>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename = "Product", rename_all = "camelCase")]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// Values by schema.org's property: size, colour, material, pattern.
    #[serde(flatten)]
    pub(crate) known: BTreeMap<&'static str, OneOrList<String>>,
    #[serde(skip_serializing_if = "OneOrList::is_empty")]
    pub(crate) additional_property: OneOrList<PropertyValue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) image: Vec<String>,
    #[serde(flatten)]
    pub(crate) item: Item,
}

/// What can be put in a cart.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    pub(crate) sku: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gtin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weight: Option<QuantitativeValue<u32>>,
    pub(crate) offers: Offer,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type")]
pub(crate) struct Brand {
    pub(crate) name: String,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type")]
pub(crate) struct PropertyValue {
    pub(crate) name: String,
    pub(crate) value: String,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct Offer {
    pub(crate) url: String,
    pub(crate) price: String,
    pub(crate) price_currency: &'static str,
    pub(crate) availability: String,
    pub(crate) item_condition: String,
    pub(crate) seller: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) price_valid_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_lead_time: Option<QuantitativeValue<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) available_delivery_method: Option<String>,
    #[serde(skip_serializing_if = "OneOrList::is_empty")]
    pub(crate) has_merchant_return_policy: OneOrList<Reference>,
    #[serde(skip_serializing_if = "OneOrList::is_empty")]
    pub(crate) shipping_details: OneOrList<Reference>,
}

/// The shop itself; pages of products only say who sells.
#[derive(Debug, Default, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct OnlineStore {
    #[serde(rename = "@id")]
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) legal_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) telephone: Option<String>,
    #[serde(rename = "vatID", skip_serializing_if = "Option::is_none")]
    pub(crate) vat_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) same_as: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image: Option<String>,
    #[serde(skip_serializing_if = "OneOrList::is_empty")]
    pub(crate) has_merchant_return_policy: OneOrList<MerchantReturnPolicy>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) has_shipping_service: Vec<ShippingService>,
}

impl<T> Default for OneOrList<T> {
    fn default() -> Self {
        OneOrList(Vec::new())
    }
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct WebSite {
    #[serde(rename = "@id")]
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) in_language: String,
    pub(crate) publisher: Reference,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct MerchantReturnPolicy {
    #[serde(rename = "@id")]
    pub(crate) id: String,
    pub(crate) applicable_country: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) return_policy_country: Option<String>,
    pub(crate) return_policy_category: String,
    /// `None` where nothing can be returned.
    #[serde(flatten)]
    pub(crate) window: Option<ReturnWindow>,
}

/// How long something can be returned, and how.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReturnWindow {
    pub(crate) merchant_return_days: u32,
    pub(crate) return_method: String,
    pub(crate) return_fees: String,
}

/// What it costs to send something to some countries.
#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct OfferShippingDetails {
    pub(crate) shipping_destination: Vec<DefinedRegion>,
    #[serde(flatten)]
    pub(crate) way: Sending,
    #[serde(rename = "@id")]
    pub(crate) id: String,
}

/// Whether and how it is sent.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Sending {
    #[serde(rename_all = "camelCase")]
    Not { does_not_ship: bool },
    #[serde(rename_all = "camelCase")]
    By {
        shipping_rate: MonetaryAmount,
        #[serde(skip_serializing_if = "Option::is_none")]
        delivery_time: Option<ShippingDeliveryTime>,
    },
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct ShippingDeliveryTime {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handling_time: Option<QuantitativeValue<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transit_time: Option<QuantitativeValue<u32>>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct DefinedRegion {
    pub(crate) address_country: String,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct ShippingService {
    #[serde(rename = "@id")]
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) shipping_conditions: Vec<ShippingConditions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handling_time: Option<ServicePeriod>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct ShippingConditions {
    pub(crate) shipping_destination: Vec<DefinedRegion>,
    pub(crate) shipping_rate: MonetaryAmount,
    #[serde(flatten)]
    pub(crate) condition: Condition,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transit_time: Option<ServicePeriod>,
}

/// For which parcels a price holds.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Condition {
    Weight {
        weight: QuantitativeValue<f64>,
    },
    #[serde(rename_all = "camelCase")]
    OrderValue {
        order_value: MonetaryAmount,
    },
}

#[derive(Debug, Serialize)]
#[serde(tag = "@type")]
pub(crate) struct ServicePeriod {
    pub(crate) duration: QuantitativeValue<u32>,
}

/// A value or a range, in a unit of UN/CEFACT's codes.
#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct QuantitativeValue<N> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<N>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_value: Option<N>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_value: Option<N>,
    pub(crate) unit_code: &'static str,
}

impl<N> QuantitativeValue<N> {
    pub(crate) fn exactly(value: N, unit_code: &'static str) -> Self {
        QuantitativeValue { value: Some(value), min_value: None, max_value: None, unit_code }
    }

    pub(crate) fn between(low: N, high: N, unit_code: &'static str) -> Self {
        QuantitativeValue { value: None, min_value: Some(low), max_value: Some(high), unit_code }
    }
}

/// An amount, or the least one, as a decimal number.
#[derive(Debug, Serialize)]
#[serde(tag = "@type", rename_all = "camelCase")]
pub(crate) struct MonetaryAmount {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_value: Option<String>,
    pub(crate) currency: &'static str,
}

impl MonetaryAmount {
    pub(crate) fn exactly(value: String, currency: &'static str) -> Self {
        MonetaryAmount { value: Some(value), min_value: None, currency }
    }

    pub(crate) fn at_least(value: String, currency: &'static str) -> Self {
        MonetaryAmount { value: None, min_value: Some(value), currency }
    }
}
