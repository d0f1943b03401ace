//! Resizing: from one decoded photo to all its sizes, each upright.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::metadata::Orientation;
use image::{DynamicImage, RgbImage, RgbaImage};

use crate::exif::upright;
use crate::pixels::Srgb;

/// A size is derived from another one that is at least this many times as wide, instead of from the whole photo. At two,
/// the second pass of Lanczos costs no measurable sharpness and saves a quarter of the time for resizing.
const CASCADE: u32 = 2;

/// The photo at each of `sizes` (upright width and height, widths descending, none larger than the photo).
/// `None` if a size is impossible; [`crate::plan`] never returns such sizes.
pub(crate) fn sizes(photo: Srgb, orientation: Orientation, sizes: &[(u32, u32)]) -> Option<Vec<Srgb>> {
    let mut resizer = Resizer::new();
    let mut done: Vec<Srgb> = Vec::with_capacity(sizes.len());
    let own = upright(photo.width, photo.height, orientation);
    for &(width, height) in sizes {
        // Resized before it is turned: turning fewer pixels is cheaper.
        let sized = match done.iter().rev().find(|made| made.width >= width.saturating_mul(CASCADE)) {
            Some(larger) => resize(&mut resizer, larger, width, height)?,
            None if (width, height) == own => turn(clone(&photo), orientation)?,
            None => {
                let (w, h) = upright(width, height, orientation);
                turn(resize(&mut resizer, &photo, w, h)?, orientation)?
            }
        };
        done.push(sized);
    }
    Some(done)
}

fn clone(photo: &Srgb) -> Srgb {
    Srgb { data: photo.data.clone(), ..*photo }
}

/// Lanczos with three lobes; premultiplied while filtering, so that colours of transparent pixels do not bleed.
fn resize(resizer: &mut Resizer, from: &Srgb, width: u32, height: u32) -> Option<Srgb> {
    let pixel = if from.alpha { PixelType::U8x4 } else { PixelType::U8x3 };
    let source = ImageRef::new(from.width, from.height, &from.data, pixel).ok()?;
    let mut target = Image::new(width, height, pixel);
    let options =
        ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).use_alpha(from.alpha);
    resizer.resize(&source, &mut target, &options).ok()?;
    Some(Srgb { width, height, alpha: from.alpha, data: target.into_vec() })
}

/// Applies an EXIF orientation (CIPA DC-008, tag 0x0112).
fn turn(photo: Srgb, orientation: Orientation) -> Option<Srgb> {
    if orientation == Orientation::NoTransforms {
        return Some(photo);
    }
    let Srgb { width, height, alpha, data } = photo;
    let mut image = if alpha {
        DynamicImage::ImageRgba8(RgbaImage::from_raw(width, height, data)?)
    } else {
        DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, data)?)
    };
    image.apply_orientation(orientation);
    let (width, height) = (image.width(), image.height());
    Some(Srgb { width, height, alpha, data: image.into_bytes() })
}
