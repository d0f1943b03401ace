//! Products: what they refer to, what they cost and whether they are available as of now.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::Timestamp;
use catalog::shipping::{Rate, Zone};
use faults::suggest::nearest;
use faults::{Fault, Faults};
use messages::tr;

use super::photos::Register;
use super::{Group, Groups, World, entities, prices, terms};
use crate::model::documents::{Content, DocKind, ProductDoc};
use crate::model::entities::{ProductIx, TermIx, TermKind};
use crate::model::product::Product;
use crate::model::site::Site;

/// Resolves the products that are published now.
pub fn resolve(
    site: &mut Site,
    groups: &Groups<'_>,
    world: &World<'_>,
    photos: &mut Register<'_>,
    faults: &mut Faults,
) {
    let all = groups.get(&DocKind::Product);
    for group in all.into_iter().flat_map(BTreeMap::values) {
        let Content::Product(doc) = &group.main.content else { continue };
        let product = product(site, group, doc, world, photos, faults);
        if world.drafts || is_published(doc, world.now) {
            site.products.push(product);
        }
    }
    relate(site, groups, faults);
}

/// Whether a product is shown at `now`.
pub fn is_published(doc: &ProductDoc, now: Timestamp) -> bool {
    !doc.draft && doc.shown().contains(now)
}

fn product(
    site: &Site,
    group: &Group<'_>,
    doc: &Arc<ProductDoc>,
    world: &World<'_>,
    photos: &mut Register<'_>,
    faults: &mut Faults,
) -> Product {
    let shop = &site.shop;
    let file = &group.main.file;
    let translations = entities::translations(group);
    let mut find = |kind, name: &Option<yaml::Spanned<String>>| -> Option<TermIx> {
        name.as_ref().and_then(|name| terms::find(site, kind, name, file, faults))
    };
    let category = find(TermKind::Category, &doc.category);
    let maker = find(TermKind::Maker, &doc.maker);
    let mut tags: Vec<TermIx> = Vec::new();
    for tag in &doc.tags {
        let all = site.terms_of(TermKind::Tag);
        let found = all.binary_search_by(|term| (*term.entity.id).cmp(tag.value.as_str()));
        tags.extend(found.ok().map(TermIx::new).filter(|ix| !tags.contains(ix)));
    }
    if let Some(class) = &doc.vat
        && !shop.vat.contains_key(&class.value)
    {
        let known = shop.vat.keys().map(String::as_str);
        let help = match nearest(&class.value, known.clone()) {
            Some(near) => tr!("did you mean `{near}`?"),
            None if shop.vat.is_empty() => {
                tr!("add `vat: {{ standard: 20, reduced: 5.5 }}` to shop.yaml").to_owned()
            }
            None => {
                let known = faults::suggest::either(known);
                tr!("write {known}, or add it to `vat` in shop.yaml")
            }
        };
        let (place, class) = (file.place(class.span.clone()), &class.value);
        let message = tr!("there is no VAT class `{class}`");
        faults.push(Fault::error("vat-class", place, message).label(tr!("unknown")).help(help));
    }
    weights(site, doc, file, faults);
    Product {
        entity: entities::entity(shop, group, doc.texts.clone(), |lang, slug| {
            format!("{}{slug}/", site.products_url(lang))
        }),
        doc: doc.clone(),
        items: doc.items.iter().map(|item| prices::item_now(item, &world.sources.stock, world.now)).collect(),
        photos: doc
            .images
            .iter()
            .filter_map(|image| photos.take_translated(image, file, &translations, faults))
            .collect(),
        translations,
        category,
        tags,
        maker,
        related: Vec::new(),
    }
}

fn weights(site: &Site, doc: &ProductDoc, file: &crate::model::refs::FileRef, faults: &mut Faults) {
    let shipping = &site.shop.shipping;
    if shipping.zones.is_empty() {
        return;
    }
    if doc.pickup_only {
        if let Some(item) = doc.items.first().filter(|_| shipping.pickup.is_none()) {
            faults.push(
                Fault::warning(
                    "pickup-nowhere",
                    file.place(item.sku.span.clone()),
                    tr!("this can only be collected, and nothing can be collected in this shop"),
                )
                .label(tr!("nobody can buy it"))
                .help(tr!("add `pickup:` below `shipping:` in shop.yaml, or leave `pickup_only` out")),
            );
        }
        return;
    }
    if let Some(item) = doc.items.iter().find(|item| item.weight.is_none()) {
        faults.push(
            Fault::warning(
                "no-weight",
                file.place(item.sku.span.clone()),
                tr!("without a weight, delivery cannot be priced"),
            )
            .help(tr!("add `weight: 420 g`, or `pickup_only: true`")),
        );
    }
    for item in &doc.items {
        let Some(weight) = item.weight else { continue };
        let carried = |rate: &Rate| rate.prices.last().is_some_and(|step| weight <= step.up_to);
        // A zone without rates, or a rate without prices, is reported elsewhere.
        let whole =
            |zone: &&Zone| !zone.rates.is_empty() && zone.rates.iter().all(|rate| !rate.prices.is_empty());
        let zones = site.shop.shipping.zones.iter().filter(whole);
        let zones = zones.filter(|zone| !zone.rates.iter().any(carried));
        let zones: Vec<&str> = zones.map(|zone| zone.id.as_str()).collect();
        if !zones.is_empty() {
            let zones = faults::suggest::all_of(zones.iter().copied());
            faults.push(
                Fault::warning(
                    "too-heavy",
                    file.place(item.sku.span.clone()),
                    tr!("no rate of {zones} takes a parcel of this weight"),
                )
                .label(tr!("cannot be sent there"))
                .help(tr!("add a heavier step to `prices` in shop.yaml, or write `pickup_only: true`")),
            );
            return;
        }
    }
}

fn relate(site: &mut Site, groups: &Groups<'_>, faults: &mut Faults) {
    let at: BTreeMap<Arc<str>, ProductIx> = site
        .products
        .iter()
        .enumerate()
        .map(|(at, product)| (product.entity.id.clone(), ProductIx::new(at)))
        .collect();
    let mut all = Vec::with_capacity(site.products.len());
    for product in &site.products {
        let mut related = Vec::new();
        for name in &product.doc.related {
            let Some(file) = &product.entity.file else { continue };
            let found = find(site, &at, groups, name, file, faults);
            related.extend(
                found.filter(|ix| !related.contains(ix) && site.product(*ix).entity.id != product.entity.id),
            );
        }
        all.push(related);
    }
    for (product, related) in site.products.iter_mut().zip(all) {
        product.related = related;
    }
}

/// Finds a product by id. An unknown one is a fault; one that is not published now is skipped.
pub fn find(
    site: &Site,
    at: &BTreeMap<Arc<str>, ProductIx>,
    groups: &Groups<'_>,
    name: &yaml::Spanned<String>,
    file: &crate::model::refs::FileRef,
    faults: &mut Faults,
) -> Option<ProductIx> {
    if let Some(ix) = at.get(name.value.as_str()) {
        return Some(*ix);
    }
    let all = groups.get(&DocKind::Product);
    if all.is_some_and(|all| all.contains_key(name.value.as_str()))
        || site.is_unreadable(DocKind::Product, &name.value)
    {
        return None;
    }
    let help = match nearest(&name.value, all.into_iter().flat_map(BTreeMap::keys).map(|id| &**id)) {
        Some(near) => tr!("did you mean `{near}`?"),
        None => tr!("write the name of a folder or file in content/products/").to_owned(),
    };
    let (place, name) = (file.place(name.span.clone()), &name.value);
    let message = tr!("there is no product `{name}`");
    faults.push(Fault::error("dangling", place, message).label(tr!("unknown")).help(help));
    None
}
