//! Groups main files with their translations, and gives each its addresses.

use std::collections::BTreeMap;
use std::sync::Arc;

use faults::suggest::nearest;
use faults::{Fault, Faults, Place};
use messages::tr;

use super::{Group, Groups};
use crate::model::documents::{Content, DocKind, Document, Documents, Texts, Unreadable};
use crate::model::entities::Entity;
use crate::model::lang::LangIx;
use crate::model::shop::Shop;

/// Groups files by kind and id. Two main files of one id, and translations of nothing, are faults.
pub fn group<'a>(documents: &'a Documents, faults: &mut Faults) -> Groups<'a> {
    let (shop, files) = (&documents.shop, &documents.files);
    let mut groups: Groups<'a> = DocKind::ALL.into_iter().map(|kind| (kind, BTreeMap::new())).collect();
    for document in files.iter().filter(|document| !matches!(document.content, Content::Translation(..))) {
        let of_kind = groups.entry(document.kind).or_default();
        if let Some(first) = of_kind.get(&document.id) {
            let (file, message) = (document.file.file.clone(), twins(document.kind, &document.id));
            faults.push(
                Fault::error("twin-id", Place::file(file), message)
                    .related(Place::file(first.main.file.file.clone()), tr!("the first one"))
                    .help(tr!("rename one of them")),
            );
            continue;
        }
        of_kind
            .insert(document.id.clone(), Group { main: document, others: vec![None; shop.languages.len()] });
    }
    for document in files {
        let Content::Translation(lang, _) = &document.content else { continue };
        let of_kind = groups.entry(document.kind).or_default();
        let Some(group) = of_kind.get_mut(&document.id) else {
            let known: Vec<Arc<str>> = of_kind.keys().cloned().collect();
            let main = Unreadable { kind: document.kind, id: (*document.id).into(), lang: None };
            if !documents.unreadable.contains(&main) {
                dangling_translation(document, &known, faults);
            }
            continue;
        };
        let language = shop.lang(*lang);
        if *lang == LangIx::DEFAULT {
            let main = &group.main.file.file;
            faults.push(
                Fault::error(
                    "translation-of-default",
                    Place::file(document.file.file.clone()),
                    tr!("`{language}` is the default language, which stands in the main file"),
                )
                .help(tr!("move its text to {main} and delete this file")),
            );
            continue;
        }
        if let Some(slot) = group.others.get_mut(usize::from(lang.0)) {
            if let Some(first) = slot {
                faults.push(
                    Fault::error(
                        "twin-translation",
                        Place::file(document.file.file.clone()),
                        tr!("there are two translations into `{language}`"),
                    )
                    .related(Place::file(first.file.file.clone()), tr!("the first one"))
                    .help(tr!("keep one of them")),
                );
            } else {
                *slot = Some(document);
            }
        }
    }
    groups
}

fn dangling_translation(document: &Document, known: &[Arc<str>], faults: &mut Faults) {
    let help = match nearest(&document.id, known.iter().map(|id| &**id)) {
        Some(near) => tr!("did you mean `{near}`? rename this file like the one it translates"),
        None => add_main(document.kind).to_owned(),
    };
    let (file, message) = (document.file.file.clone(), translates_nothing(document.kind, &document.id));
    faults.push(Fault::error("dangling-translation", Place::file(file), message).help(help));
}

fn twins(kind: DocKind, id: &str) -> String {
    match kind {
        DocKind::Product => tr!("there are two files for the product `{id}`"),
        DocKind::Category => tr!("there are two files for the category `{id}`"),
        DocKind::Collection => tr!("there are two files for the collection `{id}`"),
        DocKind::Maker => tr!("there are two files for the maker `{id}`"),
        DocKind::Page => tr!("there are two files for the page `{id}`"),
    }
}

fn translates_nothing(kind: DocKind, id: &str) -> String {
    match kind {
        DocKind::Product => tr!("this translates a product `{id}` that does not exist"),
        DocKind::Category => tr!("this translates a category `{id}` that does not exist"),
        DocKind::Collection => tr!("this translates a collection `{id}` that does not exist"),
        DocKind::Maker => tr!("this translates a maker `{id}` that does not exist"),
        DocKind::Page => tr!("this translates a page `{id}` that does not exist"),
    }
}

fn add_main(kind: DocKind) -> &'static str {
    match kind {
        DocKind::Product => tr!("add the product itself, or rename this file like the one it translates"),
        DocKind::Category => tr!("add the category itself, or rename this file like the one it translates"),
        DocKind::Collection => {
            tr!("add the collection itself, or rename this file like the one it translates")
        }
        DocKind::Maker => tr!("add the maker itself, or rename this file like the one it translates"),
        DocKind::Page => tr!("add the page itself, or rename this file like the one it translates"),
    }
}

/// Texts of all languages and the address in each, made by `url` from a language and a slug.
pub fn entity(
    shop: &Shop,
    group: &Group<'_>,
    main: Arc<Texts>,
    url: impl Fn(LangIx, &str) -> String,
) -> Entity {
    let id = &group.main.id;
    let own_slug = main.slug.as_ref().map_or(&**id, |slug| slug.value.as_str()).to_owned();
    let mut texts = vec![Some(main)];
    let mut urls = Vec::new();
    for lang in shop.langs() {
        let other = group.others.get(usize::from(lang.0)).copied().flatten();
        let translated = match other.map(|document| &document.content) {
            Some(Content::Translation(_, doc)) => Some(doc.texts.clone()),
            _ => None,
        };
        let shown = lang == LangIx::DEFAULT || translated.is_some() || !shop.hide_untranslated;
        let slug =
            translated.as_ref().and_then(|texts| texts.slug.as_ref()).map_or(&own_slug, |slug| &slug.value);
        urls.push(shown.then(|| Arc::from(url(lang, slug))));
        if lang != LangIx::DEFAULT {
            texts.push(translated);
        }
    }
    let mut files: Vec<_> =
        group.others.iter().map(|other| other.map(|document| document.file.clone())).collect();
    if let Some(first) = files.first_mut() {
        *first = Some(group.main.file.clone());
    }
    Entity { id: id.clone(), file: Some(group.main.file.clone()), files, texts, urls }
}

/// The translation documents of a group, by language.
pub fn translations(group: &Group<'_>) -> Vec<Option<Arc<crate::model::documents::TranslationDoc>>> {
    group
        .others
        .iter()
        .map(|other| match other.map(|document| &document.content) {
            Some(Content::Translation(_, doc)) => Some(doc.clone()),
            _ => None,
        })
        .collect()
}
