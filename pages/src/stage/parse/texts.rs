//! Texts for shoppers: one for everyone, or one by language.

use faults::Fault;
use faults::suggest::either;
use messages::tr;
use yaml::{Fields, Kind, Node, Source};

use crate::model::lang::{LangIx, Localized};
use crate::model::shop::Shop;
use crate::stage::parse::typography;

/// A text for shoppers: one, or one by language; typography applied.
pub fn localized(source: &Source, shop: &Shop, name: &str, node: &Node) -> Localized {
    let mut texts = Localized::default();
    match &node.kind {
        Kind::Map(entries) => {
            for entry in entries {
                let Some(lang) = shop.lang_ix(&entry.key) else {
                    let (language, known) = (&entry.key, either(shop.languages.iter().map(String::as_str)));
                    source.error(
                        "unknown-language",
                        entry.key_span.clone(),
                        tr!("`{language}` is not a language of this shop"),
                        tr!("unknown"),
                        tr!("write {known}; a text that holds `: ` or `, ` goes in quotes"),
                    );
                    continue;
                };
                if let Some(text) =
                    yaml::text(source, name, &entry.value).filter(|text| !is_blank(&text.value))
                {
                    texts.set(lang, typography::line(shop.lang(lang), &text.value));
                }
            }
            if texts.exact(LangIx::DEFAULT).is_none() && !texts.is_empty() {
                let language = shop.lang(LangIx::DEFAULT);
                source.error(
                    "missing-language",
                    node.span.clone(),
                    tr!("`{name}` has no text in {language}, the shop's first language"),
                    "",
                    tr!("add `{language}: ...`"),
                );
            }
        }
        _ => {
            if let Some(text) = yaml::text(source, name, node).filter(|text| !is_blank(&text.value)) {
                texts = Localized::one(typography::line(shop.lang(LangIx::DEFAULT), &text.value));
            }
        }
    }
    texts
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Like [`localized`], for texts that no translation file can complete: a map that lacks a language is a warning. A
/// single text is for all languages.
pub fn localized_here(source: &Source, shop: &Shop, name: &str, node: &Node) -> Localized {
    let texts = localized(source, shop, name, node);
    if let Kind::Map(_) = node.kind
        && texts.exact(LangIx::DEFAULT).is_some()
    {
        for lang in shop.langs().filter(|lang| texts.exact(*lang).is_none()) {
            let language = shop.lang(lang);
            source.push(
                Fault::warning(
                    "partly-translated",
                    source.place(node.span.clone()),
                    tr!("`{name}` has no text in `{language}`"),
                )
                .help(tr!("add `{language}: ...`; until then the default language is shown")),
            );
        }
    }
    texts
}

/// A localized text of a field.
pub fn localized_field(fields: &Fields<'_>, shop: &Shop, name: &str) -> Localized {
    fields.get(name).map(|node| localized(fields.source(), shop, name, node)).unwrap_or_default()
}
