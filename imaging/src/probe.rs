//! A photo's header: format, upright size, animated or not. Decodes no pixel.

use crate::fault::PhotoError;
#[cfg(any(feature = "heif", feature = "avif"))]
use crate::heif;
use crate::sniff::{Format, glance};
use crate::{decode, jpeg};

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// What the content is, whatever the file is called.
    pub format: Format,
    /// Pixels, turned as the file asks (EXIF, or the properties of HEIF): as a person sees it.
    pub width: u32,
    /// Pixels, turned alike.
    pub height: u32,
    /// More than one frame; [`crate::develop`] refuses these.
    pub animated: bool,
}

/// Reads the header, well under a millisecond for a photo.
///
/// # Errors
/// The file is empty, of another format, or its header is damaged. A header that claims a gigantic picture is
/// no error here: [`crate::Recipe::admits`] judges that.
pub fn probe(bytes: &[u8]) -> Result<Probe, PhotoError> {
    match glance(bytes)? {
        Format::Jpeg => jpeg::probe(bytes),
        #[cfg(any(feature = "heif", feature = "avif"))]
        format @ (Format::Heic | Format::Avif) => heif::probe(bytes, format),
        format => decode::probe(bytes, format),
    }
}
