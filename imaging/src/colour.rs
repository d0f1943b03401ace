//! From the file's colour space to sRGB, which is what a picture without a profile is shown in.

use moxcms::{
    ColorProfile, DataColorSpace, Layout, RenderingIntent, Transform8BitExecutor, TransformOptions,
};
use std::sync::Arc;

use crate::decode::{Raw, Shape};

/// sRGB pixels, with alpha only where at least one pixel is not opaque.
pub(crate) struct Srgb {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Four channels instead of three.
    pub(crate) alpha: bool,
    pub(crate) data: Vec<u8>,
}

/// Converts with the embedded profile where there is a usable one that fits the pixels; else the numbers are
/// taken as sRGB (and inks by the naive formula), as browsers do.
pub(crate) fn into_srgb(raw: Raw) -> Srgb {
    let converted = raw.profile.as_deref().and_then(|profile| convert(&raw, profile));
    let alpha = matches!(raw.shape, Shape::Rgba | Shape::GreyAlpha);
    let data = converted.unwrap_or_else(|| as_is(raw.shape, raw.data));
    let pixels = Srgb { width: raw.width, height: raw.height, alpha, data };
    if alpha && pixels.data.as_chunks().0.iter().all(|[.., a]: &[u8; 4]| *a == 255) {
        let data = pixels.data.as_chunks().0.iter().flat_map(|[r, g, b, _]: &[u8; 4]| [*r, *g, *b]).collect();
        return Srgb { alpha: false, data, ..pixels };
    }
    pixels
}

fn as_is(shape: Shape, data: Vec<u8>) -> Vec<u8> {
    match shape {
        Shape::Rgb | Shape::Rgba => data,
        Shape::Grey => data.into_iter().flat_map(|grey| [grey; 3]).collect(),
        Shape::GreyAlpha => data.as_chunks().0.iter().flat_map(|[g, a]| [*g, *g, *g, *a]).collect(),
        Shape::Inks => data.as_chunks().0.iter().flat_map(|inks| without_profile(*inks)).collect(),
    }
}

/// Each ink takes its share of the light that black leaves.
fn without_profile([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 3] {
    [cyan, magenta, yellow].map(|ink| {
        let light = u32::from(255 - ink) * u32::from(255 - black);
        u8::try_from((light + 127) / 255).unwrap_or(u8::MAX)
    })
}

/// None: the profile is unreadable, is of another kind than the pixels, or is sRGB already.
fn convert(raw: &Raw, profile: &[u8]) -> Option<Vec<u8>> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    let (space, from, into, channels) = match raw.shape {
        Shape::Grey => (DataColorSpace::Gray, Layout::Gray, Layout::Rgb, 1),
        Shape::GreyAlpha => (DataColorSpace::Gray, Layout::GrayAlpha, Layout::Rgba, 2),
        Shape::Rgb => (DataColorSpace::Rgb, Layout::Rgb, Layout::Rgb, 3),
        Shape::Rgba => (DataColorSpace::Rgb, Layout::Rgba, Layout::Rgba, 4),
        // Four inks have the layout of four channels.
        Shape::Inks => (DataColorSpace::Cmyk, Layout::Rgba, Layout::Rgb, 4),
    };
    if profile.color_space != space {
        return None;
    }
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions {
        rendering_intent: RenderingIntent::RelativeColorimetric,
        ..TransformOptions::default()
    };
    // moxcms panics on no profile known, but profiles are foreign bytes like any others.
    std::panic::catch_unwind(|| {
        let transform = profile.create_transform_8bit(from, &srgb, into, options).ok()?;
        if space == DataColorSpace::Rgb && changes_nothing(&*rgb_transform(&profile, &srgb, options)?) {
            return None;
        }
        let pixels = raw.data.len() / channels;
        let mut converted = vec![0; pixels * if into == Layout::Rgba { 4 } else { 3 }];
        // Rows keep the executor's scratch memory small.
        let row = usize::try_from(raw.width).ok().filter(|width| *width > 0)?;
        let per_pixel = converted.len() / pixels.max(1);
        for (source, target) in raw.data.chunks(row * channels).zip(converted.chunks_mut(row * per_pixel)) {
            transform.transform(source, target).ok()?;
        }
        Some(converted)
    })
    .unwrap_or(None)
}

fn rgb_transform(
    from: &ColorProfile,
    into: &ColorProfile,
    options: TransformOptions,
) -> Option<Arc<Transform8BitExecutor>> {
    from.create_transform_8bit(Layout::Rgb, into, Layout::Rgb, options).ok()
}

/// Most cameras embed sRGB in one of its dozens of spellings. Rather than to know them all, a grid of colours
/// is sent through: a profile that moves none by more than one step would only cost time and add noise.
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
