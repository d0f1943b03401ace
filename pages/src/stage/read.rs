//! `read`: the shop's folder -> `Sources`. The only stage that looks at the owner's files. Every disk error is a fault
//! with the file's name; only temporary files of editors and systems are skipped silently.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read as _};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use catalog::supply::Taken;
use faults::{Fault, Faults, Place};
use messages::tr;
use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization as _;
use walkdir::WalkDir;

use crate::model::sources::{PhotoFile, Sources, Text};

/// The largest text file, in bytes.
const MAX_TEXT: u64 = 1 << 20;
/// The largest photo, in bytes.
const MAX_PHOTO: u64 = 64 << 20;

/// Extensions of photos. A file with another extension is a photo, too, if it begins like one.
const PHOTO_TYPES: &[&str] = &["jpg", "jpeg", "png", "webp", "gif", "avif", "heic", "heif"];

/// What an earlier read of this process found: valid as long as size and modification time stay the same. Keys are the
/// bytes of paths, which compare faster than paths.
#[derive(Debug, Default)]
pub struct Memo(BTreeMap<OsString, (Stamp, Found)>);

impl Memo {
    /// Makes the next call read this file or folder again: two writes within one tick of the disk's clock have the same time.
    pub fn forget(&mut self, path: &Path) {
        if self.0.remove(path.as_os_str()).is_none() {
            self.0.retain(|known, _| !Path::new(known).starts_with(path));
        }
    }
}

type Stamp = (u64, Option<SystemTime>);

#[derive(Debug, Clone)]
enum Found {
    Text(Text),
    Photo(PhotoFile),
}

enum Kind {
    Text,
    Photo,
}

struct Candidate {
    path: PathBuf,
    name: Arc<str>,
    kind: Kind,
    stamp: Stamp,
}

/// Reads everything under `content/` of the shop. The theme's folders and the stock file are read by
/// [`theme_layer`] and [`stock`].
pub fn read(shop: &Path, memo: &mut Memo) -> (Sources, Faults) {
    let mut faults = Faults::new();
    let mut sources = Sources::default();
    let candidates = walk(shop, &mut sources, &mut faults);
    let before = std::mem::take(&mut memo.0);
    let found: Vec<(Candidate, Result<Found, Box<Fault>>)> = candidates
        .into_par_iter()
        .map(|candidate| {
            let known = before.get(candidate.path.as_os_str()).filter(|(stamp, _)| *stamp == candidate.stamp);
            let found = match known {
                Some((_, found)) => Ok(found.clone()),
                None => load(&candidate),
            };
            (candidate, found)
        })
        .collect();
    for (candidate, found) in found {
        match found {
            Err(fault) => {
                faults.push(*fault);
                sources.unreadable.push(candidate.name);
            }
            Ok(found) => {
                match found.clone() {
                    Found::Text(text) => {
                        sources.texts.insert(candidate.name, text);
                    }
                    Found::Photo(photo) => {
                        sources.photos.insert(candidate.name, photo);
                    }
                }
                memo.0.insert(candidate.path.into_os_string(), (candidate.stamp, found));
            }
        }
    }
    (sources, faults)
}

/// Whether a folder has a shop's settings, whatever the case of their name.
pub fn is_shop(folder: &Path) -> bool {
    let settings = |entry: fs::DirEntry| entry.file_name().eq_ignore_ascii_case("shop.yaml");
    fs::read_dir(folder.join("content")).is_ok_and(|entries| entries.flatten().any(settings))
}

fn walk(shop: &Path, sources: &mut Sources, faults: &mut Faults) -> Vec<Candidate> {
    let content = shop.join("content");
    let Ok(real_shop) = fs::canonicalize(shop) else {
        faults.push(Fault::error("no-shop", Place::file("."), tr!("the shop's folder cannot be opened")));
        return Vec::new();
    };
    let mut candidates = Vec::new();
    let mut walker = WalkDir::new(&content).follow_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = walker.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                faults.extend(walk_fault(shop, &error));
                continue;
            }
        };
        let name = entry.file_name().to_string_lossy();
        if entry.depth() > 0 && is_litter(&name) && !is_well_known(&entry) {
            if entry.file_type().is_dir() {
                walker.skip_current_dir();
            }
            continue;
        }
        let shown = shown_path(shop, entry.path());
        if entry.path_is_symlink() && !leads_inside(entry.path(), &real_shop) {
            faults.push(
                Fault::error("outside", Place::file(shown), tr!("this link leads out of the shop's folder"))
                    .help(tr!("copy what it points to into content/")),
            );
            if entry.file_type().is_dir() {
                walker.skip_current_dir();
            }
            continue;
        }
        if entry.file_type().is_file() {
            candidates.extend(candidate(&entry, shown, sources, faults));
        }
    }
    candidates
}

fn candidate(
    entry: &walkdir::DirEntry,
    shown: Arc<str>,
    sources: &mut Sources,
    faults: &mut Faults,
) -> Option<Candidate> {
    if let Some(fault) = unwritable_name(&shown) {
        faults.push(fault);
        return None;
    }
    if let Some(inside) = shown.strip_prefix("content/static/") {
        sources.statics.insert(inside.to_owned(), entry.path().to_owned());
        return None;
    }
    let extension = shown.rsplit_once('.').map(|(_, ext)| ext.to_ascii_lowercase()).unwrap_or_default();
    let kind = match extension.as_str() {
        "md" | "yaml" => Kind::Text,
        ext if PHOTO_TYPES.contains(&ext) => Kind::Photo,
        ext => {
            let what = match glance(entry.path()) {
                Ok(_) => return whole(entry, shown, Kind::Photo, sources, faults),
                Err(what) => what,
            };
            let picture = what.is_picture();
            let photo = PhotoFile { path: entry.path().to_owned(), hash: [0; 32], probe: Err(what) };
            // If something shows it, the fault is reported there.
            sources.photos.insert(shown.clone(), photo);
            if picture {
                return None;
            }
            let help = match ext {
                "yml" => tr!("rename it to end in .yaml"),
                "markdown" | "mdown" | "txt" => tr!("rename it to end in .md"),
                _ => {
                    tr!(
                        "texts end in .md or .yaml, photos in .jpg, .png or .webp; what is published as it is goes to content/static/"
                    )
                }
            };
            faults.push(
                Fault::warning("unread-file", Place::file(shown), tr!("this file is not used")).help(help),
            );
            return None;
        }
    };
    whole(entry, shown, kind, sources, faults)
}

/// The file's format by its first bytes, whatever its name says.
fn glance(path: &Path) -> Result<imaging::Format, imaging::PhotoError> {
    let mut head = Vec::with_capacity(imaging::HEAD);
    let read = fs::File::open(path).and_then(|file| file.take(imaging::HEAD as u64).read_to_end(&mut head));
    read.map_err(|_| imaging::PhotoError::NotAPicture)?;
    imaging::glance(&head)
}

fn whole(
    entry: &walkdir::DirEntry,
    shown: Arc<str>,
    kind: Kind,
    sources: &mut Sources,
    faults: &mut Faults,
) -> Option<Candidate> {
    let metadata = match entry.metadata() {
        Ok(metadata) => metadata,
        Err(error) => {
            let name = shown.clone();
            faults.push(Fault::error(
                "unreadable",
                Place::file(shown),
                tr!("this file cannot be read: {error}"),
            ));
            sources.unreadable.push(name);
            return None;
        }
    };
    let limit = if matches!(kind, Kind::Text) { MAX_TEXT } else { MAX_PHOTO };
    if metadata.len() > limit {
        let (size, most) = (metadata.len() / 1024, limit / 1024);
        sources.unreadable.push(shown.clone());
        faults.push(
            Fault::error("too-large", Place::file(shown), tr!("this file is far too large ({size} KiB)"))
                .help(tr!("at most {most} KiB")),
        );
        return None;
    }
    let stamp = (metadata.len(), metadata.modified().ok());
    Some(Candidate { path: entry.path().to_owned(), name: shown, kind, stamp })
}

fn load(candidate: &Candidate) -> Result<Found, Box<Fault>> {
    let place = || Place::file(candidate.name.clone());
    let bytes = fs::read(&candidate.path).map_err(|error| {
        let error = plain(&error);
        let message = tr!("this file cannot be read: {error}");
        Box::new(
            Fault::error("unreadable", place(), message)
                .help(tr!("check that it exists and that you may read it")),
        )
    })?;
    match candidate.kind {
        Kind::Photo => Ok(Found::Photo(PhotoFile {
            path: candidate.path.clone(),
            hash: *blake3::hash(&bytes).as_bytes(),
            probe: imaging::probe(&bytes),
        })),
        Kind::Text => {
            let text = match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => return Err(Box::new(not_utf8(&candidate.name, &error))),
            };
            let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(&text).into();
            let digest = blake3::hash(text.as_bytes());
            let digest = u64::from_le_bytes(digest.as_bytes()[..8].try_into().unwrap_or_default());
            Ok(Found::Text(Text { text, digest }))
        }
    }
}

fn not_utf8(name: &Arc<str>, error: &std::string::FromUtf8Error) -> Fault {
    let valid = error.utf8_error().valid_up_to();
    let text: Arc<str> = String::from_utf8_lossy(error.as_bytes()).into();
    Fault::error(
        "not-utf8",
        Place::span(name.clone(), text, valid..valid + 3),
        tr!("this file is not UTF-8 text"),
    )
    .label(tr!("the first byte that is not"))
    .help(tr!("save it again with the encoding UTF-8"))
}

/// A name that no page can link to and no feed can contain.
fn unwritable_name(shown: &str) -> Option<Fault> {
    let bad = |c: char| c == char::REPLACEMENT_CHARACTER || yaml::characters::is_forbidden(c);
    let found = shown.chars().find(|c| bad(*c))?;
    let message = match found {
        char::REPLACEMENT_CHARACTER => tr!("the name of this file is not UTF-8").to_owned(),
        c => {
            let character = yaml::characters::name(c);
            tr!("the name of this file holds the character {character}")
        }
    };
    let shown: String = shown.chars().map(|c| if bad(c) { char::REPLACEMENT_CHARACTER } else { c }).collect();
    Some(
        Fault::error("file-name", Place::file(shown), message)
            .help(tr!("rename it, best in plain letters and digits")),
    )
}

/// The fault of a file that cannot be reached. Editors' temporary files are no mistake: they mark an open file by a
/// dangling link, and remove their own files while we look.
fn walk_fault(shop: &Path, error: &walkdir::Error) -> Option<Fault> {
    let shown = error.path().map_or_else(|| "content".into(), |path| shown_path(shop, path));
    if error.depth() > 0 && shown.rsplit('/').next().is_some_and(is_litter) {
        return None;
    }
    if error.loop_ancestor().is_some() {
        let fault =
            Fault::error("link-loop", Place::file(shown), tr!("this link leads back to a folder above it"));
        return Some(fault.help(tr!("remove the link")));
    }
    let words = error.io_error().map_or_else(|| error.to_string(), plain);
    if error.depth() == 0 {
        let fault = Fault::error("no-shop", Place::file("content"), tr!("there is no folder `content` here"));
        let help = tr!("run `bazaar init DIR` for a new shop, or name the folder of a shop with --shop");
        return Some(fault.help(help));
    }
    let fault = Fault::error("unreadable", Place::file(shown), tr!("this cannot be read: {words}"));
    Some(fault.help(tr!("a link may point to nothing: remove it, or check that you may read it")))
}

/// A system error in plain words; rare ones keep the system's own.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => tr!("no such file or directory").to_owned(),
        io::ErrorKind::PermissionDenied => tr!("permission denied").to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}

fn leads_inside(path: &Path, real_shop: &Path) -> bool {
    fs::canonicalize(path).is_ok_and(|real| real.starts_with(real_shop.join("content")))
}

/// Path relative to the shop, with `/`, composed (NFC): what macOS writes decomposed is the same name.
fn shown_path(shop: &Path, path: &Path) -> Arc<str> {
    let relative = path.strip_prefix(shop).unwrap_or(path);
    // Nearly all names are ASCII: nothing to compose.
    if let Some(ascii) = relative.to_str().filter(|text| text.is_ascii() && MAIN_SEPARATOR == '/') {
        return ascii.into();
    }
    let parts: Vec<String> =
        relative.components().map(|part| part.as_os_str().to_string_lossy().nfc().collect()).collect();
    parts.join("/").into()
}

/// `content/static/.well-known/`: where services such as Apple Pay look for proof of a domain's ownership (RFC 8615).
fn is_well_known(entry: &walkdir::DirEntry) -> bool {
    entry.depth() == 2 && entry.file_type().is_dir() && entry.path().ends_with("static/.well-known")
}

/// Whether it is a temporary file of an editor, a synchroniser or the system.
pub fn is_litter(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ends = [
        ".swp",
        ".swo",
        ".swx",
        ".tmp",
        ".bak",
        ".orig",
        ".part",
        ".crdownload",
        "___jb_tmp___",
        "___jb_old___",
        "~",
    ];
    name.starts_with('.')
        || (name.starts_with('#') && name.ends_with('#'))
        || name.starts_with("~$")
        || ends.iter().any(|end| lower.ends_with(end))
        || lower.contains("sync-conflict")
        || matches!(
            lower.as_str(),
            "thumbs.db" | "ehthumbs.db" | "desktop.ini" | "icon\r" | "4913" | "__macosx"
        )
}

/// The files of a theme's folder, or nothing if there is no such folder.
pub fn theme_layer(shop: &Path, name: &str) -> (Option<theming::Layer>, Faults) {
    let mut faults = Faults::new();
    let folder = shop.join("themes").join(name);
    if !folder.is_dir() {
        return (None, faults);
    }
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(&folder).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                faults.extend(walk_fault(shop, &error));
                continue;
            }
        };
        if is_litter(&entry.file_name().to_string_lossy()) || !entry.file_type().is_file() {
            continue;
        }
        let shown = shown_path(shop, entry.path());
        if let Some(fault) = unwritable_name(&shown) {
            faults.push(fault);
            continue;
        }
        let inside = shown_path(&folder, entry.path()).to_string();
        match fs::read(entry.path()) {
            Ok(bytes) => {
                files.insert(inside, theming::ThemeFile { shown, bytes: bytes.into() });
            }
            Err(error) => {
                let error = plain(&error);
                let fault =
                    Fault::error("unreadable", Place::file(shown), tr!("this file cannot be read: {error}"));
                faults.push(fault.help(tr!("check that you may read it")));
            }
        }
    }
    (Some(theming::Layer { name: name.to_owned(), files }), faults)
}

/// Only `away` may be negative, for pieces that came back.
fn negative_counts(stock: &BTreeMap<String, Taken>, shown: &Arc<str>, text: &Arc<str>, help: &str) -> Faults {
    let mut faults = Faults::new();
    for (key, _) in stock.iter().filter(|(_, taken)| taken.sold < 0 || taken.held < 0) {
        let written = format!("\"{key}\"");
        let at = text.find(&written).unwrap_or(0);
        let place = Place::span(shown.clone(), text.clone(), at..at + written.len());
        let message = tr!("fewer than no pieces of `{key}` are sold or held");
        faults.push(Fault::error("stock-file", place, message).help(help));
    }
    faults
}

/// Reads `--stock FILE`: JSON of stock keys, each with `sold`, `held` and `away`, as the till prints it.
pub fn stock(path: &Path, sources: &mut Sources) -> Faults {
    let shown: Arc<str> = path.to_string_lossy().into();
    let help = tr!("fetch it again from the till: `GET /api/stock` with the sweep's secret");
    let text: Arc<str> = match fs::read_to_string(path) {
        Ok(text) => text.into(),
        Err(error) => {
            let error = plain(&error);
            let message = tr!("the stock file cannot be read: {error}");
            return Fault::error("stock-file", Place::file(shown), message).help(help).into();
        }
    };
    match serde_json::from_str(&text) {
        Ok(stock) => {
            let faults = negative_counts(&stock, &shown, &text, help);
            sources.stock = stock;
            sources.stock_file = Some(shown);
            faults
        }
        Err(error) => {
            let place = Place::line(shown, text, error.line(), error.column());
            let words = error.to_string();
            let words = words.split(" at line").next().unwrap_or_default();
            let words = words.replace("struct Taken", tr!("`sold`, `held` and `away` of a stock key"));
            Fault::error("stock-file", place, tr!("the stock file is not what the till prints: {words}"))
                .help(tr!("it reads {{ \"BOL-LUNE\": {{ \"sold\": 1, \"held\": 0, \"away\": 0 }} }}; {help}"))
                .into()
        }
    }
}
