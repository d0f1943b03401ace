//! From the file's colour space to sRGB, in which pictures without a profile are shown.

use std::sync::Arc;

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, Layout, MatrixCoefficients,
    RenderingIntent, ToneReprCurve, TransferCharacteristics, Transform8BitExecutor, TransformOptions,
};

use crate::hdr::ToneMap;
use crate::inks::Inks;
use crate::pixels::{Profile, Raw, Shape, Srgb};

const BT709: u8 = 1;
const UNSPECIFIED: u8 = 2;
const SRGB: u8 = 13;

/// The profile for a video's pair of code numbers (ITU-T H.273); `None` for sRGB and for unknown ones. As in browsers,
/// "unspecified" is sRGB, and so are the curves of television, which describe cameras and not how their pictures look.
#[cfg(any(feature = "heif", feature = "avif"))]
pub(crate) fn by_numbers(primaries: u16, transfer: u16) -> Option<Profile> {
    let (primaries, transfer) = (u8::try_from(primaries).ok()?, u8::try_from(transfer).ok()?);
    let primaries = if primaries == UNSPECIFIED { BT709 } else { primaries };
    let transfer = if matches!(transfer, BT709 | UNSPECIFIED | 6 | 14 | 15) { SRGB } else { transfer };
    by_numbers_alone(primaries, transfer)
}

/// The same for a PNG, where the numbers are taken literally, and television's curves mean its screens (BT.1886).
pub(crate) fn by_numbers_alone(primaries: u8, transfer: u8) -> Option<Profile> {
    if (primaries, transfer) == (BT709, SRGB) || primaries == UNSPECIFIED || transfer == UNSPECIFIED {
        return None;
    }
    if let Some(tones) = ToneMap::new(primaries.into(), transfer.into()) {
        return Some(Profile::Bright(Box::new(tones)));
    }
    let screen = matches!(transfer, BT709 | 6 | 14 | 15);
    let transfer = if screen { SRGB } else { transfer };
    let mut profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: CicpColorPrimaries::try_from(primaries).ok()?,
        transfer_characteristics: TransferCharacteristics::try_from(transfer).ok()?,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    if screen {
        let curve = ToneReprCurve::Parametric(vec![2.4]);
        profile.cicp = None;
        profile.red_trc = Some(curve.clone());
        profile.green_trc = Some(curve.clone());
        profile.blue_trc = Some(curve);
    }
    profile.red_trc.is_some().then(|| Profile::Known(Box::new(profile)))
}

/// Converts with the file's profile if it is usable and fits the pixels; otherwise the numbers are
/// taken as sRGB (and inks by the naive formula), as browsers do. `None` if the profile breaks the conversion.
pub(crate) fn into_srgb(raw: Raw) -> Option<Srgb> {
    // No profile is known on which moxcms panics, but profiles are untrusted bytes like any others.
    std::panic::catch_unwind(|| convert(raw)).ok()
}

fn convert(raw: Raw) -> Srgb {
    let Raw { width, height, shape, data, profile, .. } = raw;
    let profile = match profile {
        Some(Profile::Icc(bytes)) => ColorProfile::new_from_slice(&bytes).ok(),
        Some(Profile::Known(profile)) => Some(*profile),
        Some(Profile::Bright(tones)) => {
            return Srgb {
                width,
                height,
                alpha: shape == Shape::Rgba,
                data: tones.all(data, shape == Shape::Rgba),
            };
        }
        None => None,
    };
    let data = match profile.and_then(|profile| Way::new(shape, profile)) {
        Some(way) => way.all(data, width).unwrap_or_else(|data| as_is(shape, data)),
        None => as_is(shape, data),
    };
    let alpha = matches!(shape, Shape::Rgba | Shape::GreyAlpha);
    if alpha && data.as_chunks().0.iter().all(|[.., a]: &[u8; 4]| *a == 255) {
        let data = data.as_chunks().0.iter().flat_map(|[r, g, b, _]: &[u8; 4]| [*r, *g, *b]).collect();
        return Srgb { width, height, alpha: false, data };
    }
    Srgb { width, height, alpha, data }
}

fn as_is(shape: Shape, data: Vec<u8>) -> Vec<u8> {
    match shape {
        Shape::Rgb | Shape::Rgba => data,
        Shape::Grey => data.into_iter().flat_map(|grey| [grey; 3]).collect(),
        Shape::GreyAlpha => data.as_chunks().0.iter().flat_map(|[g, a]| [*g, *g, *g, *a]).collect(),
        Shape::Inks => data.as_chunks().0.iter().flat_map(|inks| without_profile(*inks)).collect(),
    }
}

/// Each ink absorbs its share of the light that black leaves.
fn without_profile([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 3] {
    [cyan, magenta, yellow].map(|ink| {
        let light = u32::from(255 - ink) * u32::from(255 - black);
        u8::try_from((light + 127) / 255).unwrap_or(u8::MAX)
    })
}

/// How a file's pixels are converted to sRGB.
enum Way {
    /// The number of channels stays the same: rows are converted in place.
    InPlace {
        transform: Arc<Transform8BitExecutor>,
        channels: usize,
    },
    Grey {
        transform: Arc<Transform8BitExecutor>,
        channels: usize,
    },
    Inks(Inks),
}

impl Way {
    /// `None` if the profile is unusable, is for other kinds of pixels, or is sRGB already.
    fn new(shape: Shape, mut profile: ColorProfile) -> Option<Self> {
        let (space, from, into) = match shape {
            Shape::Grey => (DataColorSpace::Gray, Layout::Gray, Layout::Rgb),
            Shape::GreyAlpha => (DataColorSpace::Gray, Layout::GrayAlpha, Layout::Rgba),
            Shape::Rgb => (DataColorSpace::Rgb, Layout::Rgb, Layout::Rgb),
            Shape::Rgba => (DataColorSpace::Rgb, Layout::Rgba, Layout::Rgba),
            // Four inks have the same layout as RGBA.
            Shape::Inks => (DataColorSpace::Cmyk, Layout::Rgba, Layout::Rgb),
        };
        if profile.color_space != space {
            return None;
        }
        // A profile need not have a table for each intent: the perceptual one replaces missing ones
        // (ICC.1:2022, section 8.10.2).
        if profile.lut_a_to_b_colorimetric.is_none() {
            profile.lut_a_to_b_colorimetric.clone_from(&profile.lut_a_to_b_perceptual);
        }
        if profile.lut_a_to_b_colorimetric.is_none() {
            profile.lut_a_to_b_saturation = None;
        }
        if shape == Shape::Inks {
            return Inks::new(&profile).map(Self::Inks);
        }
        let srgb = ColorProfile::new_srgb();
        let transform = profile.create_transform_8bit(from, &srgb, into, relative()).ok()?;
        match shape {
            Shape::Grey => Some(Self::Grey { transform, channels: 1 }),
            Shape::GreyAlpha => Some(Self::Grey { transform, channels: 2 }),
            _ => {
                let plain =
                    profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, relative()).ok()?;
                let channels = if shape == Shape::Rgba { 4 } else { 3 };
                (!changes_nothing(&*plain)).then_some(Self::InPlace { transform, channels })
            }
        }
    }

    /// Converts all rows; returns the pixels unchanged if that is impossible. Row by row, which keeps the executor's
    /// scratch memory small.
    fn all(&self, mut data: Vec<u8>, width: u32) -> Result<Vec<u8>, Vec<u8>> {
        let width = usize::try_from(width).unwrap_or(0).max(1);
        match self {
            Self::InPlace { transform, channels } => {
                let mut before = vec![0; width * channels];
                for row in data.chunks_mut(width * channels) {
                    let before = &mut before[..row.len()];
                    before.copy_from_slice(row);
                    if transform.transform(before, row).is_err() {
                        return Err(data);
                    }
                }
                Ok(data)
            }
            Self::Grey { transform, channels } => {
                let wider = channels + 2;
                let mut converted = vec![0; data.len() / channels * wider];
                for (row, target) in data.chunks(width * channels).zip(converted.chunks_mut(width * wider)) {
                    if transform.transform(row, target).is_err() {
                        return Err(data);
                    }
                }
                Ok(converted)
            }
            Self::Inks(inks) => inks.all(&data, width).ok_or(data),
        }
    }
}

fn relative() -> TransformOptions {
    TransformOptions {
        rendering_intent: RenderingIntent::RelativeColorimetric,
        ..TransformOptions::default()
    }
}

/// Most cameras embed one of dozens of variants of sRGB. Instead of listing them, a grid of colours is converted: a
/// profile that changes none by more than one step would only cost time and add noise.
fn changes_nothing(transform: &Transform8BitExecutor) -> bool {
    const STEPS: [u8; 9] = [0, 16, 48, 80, 112, 144, 176, 224, 255];
    let grid: Vec<u8> = STEPS
        .iter()
        .flat_map(|r| STEPS.iter().flat_map(move |g| STEPS.iter().flat_map(move |b| [*r, *g, *b])))
        .collect();
    let mut moved = vec![0; grid.len()];
    transform.transform(&grid, &mut moved).is_ok()
        && grid.iter().zip(&moved).all(|(before, after)| before.abs_diff(*after) <= 1)
}
