//! The clock: the machine's, or one that a test sets. This crate uses Unix seconds everywhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The time in Unix seconds.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    Real,
    /// A clock that stands still until it is moved; its clones move with it.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A manual clock, set to `now`.
    pub fn manual(now: i64) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(now)))
    }

    #[allow(clippy::disallowed_methods)] // The one place of this crate that reads the machine's clock.
    pub fn now(&self) -> i64 {
        match self {
            Self::Real => std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX)),
            Self::Manual(now) => now.load(Ordering::SeqCst),
        }
    }

    /// Moves a manual clock forward; has no effect on the machine's.
    pub fn advance(&self, seconds: i64) {
        if let Self::Manual(now) = self {
            now.fetch_add(seconds.max(0), Ordering::SeqCst);
        }
    }
}
