//! Watches the shop's folders. Editors write in many ways (rename on save, several events per save): the first event
//! starts a short wait for the others, then the shop is read again as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use pages::stage::read::is_litter;

use super::Server;

/// Events of one save arrive within this time of one another.
const TOGETHER: Duration = Duration::from_millis(4);

/// How long to wait before watching a vanished folder again.
const AGAIN: Duration = Duration::from_secs(1);

/// The folders that are watched recursively.
const DEEP: [&str; 2] = ["content", "themes"];

type Events = Receiver<notify::Result<Event>>;

/// What is watched. Events carry real paths, so the shop is watched by its real path, whatever it was called by.
struct Watched {
    watcher: RecommendedWatcher,
    /// The shop's real path.
    shop: PathBuf,
    /// The shop's path as the build uses it.
    named: PathBuf,
    /// The real path of the stock file, if it is the owner's: trial sales are handled elsewhere.
    stock: Option<PathBuf>,
}

/// Starts watching, in its own thread.
pub(super) fn start(server: Arc<Server>) -> notify::Result<()> {
    let (sender, events) = mpsc::channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // The receiver lives as long as the program.
        let _ = sender.send(event);
    })?;
    let named = server.options.shop.clone();
    let trial = server.dev_till.stock_file();
    let stock = server.options.stock.as_deref().filter(|file| *file != trial).and_then(real);
    let mut watched = Watched { watcher, shop: fs::canonicalize(&named)?, named, stock };
    // The folder itself is watched too, so that content/ may disappear and come back.
    watched.watcher.watch(&watched.shop, RecursiveMode::NonRecursive)?;
    if let Some(folder) = watched.stock.as_deref().and_then(Path::parent) {
        watched.watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    watched.deepen()?;
    thread::spawn(move || watched.follow(&server, &events));
    Ok(())
}

/// The real path of a file that may not exist yet.
fn real(file: &Path) -> Option<PathBuf> {
    let file = std::path::absolute(file).ok()?;
    Some(fs::canonicalize(file.parent()?).ok()?.join(file.file_name()?))
}

impl Watched {
    /// Watches the folders as they are now. A folder that was replaced has lost its watch; watching twice does no harm.
    fn deepen(&mut self) -> notify::Result<()> {
        for folder in DEEP.map(|name| self.shop.join(name)) {
            if folder.is_dir() {
                self.watcher.watch(&folder, RecursiveMode::Recursive)?;
            }
        }
        Ok(())
    }

    /// Rebuilds the shop after each change, as long as there are events.
    fn follow(mut self, server: &Arc<Server>, events: &Events) {
        let mut whole = true;
        loop {
            let first = if whole {
                events.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                events.recv_timeout(AGAIN)
            };
            let mut changed = Vec::new();
            let mut relevant = match first {
                Ok(first) => self.note(&first, &mut changed),
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            loop {
                match events.recv_timeout(TOGETHER) {
                    Ok(next) => relevant |= self.note(&next, &mut changed),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
            // Watch before reading: what is written into a new folder is then either read or followed by an event.
            let missed = !whole;
            if relevant || missed {
                whole = self.deepen().is_ok();
            }
            if relevant || (missed && whole) {
                server.rebuild(&changed);
            }
        }
    }

    /// Whether an event matters. Adds the paths that it reports to `changed`, as the build uses them.
    fn note(&self, event: &notify::Result<Event>, changed: &mut Vec<PathBuf>) -> bool {
        if !matters(&self.shop, self.stock.as_deref(), event) {
            return false;
        }
        let read = |path: &PathBuf| path.strip_prefix(&self.shop).map(|inside| self.named.join(inside)).ok();
        match event {
            Ok(event) if !event.need_rescan() => changed.extend(event.paths.iter().filter_map(read)),
            // Events were lost: anything may have changed.
            _ => changed.push(self.named.clone()),
        }
        true
    }
}

fn matters(shop: &Path, stock: Option<&Path>, event: &notify::Result<Event>) -> bool {
    let Ok(event) = event else { return true };
    if event.need_rescan() {
        return true;
    }
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    event.paths.iter().any(|path| {
        if Some(path.as_path()) == stock {
            return true;
        }
        let Ok(inside) = path.strip_prefix(shop) else { return false };
        let watched = inside.starts_with("content") || inside.starts_with("themes");
        // Including everything in a folder that is ignored: `.git`, `.obsidian`.
        let litter = inside
            .iter()
            .map(|part| part.to_string_lossy())
            .any(|part| is_litter(&part) && part != ".well-known");
        watched && !litter
    })
}
