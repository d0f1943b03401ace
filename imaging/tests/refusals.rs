//! What is refused, and with which messages; and that no file whatsoever crashes the build.

mod fabricate;

use fabricate::*;
use image::ImageFormat;
use imaging::{PhotoError, Recipe, develop, plan, probe};
use proptest::prelude::*;

fn small() -> Recipe {
    Recipe { widths: vec![16, 48], fallback_width: 32, max_pixels: 1_000_000, ..Recipe::default() }
}

fn refusal(bytes: &[u8]) -> PhotoError {
    develop(bytes, &small()).expect_err("is refused")
}

#[test]
fn foreign_formats_are_called_by_their_name_with_a_way_out() {
    for (bytes, name, remedy) in [
        (&b"\0\0\0\x18ftypqt  \0\0\0\0"[..], "video", "still frame"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isom", "video", "still frame"),
        (b"\0\0\x07\x5Cmoov\0\0\0\x6Cmvhd", "video", "still frame"),
        (b"RIFF\0\x01\0\0AVI LIST", "video", "still frame"),
        (b"\x1A\x45\xDF\xA3\x01\0\0\0", "video", "still frame"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01", "camera raw", "JPEG"),
        (b"FUJIFILMCCD-RAW 0201", "camera raw", "JPEG"),
        (b"IIRO\x08\0\0\0", "camera raw", "JPEG"),
        (b"IIU\0\x08\0\0\0", "camera raw", "JPEG"),
        (b"\0\0\0\x0CJXL \r\n\x87\n", "JPEG XL", "JPEG"),
        (b"\xFF\x0A\xFA\x1F", "JPEG XL", "JPEG"),
        (b"\0\0\0\x0CjP  \r\n\x87\n", "JPEG 2000", "JPEG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "drawing program", "PNG"),
        (b"gimp xcf v011", "drawing program", "PNG"),
        (b"PK\x03\x04\x14\0\x06\0", "archive", "take the photo"),
        (b"II*\0\x08\0\0\0", "TIFF", "JPEG"),
        (b"MM\0*\0\0\0\x08", "camera raw", "JPEG"),
        (b"BM\x9A\x02\0\0\0\0\0\0\x36\0", "BMP", "JPEG"),
        (b"%PDF-1.7", "PDF", "PNG"),
        (b"8BPS\0\x01", "Photoshop", "JPEG"),
        (b"\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "SVG", "PNG"),
        (b"<!DOCTYPE html><title>404</title>", "web page", "browser"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "Git LFS", "git lfs pull"),
    ] {
        let error = refusal(bytes);
        assert!(error.to_string().contains(name), "{error}");
        assert!(error.help().contains(remedy), "{}", error.help());
        assert!(!error.to_string().contains('\n'));
    }
    assert_eq!(refusal(b""), PhotoError::Empty);
    assert_eq!(refusal(b"my cat"), PhotoError::NotAPicture);
}

#[test]
fn animations_are_refused_and_stills_of_the_same_format_are_not() {
    for bytes in [animated_gif(), animated_png(), animated_webp()] {
        assert!(probe(&bytes).unwrap().animated);
        let error = refusal(&bytes);
        assert!(matches!(error, PhotoError::Animated { .. }), "{error}");
        assert!(error.help().contains("still"));
    }
    let still = image::DynamicImage::ImageRgb8(scene(20, 10)).to_rgba8();
    assert!(!probe(&save(still, ImageFormat::Gif)).unwrap().animated);
}

#[test]
fn rare_kinds_of_jpeg_and_png_are_named() {
    let frame = |marker: u8, bits: u8| {
        let mut bytes = jpeg(&scene(40, 30));
        let at = bytes.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
        bytes[at + 1] = marker;
        bytes[at + 4] = bits;
        bytes
    };
    let apple = with_chunks(&save(scene(20, 10), ImageFormat::Png), &[], &[]);
    let apple = [&apple[..8], b"\0\0\0\x04CgBI\x50\0\x20\x02\x2B\xD5\xB3\x7F", &apple[8..]].concat();
    for (bytes, words) in [
        (frame(0xC9, 8), "this JPEG is of a kind that cannot be read: arithmetic coding"),
        (frame(0xCA, 8), "this JPEG is of a kind that cannot be read: arithmetic coding"),
        (frame(0xC3, 8), "this JPEG is of a kind that cannot be read: lossless JPEG"),
        (frame(0xC1, 12), "this JPEG is of a kind that cannot be read: 12 bits a colour"),
        (apple, "this PNG is of a kind that cannot be read: Apple's own form, as found inside of apps"),
    ] {
        let error = probe(&bytes).expect_err("is refused by its header");
        assert_eq!(error.to_string(), words);
        assert!(error.help().contains("export it anew as JPEG"));
    }
    // The extended form with 8 bits is read like the baseline.
    assert!(develop(&frame(0xC1, 8), &small()).is_ok());
}

#[test]
fn a_claimed_size_is_refused_before_memory_is_taken() {
    let error = refusal(&claiming_png(2_000_000_000, 2_000_000_000));
    assert!(matches!(error, PhotoError::TooLarge { .. }), "{error}");
    // 65,500 x 65,500 in the frame header of an ordinary JPEG.
    let mut bytes = jpeg(&scene(40, 30));
    let frame = bytes.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
    let error = refusal(&bytes);
    assert_eq!(error.to_string(), "the photo is 65500 x 65500 pixels: more than 1 million");
}

#[test]
fn a_cut_off_file_is_an_error_wherever_it_is_cut() {
    let image = scene(90, 70);
    let mut progressive = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut progressive, 85);
    encoder.set_progressive(true);
    encoder.encode(image.as_raw(), 90, 70, jpeg_encoder::ColorType::Rgb).unwrap();
    let lossy = develop(&jpeg(&image), &small()).unwrap().renditions.remove(1).1;
    assert_eq!(&lossy[8..16], b"WEBPVP8 ");
    for (name, bytes, spare) in [
        ("baseline", jpeg(&image), 0),
        ("progressive", progressive, 0),
        // The last chunk of a PNG and the last block of a GIF do not matter.
        ("png", save(image.clone(), ImageFormat::Png), 16),
        ("gif", save(image::DynamicImage::ImageRgb8(image.clone()).to_rgba8(), ImageFormat::Gif), 6),
        ("webp", save(image, ImageFormat::WebP), 0),
        ("lossy webp", lossy, 0),
    ] {
        assert!(develop(&bytes, &small()).is_ok(), "{name} is whole");
        let mut truncations = 0;
        for end in 1..bytes.len() - spare {
            let error = develop(&bytes[..end], &small());
            let error = error.err().unwrap_or_else(|| panic!("{name} passes at {end} of {}", bytes.len()));
            truncations += usize::from(matches!(error, PhotoError::Truncated { .. }));
        }
        assert!(
            truncations > bytes.len() / 2,
            "{name}: mostly called by its name, not {truncations}/{}",
            bytes.len()
        );
    }
}

#[test]
fn a_photo_with_a_film_after_its_end_is_fine() {
    let bytes = [jpeg(&scene(60, 40)), vec![0xFF, 0xD8, 0xFF, 0xE1, 1, 2, 3]].concat();
    assert!(develop(&bytes, &small()).is_ok());
}

#[test]
fn padding_between_the_segments_is_forgiven() {
    let bytes = jpeg(&scene(60, 40));
    let second = 4 + usize::from(u16::from_be_bytes([bytes[4], bytes[5]]));
    let padded = [&bytes[..second], &[0; 12], &bytes[second..]].concat();
    assert!(develop(&padded, &small()).is_ok());
}

fn samples() -> Vec<Vec<u8>> {
    let image = scene(40, 30);
    vec![
        jpeg_with(
            &image,
            Some(moxcms::ColorProfile::new_display_p3().encode().expect("fine")),
            Some(exif(5)),
        ),
        inks_jpeg(24, 16, [10, 20, 30, 40], true, Some(&printer_profile())),
        save(half_clear(40, 30), ImageFormat::Png),
        save(half_clear(40, 30), ImageFormat::WebP),
        save(half_clear(40, 30), ImageFormat::Gif),
        develop(&jpeg(&image), &small()).expect("fine").renditions.remove(0).1,
        animated_webp(),
        animated_png(),
    ]
}

/// Whatever the result, it must be what the header promised.
fn keeps_its_word(bytes: &[u8]) {
    let Ok(header) = probe(bytes) else { return };
    match develop(bytes, &small()) {
        Ok(developed) => {
            let made: Vec<_> = developed.renditions.iter().map(|(r, _)| *r).collect();
            assert_eq!(made, plan(&header, &small()));
        }
        Err(error) => {
            let text = error.to_string();
            assert!(!text.contains('\n') && text.len() < 300 && !error.help().is_empty(), "{text}");
            assert!(!matches!(error, PhotoError::Encoding { .. }), "{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(start in 0usize..6, bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let starts: [&[u8]; 6] =
            [b"", b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR", b"RIFF\0\x01\0\0WEBPVP8", b"GIF89a", b"<svg"];
        keeps_its_word(&[starts[start], &bytes].concat());
    }

    #[test]
    fn damaged_files_never_panic(
        which in 0usize..8,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        end in any::<proptest::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = samples().swap_remove(which);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        keeps_its_word(&bytes);
    }
}
