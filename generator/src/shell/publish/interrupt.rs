//! Ctrl-C and SIGTERM while something is published: the command that runs is waited for, then everything goes back.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use messages::tr;
use tokio::runtime::Runtime;

use super::super::error::CliError;

/// Whether this program was asked to end.
#[derive(Debug)]
pub(super) struct Interrupt {
    /// The exit status that it ends with then (128 and the signal's number, as shells do); 0 as long as nobody asked.
    status: Arc<AtomicU8>,
    ignored: Cell<bool>,
}

impl Interrupt {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn listen(runtime: &Runtime) -> Result<Self, CliError> {
        let status = Arc::new(AtomicU8::new(0));
        let _inside = runtime.enter();
        listen(&status).map_err(|error| CliError::machine(error.to_string()))?;
        Ok(Interrupt { status, ignored: Cell::new(false) })
    }

    /// For what changes nothing: there the system ends this program at once.
    pub(super) fn none() -> Self {
        Interrupt { status: Arc::default(), ignored: Cell::new(true) }
    }

    /// # Errors
    /// When this program was asked to end.
    pub(super) fn check(&self) -> Result<(), CliError> {
        match self.status.load(Ordering::Acquire) {
            0 => Ok(()),
            _ if self.ignored.get() => Ok(()),
            status => Err(CliError::with_status(status, tr!("stopped before it was done"))),
        }
    }

    /// From now on nothing stops this program: it is going back.
    pub(super) fn ignore(&self) {
        self.ignored.set(true);
    }
}

#[cfg(unix)]
fn listen(status: &Arc<AtomicU8>) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    for (kind, ends_with) in [(SignalKind::interrupt(), 130), (SignalKind::terminate(), 143)] {
        let (mut signals, status) = (signal(kind)?, Arc::clone(status));
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                status.store(ends_with, Ordering::Release);
            }
        });
    }
    Ok(())
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "as elsewhere")]
fn listen(status: &Arc<AtomicU8>) -> std::io::Result<()> {
    let status = Arc::clone(status);
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            status.store(130, Ordering::Release);
        }
    });
    Ok(())
}
