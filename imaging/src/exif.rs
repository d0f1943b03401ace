//! How the camera was held (CIPA DC-008, tag 0x0112), the only thing that is read from EXIF.

use image::metadata::Orientation;

/// From a block with or without JPEG's prefix: cameras write WebP and PNG files both ways.
pub(crate) fn orientation(block: &[u8]) -> Option<Orientation> {
    Orientation::from_exif_chunk(block.strip_prefix(b"Exif\0\0").unwrap_or(block))
}

/// Swaps width and height if the camera was held upright.
pub(crate) fn upright(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => (height, width),
        _ => (width, height),
    }
}
