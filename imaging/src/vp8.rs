//! Lossy WebP, shrunk while its planes are converted to colours: the picture is never in memory with all its colours, which
//! would take twice as much as the planes.

use std::io::Cursor;

use image_webp::vp8::{Frame, Vp8Decoder};

use crate::shrink::Shrink;

/// One pixel for `factor` times `factor`, as red, green and blue, of a picture whose header says `size`. `None` if the file has
/// alpha, has several frames or is lossless, if its frame has another size, or if it cannot be read, for which the decoder of
/// whole pictures has better errors.
pub(crate) fn smaller(bytes: &[u8], size: (u32, u32), factor: u32) -> Option<Vec<u8>> {
    let frame = only_frame(bytes).filter(|frame| size_of(frame) == Some(size))?;
    let frame = Vp8Decoder::decode_frame(Cursor::new(frame)).ok()?;
    let mut shrink = Shrink::new(factor, 3, false);
    let mut row = vec![0; usize::from(frame.width) * 3];
    for y in 0..usize::from(frame.height) {
        colours(&frame, y, &mut row)?;
        shrink.row(&row);
    }
    Some(shrink.finish())
}

/// The one frame of a lossy file without alpha (RFC 9649, section 2.5 to 2.7).
fn only_frame(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.get(12..)?;
    let mut frame = None;
    while let Some((head, body)) = rest.split_first_chunk::<8>() {
        let (name, length) = head.split_at(4);
        let length = usize::try_from(u32::from_le_bytes(length.try_into().ok()?)).ok()?;
        match name {
            b"VP8 " => frame = body.get(..length),
            b"VP8L" | b"ALPH" | b"ANIM" | b"ANMF" => return None,
            _ => {}
        }
        // Chunks begin at even offsets.
        rest = body.get(length + length % 2..).unwrap_or_default();
    }
    frame
}

/// Width and height according to the frame itself (RFC 6386, section 9.1): 14 bits each, after three bytes and a three-byte
/// mark. The size of the container, which was checked, may be different.
fn size_of(frame: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| {
        let bytes = frame.get(at..at + 2)?.try_into().ok()?;
        Some(u32::from(u16::from_le_bytes(bytes) & 0x3FFF))
    };
    Some((side(6)?, side(8)?))
}

/// A row of pixels: BT.601 with black at 16 and white at 235 (RFC 6386, section 9.2), one pair of colour values for four
/// pixels. Since pixels are averaged afterwards, smoothing these values would gain nothing.
fn colours(frame: &Frame, y: usize, row: &mut [u8]) -> Option<()> {
    // Planes consist of whole macroblocks.
    let stride = usize::from(frame.width).next_multiple_of(16);
    let luma = frame.ybuf.get(y * stride..)?;
    let half = (y / 2) * (stride / 2);
    let (blue, red) = (frame.ubuf.get(half..)?, frame.vbuf.get(half..)?);
    for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
        let luma = 298 * (i32::from(*luma.get(x)?) - 16) + 128;
        let (blue, red) = (i32::from(*blue.get(x / 2)?) - 128, i32::from(*red.get(x / 2)?) - 128);
        let parts = [luma + 409 * red, luma - 100 * blue - 208 * red, luma + 516 * blue];
        for (value, part) in pixel.iter_mut().zip(parts) {
            *value = u8::try_from((part >> 8).clamp(0, 255)).unwrap_or(u8::MAX);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(width: u32, height: u32) -> Vec<u8> {
        let pixels: Vec<u8> = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| [x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height)])
            .map(|value| u8::try_from(value).expect("a byte"))
            .collect();
        webp::Encoder::new(&pixels, webp::PixelLayout::Rgb, width, height).encode(90.0).to_vec()
    }

    #[test]
    fn it_is_the_whole_picture_made_smaller() {
        for (width, height, factor) in [(64, 48, 2), (67, 45, 2), (67, 45, 4), (130, 33, 8)] {
            let bytes = file(width, height);
            let mut decoder = image_webp::WebPDecoder::new(Cursor::new(&bytes)).expect("a WebP");
            let mut whole = vec![0; decoder.output_buffer_size().expect("a size")];
            decoder.read_image(&mut whole).expect("decoded");
            let mut expected = Shrink::new(factor, 3, false);
            whole.chunks_exact(usize::try_from(width * 3).expect("small")).for_each(|row| expected.row(row));
            let (expected, found) =
                (expected.finish(), smaller(&bytes, (width, height), factor).expect("lossy, without alpha"));
            assert_eq!(found.len(), expected.len());
            let worst = found.iter().zip(&expected).map(|(one, other)| one.abs_diff(*other)).max();
            assert!(worst <= Some(6), "{width} x {height}, {factor}: {worst:?}");
        }
    }

    #[test]
    fn what_has_alpha_or_no_loss_is_left_to_the_other_decoder() {
        let clear = [10, 20, 30, 40].repeat(64);
        let encoder = webp::Encoder::new(&clear, webp::PixelLayout::Rgba, 8, 8);
        assert_eq!(smaller(&encoder.encode(80.0), (8, 8), 2), None);
        assert_eq!(smaller(&encoder.encode_lossless(), (8, 8), 2), None);
        let whole = file(64, 48);
        assert!(smaller(&whole, (64, 48), 2).is_some());
        for other in [(64, 47), (32, 48), (16_000, 16_000)] {
            assert_eq!(smaller(&whole, other, 2), None, "a frame of another size than was judged");
        }
        for cut in [0, 11, 12, 19, 20, 40, whole.len() - 1] {
            // It must not panic; the other decoder reports truncated files.
            let _ = smaller(&whole[..cut], (64, 48), 2);
        }
    }
}
