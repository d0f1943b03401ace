//! The result for every kind of photo that a shop's owner may have: one sentence each.

mod fabricate;

use fabricate::*;
use image::{DynamicImage, GenericImageView, ImageFormat};
use imaging::{Developed, Format, Kind, Recipe, develop, plan, probe};
use moxcms::ColorProfile;

/// A chunk of a PNG: its name and its content.
type Chunk<'a> = (&'a [u8; 4], &'a [u8]);

fn small() -> Recipe {
    Recipe { widths: vec![32, 64, 128], fallback_width: 64, ..Recipe::default() }
}

fn jpeg_of(developed: &Developed) -> DynamicImage {
    let (_, bytes) = developed.renditions.iter().find(|(r, _)| r.kind == Kind::Jpeg).expect("one JPEG");
    open(bytes)
}

fn middle(image: &DynamicImage) -> [u8; 3] {
    let [r, g, b, _] = image.get_pixel(image.width() / 2, image.height() / 2).0;
    [r, g, b]
}

#[test]
fn the_files_are_those_of_the_plan_in_the_sizes_it_says() {
    for (width, height) in [(200, 150), (100, 75), (20, 31), (128, 1), (1, 1)] {
        // AVIF is slow without optimisation.
        let recipe = Recipe { avif: (width < 32).then_some(60), ..small() };
        let bytes = jpeg(&scene(width, height));
        let developed = develop(&bytes, &recipe).unwrap();
        let made: Vec<_> = developed.renditions.iter().map(|(r, _)| *r).collect();
        assert_eq!(made, plan(&probe(&bytes).unwrap(), &recipe));
        for (rendition, bytes) in &developed.renditions {
            assert!(rendition.width <= width && rendition.height <= height, "never larger than the photo");
            if rendition.kind == Kind::Avif {
                assert_eq!(&bytes[4..12], b"ftypavif");
            } else {
                let image = open(bytes);
                assert_eq!((image.width(), image.height()), (rendition.width, rendition.height));
            }
        }
    }
}

#[test]
fn the_same_bytes_give_the_same_files_on_every_thread() {
    let bytes = jpeg(&scene(100, 70));
    let recipe = Recipe { avif: Some(50), ..small() };
    let here = develop(&bytes, &recipe).unwrap();
    let there = std::thread::scope(|scope| scope.spawn(|| develop(&bytes, &recipe)).join().unwrap()).unwrap();
    assert_eq!(here, there);
}

#[test]
fn a_photo_stands_upright_for_all_eight_orientations() {
    let upright = quarters(120, 80);
    let (red, green, blue, white) = ([220, 20, 20], [20, 200, 20], [20, 20, 220], [250, 250, 250]);
    for orientation in 1..=8 {
        // The scene as the sensor saw it: the inverse of what the orientation says to do.
        let photo = DynamicImage::ImageRgb8(upright.clone());
        let seen = match orientation {
            2 => photo.fliph(),
            3 => photo.rotate180(),
            4 => photo.flipv(),
            5 => photo.rotate90().fliph(),
            6 => photo.rotate270(),
            7 => photo.rotate270().fliph(),
            8 => photo.rotate90(),
            _ => photo,
        };
        let bytes = jpeg_with(&seen.to_rgb8(), None, Some(exif(orientation)));
        let header = probe(&bytes).unwrap();
        assert_eq!((header.width, header.height), (120, 80), "orientation {orientation}");
        let developed = develop(&bytes, &small()).unwrap();
        assert_eq!((developed.width, developed.height), (120, 80));
        for (rendition, bytes) in &developed.renditions {
            let image = open(bytes);
            let at = |x: u32, y: u32| {
                let [r, g, b, _] = image.get_pixel(image.width() * x / 4, image.height() * y / 4).0;
                [r, g, b]
            };
            for (corner, expected) in [((1, 1), red), ((3, 1), green), ((1, 3), blue), ((3, 3), white)] {
                let found = at(corner.0, corner.1);
                assert!(near(found, expected, 24), "{orientation} {rendition:?} {corner:?}: {found:?}");
            }
        }
    }
}

#[test]
fn nothing_a_camera_wrote_beside_the_pixels_is_published() {
    let xmp = [&b"http://ns.adobe.com/xap/1.0/\0"[..], b"<x:xmpmeta>XMP-SECRET</x:xmpmeta>"].concat();
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let plain = jpeg_with(&scene(150, 100), Some(profile), Some(exif(6)));
    let bytes = with_segments(
        &plain,
        &[(0xE1, &xmp), (0xFE, b"COMMENT-SECRET"), (0xED, b"Photoshop 3.0\0IPTC-SECRET")],
    );
    let has = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|w| w == word.as_bytes());
    assert!(has(&bytes, "GPS-SECRET") && has(&bytes, "ICC_PROFILE"), "the source has them");
    let developed = develop(&bytes, &Recipe { avif: Some(50), widths: vec![24], ..small() }).unwrap();
    for (rendition, bytes) in &developed.renditions {
        for word in
            ["SECRET", "Exif", "EXIF", "XMP", "xmp", "ICC_PROFILE", "ICCP", "prof", "Photoshop", "Adobe"]
        {
            assert!(!has(bytes, word), "{rendition:?} contains {word}");
        }
    }
}

#[test]
fn display_p3_and_adobe_rgb_become_srgb() {
    let numbers = [180, 120, 90];
    let image = image::RgbImage::from_pixel(90, 60, image::Rgb(numbers));
    for (profile, expected) in [
        // From the definitions (SMPTE EG 432-1 with the sRGB curve; Adobe RGB (1998), section 4.3).
        (ColorProfile::new_display_p3(), [188, 119, 85]),
        (ColorProfile::new_adobe_rgb(), [202, 120, 87]),
        (ColorProfile::new_srgb(), numbers),
    ] {
        let bytes = jpeg_with(&image, Some(profile.encode().unwrap()), None);
        let found = middle(&jpeg_of(&develop(&bytes, &small()).unwrap()));
        assert!(near(found, expected, 4), "{found:?} instead of {expected:?}");
    }
}

#[test]
fn a_grey_profile_is_followed_and_a_broken_or_foreign_one_ignored() {
    let png = |profile: Vec<u8>| {
        use image::ImageEncoder;
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
        encoder.set_icc_profile(profile).unwrap();
        encoder.write_image(&[100; 60 * 40], 60, 40, image::ExtendedColorType::L8).unwrap();
        middle(&jpeg_of(&develop(&bytes, &small()).unwrap()))
    };
    let linear = png(ColorProfile::new_gray_with_gamma(1.0).encode().unwrap());
    assert!(near(linear, [168; 3], 3), "100/255 of the light is 168 in sRGB, not {linear:?}");
    assert!(near(png(ColorProfile::new_display_p3().encode().unwrap()), [100; 3], 2));
    assert!(near(png(b"no profile at all".to_vec()), [100; 3], 2));
}

#[test]
fn printers_inks_are_converted_with_their_profile_or_naively() {
    for ycck in [false, true] {
        let paper = |inks, profile: Option<&[u8]>| {
            let bytes = inks_jpeg(64, 48, inks, ycck, profile);
            middle(&jpeg_of(&develop(&bytes, &small()).unwrap()))
        };
        let found = paper([200, 60, 20, 30], None);
        assert!(near(found, [49, 172, 207], 6), "ycck {ycck}: {found:?}");
        assert!(near(paper([0; 4], None), [255; 3], 3));
        assert!(near(paper([0, 0, 0, 255], None), [0; 3], 3));
        let profile = printer_profile();
        let found = paper([0; 4], Some(&profile));
        assert!(near(found, [119; 3], 6), "L* 50 is 119 in sRGB, not {found:?}");
        assert!(near(paper([0, 0, 0, 255], Some(&profile)), [0; 3], 6));
    }
}

#[test]
fn sixteen_bits_grey_and_palettes_are_read() {
    let deep =
        image::ImageBuffer::<image::Rgb<u16>, _>::from_pixel(80, 60, image::Rgb([51400, 25700, 12850]));
    let grey = image::GrayImage::from_pixel(80, 60, image::Luma([90]));
    let deep_grey = image::ImageBuffer::<image::Luma<u16>, _>::from_pixel(80, 60, image::Luma([23130]));
    let flat = image::RgbImage::from_pixel(80, 60, image::Rgb([200, 100, 50]));
    for (bytes, expected) in [
        (save(DynamicImage::ImageRgb16(deep), ImageFormat::Png), [200, 100, 50]),
        (save(grey.clone(), ImageFormat::Png), [90; 3]),
        (save(DynamicImage::ImageLuma16(deep_grey), ImageFormat::Png), [90; 3]),
        (save(grey, ImageFormat::Jpeg), [90; 3]),
        (save(DynamicImage::ImageRgb8(flat.clone()).to_rgba8(), ImageFormat::Gif), [200, 100, 50]),
        (save(flat, ImageFormat::WebP), [200, 100, 50]),
    ] {
        let developed = develop(&bytes, &small()).unwrap();
        assert!(near(developed.colour, expected, 3), "{:?}", developed.colour);
        assert!(!developed.transparent);
        assert!(near(middle(&jpeg_of(&developed)), expected, 4));
    }
}

#[test]
fn transparency_stays_in_webp_and_lies_on_white_in_jpeg() {
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
        let developed = develop(&save(half_clear(100, 60), format), &small()).unwrap();
        assert!(developed.transparent);
        for (rendition, bytes) in &developed.renditions {
            let image = open(bytes);
            let left = image.get_pixel(image.width() / 5, image.height() / 2).0;
            let right = image.get_pixel(image.width() * 4 / 5, image.height() / 2).0;
            match rendition.kind {
                Kind::Jpeg => assert!(near([left[0], left[1], left[2]], [255; 3], 3), "{left:?}"),
                _ => assert_eq!((left[3], right[3]), (0, 255)),
            }
            assert!(near([right[0], right[1], right[2]], [0, 0, 255], 12), "{rendition:?} {right:?}");
        }
        assert!(near(developed.colour, [128, 128, 255], 6), "on white: {:?}", developed.colour);
    }
}

#[test]
fn an_alpha_channel_that_hides_nothing_is_dropped() {
    let opaque = DynamicImage::ImageRgb8(scene(70, 50)).to_rgba8();
    assert!(!develop(&save(opaque, ImageFormat::Png), &small()).unwrap().transparent);
}

#[test]
fn the_content_counts_and_not_what_the_file_is_called() {
    // The interface has no file names at all; each format is recognised by its first bytes.
    let image = scene(30, 20);
    for (format, expected) in [
        (ImageFormat::Png, Format::Png),
        (ImageFormat::Jpeg, Format::Jpeg),
        (ImageFormat::WebP, Format::Webp),
    ] {
        assert_eq!(probe(&save(image.clone(), format)).unwrap().format, expected);
    }
}

#[test]
fn the_first_of_two_exif_blocks_counts() {
    let plain = jpeg(&quarters(120, 80));
    let block = |orientation| [b"Exif\0\0".to_vec(), exif(orientation)].concat();
    let bytes = with_segments(&plain, &[(0xE1, &block(1)), (0xE1, &block(6))]);
    let header = probe(&bytes).unwrap();
    assert_eq!((header.width, header.height), (120, 80));
    let bytes = with_segments(&plain, &[(0xE1, &block(6)), (0xE1, &block(1))]);
    assert_eq!(develop(&bytes, &small()).unwrap().width, 80);
}

#[test]
fn exif_is_read_in_both_dialects_and_behind_the_pixels() {
    let webp = save(quarters(120, 80), ImageFormat::WebP);
    let png = save(quarters(120, 80), ImageFormat::Png);
    for prefix in [&b""[..], b"Exif\0\0"] {
        let block = [prefix, &exif(6)].concat();
        for bytes in [
            webp_with_exif(&webp, 120, 80, &block),
            with_chunks(&png, &[(b"eXIf", &block)], &[]),
            with_chunks(&png, &[], &[(b"eXIf", &block)]),
        ] {
            let header = probe(&bytes).unwrap();
            assert_eq!((header.width, header.height), (80, 120), "{:?}", header.format);
            let developed = develop(&bytes, &small()).unwrap();
            let corner = jpeg_of(&developed).get_pixel(4, 4).0;
            assert!(near([corner[0], corner[1], corner[2]], [20, 20, 220], 24), "blue is on top: {corner:?}");
        }
    }
}

#[test]
fn a_png_without_a_profile_is_shown_as_chromium_shows_it() {
    let png = save(image::RgbImage::from_pixel(64, 48, image::Rgb([180, 120, 90])), ImageFormat::Png);
    let gamma = |value: u32| value.to_be_bytes();
    let chromaticities = |values: [u32; 8]| values.map(u32::to_be_bytes).concat();
    let p3 = chromaticities([31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000]);
    let adobe = chromaticities([31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000]);
    // Read off a screenshot of Chromium 156.
    let cases: &[(&[Chunk<'_>], [u8; 3])] = &[
        (&[(b"gAMA", &gamma(100_000))], [219, 183, 160]),
        (&[(b"gAMA", &gamma(55_556))], [193, 139, 109]),
        (&[(b"gAMA", &gamma(45_455))], [180, 120, 90]),
        (&[(b"gAMA", &gamma(100_000)), (b"sRGB", &[0])], [180, 120, 90]),
        (&[(b"cHRM", &p3)], [180, 120, 90]),
        (&[(b"gAMA", &gamma(45_455)), (b"cHRM", &p3)], [192, 117, 83]),
        (&[(b"gAMA", &gamma(45_455)), (b"cHRM", &adobe)], [199, 121, 88]),
        (&[(b"cICP", &[12, 13, 0, 1])], [190, 117, 84]),
        (&[(b"cICP", &[12, 13, 0, 1]), (b"gAMA", &gamma(100_000))], [190, 117, 84]),
        (&[(b"cICP", &[1, 1, 0, 1])], [176, 113, 81]),
        (&[(b"cICP", &[9, 14, 0, 1])], [206, 101, 74]),
        (&[(b"cICP", &[1, 8, 0, 1])], [219, 183, 160]),
        (&[(b"cICP", &[12, 2, 0, 1])], [180, 120, 90]),
        (&[(b"cICP", &[9, 16, 0, 1])], [255, 0, 11]),
    ];
    for (chunks, expected) in cases {
        let bytes = with_chunks(&png, chunks, &[]);
        let found = middle(&jpeg_of(&develop(&bytes, &small()).unwrap()));
        assert!(near(found, *expected, 5), "{chunks:?}: {found:?} instead of {expected:?}");
    }
    let grey = save(image::GrayImage::from_pixel(64, 48, image::Luma([100])), ImageFormat::Png);
    let linear = with_chunks(&grey, &[(b"gAMA", &gamma(100_000))], &[]);
    let found = middle(&jpeg_of(&develop(&linear, &small()).unwrap()));
    assert!(near(found, [168; 3], 3), "{found:?}");
}

#[test]
fn a_profile_with_the_perceptual_table_alone_is_followed() {
    let paper = |tables: &[&[u8; 4]]| {
        let bytes = inks_jpeg(64, 48, [0; 4], false, Some(&inks_profile(128, 0, tables)));
        middle(&jpeg_of(&develop(&bytes, &small()).unwrap()))
    };
    for tables in [&[b"A2B0"][..], &[b"A2B1"], &[b"A2B0", b"A2B1", b"A2B2"]] {
        let found = paper(tables);
        assert!(near(found, [119; 3], 6), "L* 50 is 119 in sRGB, not {found:?}");
    }
}

#[test]
fn the_blackest_ink_is_black() {
    let profile = inks_profile(255, 77, &[b"A2B0", b"A2B1", b"B2A0"]);
    let shown =
        |inks| middle(&jpeg_of(&develop(&inks_jpeg(64, 48, inks, false, Some(&profile)), &small()).unwrap()));
    // L* 30 without compensation is 71.
    assert!(near(shown([255; 4]), [0; 3], 6), "{:?}", shown([255; 4]));
    assert!(near(shown([0; 4]), [255; 3], 3), "{:?}", shown([0; 4]));
}

#[test]
fn a_very_large_photo_is_decoded_smaller_and_looks_the_same() {
    // The largest size is 128 pixels: these are decoded at a quarter and at an eighth.
    let (red, green, blue, white) = ([220, 20, 20], [20, 200, 20], [20, 20, 220], [250, 250, 250]);
    for (width, height) in [(1030, 685), (2100, 1400)] {
        let image = quarters(width, height);
        let grey = DynamicImage::ImageRgb8(image.clone()).to_luma8();
        for bytes in [jpeg(&image), save(image.clone(), ImageFormat::Png)] {
            let developed = develop(&bytes, &small()).unwrap();
            assert_eq!((developed.width, developed.height), (width, height));
            let shown = jpeg_of(&developed);
            let at = |x: u32, y: u32| {
                let [r, g, b, _] = shown.get_pixel(shown.width() * x / 4, shown.height() * y / 4).0;
                [r, g, b]
            };
            for (x, y, expected) in [(1, 1, red), (3, 1, green), (1, 3, blue), (3, 3, white)] {
                assert!(near(at(x, y), expected, 12), "{x} {y}: {:?}", at(x, y));
            }
        }
        let turned = jpeg_with(&image, None, Some(exif(6)));
        let developed = develop(&turned, &small()).unwrap();
        assert_eq!((developed.width, developed.height), (height, width));
        let corner = jpeg_of(&developed).get_pixel(8, 8).0;
        assert!(near([corner[0], corner[1], corner[2]], blue, 12), "{corner:?}");
        for bytes in [save(grey.clone(), ImageFormat::Png), save(grey, ImageFormat::Jpeg)] {
            let found = jpeg_of(&develop(&bytes, &small()).unwrap()).get_pixel(8, 8).0[0];
            assert!(found.abs_diff(64) < 12, "{found}");
        }
    }
    let clear = develop(&save(half_clear(1030, 700), ImageFormat::Png), &small()).unwrap();
    assert!(clear.transparent && near(clear.colour, [128, 128, 255], 6), "{:?}", clear.colour);
}
