//! The entry point for the fuzzer, and for the test that runs its corpus: bytes as an owner's file.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use catalog::Timestamp;
use faults::{Faults, report};
use imaging::Recipe;
use theming::Theme;

use pages::model::assets::Assets;
use pages::model::documents::{Content, Document, Documents};
use pages::model::sources::{Sources, Text};
use pages::stage::render::Tags;
use pages::stage::view::{Public, ViewContext};
use pages::stage::{develop, outputs, parse, plan, render, resolve, theme};

const SETTINGS: &str = "name: A\nurl: https://a.example\nlanguages: [fr, en]\ntimezone: Europe/Paris\ncurrency: EUR\n\
    seller: { name: A, address: B, vat: registered, vat_number: FR40303265045 }\nvat: { standard: 20, reduced: 5.5 }\n";
const SHOP: &str = "content/shop.yaml";
const NOW: Timestamp = Timestamp(1_795_000_000);

/// The other files of the shop, so that the fuzzed one has something to refer to.
const OTHERS: [(&str, &str); 4] = [
    ("content/categories/bols.md", "---\ntitle: Bols\n---\n"),
    ("content/makers/claire.yaml", "name: Claire\n"),
    (
        "content/products/bol.md",
        "---\ntitle: Bol\nsku: BOL\nprice: 28.00\nsupply: 1\ncategory: bols\n---\nUn bol.\n",
    ),
    ("content/pages/soin.md", "---\ntitle: Soin\n---\n## Laver\n"),
];

/// Every kind of file that the bytes are read as, besides shop.yaml.
const KINDS: [&str; 8] = [
    "content/products/a.md",
    "content/products/bol.en.md",
    "content/products/c.yaml",
    "content/categories/a.md",
    "content/collections/a.md",
    "content/makers/a.yaml",
    "content/pages/a.md",
    "content/tags.yaml",
];

/// Reads `bytes` as every kind of file. Any number of faults may be found, each with its help; an accepted document is the same
/// after it was stored and read again, contains no script, and can be rendered.
pub fn content(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let all: Vec<(&str, &str)> = KINDS.iter().map(|name| (*name, text)).collect();
    let (Some(documents), found) = read(SETTINGS, &all) else { unreachable!("the settings are right") };
    let again = read(SETTINGS, &all);
    assert_eq!(printed(&found), printed(&again.1), "the faults of one file, reported twice");
    documents.files.iter().for_each(keep);
    for kind in KINDS {
        let faulty = found.iter().any(|fault| *fault.place.file == *kind);
        if !faulty
            && (kind.ends_with("tags.yaml") || documents.files.iter().any(|one| *one.file.file == *kind))
        {
            let files: Vec<(&str, &str)> =
                OTHERS.into_iter().filter(|(name, _)| *name != kind).chain([(kind, text)]).collect();
            if let (Some(documents), faults) = read(SETTINGS, &files) {
                show(&documents, faults);
            }
        }
    }
    let (shop, faults) = read(text, &OTHERS);
    assert!(shop.is_some() || faults.any_error(), "no shop, and no fault");
    printed(&faults);
}

fn read(settings: &str, files: &[(&str, &str)]) -> (Option<Documents>, Faults) {
    parse::parse(&sources(settings, files), &mut parse::ParseCache::default())
}

fn sources(settings: &str, files: &[(&str, &str)]) -> Sources {
    let text = |text: &str, digest| Text { text: text.into(), digest };
    let mut texts: BTreeMap<Arc<str>, Text> = BTreeMap::new();
    texts.extend(files.iter().map(|(name, content)| ((*name).into(), text(content, 1))));
    texts.insert(SHOP.into(), text(settings, 2));
    Sources { texts, ..Sources::default() }
}

/// The faults as people read them; each must have its help.
fn printed(faults: &Faults) -> String {
    let sorted = faults.clone().sorted();
    for fault in &sorted {
        assert!(fault.help.as_ref().is_some_and(|help| !help.is_empty()), "{fault:?} has no help");
    }
    report::human(&sorted, false)
}

/// Checks that the next build finds the same in `.bazaar/documents/`, and that the text contains nothing that runs.
fn keep(document: &Document) {
    let kept =
        postcard::to_stdvec(document).ok().and_then(|bytes| postcard::from_bytes::<Document>(&bytes).ok());
    let Some(mut kept) = kept else { unreachable!("a document cannot be kept: {document:?}") };
    kept.file.text = document.file.text.clone();
    assert_eq!(format!("{kept:?}"), format!("{document:?}"), "a document that was kept is another");
    let words = match &document.content {
        Content::Product(doc) => &doc.texts,
        Content::Term(doc) => &doc.texts,
        Content::Page(doc) => &doc.texts,
        Content::Translation(_, doc) => &doc.texts,
    };
    let Some(body) = &words.body else { return };
    let (mut tags, mut attributes) = (Tags::new(&body.html), Vec::new());
    while let Some(tag) = tags.next(&mut attributes) {
        let foreign =
            ["script", "style", "iframe", "object", "embed", "form", "input", "base", "meta", "link"];
        assert!(!foreign.iter().any(|name| tag.is(name)), "{tag:?} in {}", body.html);
        for (name, value) in &attributes {
            let script = value.trim_start().to_ascii_lowercase().starts_with("javascript:");
            assert!(!script && !name.to_ascii_lowercase().starts_with("on"), "{name}={value}");
        }
    }
}

static THEME: LazyLock<Arc<Theme>> = LazyLock::new(|| {
    let (documents, _) = read(SETTINGS, &[]);
    let theme = documents.and_then(|documents| {
        theme::compile(&[theming::embedded()], &documents.shop, &mut theme::Memo::default()).0
    });
    let Some(theme) = theme else { unreachable!("petit compiles") };
    theme
});

/// Checks that every page and file of a shop without photos is rendered, or has a fault that says why not.
fn show(documents: &Documents, mut faults: Faults) {
    let sources = Sources::default();
    let texts = theme::ThemeTexts { theme: &THEME, shop: &documents.shop };
    let paths = texts.paths(&mut faults);
    let world = resolve::World { sources: &sources, paths, titles: &texts, now: NOW, drafts: true };
    let (site, found) = resolve::resolve(documents, &world);
    faults.extend(found);
    faults.extend(develop::small(&site, &Recipe::default()));
    let assets = Assets::default();
    let others = outputs::paths(&site).into_iter().chain([THEME.css.url.clone()]);
    let (plan, found) = plan::plan(&site, &assets, others);
    faults.extend(found);
    printed(&faults);
    if faults.any_error() {
        return;
    }
    let public = Public { base: site.shop.url.clone(), noindex: false };
    let views = ViewContext::new(&site, &assets, &THEME, &public);
    for job in plan.jobs.values() {
        match render::render(&views, *job, &views.view(*job)) {
            Ok(page) => assert!(!page.html.contains('\0'), "a mark is left in {job:?}"),
            Err(fault) => unreachable!("{job:?} of a shop without faults: {fault:?}"),
        }
    }
    let (_, (snapshot, faults)) = outputs::all(&views);
    assert!(!faults.any_error(), "{}", printed(&faults));
    let shop = till::shop::Shop::new(snapshot);
    assert!(shop.is_ok_and(|shop| shop.verify().is_ok()), "the till does not take the snapshot");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use pages::model::schema::{self, Field, Shape};

    #[test]
    fn every_file_of_the_fuzzers_corpus_is_answered() {
        let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/content");
        let mut seen = 0;
        for entry in std::fs::read_dir(corpus).expect("the corpus").flatten() {
            content(&std::fs::read(entry.path()).expect("readable"));
            seen += 1;
        }
        assert!(seen > 10, "the corpus is missing: {seen} files");
    }

    #[test]
    fn a_file_without_faults_is_shown() {
        for (name, text) in OTHERS {
            let (documents, faults) = read(SETTINGS, &[(name, text), OTHERS[0]]);
            assert!(!faults.any_error(), "{}", printed(&faults));
            let documents = documents.expect("a shop");
            documents.files.iter().for_each(keep);
            show(&documents, faults);
        }
    }

    #[test]
    fn the_fuzzer_knows_every_field_of_every_file() {
        fn names(fields: &'static [Field], all: &mut BTreeSet<&'static str>) {
            for field in fields {
                all.insert(field.name);
                if let Shape::Fields(inner) | Shape::List(inner) | Shape::Named(inner) = field.shape {
                    names(inner, all);
                }
            }
        }
        let mut all = BTreeSet::new();
        for kind in [
            schema::SHOP,
            schema::PRODUCT,
            schema::CATEGORY,
            schema::COLLECTION,
            schema::MAKER,
            schema::PAGE,
            schema::TRANSLATION,
        ] {
            names(kind, &mut all);
        }
        let words = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/words/content");
        let words = std::fs::read_to_string(words).expect("the words");
        let unknown: Vec<_> = all.iter().filter(|name| !words.contains(&format!("\"{name}: \"\n"))).collect();
        assert!(unknown.is_empty(), "fuzz/words/content lacks {unknown:?}");
    }
}
