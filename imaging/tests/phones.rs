//! HEIC and AVIF: what phones, cameras and browsers save. `files/make.py` made the files and, with libheif and libavif,
//! a PNG of what each shows.

mod fabricate;

use std::path::{Path, PathBuf};

use fabricate::*;
use image::DynamicImage;
use imaging::{Developed, Format, Kind, PhotoError, Recipe, develop, plan, probe};
use proptest::prelude::*;

const FILES: [&str; 10] = [
    "phone.heic",
    "cropped.heic",
    "deep.heic",
    "clear.heic",
    "grey.heic",
    "upright.heic",
    "grid.avif",
    "cropped.avif",
    "clear.avif",
    "upright.avif",
];

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).expect("stands beside this test")
}

/// The photo's own size only, in the best quality of WebP.
fn whole() -> Recipe {
    Recipe {
        widths: vec![4000],
        fallback_width: 32,
        webp_quality: 100,
        max_pixels: 1_000_000,
        ..Recipe::default()
    }
}

fn largest(developed: &Developed) -> DynamicImage {
    let (_, bytes) = developed.renditions.iter().find(|(r, _)| r.kind == Kind::Webp).expect("one WebP");
    open(bytes)
}

/// The mean difference of two pictures over all channels, and the largest over blocks of 8 x 8 pixels without an edge in
/// `b`, which a lossy output must not change.
fn difference(a: &DynamicImage, b: &DynamicImage) -> (f64, f64) {
    assert_eq!((a.width(), a.height()), (b.width(), b.height()));
    let (a, b) = (a.to_rgba8(), b.to_rgba8());
    let mut sum = 0.0;
    let mut most: f64 = 0.0;
    let mut blocks = 0;
    for (x, y) in (0..a.height() / 8).flat_map(|y| (0..a.width() / 8).map(move |x| (x * 8, y * 8))) {
        let mut block = [0.0; 4];
        let (mut low, mut high) = ([255u8; 4], [0u8; 4]);
        for (dx, dy) in (0..64).map(|at| (at % 8, at / 8)) {
            let (one, other) = (a.get_pixel(x + dx, y + dy).0, b.get_pixel(x + dx, y + dy).0);
            // Invisible pixels need not be equal.
            let seen = f64::from(one[3].max(other[3])) / 255.0;
            for channel in 0..4 {
                let step = f64::from(one[channel]) - f64::from(other[channel]);
                let step = if channel == 3 { step } else { step * seen };
                block[channel] += step / 64.0;
                sum += step.abs();
                low[channel] = low[channel].min(other[channel]);
                high[channel] = high[channel].max(other[channel]);
            }
        }
        // At the limits of sRGB, WebP's coarse colours leak beyond them.
        let within = low[..3].iter().all(|low| *low > 0) && high[..3].iter().all(|high| *high < 255);
        let even = low.iter().zip(high).all(|(low, high)| high - low < 40);
        if even && within && !beside_an_edge(&b, x, y) {
            blocks += 1;
            most = block.iter().fold(most, |most, step| most.max(step.abs()));
        }
    }
    assert!(blocks > 6, "{blocks} blocks without an edge");
    (sum / f64::from(a.width() * a.height() * 4), most)
}

/// Whether a pixel around a block differs much from the block's own.
fn beside_an_edge(image: &image::RgbaImage, x: u32, y: u32) -> bool {
    let own = image.get_pixel(x + 4, y + 4).0;
    (0..10).flat_map(|at| [(at, 0), (at, 9), (0, at), (9, at)]).any(|(dx, dy)| {
        let (x, y) = ((x + dx).saturating_sub(1), (y + dy).saturating_sub(1));
        let pixel = image.get_pixel(x.min(image.width() - 1), y.min(image.height() - 1)).0;
        pixel.iter().zip(own).any(|(pixel, own)| pixel.abs_diff(own) > 50)
    })
}

#[test]
fn they_show_what_libheif_and_libavif_show() {
    for name in FILES {
        let bytes = file(name);
        let reference = image::open(path(&format!("{}.png", name.replace('.', "-")))).expect("a PNG");
        let header = probe(&bytes).unwrap();
        assert_eq!((header.width, header.height), (reference.width(), reference.height()), "{name}");
        let expected = if name.ends_with("heic") { Format::Heic } else { Format::Avif };
        assert_eq!((header.format, header.animated), (expected, false), "{name}");
        let developed = develop(&bytes, &whole()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(developed.transparent, name.starts_with("clear"), "{name}");
        let (mean, most) = difference(&largest(&developed), &reference);
        assert!(mean < 2.5 && most < 6.0, "{name}: {mean:.2} on average, {most:.2} at most");
    }
}

#[test]
fn nothing_that_a_phone_wrote_beside_the_pixels_is_published() {
    let bytes = file("phone.heic");
    let has = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|w| w == word.as_bytes());
    assert!(
        has(&bytes, "GPS-SECRET") && has(&bytes, "hdrgainmap") && has(&bytes, "prof"),
        "the source has them"
    );
    for (rendition, bytes) in develop(&bytes, &whole()).unwrap().renditions {
        for word in ["SECRET", "Exif", "EXIF", "ICCP", "ICC_PROFILE"] {
            assert!(!has(&bytes, word), "{rendition:?} contains {word}");
        }
    }
}

#[test]
fn avif_of_eight_and_ten_bits_comes_back_as_it_went_in() {
    let picture = quarters(96, 64);
    let pixels: Vec<ravif::RGB8> =
        picture.pixels().map(|p| ravif::RGB8::new(p.0[0], p.0[1], p.0[2])).collect();
    for depth in [ravif::BitDepth::Eight, ravif::BitDepth::Ten] {
        let encoder = ravif::Encoder::new().with_quality(95.0).with_speed(10).with_bit_depth(depth);
        let bytes =
            encoder.with_num_threads(Some(1)).encode_rgb(ravif::Img::new(&pixels, 96, 64)).unwrap().avif_file;
        let developed = develop(&bytes, &whole()).unwrap();
        let (_, most) = difference(&largest(&developed), &picture.clone().into());
        assert!(most < 5.0, "{depth:?}: {most:.2}");
    }
}

/// The last position of a word.
fn at(bytes: &[u8], word: &[u8]) -> usize {
    bytes.windows(word.len()).rposition(|w| w == word).expect("it is there")
}

#[test]
fn a_lie_about_the_size_is_found_out_before_memory_is_taken() {
    let files: [(&str, [u8; 2]); 4] = [
        ("cropped.heic", [128, 96]),
        ("grid.avif", [150, 110]),
        ("phone.heic", [170, 120]),
        ("upright.avif", [96, 64]),
    ];
    for (name, [width, height]) in files {
        let mut bytes = file(name);
        let size = at(&bytes, &[&b"ispe\0\0\0\0\0\0\0"[..], &[width], b"\0\0\0", &[height]].concat()) + 8;
        bytes[size..size + 8].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
        let error = develop(&bytes, &whole()).err().unwrap_or_else(|| panic!("{name} passes"));
        assert!(matches!(error, PhotoError::TooLarge { .. } | PhotoError::Damaged { .. }), "{name}: {error}");
        bytes[size..size + 8].copy_from_slice(&[0, 0, 3, 0, 0, 0, 3, 0]);
        let error = develop(&bytes, &whole()).err().unwrap_or_else(|| panic!("{name} passes"));
        assert!(matches!(error, PhotoError::Damaged { .. }), "{name}: {error}");
    }
}

#[test]
fn what_the_container_holds_instead_is_named() {
    let mut bytes = file("cropped.heic");
    let kind = at(&bytes, b"infe") + 12;
    bytes[kind..kind + 4].copy_from_slice(b"avc1");
    let error = develop(&bytes, &whole()).expect_err("not a codec of phones");
    assert_eq!(
        error.to_string(),
        "this HEIC is of a kind that cannot be read: its picture is coded as `avc1`"
    );

    let mut bytes = file("upright.avif");
    bytes[8..12].copy_from_slice(b"avis");
    assert!(matches!(develop(&bytes, &whole()), Err(PhotoError::Animated { format: Format::Avif })));

    // Both may have this major brand; a compatible one says which they are.
    for (name, format) in [("phone.heic", Format::Heic), ("grid.avif", Format::Avif)] {
        let mut bytes = file(name);
        bytes[8..12].copy_from_slice(b"mif1");
        assert_eq!(probe(&bytes).unwrap().format, format);
        assert!(develop(&bytes, &whole()).is_ok());
    }
}

#[test]
fn a_cut_off_file_is_an_error_wherever_it_is_cut() {
    for name in FILES {
        let bytes = file(name);
        for end in (1..bytes.len()).step_by(13).chain([bytes.len() - 1]) {
            let error = develop(&bytes[..end], &whole());
            assert!(error.is_err(), "{name} passes at {end} of {}", bytes.len());
        }
        let error = develop(&bytes[..bytes.len() - 1], &whole());
        assert!(matches!(error, Err(PhotoError::Truncated { .. })), "{name}: {error:?}");
    }
}

/// Whatever the result, it must be what the header promised.
fn keeps_its_word(bytes: &[u8]) {
    let Ok(header) = probe(bytes) else { return };
    match develop(bytes, &whole()) {
        Ok(developed) => {
            let made: Vec<_> = developed.renditions.iter().map(|(r, _)| *r).collect();
            assert_eq!(made, plan(&header, &whole()));
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
    fn damaged_files_never_panic(
        which in 0..FILES.len(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        head in any::<bool>(),
    ) {
        let mut bytes = file(FILES[which]);
        let length = if head { bytes.len().min(700) } else { bytes.len() };
        for (at, value) in changes {
            bytes[at.index(length)] = value;
        }
        keeps_its_word(&bytes);
    }
}
