//! Printers' inks to sRGB. The darkest ink is not black: as in print shops and editors (relative colorimetric with
//! black-point compensation), light is stretched so that the profile's black becomes the screen's.

use std::sync::Arc;

use moxcms::{ColorProfile, Layout, ProfileClass, RenderingIntent, Transform16BitExecutor, TransformOptions};

/// Converts four inks to sRGB.
pub(crate) struct Inks {
    transform: Arc<Transform16BitExecutor>,
    /// Table from 16 bits to 8, with light stretched.
    stretch: Vec<u8>,
}

impl Inks {
    /// `None` if the profile has no table for the conversion.
    pub(crate) fn new(profile: &ColorProfile) -> Option<Self> {
        let options = intent(RenderingIntent::RelativeColorimetric);
        let srgb = ColorProfile::new_srgb();
        let transform = profile.create_transform_16bit(Layout::Rgba, &srgb, Layout::Rgb, options).ok()?;
        let black = black_point(profile, &*transform).unwrap_or(0.0);
        let stretch = (0..=u16::MAX).map(|value| stretched(value, black)).collect();
        Some(Self { transform, stretch })
    }

    /// All pixels, row by row.
    pub(crate) fn all(&self, data: &[u8], width: usize) -> Option<Vec<u8>> {
        let mut converted = Vec::with_capacity(data.len() / 4 * 3);
        let (mut from, mut into) = (vec![0; width * 4], vec![0; width * 3]);
        for row in data.chunks(width * 4) {
            let (from, into) = (&mut from[..row.len()], &mut into[..row.len() / 4 * 3]);
            for (wide, ink) in from.iter_mut().zip(row) {
                *wide = u16::from(*ink) * 257;
            }
            self.transform.transform(from, into).ok()?;
            converted.extend(into.iter().map(|value| self.stretch[usize::from(*value)]));
        }
        Some(converted)
    }
}

fn intent(rendering_intent: RenderingIntent) -> TransformOptions {
    TransformOptions { rendering_intent, ..TransformOptions::default() }
}

/// The light of the profile's black as a share of white. A printer's black is what its perceptual table makes of L* 0;
/// other profiles' is all inks together (Adobe Systems' Implementation of Black Point Compensation, 2006, as Little CMS
/// interprets it). `None` if there is no such table: then black stays as it is.
fn black_point(profile: &ColorProfile, transform: &Transform16BitExecutor) -> Option<f64> {
    let mut inks = [u16::MAX; 4];
    if profile.profile_class == ProfileClass::OutputDevice {
        profile.lut_b_to_a_perceptual.as_ref()?;
        // The black of sRGB is L* 0.
        let perceptual = intent(RenderingIntent::Perceptual);
        let srgb = ColorProfile::new_srgb();
        let back = srgb.create_transform_16bit(Layout::Rgb, profile, Layout::Rgba, perceptual).ok()?;
        back.transform(&[0; 3], &mut inks).ok()?;
    }
    let mut darkest = [0; 3];
    transform.transform(&inks, &mut darkest).ok()?;
    let [red, green, blue] = darkest.map(light);
    // The shares of sRGB's primaries in Y (D50); no black is lighter than L* 50.
    Some((0.2225 * red + 0.7169 * green + 0.0606 * blue).clamp(0.0, 0.184))
}

/// Converts an sRGB value of 16 bits to light.
fn light(value: u16) -> f64 {
    let encoded = f64::from(value) / f64::from(u16::MAX);
    if encoded <= 0.040_45 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 1 before")]
fn stretched(value: u16, black: f64) -> u8 {
    let light = ((light(value) - black) / (1.0 - black)).clamp(0.0, 1.0);
    let encoded = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (encoded * 255.0).round() as u8
}
