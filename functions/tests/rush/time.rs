//! One clock for buyers, tills and Stripe: the machine's, moved ahead. Processes share it through a file.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use catalog::Timestamp;
use till::outside::clock::{Clock, SystemClock};

/// The machine's time.
pub fn machine_now() -> Timestamp {
    SystemClock.now()
}

/// A till's clock: the file says how far it is ahead of the machine's.
pub struct SharedClock(pub PathBuf);

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        let text = std::fs::read_to_string(&self.0).expect("the shared clock");
        machine_now() + Duration::from_secs(text.trim().parse().expect("a number of seconds"))
    }

    fn random(&self, bytes: &mut [u8]) {
        SystemClock.random(bytes);
    }
}

/// The same clock, for the process that moves it.
pub struct Time {
    file: PathBuf,
    ahead: AtomicU64,
}

impl Time {
    /// Starts at the machine's time.
    pub fn new(folder: &Path) -> Self {
        let time = Time { file: folder.join("clock"), ahead: AtomicU64::new(0) };
        time.pass(0);
        time
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    pub fn now(&self) -> Timestamp {
        machine_now() + Duration::from_secs(self.ahead.load(Ordering::SeqCst))
    }

    /// Moves everyone's clock ahead. The file is replaced, so that no one reads half a number.
    pub fn pass(&self, seconds: u64) {
        let ahead = self.ahead.fetch_add(seconds, Ordering::SeqCst) + seconds;
        let part = self.file.with_extension("part");
        std::fs::write(&part, ahead.to_string()).expect("written");
        std::fs::rename(&part, &self.file).expect("renamed");
    }
}
