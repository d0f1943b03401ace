//! Gives the library a digest of its sources: caches of an earlier build are valid for the same program only.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

/// Every crate that affects what is parsed and rendered.
const CRATES: &[&str] =
    &["catalog", "faults", "imaging", "pages", "storefront", "styling", "theming", "yaml"];

#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    // `DefaultHasher::new` has fixed keys: the same sources give the same number everywhere.
    let mut hasher = DefaultHasher::new();
    for name in CRATES {
        let folder = root.join(name).join("src");
        println!("cargo::rerun-if-changed={}", folder.display());
        add(&folder, &mut hasher)?;
    }
    // For the versions of dependencies; a crate built elsewhere may have no lock file.
    let lock = root.join("Cargo.lock");
    if lock.is_file() {
        println!("cargo::rerun-if-changed={}", lock.display());
        std::fs::read(lock)?.hash(&mut hasher);
    }
    println!("cargo::rustc-env=BAZAAR_SOURCES={:016x}", hasher.finish());
    Ok(())
}

fn add(folder: &Path, hasher: &mut DefaultHasher) -> std::io::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        entry.file_name().to_string_lossy().hash(hasher);
        match entry.file_type()?.is_dir() {
            true => add(&entry.path(), hasher)?,
            false => std::fs::read(entry.path())?.hash(hasher),
        }
    }
    Ok(())
}
