//! Randomness and time of a run: everything that differs between two runs comes from the seed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};

use catalog::Timestamp;
use till::outside::clock::Clock;

/// Random numbers from one seed (SplitMix64), and the clock of the run.
pub struct Chance {
    state: Mutex<u64>,
    faults: AtomicBool,
    now: AtomicI64,
}

impl Chance {
    /// At `now` (Unix seconds); `faults`: whether things go wrong.
    pub fn new(seed: u64, now: Timestamp, faults: bool) -> Self {
        Chance {
            state: Mutex::new(seed.wrapping_mul(0x2545_F491_4F6C_DD1D)),
            faults: AtomicBool::new(faults),
            now: AtomicI64::new(now.0),
        }
    }

    fn next(&self) -> u64 {
        let mut state = self.state.lock().expect("one thread");
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to `n - 1`.
    pub fn below(&self, n: u64) -> u64 {
        self.next() % n
    }

    /// From 0 to `n - 1`; 0 if `n` is 0.
    pub fn index(&self, n: usize) -> usize {
        usize::try_from(self.below(n.max(1) as u64)).unwrap_or(0)
    }

    /// From 1 to `most`.
    pub fn up_to(&self, most: u32) -> u32 {
        1 + u32::try_from(self.below(u64::from(most))).unwrap_or(0)
    }

    /// A random element.
    pub fn pick<'a, T>(&self, all: &'a [T]) -> Option<&'a T> {
        if all.is_empty() { None } else { all.get(self.index(all.len())) }
    }

    /// True once in `n` times.
    pub fn one_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// True once in `n` times, while faults are on.
    pub fn fault(&self, n: u64) -> bool {
        self.faults.load(Ordering::Relaxed) && self.one_in(n)
    }

    /// Turns faults off.
    pub fn calm(&self) {
        self.faults.store(false, Ordering::Relaxed);
    }

    /// Moves time ahead; returns the new time.
    pub fn advance(&self, seconds: i64) -> Timestamp {
        Timestamp(self.now.fetch_add(seconds, Ordering::Relaxed) + seconds)
    }
}

impl Clock for Chance {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::Relaxed))
    }

    fn random(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = u8::try_from(self.below(256)).unwrap_or(0);
        }
    }
}

/// Yields to other processes.
pub async fn pause() {
    let mut first = true;
    std::future::poll_fn(|_| if std::mem::take(&mut first) { Poll::Pending } else { Poll::Ready(()) }).await;
}

/// Runs a future that waits for no other.
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}
