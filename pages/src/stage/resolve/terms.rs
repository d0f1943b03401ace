//! Categories, collections, makers and tags.

use std::collections::BTreeMap;
use std::sync::Arc;

use faults::suggest::nearest;
use faults::{Fault, Faults};
use messages::tr;
use yaml::Spanned;

use super::photos::Register;
use super::{Group, Groups, entities};
use crate::model::documents::{Content, DocKind, Documents, TermDoc};
use crate::model::entities::{Entity, Listing, Term, TermIx, TermKind};
use crate::model::lang::{LangIx, Localized};
use crate::model::refs::FileRef;
use crate::model::site::Site;

/// Resolves terms, except for their products, which `lists` fills in.
pub fn resolve(
    site: &mut Site,
    groups: &Groups<'_>,
    documents: &Documents,
    photos: &mut Register<'_>,
    faults: &mut Faults,
) {
    for (kind, doc_kind) in [
        (TermKind::Category, DocKind::Category),
        (TermKind::Collection, DocKind::Collection),
        (TermKind::Maker, DocKind::Maker),
    ] {
        let mut terms = Vec::new();
        for group in groups.get(&doc_kind).into_iter().flat_map(BTreeMap::values) {
            terms.extend(term(site, kind, group, photos, faults));
        }
        site.terms.insert(kind, terms);
    }
    parents(site, faults);
    site.terms.insert(TermKind::Tag, tags(site, groups, documents, faults));
}

fn term(
    site: &Site,
    kind: TermKind,
    group: &Group<'_>,
    photos: &mut Register<'_>,
    faults: &mut Faults,
) -> Option<Term> {
    let Content::Term(doc) = &group.main.content else { return None };
    let shop = &site.shop;
    let entity = entities::entity(shop, group, doc.texts.clone(), |lang, slug| {
        format!("{}{slug}/", site.terms_url(kind, lang))
    });
    let translations = entities::translations(group);
    let photo = doc
        .image
        .as_ref()
        .and_then(|image| photos.take_translated(image, &group.main.file, &translations, faults));
    Some(Term {
        entity,
        doc: doc.clone(),
        translations,
        label: Localized::default(),
        photo,
        parent: None,
        children: Vec::new(),
        products: Listing::default(),
    })
}

/// Finds a term by id; an unknown one is a fault with a suggestion.
pub fn find(
    site: &Site,
    kind: TermKind,
    name: &Spanned<String>,
    file: &FileRef,
    faults: &mut Faults,
) -> Option<TermIx> {
    let terms = site.terms_of(kind);
    // Terms are sorted by id.
    if let Ok(at) = terms.binary_search_by(|term| (*term.entity.id).cmp(name.value.as_str())) {
        return Some(TermIx::new(at));
    }
    if kind.doc_kind().is_some_and(|kind| site.is_unreadable(kind, &name.value)) {
        return None;
    }
    let (place, name) = (file.place(name.span.clone()), &name.value);
    let help = match nearest(name, terms.iter().map(|term| &*term.entity.id)) {
        Some(near) => tr!("did you mean `{near}`?"),
        None if kind == TermKind::Tag => tr!("give a product the tag `{name}`, or remove this line"),
        None => {
            let extension = if kind == TermKind::Maker { "yaml" } else { "md" };
            let file = format!("content/{}/{name}.{extension}", kind.plural());
            tr!("add {file}")
        }
    };
    let message = match kind {
        TermKind::Category => tr!("there is no category `{name}`"),
        TermKind::Collection => tr!("there is no collection `{name}`"),
        TermKind::Tag => tr!("there is no tag `{name}`"),
        TermKind::Maker => tr!("there is no maker `{name}`"),
    };
    faults.push(Fault::error("dangling", place, message).label(tr!("unknown")).help(help));
    None
}

fn parents(site: &mut Site, faults: &mut Faults) {
    let count = site.terms_of(TermKind::Category).len();
    let parents: Vec<Option<TermIx>> = (0..count)
        .map(|at| {
            let term = &site.terms_of(TermKind::Category)[at];
            let (Some(parent), Some(file)) = (&term.doc.parent, &term.entity.file) else { return None };
            find(site, TermKind::Category, parent, file, faults)
        })
        .collect();
    for at in 0..count {
        if is_own_ancestor(&parents, at) {
            let term = &site.terms_of(TermKind::Category)[at];
            if let (Some(parent), Some(file)) = (&term.doc.parent, &term.entity.file) {
                faults.push(
                    Fault::error(
                        "parent-circle",
                        file.place(parent.span.clone()),
                        tr!("this category is below itself"),
                    )
                    .help(tr!("remove `parent` from one of the categories of the circle")),
                );
            }
        }
    }
    let circular: Vec<bool> = (0..count).map(|at| is_own_ancestor(&parents, at)).collect();
    let Some(terms) = site.terms.get_mut(&TermKind::Category) else { return };
    for (at, parent) in parents.into_iter().enumerate() {
        if let Some(parent) = parent.filter(|_| !circular[at]) {
            terms[at].parent = Some(parent);
            terms[parent.at()].children.push(TermIx::new(at));
        }
    }
    let order: Vec<(i64, Arc<str>)> =
        terms.iter().map(|term| (term.doc.position.unwrap_or(i64::MAX), term.entity.id.clone())).collect();
    for term in terms {
        term.children.sort_by(|a, b| order[a.at()].cmp(&order[b.at()]));
    }
}

fn is_own_ancestor(parents: &[Option<TermIx>], start: usize) -> bool {
    let mut at = parents[start];
    for _ in 0..=parents.len() {
        match at {
            None => return false,
            Some(ix) if ix.at() == start => return true,
            Some(ix) => at = parents[ix.at()],
        }
    }
    false
}

/// The tags that products name, with the labels of tags.yaml.
fn tags(site: &Site, groups: &Groups<'_>, documents: &Documents, faults: &mut Faults) -> Vec<Term> {
    let shop = &site.shop;
    let labels: BTreeMap<&str, &Localized> =
        documents.tags.iter().map(|tag| (&*tag.id, &tag.label)).collect();
    let mut used: BTreeMap<String, ()> = BTreeMap::new();
    for group in groups.get(&DocKind::Product).into_iter().flat_map(BTreeMap::values) {
        let Content::Product(doc) = &group.main.content else { continue };
        for tag in &doc.tags {
            used.insert(tag.value.clone(), ());
            if !labels.is_empty() && !labels.contains_key(tag.value.as_str()) {
                let (place, tag) = (group.main.file.place(tag.span.clone()), &tag.value);
                let help = match nearest(tag, labels.keys().copied()) {
                    Some(near) => tr!("did you mean `{near}`?"),
                    None => tr!("add `{tag}: ...` to content/tags.yaml"),
                };
                let message = tr!("the tag `{tag}` has no label");
                faults.push(Fault::warning("unlabelled-tag", place, message).help(help));
            }
        }
    }
    used.into_keys()
        .map(|id| {
            let urls = shop
                .langs()
                .map(|lang| Some(Arc::from(format!("{}{id}/", site.terms_url(TermKind::Tag, lang)))))
                .collect();
            let label =
                labels.get(id.as_str()).copied().cloned().unwrap_or_else(|| Localized::one(id.as_str()));
            // A label without a map is for all languages, not a missing translation.
            let texts = shop.langs().map(|lang| label.exact(lang).map(|_| Arc::default())).collect();
            let label =
                if label.iter().count() == 1 { everywhere(&label, shop.languages.len()) } else { label };
            Term {
                entity: Entity { id: id.as_str().into(), file: None, files: Vec::new(), texts, urls },
                doc: Arc::new(TermDoc::default()),
                translations: Vec::new(),
                label,
                photo: None,
                parent: None,
                children: Vec::new(),
                products: Listing::default(),
            }
        })
        .collect()
}

fn everywhere(label: &Localized, languages: usize) -> Localized {
    let mut all = Localized::default();
    for at in 0..languages {
        let lang = LangIx(u8::try_from(at).unwrap_or(u8::MAX));
        all.set(lang, label.get(lang));
    }
    all
}
