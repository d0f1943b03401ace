//! What `develop` made: photos in all their sizes, ready to be linked to.

use imaging::{Kind, PhotoKey, Rendition};

use super::entities::PhotoIx;

/// All photos of a site, by their position there.
#[derive(Debug, Default)]
pub struct Assets {
    /// One entry per photo; `None` where it could not be developed.
    pub photos: Vec<Option<PhotoAsset>>,
    /// Photos made in this build.
    pub made: usize,
    /// Photos taken from the cache.
    pub reused: usize,
}

/// One photo in all its sizes.
#[derive(Debug, Clone)]
pub struct PhotoAsset {
    /// The name of its folder below `/_/`.
    pub key: PhotoKey,
    /// Its sizes.
    pub renditions: Vec<Rendition>,
    /// Its colour's class, 0 to 63.
    pub colour: u8,
}

impl Assets {
    /// A photo.
    pub fn photo(&self, ix: PhotoIx) -> Option<&PhotoAsset> {
        self.photos.get(ix.at())?.as_ref()
    }
}

impl PhotoAsset {
    /// Root-relative address of a size.
    pub fn url(&self, rendition: &Rendition) -> String {
        format!("/_/{}/{}", self.key.as_str(), rendition.file_name())
    }

    /// The sizes of a kind, smallest first.
    pub fn of_kind(&self, kind: Kind) -> Vec<&Rendition> {
        let mut sizes: Vec<&Rendition> =
            self.renditions.iter().filter(|rendition| rendition.kind == kind).collect();
        sizes.sort_by_key(|rendition| rendition.width);
        sizes
    }

    /// The `srcset` of a kind, if it has sizes.
    pub fn srcset(&self, kind: Kind) -> Option<String> {
        let entries: Vec<String> =
            self.of_kind(kind).iter().map(|size| format!("{} {}w", self.url(size), size.width)).collect();
        (!entries.is_empty()).then(|| entries.join(", "))
    }

    /// The JPEG.
    pub fn jpeg(&self) -> Option<&Rendition> {
        self.renditions.iter().find(|rendition| rendition.kind == Kind::Jpeg)
    }

    /// The largest size.
    pub fn largest(&self) -> Option<&Rendition> {
        self.renditions.iter().max_by_key(|rendition| (rendition.width, rendition.kind == Kind::Webp))
    }
}
