//! `develop`: photos of the site -> all their sizes, through the cache. Each core works on one photo at a time, so that
//! memory does not grow with their number.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use faults::{Fault, Faults};
use imaging::{Cache, Meta, PhotoKey, Recipe};
use messages::tr;
use rayon::prelude::*;

use crate::model::assets::{Assets, PhotoAsset};
use crate::model::entities::PhotoSource;
use crate::model::site::Site;

/// Called after each photo: how many are ready, of how many.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Develops what the cache lacks. A photo that cannot be developed is a fault at the place that names it.
pub fn develop(site: &Site, recipe: &Recipe, cache: &Cache, progress: Progress<'_>) -> (Assets, Faults) {
    let keys: Vec<PhotoKey> = site.photos.iter().map(|photo| cache.key(photo.hash, recipe)).collect();
    // Two files with the same bytes are one photo.
    let mut photos: BTreeMap<&PhotoKey, &PhotoSource> = BTreeMap::new();
    for (key, photo) in keys.iter().zip(&site.photos) {
        photos.entry(key).or_insert(photo);
    }
    let photos: Vec<(&PhotoKey, &PhotoSource)> = photos.into_iter().collect();
    let done = AtomicUsize::new(0);
    let made = AtomicUsize::new(0);
    let developed: Vec<(&PhotoKey, Result<Meta, Box<Fault>>)> = photos
        .par_iter()
        .with_max_len(1)
        .map(|(key, photo)| {
            let meta = match cache.lookup(key) {
                Some(meta) => Ok(meta),
                None => {
                    made.fetch_add(1, Ordering::Relaxed);
                    one(photo, key, recipe, cache)
                }
            };
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, photos.len());
            (*key, meta)
        })
        .collect();
    let mut faults = Faults::new();
    let mut ready: BTreeMap<&PhotoKey, PhotoAsset> = BTreeMap::new();
    for (key, meta) in developed {
        match meta {
            Err(fault) => faults.push(*fault),
            Ok(meta) => {
                let renditions = meta.renditions.iter().map(|(rendition, _)| *rendition).collect();
                let colour = imaging::colour_class(meta.colour);
                ready.insert(key, PhotoAsset { key: key.clone(), renditions, colour });
            }
        }
    }
    let made = made.into_inner();
    let assets = Assets {
        photos: keys.iter().map(|key| ready.get(key).cloned()).collect(),
        made,
        reused: photos.len() - made,
    };
    (assets, faults)
}

/// Warns about products' photos that are smaller than the theme's fallback size, which feeds and mails show: they are
/// never enlarged, and look small or blurred.
pub fn small(site: &Site, recipe: &Recipe) -> Faults {
    let mut faults = Faults::new();
    let shown: BTreeSet<_> =
        site.products.iter().flat_map(|product| &product.photos).map(|used| used.photo.at()).collect();
    for photo in shown.into_iter().filter_map(|at| site.photos.get(at)) {
        let (width, height) = (photo.probe.width, photo.probe.height);
        if width.max(height) >= recipe.fallback_width {
            continue;
        }
        let largest = recipe.widths.iter().max().copied().unwrap_or(recipe.fallback_width);
        let name = photo.path.rsplit_once('/').map_or(&*photo.path, |(_, name)| name);
        let (file, span) = &photo.named;
        let message = tr!("{name} is {width} x {height} pixels: too small for a product's photo");
        let least = recipe.fallback_width;
        let help = tr!("use one of at least {least} pixels; the theme shows up to {largest} in width");
        faults.push(Fault::warning("small-photo", file.place(span.clone()), message).help(help));
    }
    faults
}

fn one(photo: &PhotoSource, key: &PhotoKey, recipe: &Recipe, cache: &Cache) -> Result<Meta, Box<Fault>> {
    let (file, span) = &photo.named;
    let name = photo.path.rsplit_once('/').map_or(&*photo.path, |(_, name)| name);
    let fault = |message: String, help: &str| {
        Box::new(Fault::error("photo", file.place(span.clone()), message).help(help))
    };
    let bytes = fs::read(&photo.file).map_err(|error| {
        let help = tr!("check that it exists and that you may read it");
        fault(tr!("{name}: it cannot be read: {error}"), help)
    })?;
    if *blake3::hash(&bytes).as_bytes() != photo.hash {
        return Err(fault(tr!("{name}: it changed while it was being read"), tr!("build again")));
    }
    let developed =
        imaging::develop(&bytes, recipe).map_err(|error| fault(tr!("{name}: {error}"), &error.help()))?;
    cache.store(key, &developed).map_err(|error| {
        let help = tr!("check the disk's space and rights below .bazaar/");
        fault(tr!("{name}: its sizes cannot be kept: {error}"), help)
    })
}
