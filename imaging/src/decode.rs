//! A photo's header and pixels, by the reader of its format; PNG, WebP and GIF are read here.

use std::io::Cursor;

use image::codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::error::{ImageError, LimitErrorKind};
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, Limits};
use messages::tr;

use crate::exif::{self, upright};
use crate::fault::PhotoError;
use crate::format::Format;
#[cfg(any(feature = "heif", feature = "avif"))]
use crate::heif;
use crate::pixels::{Raw, Shape};
use crate::probe::Probe;
use crate::sniff::glance;
use crate::{jpeg, png, shrink, vp8};

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
        format => probe_other(bytes, format),
    }
}

/// Reads the header of a PNG, WebP or GIF.
pub(crate) fn probe_other(bytes: &[u8], format: Format) -> Result<Probe, PhotoError> {
    let said = said(bytes, format)?;
    let (mut decoder, animated) = match open(bytes, format, &header_limits()) {
        Ok(opened) => opened,
        // Too large for the decoder to even begin: the claimed size is returned, for the recipe to judge.
        Err(fault) => return claimed(bytes, format).ok_or(fault),
    };
    let (width, height) = decoder.dimensions();
    let orientation = orientation(&mut *decoder, &said);
    let (width, height) = upright(width, height, orientation);
    Ok(Probe { format, width, height, animated })
}

/// Decodes a file whose header has been accepted. `max_pixels` bounds the decoder's memory; `largest` is the width
/// of the largest size that is needed: a much wider photo may be returned with fewer pixels.
pub(crate) fn decode(bytes: &[u8], format: Format, max_pixels: u64, largest: u32) -> Result<Raw, PhotoError> {
    // Decoders are large third-party programs fed with untrusted bytes: if one panics, one photo is refused, and the build
    // continues to report the other faults.
    std::panic::catch_unwind(|| match format {
        Format::Jpeg => jpeg::decode(bytes, largest),
        #[cfg(any(feature = "heif", feature = "avif"))]
        Format::Heic | Format::Avif => heif::decode(bytes, format, max_pixels),
        _ => decode_other(bytes, format, max_pixels, largest),
    })
    .unwrap_or_else(|_| Err(PhotoError::damaged(format, tr!("the decoder gave up"))))
}

fn decode_other(bytes: &[u8], format: Format, max_pixels: u64, largest: u32) -> Result<Raw, PhotoError> {
    if format == Format::Webp && riff_is_cut_off(bytes) {
        return Err(PhotoError::Truncated { format });
    }
    let mut limits = Limits::no_limits();
    // 16 bits per channel with alpha are eight bytes per pixel; the rest is for the decoder itself.
    limits.max_alloc = Some(max_pixels.saturating_mul(8).saturating_add(64 << 20));
    let said = said(bytes, format)?;
    let (mut decoder, _) = open(bytes, format, &limits)?;
    let orientation = orientation(&mut *decoder, &said);
    // As in browsers, a profile that cannot be read is ignored.
    let profile = decoder.icc_profile().unwrap_or(None);
    decoder.set_limits(limits).map_err(|error| fault(error, format))?;
    let (width, height) = decoder.dimensions();
    let factor = shrink::factor(upright(width, height, orientation).0, largest);
    if format == Format::Png
        && factor > 1
        && let Some(smaller) = png::smaller(bytes, factor, HEADER_BYTES)
    {
        let png::Smaller { width, height, shape, data } = smaller;
        return Ok(Raw { width, height, shape, data, profile: said.profile(shape, profile), orientation });
    }
    if format == Format::Webp
        && factor > 1
        && let Some(data) = vp8::smaller(bytes, (width, height), factor)
    {
        let (width, height, shape) = (width.div_ceil(factor), height.div_ceil(factor), Shape::Rgb);
        return Ok(Raw { width, height, shape, data, profile: said.profile(shape, profile), orientation });
    }
    let color = decoder.color_type();
    let pixels = DynamicImage::from_decoder(decoder).map_err(|error| fault(error, format))?;
    let (shape, data) = match (color.has_color(), color.has_alpha()) {
        (false, false) => (Shape::Grey, pixels.into_luma8().into_raw()),
        (false, true) => (Shape::GreyAlpha, pixels.into_luma_alpha8().into_raw()),
        (true, false) => (Shape::Rgb, pixels.into_rgb8().into_raw()),
        (true, true) => (Shape::Rgba, pixels.into_rgba8().into_raw()),
    };
    debug_assert!(
        color != ColorType::Rgb32F && color != ColorType::Rgba32F,
        "none of these formats has floats"
    );
    let profile = said.profile(shape, profile);
    Ok(Raw { width, height, shape, data, profile, orientation })
}

/// A PNG's chunks; empty for other formats.
fn said(bytes: &[u8], format: Format) -> Result<png::Said<'_>, PhotoError> {
    let said = if format == Format::Png { png::read(bytes) } else { png::Said::default() };
    if said.apple {
        let reason = tr!("Apple's own form, as found inside of apps").into();
        return Err(PhotoError::Unsupported { format, reason });
    }
    Ok(said)
}

fn orientation(decoder: &mut dyn ImageDecoder, said: &png::Said<'_>) -> Orientation {
    let stated = decoder.exif_metadata().unwrap_or(None);
    let stated = stated.as_deref().or(said.exif).and_then(exif::orientation);
    stated.unwrap_or(Orientation::NoTransforms)
}

/// The size that a PNG claims in its first chunk (PNG, section 11.2.1), if no decoder would even begin to decode it.
fn claimed(bytes: &[u8], format: Format) -> Option<Probe> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (width, height) = (number(16)?, number(20)?);
    let gigantic = u64::from(width) * 8 > HEADER_MEMORY;
    (format == Format::Png && gigantic).then(|| Probe::still(format, width, height))
}

/// In bytes; enough for a row of 8 million pixels.
const HEADER_MEMORY: u64 = HEADER_BYTES as u64;
const HEADER_BYTES: usize = 64 << 20;

/// A header needs little; a compressed profile or comment that needs more is a bomb.
fn header_limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(HEADER_MEMORY);
    limits
}

/// The decoder, and whether there is more than one frame.
fn open<'a>(
    bytes: &'a [u8],
    format: Format,
    limits: &Limits,
) -> Result<(Box<dyn ImageDecoder + 'a>, bool), PhotoError> {
    let stream = Cursor::new(bytes);
    let opened: Result<(Box<dyn ImageDecoder + 'a>, bool), ImageError> = match format {
        Format::Png => PngDecoder::with_limits(stream, limits.clone()).and_then(|decoder| {
            let animated = decoder.is_apng()?;
            Ok((Box::new(decoder) as Box<dyn ImageDecoder>, animated))
        }),
        Format::Webp => WebPDecoder::new(stream).map(|decoder| {
            let animated = decoder.has_animation();
            (Box::new(decoder) as Box<dyn ImageDecoder>, animated)
        }),
        _ => GifDecoder::new(stream)
            .map(|decoder| (Box::new(decoder) as Box<dyn ImageDecoder>, gif_frames(bytes) > 1)),
    };
    opened.map_err(|error| fault(error, format))
}

fn fault(error: ImageError, format: Format) -> PhotoError {
    match error {
        ImageError::IoError(_) => PhotoError::Truncated { format },
        ImageError::Unsupported(error) => {
            PhotoError::Unsupported { format, reason: crate::fault::one_line(&error.to_string()) }
        }
        ImageError::Limits(error) if matches!(error.kind(), LimitErrorKind::InsufficientMemory) => {
            PhotoError::damaged(format, tr!("reading it would take more memory than its size warrants"))
        }
        // Decoders wrap the end of the file in their own errors.
        error if is_end_of_file(&error.to_string()) => PhotoError::Truncated { format },
        error => PhotoError::damaged(format, error),
    }
}

fn is_end_of_file(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["end of file", "eof", "fill whole buffer"].iter().any(|end| words.contains(end))
}

/// Whether the file is shorter than its container says (RFC 9649, section 2.3); the decoder would pad the picture.
fn riff_is_cut_off(bytes: &[u8]) -> bool {
    let size = bytes.get(4..8).and_then(|size| size.try_into().ok()).map(u32::from_le_bytes);
    size.is_none_or(|size| (bytes.len() as u64) < u64::from(size) + 8)
}

/// Counts up to two frames by skipping from block to block (GIF89a, sections 15 to 26), without decoding.
fn gif_frames(bytes: &[u8]) -> u32 {
    fn walk(bytes: &[u8], frames: &mut u32) -> Option<()> {
        let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
        let mut at = 13 + table(*bytes.get(10)?);
        while *frames < 2 {
            at += match *bytes.get(at)? {
                0x21 => 2,
                0x2C => {
                    *frames += 1;
                    11 + table(*bytes.get(at + 9)?)
                }
                _ => return None,
            };
            while let length @ 1.. = *bytes.get(at)? {
                at += usize::from(length) + 1;
            }
            at += 1;
        }
        None
    }
    let mut frames = 0;
    walk(bytes, &mut frames);
    frames
}
