//! Mistakes that show only across files: duplicate SKUs, contradictory stock keys, missing translations; and what a product
//! lacks that could still be published.

use std::collections::BTreeMap;

use catalog::Timestamp;
use faults::{Fault, Faults, Place};
use messages::tr;

use super::{Group, Groups};
use crate::model::documents::{Content, DocKind, ItemDoc, ProductDoc, Unreadable};
use crate::model::entities::TermKind;
use crate::model::lang::{LangIx, Localized};
use crate::model::refs::{FileRef, ImageRef};
use crate::model::site::Site;

fn products<'a>(groups: &'a Groups<'a>) -> impl Iterator<Item = (&'a Group<'a>, &'a ProductDoc)> {
    groups.get(&DocKind::Product).into_iter().flat_map(BTreeMap::values).filter_map(|group| {
        match &group.main.content {
            Content::Product(doc) => Some((group, &**doc)),
            _ => None,
        }
    })
}

/// Every SKU must name one item only, drafts included: old orders refer to it.
pub fn skus(groups: &Groups<'_>, faults: &mut Faults) {
    let mut seen: BTreeMap<String, (&FileRef, &ItemDoc)> = BTreeMap::new();
    for (group, doc) in products(groups) {
        for item in &doc.items {
            let sku = &item.sku.value;
            let name = sku.as_str().to_ascii_uppercase();
            let Some((file, first)) = seen.get(&name) else {
                seen.insert(name, (&group.main.file, item));
                continue;
            };
            faults.push(
                Fault::error(
                    "twin-sku",
                    group.main.file.place(item.sku.span.clone()),
                    tr!("the SKU `{sku}` is used twice"),
                )
                .label(tr!("the second time"))
                .related(file.place(first.sku.span.clone()), tr!("the first time"))
                .help(tr!("give one of them another SKU; capitals make no difference")),
            );
        }
    }
}

/// Items that share a stock key must have the same supply.
pub fn stock_keys(groups: &Groups<'_>, faults: &mut Faults) {
    let mut seen: BTreeMap<&str, (&FileRef, &ItemDoc)> = BTreeMap::new();
    for (group, doc) in products(groups) {
        for item in &doc.items {
            let stock = item.stock.value.as_str();
            let Some((file, first)) = seen.get(stock) else {
                seen.insert(stock, (&group.main.file, item));
                continue;
            };
            if first.supply != item.supply {
                faults.push(
                    Fault::error(
                        "stock-supply",
                        group.main.file.place(item.stock.span.clone()),
                        tr!("two items share the stock `{stock}` and differ in `supply`"),
                    )
                    .label(tr!("the second one"))
                    .related(file.place(first.stock.span.clone()), tr!("the first one"))
                    .help(tr!("write the same `supply` in both: they are the same pieces")),
                );
            }
        }
    }
}

/// Warns about products that shoppers will see (so not drafts) without a photo, a text or a category.
pub fn bare(site: &Site, groups: &Groups<'_>, now: Timestamp, faults: &mut Faults) {
    let categories = site.terms_of(TermKind::Category);
    for (group, doc) in products(groups) {
        if doc.draft || doc.shown().is_over(now) {
            continue;
        }
        let file = &group.main.file;
        let place = || {
            doc.texts
                .title
                .as_ref()
                .map_or_else(|| Place::file(file.file.clone()), |title| file.place(title.span.clone()))
        };
        let mut missing = |code, message: &str, help: &str| {
            faults.push(Fault::warning(code, place(), message).help(help));
        };
        if doc.images.is_empty() {
            missing(
                "no-photo",
                tr!("this product has no photo"),
                tr!(
                    "put one beside this file and write `images: [{{ file: NAME.jpg, alt: \"What it shows\" }}]`"
                ),
            );
        }
        if doc.texts.body.is_none() && doc.texts.summary.is_none() {
            missing(
                "no-text",
                tr!("this product has no text"),
                tr!("write it below the second `---`, or one sentence as `summary:`"),
            );
        }
        if doc.category.is_none() && !categories.is_empty() {
            // More names would not help.
            let known = faults::suggest::either(categories.iter().take(8).map(|term| &*term.entity.id));
            missing(
                "no-category",
                tr!("this product has no category"),
                &tr!("write `category:` and the name of one, such as {known}"),
            );
        }
    }
}

/// Warns about what falls back to the default language, once per file.
pub fn translations(site: &Site, groups: &Groups<'_>, faults: &mut Faults) {
    let shop = &site.shop;
    for group in groups.values().flat_map(BTreeMap::values) {
        for lang in shop.langs().skip(1) {
            let language = shop.lang(lang);
            let Some(other) = group.others.get(usize::from(lang.0)).copied().flatten() else {
                let own = Unreadable { kind: group.main.kind, id: (*group.main.id).into(), lang: Some(lang) };
                if !shop.hide_untranslated && has_words(group) && !site.unreadable.contains(&own) {
                    let path = translation_path(group, language);
                    faults.push(
                        Fault::warning(
                            "untranslated",
                            Place::file(group.main.file.file.clone()),
                            tr!("this has no translation into `{language}`"),
                        )
                        .help(tr!("add {path}; until then it shows the default language")),
                    );
                }
                continue;
            };
            let missing = missing_words(group, &other.content, lang);
            if !missing.is_empty() {
                let missing = faults::suggest::all_of(missing.iter().copied());
                faults.push(
                    Fault::warning(
                        "partly-translated",
                        Place::file(other.file.file.clone()),
                        tr!("this translation leaves out {missing}"),
                    )
                    .help(tr!("until it is added, the default language is shown there")),
                );
            }
            unknown_images(group, other, faults);
        }
    }
}

fn has_words(group: &Group<'_>) -> bool {
    !matches!(&group.main.content, Content::Page(doc) if doc.draft)
        && !matches!(&group.main.content, Content::Product(doc) if doc.draft)
}

fn translation_path(group: &Group<'_>, language: &str) -> String {
    let path = &group.main.file.file;
    match path.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{language}.{extension}"),
        None => path.to_string(),
    }
}

fn missing_words(group: &Group<'_>, other: &Content, lang: LangIx) -> Vec<&'static str> {
    let Content::Translation(_, doc) = other else { return Vec::new() };
    let (main, images) = match &group.main.content {
        Content::Product(doc) => (&doc.texts, doc.images.as_slice()),
        Content::Term(doc) => (&doc.texts, &[][..]),
        Content::Page(doc) => (&doc.texts, &[][..]),
        Content::Translation(..) => return Vec::new(),
    };
    let maker = group.main.kind == DocKind::Maker;
    let home = matches!(&group.main.content, Content::Page(doc) if &*doc.kind == "home");
    let mut missing = Vec::new();
    if doc.texts.title.is_none() && !maker && !home {
        missing.push("title");
    }
    if doc.texts.summary.is_none() && main.summary.is_some() {
        missing.push("summary");
    }
    if doc.texts.body.is_none() && main.body.is_some() {
        missing.push(tr!("the text"));
    }
    let left_out = |main: &Localized, own: &Option<String>| {
        !main.is_empty() && main.exact(lang).is_none() && own.is_none()
    };
    match &group.main.content {
        Content::Product(main) => {
            missing.extend(left_out(&main.materials, &doc.materials).then_some("materials"));
            missing.extend(left_out(&main.warnings, &doc.warnings).then_some("warnings"));
        }
        Content::Term(main) => missing.extend(left_out(&main.place, &doc.place).then_some("place")),
        _ => {}
    }
    let alt = |image: &ImageRef| {
        image.alt.is_empty()
            || image.alt.exact(lang).is_some()
            || doc.images.iter().any(|other| other.path == image.path)
    };
    if !images.iter().all(alt) {
        missing.push("alt");
    }
    missing
}

fn unknown_images(group: &Group<'_>, other: &crate::model::documents::Document, faults: &mut Faults) {
    let Content::Translation(_, doc) = &other.content else { return };
    let known: Vec<&ImageRef> = match &group.main.content {
        Content::Product(main) => main.images.iter().collect(),
        Content::Term(main) => main.image.iter().collect(),
        _ => Vec::new(),
    };
    for image in &doc.images {
        if !known.iter().any(|main| main.path == image.path) {
            let photo = &image.written.value;
            let near = faults::suggest::nearest(photo, known.iter().map(|main| main.written.value.as_str()));
            let help = match near {
                Some(near) => tr!("did you mean `{near}`?"),
                None => tr!("list the photo in the main file; a translation only gives its words").to_owned(),
            };
            faults.push(
                Fault::error(
                    "translation-image",
                    other.file.place(image.written.span.clone()),
                    tr!("`{photo}` is not a photo of the main file"),
                )
                .label(tr!("unknown"))
                .help(help),
            );
        }
    }
}
