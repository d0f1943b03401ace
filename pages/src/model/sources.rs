//! What `read` found: the shop's files as bytes and texts, not parsed yet.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use imaging::{PhotoError, Probe};
use theming::Layer;

/// Everything a build is made from.
#[derive(Debug, Default)]
pub struct Sources {
    /// Texts under `content/` by path relative to the shop (`content/products/a.md`).
    pub texts: BTreeMap<Arc<str>, Text>,
    /// Texts that exist but cannot be read, by path relative to the shop.
    pub unreadable: Vec<Arc<str>>,
    /// Photos under `content/`, by path relative to the shop in NFC.
    pub photos: BTreeMap<Arc<str>, PhotoFile>,
    /// Files under `content/static/`, by path below it.
    pub statics: BTreeMap<String, PathBuf>,
    /// The theme's folders, the shop's own first.
    pub layers: Vec<Layer>,
    /// What is sold and held, by stock key.
    pub stock: BTreeMap<String, catalog::supply::Taken>,
    /// The file that `stock` was read from, for places in faults.
    pub stock_file: Option<Arc<str>>,
}

/// One text file.
#[derive(Debug, Clone)]
pub struct Text {
    /// Its text, without a byte order mark.
    pub text: Arc<str>,
    /// Digest of `text`, so that an unchanged file is not parsed twice.
    pub digest: u64,
}

/// One photo as found in the folder.
#[derive(Debug, Clone)]
pub struct PhotoFile {
    /// Where it is.
    pub path: PathBuf,
    /// blake3 of its bytes.
    pub hash: [u8; 32],
    /// Its size and format, or why it cannot be used.
    pub probe: Result<Probe, PhotoError>,
}

impl Sources {
    /// A text by its path. Upper and lower case are the same: some systems write `content/shop.YAML`.
    pub fn text(&self, path: &str) -> Option<(&Arc<str>, &Text)> {
        let at = self.texts.get_key_value(path);
        at.or_else(|| self.texts.iter().find(|(known, _)| known.eq_ignore_ascii_case(path)))
    }
}
