//! Photos in views.

use imaging::Kind;

use super::ViewContext;
use crate::model::entities::{PhotoIx, PhotoUse};
use crate::model::lang::LangIx;
use crate::model::view::{Photo, ShareImage};

impl ViewContext<'_> {
    /// A photo with its alternative text for a reader of `lang`.
    pub fn photo(&self, used: &PhotoUse, lang: LangIx) -> Option<Photo> {
        let shown = used.alt.shown(lang);
        let alt = shown.map_or("", |shown| shown.text);
        self.photo_of(used.photo, alt, shown.and_then(|shown| shown.fallback))
    }

    /// A photo with an alternative text.
    pub fn photo_of(&self, ix: PhotoIx, alt: &str, alt_lang: Option<LangIx>) -> Option<Photo> {
        let asset = self.assets.photo(ix)?;
        let largest = asset.largest()?;
        let jpeg = asset.jpeg()?;
        let full = asset.of_kind(Kind::Webp).last().map_or_else(|| asset.url(jpeg), |size| asset.url(size));
        Some(Photo {
            src: asset.url(jpeg),
            width: largest.width,
            height: largest.height,
            webp: asset.srcset(Kind::Webp).unwrap_or_default(),
            avif: asset.srcset(Kind::Avif),
            full,
            alt: alt.to_owned(),
            alt_lang: self.lang_tag(alt_lang),
            colour: format!("c-{}", asset.colour),
        })
    }

    /// A photo for link previews.
    pub fn share_image(&self, used: &PhotoUse, lang: LangIx) -> Option<ShareImage> {
        let asset = self.assets.photo(used.photo)?;
        let jpeg = asset.jpeg()?;
        Some(ShareImage {
            url: self.absolute(&asset.url(jpeg)),
            width: jpeg.width,
            height: jpeg.height,
            alt: used.alt.get(lang).to_owned(),
        })
    }

    /// The shop's picture for link previews.
    pub fn shop_image(&self, lang: LangIx) -> Option<ShareImage> {
        let image = self.site.shop.share_image.as_ref()?;
        let photo = self.site.photo_named(image)?;
        self.share_image(&PhotoUse { photo, alt: image.alt.clone() }, lang)
    }
}
