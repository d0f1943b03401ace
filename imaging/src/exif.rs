//! The only thing that is read from EXIF: how the camera was held (CIPA DC-008, tag 0x0112).

use image::metadata::Orientation;

/// From a block with or without JPEG's prefix: cameras write WebP and PNG files both ways.
pub(crate) fn orientation(block: &[u8]) -> Option<Orientation> {
    Orientation::from_exif_chunk(block.strip_prefix(b"Exif\0\0").unwrap_or(block))
}
