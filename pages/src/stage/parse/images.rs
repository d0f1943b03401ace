//! Names of photos as owners write them: relative to the file, inside `content/`.

use messages::tr;
use yaml::{Fields, Node, Source, Spanned};

use crate::model::lang::{LangIx, Localized};
use crate::model::refs::ImageRef;
use crate::model::schema;
use crate::model::shop::Shop;
use crate::stage::parse::{texts, typography};

/// The path of a photo relative to the shop, normalised (NFC, no `..`); a path that leads elsewhere is a fault.
pub fn path(source: &Source, folder: &str, written: &Spanned<String>) -> Option<Box<str>> {
    use unicode_normalization::UnicodeNormalization as _;
    let refuse = |message: &str, help: &str| {
        source.error("image-path", written.span.clone(), message, "", help);
        None
    };
    let text: String = written.value.nfc().collect();
    if text.starts_with("http:") || text.starts_with("https:") || text.starts_with("//") {
        return refuse(
            tr!("this photo lies on another site"),
            tr!("save it beside this file and write its file name"),
        );
    }
    if text.starts_with('/') || text.contains('\\') || text.contains(':') {
        return refuse(
            tr!("a photo is named relative to this file"),
            tr!("write its file name, with `/` between folders"),
        );
    }
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.len() > 1 => {
                parts.pop();
            }
            ".." => return refuse(tr!("this photo lies outside content/"), tr!("copy it beside this file")),
            part => parts.push(part),
        }
    }
    if parts.first() != Some(&"content") {
        return refuse(tr!("this photo lies outside content/"), tr!("copy it beside this file"));
    }
    Some(parts.join("/").into())
}

/// A list of photos with their alternative texts.
pub fn list(fields: &Fields<'_>, shop: &Shop, folder: &str) -> Vec<ImageRef> {
    let source = fields.source();
    let items = fields.list("images").unwrap_or_default();
    items.iter().filter_map(|node| one(source, shop, folder, node, LangIx::DEFAULT)).collect()
}

/// One photo: `{ file, alt }`. In a translation, `alt` is a text of `lang`.
pub fn one(source: &Source, shop: &Shop, folder: &str, node: &Node, lang: LangIx) -> Option<ImageRef> {
    if let yaml::Kind::Scalar { text, .. } = &node.kind {
        source.error(
            "missing-alt",
            node.span.clone(),
            tr!("this photo has no alternative text"),
            tr!("for who cannot see it"),
            tr!("write `{{ file: {text}, alt: \"what it shows\" }}`"),
        );
        return None;
    }
    let fields = Fields::new(source, node, tr!("a photo"), schema::names(schema::IMAGE), &[])?;
    let file = fields.required("file", tr!("a photo"), "file: bol-lune-1.jpg");
    let written = file.and_then(|node| yaml::text(source, "file", node));
    let mut alt = match fields.get("alt") {
        Some(node) if lang == LangIx::DEFAULT => texts::localized(source, shop, "alt", node),
        Some(node) => yaml::text(source, "alt", node)
            .map(|text| {
                let mut alt = Localized::default();
                alt.set(lang, typography::line(shop.lang(lang), &text.value));
                alt
            })
            .unwrap_or_default(),
        None => Localized::default(),
    };
    let blank = |node: &Node| matches!(&node.kind, yaml::Kind::Scalar { text, .. } if text.trim().is_empty());
    let empty = match fields.get("alt").map(|node| (node, &node.kind)) {
        Some((_, yaml::Kind::Map(entries))) => {
            let default = shop.lang(LangIx::DEFAULT);
            for entry in entries.iter().filter(|entry| &*entry.key != default && blank(&entry.value)) {
                let language = &entry.key;
                source.error(
                    "missing-alt",
                    entry.value.span.clone(),
                    tr!("this photo has no alternative text in `{language}`"),
                    tr!("for who cannot see it"),
                    tr!("write what it shows, or leave `{language}` out"),
                );
                // Already reported: for later stages the text exists.
                shop.lang_ix(&entry.key).into_iter().for_each(|lang| alt.set(lang, ""));
            }
            entries.iter().all(|entry| &*entry.key == default && blank(&entry.value))
        }
        Some((node, _)) => blank(node),
        None => true,
    };
    if empty && let Some(written) = &written {
        source.error(
            "missing-alt",
            written.span.clone(),
            tr!("this photo has no alternative text"),
            tr!("for who cannot see it"),
            tr!("add `alt: \"what it shows\"`"),
        );
    }
    let written = written?;
    let path = path(source, folder, &written)?;
    Some(ImageRef { path, written, alt })
}

/// The field `image`.
pub fn field(fields: &Fields<'_>, shop: &Shop, folder: &str, lang: LangIx) -> Option<ImageRef> {
    one(fields.source(), shop, folder, fields.get("image")?, lang)
}
