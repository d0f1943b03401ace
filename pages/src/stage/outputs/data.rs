//! The public catalog and the snapshot: the same prices as on the pages, from the same build.

use catalog::public::{Catalog, PublicItem, PublicRate, PublicShipping, PublicZone};
use catalog::settings::{Seller, Settings};
use catalog::{Choice, Item, NoteField, Personalisation, Snapshot};
use faults::Faults;
use rayon::prelude::*;

use super::till;
use crate::model::documents::{ItemDoc, NoteFieldDoc, PersonalisationDoc};
use crate::model::lang::{LangIx, Localized};
use crate::model::offer::Offer;
use crate::model::product::Product;
use crate::model::shop::Shop;
use crate::model::site::Site;
use crate::stage::view::{ViewContext, product_query, product_variant_name};

/// `catalog.json`.
pub fn catalog(views: &ViewContext<'_>) -> Catalog {
    let shop = &views.site.shop;
    let public = |product: &Product| {
        let items = product.doc.items.iter().zip(&product.items).map(|(item, now)| {
            let offer = views.site.offer(product, item, now);
            let availability = match (offer, product.doc.made_to_order) {
                (Offer::Gone | Offer::SoldOut, _) => "sold_out",
                (Offer::Closed, _) => "closed",
                (Offer::ByWriting, _) => "by_writing",
                (Offer::Sent | Offer::Collected, Some(_)) => "made_to_order",
                (Offer::Sent | Offer::Collected, None) => "in_stock",
            };
            PublicItem {
                sku: item.sku.value.clone(),
                product: product.entity.id.to_string(),
                price: now.price,
                availability: availability.to_owned(),
                pickup_only: offer == Offer::Collected,
                weight_g: item.weight,
                name: names(views.site, product, item),
                url: urls(views.site, product, item),
            }
        });
        items.collect::<Vec<_>>()
    };
    let zones = shop.shipping.zones.iter().map(|zone| PublicZone {
        id: zone.id.clone(),
        countries: zone.countries.clone(),
        rates: zone.rates.iter().map(|rate| PublicRate { id: rate.id.clone() }).collect(),
    });
    Catalog {
        hash: String::new(),
        currency: shop.currency,
        items: views.site.products.par_iter().flat_map_iter(public).collect(),
        shipping: PublicShipping { zones: zones.collect() },
    }
    .sealed()
}

/// `catalog.json` as bytes.
pub fn catalog_file(catalog: &Catalog) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(catalog).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn names(site: &Site, product: &Product, item: &ItemDoc) -> catalog::item::Localized {
    let name = |lang: LangIx| {
        let title = product.entity.title(lang).text;
        if item.choice.is_empty() {
            return title.to_owned();
        }
        format!("{title}, {}", product_variant_name(product, &item.choice, lang))
    };
    site.shop.langs().map(|lang| (site.shop.lang(lang).to_owned(), name(lang))).collect()
}

fn urls(site: &Site, product: &Product, item: &ItemDoc) -> catalog::item::Localized {
    let url = |lang: LangIx| {
        let url = product.entity.url(lang)?;
        let query = if item.choice.is_empty() {
            String::new()
        } else {
            format!("?{}", product_query(product, &item.choice))
        };
        Some((site.shop.lang(lang).to_owned(), format!("{url}{query}")))
    };
    site.shop.langs().filter_map(url).collect()
}

/// Every item as the till knows it.
pub fn items(views: &ViewContext<'_>) -> Vec<Item> {
    let site = views.site;
    let all =
        site.products.iter().flat_map(|product| product.doc.items.iter().map(move |item| (product, item)));
    all.map(|(product, item)| {
        let photo =
            item.images.first().and_then(|at| product.photos.get(*at)).or_else(|| product.photos.first());
        let asset = photo.and_then(|used| views.assets.photo(used.photo));
        Item {
            sku: item.sku.value.clone(),
            product: product.entity.id.to_string(),
            stock: item.stock.value.clone(),
            supply: item.supply,
            price: item.price,
            sale: item.sale,
            weight: item.weight,
            vat: product.doc.vat.as_ref().map_or_else(|| "standard".to_owned(), |class| class.value.clone()),
            name: names(site, product, item),
            url: urls(site, product, item),
            image: asset.and_then(|asset| asset.jpeg().map(|jpeg| asset.url(jpeg))),
            pickup_only: product.doc.pickup_only,
            made_to_order_days: product.doc.made_to_order,
            personalisation: product
                .doc
                .personalisation
                .as_ref()
                .and_then(|own| personalisation(&site.shop, own)),
            publish: product.doc.publish,
            unpublish: product.doc.unpublish,
        }
    })
    .collect()
}

fn personalisation(shop: &Shop, own: &PersonalisationDoc) -> Option<Personalisation> {
    let choice = |(id, label): &(Box<str>, Localized)| Choice {
        id: id.to_string(),
        label: shop.in_all_languages(label),
    };
    let field = |field: &NoteFieldDoc| NoteField {
        label: shop.in_all_languages(&field.label),
        max_length: field.max_length,
        required: field.required,
        choices: field.choices.iter().map(choice).collect(),
        pattern: field.pattern.clone(),
    };
    let first = own.fields.first()?;
    Some(Personalisation {
        label: shop.in_all_languages(&first.label),
        max_length: first.max_length,
        price: own.price,
        fields: own.fields.iter().map(field).collect(),
    })
}

/// The snapshot's bytes.
pub fn snapshot(views: &ViewContext<'_>, catalog: &Catalog) -> (Vec<u8>, Faults) {
    let (settings, faults) = settings(views, catalog);
    // Plain data: serialising it cannot fail.
    (Snapshot::write(&settings, &items(views)).unwrap_or_default(), faults)
}

/// Everything of the shop that the till needs besides the items.
pub(super) fn settings(views: &ViewContext<'_>, catalog: &Catalog) -> (Settings, Faults) {
    let shop = &views.site.shop;
    let (till, faults) = till::settings(views, catalog);
    let settings = Settings {
        name: shop.name.clone(),
        url: views.base.to_owned(),
        languages: shop.languages.clone(),
        timezone: shop.timezone_name.clone(),
        currency: shop.currency,
        email: shop.email.clone(),
        seller: Seller {
            name: shop.seller.name.clone(),
            address: shop.seller.address.clone(),
            register: shop.seller.register.clone(),
            vat: shop.seller.vat,
            vat_number: shop.seller.vat_number.clone(),
        },
        vat: shop.vat.clone(),
        shipping: shop.shipping.clone(),
        till,
    };
    (settings, faults)
}
