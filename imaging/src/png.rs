//! What a PNG says besides its pixels, read chunk by chunk (PNG, third edition, section 5): the `image` crate returns
//! neither the colours of files without a profile nor the chunks after the pixels.

use moxcms::{Chromaticity, ColorPrimaries, ColorProfile, ToneReprCurve};

use crate::colour;
use crate::pixels::{Profile, Shape};
use crate::shrink::Shrink;

/// The chunks that matter here.
#[derive(Default)]
pub(crate) struct Said<'a> {
    /// Apple's own variant, whose pixels are not compressed according to the standard.
    pub(crate) apple: bool,
    /// The first EXIF block, wherever it is.
    pub(crate) exif: Option<&'a [u8]>,
    numbers: Option<[u8; 4]>,
    srgb: bool,
    gamma: Option<u32>,
    chromaticities: Option<[u32; 8]>,
}

/// Pixels of 8 bits per channel, fewer than in the file.
pub(crate) struct Smaller {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) shape: Shape,
    pub(crate) data: Vec<u8>,
}

/// Decodes row by row and keeps one pixel for `factor` times `factor`. `None` if it cannot be read in rows, or not at all,
/// for which the decoder of whole pictures has better errors.
pub(crate) fn smaller(bytes: &[u8], factor: u32, memory: usize) -> Option<Smaller> {
    let mut decoder =
        ::png::Decoder::new_with_limits(std::io::Cursor::new(bytes), ::png::Limits { bytes: memory });
    decoder.set_transformations(::png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height, interlaced) = (reader.info().width, reader.info().height, reader.info().interlaced);
    let (shape, channels) = match reader.output_color_type().0 {
        ::png::ColorType::Grayscale => (Shape::Grey, 1),
        ::png::ColorType::GrayscaleAlpha => (Shape::GreyAlpha, 2),
        ::png::ColorType::Rgb => (Shape::Rgb, 3),
        ::png::ColorType::Rgba => (Shape::Rgba, 4),
        ::png::ColorType::Indexed => return None,
    };
    if interlaced {
        return None;
    }
    let mut shrink = Shrink::new(factor, channels, matches!(shape, Shape::GreyAlpha | Shape::Rgba));
    for _ in 0..height {
        shrink.row(reader.next_row().ok()??.data());
    }
    let (width, height) = (width.div_ceil(factor), height.div_ceil(factor));
    Some(Smaller { width, height, shape, data: shrink.finish() })
}

/// Reads all chunks up to the first that is incomplete.
pub(crate) fn read(bytes: &[u8]) -> Said<'_> {
    let mut said = Said::default();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((kind, body, after)) = chunk(rest) {
        match &kind {
            b"CgBI" => said.apple = true,
            b"eXIf" => said.exif = said.exif.or(Some(body)),
            b"cICP" => said.numbers = said.numbers.or(body.try_into().ok()),
            b"sRGB" => said.srgb = true,
            b"gAMA" => said.gamma = said.gamma.or_else(|| body.first_chunk().map(|v| u32::from_be_bytes(*v))),
            b"cHRM" => {
                let numbers = body.as_chunks::<4>().0.iter().map(|v| u32::from_be_bytes(*v));
                said.chromaticities = numbers.collect::<Vec<_>>().try_into().ok();
            }
            b"IEND" => break,
            _ => {}
        }
        rest = after;
    }
    said
}

fn chunk(rest: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
    let kind = *rest.get(4..)?.first_chunk()?;
    let body = rest.get(8..)?.get(..length)?;
    Some((kind, body, rest.get(8 + length + 4..)?))
}

impl Said<'_> {
    /// The colours, `icc` being the embedded profile: code numbers take precedence over it, it over everything else
    /// (section 4.3). As in browsers, primaries without gamma are ignored, but not gamma without primaries.
    pub(crate) fn profile(&self, shape: Shape, icc: Option<Vec<u8>>) -> Option<Profile> {
        let grey = matches!(shape, Shape::Grey | Shape::GreyAlpha);
        if let (Some([primaries, transfer, 0, _]), false) = (self.numbers, grey)
            && let Some(profile) = colour::by_numbers_alone(primaries, transfer)
        {
            return Some(profile);
        }
        if let Some(icc) = icc {
            return Some(Profile::Icc(icc));
        }
        let gamma = self.gamma.filter(|gamma| !self.srgb && (10_000..=1_000_000).contains(gamma))?;
        // 1/2.2, by which sRGB was stated before there was a chunk for it.
        if self.chromaticities.is_none() && gamma.abs_diff(45_455) < 500 {
            return None;
        }
        let exponent = 100_000.0 / f64::from(gamma);
        #[allow(clippy::cast_possible_truncation, reason = "between 0.1 and 10")]
        let exponent = exponent as f32;
        let profile = if grey {
            ColorProfile::new_gray_with_gamma(exponent)
        } else {
            let mut profile = ColorProfile::new_srgb();
            profile.cicp = None;
            if let Some(numbers) = self.chromaticities {
                primaries(&mut profile, numbers)?;
            }
            let curve = ToneReprCurve::Parametric(vec![exponent]);
            profile.red_trc = Some(curve.clone());
            profile.green_trc = Some(curve.clone());
            profile.blue_trc = Some(curve);
            profile
        };
        Some(Profile::Known(Box::new(profile)))
    }
}

/// White, red, green, blue, x and y of each in hundred thousandths. `None` if they are not three different colours.
fn primaries(profile: &mut ColorProfile, numbers: [u32; 8]) -> Option<()> {
    #[allow(clippy::cast_possible_truncation, reason = "between 0 and 1")]
    let [white, red, green, blue] = [0, 2, 4, 6].map(|at| Chromaticity {
        x: (f64::from(numbers[at]) / 100_000.0) as f32,
        y: (f64::from(numbers[at + 1]) / 100_000.0) as f32,
    });
    let sensible = |point: &Chromaticity| point.x > 0.0 && point.y > 0.0 && point.x + point.y < 1.01;
    let area = (green.x - red.x) * (blue.y - red.y) - (blue.x - red.x) * (green.y - red.y);
    if ![white, red, green, blue].iter().all(sensible) || area.abs() < 1e-3 {
        return None;
    }
    profile.update_rgb_colorimetry(white.to_xyyb(), ColorPrimaries { red, green, blue });
    Some(())
}
