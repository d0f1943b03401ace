//! A small shop in a temporary folder, for tests of whole builds.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use catalog::Timestamp;
use pages::build::{self, Memory, Options, Outcome};
use tempfile::TempDir;
use walkdir::WalkDir;

/// Warnings that nearly every small product of the tests causes.
pub const BARE: [&str; 4] = ["no-photo", "no-text", "no-category", "small-photo"];

/// The folder of the smallest shop. Tests of other crates use it, too.
pub fn base() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../pages/tests/base")
}

/// A shop; its folder is removed with it.
pub struct Shop {
    folder: TempDir,
}

impl Shop {
    /// An empty folder.
    pub fn empty() -> Self {
        Shop { folder: TempDir::new().expect("a temporary folder") }
    }

    /// The shop of `tests/base/`: two languages, one product, one category, one maker, no photos.
    pub fn base() -> Self {
        let shop = Shop::empty();
        shop.lay(&base());
        shop
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Copies a folder over it.
    pub fn lay(&self, from: &Path) {
        self.lay_at("", from);
    }

    /// Copies a folder over one inside it.
    pub fn lay_at(&self, to: &str, from: &Path) {
        for entry in WalkDir::new(from).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
            let inside = entry.path().strip_prefix(from).expect("inside");
            let bytes = fs::read(entry.path()).expect("readable");
            self.write(&Path::new(to).join(inside).to_string_lossy(), bytes);
        }
    }

    /// Writes a file.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let file = self.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, bytes).expect("written");
    }

    /// Removes a file.
    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path().join(path)).expect("removed");
    }

    /// Options for 2026-11-22 at noon.
    pub fn options(&self) -> Options {
        Options {
            shop: self.path().to_owned(),
            out: self.path().join("dist"),
            base_url: None,
            drafts: false,
            now: Timestamp(1_795_348_800),
            stock: None,
            report: false,
            photos: None,
        }
    }

    /// Builds it.
    pub fn build(&self) -> Outcome {
        build::build(&self.options(), &mut Memory::default(), &|_, _| {}).expect("the disk works")
    }

    /// The codes of faults that `check` finds, except for what bare products lack.
    pub fn codes(&self) -> Vec<&'static str> {
        let outcome = build::check(&self.options(), &mut Memory::default(), &|_, _| {});
        let codes = outcome.faults.sorted().into_iter().map(|fault| fault.code);
        codes.filter(|code| !BARE.contains(code)).collect()
    }

    /// Every file of `dist/`.
    pub fn site(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.path().join("dist"))
    }
}

/// The shop of `tests/base/` with a photo of its product and a way to collect it: it sells, and has no faults.
pub fn whole() -> Shop {
    let shop = Shop::base();
    let product = fs::read_to_string(shop.path().join("content/products/bol.md")).expect("base");
    shop.write(
        "content/products/bol.md",
        product.replace(
            "maker: claire",
            "maker: claire\nimages: [{ file: bol.png, alt: { fr: Un bol, en: A bowl } }]",
        ),
    );
    shop.write("content/products/bol.png", png(1600, 1200));
    let settings = fs::read_to_string(shop.path().join("content/shop.yaml")).expect("base");
    let pickup = "shipping: { pickup: { label: { fr: Retrait, en: Collect }, address: Paris } }\n";
    let contact = "contact: { email: bonjour@example.com }\n";
    shop.write("content/shop.yaml", settings + pickup + contact);
    shop
}

/// A photo of one colour, small as a file and large as a picture.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([40, 60, 120]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("encoded");
    bytes.into_inner()
}

/// Every file below a folder, by path with `/`.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let inside: PathBuf = entry.path().strip_prefix(folder).expect("inside").to_owned();
            (inside.to_string_lossy().replace('\\', "/"), fs::read(entry.path()).expect("readable"))
        })
        .collect()
}

/// A photo, for tests: a JPEG of one colour with some noise.
pub fn jpeg(width: u32, height: u32, seed: u8) -> Vec<u8> {
    use image::codecs::jpeg::JpegEncoder;
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([seed, u8::try_from(x % 256).unwrap_or(0), u8::try_from(y % 256).unwrap_or(0)])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 80).encode_image(&picture).expect("encoded");
    bytes
}
