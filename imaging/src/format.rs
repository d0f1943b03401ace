//! The formats that are read, and the ones that are only known by name.

use messages::tr;

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
    /// HEIF with HEVC inside: what iPhones and many cameras save.
    Heic,
    /// AV1 still picture.
    Avif,
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
        })
    }
}

/// Formats that are not read, but that people do put beside a product: the fault calls them by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Foreign {
    /// HEIC, if this crate is built without the feature `heif`.
    Heic,
    /// AVIF, if this crate is built without the feature `avif`.
    Avif,
    /// TIFF, and the many camera raw formats that are TIFF inside (CR2, NEF, ARW, DNG).
    Tiff,
    /// The camera raw formats that are not (CR3, RAF, ORF, RW2).
    Raw,
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
    /// MP4, QuickTime, AVI, Matroska and the like.
    Video,
    /// The file of a drawing or painting program (Illustrator, GIMP, Krita and Affinity among them).
    Drawing,
    /// ZIP: an archive, or a file of a word processor.
    Archive,
    /// A saved web page, often an error page of the site that the photo was downloaded from.
    Html,
    /// The small text that replaces a file stored by Git LFS.
    LfsPointer,
}

impl Foreign {
    /// The name with its article, to follow "this is".
    pub fn name(self) -> &'static str {
        match self {
            Self::Heic => tr!("a HEIC picture"),
            Self::Avif => tr!("an AVIF picture"),
            Self::Tiff => tr!("a TIFF or camera raw file"),
            Self::Raw => tr!("a camera raw file"),
            Self::Bmp => tr!("a BMP picture"),
            Self::Svg => tr!("an SVG drawing"),
            Self::Pdf => tr!("a PDF document"),
            Self::Psd => tr!("a Photoshop file"),
            Self::JpegXl => tr!("a JPEG XL picture"),
            Self::Jpeg2000 => tr!("a JPEG 2000 picture"),
            Self::Video => tr!("a video"),
            Self::Drawing => tr!("a drawing program's own file"),
            Self::Archive => tr!("an archive or a text program's document"),
            Self::Html => tr!("a web page"),
            Self::LfsPointer => tr!("a Git LFS pointer instead of the photo itself"),
        }
    }

    /// What to do with it, one sentence.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Heic => {
                tr!(
                    "export it as JPEG; an iPhone saves JPEG itself with Settings > Camera > Formats > Most Compatible"
                )
            }
            Self::Svg | Self::Pdf => tr!("export it as PNG, about 2400 pixels wide"),
            Self::Video => tr!("export one still frame of it as JPEG"),
            Self::Drawing => tr!("export it as PNG or JPEG"),
            Self::Archive => tr!("take the photo itself out of it"),
            Self::Raw => tr!("develop it with the camera's program, or export it as JPEG"),
            Self::Html => tr!("open the page in a browser and save the picture that it shows"),
            Self::LfsPointer => tr!("run `git lfs pull`"),
            Self::Avif | Self::Tiff | Self::Bmp | Self::Psd | Self::JpegXl | Self::Jpeg2000 => {
                tr!("export it as JPEG")
            }
        }
    }
}
