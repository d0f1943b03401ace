//! Writing WebP, JPEG and AVIF. Only pixels go in, so no metadata can come out.

use jpeg_encoder::{ColorType, SamplingFactor};
use ravif::{BitDepth, Img, RGB8, RGBA8};

use crate::colour::Srgb;
use crate::fault::{PhotoError, one_line};
use crate::recipe::Kind;

/// libwebp's effort, 0 to 6. Two is 2.5 times faster for 11 % more bytes.
const WEBP_METHOD: i32 = 4;

/// rav1e's haste, 1 to 10. At 8, without an assembler, a photo in four sizes takes about 6 s of a core, where
/// WebP takes 0.2 s; the files are a quarter smaller. Hence AVIF is a choice.
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
    let mut config = webp::WebPConfig::new().map_err(|()| "libwebp has no default configuration")?;
    config.quality = f32::from(quality.min(100));
    config.method = WEBP_METHOD;
    let layout = if photo.alpha { webp::PixelLayout::Rgba } else { webp::PixelLayout::Rgb };
    let encoder = webp::Encoder::new(&photo.data, layout, photo.width, photo.height);
    encoder.encode_advanced(&config).map(|bytes| bytes.to_vec()).map_err(|error| format!("{error:?}"))
}

fn jpeg(photo: &Srgb, quality: u8) -> Result<Vec<u8>, String> {
    let side = |pixels: u32| u16::try_from(pixels).map_err(|_| "more than 65535 pixels on a side".to_owned());
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
        // Ten bits are a little smaller and take twice the time.
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

/// RGBA over a white ground as RGB.
pub(crate) fn on_white(rgba: &[u8]) -> Vec<u8> {
    let over = |channel: u8, alpha: u8| {
        let mixed = u32::from(channel) * u32::from(alpha) + 255 * u32::from(255 - alpha);
        u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX)
    };
    rgba.as_chunks().0.iter().flat_map(|[r, g, b, a]| [over(*r, *a), over(*g, *a), over(*b, *a)]).collect()
}
