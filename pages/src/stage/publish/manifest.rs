//! What the last finished build left in an output folder: for each page its key, its file's stamp and its facts; the
//! paths of everything else.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::facts::Facts;

/// Raise it when the format changes: older manifests are then ignored.
const VERSION: u32 = 1;

/// All files of an output folder that are ours.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Pages by path.
    pub pages: BTreeMap<Box<str>, Entry>,
    /// Paths of all other files.
    pub files: Vec<Box<str>>,
}

/// One page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Digest of everything it was made from.
    pub key: [u8; 16],
    /// Bytes of its file.
    pub size: u64,
    /// Modification time of its file, nanoseconds since 1970.
    pub changed: u128,
    /// What is known about it.
    pub facts: Facts,
}

impl Manifest {
    /// The last build's, or an empty one: then everything is made again and nothing is removed.
    pub(super) fn load(path: &Path) -> Self {
        let Ok(bytes) = fs::read(path) else { return Manifest::default() };
        match postcard::from_bytes::<(u32, Manifest)>(&bytes) {
            Ok((VERSION, manifest)) => manifest,
            _ => Manifest::default(),
        }
    }

    /// Writes it atomically.
    pub(super) fn save(&self, path: &Path) -> std::io::Result<()> {
        let bytes = postcard::to_stdvec(&(VERSION, self)).map_err(std::io::Error::other)?;
        let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
        fs::write(&temporary, bytes)?;
        fs::rename(&temporary, path)
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.pages.keys().chain(&self.files).map(|path| &**path)
    }
}
