//! HDR pictures (PQ and HLG, ITU-R BT.2100) converted to sRGB as Chromium does it for a display without HDR: 203 cd/m² is
//! white (BT.2408), and what is brighter, up to 1000, is compressed below it.

use moxcms::{CicpColorPrimaries, CicpProfile, ColorProfile, MatrixCoefficients, TransferCharacteristics};

/// Codes range from 0 to this, whatever the bit depth of the file.
pub(crate) const LAST_CODE: i32 = 4095;

/// The brightest light, white being 1.0.
const BRIGHTEST: f32 = 1000.0 / 203.0;

/// Size of the table of sRGB's curve, whose error is everywhere below half a step of 8 bits.
const STEPS: usize = 8192;

/// Converts codes of one of the two curves to sRGB.
pub(crate) struct ToneMap {
    light: Vec<f32>,
    /// Whether the curve gives the light of the scene, so that the display's gamma is still to be applied (HLG).
    scene: bool,
    into_srgb: [[f32; 3]; 3],
    srgb: Vec<u8>,
}

impl ToneMap {
    /// `None` for every other transfer.
    pub(crate) fn new(primaries: u16, transfer: u16) -> Option<Self> {
        let curve: fn(f32) -> f32 = match transfer {
            16 => perceptual,
            18 => hybrid,
            _ => return None,
        };
        let primaries = u8::try_from(primaries).ok().and_then(|code| CicpColorPrimaries::try_from(code).ok());
        let source = ColorProfile::new_from_cicp(CicpProfile {
            color_primaries: primaries.unwrap_or(CicpColorPrimaries::Bt2020),
            transfer_characteristics: TransferCharacteristics::Srgb,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        });
        let matrix = source.transform_matrix(&ColorProfile::new_srgb()).v;
        #[allow(clippy::cast_possible_truncation, reason = "factors near one")]
        let into_srgb = matrix.map(|row| row.map(|factor| factor as f32));
        let share = |at: usize, of: usize| at as f32 / of as f32;
        let codes = usize::try_from(LAST_CODE).unwrap_or(0);
        Some(Self {
            light: (0..=codes).map(|code| curve(share(code, codes))).collect(),
            scene: transfer == 18,
            into_srgb,
            srgb: (0..=STEPS).map(|step| encoded(share(step, STEPS))).collect(),
        })
    }

    /// Pixels of three or four channels with codes of 8 bits.
    pub(crate) fn all(&self, mut data: Vec<u8>, alpha: bool) -> Vec<u8> {
        let code = |byte: u8| i32::from(byte) * LAST_CODE / 255;
        for pixel in data.chunks_exact_mut(if alpha { 4 } else { 3 }) {
            if let [red, green, blue, ..] = pixel {
                [*red, *green, *blue] = self.srgb([code(*red), code(*green), code(*blue)]);
            }
        }
        data
    }

    /// One pixel.
    pub(crate) fn srgb(&self, codes: [i32; 3]) -> [u8; 3] {
        let mut light = codes
            .map(|code| usize::try_from(code).ok().and_then(|at| self.light.get(at)).map_or(0.0, |l| *l));
        if self.scene {
            // The reference display at 1000 cd/m² (BT.2100, table 5): the system gamma is 1.2.
            let [red, green, blue] = light;
            let luma = 0.2627 * red + 0.678 * green + 0.0593 * blue;
            let lift = luma.max(1e-6).powf(0.2) * BRIGHTEST;
            light = light.map(|channel| channel * lift);
        }
        let most = light.iter().copied().fold(0.0, f32::max);
        let bent = (1.0 + most / (BRIGHTEST * BRIGHTEST)) / (1.0 + most);
        self.into_srgb.map(|row| {
            let linear: f32 = row.iter().zip(&light).map(|(factor, channel)| factor * channel * bent).sum();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let step = (linear.clamp(0.0, 1.0) * STEPS as f32).round() as usize;
            self.srgb.get(step).copied().unwrap_or(u8::MAX)
        })
    }
}

/// PQ: code to light, white being 1.0 (SMPTE ST 2084).
fn perceptual(code: f32) -> f32 {
    const M1: f32 = 0.159_301_76;
    const M2: f32 = 78.84375;
    const C1: f32 = 0.8359375;
    const C2: f32 = 18.851_563;
    const C3: f32 = 18.6875;
    let power = code.powf(1.0 / M2);
    let light = ((power - C1).max(0.0) / (C2 - C3 * power)).powf(1.0 / M1);
    light * 10_000.0 / 203.0
}

/// HLG: code to the light of the scene, 0 to 1 (BT.2100, table 5).
fn hybrid(code: f32) -> f32 {
    const A: f32 = 0.178_832_77;
    const B: f32 = 0.284_668_92;
    const C: f32 = 0.559_910_7;
    if code <= 0.5 { code * code / 3.0 } else { (((code - C) / A).exp() + B) / 12.0 }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
fn encoded(light: f32) -> u8 {
    let value = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_stays_below_the_brightest_and_black_stays_black() {
        for transfer in [16, 18] {
            let tones = ToneMap::new(9, transfer).expect("one of the two");
            assert_eq!(tones.srgb([0; 3]), [0; 3]);
            let bright = tones.srgb([LAST_CODE; 3])[0];
            assert!(bright >= 254, "{bright}");
        }
        // BT.2408, table 1: 203 cd/m² is 58 % of PQ.
        let white = ToneMap::new(9, 16).expect("PQ").srgb([LAST_CODE * 58 / 100; 3]);
        assert!(white[0].abs_diff(190) < 4 && white[0] == white[2], "{white:?}");
        assert!(ToneMap::new(1, 13).is_none());
    }
}
