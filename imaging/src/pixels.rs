//! A photo's pixels, as they were decoded and in sRGB.

use image::metadata::Orientation;
use moxcms::ColorProfile;

use crate::hdr::ToneMap;

/// What the bytes of a pixel mean; 8 bits a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    /// Cyan, magenta, yellow, black; 255 is full ink.
    Inks,
}

/// Pixels as in the file: not yet upright, in the colour space of `profile`.
pub(crate) struct Raw {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) shape: Shape,
    pub(crate) data: Vec<u8>,
    pub(crate) profile: Option<Profile>,
    pub(crate) orientation: Orientation,
}

/// What a file says about its colours.
pub(crate) enum Profile {
    /// The bytes of an ICC profile, not parsed yet.
    Icc(Vec<u8>),
    /// Given by code numbers.
    Known(Box<ColorProfile>),
    /// HDR, brighter than white.
    Bright(Box<ToneMap>),
}

/// sRGB pixels, with alpha only if at least one pixel is not opaque.
pub(crate) struct Srgb {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Four channels instead of three.
    pub(crate) alpha: bool,
    pub(crate) data: Vec<u8>,
}
