//! The one clock of a session.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use gardefou_policy::types::Timestamp;

/// What the wall clock says now. It is read once, for [`PolicyHandle::open`](crate::PolicyHandle::open);
/// everything later comes from the session's [`Clock`].
#[must_use]
pub fn wall_clock_now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The clock that every instant of a session is read on. Cheap to clone; clones are the same clock.
///
/// A session's own clock pairs wall time and monotonic time once, at the opening: every instant is that wall
/// time and the monotonic time since. A step of the wall clock moves nothing.
///
/// ```
/// use gardefou::{Clock, Timestamp};
/// use std::time::{Duration, Instant};
/// let paired = Instant::now();
/// let clock = Clock::paired(Timestamp::from_millis(5_000), paired);
/// assert_eq!(clock.at(paired + Duration::from_millis(40)), Timestamp::from_millis(5_040));
/// assert_eq!(clock.at(paired - Duration::from_millis(40)), Timestamp::from_millis(4_960));
/// ```
///
/// Instants are whole milliseconds. When a frame was composed, and when something began that refuses, is
/// rounded down ([`Clock::at`], [`Clock::now`]); when something began that permits is rounded up
/// ([`Clock::at_up`], [`Clock::now_up`]): so no rounding lets a frame through.
///
/// ```
/// # use gardefou::{Clock, Timestamp};
/// # use std::time::{Duration, Instant};
/// # let paired = Instant::now();
/// # let clock = Clock::paired(Timestamp::from_millis(5_000), paired);
/// let later = paired + Duration::from_micros(40_001);
/// assert_eq!(clock.at(later), Timestamp::from_millis(5_040));
/// assert_eq!(clock.at_up(later), Timestamp::from_millis(5_041));
/// ```
///
/// A clock that is [told](Clock::told) stands still until it is moved on: for tests, and for deciding again
/// what was decided before.
///
/// ```
/// # use gardefou::{Clock, Timestamp};
/// let clock = Clock::told(Timestamp::from_millis(5_000));
/// clock.advance(Timestamp::from_millis(5_200));
/// clock.advance(Timestamp::from_millis(5_100)); // it never goes back
/// assert_eq!(clock.now(), Timestamp::from_millis(5_200));
/// ```
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Paired { wall: Timestamp, monotonic: Instant },
    Told(Arc<AtomicU64>),
}

impl Clock {
    /// The clock on which `monotonic` was the instant `wall`.
    #[must_use]
    pub const fn paired(wall: Timestamp, monotonic: Instant) -> Self {
        Self {
            source: Source::Paired { wall, monotonic },
        }
    }

    /// The clock on which it is `wall` now.
    #[must_use]
    pub fn starting(wall: Timestamp) -> Self {
        Self::paired(wall, Instant::now())
    }

    /// A clock that stands at `at` until [`Clock::advance`] moves it on.
    #[must_use]
    pub fn told(at: Timestamp) -> Self {
        Self {
            source: Source::Told(Arc::new(AtomicU64::new(at.as_millis()))),
        }
    }

    /// Moves a clock that is told on to that instant; an earlier one changes nothing. A paired clock moves by
    /// itself, and is left as it is.
    pub fn advance(&self, to: Timestamp) {
        if let Source::Told(now) = &self.source {
            now.fetch_max(to.as_millis(), Ordering::AcqRel);
        }
    }

    /// Now, on this clock, rounded down.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at(Instant::now())
    }

    /// Now, on this clock, rounded up.
    #[must_use]
    pub fn now_up(&self) -> Timestamp {
        self.at_up(Instant::now())
    }

    /// A monotonic instant on this clock, rounded down: when a frame was composed, when something began that
    /// refuses. A clock that is told says what it says now.
    #[must_use]
    pub fn at(&self, instant: Instant) -> Timestamp {
        self.read(instant, whole, whole_up)
    }

    /// A monotonic instant on this clock, rounded up: when something began that permits. A clock that is told
    /// says what it says now.
    #[must_use]
    pub fn at_up(&self, instant: Instant) -> Timestamp {
        self.read(instant, whole_up, whole)
    }

    fn read(&self, instant: Instant, later: fn(Duration) -> u64, earlier: fn(Duration) -> u64) -> Timestamp {
        match &self.source {
            Source::Told(now) => Timestamp::from_millis(now.load(Ordering::Acquire)),
            Source::Paired { wall, monotonic } => match instant.checked_duration_since(*monotonic) {
                Some(since) => wall.plus(later(since)),
                None => wall.minus(earlier(monotonic.duration_since(instant))),
            },
        }
    }
}

fn whole(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn whole_up(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rounding_makes_what_permits_begin_earlier() {
        let paired = Instant::now() + Duration::from_secs(10);
        let clock = Clock::paired(Timestamp::from_millis(50_000), paired);
        let at = |instant| (clock.at(instant).as_millis(), clock.at_up(instant).as_millis());
        assert_eq!(at(paired), (50_000, 50_000));
        assert_eq!(at(paired + Duration::from_nanos(1)), (50_000, 50_001));
        assert_eq!(at(paired + Duration::from_millis(3)), (50_003, 50_003));
        assert_eq!(at(paired - Duration::from_nanos(1)), (49_999, 50_000));
        assert_eq!(at(paired - Duration::from_millis(3)), (49_997, 49_997));
    }
}
