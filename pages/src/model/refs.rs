//! What documents refer to: a file, for places in faults, and a photo as an owner names it.

use std::ops::Range;
use std::sync::Arc;

use faults::Place;
use serde::{Deserialize, Serialize};
use yaml::Spanned;

use super::lang::Localized;

/// A file and its text, for places in faults.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileRef {
    /// Path relative to the shop.
    pub file: Arc<str>,
    /// The text; it is not kept with a document, since the file itself has it.
    #[serde(skip)]
    pub text: Arc<str>,
}

impl FileRef {
    /// A place in it.
    pub fn place(&self, span: Range<usize>) -> Place {
        Place::span(self.file.clone(), self.text.clone(), span)
    }
}

/// A photo as named by an owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImageRef {
    /// Path relative to the shop, normalised; it may not exist.
    pub path: Box<str>,
    /// As written, and where.
    pub written: Spanned<String>,
    /// What it shows.
    pub alt: Localized,
}
