//! A photo's header: format, upright size, animated or not. Decodes no pixels.

use crate::fault::PhotoError;
#[cfg(any(feature = "heif", feature = "avif"))]
use crate::heif;
use crate::sniff::{Format, glance};
use crate::{decode, jpeg};

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

/// Reads the header, which takes well under a millisecond.
///
/// # Errors
/// The file is empty, of another format, or its header is damaged. A header that claims a gigantic picture is
/// not an error here: [`crate::Recipe::admits`] checks that.
pub fn probe(bytes: &[u8]) -> Result<Probe, PhotoError> {
    match glance(bytes)? {
        Format::Jpeg => jpeg::probe(bytes),
        #[cfg(any(feature = "heif", feature = "avif"))]
        format @ (Format::Heic | Format::Avif) => heif::probe(bytes, format),
        format => decode::probe(bytes, format),
    }
}
