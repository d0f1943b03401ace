//! HEVC pictures, decoded by heifer's decoder: safe Rust, one picture at a time, on this thread.

use heifer_hevc_dec::decoder::{DecodeOptions, decode_picture};
use heifer_hevc_dec::nal::NalUnit;
use heifer_hevc_dec::params::ParameterSets;
use heifer_hevc_dec::recon::Frame;
use heifer_isobmff::{HeifFile, ItemId};

use super::planes::{Cicp, Planes, Samples};
use super::{container, side};
use crate::fault::{PhotoError, one_line};
use crate::format::Format;

pub(super) fn decode(
    file: &HeifFile<'_>,
    id: ItemId,
    format: Format,
    max_pixels: u64,
) -> Result<Planes, PhotoError> {
    let stream = file.hevc_bitstream(id).map_err(|error| container(format, error))?;
    let options = DecodeOptions { max_pixels, ..DecodeOptions::default() };
    let frame = decode_picture(&stream, options).map_err(|error| fault(format, &error))?;
    let shared = match frame.chroma_format {
        0 => None,
        1 => Some((2, 2)),
        2 => Some((2, 1)),
        _ => Some((1, 1)),
    };
    let mut stated =
        Cicp { matrix: u16::from(frame.matrix_coeffs), full_range: frame.full_range, ..Cicp::default() };
    if let Some((primaries, transfer)) = colours(file, id) {
        stated.primaries = primaries;
        stated.transfer = transfer;
    }
    Ok(Planes {
        size: (frame.widths[0], frame.heights[0]),
        shared,
        depth: frame.bit_depth,
        stated,
        samples: Box::new(Hevc(frame)),
    })
}

/// Primaries and transfer from the parameter sets: some encoders state them only there.
fn colours(file: &HeifFile<'_>, id: ItemId) -> Option<(u16, u16)> {
    let config = file.hevc_config(id).ok()??;
    let mut sets = ParameterSets::default();
    for unit in &config.nal_units {
        sets.add(&NalUnit::parse(unit).ok()?).ok()?;
    }
    sets.sps.iter().flatten().find_map(|set| {
        let vui = set.vui.as_ref()?;
        Some((u16::from(vui.colour_primaries), u16::from(vui.transfer_characteristics)))
    })
}

fn fault(format: Format, error: &heifer_hevc_dec::Error) -> PhotoError {
    match error {
        heifer_hevc_dec::Error::UnexpectedEof => PhotoError::Truncated { format },
        heifer_hevc_dec::Error::Unimplemented(what) => {
            PhotoError::Unsupported { format, reason: one_line(what) }
        }
        other => PhotoError::damaged(format, other),
    }
}

struct Hevc(Frame);

impl Samples for Hevc {
    fn line(&self, plane: usize, y: usize, into: &mut [u16]) {
        let width = side(self.0.widths[plane]);
        if let Some(line) = self.0.planes[plane].get(y * width..(y + 1) * width) {
            let count = width.min(into.len());
            into[..count].copy_from_slice(&line[..count]);
        }
    }
}
