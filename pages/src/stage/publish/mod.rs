//! `publish`: renders what changed and updates the output folder to match the plan: compare and skip, write, then remove
//! what is obsolete. Only files of our own manifest are ever deleted.

mod disk;
mod manifest;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use faults::{Fault, Faults};
use imaging::Cache;
use messages::tr;
use rayon::prelude::*;

use crate::model::facts::{Facts, path_hash};
use crate::model::plan::{Job, Plan};
use crate::stage::view::{View, ViewContext};
use crate::stage::{outputs, render};

use disk::Disk;
pub use disk::Wrote;
use manifest::{Entry, Manifest};

/// Where a site goes.
#[derive(Debug, Clone)]
pub struct Target {
    /// The output folder.
    pub out: PathBuf,
    /// Our own folder, `.bazaar`.
    pub state: PathBuf,
}

/// What a build did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Pages of the site.
    pub pages: usize,
    /// Pages rendered now.
    pub rendered: usize,
    /// Files written now.
    pub written: usize,
    /// Files removed now.
    pub removed: usize,
    /// All files of the site.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Why nothing could be published.
#[derive(Debug)]
pub enum PublishError {
    /// The folder holds files that are not ours.
    Foreign(PathBuf),
    /// The disk refused.
    Disk(PathBuf, std::io::Error),
}

/// A page that was rendered or is still valid, with its path; `None` if it had a fault.
type Made = Option<(Box<str>, Entry)>;

/// Renders and writes everything. Returns the faults found while rendering; the folder then stays marked as incomplete.
pub fn publish(
    views: &ViewContext<'_>,
    plan: &Plan,
    cache: &Cache,
    target: &Target,
) -> Result<(Published, Faults), PublishError> {
    let disk = Disk::open(target)?;
    let before = Manifest::load(&disk.manifest);
    let (made, assets) = (Counters::default(), disk.begin()?);
    let cleared = disk.clear_the_way(&before, plan)?;
    copy_assets(views, cache, assets, &made)?;
    let valid = valid_links(views, plan);
    let jobs: Vec<(&Box<str>, Job)> = plan.jobs.iter().map(|(path, job)| (path, *job)).collect();
    let faults = Mutex::new(Faults::new());
    let pages = || -> Result<Vec<Made>, PublishError> {
        let pages = jobs.par_iter().map(|(path, job)| {
            page(views, &disk, before.pages.get(*path), path, *job, &valid, &made)
                .map(|result| result.map_err(|fault| collect(&faults, fault)).ok())
                .map(|entry| entry.map(|entry| ((*path).clone(), entry)))
        });
        pages.collect()
    };
    // These outputs need no page: they are made on one core while the others render.
    let (pages, (mut files, (snapshot, found))) = rayon::join(pages, || outputs::all(views));
    let pages: BTreeMap<Box<str>, Entry> = pages?.into_iter().flatten().collect();
    let mut faults = reported_once(faults.into_inner().unwrap_or_default());
    faults.extend(found);
    let headers = outputs::headers(pages.values().map(|entry| &entry.facts));
    faults.extend(outputs::too_many(views.site).into_iter().chain(outputs::too_long(&headers)));
    files.insert("_headers".to_owned(), headers.into_bytes());
    for (path, bytes) in &files {
        made.wrote(disk.write(path, bytes)?.0, bytes.len() as u64);
    }
    disk.write_state("snapshot", &snapshot)?;
    let others: Vec<Box<str>> = plan.files.iter().cloned().collect();
    let mut published = made.total(pages.len(), pages.len() + others.len());
    published.bytes += pages.values().map(|entry| entry.size).sum::<u64>();
    let now = Manifest { pages, files: others };
    if faults.any_error() {
        return Ok((published, faults));
    }
    published.removed = cleared.len() + disk.prune(&before, &now, &cleared)?;
    disk.finish(&now)?;
    Ok((published, faults))
}

/// Renders everything to find its faults, and writes nothing. It stops early once that is no longer `wanted`.
pub fn dry_run(
    views: &ViewContext<'_>,
    plan: &Plan,
    wanted: &(dyn Fn() -> bool + Sync),
) -> (Published, Faults) {
    let valid = valid_links(views, plan);
    let jobs: Vec<(&Box<str>, Job)> = plan.jobs.iter().map(|(path, job)| (path, *job)).collect();
    let found: Vec<(Vec<Fault>, Facts)> = jobs
        .par_iter()
        .take_any_while(|_| wanted())
        .map(|(path, job)| {
            let view = views.view(*job);
            match render::render(views, *job, &view) {
                Ok(page) => (dead_links(views, *job, path, &page, &valid), page.facts),
                Err(fault) => (vec![*fault], Facts::default()),
            }
        })
        .collect();
    let mut faults = Faults::new();
    let headers = outputs::headers(found.iter().map(|(_, facts)| facts));
    faults.extend(found.into_iter().flat_map(|(faults, _)| faults));
    faults.extend(outputs::too_many(views.site).into_iter().chain(outputs::too_long(&headers)));
    faults.extend(outputs::till_faults(views));
    let published = Published { pages: jobs.len(), rendered: jobs.len(), ..Published::default() };
    (published, reported_once(faults))
}

#[derive(Debug, Default)]
struct Counters {
    rendered: AtomicUsize,
    written: AtomicUsize,
    bytes: AtomicU64,
}

impl Counters {
    fn wrote(&self, wrote: Wrote, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if wrote == Wrote::Changed {
            self.written.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn total(&self, pages: usize, files: usize) -> Published {
        Published {
            pages,
            rendered: self.rendered.load(Ordering::Relaxed),
            written: self.written.load(Ordering::Relaxed),
            removed: 0,
            files,
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

fn collect(faults: &Mutex<Faults>, found: Vec<Fault>) {
    if let Ok(mut faults) = faults.lock() {
        faults.extend(found);
    }
}

/// A page: kept if its key and its file are unchanged, else rendered and written.
fn page(
    views: &ViewContext<'_>,
    disk: &Disk,
    before: Option<&Entry>,
    path: &str,
    job: Job,
    valid: &[u64],
    made: &Counters,
) -> Result<Result<Entry, Vec<Fault>>, PublishError> {
    let view: View = views.view(job);
    let key = views.key(job, &view);
    if let Some(entry) = before
        && entry.key == key
        && entry.facts.links.iter().all(|link| valid.binary_search(link).is_ok())
        && disk.stands(path, entry)
    {
        return Ok(Ok(entry.clone()));
    }
    let page = match render::render(views, job, &view) {
        Ok(page) => page,
        Err(fault) => return Ok(Err(vec![*fault])),
    };
    let dead = dead_links(views, job, path, &page, valid);
    if !dead.is_empty() {
        return Ok(Err(dead));
    }
    made.rendered.fetch_add(1, Ordering::Relaxed);
    let (wrote, (size, changed)) = disk.write(path, page.html.as_bytes())?;
    if wrote == Wrote::Changed {
        made.written.fetch_add(1, Ordering::Relaxed);
    }
    Ok(Ok(Entry { key, size, changed, facts: page.facts }))
}

/// Links of a rendered page that lead nowhere. Those of texts were reported by `resolve`: these are in a template.
fn dead_links(
    views: &ViewContext<'_>,
    job: Job,
    path: &str,
    page: &render::Page,
    valid: &[u64],
) -> Vec<Fault> {
    let template = job.subject.template();
    let fault = |target: &str| {
        let place = views.theme.place_of(template, &format!("\"{target}\""));
        let page = path.trim_end_matches("index.html");
        Fault::error("dead-link", place, tr!("a template links to `{target}`, which does not exist"))
            .help(tr!("seen on the page /{page}; take addresses out of the view"))
            .about(target)
    };
    let links = page.links.iter().filter(|link| valid.binary_search(&path_hash(link)).is_err());
    let anchors = page.dead_anchors.iter().map(|anchor| fault(&format!("#{anchor}")));
    links.map(|link| fault(link)).chain(anchors).collect()
}

/// A template's dead link is on every page made with it: it is reported once, for the first of them.
fn reported_once(faults: Faults) -> Faults {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut kept = Faults::new();
    for fault in faults.sorted() {
        if dead_target(&fault).is_none_or(|target| seen.insert(target)) {
            kept.push(fault);
        }
    }
    kept
}

/// The target of a dead link, in a text or a template: its path, or its anchor.
fn dead_target(fault: &Fault) -> Option<String> {
    let written = fault.about.as_deref().filter(|_| fault.code == "dead-link")?;
    let path = written.split(['#', '?']).next().filter(|path| !path.is_empty());
    Some(path.unwrap_or(written).to_owned())
}

/// Faults of rendered pages without the dead links that are `known` from the texts: a page repeats its text's links.
pub fn not_yet_reported<'a>(
    found: impl IntoIterator<Item = Fault>,
    known: impl Iterator<Item = &'a Fault>,
) -> Vec<Fault> {
    let known: BTreeSet<String> = known.filter_map(dead_target).collect();
    let is_new = |fault: &Fault| dead_target(fault).is_none_or(|target| !known.contains(&target));
    found.into_iter().filter(is_new).collect()
}

/// Hashes of every address of the site, sorted.
fn valid_links(views: &ViewContext<'_>, plan: &Plan) -> Vec<u64> {
    let pages = plan.jobs.keys().map(|path| {
        let address = path.strip_suffix("index.html").unwrap_or(path);
        path_hash(&format!("/{address}"))
    });
    // An old address may be written without its final slash; hosts redirect from there.
    let old = views.site.redirects.iter().map(|redirect| path_hash(&redirect.from));
    let files = plan.files.iter().map(|path| path_hash(&format!("/{path}")));
    let mut valid: Vec<u64> = pages.chain(old).chain(files).collect();
    valid.sort_unstable();
    valid.dedup();
    valid
}

fn copy_assets(
    views: &ViewContext<'_>,
    cache: &Cache,
    disk: &Disk,
    made: &Counters,
) -> Result<(), PublishError> {
    let mut photos: Vec<_> = views.assets.photos.iter().flatten().collect();
    photos.sort_by(|a, b| a.key.cmp(&b.key));
    photos.dedup_by(|a, b| a.key == b.key);
    for photo in photos {
        for rendition in &photo.renditions {
            let path = photo.url(rendition);
            let (wrote, bytes) =
                disk.copy(path.trim_start_matches('/'), &cache.path(&photo.key, rendition))?;
            made.wrote(wrote, bytes);
        }
    }
    for asset in views.theme.assets.iter().chain([&views.theme.css]) {
        made.wrote(disk.write(asset.url.trim_start_matches('/'), &asset.bytes)?.0, asset.bytes.len() as u64);
    }
    for (path, file) in &views.site.statics {
        let bytes = read(file)?;
        made.wrote(disk.write(path, &bytes)?.0, bytes.len() as u64);
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>, PublishError> {
    fs::read(file).map_err(|error| PublishError::Disk(file.to_owned(), error))
}
