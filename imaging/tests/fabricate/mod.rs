//! Pictures made in code for the tests: none is stored as a file.
#![allow(dead_code, reason = "each test file uses its part of it")]

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, RgbImage, RgbaImage};

/// A smooth picture with some detail; every corner differs.
pub(crate) fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (fx, fy) = (x * 255 / width.max(1), y * 255 / height.max(1));
        let grain = ((x * 7) ^ (y * 13)) % 16;
        image::Rgb([(fx / 2 + grain + 40) as u8, (fy / 2 + grain + 60) as u8, (200 - fx / 2) as u8])
    })
}

/// Four quarters: red, green above; blue, white below.
pub(crate) fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => image::Rgb([220, 20, 20]),
        (false, true) => image::Rgb([20, 200, 20]),
        (true, false) => image::Rgb([20, 20, 220]),
        (false, false) => image::Rgb([250, 250, 250]),
    })
}

pub(crate) fn save(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

pub(crate) fn jpeg(image: &RgbImage) -> Vec<u8> {
    jpeg_with(image, None, None)
}

pub(crate) fn jpeg_with(image: &RgbImage, profile: Option<Vec<u8>>, exif: Option<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 92);
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).expect("JPEG holds profiles");
    }
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif).expect("JPEG holds EXIF");
    }
    encoder
        .write_image(image.as_raw(), image.width(), image.height(), ExtendedColorType::Rgb8)
        .expect("encodes");
    bytes
}

/// A big-endian TIFF block as EXIF has it: the orientation, and a GPS directory with a latitude.
pub(crate) fn exif(orientation: u16) -> Vec<u8> {
    let mut block = b"MM\0\x2A\0\0\0\x08".to_vec();
    let entry = |block: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        block.extend(tag.to_be_bytes());
        block.extend(kind.to_be_bytes());
        block.extend(count.to_be_bytes());
        block.extend(value);
    };
    let [high, low] = orientation.to_be_bytes();
    block.extend(2u16.to_be_bytes());
    entry(&mut block, 0x0112, 3, 1, [high, low, 0, 0]);
    entry(&mut block, 0x8825, 4, 1, 38u32.to_be_bytes());
    block.extend([0; 4]);
    block.extend(2u16.to_be_bytes());
    entry(&mut block, 1, 2, 2, *b"N\0\0\0");
    entry(&mut block, 2, 5, 3, 68u32.to_be_bytes());
    block.extend([0; 4]);
    for (numerator, denominator) in [(48u32, 1u32), (51, 1), (2999, 100)] {
        block.extend(numerator.to_be_bytes());
        block.extend(denominator.to_be_bytes());
    }
    block.extend(b"GPS-SECRET");
    block
}

/// Puts segments right after the start-of-image marker.
pub(crate) fn with_segments(jpeg: &[u8], segments: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    for (marker, body) in segments {
        bytes.extend([0xFF, *marker]);
        bytes.extend(u16::try_from(body.len() + 2).expect("short").to_be_bytes());
        bytes.extend(*body);
    }
    bytes.extend(&jpeg[2..]);
    bytes
}

/// A JPEG of four inks, 0 to 255 of each; Adobe's marker and inversion are the encoder's.
pub(crate) fn inks_jpeg(
    width: u16,
    height: u16,
    inks: [u8; 4],
    ycck: bool,
    profile: Option<&[u8]>,
) -> Vec<u8> {
    let data: Vec<u8> =
        inks.iter().copied().cycle().take(usize::from(width) * usize::from(height) * 4).collect();
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 95);
    if let Some(profile) = profile {
        encoder.add_icc_profile(profile).expect("fits");
    }
    let color = if ycck { jpeg_encoder::ColorType::CmykAsYcck } else { jpeg_encoder::ColorType::Cmyk };
    encoder.encode(&data, width, height, color).expect("encodes");
    bytes
}

/// A printer's profile with two grid points per ink in which no ink is mid grey and everything else black, unlike the
/// naive formula. ICC.1:2001-04, sections 6.1 and 6.5.8 (lut8Type).
pub(crate) fn printer_profile() -> Vec<u8> {
    inks_profile(128, 0, &[b"A2B0", b"A2B1"])
}

/// A profile given paper and ink as L* in 255 steps, and its tables from inks to colours. The table from colours to inks
/// always gives full ink.
pub(crate) fn inks_profile(paper: u8, ink: u8, tables: &[&[u8; 4]]) -> Vec<u8> {
    let table = |from: u8, into: u8, grid: &dyn Fn(usize) -> Vec<u8>| {
        let mut table = b"mft1\0\0\0\0".to_vec();
        table.extend([from, into, 2, 0]);
        for value in [1u32, 0, 0, 0, 1, 0, 0, 0, 1] {
            table.extend((value << 16).to_be_bytes());
        }
        let ramp: Vec<u8> = (0..=255).collect();
        (0..from).for_each(|_| table.extend(&ramp));
        (0..1usize << from).for_each(|corner| table.extend(grid(corner)));
        (0..into).for_each(|_| table.extend(&ramp));
        table.resize(table.len().next_multiple_of(4), 0);
        table
    };
    let there = table(4, 3, &|corner| vec![if corner == 0 { paper } else { ink }, 128, 128]);
    let back = table(3, 4, &|_| vec![255; 4]);

    let mut profile = vec![0; 128];
    profile[8..12].copy_from_slice(&[2, 0x40, 0, 0]);
    profile[12..24].copy_from_slice(b"prtrCMYKLab ");
    profile[36..40].copy_from_slice(b"acsp");
    for (at, value) in [(68, 0xF6D6u32), (72, 0x10000), (76, 0xD32D)] {
        profile[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }
    profile.extend((tables.len() as u32).to_be_bytes());
    let start = profile.len() + tables.len() * 12;
    for tag in tables {
        let (at, length) =
            if tag.starts_with(b"A2B") { (start, there.len()) } else { (start + there.len(), back.len()) };
        profile.extend(*tag);
        profile.extend((at as u32).to_be_bytes());
        profile.extend((length as u32).to_be_bytes());
    }
    profile.extend(there);
    profile.extend(back);
    let size = profile.len() as u32;
    profile[..4].copy_from_slice(&size.to_be_bytes());
    profile
}

/// Puts chunks before the pixels of a PNG, and others after them.
pub(crate) fn with_chunks(png: &[u8], before: &[(&[u8; 4], &[u8])], behind: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let written = |chunks: &[(&[u8; 4], &[u8])]| -> Vec<u8> {
        let chunk = |(kind, body): &(&[u8; 4], &[u8])| {
            let named = [&kind[..], body].concat();
            [&(body.len() as u32).to_be_bytes()[..], &named, &crc32(&named).to_be_bytes()].concat()
        };
        chunks.iter().flat_map(chunk).collect()
    };
    let end = png.len() - 12;
    [&png[..33], &written(before), &png[33..end], &written(behind), &png[end..]].concat()
}

/// A WebP of the extended form with an EXIF block (RFC 9649, section 2.7).
pub(crate) fn webp_with_exif(webp: &[u8], width: u32, height: u32, exif: &[u8]) -> Vec<u8> {
    let mut body = b"WEBPVP8X\x0A\0\0\0\x08\0\0\0".to_vec();
    body.extend(&(width - 1).to_le_bytes()[..3]);
    body.extend(&(height - 1).to_le_bytes()[..3]);
    body.extend(&webp[12..]);
    body.extend(b"EXIF");
    body.extend((exif.len() as u32).to_le_bytes());
    body.extend(exif);
    body.resize(body.len().next_multiple_of(2), 0);
    [b"RIFF".to_vec(), (body.len() as u32).to_le_bytes().to_vec(), body].concat()
}

/// The left half transparent red, the right half opaque blue.
pub(crate) fn half_clear(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, _| {
        if x < width / 2 { image::Rgba([255, 0, 0, 0]) } else { image::Rgba([0, 0, 255, 255]) }
    })
}

pub(crate) fn animated_gif() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for shade in [0, 200] {
        let frame = image::Frame::new(RgbaImage::from_pixel(20, 10, image::Rgba([shade, 0, 0, 255])));
        encoder.encode_frame(frame).expect("encodes");
    }
    drop(encoder);
    bytes
}

/// A PNG with an animation control chunk (two frames) before its pixels.
pub(crate) fn animated_png() -> Vec<u8> {
    let still = save(scene(20, 10), ImageFormat::Png);
    let chunk: &[u8] = b"acTL\0\0\0\x02\0\0\0\0";
    let mut bytes = still[..33].to_vec();
    bytes.extend(8u32.to_be_bytes());
    bytes.extend(chunk);
    bytes.extend(crc32(chunk).to_be_bytes());
    bytes.extend(&still[33..]);
    bytes
}

/// A WebP header that says it is animated (RFC 9649, section 2.7), with one frame.
pub(crate) fn animated_webp() -> Vec<u8> {
    let still = save(scene(20, 10), ImageFormat::WebP);
    let mut frame = vec![0; 6];
    frame.extend([19, 0, 0, 9, 0, 0, 100, 0, 0, 0]);
    frame.extend(&still[12..]);
    let mut body = b"WEBPVP8X\x0A\0\0\0\x02\0\0\0\x13\0\0\x09\0\0ANIM\x06\0\0\0\0\0\0\0\0\0ANMF".to_vec();
    body.extend((frame.len() as u32).to_le_bytes());
    body.extend(frame);
    [b"RIFF".to_vec(), (body.len() as u32).to_le_bytes().to_vec(), body].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}

/// A PNG header that claims a size, with a correct checksum and no pixels.
pub(crate) fn claiming_png(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1A\n\0\0\0\x0D".to_vec();
    bytes.extend(&header);
    bytes.extend(crc32(&header).to_be_bytes());
    bytes.extend(b"\0\0\0\0IDAT");
    bytes.extend(crc32(b"IDAT").to_be_bytes());
    bytes
}

/// Decodes an output again.
pub(crate) fn open(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).expect("an output can be read")
}

/// Whether two colours differ by no more than `slack` in each channel.
pub(crate) fn near(a: [u8; 3], b: [u8; 3], slack: u8) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= slack)
}
