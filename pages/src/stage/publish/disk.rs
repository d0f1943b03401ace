//! The output folder: whether it is ours, writing only what changed, removing only our own files that are obsolete.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::manifest::{Entry, Manifest};
use super::{PublishError, Target};
use crate::model::plan::Plan;
use crate::stage::outputs::OURS;

/// Size and modification time (nanoseconds since 1970) of a file.
pub(super) type Stamp = (u64, u128);

/// Whether a file had to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrote {
    /// No: it had these bytes.
    Same,
    /// Yes.
    Changed,
}

/// An output folder that is ours.
#[derive(Debug)]
pub(super) struct Disk {
    out: PathBuf,
    state: PathBuf,
    pub(super) manifest: PathBuf,
    incomplete: PathBuf,
}

impl Disk {
    /// Takes a folder that is empty, absent or ours.
    pub(super) fn open(target: &Target) -> Result<Self, PublishError> {
        let out = target.out.clone();
        fs::create_dir_all(&out).map_err(|error| PublishError::Disk(out.clone(), error))?;
        let real = fs::canonicalize(&out).map_err(|error| PublishError::Disk(out.clone(), error))?;
        let manifest = target.state.join(manifest_name(&real, &target.state));
        let empty =
            fs::read_dir(&out).map_err(|error| PublishError::Disk(out.clone(), error))?.next().is_none();
        if !empty && !manifest.exists() {
            match left_by_us(&out, &target.state) {
                // The folder may be a copy, and the original be built into again: its manifest stays.
                Some(known) => {
                    fs::copy(&known, &manifest)
                        .map_err(|error| PublishError::Disk(manifest.clone(), error))?;
                }
                None if is_ours(&out) => {}
                None => return Err(PublishError::Foreign(out)),
            }
        }
        fs::create_dir_all(&target.state).map_err(|error| PublishError::Disk(target.state.clone(), error))?;
        Ok(Disk { out, manifest, incomplete: target.state.join("incomplete"), state: target.state.clone() })
    }

    /// Marks the folder as unfinished, until [`Disk::finish`].
    pub(super) fn begin(&self) -> Result<&Self, PublishError> {
        fs::write(&self.incomplete, b"")
            .map_err(|error| PublishError::Disk(self.incomplete.clone(), error))?;
        if !self.manifest.exists() {
            // From now on the folder is known to be ours, even if this build is killed.
            Manifest::default()
                .save(&self.manifest)
                .map_err(|error| PublishError::Disk(self.manifest.clone(), error))?;
        }
        Ok(self)
    }

    pub(super) fn finish(&self, manifest: &Manifest) -> Result<(), PublishError> {
        manifest.save(&self.manifest).map_err(|error| PublishError::Disk(self.manifest.clone(), error))?;
        fs::remove_file(&self.incomplete).map_err(|error| PublishError::Disk(self.incomplete.clone(), error))
    }

    /// Whether a page's file is as we left it: same size, same modification time.
    pub(super) fn stands(&self, path: &str, entry: &Entry) -> bool {
        self.stamp(path).is_ok_and(|stamp| stamp == (entry.size, entry.changed))
    }

    fn stamp(&self, path: &str) -> std::io::Result<Stamp> {
        fs::metadata(self.out.join(path)).map(|metadata| stamp_of(&metadata))
    }

    /// Writes a file unless it has these bytes already. It is overwritten in place: on ext4 this takes a tenth of the time
    /// of a new file and a rename; the mark `incomplete` remains until all files are complete.
    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> Result<(Wrote, Stamp), PublishError> {
        write_if_changed(&self.out.join(path), bytes)
    }

    /// Writes a file of `.bazaar`.
    pub(super) fn write_state(&self, name: &str, bytes: &[u8]) -> Result<Wrote, PublishError> {
        write_if_changed(&self.state.join(name), bytes).map(|(wrote, _)| wrote)
    }

    /// Copies a photo. Its path identifies its content, so a file of the same size is the same.
    pub(super) fn copy(&self, path: &str, from: &Path) -> Result<(Wrote, u64), PublishError> {
        let to = self.out.join(path);
        let size = fs::metadata(from).map_err(|error| PublishError::Disk(from.to_owned(), error))?.len();
        if fs::metadata(&to).is_ok_and(|there| there.len() == size) {
            return Ok((Wrote::Same, size));
        }
        let bytes = super::read(from)?;
        Ok((write_if_changed(&to, &bytes)?.0, size))
    }

    /// Removes files of the previous build where this one needs a folder, and those in folders where it needs a file.
    pub(super) fn clear_the_way(
        &self,
        before: &Manifest,
        plan: &Plan,
    ) -> Result<BTreeSet<Box<str>>, PublishError> {
        let now: BTreeSet<&str> = plan.jobs.keys().chain(&plan.files).map(|path| &**path).collect();
        let mut cleared = BTreeSet::new();
        for path in before.paths().filter(|path| !now.contains(path)) {
            let folder = format!("{path}/");
            let mut below = now.range::<str, _>((Bound::Excluded(folder.as_str()), Bound::Unbounded));
            let is_folder = below.next().is_some_and(|next| next.starts_with(&folder));
            let is_below = path.match_indices('/').any(|(at, _)| now.contains(&path[..at]));
            if is_folder || is_below {
                self.remove(path)?;
                cleared.insert(path.into());
            }
        }
        Ok(cleared)
    }

    /// Removes files of the previous build that this one does not have, except those that are `cleared`.
    pub(super) fn prune(
        &self,
        before: &Manifest,
        now: &Manifest,
        cleared: &BTreeSet<Box<str>>,
    ) -> Result<usize, PublishError> {
        let kept: BTreeSet<&str> = now.paths().collect();
        let mut removed = 0;
        for path in before.paths().filter(|path| !kept.contains(path) && !cleared.contains(*path)) {
            removed += usize::from(self.remove(path)?);
        }
        Ok(removed)
    }

    /// Removes a file, and folders that are then empty. Returns whether the file existed.
    fn remove(&self, path: &str) -> Result<bool, PublishError> {
        let file = self.out.join(path);
        let there = match fs::remove_file(&file) {
            Ok(()) => true,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => false,
            Err(error) => return Err(PublishError::Disk(file, error)),
        };
        let mut folder = file.parent();
        // `remove_dir` refuses a folder that is not empty.
        while let Some(empty) =
            folder.filter(|folder| **folder != *self.out && fs::remove_dir(folder).is_ok())
        {
            folder = empty.parent();
        }
        Ok(there)
    }
}

/// The name of an output folder's manifest: made from the path within the shop, so that it survives moving or renaming the
/// shop; from the whole path if the folder is elsewhere, since there may be another folder tomorrow.
fn manifest_name(out: &Path, state: &Path) -> String {
    let shop = state.parent().and_then(|shop| fs::canonicalize(shop).ok());
    let inside = shop.and_then(|shop| out.strip_prefix(shop).ok().map(Path::to_owned));
    let name = blake3::hash(inside.as_deref().unwrap_or(out).to_string_lossy().as_bytes()).to_hex();
    format!("site-{}", &name[..16])
}

/// The manifest of a folder that was moved or renamed since it was built: one of its pages is in the folder exactly as we
/// left it, to the nanosecond.
fn left_by_us(out: &Path, state: &Path) -> Option<PathBuf> {
    let mut known: Vec<PathBuf> = fs::read_dir(state).ok()?.flatten().map(|entry| entry.path()).collect();
    known.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("site-") && !name.ends_with(".tmp")
    });
    known.sort();
    known.into_iter().find(|path| {
        Manifest::load(path).pages.iter().any(|(page, entry)| {
            let there = fs::metadata(out.join(&**page)).ok();
            there.is_some_and(|there| stamp_of(&there) == (entry.size, entry.changed))
        })
    })
}

/// A folder whose manifest was lost is recognised by the first line of its `_headers`.
fn is_ours(out: &Path) -> bool {
    fs::read_to_string(out.join("_headers")).is_ok_and(|text| text.starts_with(OURS))
}

fn stamp_of(metadata: &Metadata) -> Stamp {
    let changed = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    (metadata.len(), changed.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos())
}

fn write_if_changed(file: &Path, bytes: &[u8]) -> Result<(Wrote, Stamp), PublishError> {
    let disk = |error| PublishError::Disk(file.to_owned(), error);
    if bytes.is_empty()
        && let Some(there) = fs::metadata(file).ok().filter(|there| there.is_file() && there.len() == 0)
    {
        // Once it is opened below, an existing empty file looks the same as a new one.
        return Ok((Wrote::Same, stamp_of(&there)));
    }
    let mut open = match OpenOptions::new().read(true).write(true).create(true).truncate(false).open(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder).map_err(disk)?;
            }
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(file).map_err(disk)?
        }
        other => other.map_err(disk)?,
    };
    let before = open.metadata().map_err(disk)?;
    let length = before.len();
    if length == bytes.len() as u64 && length > 0 && same(&mut open, bytes).map_err(disk)? {
        return Ok((Wrote::Same, stamp_of(&before)));
    }
    overwrite(&mut open, bytes, length).map_err(disk)?;
    // From the open file: its path need not be resolved again.
    let after = open.metadata().map_err(disk)?;
    Ok((Wrote::Changed, stamp_of(&after)))
}

fn same(file: &mut File, bytes: &[u8]) -> std::io::Result<bool> {
    let mut there = Vec::with_capacity(bytes.len());
    file.read_to_end(&mut there)?;
    Ok(there == bytes)
}

fn overwrite(file: &mut File, bytes: &[u8], length: u64) -> std::io::Result<()> {
    use std::io::Seek as _;
    if length > 0 {
        file.rewind()?;
    }
    file.write_all(bytes)?;
    if length > bytes.len() as u64 {
        file.set_len(bytes.len() as u64)?;
    }
    Ok(())
}
