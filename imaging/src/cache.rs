//! Developed photos on disk, so that a photo is developed only once and not in every build.
//!
//! Each photo and recipe has a folder, named by its key, with the files and, written last, `meta.json`. A folder is
//! created under a temporary name and then renamed, so a reader sees all of it or nothing: two builds may run
//! at once, and either may be killed. Invalid entries are treated as cache misses.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use messages::tr;
use serde::{Deserialize, Serialize};

use crate::develop::Developed;
use crate::recipe::Recipe;
use crate::rendition::Rendition;

const META: &str = "meta.json";
/// No key begins like this: keys are hexadecimal.
const TEMPORARY: &str = "tmp-";
/// After this long no build is still writing.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// Identifies a photo developed by a recipe: 20 hexadecimal digits (80 bits of BLAKE3), valid in paths and URLs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PhotoKey(String);

impl PhotoKey {
    const DIGITS: usize = 20;

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A key that was printed before; `None` for anything else, so that no path can be smuggled in.
    pub fn parse(text: &str) -> Option<Self> {
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == Self::DIGITS && text.bytes().all(hexadecimal)).then(|| Self(text.to_owned()))
    }
}

impl std::fmt::Display for PhotoKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Everything that a page needs to know about a developed photo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// The photo's own width in pixels, upright.
    pub width: u32,
    /// The photo's own height in pixels, upright.
    pub height: u32,
    /// Mean colour, sRGB.
    pub colour: [u8; 3],
    /// Whether any pixel is transparent.
    pub transparent: bool,
    /// The files, in the order of [`crate::plan`], with their sizes in bytes.
    pub renditions: Vec<(Rendition, u64)>,
}

impl Meta {
    fn of(developed: &Developed) -> Self {
        let Developed { width, height, colour, transparent, ref renditions } = *developed;
        let renditions =
            renditions.iter().map(|(rendition, bytes)| (*rendition, bytes.len() as u64)).collect();
        Self { width, height, colour, transparent, renditions }
    }
}

/// A folder of developed photos. Cheap to share between threads, since it is only the path.
#[derive(Debug)]
pub struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// Opens the folder, creates it if necessary, and removes what killed builds left behind.
    ///
    /// # Errors
    /// The folder cannot be created or read.
    pub fn open(dir: impl Into<PathBuf>) -> io::Result<Self> {
        let cache = Self { dir: dir.into() };
        fs::create_dir_all(&cache.dir)?;
        for entry in fs::read_dir(&cache.dir)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(TEMPORARY) && is_older(&entry.path(), STALE) {
                // Another build may be removing the same folder.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        Ok(cache)
    }

    /// The key of a file (its BLAKE3 hash) developed by a recipe.
    pub fn key(&self, source_hash: [u8; 32], recipe: &Recipe) -> PhotoKey {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&source_hash);
        hasher.update(&recipe.digest());
        let mut digits = hasher.finalize().to_hex().to_string();
        digits.truncate(PhotoKey::DIGITS);
        PhotoKey(digits)
    }

    /// The photo's metadata, if all its files are there in full length. Reads one small file.
    pub fn lookup(&self, key: &PhotoKey) -> Option<Meta> {
        let meta: Meta = serde_json::from_slice(&fs::read(self.folder(key).join(META)).ok()?).ok()?;
        let whole = |(rendition, length): &(Rendition, u64)| {
            fs::metadata(self.path(key, rendition)).is_ok_and(|file| file.is_file() && file.len() == *length)
        };
        (!meta.renditions.is_empty() && meta.renditions.iter().all(whole)).then_some(meta)
    }

    /// Stores a developed photo. If another thread or build has stored it meanwhile, theirs stays.
    ///
    /// # Errors
    /// The disk is full or the folder cannot be written; nothing half-written remains visible.
    pub fn store(&self, key: &PhotoKey, developed: &Developed) -> io::Result<Meta> {
        let meta = Meta::of(developed);
        let temporary = self.temporary()?;
        let stored = fill(&temporary, developed, &meta).and_then(|()| self.settle(&temporary, key));
        if !matches!(stored, Ok(true)) {
            let _ = fs::remove_dir_all(&temporary);
        }
        stored.map(|_| meta)
    }

    /// The path of a file of a stored photo.
    pub fn path(&self, key: &PhotoKey, rendition: &Rendition) -> PathBuf {
        self.folder(key).join(rendition.file_name())
    }

    /// Removes the photos that are not in `keep` and were stored longer ago than `older_than`; returns how many.
    /// Only folders named like a key are ever touched.
    ///
    /// # Errors
    /// The folder cannot be read, or an entry cannot be removed.
    pub fn prune(&self, keep: &BTreeSet<PhotoKey>, older_than: Duration) -> io::Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let Some(key) = entry.file_name().to_str().and_then(PhotoKey::parse) else { continue };
            if !keep.contains(&key) && is_older(&entry.path(), older_than) {
                // Renamed first, so that here, too, a reader sees all of it or nothing.
                self.set_aside(&key)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn folder(&self, key: &PhotoKey) -> PathBuf {
        self.dir.join(key.as_str())
    }

    /// A new empty folder that no other thread, process or machine writes to: its creation is exclusive.
    fn temporary(&self) -> io::Result<PathBuf> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = self.dir.join(format!("{TEMPORARY}{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|()| path),
            }
        }
    }

    /// Renames into place. False if a complete photo was there already.
    fn settle(&self, temporary: &Path, key: &PhotoKey) -> io::Result<bool> {
        const ATTEMPTS: u32 = 4;
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match fs::rename(temporary, self.folder(key)) {
                Ok(()) => return Ok(true),
                Err(_) if self.lookup(key).is_some() => return Ok(false),
                // The existing folder is incomplete: move it out of the way.
                Err(error) if self.folder(key).symlink_metadata().is_ok() => {
                    last = Some(error);
                    self.set_aside(key)?;
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| io::Error::other(tr!("the photo's folder cannot be put into place"))))
    }

    fn set_aside(&self, key: &PhotoKey) -> io::Result<()> {
        let aside = self.temporary()?;
        let moved = match fs::rename(self.folder(key), aside.join("old")) {
            // Another build was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        fs::remove_dir_all(&aside)?;
        moved
    }
}

fn fill(folder: &Path, developed: &Developed, meta: &Meta) -> io::Result<()> {
    for (rendition, bytes) in &developed.renditions {
        fs::write(folder.join(rendition.file_name()), bytes)?;
    }
    fs::write(folder.join(META), serde_json::to_vec(meta)?)
}

/// Whether it was modified longer ago than `age`; without a modification time, or with one in the future, it counts as new.
/// Housekeeping only: no output depends on it.
fn is_older(path: &Path, age: Duration) -> bool {
    let modified = fs::symlink_metadata(path).and_then(|found| found.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|elapsed| elapsed > age))
}
