//! Delivery: zones, rates, pickup.

use catalog::shipping::{Pickup, Rate, RateStep, Shipping, Zone};
use messages::tr;
use storefront::takes;
use yaml::{Fields, Node, Source, write_help};

use crate::model::schema;
use crate::model::shop::Shop;
use crate::stage::parse::{texts, values};

/// Reads `shipping`.
pub fn read(fields: &Fields<'_>, shop: &Shop) -> Shipping {
    let source = fields.source();
    let mut shipping = Shipping { handling: None, zones: Vec::new(), pickup: None };
    let Some(inner) = fields
        .get("shipping")
        .and_then(|node| Fields::new(source, node, "`shipping`", schema::names(schema::SHIPPING), &[]))
    else {
        return shipping;
    };
    shipping.handling = values::span(&inner, "handling");
    for node in inner.list("zones").unwrap_or_default() {
        if let Some(zone) = zone(source, shop, node, &shipping.zones) {
            shipping.zones.push(zone);
        }
    }
    shipping.pickup = inner.get("pickup").and_then(|node| pickup(source, shop, node));
    shipping
}

fn zone(source: &Source, shop: &Shop, node: &Node, before: &[Zone]) -> Option<Zone> {
    let fields = Fields::new(source, node, tr!("a zone"), schema::names(schema::ZONE), &[])?;
    let id =
        fields.required("id", tr!("a zone"), "id: france").and_then(|node| values::id(source, "id", node));
    if let Some(twin) = id.as_ref().filter(|id| before.iter().any(|zone| zone.id == id.value)) {
        let name = &twin.value;
        source.error(
            "twin-zone",
            twin.span.clone(),
            tr!("two zones are called `{name}`"),
            tr!("the second one"),
            tr!("give each zone an id of its own"),
        );
    }
    if let Some(node) = fields.required("countries", tr!("a zone"), "countries: [FR, MC]") {
        values::not_empty(source, "countries", node, tr!("write `countries: [FR, MC]`, or remove the zone"));
    }
    let mut countries: Vec<String> = Vec::new();
    for written in fields.texts("countries") {
        let code = written.value.as_str();
        let served = takes::country(code);
        let known = served || (code.len() == 2 && rust_iso3166::from_alpha2(code).is_some());
        let taken = before.iter().find(|zone| zone.countries.iter().any(|c| c == code));
        if !known {
            source.error(
                "country",
                written.span,
                tr!("`{code}` is not a country code"),
                tr!("unknown"),
                tr!("write ISO 3166-1 codes in capitals: FR, BE, DE; Great Britain is GB, Greece GR, Kosovo XK"),
            );
        } else if !served {
            source.error(
                "country-at-stripe",
                written.span,
                tr!("Stripe takes no address in {code}: nobody there could pay"),
                tr!("not a country of Stripe's page"),
                tr!("take it out; docs/outside.md says which list this is"),
            );
        } else if taken.is_some() || countries.iter().any(|c| c == code) {
            let label = match taken.map(|zone| &zone.id) {
                Some(zone) => tr!("already in {zone}"),
                None => tr!("already in this zone").to_owned(),
            };
            source.error(
                "twin-country",
                written.span,
                tr!("{code} is in two zones"),
                label,
                tr!("a country has one zone: remove it from the other"),
            );
        } else {
            countries.push(written.value);
        }
    }
    let rates_node = fields.required(
        "rates",
        tr!("a zone"),
        "rates: [ { id: colissimo, label: Colissimo, prices: [...] } ]",
    )?;
    values::not_empty(source, "rates", rates_node, tr!("add a way to ship there, or remove the zone"));
    let mut rates: Vec<Rate> = Vec::new();
    for node in yaml::list(source, "rates", rates_node)? {
        if let Some(rate) = rate(source, shop, node) {
            let name = &rate.id;
            if rates.iter().any(|other| other.id == *name) {
                source.error(
                    "twin-rate",
                    node.span.clone(),
                    tr!("two rates of this zone are called `{name}`"),
                    "",
                    tr!("give each rate an id of its own"),
                );
            }
            rates.push(rate);
        }
    }
    Some(Zone { id: id?.value, countries, rates })
}

fn rate(source: &Source, shop: &Shop, node: &Node) -> Option<Rate> {
    let fields = Fields::new(source, node, tr!("a rate"), schema::names(schema::RATE), &[])?;
    let id =
        fields.required("id", tr!("a rate"), "id: colissimo").and_then(|node| values::id(source, "id", node));
    let label = fields.required("label", tr!("a rate"), "label: Colissimo");
    let list = fields.required("prices", tr!("a rate"), "prices: [ { up_to: 500 g, price: 5.90 } ]")?;
    values::not_empty(source, "prices", list, &write_help("prices: [ { up_to: 500 g, price: 5.90 } ]"));
    let mut prices: Vec<RateStep> = Vec::new();
    for node in yaml::list(source, "prices", list)? {
        let Some(step) = step(source, node) else { continue };
        if prices.last().is_some_and(|before| before.up_to >= step.up_to) {
            source.error(
                "rate-order",
                node.span.clone(),
                tr!("the steps of a rate go from light to heavy"),
                tr!("not heavier than the one before"),
                tr!("sort them by `up_to`"),
            );
        }
        prices.push(step);
    }
    Some(Rate {
        id: id?.value,
        label: name(source, shop, label?),
        days: values::span(&fields, "days"),
        free_over: fields.get("free_over").and_then(|node| values::fee(source, "free_over", node)),
        prices,
    })
}

/// The name of a way of delivery in every language; Stripe's page shows it.
fn name(source: &Source, shop: &Shop, node: &Node) -> catalog::item::Localized {
    let name = shop.in_all_languages(&texts::localized_here(source, shop, "label", node));
    if let Some(length) = name.values().map(|text| text.chars().count()).find(|n| *n > takes::RATE_NAME) {
        source.error(
            "too-long",
            node.span.clone(),
            tr!("`label` is {length} characters long"),
            tr!("at most {most}, on Stripe's page", most = takes::RATE_NAME),
            tr!("write who brings it; the rest has its place on the page about delivery"),
        );
    }
    name
}

fn step(source: &Source, node: &Node) -> Option<RateStep> {
    let fields = Fields::new(source, node, tr!("a step"), schema::names(schema::STEP), &[])?;
    let up_to = fields
        .required("up_to", tr!("a step"), "up_to: 500 g")
        .and_then(|n| values::weight(source, "up_to", n));
    let price =
        fields.required("price", tr!("a step"), "price: 5.90").and_then(|n| values::fee(source, "price", n));
    Some(RateStep { up_to: up_to?, price: price? })
}

fn pickup(source: &Source, shop: &Shop, node: &Node) -> Option<Pickup> {
    let fields = Fields::new(source, node, "`pickup`", schema::names(schema::PICKUP), &[])?;
    let label = fields.required("label", "`pickup`", "label: Retrait");
    let address = fields.required("address", "`pickup`", "address: 1 rue de l'Exemple, 75011 Paris");
    let address = address.and_then(|node| yaml::text(source, "address", node))?.value;
    Some(Pickup { label: name(source, shop, label?), address })
}
