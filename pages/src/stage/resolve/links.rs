//! Links in the owner's texts: each must lead somewhere, in every language that shows the text.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;
use std::sync::Arc;

use faults::suggest::nearest;
use faults::{Fault, Faults};
use messages::tr;

use super::Groups;
use crate::model::addresses::{Addresses, Leads};
use crate::model::documents::{Body, Content, DocKind};
use crate::model::entities::Entity;
use crate::model::lang::LangIx;
use crate::model::refs::FileRef;
use crate::model::site::Site;

/// Checks all links of all texts.
pub fn check(site: &Site, groups: &Groups<'_>, faults: &mut Faults) {
    let addresses = Addresses::with_all(site);
    for group in groups.values().flat_map(BTreeMap::values) {
        let main = match &group.main.content {
            Content::Product(doc) => &doc.texts,
            Content::Term(doc) => &doc.texts,
            Content::Page(doc) => &doc.texts,
            Content::Translation(..) => continue,
        };
        if let Some(body) = &main.body {
            for lang in site.shop.langs() {
                let own = lang == LangIx::DEFAULT;
                let shown = own
                    || (group.others.get(usize::from(lang.0)).copied().flatten().is_none()
                        && !site.shop.hide_untranslated);
                if shown {
                    check_body(site, &addresses, groups, body, lang, &group.main.file, faults);
                }
            }
        }
        for other in group.others.iter().flatten() {
            if let Content::Translation(lang, doc) = &other.content
                && let Some(body) = &doc.texts.body
            {
                check_body(site, &addresses, groups, body, *lang, &other.file, faults);
            }
        }
    }
}

fn check_body(
    site: &Site,
    addresses: &Addresses<'_>,
    groups: &Groups<'_>,
    body: &Body,
    lang: LangIx,
    file: &FileRef,
    faults: &mut Faults,
) {
    for link in &body.links {
        let (path, anchor) = match link.target.split_once('#') {
            Some((path, anchor)) => (path, Some(anchor)),
            None => (&*link.target, None),
        };
        if path.is_empty() {
            let Some(anchor) = anchor else {
                let help = tr!(
                    "write where it leads: `[words](page:NAME)`, or an address that begins with https://"
                );
                let place = file.place(link.span.clone());
                faults.push(Fault::error("dead-link", place, tr!("this link has no address")).help(help));
                continue;
            };
            if !anchor.is_empty() && !body.headings.iter().any(|heading| &*heading.id == anchor) {
                let near = nearest(anchor, body.headings.iter().map(|heading| &*heading.id));
                faults.push(dead(
                    file,
                    &link.span,
                    &format!("#{anchor}"),
                    near.map(|near| meant(format_args!("#{near}"))),
                ));
            }
            continue;
        }
        if path.starts_with('/') {
            check_path(addresses, path, anchor, file, &link.span, faults);
            continue;
        }
        match addresses.leads(&link.target, lang) {
            Leads::To(_) => {
                let thing = path.split_once(':').and_then(|(word, id)| addresses.thing(word, id));
                if let Some(entity) = thing {
                    check_anchor(entity, path, anchor, lang, file, &link.span, faults);
                }
            }
            Leads::NotInLanguage => {}
            Leads::Nowhere => nowhere(site, addresses, groups, path, file, &link.span, faults),
        }
    }
}

fn check_path(
    addresses: &Addresses<'_>,
    path: &str,
    anchor: Option<&str>,
    file: &FileRef,
    span: &Range<usize>,
    faults: &mut Faults,
) {
    let bare = path.split('?').next().unwrap_or(path);
    // The till answers below /api/: the build does not know its addresses.
    if addresses.is_address(bare) || bare.starts_with("/api/") {
        // Finding the thing takes time linear in the size of the shop: only if there is an anchor to check.
        if let Some((entity, lang)) = anchor.and_then(|_| addresses.thing_at(bare)) {
            check_anchor(entity, path, anchor, lang, file, span, faults);
        }
        return;
    }
    if bare.starts_with("/_/") {
        let help = tr!("addresses below `/_/` change with what they hold: put the file into content/static/");
        return faults.push(dead(file, span, path, Some(help.to_owned())));
    }
    let with_slash = format!("{bare}/");
    let near = if addresses.is_address(&with_slash) {
        Some(with_slash.as_str())
    } else {
        nearest(bare, addresses.all())
    };
    faults.push(dead(file, span, path, near.map(meant)));
}

fn check_anchor(
    entity: &Entity,
    path: &str,
    anchor: Option<&str>,
    lang: LangIx,
    file: &FileRef,
    span: &Range<usize>,
    faults: &mut Faults,
) {
    let Some(anchor) = anchor.filter(|anchor| !anchor.is_empty()) else { return };
    let headings = entity.body(lang).map(|(body, _)| body.headings.as_slice()).unwrap_or_default();
    if !headings.iter().any(|heading| &*heading.id == anchor) {
        let near = nearest(anchor, headings.iter().map(|heading| &*heading.id));
        faults.push(dead(
            file,
            span,
            &format!("{path}#{anchor}"),
            near.map(|near| meant(format_args!("{path}#{near}"))),
        ));
    }
}

fn nowhere(
    site: &Site,
    addresses: &Addresses<'_>,
    groups: &Groups<'_>,
    path: &str,
    file: &FileRef,
    span: &Range<usize>,
    faults: &mut Faults,
) {
    let Some((word, id)) = path.split_once(':') else {
        let help = tr!(
            "write `product:NAME`, `page:NAME`, an address that begins with `/`, or one that begins with https://"
        );
        return faults.push(dead(file, span, path, Some(help.to_owned())));
    };
    let kind = DocKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    if kind.is_some_and(|kind| site.is_unreadable(kind, id)) {
        return;
    }
    if kind.and_then(|kind| groups.get(&kind)).is_some_and(|all| all.contains_key(&Arc::from(id))) {
        faults.push(
            Fault::warning(
                "unpublished-link",
                file.place(span.clone()),
                tr!("`{path}` is not published now"),
            )
            .label(tr!("leads nowhere until it is"))
            .help(tr!("the words stay, without the link")),
        );
        return;
    }
    let near = nearest(id, addresses.ids(word));
    let help = match near {
        Some(near) => meant(format_args!("{word}:{near}")),
        None => tr!(
            "links to things of the shop are written `product:NAME`, `category:`, `collection:`, `maker:`, `page:`, `tag:`"
        )
        .to_owned(),
    };
    faults.push(dead(file, span, path, Some(help)));
}

fn dead(file: &FileRef, span: &Range<usize>, target: &str, help: Option<String>) -> Fault {
    let help = help.unwrap_or_else(|| tr!("write an address that exists, or remove the link").to_owned());
    let message = tr!("`{target}` leads nowhere");
    Fault::error("dead-link", file.place(span.clone()), message).help(help).about(target)
}

fn meant(near: impl Display) -> String {
    tr!("did you mean `{near}`?")
}
