//! From a codec's luma and chroma to 8-bit pixels (ITU-T H.273, section 8.3).

use crate::hdr::{self, ToneMap};

/// Colours by code numbers of ITU-T H.273: primaries, transfer, matrix; 2 is "unspecified".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cicp {
    pub(super) primaries: u16,
    pub(super) transfer: u16,
    pub(super) matrix: u16,
    pub(super) full_range: bool,
}

impl Default for Cicp {
    fn default() -> Self {
        let nothing = super::UNSPECIFIED;
        Self { primaries: nothing, transfer: nothing, matrix: nothing, full_range: false }
    }
}

/// The samples of a decoded picture, however the codec stores them.
pub(super) trait Samples {
    /// Writes one line of a plane (0 luma, 1 blue, 2 red), as many samples as fit into `into`.
    fn line(&self, plane: usize, y: usize, into: &mut [u16]);
}

/// A decoded picture.
pub(super) struct Planes {
    /// Width and height in luma samples.
    pub(super) size: (u32, u32),
    /// How many luma samples share a chroma sample, across and down; `None` for grey.
    pub(super) shared: Option<(u32, u32)>,
    /// Bits of luma and of chroma, 8 to 16.
    pub(super) depth: [u8; 2],
    pub(super) stated: Cicp,
    pub(super) samples: Box<dyn Samples>,
}

impl Planes {
    pub(super) fn width(&self) -> u32 {
        self.size.0
    }

    pub(super) fn height(&self) -> u32 {
        self.size.1
    }

    /// What the coded stream itself says.
    pub(super) fn cicp(&self) -> Cicp {
        self.stated
    }
}

/// Fractional bits of fixed-point numbers.
const POINT: u32 = 16;

/// How samples become pixels.
pub(super) struct Paint {
    kind: Kind,
    /// The maximum of a channel before conversion to 8 bits.
    max: i32,
    tones: Option<ToneMap>,
}

enum Kind {
    /// One channel.
    Alpha(Line),
    Grey(Line),
    /// Green, blue and red without a matrix.
    Identity(Line),
    Matrix {
        luma: Line,
        /// The sample that means zero chroma.
        middle: i32,
        red: i32,
        green: [i32; 2],
        blue: i32,
    },
}

/// `(sample - black) * slope`, in fixed point.
#[derive(Clone, Copy)]
struct Line {
    black: i32,
    slope: i32,
}

impl Line {
    fn new(depth: u8, full_range: bool, max: i32) -> Self {
        let (black, span) = if full_range {
            (0, f64::from((1u32 << depth) - 1))
        } else {
            let unit = 1i32 << (depth - 8);
            (16 * unit, f64::from(219 * unit))
        };
        Self { black, slope: fixed(f64::from(max) / span) }
    }

    fn of(self, sample: u16) -> i32 {
        (i32::from(sample) - self.black) * self.slope
    }
}

#[allow(clippy::cast_possible_truncation, reason = "below 2^31 for 8 bits and more")]
fn fixed(value: f64) -> i32 {
    (value * f64::from(1u32 << POINT)).round() as i32
}

impl Paint {
    /// `None` for a matrix that no camera or phone uses.
    pub(super) fn colours(planes: &Planes, cicp: Cicp, hdr: bool) -> Option<Self> {
        let tones = if hdr { ToneMap::new(cicp.primaries, cicp.transfer) } else { None };
        let max = if tones.is_some() { hdr::LAST_CODE } else { 255 };
        let [depth, chroma_depth] = planes.depth;
        let luma = Line::new(depth, cicp.full_range, max);
        let kind = match (planes.shared, cicp.matrix) {
            (None, _) => Kind::Grey(luma),
            (Some(_), 0) => Kind::Identity(luma),
            (Some(_), matrix) => {
                let (red, blue) = weights(matrix, cicp.primaries)?;
                let green = 1.0 - red - blue;
                let span = if cicp.full_range {
                    f64::from((1u32 << chroma_depth) - 1)
                } else {
                    f64::from(224u32 << (chroma_depth - 8))
                };
                // Chroma is multiplied by sixteen, see `Chroma`.
                let unit = f64::from(max) / span / 16.0;
                let (from_red, from_blue) = (2.0 * (1.0 - red) * unit, 2.0 * (1.0 - blue) * unit);
                Kind::Matrix {
                    luma,
                    middle: 16 << (chroma_depth - 1),
                    red: fixed(from_red),
                    green: [fixed(from_red * red / green), fixed(from_blue * blue / green)],
                    blue: fixed(from_blue),
                }
            }
        };
        Some(Self { kind, max, tones })
    }

    pub(super) fn alpha(planes: &Planes, cicp: Cicp) -> Self {
        Self { kind: Kind::Alpha(Line::new(planes.depth[0], cicp.full_range, 255)), max: 255, tones: None }
    }

    /// Channels per pixel.
    pub(super) fn channels(&self) -> usize {
        if matches!(self.kind, Kind::Alpha(_)) { 1 } else { 3 }
    }

    /// Fills `lines` with the rows from the top, each as wide as its line.
    pub(super) fn rows<'l>(&self, planes: &Planes, lines: impl Iterator<Item = &'l mut [u8]>) {
        let wide = usize::try_from(planes.width()).unwrap_or(0);
        let mut luma = vec![0; wide];
        let mut chroma = planes.shared.map(|shared| Chroma::new(planes, shared));
        let height = usize::try_from(planes.height()).unwrap_or(0);
        for (y, line) in lines.take(height).enumerate() {
            planes.samples.line(0, y, &mut luma);
            if let Some(chroma) = &mut chroma {
                chroma.go_to(planes, y);
            }
            self.row(&luma, chroma.as_ref(), line);
        }
    }

    fn row(&self, luma: &[u16], chroma: Option<&Chroma>, line: &mut [u8]) {
        let at = |value: i32| ((value + (1 << (POINT - 1))) >> POINT).clamp(0, self.max);
        match (&self.kind, chroma) {
            (Kind::Alpha(alpha), _) => {
                for (pixel, sample) in line.iter_mut().zip(luma) {
                    *pixel = byte(at(alpha.of(*sample)));
                }
            }
            (Kind::Identity(scale), Some(chroma)) => {
                let all = luma.iter().zip(chroma.lines[0].iter().zip(&chroma.lines[1]));
                for (pixel, (green, (blue, red))) in line.as_chunks_mut::<3>().0.iter_mut().zip(all) {
                    let plain = |sixteenfold: i32| at(((sixteenfold >> 4) - scale.black) * scale.slope);
                    *pixel = self.pixel([plain(*red), at(scale.of(*green)), plain(*blue)]);
                }
            }
            (Kind::Matrix { luma: scale, middle, red, green, blue }, Some(chroma)) => {
                let all = luma.iter().zip(chroma.lines[0].iter().zip(&chroma.lines[1]));
                for (pixel, (sample, (u, v))) in line.as_chunks_mut::<3>().0.iter_mut().zip(all) {
                    let (bright, u, v) = (scale.of(*sample), u - middle, v - middle);
                    *pixel = self.pixel([
                        at(bright + red * v),
                        at(bright - green[0] * v - green[1] * u),
                        at(bright + blue * u),
                    ]);
                }
            }
            (Kind::Grey(scale) | Kind::Identity(scale) | Kind::Matrix { luma: scale, .. }, _) => {
                for (pixel, sample) in line.as_chunks_mut::<3>().0.iter_mut().zip(luma) {
                    *pixel = self.pixel([at(scale.of(*sample)); 3]);
                }
            }
        }
    }

    fn pixel(&self, codes: [i32; 3]) -> [u8; 3] {
        match &self.tones {
            Some(tones) => tones.srgb(codes),
            None => codes.map(byte),
        }
    }
}

fn byte(value: i32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

/// The shares of red and blue in luma (H.273, table 4). "Unspecified" means BT.601, as in libheif and libavif.
fn weights(matrix: u16, primaries: u16) -> Option<(f64, f64)> {
    match (matrix, primaries) {
        (1, _) | (12, 1) => Some((0.2126, 0.0722)),
        (2 | 5 | 6, _) => Some((0.299, 0.114)),
        (4, _) => Some((0.3, 0.11)),
        (7, _) => Some((0.212, 0.087)),
        (9 | 10, _) | (12, 9) => Some((0.2627, 0.0593)),
        // Derived from the primaries: those of P3.
        (12, 11 | 12) => Some((0.229, 0.0793)),
        _ => None,
    }
}

/// The chroma of one row of pixels, multiplied by sixteen. A chroma sample is in the middle of the pixels that share it, and
/// is interpolated between samples: three parts of the near one, one part of the far one.
struct Chroma {
    shared: (u32, u32),
    size: (usize, usize),
    near: [Vec<u16>; 2],
    far: [Vec<u16>; 2],
    /// Which chroma rows are in `near` and `far`.
    held: Option<(usize, usize)>,
    blend: Vec<i32>,
    /// Blue and red differences, one per pixel.
    lines: [Vec<i32>; 2],
}

impl Chroma {
    fn new(planes: &Planes, shared: (u32, u32)) -> Self {
        let long = |side: u32, shared: u32| usize::try_from(side.div_ceil(shared)).unwrap_or(0);
        let size = (long(planes.width(), shared.0), long(planes.height(), shared.1));
        let empty = || vec![0; size.0];
        Self {
            shared,
            size,
            near: [empty(), empty()],
            far: [empty(), empty()],
            held: None,
            blend: vec![0; size.0],
            lines: [vec![0; long(planes.width(), 1)], vec![0; long(planes.width(), 1)]],
        }
    }

    fn go_to(&mut self, planes: &Planes, y: usize) {
        let (near, far) = neighbours(y, self.shared.1, self.size.1);
        for side in 0..2 {
            if self.held != Some((near, far)) {
                planes.samples.line(side + 1, near, &mut self.near[side]);
                planes.samples.line(side + 1, far, &mut self.far[side]);
            }
            for ((blend, near), far) in self.blend.iter_mut().zip(&self.near[side]).zip(&self.far[side]) {
                *blend = 3 * i32::from(*near) + i32::from(*far);
            }
            if self.shared.0 == 1 {
                for (sum, blend) in self.lines[side].iter_mut().zip(&self.blend) {
                    *sum = 4 * blend;
                }
            } else {
                for (x, sum) in self.lines[side].iter_mut().enumerate() {
                    let (near, far) = neighbours(x, self.shared.0, self.size.0);
                    *sum = 3 * self.blend[near] + self.blend[far];
                }
            }
        }
        self.held = Some((near, far));
    }
}

/// The chroma sample of a pixel and the one on the pixel's other side.
fn neighbours(at: usize, shared: u32, count: usize) -> (usize, usize) {
    if shared == 1 {
        return (at, at);
    }
    let near = (at / 2).min(count.saturating_sub(1));
    let far =
        if at.is_multiple_of(2) { near.saturating_sub(1) } else { (near + 1).min(count.saturating_sub(1)) };
    (near, far)
}
