//! Collects the photos that are shown, each once; missing and unusable ones are faults.

use std::collections::BTreeMap;
use std::sync::Arc;

use faults::suggest::nearest;
use faults::{Fault, Faults};
use messages::tr;

use crate::model::documents::TranslationDoc;
use crate::model::entities::{PhotoIx, PhotoSource, PhotoUse, TermKind};
use crate::model::refs::{FileRef, ImageRef};
use crate::model::site::Site;
use crate::model::sources::Sources;

/// Photos shown so far.
#[derive(Debug)]
pub struct Register<'a> {
    sources: &'a Sources,
    photos: Vec<PhotoSource>,
    at: BTreeMap<Box<str>, PhotoIx>,
}

impl<'a> Register<'a> {
    /// An empty register.
    pub fn new(sources: &'a Sources) -> Self {
        Register { sources, photos: Vec::new(), at: BTreeMap::new() }
    }

    /// Registers a photo, with the alternative texts of the main file.
    pub fn take(&mut self, image: &ImageRef, file: &FileRef, faults: &mut Faults) -> Option<PhotoUse> {
        let photo = self.photo(image, file, faults)?;
        Some(PhotoUse { photo, alt: image.alt.clone() })
    }

    /// Registers a photo, with the alternative texts of translations as well.
    pub fn take_translated(
        &mut self,
        image: &ImageRef,
        file: &FileRef,
        translations: &[Option<Arc<TranslationDoc>>],
        faults: &mut Faults,
    ) -> Option<PhotoUse> {
        let mut taken = self.take(image, file, faults)?;
        for translated in translations.iter().flatten().flat_map(|doc| &doc.images) {
            if translated.path == image.path {
                for (lang, text) in translated.alt.iter() {
                    taken.alt.set(lang, text);
                }
            }
        }
        Some(taken)
    }

    fn photo(&mut self, image: &ImageRef, file: &FileRef, faults: &mut Faults) -> Option<PhotoIx> {
        if let Some(ix) = self.at.get(&image.path) {
            return Some(*ix);
        }
        let place = || file.place(image.written.span.clone());
        let Some(found) = self.sources.photos.get(&*image.path) else {
            faults.push(self.missing(image, place()));
            return None;
        };
        match &found.probe {
            Err(error) => {
                let name = &image.written.value;
                faults.push(Fault::error("photo", place(), tr!("{name}: {error}")).help(error.help()));
                None
            }
            Ok(probe) => {
                let ix = PhotoIx::new(self.photos.len());
                self.photos.push(PhotoSource {
                    path: image.path.clone(),
                    file: found.path.clone(),
                    hash: found.hash,
                    probe: *probe,
                    named: (file.clone(), image.written.span.clone()),
                });
                self.at.insert(image.path.clone(), ix);
                Some(ix)
            }
        }
    }

    fn missing(&self, image: &ImageRef, place: faults::Place) -> Fault {
        let folder = image.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beside: Vec<&str> = self
            .sources
            .photos
            .iter()
            .filter(|(_, photo)| !matches!(photo.probe, Err(imaging::PhotoError::NotAPicture)))
            .filter_map(|(path, _)| {
                path.rsplit_once('/').filter(|(other, _)| *other == folder).map(|(_, name)| name)
            })
            .collect();
        let name = image.path.rsplit_once('/').map_or(&*image.path, |(_, name)| name);
        let help = match nearest(name, beside.iter().copied()) {
            Some(near) => tr!("did you mean `{near}`?"),
            None if beside.is_empty() => tr!("put the photo beside this file").to_owned(),
            None => {
                let names = beside.join(", ");
                tr!("the photos beside this file: {names}")
            }
        };
        let photo = &image.written.value;
        let message = tr!("there is no photo `{photo}`");
        Fault::error("missing-photo", place, message).label(tr!("not found")).help(help)
    }

    /// Registers the pictures of all texts.
    pub fn bodies(&mut self, site: &Site, faults: &mut Faults) {
        let entities = site
            .products
            .iter()
            .map(|product| &product.entity)
            .chain(TermKind::ALL.into_iter().flat_map(|kind| site.terms_of(kind)).map(|term| &term.entity))
            .chain(site.pages.iter().chain(&site.home).map(|page| &page.entity));
        for entity in entities {
            for (words, file) in entity.texts.iter().zip(&entity.files) {
                let (Some(words), Some(file)) = (words, file) else { continue };
                for image in words.body.iter().flat_map(|body| &body.images) {
                    self.take(image, file, faults);
                }
            }
        }
    }

    /// All photos, and the position of each.
    pub fn finish(self) -> (Vec<PhotoSource>, BTreeMap<Box<str>, PhotoIx>) {
        (self.photos, self.at)
    }
}
