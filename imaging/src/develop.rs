//! The processing of one photo, from the file's bytes to the files of the shop.

use messages::tr;

use crate::colour::into_srgb;
use crate::decode::{decode, probe};
use crate::encode::{encode, on_white};
use crate::fault::PhotoError;
use crate::pixels::Srgb;
use crate::recipe::{Recipe, plan};
use crate::rendition::{Kind, Rendition};
use crate::resize;

/// A photo in all its sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Developed {
    /// The photo's own width in pixels, upright.
    pub width: u32,
    /// The photo's own height in pixels, upright.
    pub height: u32,
    /// The mean colour, sRGB, transparency on white; see [`crate::colour_class`].
    pub colour: [u8; 3],
    /// Whether any pixel is transparent.
    pub transparent: bool,
    /// Exactly the files of [`plan`], in its order, with their bytes.
    pub renditions: Vec<(Rendition, Vec<u8>)>,
}

/// Decodes the photo once and makes every file of the recipe, on one core.
///
/// # Errors
/// Whatever is wrong with the file: see [`PhotoError`]. A photo that is too large is refused before any memory is allocated.
pub fn develop(bytes: &[u8], recipe: &Recipe) -> Result<Developed, PhotoError> {
    let header = probe(bytes)?;
    recipe.admits(&header)?;
    let wanted = plan(&header, recipe);

    let largest = wanted.iter().map(|rendition| rendition.width).max().unwrap_or(header.width);
    let raw = decode(bytes, header.format, recipe.max_pixels, largest)?;
    let orientation = raw.orientation;
    let photo = into_srgb(raw).ok_or_else(|| {
        PhotoError::damaged(header.format, tr!("its colours cannot be converted with its profile"))
    })?;
    let transparent = photo.alpha;

    let mut sizes: Vec<(u32, u32)> = wanted.iter().map(|r| (r.width, r.height)).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes.dedup();
    let sized = resize::sizes(photo, orientation, &sizes).ok_or_else(|| {
        PhotoError::damaged(header.format, tr!("its pixels are not as many as its header says"))
    })?;
    let colour = sized.last().map_or([255; 3], mean);

    let mut renditions = Vec::with_capacity(wanted.len());
    for rendition in wanted {
        let quality = match rendition.kind {
            Kind::Webp => recipe.webp_quality,
            Kind::Jpeg => recipe.jpeg_quality,
            Kind::Avif => recipe.avif.unwrap_or(recipe.webp_quality),
        };
        if let Some(photo) = sized.iter().find(|s| (s.width, s.height) == (rendition.width, rendition.height))
        {
            renditions.push((rendition, encode(photo, rendition.kind, quality)?));
        }
    }
    Ok(Developed { width: header.width, height: header.height, colour, transparent, renditions })
}

/// The mean of the encoded values, as if a browser shrank the photo to one pixel.
fn mean(photo: &Srgb) -> [u8; 3] {
    let flattened;
    let data = if photo.alpha {
        flattened = on_white(&photo.data);
        &flattened
    } else {
        &photo.data
    };
    let (pixels, _) = data.as_chunks::<3>();
    let mut sums = [0_u64; 3];
    for pixel in pixels {
        for (sum, channel) in sums.iter_mut().zip(pixel) {
            *sum += u64::from(*channel);
        }
    }
    let count = (pixels.len() as u64).max(1);
    sums.map(|sum| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX))
}
