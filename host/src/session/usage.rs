//! What a session has recorded, counted as the contract counts it.

use std::collections::VecDeque;

use gardefou_policy::types::{Millis, Span, Terms, Timestamp};

use crate::handle::MAX_POLICIES;

/// What was recorded before, and by others: the counters that a ledger gives, in ms.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Usage {
    /// Of the employee, in the period of the employee's cap.
    pub employee_used: Millis,
    /// Under the programme, in the period of the programme's cap.
    pub programme_used: Millis,
    /// Not yet reviewed.
    pub unreviewed: Millis,
}

impl Usage {
    /// What nobody counted is without limit.
    #[cfg(feature = "stores")]
    pub(crate) const NOT_COUNTED: Self = Self {
        employee_used: Millis::MAX,
        programme_used: Millis::MAX,
        unreviewed: Millis::MAX,
    };
}

/// The counters as one policy is asked about them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counters {
    pub(crate) employee: Millis,
    pub(crate) programme: Millis,
    pub(crate) unreviewed: Millis,
}

impl Counters {
    /// Whether no counter is above what it was by more than `budget`.
    pub(crate) const fn within(&self, asked: &Self, budget: Millis) -> bool {
        self.employee <= asked.employee.saturating_add(budget)
            && self.programme <= asked.programme.saturating_add(budget)
            && self.unreviewed <= asked.unreviewed.saturating_add(budget)
    }
}

/// The most spans that are told apart: 256 KiB for a session that records in small pieces for hours.
const MOST_SPANS: usize = 16_384;

/// A kept frame counts from its instant to that of the next frame, kept or not, at most one interval, and
/// one whole interval when none follows.
#[derive(Debug)]
pub(crate) struct Tally {
    interval: Millis,
    /// What is counted beside, for each policy: over its own periods where a ledger counts.
    before: [Usage; MAX_POLICIES],
    /// All that was kept since the session opened, the last frame aside while no frame follows it.
    in_all: Millis,
    /// What is kept and settled: in order, apart, the latest last.
    kept: VecDeque<Span>,
    kept_length: Millis,
    /// The last kept frame while no frame follows it: what it counts at most.
    pending: Option<Span>,
}

impl Tally {
    pub(crate) fn new(interval: Millis) -> Self {
        Self {
            interval,
            before: [Usage::default(); MAX_POLICIES],
            in_all: 0,
            kept: VecDeque::with_capacity(16),
            kept_length: 0,
            pending: None,
        }
    }

    /// The counters, as of `at`, are these; what was kept from `at` on comes on top.
    pub(crate) fn reset(&mut self, before: Usage, at: Timestamp) {
        self.count([before; MAX_POLICIES], at);
    }

    /// All that was kept since the session opened, before the frame that came last.
    pub(crate) const fn in_all(&self) -> Millis {
        self.in_all
    }

    /// The same, with counters of each policy's own.
    pub(crate) fn count(&mut self, before: [Usage; MAX_POLICIES], at: Timestamp) {
        self.before = before;
        let from = |span: Span| Span {
            start: span.start.max(at),
            end: span.end,
        };
        self.pending = self.pending.map(from).filter(|rest| !rest.is_empty());
        self.kept.retain_mut(|span| {
            *span = from(*span);
            !span.is_empty()
        });
        self.kept_length = self.kept.iter().map(|span| span.length()).sum();
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
    pub(crate) fn counters(&self, policy: usize, terms: &Terms, at: Timestamp) -> Counters {
        let before = self.before.get(policy).copied().unwrap_or_default();
        let within = |period| self.within(period, at);
        Counters {
            employee: before.employee_used.saturating_add(within(terms.employee_cap.per)),
            programme: before.programme_used.saturating_add(within(terms.programme_cap.per)),
            unreviewed: before.unreviewed.saturating_add(self.kept_length),
        }
    }

    /// How much of what was kept lies in [`at` − `period`, `at`).
    fn within(&self, period: Millis, at: Timestamp) -> Millis {
        let start = at.minus(period);
        if self.kept.front().is_none_or(|first| first.start >= start) {
            return self.kept_length;
        }
        let period = Span {
            start,
            end: Timestamp::MAX,
        };
        self.kept.iter().map(|span| span.intersection(period).length()).sum()
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
                prop_assert_eq!(counters.employee, counted(&frames, interval, now, period));
                prop_assert_eq!(counters.programme, counted(&frames, interval, now, now));
                prop_assert_eq!(counters.unreviewed, counters.programme);
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
            tally.counters(0, &terms(NO_LIMIT, 300_000), at(200_000)).employee,
            50_000
        );
        // Of the last 30,000 ms before the end, 10,000 were kept; no less is counted.
        assert!(tally.counters(0, &terms(80_000, 1), at(200_000)).employee >= 10_000);
    }

    #[test]
    fn a_reset_counts_the_rest_of_the_last_frame_on_top() {
        let mut tally = Tally::new(200);
        tally.keep(at(1_000));
        tally.reset(
            Usage {
                employee_used: 50,
                ..Usage::default()
            },
            at(1_150),
        );
        tally.frame(at(1_400));
        assert_eq!(tally.counters(0, &terms(1_000, 1_000), at(1_400)).employee, 100);
        // Told late, when the frame had ended already.
        tally.keep(at(1_400));
        tally.frame(at(1_550));
        tally.reset(Usage::default(), at(1_490));
        assert_eq!(tally.counters(0, &terms(1_000, 1_000), at(1_600)).employee, 60);
        tally.keep(at(1_600));
        tally.reset(Usage::default(), at(2_000));
        tally.frame(at(2_000));
        assert_eq!(tally.counters(0, &terms(1_000, 1_000), at(2_000)), Counters::default());
    }
}
