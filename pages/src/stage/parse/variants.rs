//! Options and variants of a product.

use messages::tr;
use yaml::{Fields, Misplaced};

use crate::model::documents::{ItemDoc, OptionDoc};
use crate::model::refs::ImageRef;
use crate::model::schema;
use crate::model::shop::Shop;
use crate::stage::parse::{item, texts, values};

fn misplaced() -> [Misplaced; 2] {
    [
        ("quantity", tr!("write `supply`: how many pieces have ever been put on sale")),
        ("title", tr!("a variant is named by its options' values")),
    ]
}

/// Reads `options` and `variants`; each variant is an item.
pub fn read(fields: &Fields<'_>, shop: &Shop, images: &[ImageRef]) -> (Vec<OptionDoc>, Vec<ItemDoc>) {
    for name in ["sku", "supply", "stock", "gtin"] {
        if let Some(entry) = fields.entry(name) {
            fields.source().error(
                "field-of-variant",
                entry.key_span.clone(),
                tr!("with variants, `{name}` stands in each variant"),
                "",
                tr!("move `{name}` into the entries of `variants`"),
            );
        }
    }
    let options = options(fields, shop);
    let mut items = Vec::new();
    let list = match fields.required(
        "variants",
        tr!("a product with options"),
        "variants: [ { sku: ..., taille: s, supply: 1 } ]",
    ) {
        Some(node) => yaml::list(fields.source(), "variants", node).unwrap_or_default(),
        None => &[],
    };
    if list.is_empty() && fields.get("variants").is_some() {
        fields.source().error(
            "no-variants",
            values::span_of(fields, "variants"),
            tr!("there is nothing to choose from"),
            tr!("an empty list"),
            tr!("add a variant, or write `sku` and `supply` without `options`"),
        );
    }
    for node in list.iter().take(200) {
        if let Some(item) = variant(fields, shop, &options, images, node, &items) {
            items.push(item);
        }
    }
    let count = list.len();
    if count > 200 {
        fields.source().error(
            "too-many-variants",
            list[200].span.clone(),
            tr!("this product has {count} variants"),
            tr!("at most 200"),
            tr!("split it into several products"),
        );
    }
    (options, items)
}

fn options(fields: &Fields<'_>, shop: &Shop) -> Vec<OptionDoc> {
    let source = fields.source();
    let Some(node) = fields.required(
        "options",
        tr!("a product with variants"),
        "options: { taille: { label: Taille, values: { s: S } } }",
    ) else {
        return Vec::new();
    };
    let entries = yaml::mapping(source, node, "`options`").unwrap_or_default();
    let mut options = Vec::new();
    for entry in entries {
        let reserved = schema::names(schema::VARIANT).any(|name| name == &*entry.key);
        if !values::is_id(&entry.key) || reserved {
            let id = &entry.key;
            source.error(
                "option-id",
                entry.key_span.clone(),
                tr!("`{id}` cannot be the id of an option"),
                if reserved { tr!("a field of variants") } else { tr!("not an id") },
                if reserved {
                    tr!("give the option another id: `{id}` is a field of variants")
                } else {
                    tr!("write small letters, digits and `-`: it stands in addresses, as in `?taille=m`")
                        .to_owned()
                },
            );
            continue;
        }
        let Some(inner) =
            Fields::new(source, &entry.value, tr!("an option"), schema::names(schema::OPTION), &[])
        else {
            continue;
        };
        let label = inner.required("label", tr!("an option"), "label: { fr: Taille, en: Size }");
        let listed = inner.required("values", tr!("an option"), "values: { s: S, m: M }");
        let mut choices = Vec::new();
        for value in listed.and_then(|node| yaml::mapping(source, node, "`values`")).unwrap_or_default() {
            if values::is_id(&value.key) {
                choices
                    .push((value.key.clone(), texts::localized_here(source, shop, &value.key, &value.value)));
            } else {
                let (id, better) = (&value.key, slug::slugify(&*value.key));
                source.error(
                    "option-id",
                    value.key_span.clone(),
                    tr!("`{id}` cannot be the id of a value"),
                    tr!("not an id"),
                    tr!("write small letters, digits and `-`: `{better}`"),
                );
            }
        }
        if let Some(label) = label {
            let label = texts::localized_here(source, shop, "label", label);
            options.push(OptionDoc { id: entry.key.clone(), label, values: choices });
        }
    }
    options
}

fn variant(
    product_fields: &Fields<'_>,
    shop: &Shop,
    options: &[OptionDoc],
    images: &[ImageRef],
    node: &yaml::Node,
    before: &[ItemDoc],
) -> Option<ItemDoc> {
    let source = product_fields.source();
    let mut known: Vec<&str> = schema::names(schema::VARIANT).collect();
    known.extend(options.iter().map(|option| &*option.id));
    let fields = Fields::new(source, node, tr!("a variant"), known, &misplaced())?;
    let sku = fields
        .required("sku", tr!("a variant"), "sku: TABLIER-S")
        .and_then(|n| values::sku(source, "sku", n));
    let supply =
        fields.required("supply", tr!("a variant"), "supply: 1").and_then(|n| values::supply(source, n));
    let price = match fields.get("price").or_else(|| product_fields.get("price")) {
        Some(node) => values::price(source, "price", node),
        None => {
            fields.required("price", tr!("a variant of a product without price"), "price: 45.00");
            None
        }
    };
    let sale_of = if fields.get("sale").is_some() { &fields } else { product_fields };
    let sale = item::sale(sale_of, shop, price);
    let weight = item::weight(&fields).or_else(|| item::weight(product_fields));
    let stock = item::stock_key(&fields);
    let choice = choice(&fields, options)?;
    let sku = sku?;
    if let Some(twin) = before.iter().find(|item| item.choice == choice) {
        source.push(
            faults::Fault::error(
                "twin-variant",
                source.place(sku.span.clone()),
                tr!("two variants are the same choice"),
            )
            .label(tr!("the second one"))
            .related(source.place(twin.sku.span.clone()), tr!("the first one"))
            .help(tr!("change an option's value, or remove one of them")),
        );
    }
    Some(ItemDoc {
        stock: stock.unwrap_or_else(|| sku.clone().map(Into::into)),
        sku,
        supply: supply?,
        price: price?,
        sale,
        weight,
        gtin: values::gtin(&fields),
        choice,
        images: own_images(&fields, images),
    })
}

fn choice(fields: &Fields<'_>, options: &[OptionDoc]) -> Option<Vec<usize>> {
    let mut choice = Vec::new();
    for option in options {
        let example = option.values.first().map_or("s", |(id, _)| id);
        let node = fields.required(&option.id, tr!("a variant"), &format!("{}: {example}", option.id))?;
        let written = yaml::text(fields.source(), &option.id, node)?;
        let Some(at) = option.values.iter().position(|(id, _)| **id == *written.value) else {
            let (id, value) = (&option.id, &written.value);
            let listed = faults::suggest::either(option.values.iter().map(|(id, _)| &**id));
            fields.source().error(
                "unknown-value",
                written.span,
                tr!("`{id}` has no value `{value}`"),
                tr!("unknown"),
                tr!("write {listed}"),
            );
            return None;
        };
        choice.push(at);
    }
    Some(choice)
}

fn own_images(fields: &Fields<'_>, images: &[ImageRef]) -> Vec<usize> {
    let mut own = Vec::new();
    for written in fields.texts("images") {
        match images.iter().position(|image| image.written.value == written.value) {
            Some(at) => own.push(at),
            None => {
                let file = written.value;
                fields.source().error(
                    "variant-image",
                    written.span,
                    tr!("`{file}` is not one of the product's photos"),
                    tr!("unknown"),
                    tr!("list it in the product's `images` first, with its alternative text"),
                );
            }
        }
    }
    own
}
