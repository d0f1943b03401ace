//! What a file is, told from its first bytes. Names and extensions are never asked: people rename files.

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// JPEG: ITU-T T.81, baseline or progressive, 8 bits.
    Jpeg,
    /// PNG, not animated.
    Png,
    /// WebP, lossy or lossless, not animated.
    Webp,
    /// GIF, not animated.
    Gif,
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
        })
    }
}

/// Formats that people do put beside a product and that are not read, so that they can be told by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Foreign {
    /// What iPhones save by default.
    Heic,
    /// AV1 still picture.
    Avif,
    /// TIFF, and the many camera raw formats that are TIFF inside (CR2, NEF, ARW, DNG).
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// A drawing.
    Svg,
    /// A document.
    Pdf,
    /// Photoshop.
    Psd,
    /// JPEG XL.
    JpegXl,
    /// JPEG 2000.
    Jpeg2000,
    /// MP4, QuickTime and their kin.
    Video,
    /// A saved web page, often an error page of the site the photo was fetched from.
    Html,
    /// The small text that stands for a file kept by Git LFS.
    LfsPointer,
}

impl Foreign {
    /// The name with its article, to follow "this is".
    pub fn name(self) -> &'static str {
        match self {
            Self::Heic => "a HEIC picture",
            Self::Avif => "an AVIF picture",
            Self::Tiff => "a TIFF or camera raw file",
            Self::Bmp => "a BMP picture",
            Self::Svg => "an SVG drawing",
            Self::Pdf => "a PDF document",
            Self::Psd => "a Photoshop file",
            Self::JpegXl => "a JPEG XL picture",
            Self::Jpeg2000 => "a JPEG 2000 picture",
            Self::Video => "a video",
            Self::Html => "a web page",
            Self::LfsPointer => "a Git LFS pointer instead of the photo itself",
        }
    }

    /// What to do with it, one sentence.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Heic => {
                "export it as JPEG; an iPhone saves JPEG itself with Settings > Camera > Formats > Most Compatible"
            }
            Self::Svg | Self::Pdf => "export it as PNG, about 2400 pixels wide",
            Self::Video => "export one still frame of it as JPEG",
            Self::Html => "open the page in a browser and save the picture that it shows",
            Self::LfsPointer => "run `git lfs pull`",
            Self::Avif | Self::Tiff | Self::Bmp | Self::Psd | Self::JpegXl | Self::Jpeg2000 => {
                "export it as JPEG"
            }
        }
    }
}

/// What the first bytes say.
pub(crate) enum Sniffed {
    Readable(Format),
    Foreign(Foreign),
    Unknown,
}

/// Looks at no more than the first kilobyte.
pub(crate) fn sniff(bytes: &[u8]) -> Sniffed {
    let head = &bytes[..bytes.len().min(1024)];
    if let Some(format) = readable(head) {
        return Sniffed::Readable(format);
    }
    foreign(head).map_or(Sniffed::Unknown, Sniffed::Foreign)
}

fn readable(head: &[u8]) -> Option<Format> {
    match head {
        [0xFF, 0xD8, 0xFF, ..] => Some(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::Webp),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
        _ => None,
    }
}

fn foreign(head: &[u8]) -> Option<Foreign> {
    match head {
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => Some(match brand.get(..4) {
            Some(b"avif" | b"avis") => Foreign::Avif,
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1") => {
                Foreign::Heic
            }
            _ => Foreign::Video,
        }),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(Foreign::Tiff),
        [b'%', b'P', b'D', b'F', ..] => Some(Foreign::Pdf),
        [b'8', b'B', b'P', b'S', ..] => Some(Foreign::Psd),
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Some(Foreign::JpegXl),
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => Some(Foreign::Jpeg2000),
        // Bytes 6 to 9 of a bitmap are reserved and zero; "BM" alone could be any text.
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Foreign::Bmp),
        _ => text(head),
    }
}

fn text(head: &[u8]) -> Option<Foreign> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    if head.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Some(Foreign::LfsPointer);
    }
    if head.first() != Some(&b'<') {
        return None;
    }
    let lower = head.to_ascii_lowercase();
    let contains = |word: &[u8]| lower.windows(word.len()).any(|w| w == word);
    if lower.starts_with(b"<!doctype html") || lower.starts_with(b"<html") {
        Some(Foreign::Html)
    } else if contains(b"<svg") {
        Some(Foreign::Svg)
    } else {
        None
    }
}
