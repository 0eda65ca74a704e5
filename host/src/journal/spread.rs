//! Where the frames of a run may have come, of which only the first, the last, their number and their time are known.

use gardefou_policy::types::{Millis, Timestamp};

use super::record::Frames;

/// The instants of a run's frames: so many, from the first to the last, with that time. Frames that came longer than
/// an interval after the one before lie first, all of them as far apart: no further than one of those that came.
#[derive(Debug)]
pub(super) struct Spread {
    next: Option<Timestamp>,
    /// How many gaps there are longer than an interval, or as long.
    long: Gaps,
    /// The others.
    short: Gaps,
}

/// So many gaps, which are so long in all: as even as whole milliseconds are.
#[derive(Debug)]
struct Gaps {
    many: u64,
    length: Millis,
}

impl Iterator for Gaps {
    type Item = Millis;

    fn next(&mut self) -> Option<Millis> {
        let gap = self.length.div_ceil(self.many.max(1));
        self.many = self.many.checked_sub(1)?;
        self.length = self.length.saturating_sub(gap);
        Some(gap)
    }
}

impl Spread {
    /// `None` when no frames can be like that.
    pub(super) fn of(first: Timestamp, last: Timestamp, frames: Frames, interval: Millis) -> Option<Self> {
        let Frames { frames, time } = frames;
        let (gaps, length) = (frames.checked_sub(1)?, last.as_millis().checked_sub(first.as_millis())?);
        if time > length || time > gaps.saturating_mul(interval) {
            return None;
        }
        // As many as the time has room for: the rest of it is shorter than an interval.
        let long = if time < length {
            (time / interval.max(1)).min(gaps)
        } else {
            0
        };
        let short = Gaps {
            many: gaps.checked_sub(long)?,
            length: time.saturating_sub(long.saturating_mul(interval)),
        };
        let long = Gaps {
            many: long,
            length: length.saturating_sub(short.length),
        };
        let fits = (long.many > 0 || long.length == 0) && (short.many > 0 || short.length == 0);
        fits.then_some(Self {
            next: Some(first),
            long,
            short,
        })
    }
}

impl Iterator for Spread {
    type Item = Timestamp;

    fn next(&mut self) -> Option<Timestamp> {
        let at = self.next?;
        let gap = self.long.next().or_else(|| self.short.next());
        self.next = gap.map(|gap| at.plus(gap));
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INTERVAL: u64 = 100;

    fn time(gaps: &[u64]) -> u64 {
        gaps.iter().map(|gap| gap.min(&INTERVAL)).sum()
    }

    fn spread(gaps: &[u64]) -> Vec<u64> {
        let at = |millis| Timestamp::from_millis(1_000 + millis);
        let frames = Frames {
            frames: gaps.len() as u64 + 1,
            time: time(gaps),
        };
        let spread: Vec<_> = Spread::of(at(0), at(gaps.iter().sum()), frames, INTERVAL)
            .unwrap()
            .collect();
        assert_eq!(spread.len(), gaps.len() + 1);
        assert_eq!((spread[0], spread[gaps.len()]), (at(0), at(gaps.iter().sum())));
        spread.windows(2).map(|two| two[1].since(two[0])).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn frames_are_spread_as_frames_came(
            gaps in prop::collection::vec(prop_oneof![0..400u64, 95..=105u64, Just(100)], 0..40),
        ) {
            let spread = spread(&gaps);
            prop_assert_eq!(time(&spread), time(&gaps));
            prop_assert!(spread.iter().max() <= gaps.iter().max().max(Some(&INTERVAL)));
        }

        /// Frames that all came too late are not made to come in time.
        #[test]
        fn late_frames_stay_late(gaps in prop::collection::vec(251..2_000u64, 1..40)) {
            prop_assert!(spread(&gaps).iter().min() > Some(&250));
        }

        #[test]
        fn what_cannot_be_is_refused(frames in 0..5u64, time in 0..600u64, length in 0..600u64) {
            let spread = Spread::of(
                Timestamp::MIN,
                Timestamp::from_millis(length),
                Frames { frames, time },
                INTERVAL,
            );
            if let Some(spread) = spread {
                let at: Vec<_> = spread.collect();
                let gaps: Vec<u64> = at.windows(2).map(|two| two[1].since(two[0])).collect();
                prop_assert_eq!(at.len() as u64, frames);
                prop_assert_eq!(gaps.iter().map(|gap| gap.min(&INTERVAL)).sum::<u64>(), time);
                prop_assert_eq!(gaps.iter().sum::<u64>(), length);
            } else {
                let room = frames.saturating_sub(1) * INTERVAL;
                // Some frames could be like that only where a gap may be longer than an interval and count less.
                prop_assert!(frames == 0 || time > length || time > room || time < length && time < INTERVAL, "{} {} {}", frames, time, length);
            }
        }
    }
}
