//! What can be wrong with a photo, and what its owner can do about it.

use messages::{tr, trn};

use crate::format::{Foreign, Format};
use crate::rendition::Kind;

/// Why a file cannot be shown in the shop. `Display` says what is wrong, [`PhotoError::help`] what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhotoError {
    /// Zero bytes.
    Empty,
    /// Not one of the formats known here, not even by name.
    NotAPicture,
    /// A known format that is not read.
    Foreign(Foreign),
    /// More than one frame.
    Animated {
        /// The animated file's format.
        format: Format,
    },
    /// More pixels than the recipe allows; refused before any memory is allocated.
    TooLarge {
        /// Pixels, as the header claims.
        width: u32,
        /// Pixels, as the header claims.
        height: u32,
        /// The recipe's limit, in pixels.
        max_pixels: u64,
    },
    /// So narrow and tall that the sizes do not fit into any output format.
    TooTall {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// The file ends before the picture does.
    Truncated {
        /// The format of the file.
        format: Format,
    },
    /// The file contradicts its own format.
    Damaged {
        /// The format of the file.
        format: Format,
        /// The decoder's words, on one line.
        reason: String,
    },
    /// A valid file of a rare kind that the decoder does not know (arithmetic coding, 12 bits...).
    Unsupported {
        /// The format of the file.
        format: Format,
        /// The decoder's words, on one line.
        reason: String,
    },
    /// An encoder failed on valid pixels: our fault, not the file's.
    Encoding {
        /// The format of the output.
        kind: Kind,
        /// The encoder's words, on one line.
        reason: String,
    },
}

impl PhotoError {
    /// What the owner of the file should do, one sentence.
    pub fn help(&self) -> String {
        match self {
            Self::Empty => tr!("copy the photo again from the camera or the phone").into(),
            Self::NotAPicture => tr!("use a JPEG, HEIC, PNG, WebP or AVIF file").into(),
            Self::Foreign(foreign) => foreign.remedy().into(),
            Self::Animated { .. } => tr!("export one still frame of it as JPEG or PNG").into(),
            Self::TooLarge { .. } => {
                tr!("export it smaller: 2400 pixels on the long side are enough for a shop").into()
            }
            Self::TooTall { .. } => tr!("crop it to the part that shows the piece").into(),
            Self::Truncated { .. } => {
                tr!("copy or download it again; if it is whole in a viewer, export it anew as JPEG").into()
            }
            Self::Damaged { .. } | Self::Unsupported { .. } => {
                tr!("open it in a picture editor and export it anew as JPEG").into()
            }
            Self::Encoding { .. } => {
                tr!("this is a fault of bazaar, not of the photo: please report it with the photo").into()
            }
        }
    }

    /// Whether the file is, or was meant to be, a picture: not a document, an archive or a text.
    pub fn is_picture(&self) -> bool {
        !matches!(
            self,
            Self::Empty
                | Self::NotAPicture
                | Self::Foreign(Foreign::Pdf | Foreign::Archive | Foreign::Html | Foreign::LfsPointer)
        )
    }

    /// A decoder's error as one of ours; `reason` may span lines, the result does not.
    pub(crate) fn damaged(format: Format, reason: impl std::fmt::Display) -> Self {
        Self::Damaged { format, reason: one_line(&reason.to_string()) }
    }
}

impl std::fmt::Display for PhotoError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&match self {
            Self::Empty => tr!("the file is empty").to_owned(),
            Self::NotAPicture => tr!("this is not a picture").to_owned(),
            Self::Foreign(foreign) => {
                tr!("this is {name}, which cannot be shown in the shop as it is", name = foreign.name())
            }
            Self::Animated { format } => tr!("this {format} is animated"),
            Self::TooLarge { width, height, max_pixels } => {
                let million = max_pixels / 1_000_000;
                trn!(
                    million,
                    "the photo is {width} x {height} pixels: more than {million} million",
                    "the photo is {width} x {height} pixels: more than {million} million"
                )
            }
            Self::TooTall { width, height } => {
                tr!("the photo is {width} x {height} pixels: too tall for its width")
            }
            Self::Truncated { format } => {
                tr!("this {format} is cut off: the file ends before the picture does")
            }
            Self::Damaged { format, reason } => tr!("this {format} is damaged: {reason}"),
            Self::Unsupported { format, reason } => {
                tr!("this {format} is of a kind that cannot be read: {reason}")
            }
            Self::Encoding { kind, reason } => {
                tr!("{kind} could not be written: {reason}", kind = kind.name())
            }
        })
    }
}

impl std::error::Error for PhotoError {}

/// Joins lines and repeated spaces, and shortens the text: decoders like to print structures. French has a no-break space
/// before `:`, which stays.
pub(crate) fn one_line(text: &str) -> String {
    const LONGEST: usize = 160;
    let joined = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    match joined.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &joined[..end]),
        None => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoders_long_complaint_becomes_one_short_line() {
        let fault = PhotoError::damaged(Format::Png, format!("bad\n  chunk {}", "x".repeat(500)));
        let text = fault.to_string();
        assert!(text.starts_with("this PNG is damaged: bad chunk xxx"));
        assert!(text.len() < 200 && !text.contains('\n'));
    }
}
