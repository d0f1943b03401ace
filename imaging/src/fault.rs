//! What can be wrong with a photo, and what its owner can do about it.

use crate::recipe::Kind;
use crate::sniff::{Foreign, Format};

/// Why a file cannot be shown in the shop. The text says what is wrong, [`PhotoError::help`] what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// Zero bytes.
    #[error("the file is empty")]
    Empty,
    /// None of the formats known here, not even by name.
    #[error("this is not a picture")]
    NotAPicture,
    /// A known format that is not read.
    #[error("this is {}, which cannot be shown in the shop as it is", .0.name())]
    Foreign(Foreign),
    /// More than one frame.
    #[error("this {format} is animated")]
    Animated {
        /// The animated file's format.
        format: Format,
    },
    /// More pixels than the recipe allows; refused before any memory is taken.
    #[error("the photo is {width} x {height} pixels: more than {} million", .max_pixels / 1_000_000)]
    TooLarge {
        /// Pixels, as the header claims.
        width: u32,
        /// Pixels, as the header claims.
        height: u32,
        /// The recipe's limit, in pixels.
        max_pixels: u64,
    },
    /// So narrow and tall that no output format could hold the sizes.
    #[error("the photo is {width} x {height} pixels: too tall for its width")]
    TooTall {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
    /// The file ends before the picture does.
    #[error("this {format} is cut off: the file ends before the picture does")]
    Truncated {
        /// The format of the file.
        format: Format,
    },
    /// The file contradicts its own format.
    #[error("this {format} is damaged: {reason}")]
    Damaged {
        /// The format of the file.
        format: Format,
        /// The decoder's words, on one line.
        reason: String,
    },
    /// A valid file of a rare kind that the decoder does not know (arithmetic coding, 12 bits...).
    #[error("this {format} is of a kind that cannot be read: {reason}")]
    Unsupported {
        /// The format of the file.
        format: Format,
        /// The decoder's words, on one line.
        reason: String,
    },
    /// An encoder failed on good pixels: our fault, not the file's.
    #[error("{} could not be written: {reason}", .kind.name())]
    Encoding {
        /// What was to be written.
        kind: Kind,
        /// The encoder's words, on one line.
        reason: String,
    },
}

impl PhotoError {
    /// What the owner of the file should do, one sentence.
    pub fn help(&self) -> String {
        match self {
            Self::Empty => "copy the photo again from the camera or the phone".into(),
            Self::NotAPicture => "use a JPEG, HEIC, PNG, WebP or AVIF file".into(),
            Self::Foreign(foreign) => foreign.remedy().into(),
            Self::Animated { .. } => "export one still frame of it as JPEG or PNG".into(),
            Self::TooLarge { .. } => {
                "export it smaller: 2400 pixels on the long side are enough for a shop".into()
            }
            Self::TooTall { .. } => "crop it to the part that shows the piece".into(),
            Self::Truncated { .. } => {
                "copy or download it again; if it is whole in a viewer, export it anew as JPEG".into()
            }
            Self::Damaged { .. } | Self::Unsupported { .. } => {
                "open it in a picture editor and export it anew as JPEG".into()
            }
            Self::Encoding { .. } => {
                "this is a fault of bazaar, not of the photo: please report it with the photo".into()
            }
        }
    }

    /// Whether the file is, or was meant to be, something to look at: not a document, an archive or a text.
    pub fn is_picture(&self) -> bool {
        !matches!(
            self,
            Self::Empty
                | Self::NotAPicture
                | Self::Foreign(Foreign::Pdf | Foreign::Archive | Foreign::Html | Foreign::LfsPointer)
        )
    }

    /// A decoder's complaint as one of ours; `reason` may span lines, the result does not.
    pub(crate) fn damaged(format: Format, reason: impl std::fmt::Display) -> Self {
        Self::Damaged { format, reason: one_line(&reason.to_string()) }
    }
}

/// Joins lines and repeated blanks, and keeps it short: decoders like to print structures.
pub(crate) fn one_line(text: &str) -> String {
    const LONGEST: usize = 160;
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
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
