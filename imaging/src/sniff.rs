//! What a file is, determined from its first bytes. Names and extensions are ignored: people rename files.

use crate::fault::PhotoError;
use crate::format::{Foreign, Format};

/// What the first bytes say.
pub(crate) enum Sniffed {
    Readable(Format),
    Foreign(Foreign),
    Unknown,
}

/// Looks at the first [`HEAD`] bytes only.
pub(crate) fn sniff(bytes: &[u8]) -> Sniffed {
    let head = &bytes[..bytes.len().min(HEAD)];
    if let Some(format) = readable(head) {
        return Sniffed::Readable(format);
    }
    foreign(head).map_or(Sniffed::Unknown, Sniffed::Foreign)
}

/// How many of a file's first bytes are needed to determine what it is.
pub const HEAD: usize = 1024;

/// The format of a file that begins like this, if it can be read; `head` is up to [`HEAD`] bytes of it.
///
/// # Errors
/// What it is instead.
pub fn glance(head: &[u8]) -> Result<Format, PhotoError> {
    match sniff(head) {
        Sniffed::Readable(format) => Ok(format),
        Sniffed::Foreign(foreign) => Err(PhotoError::Foreign(foreign)),
        Sniffed::Unknown if head.is_empty() => Err(PhotoError::Empty),
        Sniffed::Unknown => Err(PhotoError::NotAPicture),
    }
}

fn readable(head: &[u8]) -> Option<Format> {
    match head {
        [0xFF, 0xD8, 0xFF, ..] => Some(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::Webp),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
        _ => match heif(head)? {
            Format::Heic if !cfg!(feature = "heif") => None,
            Format::Avif if !cfg!(feature = "avif") => None,
            format => Some(format),
        },
    }
}

/// HEIC or AVIF by the brands of the file (ISO/IEC 14496-12, section 4.3): the major one, then the compatible ones.
fn heif(head: &[u8]) -> Option<Format> {
    let [size @ .., b'f', b't', b'y', b'p'] = head.first_chunk::<8>()? else { return None };
    let size = usize::try_from(u32::from_be_bytes(*size)).unwrap_or(usize::MAX).min(head.len());
    let brands = head.get(8..size)?.as_chunks::<4>().0;
    let (own, compatible) = (brands.first()?, brands.get(2..).unwrap_or_default());
    let known = |brand: &[u8; 4]| match brand {
        b"avif" | b"avis" => Some(Format::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Some(Format::Heic),
        _ => None,
    };
    // Both formats may name only the container; whatever is inside, the container can be read.
    let general = |brand: &[u8; 4]| matches!(brand, b"mif1" | b"mif2" | b"msf1" | b"miaf");
    known(own).or_else(|| general(own).then(|| compatible.iter().find_map(known).unwrap_or(Format::Heic)))
}

fn foreign(head: &[u8]) -> Option<Foreign> {
    match head {
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => Some(match (heif(head), brand.get(..4)) {
            (Some(Format::Avif), _) => Foreign::Avif,
            (Some(_), _) => Foreign::Heic,
            (None, Some(b"crx ")) => Foreign::Raw,
            _ => Foreign::Video,
        }),
        // Old QuickTime files have no brand.
        [_, _, _, _, b'm', b'o' | b'd', b'o' | b'a', b'v' | b't', ..] => Some(Foreign::Video),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..]
        | [0x1A, 0x45, 0xDF, 0xA3, ..]
        | [0, 0, 1, 0xBA | 0xB3, ..] => Some(Foreign::Video),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Foreign::Tiff),
        [b'F', b'U', b'J', b'I', b'F', b'I', b'L', b'M', ..]
        | [b'I', b'I', b'R', b'O' | b'S', ..]
        | [b'M', b'M', b'O', b'R', ..]
        | [b'I', b'I', b'U', 0, ..]
        | [b'I', b'I', 0x1A, 0, ..]
        | [b'F', b'O', b'V', b'b', ..] => Some(Foreign::Raw),
        [b'%', b'P', b'D', b'F', ..] => Some(Foreign::Pdf),
        [b'%', b'!', b'P', b'S', ..] | [b'g', b'i', b'm', b'p', b' ', b'x', b'c', b'f', ..] => {
            Some(Foreign::Drawing)
        }
        [0, 0xFF, b'K', b'A', ..] | [0xC5, 0xD0, 0xD3, 0xC6, ..] => Some(Foreign::Drawing),
        [b'8', b'B', b'P', b'S', ..] => Some(Foreign::Psd),
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Some(Foreign::JpegXl),
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => Some(Foreign::Jpeg2000),
        // Bytes 6 to 9 of a bitmap are reserved and zero; "BM" alone could be any text.
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Foreign::Bmp),
        [b'P', b'K', 3, 4, ..] => Some(Foreign::Archive),
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
