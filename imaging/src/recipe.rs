//! Which files a photo becomes: the sizes, the formats, and the limits of photos.

use messages::tr;

use crate::fault::PhotoError;
use crate::probe::Probe;
use crate::rendition::{Kind, Rendition};

/// Raise it whenever the code makes different bytes from the same photo and recipe: old cache entries are then not used.
const CODE_VERSION: u32 = 2;

/// The longest side of a WebP: 14 bits, RFC 9649, section 2.6.
const LONGEST_SIDE: u32 = 16_383;

/// What to make of every photo of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// Widths in pixels, in any order. A photo is never enlarged, see [`plan`].
    pub widths: Vec<u32>,
    /// Width in pixels of the one JPEG, for feeds, mails, and browsers without WebP.
    pub fallback_width: u32,
    /// libwebp's quality, 0 to 100.
    pub webp_quality: u8,
    /// libjpeg's quality, 1 to 100.
    pub jpeg_quality: u8,
    /// If given, every width also becomes an AVIF of this quality (1 to 100, ravif's scale).
    pub avif: Option<u8>,
    /// A photo with more pixels is refused before any memory is allocated for it. Developing needs less than about 16
    /// bytes per allowed pixel.
    pub max_pixels: u64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            widths: vec![320, 640, 960, 1280, 1600],
            fallback_width: 960,
            webp_quality: 75,
            jpeg_quality: 80,
            avif: None,
            max_pixels: 80_000_000,
        }
    }
}

impl Recipe {
    /// A digest of everything that affects the output, including the version of this code.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"imaging recipe");
        let mut number = |n: u64| {
            hasher.update(&n.to_le_bytes());
        };
        number(CODE_VERSION.into());
        number(self.webp_quality.into());
        number(self.jpeg_quality.into());
        number(self.avif.map_or(u64::MAX, u64::from));
        number(self.fallback_width.into());
        for width in self.sorted_widths() {
            number(width.into());
        }
        // `max_pixels` determines only whether there is an output.
        *hasher.finalize().as_bytes()
    }

    /// Whether a photo with this header may be developed. Cheap enough for `check` to call for every photo.
    ///
    /// # Errors
    /// Animated, without pixels, with more of them than allowed, or too tall for its width.
    pub fn admits(&self, probe: &Probe) -> Result<(), PhotoError> {
        let Probe { format, width, height, animated } = *probe;
        if animated {
            return Err(PhotoError::Animated { format });
        }
        if width == 0 || height == 0 {
            return Err(PhotoError::damaged(format, tr!("its header says it has no pixels")));
        }
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(PhotoError::TooLarge { width, height, max_pixels: self.max_pixels });
        }
        if plan(probe, self).iter().any(|rendition| rendition.height > LONGEST_SIDE) {
            return Err(PhotoError::TooTall { width, height });
        }
        Ok(())
    }

    /// The widths that encoders can write, ascending, each once; never empty.
    fn sorted_widths(&self) -> Vec<u32> {
        let mut widths: Vec<u32> =
            self.widths.iter().copied().filter(|width| *width > 0).map(|w| w.min(LONGEST_SIDE)).collect();
        widths.sort_unstable();
        widths.dedup();
        if widths.is_empty() {
            widths.push(self.fallback_width.clamp(1, LONGEST_SIDE));
        }
        widths
    }
}

/// The files that a photo becomes, known from its header alone: AVIF (if the recipe has it) and WebP by ascending width,
/// then the one JPEG.
///
/// The widths are those of the recipe strictly below the photo's own, then the photo's own or the recipe's
/// largest, whichever is smaller: nothing is enlarged, and a photo narrower than every width keeps its own.
pub fn plan(probe: &Probe, recipe: &Recipe) -> Vec<Rendition> {
    let own = probe.width;
    let all = recipe.sorted_widths();
    let largest = all.last().map_or(own, |largest| own.min(*largest));
    let mut widths: Vec<u32> = all.into_iter().filter(|width| *width < own && *width < largest).collect();
    widths.push(largest);

    let of = |kind, width| Rendition { kind, width, height: height_at(probe, width) };
    let mut renditions = Vec::new();
    if recipe.avif.is_some() {
        renditions.extend(widths.iter().map(|width| of(Kind::Avif, *width)));
    }
    renditions.extend(widths.iter().map(|width| of(Kind::Webp, *width)));
    renditions.push(of(Kind::Jpeg, recipe.fallback_width.clamp(1, LONGEST_SIDE).min(own)));
    renditions
}

/// The height that keeps the proportions, to the nearest pixel; at least 1, at most the photo's own.
fn height_at(probe: &Probe, width: u32) -> u32 {
    let (own, height, width) = (u64::from(probe.width.max(1)), u64::from(probe.height), u64::from(width));
    let scaled = (height * width + own / 2) / own;
    u32::try_from(scaled.max(1)).unwrap_or(u32::MAX).min(probe.height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;

    fn webp_widths(own: u32) -> Vec<u32> {
        let probe = Probe::still(Format::Jpeg, own, own);
        let sizes = plan(&probe, &Recipe::default());
        sizes.iter().filter(|r| r.kind == Kind::Webp).map(|r| r.width).collect()
    }

    #[test]
    fn a_large_photo_gets_every_width_and_one_jpeg() {
        let sizes = plan(&Probe::still(Format::Jpeg, 2400, 1800), &Recipe::default());
        let names: Vec<String> = sizes.iter().map(Rendition::file_name).collect();
        assert_eq!(names, ["320.webp", "640.webp", "960.webp", "1280.webp", "1600.webp", "960.jpg"]);
        assert_eq!(sizes[0].height, 240);
    }

    #[test]
    fn a_photo_is_never_enlarged() {
        assert_eq!(webp_widths(200), [200]);
        assert_eq!(webp_widths(320), [320]);
        assert_eq!(webp_widths(1200), [320, 640, 960, 1200]);
        assert_eq!(webp_widths(1600), [320, 640, 960, 1280, 1600]);
        assert_eq!(webp_widths(1601), [320, 640, 960, 1280, 1600]);
    }

    #[test]
    fn a_strange_recipe_still_gives_a_plan() {
        let recipe = Recipe { widths: vec![0, 900, 300, 900], fallback_width: 0, ..Recipe::default() };
        let sizes = plan(&Probe::still(Format::Png, 5000, 10), &recipe);
        let names: Vec<String> = sizes.iter().map(Rendition::file_name).collect();
        assert_eq!(names, ["300.webp", "900.webp", "1.jpg"]);
        assert!(sizes.iter().all(|size| size.height >= 1));
        let none = Recipe { widths: vec![], ..Recipe::default() };
        assert_eq!(plan(&Probe::still(Format::Png, 5000, 10), &none)[0].width, 960);
    }

    #[test]
    fn a_gigantic_or_very_tall_photo_is_refused_by_its_header() {
        let recipe = Recipe::default();
        let huge = recipe.admits(&Probe::still(Format::Png, u32::MAX, u32::MAX));
        assert!(matches!(huge, Err(PhotoError::TooLarge { .. })));
        let tall = recipe.admits(&Probe::still(Format::Png, 300, 60_000));
        assert!(matches!(tall, Err(PhotoError::TooTall { .. })));
        assert_eq!(recipe.admits(&Probe::still(Format::Png, 10_000, 8_000)), Ok(()));
    }

    #[test]
    fn the_digest_changes_with_what_shapes_the_output_only() {
        let usual = Recipe::default();
        let with_avif = Recipe { avif: Some(50), ..usual.clone() };
        let all = [
            Recipe { webp_quality: 76, ..usual.clone() },
            Recipe { jpeg_quality: 81, ..usual.clone() },
            Recipe { avif: Some(51), ..usual.clone() },
            Recipe { fallback_width: 961, ..usual.clone() },
            Recipe { widths: vec![320, 640, 960, 1280], ..usual.clone() },
            Recipe { widths: vec![320, 640, 960, 1280, 1601], ..usual.clone() },
            with_avif,
            usual.clone(),
        ];
        let digests: std::collections::BTreeSet<_> = all.iter().map(Recipe::digest).collect();
        assert_eq!(digests.len(), all.len());
        let shuffled = Recipe { widths: vec![1600, 320, 640, 960, 1280, 320], ..usual.clone() };
        let roomier = Recipe { max_pixels: 1, ..usual.clone() };
        assert_eq!(usual.digest(), shuffled.digest());
        assert_eq!(usual.digest(), roomier.digest());
    }
}
