//! Reading HEIC and AVIF: one container (ISO/IEC 23008-12, HEIF), two codecs. This module is what both share: which
//! item is the photo, its tiles, its transparency, how it is cropped and turned. Everything else in the file
//! (thumbnail, depth, gain map, video, EXIF) is never decoded.

#[cfg(feature = "avif")]
mod av1;
#[cfg(feature = "heif")]
mod hevc;
mod planes;

use heifer_isobmff::boxes::{ColorInfo, Property};
use heifer_isobmff::{BoxIter, HeifFile, ItemId};
use image::metadata::Orientation;
use messages::tr;

use crate::colour;
use crate::exif::upright;
use crate::fault::PhotoError;
use crate::format::Format;
use crate::pixels::{Profile, Raw, Shape};
use crate::probe::Probe;
use planes::{Cicp, Paint, Planes};

/// "Unspecified" in the tables of ITU-T H.273.
const UNSPECIFIED: u16 = 2;

/// Reads the container without decoding.
pub(crate) fn probe(bytes: &[u8], format: Format) -> Result<Probe, PhotoError> {
    let still = Still::open(bytes, format)?;
    let (width, height) = upright(still.crop.width, still.crop.height, still.turn);
    // Sequences have a brand of their own (ISO/IEC 23008-12, section 10.3; AVIF, section 6.2).
    let animated = matches!(bytes.get(8..12), Some(b"avis" | b"hevc" | b"hevx" | b"msf1"));
    Ok(Probe { format, width, height, animated })
}

/// Decodes the photo, not yet upright; `max_pixels` also bounds every part of it.
pub(crate) fn decode(bytes: &[u8], format: Format, max_pixels: u64) -> Result<Raw, PhotoError> {
    let still = Still::open(bytes, format)?;
    let colours = still.picture(still.id, max_pixels, Wanted::Colours)?;
    let alpha = match still.alpha()? {
        Some(id) => Some(still.picture(id, max_pixels, Wanted::Alpha)?),
        None => None,
    };
    let profile = still.profile(colours.cicp);
    let mut data = colours.data;
    let shape = match alpha {
        None => Shape::Rgb,
        Some(alpha) => {
            if (alpha.width, alpha.height) != (colours.width, colours.height) {
                return Err(still.unsupported(tr!("its transparency has another size than its colours")));
            }
            data = with_alpha(&data, &alpha.data, still.premultiplied());
            Shape::Rgba
        }
    };
    let Crop { left, top, width, height } = still.crop;
    let channels = if shape == Shape::Rgba { 4 } else { 3 };
    let data = cut_out(data, colours.width, channels, [left, top, width, height])
        .ok_or_else(|| still.damaged(tr!("its crop lies outside of the picture")))?;
    Ok(Raw { width, height, shape, data, profile, orientation: still.turn })
}

/// Which part of a coded picture is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Colours,
    /// Transparency: the luma of an auxiliary picture.
    Alpha,
}

/// Decoded pixels of one item: three channels for colours, one for alpha.
struct Picture {
    width: u32,
    height: u32,
    data: Vec<u8>,
    cicp: Cicp,
}

#[derive(Clone, Copy)]
struct Crop {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

/// The photo of a file, and how it is to be shown.
struct Still<'a> {
    file: HeifFile<'a>,
    id: ItemId,
    format: Format,
    /// In the coded picture, before it is turned.
    crop: Crop,
    turn: Orientation,
}

impl<'a> Still<'a> {
    fn open(bytes: &'a [u8], format: Format) -> Result<Self, PhotoError> {
        // The missing end may contain the tiles, or the table of their positions.
        if BoxIter::new(bytes).any(|part| part.is_err()) {
            return Err(PhotoError::Truncated { format });
        }
        let file = HeifFile::parse(bytes).map_err(|error| {
            let film = || BoxIter::new(bytes).flatten().any(|part| part.header.box_type.0 == *b"moov");
            match error {
                heifer_isobmff::Error::MissingBox(kind) if kind.0 == *b"meta" && film() => {
                    PhotoError::Animated { format }
                }
                heifer_isobmff::Error::MissingBox(kind) if kind.0 == *b"meta" => {
                    PhotoError::Truncated { format }
                }
                other => container(format, other),
            }
        })?;
        let id = file.primary_id;
        let size = file.image_size(id).map_err(|error| container(format, error))?;
        let (width, height) =
            size.ok_or_else(|| PhotoError::damaged(format, tr!("its header does not say how large it is")))?;
        let crop = Crop { left: 0, top: 0, width, height };
        let mut still = Self { file, id, format, crop, turn: Orientation::NoTransforms };
        still.follow_transforms()?;
        Ok(still)
    }

    /// Crop, rotation and mirroring, in the order in which the file lists them (HEIF, section 6.5.1).
    fn follow_transforms(&mut self) -> Result<(), PhotoError> {
        let mut turn = Turn { quarters: 0, mirrored: false };
        let properties = self.file.item_properties(self.id).map_err(|error| container(self.format, error))?;
        let mut crop = self.crop;
        for property in properties {
            match *property {
                Property::CleanAperture { width, height, horiz_offset, vert_offset } => {
                    if turn != (Turn { quarters: 0, mirrored: false }) {
                        return Err(self.unsupported(tr!("it is cropped after it was turned")));
                    }
                    let (left, new_width) = aperture(crop.width, width, horiz_offset)
                        .ok_or_else(|| self.damaged(tr!("its crop lies outside of the picture")))?;
                    let (top, new_height) = aperture(crop.height, height, vert_offset)
                        .ok_or_else(|| self.damaged(tr!("its crop lies outside of the picture")))?;
                    crop = Crop {
                        left: crop.left + left,
                        top: crop.top + top,
                        width: new_width,
                        height: new_height,
                    };
                }
                Property::Rotation(quarters) => turn.rotate_left(quarters),
                Property::Mirror(top_bottom) => turn.mirror(top_bottom),
                _ => {}
            }
        }
        self.crop = crop;
        self.turn = turn.orientation();
        Ok(())
    }

    /// Decodes an item: one coded picture, or a grid of them.
    fn picture(&self, id: ItemId, max_pixels: u64, wanted: Wanted) -> Result<Picture, PhotoError> {
        let kind = self.kind(id)?;
        if kind != *b"grid" {
            let planes = self.coded(id, kind, max_pixels)?;
            let paint = self.paint(id, &planes, wanted)?;
            let (width, height) = (planes.width(), planes.height());
            let (width, height) = match self.size(id)? {
                // A codec works in blocks: anything beyond the stated size is padding.
                Some((w, h)) if w <= width && h <= height => (w, h),
                _ => return Err(self.damaged(tr!("its pixels are not as many as its header says"))),
            };
            let mut data = vec![0; side(width) * side(height) * paint.channels()];
            let row = side(width) * paint.channels();
            paint.rows(&planes, data.chunks_exact_mut(row.max(1)));
            return Ok(Picture { width, height, data, cicp: self.cicp(id, planes.cicp()) });
        }
        self.grid(id, max_pixels, wanted)
    }

    fn grid(&self, id: ItemId, max_pixels: u64, wanted: Wanted) -> Result<Picture, PhotoError> {
        let grid = self.file.grid(id).map_err(|error| container(self.format, error))?;
        let tiles = self.file.referenced_items(id, b"dimg");
        let (columns, rows) = (usize::from(grid.columns), usize::from(grid.rows));
        let (width, height) = (grid.output_width, grid.output_height);
        if tiles.len() != columns * rows {
            return Err(self.damaged(tr!("some of its tiles are missing")));
        }
        if self.size(id)?.is_some_and(|stated| stated != (width, height)) {
            return Err(self.damaged(tr!("its header states two sizes")));
        }
        if u64::from(width) * u64::from(height) > max_pixels {
            return Err(self.damaged(tr!("its tiles are together larger than its header says")));
        }
        let mut data = Vec::new();
        let mut cicp = Cicp::default();
        let mut first: Option<(u32, u32)> = None;
        for (at, tile) in tiles.iter().enumerate() {
            let kind = self.kind(*tile)?;
            let limit = first.map_or(max_pixels, |(w, h)| u64::from(w + 64) * u64::from(h + 64));
            let planes = self.coded(*tile, kind, limit)?;
            let paint = self.paint(*tile, &planes, wanted)?;
            let size = self.size(*tile)?.unwrap_or((planes.width(), planes.height()));
            if size.0 > planes.width() || size.1 > planes.height() || *first.get_or_insert(size) != size {
                return Err(self.damaged(tr!("its tiles have different sizes")));
            }
            let (left, top) = (side(size.0) * (at % columns), side(size.1) * (at / columns));
            let (right, bottom) = (left + side(size.0), top + side(size.1));
            // HEIF, section 6.6.2.3.1: tiles cover the picture, and none is outside it.
            if left >= side(width)
                || top >= side(height)
                || (at % columns == columns - 1 && right < side(width))
                || (at / columns == rows - 1 && bottom < side(height))
            {
                return Err(self.damaged(tr!("its tiles do not cover it")));
            }
            if data.is_empty() {
                data = vec![0; side(width) * side(height) * paint.channels()];
                cicp = self.cicp(id, planes.cicp());
            }
            let row = side(width) * paint.channels();
            let right = right.min(side(width));
            let lines = data.chunks_exact_mut(row).skip(top).take(side(size.1));
            paint.rows(
                &planes,
                lines.map(|line| &mut line[left * paint.channels()..right * paint.channels()]),
            );
        }
        Ok(Picture { width, height, data, cicp })
    }

    /// Decodes one coded picture of at most `max_pixels` pixels.
    fn coded(&self, id: ItemId, kind: [u8; 4], max_pixels: u64) -> Result<Planes, PhotoError> {
        let planes = match &kind {
            #[cfg(feature = "heif")]
            b"hvc1" | b"hev1" => hevc::decode(&self.file, id, self.format, max_pixels)?,
            #[cfg(feature = "avif")]
            b"av01" => av1::decode(&self.file, id, self.format, max_pixels)?,
            other => {
                let kind = String::from_utf8_lossy(other).escape_default().to_string();
                return Err(self.unsupported(tr!("its picture is coded as `{kind}`")));
            }
        };
        if u64::from(planes.width()) * u64::from(planes.height()) > max_pixels {
            return Err(self.damaged(tr!("its pixels are more than its header says")));
        }
        Ok(planes)
    }

    fn paint(&self, id: ItemId, planes: &Planes, wanted: Wanted) -> Result<Paint, PhotoError> {
        let cicp = self.cicp(id, planes.cicp());
        let paint = match wanted {
            // A profile overrides the code numbers.
            Wanted::Colours => Paint::colours(planes, cicp, self.icc().is_none()),
            Wanted::Alpha => Some(Paint::alpha(planes, cicp)),
        };
        paint.ok_or_else(|| {
            self.unsupported(tr!("its colours are coded by matrix {matrix}", matrix = cicp.matrix))
        })
    }

    /// What an item says about its colours: its own property, then the photo's, then the codec's (HEIF, section 6.5.5.1).
    fn cicp(&self, id: ItemId, coded: Cicp) -> Cicp {
        let stated = |id| {
            self.file.item_properties(id).ok()?.find_map(|property| match property {
                Property::Color(ColorInfo::Nclx { primaries, transfer, matrix, full_range }) => Some(Cicp {
                    primaries: *primaries,
                    transfer: *transfer,
                    matrix: *matrix,
                    full_range: *full_range,
                }),
                _ => None,
            })
        };
        stated(id).or_else(|| stated(self.id)).unwrap_or(coded)
    }

    /// A profile takes precedence over code numbers; those of sRGB need none.
    fn profile(&self, cicp: Cicp) -> Option<Profile> {
        if let Some(icc) = self.icc() {
            return Some(Profile::Icc(icc.to_vec()));
        }
        // HDR has already been converted, while its samples had all their bits.
        colour::by_numbers(cicp.primaries, cicp.transfer)
            .filter(|profile| !matches!(profile, Profile::Bright(_)))
    }

    fn icc(&self) -> Option<&[u8]> {
        self.file.icc_profile(self.id).ok().flatten()
    }

    /// The item with the photo's transparency (ISO/IEC 23008-12, section 6.5.8, and 23091-2).
    fn alpha(&self) -> Result<Option<ItemId>, PhotoError> {
        for id in self.file.referencing_items(self.id, b"auxl") {
            let mut properties =
                self.file.item_properties(id).map_err(|error| container(self.format, error))?;
            let alpha = properties.any(|property| {
                matches!(property, Property::AuxiliaryType(kind)
                    if kind == "urn:mpeg:hevc:2015:auxid:1" || kind == "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha")
            });
            if alpha {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    fn premultiplied(&self) -> bool {
        !self.file.referenced_items(self.id, b"prem").is_empty()
    }

    fn kind(&self, id: ItemId) -> Result<[u8; 4], PhotoError> {
        self.file.item(id).map(|item| item.item_type.0).map_err(|error| container(self.format, error))
    }

    fn size(&self, id: ItemId) -> Result<Option<(u32, u32)>, PhotoError> {
        self.file.image_size(id).map_err(|error| container(self.format, error))
    }

    fn damaged(&self, reason: &str) -> PhotoError {
        PhotoError::damaged(self.format, reason)
    }

    fn unsupported(&self, reason: impl Into<String>) -> PhotoError {
        PhotoError::Unsupported { format: self.format, reason: reason.into() }
    }
}

fn container(format: Format, error: heifer_isobmff::Error) -> PhotoError {
    match error {
        heifer_isobmff::Error::UnexpectedEof => PhotoError::Truncated { format },
        other => PhotoError::damaged(format, other),
    }
}

fn side(pixels: u32) -> usize {
    usize::try_from(pixels).unwrap_or(usize::MAX)
}

/// A number of clockwise quarter turns, then perhaps mirrored left to right: a unique form of each of the eight orientations.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Turn {
    quarters: u8,
    mirrored: bool,
}

impl Turn {
    fn rotate_left(&mut self, quarters: u8) {
        // In a mirror, left is right.
        let right = if self.mirrored { quarters } else { 4 - quarters % 4 };
        self.quarters = (self.quarters + right) % 4;
    }

    fn mirror(&mut self, top_bottom: bool) {
        if top_bottom {
            self.rotate_left(2);
        }
        self.mirrored = !self.mirrored;
    }

    fn orientation(self) -> Orientation {
        match (self.quarters % 4, self.mirrored) {
            (0, false) => Orientation::NoTransforms,
            (1, false) => Orientation::Rotate90,
            (2, false) => Orientation::Rotate180,
            (3, false) => Orientation::Rotate270,
            (0, true) => Orientation::FlipHorizontal,
            (1, true) => Orientation::Rotate90FlipH,
            (2, true) => Orientation::FlipVertical,
            _ => Orientation::Rotate270FlipH,
        }
    }
}

/// Where a crop of `length` begins on a side, and its length in pixels (ISO/IEC 14496-12, section 12.1.4): the offset
/// is from the picture's centre to the crop's.
fn aperture(side: u32, length: (u32, u32), offset: (i32, u32)) -> Option<(u32, u32)> {
    if length.1 == 0 || offset.1 == 0 {
        return None;
    }
    let wanted = (f64::from(length.0) / f64::from(length.1)).round();
    let centre = f64::from(offset.0) / f64::from(offset.1) + f64::from(side) / 2.0;
    let start = (centre - wanted / 2.0).round();
    let inside = wanted >= 1.0 && start >= 0.0 && start + wanted <= f64::from(side);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both lie within a u32's side"
    )]
    inside.then_some((start as u32, wanted as u32))
}

/// The rectangle `[left, top, width, height]` of a picture; the whole picture is not copied.
fn cut_out(data: Vec<u8>, width: u32, channels: usize, rectangle: [u32; 4]) -> Option<Vec<u8>> {
    let [left, top, wide, high] = rectangle.map(side);
    let row = side(width) * channels;
    if (left, top) == (0, 0) && wide == side(width) && data.len() == row * high {
        return Some(data);
    }
    let (from, to) = (left * channels, (left + wide) * channels);
    if to > row || (top + high) * row > data.len() {
        return None;
    }
    Some(data.chunks_exact(row).skip(top).take(high).flat_map(|line| &line[from..to]).copied().collect())
}

fn with_alpha(rgb: &[u8], alpha: &[u8], premultiplied: bool) -> Vec<u8> {
    let apart = |channel: u8, alpha: u8| match alpha {
        0 => 0,
        _ => u8::try_from((u32::from(channel) * 255 + u32::from(alpha) / 2) / u32::from(alpha))
            .unwrap_or(u8::MAX),
    };
    rgb.as_chunks()
        .0
        .iter()
        .zip(alpha)
        .flat_map(|([r, g, b], a): (&[u8; 3], &u8)| {
            if premultiplied { [apart(*r, *a), apart(*g, *a), apart(*b, *a), *a] } else { [*r, *g, *b, *a] }
        })
        .collect()
}
