//! What a photo's header says: format, upright size, animated or not.

use crate::format::Format;

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// The format of the content, whatever the file's name.
    pub format: Format,
    /// In pixels, turned upright as the file says (EXIF, or the properties of HEIF).
    pub width: u32,
    /// In pixels, turned upright, too.
    pub height: u32,
    /// More than one frame; [`crate::develop`] refuses these.
    pub animated: bool,
}

impl Probe {
    /// A header as this crate would have read it; for tests, and for callers that know a size.
    pub fn still(format: Format, width: u32, height: u32) -> Self {
        Self { format, width, height, animated: false }
    }
}
