//! What a session has recorded, counted as the contract counts it.

use std::collections::VecDeque;

use gardefou_policy::facts::Usage;
use gardefou_policy::types::{Millis, Span, Terms, Timestamp};

use crate::handle::MAX_POLICIES;

/// What nobody counted is without limit.
#[cfg(feature = "stores")]
pub(crate) const NOT_COUNTED: Usage = Usage {
    employee_used: Millis::MAX,
    programme_used: Millis::MAX,
    unreviewed: Millis::MAX,
};

/// Whether no counter is above what it was when asked by more than `budget`, in ms.
pub(crate) const fn is_within(now: &Usage, asked: &Usage, budget: Millis) -> bool {
    now.employee_used <= asked.employee_used.saturating_add(budget)
        && now.programme_used <= asked.programme_used.saturating_add(budget)
        && now.unreviewed <= asked.unreviewed.saturating_add(budget)
}

/// The most spans that are told apart: 256 KiB for a session that records in small pieces for hours.
const MOST_SPANS: usize = 16_384;

/// A kept frame counts from its instant to that of the next frame, kept or not, at most one interval, and
/// one whole interval when none follows.
#[derive(Debug)]
pub(crate) struct Tally {
    interval: Millis,
    /// What is counted beside, for each policy: over its own periods where a ledger counts. What was kept since
    /// then comes on top.
    before: [Usage; MAX_POLICIES],
    counted_at: Timestamp,
    /// All that was kept since the session opened, the last frame aside while no frame follows it.
    in_all: Millis,
    /// What is kept and settled: in order, apart, the latest last.
    kept: VecDeque<Span>,
    kept_length: Millis,
    /// How much of it was kept since the counting.
    kept_since: Millis,
    /// The last kept frame while no frame follows it: what it counts at most.
    pending: Option<Span>,
}

impl Tally {
    pub(crate) fn new(interval: Millis) -> Self {
        Self {
            interval,
            before: [Usage::default(); MAX_POLICIES],
            counted_at: Timestamp::MIN,
            in_all: 0,
            kept: VecDeque::with_capacity(16),
            kept_length: 0,
            kept_since: 0,
            pending: None,
        }
    }

    /// The counters, as of `at`, are these; what was kept from `at` on comes on top. No counter falls below what
    /// this session has recorded, whatever is said.
    pub(crate) fn reset(&mut self, before: Usage, at: Timestamp) {
        self.count([before; MAX_POLICIES], at);
    }

    /// All that was kept since the session opened, before the frame that came last.
    pub(crate) const fn in_all(&self) -> Millis {
        self.in_all
    }

    /// The same, with counters of each policy's own.
    pub(crate) fn count(&mut self, before: [Usage; MAX_POLICIES], at: Timestamp) {
        (self.before, self.counted_at) = (before, at);
        let since = self.kept.iter().map(|span| since(*span, at).length());
        self.kept_since = since.fold(0, Millis::saturating_add);
    }

    /// Whether a frame can be counted without allocating.
    pub(crate) fn has_room(&self) -> bool {
        self.kept.len() < self.kept.capacity()
    }

    /// Makes room for the next frames.
    pub(crate) fn make_room(&mut self) {
        self.kept.reserve(1);
    }

    /// A frame comes at `at`: the last kept frame ends there, or after its interval.
    pub(crate) fn frame(&mut self, at: Timestamp) {
        if let Some(pending) = self.pending.take() {
            self.settle(Span {
                start: pending.start,
                end: pending.end.min(at),
            });
        }
    }

    /// The frame at `at` is kept.
    pub(crate) fn keep(&mut self, at: Timestamp) {
        self.pending = Some(Span {
            start: at,
            end: at.plus(self.interval),
        });
    }

    fn settle(&mut self, span: Span) {
        if span.is_empty() {
            return;
        }
        self.kept_length = self.kept_length.saturating_add(span.length());
        self.kept_since = self.kept_since.saturating_add(since(span, self.counted_at).length());
        self.in_all = self.in_all.saturating_add(span.length());
        match self.kept.back_mut() {
            Some(last) if last.end == span.start => last.end = span.end,
            _ => self.kept.push_back(span),
        }
        if self.kept.len() > MOST_SPANS {
            self.merge_oldest();
        }
    }

    /// Takes the two oldest spans together, at the place of the later one: they leave the period later, so
    /// that no less is counted.
    fn merge_oldest(&mut self) {
        if let (Some(oldest), Some(next)) = (self.kept.pop_front(), self.kept.front_mut()) {
            next.start = next.start.minus(oldest.length());
        }
    }

    /// The counters at `at` for policy n, over the periods of its terms.
    pub(crate) fn counters(&self, policy: usize, terms: &Terms, at: Timestamp) -> Usage {
        let before = self.before.get(policy).copied().unwrap_or_default();
        let counter = |before: Millis, period| {
            let on_top = before.saturating_add(self.within(period, at, self.counted_at));
            on_top.max(self.within(period, at, Timestamp::MIN))
        };
        Usage {
            employee_used: counter(before.employee_used, terms.employee_cap.per),
            programme_used: counter(before.programme_used, terms.programme_cap.per),
            unreviewed: before.unreviewed.saturating_add(self.kept_since).max(self.kept_length),
        }
    }

    /// How much of what was kept from `from` on lies in [`at` − `period`, `at`).
    fn within(&self, period: Millis, at: Timestamp, from: Timestamp) -> Millis {
        let start = at.minus(period);
        let all = self.kept.front().is_none_or(|first| first.start >= start);
        if all && from == Timestamp::MIN {
            return self.kept_length;
        }
        if start <= from && from == self.counted_at || all {
            return self.kept_since;
        }
        let lengths = self.kept.iter().map(|span| since(*span, start.max(from)).length());
        lengths.fold(0, Millis::saturating_add)
    }
}

/// What of the span lies at or after an instant.
fn since(span: Span, at: Timestamp) -> Span {
    Span {
        start: span.start.max(at),
        end: span.end,
    }
}

#[cfg(test)]
mod tests {
    use gardefou_policy::types::{Cap, NO_LIMIT};
    use proptest::prelude::*;

    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn terms(employee: Millis, programme: Millis) -> Terms {
        let cap = |per| Cap { limit: NO_LIMIT, per };
        Terms {
            max_frame_interval: 500,
            max_facts_age: 250,
            employee_cap: cap(employee),
            programme_cap: cap(programme),
            max_unreviewed: NO_LIMIT,
            sampling_period: 1,
        }
    }

    /// The meaning, millisecond by millisecond.
    fn counted(frames: &[(u64, bool)], interval: u64, now: u64, period: u64) -> u64 {
        (now.saturating_sub(period)..now)
            .filter(|ms| {
                let shown = frames.iter().rposition(|(at, _)| at <= ms);
                shown.is_some_and(|i| frames[i].1 && *ms < frames[i].0 + interval)
            })
            .count() as u64
    }

    proptest! {
        #[test]
        fn counting_is_what_counting_each_millisecond_gives(
            steps in prop::collection::vec((1..40u64, any::<bool>()), 1..30),
            interval in 1..30u64,
            period in 1..300u64,
        ) {
            let mut tally = Tally::new(interval);
            let mut frames: Vec<(u64, bool)> = vec![];
            let mut now = 1_000;
            for (step, keep) in steps {
                now += step;
                tally.frame(at(now));
                let counters = tally.counters(0, &terms(period, NO_LIMIT), at(now));
                prop_assert_eq!(counters.employee_used, counted(&frames, interval, now, period));
                prop_assert_eq!(counters.programme_used, counted(&frames, interval, now, now));
                prop_assert_eq!(counters.unreviewed, counters.programme_used);
                if keep {
                    tally.keep(at(now));
                }
                frames.push((now, keep));
            }
        }
    }

    #[test]
    fn many_small_pieces_are_bounded_and_none_is_lost() {
        let mut tally = Tally::new(1);
        for n in 0..50_000u64 {
            tally.frame(at(1_000 + 3 * n));
            tally.keep(at(1_000 + 3 * n));
        }
        tally.frame(at(200_000));
        assert!(tally.kept.len() <= MOST_SPANS);
        assert_eq!(
            tally.counters(0, &terms(NO_LIMIT, 300_000), at(200_000)).employee_used,
            50_000
        );
        // Of the last 30,000 ms before the end, 10,000 were kept; no less is counted.
        assert!(tally.counters(0, &terms(80_000, 1), at(200_000)).employee_used >= 10_000);
    }

    #[test]
    fn a_reset_counts_the_rest_of_the_last_frame_on_top() {
        let mut tally = Tally::new(200);
        tally.keep(at(1_000));
        tally.reset(
            Usage {
                employee_used: 500,
                ..Usage::default()
            },
            at(1_150),
        );
        tally.frame(at(1_400));
        assert_eq!(tally.counters(0, &terms(1_000, 1_000), at(1_400)).employee_used, 550);
        // Told late, when the frame had ended already.
        tally.keep(at(1_400));
        tally.frame(at(1_550));
        let used = |employee_used| Usage {
            employee_used,
            ..Usage::default()
        };
        tally.reset(used(1_000), at(1_490));
        assert_eq!(tally.counters(0, &terms(1_000, 1_000), at(1_600)).employee_used, 1_060);
    }

    #[test]
    fn nobody_pushes_a_counter_below_what_was_recorded_here() {
        let mut tally = Tally::new(200);
        tally.keep(at(1_000));
        tally.frame(at(1_200));
        for when in [0, 1_100, 5_000, u64::MAX] {
            tally.reset(Usage::default(), at(when));
            let counters = tally.counters(0, &terms(1_000, 1_000), at(1_400));
            assert_eq!(
                (counters.employee_used, counters.programme_used, counters.unreviewed),
                (200, 200, 200)
            );
        }
        assert_eq!(
            tally.counters(0, &terms(1_000, 250), at(1_400)).programme_used,
            50,
            "the period moves on"
        );
    }

    #[test]
    fn no_sum_wraps() {
        let mut tally = Tally::new(u64::MAX);
        for when in [0, 1, u64::MAX - 1, u64::MAX] {
            tally.frame(at(when));
            tally.keep(at(when));
            tally.reset(
                Usage {
                    employee_used: u64::MAX,
                    programme_used: u64::MAX,
                    unreviewed: u64::MAX,
                },
                at(when),
            );
            assert_eq!(tally.counters(0, &terms(1, u64::MAX), at(when)).unreviewed, u64::MAX);
        }
        tally.frame(at(u64::MAX));
    }
}
