//! `parse`: texts -> documents, each file valid by itself. Reads no disk and looks at no other file, except for the
//! settings in shop.yaml (languages, currency, time zone). An unchanged file is taken from the previous build.

pub mod dates;
pub mod front_matter;
pub mod html;
pub mod images;
pub mod item;
pub mod markdown;
pub mod personal;
pub mod product;
pub mod prose;
pub mod references;
pub mod shipping;
pub mod shop;
pub mod terms;
pub mod texts;
pub mod typography;
pub mod values;
pub mod variants;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use faults::{Fault, Faults, Place};
use messages::tr;
use rayon::prelude::*;
use yaml::Source;

use crate::model::documents::{Content, DocKind, Document, Documents, Unreadable};
use crate::model::refs::FileRef;
use crate::model::shop::Shop;
use crate::model::sources::{Sources, Text};

/// Files parsed by an earlier build, by path: valid as long as the text and shop.yaml stay the same.
#[derive(Debug, Default)]
pub struct ParseCache {
    settings: u64,
    files: BTreeMap<Arc<str>, (u64, Parsed)>,
    /// Paths whose documents were parsed again, or are gone, since they were last stored.
    changed: BTreeSet<Arc<str>>,
}

impl ParseCache {
    /// Whether its files are for this digest of shop.yaml.
    pub fn is_of(&self, settings: u64) -> bool {
        self.settings == settings
    }

    /// The digest of shop.yaml that its files are for.
    pub fn settings(&self) -> u64 {
        self.settings
    }

    /// Adds documents without faults that an earlier process parsed, with the digests of their texts.
    pub fn fill(&mut self, settings: u64, documents: impl IntoIterator<Item = (u64, Document)>) {
        let files = documents.into_iter().map(|(digest, document)| {
            let path = document.file.file.clone();
            (path, (digest, Parsed { document: Some(document), faults: Vec::new() }))
        });
        *self = ParseCache { settings, files: files.collect(), changed: BTreeSet::new() };
    }

    /// Documents without faults, with their paths and the digests of their texts. Others are parsed again, so that their
    /// faults are reported again.
    pub fn documents(&self) -> impl Iterator<Item = (&Arc<str>, u64, &Document)> {
        self.files.iter().filter_map(|(path, (digest, parsed))| Some((path, *digest, parsed.sound()?)))
    }

    /// The paths whose documents changed since the last call.
    pub fn take_changed(&mut self) -> BTreeSet<Arc<str>> {
        std::mem::take(&mut self.changed)
    }
}

#[derive(Debug, Clone)]
struct Parsed {
    document: Option<Document>,
    faults: Vec<Fault>,
}

impl Parsed {
    fn sound(&self) -> Option<&Document> {
        self.document.as_ref().filter(|_| self.faults.is_empty())
    }
}

/// Reads all files. `None` without a readable shop.yaml; faults are in the second value either way.
pub fn parse(sources: &Sources, memo: &mut ParseCache) -> (Option<Documents>, Faults) {
    let mut faults = Faults::new();
    let (settings, labels) = (sources.text("content/shop.yaml"), sources.text("content/tags.yaml"));
    let Some((settings_file, settings)) = settings else {
        faults.push(
            Fault::error("no-shop", Place::file("content/shop.yaml"), tr!("there is no content/shop.yaml"))
                .help(tr!("run `bazaar init DIR` for a new shop, or name the folder of a shop with --shop")),
        );
        return (None, faults);
    };
    let source = Source::new(settings_file.clone(), settings.text.clone());
    let shop = shop::read(&source).map(Arc::new);
    faults.extend(source.take_faults());
    let Some(shop) = shop else { return (None, faults) };
    let mut tags = Vec::new();
    if let Some((file, text)) = labels {
        let source = Source::new(file.clone(), text.text.clone());
        tags = shop::tags(&source, &shop);
        faults.extend(source.take_faults());
    }
    if memo.settings != settings.digest {
        *memo = ParseCache { settings: settings.digest, ..ParseCache::default() };
    }
    let mut files = std::mem::take(&mut memo.files);
    let parsed: Vec<(Arc<str>, u64, Parsed)> = sources
        .texts
        .par_iter()
        .filter(|(path, _)| ![Some(settings_file), labels.map(|(file, _)| file)].contains(&Some(*path)))
        .map(|(path, text)| match files.get(path).filter(|(digest, _)| *digest == text.digest) {
            Some((_, parsed)) => (path.clone(), text.digest, parsed.clone()),
            None => (path.clone(), text.digest, file(&shop, path, text)),
        })
        .collect();
    let mut documents = Vec::with_capacity(parsed.len());
    let mut unreadable: BTreeSet<Unreadable> =
        sources.unreadable.iter().filter_map(|path| named(&shop, path)).collect();
    for (path, digest, parsed) in parsed {
        unreadable.extend(parsed.document.is_none().then(|| named(&shop, &path)).flatten());
        faults.extend(parsed.faults.iter().cloned());
        documents.extend(parsed.document.clone());
        let before = files.remove(&path);
        let same = before.as_ref().is_some_and(|(known, _)| *known == digest);
        let kept = before.is_some_and(|(_, parsed)| parsed.sound().is_some());
        if !same && (kept || parsed.sound().is_some()) {
            memo.changed.insert(path.clone());
        }
        memo.files.insert(path, (digest, parsed));
    }
    memo.changed.extend(files.into_keys());
    (Some(Documents { shop, tags: Arc::new(tags), files: documents, unreadable }), faults)
}

fn file(shop: &Shop, path: &Arc<str>, text: &Text) -> Parsed {
    let source = Source::new(path.clone(), text.text.clone());
    let document = document(shop, &source);
    Parsed { document, faults: source.take_faults().into_iter().collect() }
}

/// What a file would be, judging by its name alone.
fn named(shop: &Shop, path: &Arc<str>) -> Option<Unreadable> {
    let Address { kind, id, lang, .. } = address(&Source::new(path.clone(), ""))?;
    let lang = match lang {
        Some(tag) => Some(shop.lang_ix(&tag)?),
        None => None,
    };
    Some(Unreadable { kind, id: id.into_boxed_str(), lang })
}

/// Where a file belongs, by its path.
struct Address {
    kind: DocKind,
    id: String,
    folder: String,
    lang: Option<String>,
    markdown: bool,
}

fn document(shop: &Shop, source: &Source) -> Option<Document> {
    let address = address(source)?;
    let (yaml_range, body) = if address.markdown {
        let (yaml, body) = front_matter::split(source)?;
        (yaml, Some(body))
    } else {
        (0..source.text.len(), None)
    };
    let root = yaml::parse(source, yaml_range)?;
    let folder = address.folder.as_str();
    let content = match &address.lang {
        Some(tag) => {
            let Some(lang) = shop.lang_ix(tag) else {
                unknown_language(source, shop, tag);
                return None;
            };
            let doc = terms::translation(source, shop, lang, &root, body, folder)?;
            Content::Translation(lang, Arc::new(doc))
        }
        None => match address.kind {
            DocKind::Product => Content::Product(Arc::new(product::read(source, shop, &root, body, folder)?)),
            DocKind::Page => Content::Page(Arc::new(terms::page(source, shop, &root, body, folder)?)),
            kind => Content::Term(Arc::new(terms::read(source, shop, kind, &root, body, folder)?)),
        },
    };
    Some(Document {
        kind: address.kind,
        id: address.id.as_str().into(),
        folder: folder.into(),
        file: FileRef { file: source.file.clone(), text: source.text.clone() },
        content,
    })
}

fn address(source: &Source) -> Option<Address> {
    let path = source.file.strip_prefix("content/").unwrap_or(&source.file);
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let top = folder.split('/').next().unwrap_or_default();
    let Some(kind) = DocKind::ALL.into_iter().find(|kind| kind.folder() == top) else {
        unknown_place(source, top);
        return None;
    };
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    // `bol.en.md` is a translation; a name with another dot is not an id and is reported as such.
    let (name, lang) = match stem.split_once('.') {
        Some((name, lang)) => (name, Some(lang.to_owned())),
        None => (stem, None),
    };
    let id = match name {
        "index" => folder.rsplit_once('/').map_or("", |(_, last)| last),
        name => name,
    };
    if !values::is_id(id) {
        let plain = slug::slugify(id);
        let (message, help) = if id.is_empty() {
            let help = tr!("move it into a folder of its own: content/{top}/bol-lune/index.{extension}");
            (tr!("this file has no folder of its own"), help)
        } else {
            let name = if plain.is_empty() { "bol-lune" } else { &plain };
            (tr!("a file's name is its id: small letters, digits and `-`"), tr!("rename it to `{name}`"))
        };
        source.push(Fault::error("file-name", Place::file(source.file.clone()), message).help(help));
        return None;
    }
    let folder = if folder.is_empty() { "content".to_owned() } else { format!("content/{folder}") };
    Some(Address { kind, id: id.to_owned(), folder, lang, markdown: extension.eq_ignore_ascii_case("md") })
}

fn unknown_place(source: &Source, top: &str) {
    let known = DocKind::ALL.map(DocKind::folder);
    let help = match faults::suggest::nearest(top, known) {
        Some(near) => tr!("did you mean the folder `content/{near}/`?"),
        None => {
            let folders = faults::suggest::either(known);
            tr!("move it to one of the folders {folders}")
        }
    };
    source.push(
        Fault::error(
            "unknown-folder",
            Place::file(source.file.clone()),
            tr!("this file belongs to no folder of a shop"),
        )
        .help(help),
    );
}

fn unknown_language(source: &Source, shop: &Shop, tag: &str) {
    let (stem, extension) = source.file.rsplit_once('.').unwrap_or((&source.file, ""));
    let stem = stem.rsplit_once('/').map_or(stem, |(_, name)| name).trim_end_matches(tag);
    let names: Vec<String> =
        shop.languages.iter().skip(1).map(|language| format!("{stem}{language}.{extension}")).collect();
    let help = match faults::suggest::either(names.iter().map(String::as_str)) {
        none if none.is_empty() => tr!("remove it, or add `{tag}` to `languages` in shop.yaml"),
        names => tr!("rename it to {names}, or add `{tag}` to `languages` in shop.yaml"),
    };
    source.push(
        Fault::error(
            "unknown-language",
            Place::file(source.file.clone()),
            tr!("this file is a translation into `{tag}`, which is not a language of this shop"),
        )
        .help(help),
    );
}
