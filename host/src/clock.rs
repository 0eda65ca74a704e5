//! The one clock of a session.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use gardefou_policy::types::Timestamp;

/// What the wall clock says now. It is read once, for [`PolicyHandle::open`](crate::PolicyHandle::open);
/// everything later comes from the session's [`Clock`].
#[must_use]
pub fn wall_clock_now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Wall time and monotonic time, paired when the session was opened: every instant of the session is that
/// wall time and the monotonic time since. A step of the wall clock moves nothing.
///
/// ```
/// use gardefou::{Clock, Timestamp};
/// use std::time::{Duration, Instant};
/// let paired = Instant::now();
/// let clock = Clock::paired(Timestamp::from_millis(5_000), paired);
/// assert_eq!(clock.at(paired + Duration::from_millis(40)), Timestamp::from_millis(5_040));
/// assert_eq!(clock.at(paired - Duration::from_millis(40)), Timestamp::from_millis(4_960));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    wall: Timestamp,
    monotonic: Instant,
}

impl Clock {
    /// The clock on which `monotonic` was the instant `wall`.
    #[must_use]
    pub const fn paired(wall: Timestamp, monotonic: Instant) -> Self {
        Self { wall, monotonic }
    }

    /// The clock on which it is `wall` now.
    #[must_use]
    pub fn starting(wall: Timestamp) -> Self {
        Self::paired(wall, Instant::now())
    }

    /// Now, on this clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at(Instant::now())
    }

    /// A monotonic instant, on this clock: when a frame was composed, when a call event came.
    #[must_use]
    pub fn at(&self, instant: Instant) -> Timestamp {
        let millis = |d: std::time::Duration| u64::try_from(d.as_millis()).unwrap_or(u64::MAX);
        match instant.checked_duration_since(self.monotonic) {
            Some(later) => self.wall.plus(millis(later)),
            None => self.wall.minus(millis(self.monotonic.duration_since(instant))),
        }
    }
}
