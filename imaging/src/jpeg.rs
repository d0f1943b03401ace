//! Reading JPEG. The decoder of the `image` crate is lenient (it fills what is missing with grey) and converts printers'
//! inks to RGB before their profile could be used, so `zune-jpeg`, on which it is based, is used directly.

use image::metadata::Orientation;
use jpeg_decoder::PixelFormat;
use messages::tr;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;
use zune_jpeg::{ImageInfo, JpegDecoder};

use crate::exif::{self, upright};
use crate::fault::PhotoError;
use crate::format::Format;
use crate::pixels::{Profile, Raw, Shape};
use crate::probe::Probe;
use crate::shrink;

type Decoder<'a> = JpegDecoder<ZCursor<&'a [u8]>>;

/// Reads the segments before the first scan.
pub(crate) fn probe(bytes: &[u8]) -> Result<Probe, PhotoError> {
    let head = head(bytes);
    head.readable()?;
    let (_, info) = header(bytes, false)?;
    let (width, height) = upright(u32::from(info.width), u32::from(info.height), head.orientation());
    Ok(Probe { format: Format::Jpeg, width, height, animated: false })
}

/// Decodes the pixels, fewer of them if the photo is much wider than `largest`; the size must have been accepted before.
pub(crate) fn decode(bytes: &[u8], largest: u32) -> Result<Raw, PhotoError> {
    if !reaches_its_end(bytes) {
        return Err(PhotoError::Truncated { format: Format::Jpeg });
    }
    if let Some(raw) = decode_smaller(bytes, largest) {
        return Ok(raw);
    }
    match decode_as(bytes, true) {
        // Padding between segments violates the standard but is harmless, and some cameras write it. Strictness matters
        // only for the scans.
        Err(DecodeErrors::FormatStatic(text)) if text.contains("Extra bytes between headers") => {
            decode_as(bytes, false)
        }
        other => other,
    }
    .map_err(fault)
}

/// A very large photo at a half, a quarter or an eighth, which the inverse transform yields more cheaply than the whole
/// (`zune-jpeg` cannot). `None` if the photo is not that large, or is left to the other decoder for its better errors.
fn decode_smaller(bytes: &[u8], largest: u32) -> Option<Raw> {
    let head = head(bytes);
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    decoder.read_info().ok()?;
    let info = decoder.info()?;
    let (width, _) = upright(info.width.into(), info.height.into(), head.orientation());
    let factor = u16::try_from(shrink::factor(width, largest)).ok().filter(|factor| *factor > 1)?;
    let shape = match info.pixel_format {
        PixelFormat::L8 => Shape::Grey,
        PixelFormat::RGB24 => Shape::Rgb,
        PixelFormat::L16 | PixelFormat::CMYK32 => return None,
    };
    let (width, height) = decoder.scale(info.width.div_ceil(factor), info.height.div_ceil(factor)).ok()?;
    let data = decoder.decode().ok()?;
    Some(Raw {
        width: width.into(),
        height: height.into(),
        shape,
        data,
        profile: decoder.icc_profile().map(Profile::Icc),
        orientation: head.orientation(),
    })
}

fn decode_as(bytes: &[u8], strict: bool) -> Result<Raw, DecodeErrors> {
    let mut decoder = open(bytes, strict);
    decoder.decode_headers()?;
    let space = decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr);
    let (shape, wanted) = match space {
        ColorSpace::Luma => (Shape::Grey, ColorSpace::Luma),
        ColorSpace::CMYK => (Shape::Inks, ColorSpace::CMYK),
        ColorSpace::YCCK => (Shape::Inks, ColorSpace::YCCK),
        _ => (Shape::Rgb, ColorSpace::RGB),
    };
    let options = decoder.options().jpeg_set_out_colorspace(wanted);
    decoder.set_options(options);
    let mut data = decoder.decode()?;
    match space {
        ColorSpace::CMYK => data.iter_mut().for_each(|value| *value = 255 - *value),
        ColorSpace::YCCK => data.as_chunks_mut().0.iter_mut().for_each(|pixel| *pixel = inks(*pixel)),
        _ => {}
    }
    let info = decoder.info().ok_or(DecodeErrors::FormatStatic("no frame header"))?;
    Ok(Raw {
        width: u32::from(info.width),
        height: u32::from(info.height),
        shape,
        data,
        profile: decoder.icc_profile().map(Profile::Icc),
        orientation: head(bytes).orientation(),
    })
}

/// Adobe's YCCK as amounts of ink. Adobe stores inks inverted; the "RGB" that YCC decodes to is then the amount
/// of cyan, magenta and yellow, while black is still inverted (Adobe Technical Note 5116, section 18).
fn inks([luma, blue, red, black]: [u8; 4]) -> [u8; 4] {
    let (luma, blue, red) = (i32::from(luma) << 16, i32::from(blue) - 128, i32::from(red) - 128);
    // The factors of JFIF 1.02, in 16.16 fixed point.
    let channel = |value: i32| u8::try_from(((value + 0x8000) >> 16).clamp(0, 255)).unwrap_or(u8::MAX);
    [
        channel(luma + 91_881 * red),
        channel(luma - 22_554 * blue - 46_802 * red),
        channel(luma + 116_130 * blue),
        255 - black,
    ]
}

fn open(bytes: &[u8], strict: bool) -> Decoder<'_> {
    // The standard's limit; the recipe limits the number of pixels.
    let side = usize::from(u16::MAX);
    let options = DecoderOptions::default().set_strict_mode(strict).set_max_width(side).set_max_height(side);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
}

fn header(bytes: &[u8], strict: bool) -> Result<(Decoder<'_>, ImageInfo), PhotoError> {
    let mut decoder = open(bytes, strict);
    decoder.decode_headers().map_err(fault)?;
    let info = decoder.info().ok_or_else(|| PhotoError::damaged(Format::Jpeg, tr!("no frame header")))?;
    Ok((decoder, info))
}

/// What precedes the first scan.
#[derive(Default)]
struct Head<'a> {
    /// The first block: a second one, by an editor, is older or a thumbnail's.
    exif: Option<&'a [u8]>,
    /// The frame's marker, and its bits per sample.
    frame: Option<(u8, u8)>,
}

fn head(bytes: &[u8]) -> Head<'_> {
    let mut head = Head::default();
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let Some(at) = rest.iter().position(|byte| *byte == 0xFF) {
        rest = &rest[at..];
        match rest {
            [_, 0xFF, ..] => rest = &rest[1..],
            [_, 0x00 | 0x01 | 0xD0..=0xD8, ..] => rest = &rest[2..],
            // The scan, or the end.
            [_, 0xD9 | 0xDA, ..] => break,
            [_, marker, high, low, after @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
                let (body, after) = after.split_at_checked(length).unwrap_or((after, &[]));
                match marker {
                    0xE1 if body.starts_with(b"Exif\0\0") => head.exif = head.exif.or(Some(body)),
                    0xC4 | 0xC8 | 0xCC => {}
                    0xC0..=0xCF => head.frame = head.frame.or(body.first().map(|bits| (*marker, *bits))),
                    _ => {}
                }
                rest = after;
            }
            _ => break,
        }
    }
    head
}

impl Head<'_> {
    /// Refuses, by name, what the decoder does not support (T.81, table B.1).
    fn readable(&self) -> Result<(), PhotoError> {
        let reason = match self.frame {
            Some((0xC3 | 0xC7 | 0xCB | 0xCF, _)) => tr!("lossless JPEG"),
            Some((0xC9..=0xCE, _)) => tr!("arithmetic coding"),
            Some((0xC5 | 0xC6, _)) => tr!("hierarchical JPEG"),
            Some((_, 12)) => tr!("12 bits a colour"),
            _ => return Ok(()),
        };
        Err(PhotoError::Unsupported { format: Format::Jpeg, reason: reason.into() })
    }

    fn orientation(&self) -> Orientation {
        self.exif.and_then(exif::orientation).unwrap_or(Orientation::NoTransforms)
    }
}

fn fault(error: DecodeErrors) -> PhotoError {
    match error {
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => {
            PhotoError::Truncated { format: Format::Jpeg }
        }
        DecodeErrors::Unsupported(scheme) => PhotoError::Unsupported {
            format: Format::Jpeg,
            reason: crate::fault::one_line(&format!("{scheme:?}")),
        },
        other => PhotoError::damaged(Format::Jpeg, format!("{other:?}").trim_matches('"')),
    }
}

/// Whether there is an end-of-image marker. Segments are skipped by their length, so that the end of a
/// thumbnail inside EXIF does not count; what follows the end (motion photos, gain maps) is ignored.
fn reaches_its_end(bytes: &[u8]) -> bool {
    const END: u8 = 0xD9;
    let mut at = 2;
    loop {
        // In a scan, 0xFF00 is a stuffed 0xFF and 0xFFD0 to 0xFFD7 are restarts: both are part of the data.
        let Some(offset) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xFF)) else {
            return false;
        };
        let Some(&marker) = bytes.get(at + offset + 1) else { return false };
        at += offset;
        match marker {
            END => return true,
            0xFF => at += 1,
            0x00 | 0x01 | 0xD0..=0xD8 => at += 2,
            _ => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_thumbnail_is_not_the_end_of_the_photo() {
        let thumbnail = [0xFF, 0xE1, 0x00, 0x06, 0xFF, 0xD8, 0xFF, 0xD9];
        let scan = [0xFF, 0xDA, 0x00, 0x02, 1, 2, 0xFF, 0x00, 0xFF, 0xD3, 7];
        let cut = [&[0xFF, 0xD8][..], &thumbnail, &scan].concat();
        assert!(!reaches_its_end(&cut));
        assert!(reaches_its_end(&[&cut[..], &[0xFF, 0xFF, 0xD9, 1, 2, 3]].concat()));
    }

    #[test]
    fn ycck_without_chroma_is_an_equal_amount_of_each_ink() {
        assert_eq!(inks([0, 128, 128, 255]), [0, 0, 0, 0]);
        assert_eq!(inks([200, 128, 128, 155]), [200, 200, 200, 100]);
        assert_eq!(inks([255, 255, 255, 0]), [255, 121, 255, 255]);
    }
}
