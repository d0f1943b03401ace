//! `parse_cache`: documents that the previous build parsed, kept in `.bazaar/documents/`, so that a build after one edit
//! parses one file. They are valid for the same program, the same shop.yaml and the same text; what cannot be read is parsed.
//! They are split by path into sixty-four portions, of which only those that changed are written.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::model::documents::Document;
use crate::model::facts::path_hash;
use crate::model::sources::Sources;
use crate::stage::parse::ParseCache;

const PORTIONS: u8 = 64;
/// Bytes of the checksum before a portion, which detects interrupted writes.
const CHECKSUM: usize = 32;

/// A portion: the program and settings that it is valid for, and each document with its path and its text's digest.
#[derive(Serialize, Deserialize)]
struct Portion<D> {
    program: String,
    settings: u64,
    documents: Vec<(Arc<str>, u64, D)>,
}

/// Fills the cache of a new process with what the previous build left. `state` is `.bazaar/`.
pub fn load(state: &Path, sources: &Sources, memo: &mut ParseCache) {
    let Some((_, settings)) = sources.text("content/shop.yaml") else { return };
    if memo.is_of(settings.digest) {
        return;
    }
    let folder = folder(state);
    let portions: Vec<Portion<Document>> =
        (0..PORTIONS).into_par_iter().filter_map(|at| read(&folder.join(name(at)))).collect();
    let good = portions
        .into_iter()
        .filter(|portion| portion.program == crate::PROGRAM && portion.settings == settings.digest);
    let documents = good.flat_map(|portion| portion.documents).filter_map(|(path, digest, mut document)| {
        let (path, text) = sources.texts.get_key_value(&path).filter(|(_, text)| text.digest == digest)?;
        document.file.file = path.clone();
        document.file.text = text.text.clone();
        Some((digest, document))
    });
    memo.fill(settings.digest, documents);
}

/// Writes the portions in which a document changed. A failure only costs the next build time.
pub fn store(state: &Path, memo: &mut ParseCache) {
    let folder = folder(state);
    let changed: BTreeSet<u8> = memo.take_changed().iter().map(|path| portion_of(path)).collect();
    if changed.is_empty() || fs::create_dir_all(&folder).is_err() {
        return;
    }
    let mut documents: Vec<Vec<(Arc<str>, u64, &Document)>> = vec![Vec::new(); usize::from(PORTIONS)];
    for (path, digest, document) in memo.documents() {
        documents[usize::from(portion_of(path))].push((path.clone(), digest, document));
    }
    let portions: Vec<_> = (0..PORTIONS).zip(documents).filter(|(at, _)| changed.contains(at)).collect();
    portions.into_par_iter().for_each(|(at, documents)| {
        let portion = Portion { program: crate::PROGRAM.to_owned(), settings: memo.settings(), documents };
        let _ = write(&folder.join(name(at)), &portion);
    });
}

fn folder(state: &Path) -> PathBuf {
    state.join("documents")
}

fn name(portion: u8) -> String {
    format!("{portion:02x}")
}

fn portion_of(path: &str) -> u8 {
    (path_hash(path) % u64::from(PORTIONS)) as u8
}

fn read(file: &Path) -> Option<Portion<Document>> {
    let bytes = fs::read(file).ok()?;
    let (checksum, bytes) = bytes.split_at_checked(CHECKSUM)?;
    let whole = blake3::hash(bytes).as_bytes() == checksum;
    whole.then(|| postcard::from_bytes(bytes).ok()).flatten()
}

fn write(file: &Path, portion: &Portion<&Document>) -> std::io::Result<()> {
    let mut bytes = vec![0; CHECKSUM];
    bytes = postcard::to_extend(portion, bytes).map_err(std::io::Error::other)?;
    let checksum = *blake3::hash(&bytes[CHECKSUM..]).as_bytes();
    bytes[..CHECKSUM].copy_from_slice(&checksum);
    let temporary = file.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&temporary, bytes)?;
    fs::rename(&temporary, file)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::sources::Text;
    use crate::stage::parse;

    const SETTINGS: &str = "name: A\nurl: https://a.example\nlanguages: [fr]\ntimezone: Europe/Paris\ncurrency: EUR\n\
        seller: { name: A, address: B, vat: registered, vat_number: FR40303265045 }\nvat: { standard: 20 }\n";

    /// A shop of two products, given the digests of shop.yaml and of the second.
    fn sources(settings: u64, second: u64) -> Sources {
        let text = |content: &str, digest| Text { text: content.into(), digest };
        let product = "---\ntitle: Bol\nsku: BOL\nprice: 28.00\nsupply: 1\n---\nUn bol.\n";
        let texts: BTreeMap<Arc<str>, Text> = BTreeMap::from([
            ("content/shop.yaml".into(), text(SETTINGS, settings)),
            ("content/products/bol.md".into(), text(product, 1)),
            ("content/products/plat.md".into(), text(&product.replace("BOL", "PLAT"), second)),
        ]);
        Sources { texts, ..Sources::default() }
    }

    /// How many documents a new process finds in `state`.
    fn found(state: &Path, sources: &Sources) -> usize {
        let mut cache = ParseCache::default();
        load(state, sources, &mut cache);
        cache.documents().count()
    }

    #[test]
    fn documents_are_found_again_for_the_same_program_settings_and_text() {
        let state = tempfile::tempdir().expect("a folder");
        let mut cache = ParseCache::default();
        let (documents, faults) = parse::parse(&sources(7, 2), &mut cache);
        assert!(documents.is_some() && !faults.any_error(), "{faults:?}");
        store(state.path(), &mut cache);
        assert_eq!(found(state.path(), &sources(7, 2)), 2);
        assert_eq!(found(state.path(), &sources(8, 2)), 0, "of another shop.yaml");
        assert_eq!(found(state.path(), &sources(7, 3)), 1, "one text is another");
        // An interrupted write, and one by another version of bazaar.
        let mut portions =
            fs::read_dir(folder(state.path())).expect("portions").flatten().map(|entry| entry.path());
        let (torn, foreign) = (portions.next().expect("one"), portions.next().expect("two"));
        let mut bytes = fs::read(&torn).expect("readable");
        *bytes.last_mut().expect("something") ^= 1;
        fs::write(&torn, bytes).expect("written");
        assert_eq!(found(state.path(), &sources(7, 2)), 1);
        let ours: Portion<Document> = read(&foreign).expect("whole");
        let theirs = Portion {
            program: "another".to_owned(),
            settings: 7,
            documents: ours
                .documents
                .iter()
                .map(|(path, digest, document)| (path.clone(), *digest, document))
                .collect(),
        };
        write(&foreign, &theirs).expect("written");
        assert_eq!(found(state.path(), &sources(7, 2)), 0);
    }
}
