//! A product's own file.

use std::ops::Range;
use std::sync::Arc;

use catalog::Supply;
use messages::tr;
use yaml::{Fields, Misplaced, Node, Source};

use crate::model::documents::{ItemDoc, ProductDoc};
use crate::model::lang::LangIx;
use crate::model::schema;
use crate::model::shop::Shop;
use crate::stage::parse::{dates, images, item, personal, texts, values, variants, words};

/// Fields that owners know from other systems.
fn misplaced() -> [Misplaced; 11] {
    let images = tr!("write `images`, a list of `{{ file: ..., alt: ... }}`");
    let bundles = tr!("bundles are not supported: make a product of its own that says what it holds");
    [
        ("quantity", item::supply_help()),
        ("inventory", item::supply_help()),
        ("name", tr!("write `title`")),
        ("description", tr!("write the text below the second `---`, and one sentence in `summary`")),
        ("image", images),
        ("photos", images),
        ("date", tr!("write `added`")),
        ("categories", tr!("a product has one `category`; use `tags` or a collection for more")),
        ("currency", tr!("the currency stands once in shop.yaml")),
        ("bundle", bundles),
        ("bundles", bundles),
    ]
}

/// Reads a product.
pub fn read(
    source: &Source,
    shop: &Shop,
    root: &Node,
    body: Option<Range<usize>>,
    folder: &str,
) -> Option<ProductDoc> {
    let fields = Fields::new(source, root, tr!("a product"), schema::names(schema::PRODUCT), &misplaced())?;
    fields.required("title", tr!("a product"), "title: Bol « Lune »");
    let words = words::read(&fields, shop, LangIx::DEFAULT, "title", body, folder);
    let images = images::list(&fields, shop, folder);
    twin_images(source, &images);
    let zone = &shop.timezone;
    let date = |name: &str| fields.get(name).and_then(|node| dates::date(source, name, node, zone, false));
    let (options, items) = if fields.get("variants").is_some() || fields.get("options").is_some() {
        variants::read(&fields, shop, &images)
    } else {
        (Vec::new(), item::single(&fields, shop).into_iter().collect())
    };
    let made_to_order = made_to_order(&fields, &items);
    let position = fields.integer("position", 0..=1_000_000);
    let ids = |name: &str| -> Vec<_> {
        let list = fields.list(name).unwrap_or_default();
        list.iter().filter_map(|node| values::id(source, name, node)).collect()
    };
    let id = |name: &str| fields.get(name).and_then(|node| values::id(source, name, node));
    let (publish, unpublish) = (date("publish"), date("unpublish"));
    if let (Some(publish), Some(unpublish)) = (publish, unpublish)
        && publish >= unpublish
    {
        source.error(
            "dates-in-order",
            values::span_of(&fields, "unpublish"),
            tr!("`unpublish` is not after `publish`"),
            "",
            tr!("it would never be published; change one of them"),
        );
    }
    Some(ProductDoc {
        texts: Arc::new(words),
        added: date("added"),
        updated: date("updated"),
        category: id("category"),
        tags: ids("tags"),
        maker: id("maker"),
        related: ids("related"),
        images,
        options,
        items,
        brand: fields.text("brand").map(|text| text.value),
        dimensions: values::dimensions(&fields),
        materials: texts::localized_field(&fields, shop, "materials"),
        warnings: texts::localized_field(&fields, shop, "warnings"),
        vat: fields.text("vat"),
        featured: fields.boolean("featured").unwrap_or(false),
        position,
        made_to_order,
        personalisation: personal::read(&fields, shop),
        pickup_only: fields.boolean("pickup_only").unwrap_or(false),
        draft: fields.boolean("draft").unwrap_or(false),
        publish,
        unpublish,
        aliases: values::aliases(&fields),
    })
}

fn made_to_order(fields: &Fields<'_>, items: &[ItemDoc]) -> Option<u32> {
    let source = fields.source();
    let order = Fields::new(source, fields.get("made_to_order")?, "`made_to_order`", ["days"], &[])?;
    order.required("days", "`made_to_order`", "days: 21")?;
    let days = order.integer("days", 1..=365)?;
    if items.iter().any(|item| item.supply != Supply::Unlimited) {
        source.error(
            "made-to-order-supply",
            values::span_of(fields, "made_to_order"),
            tr!("what is made to order has no limited supply"),
            "",
            tr!("write `supply: unlimited`, or leave `made_to_order` out"),
        );
    }
    u32::try_from(days).ok()
}

fn twin_images(source: &Source, images: &[crate::model::refs::ImageRef]) {
    for (at, image) in images.iter().enumerate() {
        if images[..at].iter().any(|other| other.path == image.path) {
            source.error(
                "twin-image",
                image.written.span.clone(),
                tr!("this photo is listed twice"),
                tr!("the second time"),
                tr!("keep one of them"),
            );
        }
    }
}
