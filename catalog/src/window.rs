//! Time windows: of sales, publication, holidays.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// `from <= now < until`. `None` leaves that end open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first instant inside.
    pub from: Option<Timestamp>,
    /// The first instant after it.
    pub until: Option<Timestamp>,
}

impl Window {
    /// Whether it is open at `now`.
    pub fn contains(self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && !self.is_over(now)
    }

    /// Whether it ended at or before `now`.
    pub fn is_over(self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: Option<i64>, until: Option<i64>) -> Window {
        Window { from: from.map(Timestamp), until: until.map(Timestamp) }
    }

    #[test]
    fn its_first_instant_is_inside_and_its_end_is_not() {
        let at = |from, until| [9, 10, 19, 20].map(|now| window(from, until).contains(Timestamp(now)));
        assert_eq!(at(Some(10), Some(20)), [false, true, true, false]);
        assert_eq!(at(None, Some(20)), [true, true, true, false]);
        assert_eq!(at(Some(10), None), [false, true, true, true]);
        assert_eq!(at(None, None), [true; 4]);
        assert_eq!(at(Some(20), Some(10)), [false; 4], "it ends before it begins");
    }

    #[test]
    fn it_is_over_from_its_end_on() {
        let over = |from, until| [9, 10, 19, 20].map(|now| window(from, until).is_over(Timestamp(now)));
        assert_eq!(over(Some(30), Some(20)), [false, false, false, true]);
        assert_eq!(over(Some(10), None), [false; 4]);
    }
}
