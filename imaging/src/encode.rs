//! Writing WebP, JPEG and AVIF. The input is only pixels, so the output cannot contain metadata.

use jpeg_encoder::{ColorType, SamplingFactor};
use messages::tr;
use ravif::{BitDepth, Img, RGB8, RGBA8};

use crate::fault::{PhotoError, one_line};
use crate::pixels::Srgb;
use crate::rendition::Kind;

/// libwebp's effort, 0 to 6. Two is 2.5 times faster for 11 % more bytes.
const WEBP_METHOD: i32 = 4;

/// rav1e's speed, 1 to 10. At 8, without an assembler, a photo in four sizes takes about 6 s on one core, compared with
/// 0.2 s for WebP; the files are a quarter smaller. Hence AVIF is optional.
const AVIF_SPEED: u8 = 8;

/// Encodes one size in one format; `quality` is on the format's own scale.
pub(crate) fn encode(photo: &Srgb, kind: Kind, quality: u8) -> Result<Vec<u8>, PhotoError> {
    let encoded = match kind {
        Kind::Webp => webp(photo, quality),
        Kind::Jpeg => jpeg(photo, quality),
        Kind::Avif => avif(photo, quality),
    };
    encoded.map_err(|reason| PhotoError::Encoding { kind, reason: one_line(&reason) })
}

fn webp(photo: &Srgb, quality: u8) -> Result<Vec<u8>, String> {
    let mut config = webp::WebPConfig::new().map_err(|()| tr!("libwebp has no default configuration"))?;
    config.quality = f32::from(quality.min(100));
    config.method = WEBP_METHOD;
    config.use_sharp_yuv = i32::from(has_fine_colour(photo));
    let layout = if photo.alpha { webp::PixelLayout::Rgba } else { webp::PixelLayout::Rgb };
    let encoder = webp::Encoder::new(&photo.data, layout, photo.width, photo.height);
    encoder.encode_advanced(&config).map(|bytes| bytes.to_vec()).map_err(|error| format!("{error:?}"))
}

/// Whether colours change from pixel to pixel, as in a red weave. WebP stores one colour for four pixels; libwebp can
/// choose it so that the four look right, which takes twice the time and makes no difference for most photos.
fn has_fine_colour(photo: &Srgb) -> bool {
    /// The minimum difference, out of 510, of red or blue minus green between two pixels of a square.
    const APART: i32 = 32;
    /// One square in this many.
    const SHARE: usize = 50;
    let channels = if photo.alpha { 4 } else { 3 };
    let row = usize::try_from(photo.width).unwrap_or(0) * channels;
    if row == 0 {
        return false;
    }
    let mut squares = 0;
    let mut fine = 0;
    for pair in photo.data.chunks_exact(row * 2) {
        let (above, below) = pair.split_at(row);
        for (above, below) in above.chunks_exact(channels * 2).zip(below.chunks_exact(channels * 2)) {
            let pixels = above.chunks_exact(channels).chain(below.chunks_exact(channels));
            let spread = |side: usize| {
                let against = |pixel: &[u8]| i32::from(pixel[side]) - i32::from(pixel[1]);
                let (low, high) = pixels
                    .clone()
                    .map(against)
                    .fold((i32::MAX, i32::MIN), |(low, high), value| (low.min(value), high.max(value)));
                high - low
            };
            squares += 1;
            fine += usize::from(spread(0) > APART || spread(2) > APART);
        }
    }
    fine * SHARE > squares
}

fn jpeg(photo: &Srgb, quality: u8) -> Result<Vec<u8>, String> {
    let side =
        |pixels: u32| u16::try_from(pixels).map_err(|_| tr!("more than 65535 pixels on a side").to_owned());
    let (width, height) = (side(photo.width)?, side(photo.height)?);
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(true);
    encoder.set_optimized_huffman_tables(true);
    let encoded = if photo.alpha {
        encoder.encode(&on_white(&photo.data), width, height, ColorType::Rgb)
    } else {
        encoder.encode(&photo.data, width, height, ColorType::Rgb)
    };
    encoded.map_err(|error| error.to_string())?;
    Ok(bytes)
}

fn avif(photo: &Srgb, quality: u8) -> Result<Vec<u8>, String> {
    let encoder = ravif::Encoder::new()
        .with_quality(f32::from(quality.clamp(1, 100)))
        .with_alpha_quality(f32::from(quality.clamp(1, 100)))
        .with_speed(AVIF_SPEED)
        // Ten bits would be slightly smaller but take twice the time.
        .with_bit_depth(BitDepth::Eight)
        .with_num_threads(Some(1));
    let side = |pixels: u32| usize::try_from(pixels).map_err(|error| error.to_string());
    let (width, height) = (side(photo.width)?, side(photo.height)?);
    let encoded = if photo.alpha {
        let pixels: Vec<RGBA8> =
            photo.data.as_chunks().0.iter().map(|[r, g, b, a]| RGBA8::new(*r, *g, *b, *a)).collect();
        encoder.encode_rgba(Img::new(&pixels, width, height))
    } else {
        let pixels: Vec<RGB8> =
            photo.data.as_chunks().0.iter().map(|[r, g, b]| RGB8::new(*r, *g, *b)).collect();
        encoder.encode_rgb(Img::new(&pixels, width, height))
    };
    encoded.map(|encoded| encoded.avif_file).map_err(|error| error.to_string())
}

/// RGBA on a white background as RGB.
pub(crate) fn on_white(rgba: &[u8]) -> Vec<u8> {
    let over = |channel: u8, alpha: u8| {
        let mixed = u32::from(channel) * u32::from(alpha) + 255 * u32::from(255 - alpha);
        u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX)
    };
    rgba.as_chunks().0.iter().flat_map(|[r, g, b, a]| [over(*r, *a), over(*g, *a), over(*b, *a)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(pixel: impl Fn(u32, u32) -> [u8; 3]) -> Srgb {
        let data = (0..64 * 64).flat_map(|at| pixel(at % 64, at / 64)).collect();
        Srgb { width: 64, height: 64, alpha: false, data }
    }

    #[test]
    fn only_colours_that_change_from_pixel_to_pixel_are_kept_with_more_effort() {
        let weave = photo(|x, y| if (x + y) % 2 == 0 { [210, 20, 30] } else { [150, 10, 30] });
        let stripes = photo(|x, _| if x % 2 == 0 { [200, 200, 200] } else { [20, 20, 20] });
        let slope = photo(|x, y| [(x * 4) as u8, 90, (y * 4) as u8]);
        assert!(has_fine_colour(&weave));
        assert!(!has_fine_colour(&stripes), "light and dark alone are kept for each pixel");
        assert!(!has_fine_colour(&slope));
        let with = |photo: &Srgb, sharp: i32| {
            let mut config = webp::WebPConfig::new().expect("a configuration");
            (config.quality, config.method, config.use_sharp_yuv) = (75.0, WEBP_METHOD, sharp);
            let encoder = webp::Encoder::new(&photo.data, webp::PixelLayout::Rgb, 64, 64);
            encoder.encode_advanced(&config).expect("encodes").to_vec()
        };
        assert_eq!(webp(&weave, 75).expect("encodes"), with(&weave, 1));
        assert_eq!(webp(&slope, 75).expect("encodes"), with(&slope, 0));
    }
}
