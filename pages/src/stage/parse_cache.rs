//! `parse_cache`: documents that the build before parsed, kept in `.bazaar/documents/`, so that a build after one edit parses
//! one file. They are good for the same program, the same shop.yaml and the same text; what cannot be read is parsed.
//! Files lie in sixty-four portions by their path, of which only those that changed are written.

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
/// Bytes of the checksum before a portion: a write may have been torn.
const CHECKSUM: usize = 32;

/// What a portion holds: for which program and settings, and each document with its path and its text's digest.
#[derive(Serialize, Deserialize)]
struct Portion<D> {
    program: String,
    settings: u64,
    documents: Vec<(Arc<str>, u64, D)>,
}

/// Adds to the memo of a new process what the build before left. `state` is `.bazaar/`.
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

/// Writes the portions of which a document changed. A failure costs the next build time and nothing else.
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
