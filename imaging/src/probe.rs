//! A photo's header: format, upright size, animated or not. Decodes no pixel.

use crate::fault::PhotoError;
use crate::sniff::{Format, Sniffed, sniff};
use crate::{decode, jpeg};

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// What the content is, whatever the file is called.
    pub format: Format,
    /// Pixels, after the EXIF orientation is applied: as a person sees it.
    pub width: u32,
    /// Pixels, after the EXIF orientation is applied.
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
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    match sniff(bytes) {
        Sniffed::Readable(Format::Jpeg) => jpeg::probe(bytes),
        Sniffed::Readable(format) => decode::probe(bytes, format),
        Sniffed::Foreign(foreign) => Err(PhotoError::Foreign(foreign)),
        Sniffed::Unknown => Err(PhotoError::NotAPicture),
    }
}
