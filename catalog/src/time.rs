//! Instants in Unix time. Parsing and printing need the shop's time zone and live elsewhere.

use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// An instant in Unix seconds. Arithmetic saturates instead of overflowing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The last instant: what is due then is never due.
    pub const NEVER: Timestamp = Timestamp(i64::MAX);

    /// Rounds down to a multiple of `step` since 1970: the beginning of an hour or a day in UTC.
    pub fn floor(self, step: Duration) -> Timestamp {
        let step = i64::try_from(step.as_secs()).unwrap_or(i64::MAX).max(1);
        Timestamp(self.0.saturating_sub(self.0.rem_euclid(step)))
    }

    /// The previous second: the last one of something that ends at this instant.
    pub fn previous(self) -> Timestamp {
        Timestamp(self.0.saturating_sub(1))
    }

    /// Seconds since `earlier`; negative when that is later.
    pub fn seconds_since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add_unsigned(duration.as_secs()))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;

    fn sub(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub_unsigned(duration.as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_end_instead_of_overflowing() {
        let hour = Duration::from_secs(3600);
        assert_eq!(Timestamp(10) + hour, Timestamp(3610));
        assert_eq!(Timestamp(10) - hour, Timestamp(-3590));
        assert_eq!(Timestamp::NEVER + hour, Timestamp::NEVER);
        assert_eq!(Timestamp(i64::MIN) - hour, Timestamp(i64::MIN));
        assert_eq!([7199, 7200, -1].map(|at| Timestamp(at).floor(hour).0), [3600, 7200, -3600]);
        assert_eq!(Timestamp(7).floor(Duration::ZERO), Timestamp(7));
        assert_eq!([Timestamp(10), Timestamp(i64::MIN)].map(|at| at.previous().0), [9, i64::MIN]);
        assert_eq!(Timestamp(30).seconds_since(Timestamp(50)), -20);
        assert_eq!(Timestamp(i64::MIN).seconds_since(Timestamp::NEVER), i64::MIN);
    }
}
