//! AV1 pictures, decoded by rav1d, a port of dav1d to Rust: without its assembly, on this thread. A panic inside it would end the
//! process, since its interface is C's; 38,000 damaged pictures and the fuzzer caused none (docs/benchmarks.md) except an integer
//! overflow, which wraps as in C: the workspace's Cargo.toml disables overflow checks for it.

use heifer_isobmff::{HeifFile, ItemId};
use messages::tr;
use re_rav1d::dav1d::pixel::YUVRange;
use re_rav1d::dav1d::{Decoder, Error, Picture, PixelLayout, PlanarImageComponent, Plane, Settings};

use super::planes::{Cicp, Planes, Samples};
use super::{container, side};
use crate::fault::PhotoError;
use crate::format::Format;

pub(super) fn decode(
    file: &HeifFile<'_>,
    id: ItemId,
    format: Format,
    max_pixels: u64,
) -> Result<Planes, PhotoError> {
    let stream = file.item_data(id).map_err(|error| container(format, error))?.into_owned();
    let damaged = |reason: &str| PhotoError::damaged(format, reason);
    if stream.is_empty() {
        return Err(damaged(tr!("its picture has no data")));
    }
    let picture = last_picture(stream, max_pixels).map_err(|error| fault(format, error))?;
    let layout = picture.pixel_layout();
    let shared = match layout {
        PixelLayout::I400 => None,
        PixelLayout::I420 => Some((2, 2)),
        PixelLayout::I422 => Some((2, 1)),
        PixelLayout::I444 => Some((1, 1)),
    };
    let bits = picture
        .bits_per_component()
        .ok_or_else(|| damaged(tr!("it does not say how deep its pixels are")))?;
    let bits = u8::try_from(bits.0).unwrap_or(u8::MAX);
    // The enumerations have the numbers of H.273.
    let stated = Cicp {
        primaries: picture.color_primaries() as u16,
        transfer: picture.transfer_characteristic() as u16,
        matrix: picture.matrix_coefficients() as u16,
        full_range: picture.color_range() == YUVRange::Full,
    };
    let parts: &[PlanarImageComponent] = match layout {
        PixelLayout::I400 => &[PlanarImageComponent::Y],
        _ => &[PlanarImageComponent::Y, PlanarImageComponent::U, PlanarImageComponent::V],
    };
    let planes = parts.iter().map(|part| (picture.plane(*part), side(picture.stride(*part)))).collect();
    Ok(Planes {
        size: (picture.width(), picture.height()),
        shared,
        depth: [bits, bits],
        stated,
        samples: Box::new(Av1 { planes, wide: bits > 8 }),
    })
}

/// A picture may have layers, each better than the previous one: the last one counts.
fn last_picture(stream: Vec<u8>, max_pixels: u64) -> Result<Picture, Error> {
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_all_layers(false);
    settings.set_frame_size_limit(u32::try_from(max_pixels).unwrap_or(u32::MAX));
    let mut decoder = Decoder::with_settings(&settings)?;
    let mut last = None;
    let mut sent = decoder.send_data(stream, None, None, None);
    loop {
        match decoder.get_picture() {
            Ok(picture) => last = Some(picture),
            Err(error) => {
                // Neither data accepted nor a picture returned: nothing more will come.
                let waiting = matches!(sent, Err(error) if error.is_again());
                return match (last, sent) {
                    (Some(picture), Ok(())) => Ok(picture),
                    (_, Err(error)) if !waiting => Err(error),
                    _ => Err(error),
                };
            }
        }
        if sent.is_err() {
            sent = decoder.send_pending_data();
        }
    }
}

fn fault(format: Format, error: Error) -> PhotoError {
    match error {
        Error::Again => PhotoError::damaged(format, tr!("its picture is not complete")),
        Error::UnsupportedBitstream => PhotoError::Unsupported {
            format,
            reason: tr!("its AV1 stream needs what the decoder does not know").into(),
        },
        other => PhotoError::damaged(format, other),
    }
}

struct Av1 {
    /// Each with the bytes from one line to the next.
    planes: Vec<(Plane, usize)>,
    /// Two bytes per sample, in native order.
    wide: bool,
}

impl Samples for Av1 {
    fn line(&self, plane: usize, y: usize, into: &mut [u16]) {
        let Some((samples, stride)) = self.planes.get(plane) else { return };
        let Some(line) = samples.get(y * stride..(y + 1) * stride) else { return };
        if self.wide {
            for (to, from) in into.iter_mut().zip(line.as_chunks().0) {
                *to = u16::from_ne_bytes(*from);
            }
        } else {
            for (to, from) in into.iter_mut().zip(line) {
                *to = u16::from(*from);
            }
        }
    }
}
