//! Watches the shop's folders. Editors write in many ways (rename on save, several events a save): the first event
//! starts a short wait for its fellows, then the shop is read again as it lies there.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use notify::{Event, EventKind, RecursiveMode, Watcher as _};

use super::Server;
use crate::stage::read::is_litter;

/// Events of one save come within this time of one another.
const TOGETHER: Duration = Duration::from_millis(4);

/// Starts watching, in a thread of its own.
pub(super) fn start(server: Arc<Server>) -> notify::Result<()> {
    let (sender, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // The receiver lives as long as the program.
        let _ = sender.send(event);
    })?;
    let shop = server.options.shop.clone();
    // The folder itself is watched too, so that content/ may be moved away and come back.
    watcher.watch(&shop, RecursiveMode::NonRecursive)?;
    let deep = ["content", "themes"].map(|name| shop.join(name));
    for folder in deep.iter().filter(|folder| folder.is_dir()) {
        watcher.watch(folder, RecursiveMode::Recursive)?;
    }
    let stock = server.options.stock.clone();
    thread::spawn(move || {
        while let Ok(first) = events.recv() {
            let mut relevant = matters(&shop, stock.as_deref(), &first);
            loop {
                match events.recv_timeout(TOGETHER) {
                    Ok(next) => relevant |= matters(&shop, stock.as_deref(), &next),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
            if relevant {
                for folder in deep.iter().filter(|folder| folder.is_dir()) {
                    // A folder that was replaced has lost its watch; watching twice does no harm.
                    let _ = watcher.watch(folder, RecursiveMode::Recursive);
                }
                server.rebuild();
            }
        }
    });
    Ok(())
}

fn matters(shop: &Path, stock: Option<&Path>, event: &notify::Result<Event>) -> bool {
    let Ok(event) = event else { return true };
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    event.paths.iter().any(|path| {
        let inside = path.strip_prefix(shop).unwrap_or(path);
        let watched =
            inside.starts_with("content") || inside.starts_with("themes") || Some(path.as_path()) == stock;
        watched && !path.file_name().is_some_and(|name| is_litter(&name.to_string_lossy()))
    })
}
