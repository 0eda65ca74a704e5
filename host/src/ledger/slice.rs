//! The arithmetic of a grant: no database, no clock.

use gardefou_policy::types::{DAY, Millis, Timestamp};

use super::Caps;
use crate::Usage;

/// The largest slice that is granted, in ms: a day. Whoever crashes costs no more.
pub const MAX_SLICE: Millis = DAY;

/// The most that a session can say it kept, in ms: 34 years. What is above is no count.
pub(super) const MAX_KEPT: Millis = 1 << 40;

/// A number as databases store it: what is above their largest is their largest.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A stored number as the contract has it: nothing is below 0.
pub(super) fn told(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// What is dated after this instant lies in the period that ends at `at`; −1 where all does.
pub(super) fn start(at: Timestamp, period: Millis) -> i64 {
    let (at, period) = (stored(at.as_millis()), stored(period));
    if period > at { -1 } else { at - period }
}

/// What becomes of a session's slice when it says what it kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Settled {
    /// What it kept beyond what it had said before: from now on it counts as kept.
    pub(super) growth: i64,
    /// What is left of the slice that it holds.
    pub(super) left: i64,
}

/// A session that had said `said` and holds `held` now says `kept`. It never takes back what it said; what
/// it kept beyond its slice counts all the same.
pub(super) fn settle(said: i64, held: i64, kept: i64) -> Settled {
    let growth = kept.saturating_sub(said).max(0);
    Settled {
        growth,
        left: held.saturating_sub(growth).max(0),
    }
}

/// What every cap leaves room for.
pub(super) fn room(caps: &[Caps], usage: &[Usage]) -> Millis {
    let left = caps.iter().zip(usage).map(|(caps, usage)| {
        let employee = caps.employee.limit.saturating_sub(usage.employee_used);
        let programme = caps.programme.limit.saturating_sub(usage.programme_used);
        let unreviewed = caps.unreviewed.saturating_sub(usage.unreviewed);
        employee.min(programme).min(unreviewed)
    });
    left.min().unwrap_or(Millis::MAX)
}

/// The slice of a session that has `left` and wants `wanted`, where there is `room` for it.
pub(super) fn slice(left: i64, wanted: Millis, room: Millis) -> i64 {
    stored(wanted.min(room).min(MAX_SLICE)).max(left)
}

#[cfg(test)]
mod tests {
    use gardefou_policy::types::Cap;

    use super::*;

    #[test]
    fn a_period_that_reaches_before_the_epoch_holds_everything() {
        let at = Timestamp::from_millis;
        assert_eq!(start(at(10), 3), 7);
        assert_eq!(start(at(10), 10), 0);
        assert_eq!(start(at(10), 11), -1);
        assert_eq!(start(Timestamp::MAX, 1), i64::MAX - 1);
        assert_eq!(start(at(10), Millis::MAX), -1);
    }

    #[test]
    fn what_is_kept_comes_out_of_the_slice() {
        let settled = |growth, left| Settled { growth, left };
        assert_eq!(settle(100, 50, 130), settled(30, 20));
        assert_eq!(settle(100, 50, 150), settled(50, 0));
        assert_eq!(settle(100, 50, 170), settled(70, 0));
        assert_eq!(settle(100, 50, 40), settled(0, 50));
    }

    #[test]
    fn the_smallest_room_of_all_caps_decides() {
        let cap = |limit| Cap { limit, per: 1 };
        let caps = |employee, programme, unreviewed| Caps {
            employee: cap(employee),
            programme: cap(programme),
            unreviewed,
        };
        let used = Usage {
            employee_used: 10,
            programme_used: 20,
            unreviewed: 30,
        };
        assert_eq!(room(&[caps(15, 100, 100)], &[used]), 5);
        assert_eq!(room(&[caps(100, 22, 100)], &[used]), 2);
        assert_eq!(room(&[caps(100, 100, 31)], &[used]), 1);
        assert_eq!(room(&[caps(100, 100, 29)], &[used]), 0);
        assert_eq!(room(&[caps(100, 100, 100), caps(12, 100, 100)], &[used, used]), 2);
        assert_eq!(room(&[], &[]), Millis::MAX);
    }

    #[test]
    fn a_slice_is_never_smaller_than_what_is_left_and_never_larger_than_a_day() {
        assert_eq!(slice(7, 10, 3), 7);
        assert_eq!(slice(2, 10, 3), 3);
        assert_eq!(slice(2, 3, 10), 3);
        assert_eq!(slice(0, Millis::MAX, Millis::MAX), stored(DAY));
    }
}
