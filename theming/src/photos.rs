//! What a theme specifies about photos: `photos:` in theme.yaml.

use std::ops::RangeInclusive;

use messages::tr;
use yaml::Fields;

use crate::manifest::first;

const FIELDS: [&str; 5] = ["widths", "fallback", "webp_quality", "jpeg_quality", "avif"];

/// In pixels; WebP cannot be wider (RFC 9649, section 2.6).
const WIDTHS: RangeInclusive<i64> = 16..=16_383;
/// The scale of libwebp, libjpeg and ravif.
const QUALITIES: RangeInclusive<i64> = 1..=100;

/// Which files a photo becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoSettings {
    /// Widths in pixels, ascending, each once; 16 to 16,383.
    pub widths: Vec<u32>,
    /// Width in pixels of the one JPEG.
    pub fallback: u32,
    /// 1 to 100.
    pub webp_quality: u8,
    /// 1 to 100.
    pub jpeg_quality: u8,
    /// If given, every width also becomes an AVIF of this quality (1 to 100).
    pub avif: Option<u8>,
}

impl Default for PhotoSettings {
    fn default() -> Self {
        PhotoSettings {
            widths: vec![320, 640, 960, 1280, 1600],
            fallback: 960,
            webp_quality: 75,
            jpeg_quality: 80,
            avif: None,
        }
    }
}

/// Reads `photos:` of each `theme.yaml`, child first, field by field.
pub(crate) fn read(manifests: &[Fields<'_>]) -> PhotoSettings {
    let nodes = manifests.iter().filter_map(|fields| Some((fields.source(), fields.get("photos")?)));
    let stack: Vec<Fields<'_>> =
        nodes.filter_map(|(source, node)| Fields::new(source, node, "`photos`", FIELDS, &[])).collect();
    let mut photos = PhotoSettings::default();

    let number = |name: &str, range: RangeInclusive<i64>| {
        let (fields, _) = first(&stack, name)?;
        fields.integer(name, range)
    };
    if let Some((fields, _)) = first(&stack, "widths") {
        let items = fields.list("widths").unwrap_or_default();
        let widths = items.iter().filter_map(|item| yaml::integer(fields.source(), "widths", item, WIDTHS));
        photos.widths = widths.filter_map(|width| u32::try_from(width).ok()).collect();
        photos.widths.sort_unstable();
        photos.widths.dedup();
        if items.is_empty() {
            let at = fields.entry("widths").map_or(0..0, |entry| entry.key_span.clone());
            fields.source().error(
                "empty-field",
                at,
                tr!("`widths` is empty"),
                tr!("no width"),
                tr!("write `widths: [320, 640, 960]`"),
            );
        }
    }
    if let Some(width) = number("fallback", WIDTHS).and_then(|width| u32::try_from(width).ok()) {
        photos.fallback = width;
    }
    let quality = |name: &str| number(name, QUALITIES).and_then(|quality| u8::try_from(quality).ok());
    photos.webp_quality = quality("webp_quality").unwrap_or(photos.webp_quality);
    photos.jpeg_quality = quality("jpeg_quality").unwrap_or(photos.jpeg_quality);
    let off = first(&stack, "avif")
        .is_some_and(|(_, node)| matches!(&node.kind, yaml::Kind::Scalar { text, .. } if &**text == "false"));
    photos.avif = if off { None } else { quality("avif") };
    photos
}
