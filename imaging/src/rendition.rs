//! One of the files that a photo becomes: its format, size and name.

/// The format of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// AV1 still picture, 8 bits.
    Avif,
    /// Lossy WebP, with alpha if the photo has it.
    Webp,
    /// Progressive JPEG, with a white background instead of transparency.
    Jpeg,
}

impl Kind {
    /// The file extension, without the dot.
    pub fn ext(self) -> &'static str {
        match self {
            Self::Avif => "avif",
            Self::Webp => "webp",
            Self::Jpeg => "jpg",
        }
    }

    /// The media type, as in the `type` of a `<source>`.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Avif => "image/avif",
            Self::Webp => "image/webp",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// The name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Avif => "AVIF",
            Self::Webp => "WebP",
            Self::Jpeg => "JPEG",
        }
    }
}

/// One of the files that a photo becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Rendition {
    /// Its format.
    pub kind: Kind,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl Rendition {
    /// The file's name inside the photo's folder, such as `640.webp`. A photo has each width once per format.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.width, self.kind.ext())
    }
}
