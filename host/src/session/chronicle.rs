//! What a session decided, from its opening on: every frame that was asked about, and runs of frames with one verdict
//! with the facts that each began with.

use gardefou_policy::facts::Usage;
use gardefou_policy::types::{Action, Millis, Rect, Timestamp, WindowKind};

use super::combine::Why;
use super::told::Snapshot;

/// More runs than that in one session cannot be told one by one: it ends there. That is a change of verdict
/// at every frame, five times a second, for almost an hour.
pub(crate) const MOST_RUNS: usize = 16_384;

/// Nor more frames: a call of two days at 60 a second.
pub(crate) const MOST_FRAMES: usize = 10_000_000;

/// How many frames there is room for from the beginning: almost an hour at five a second, in 128 KiB that are not
/// touched before they are used.
const ROOM: usize = 16_384;

/// Frames with one verdict: from this one to that of the next run.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// The number of its first frame.
    start: usize,
    pub(crate) action: Action,
    pub(crate) why: Why,
    pub(crate) facts: Facts,
}

impl Run {
    /// Whether that is its verdict.
    pub(crate) fn has(&self, action: Action, why: Why) -> bool {
        self.action == action && self.why.refusal() == why.refusal() && self.why.policy == why.policy
    }

    /// Whether both have one verdict.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.has(other.action, other.why)
    }
}

/// What was known at the first frame of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) call: Snapshot,
    pub(crate) surface: (u32, u32),
    pub(crate) windows: Vec<Seen>,
    pub(crate) facts_from: Timestamp,
    pub(crate) facts_to: Timestamp,
    pub(crate) usage: Usage,
    /// Whether it was asked about so late that nobody remembered what was told.
    pub(crate) late: bool,
}

/// A window, without its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Seen {
    pub(crate) kind: WindowKind,
    pub(crate) inner: Rect,
    pub(crate) outer: Rect,
}

/// The frames of a session, and its runs.
#[derive(Debug, Default)]
pub(crate) struct Chronicle {
    interval: Millis,
    frames: Vec<Timestamp>,
    runs: Vec<Run>,
}

impl Chronicle {
    pub(crate) fn new(interval: Millis) -> Self {
        Self {
            interval,
            frames: Vec::with_capacity(ROOM),
            runs: Vec::new(),
        }
    }

    /// Whether one more run, or frame, cannot be told.
    pub(crate) const fn is_full(&self) -> bool {
        self.runs.len() >= MOST_RUNS || self.frames.len() >= MOST_FRAMES
    }

    /// Whether a frame of the latest run can be added without allocating.
    pub(crate) const fn has_room(&self) -> bool {
        self.frames.len() < self.frames.capacity()
    }

    /// Makes room for the next frame.
    pub(crate) fn make_room(&mut self) {
        self.frames.reserve(1);
    }

    /// A frame was decided. Allocates only when the verdict is another one than before, or where there is no room.
    pub(crate) fn frame(&mut self, at: Timestamp, action: Action, why: Why, facts: impl FnOnce() -> Facts) {
        let goes_on = self.runs.last().is_some_and(|run| run.has(action, why)) && self.frames.len() < MOST_FRAMES;
        if !goes_on {
            if self.is_full() {
                return;
            }
            self.runs.push(Run {
                start: self.frames.len(),
                action,
                why,
                facts: facts(),
            });
        }
        self.frames.push(at);
    }

    /// Each run with its frames, in order.
    pub(crate) fn runs(&self) -> impl Iterator<Item = Course<'_>> {
        let starts = self.runs.iter().map(|run| run.start);
        let ends = starts.skip(1).chain([self.frames.len()]);
        let spans = self.runs.iter().zip(ends);
        spans.map(|(run, end)| Course {
            run,
            frames: self.frames.get(run.start..end).unwrap_or_default(),
            next: self.frames.get(end).copied(),
        })
    }

    pub(crate) const fn interval(&self) -> Millis {
        self.interval
    }
}

/// A run and its frames; there is always one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Course<'a> {
    pub(crate) run: &'a Run,
    pub(crate) frames: &'a [Timestamp],
    /// The frame behind it.
    pub(crate) next: Option<Timestamp>,
}

impl Course<'_> {
    pub(crate) fn first(&self) -> Timestamp {
        self.frames.first().copied().unwrap_or(Timestamp::MIN)
    }

    pub(crate) fn last(&self) -> Timestamp {
        self.frames.last().copied().unwrap_or(Timestamp::MIN)
    }

    /// Where its last frame ends: at the frame behind it, at most an interval later.
    pub(crate) fn end(&self, interval: Millis) -> Timestamp {
        let end = self.last().plus(interval);
        self.next.map_or(end, |next| end.min(next))
    }
}

/// The time of these frames: each counts to the next, at most an interval, and the last nothing.
pub(crate) fn counted(frames: &[Timestamp], interval: Millis) -> Millis {
    let nexts = frames.iter().skip(1);
    let gaps = frames.iter().zip(nexts).map(|(frame, next)| next.since(*frame));
    gaps.map(|gap| gap.min(interval)).sum()
}

#[cfg(test)]
mod tests {
    use gardefou_policy::types::{Reason, Refusal};

    use super::*;
    use crate::policy::Digest;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn every_frame_lies_in_the_run_of_its_verdict() {
        let mut chronicle = Chronicle::new(10);
        for (when, reason) in [
            (5, Reason::PERMITTED),
            (15, Reason::PERMITTED),
            (21, Reason::PAYMENT),
            (60, Reason::PERMITTED),
        ] {
            let why = Why::new(Refusal::of(reason), Digest::FLOOR, Timestamp::MAX);
            chronicle.frame(at(when), Action::Keep, why, Facts::default);
        }
        let runs: Vec<_> = chronicle
            .runs()
            .map(|course| (course.frames.to_vec(), course.next, course.end(10)))
            .collect();
        let expected = [
            (vec![at(5), at(15)], Some(at(21)), at(21)),
            (vec![at(21)], Some(at(60)), at(31)),
            (vec![at(60)], None, at(70)),
        ];
        assert_eq!(runs, expected);
        assert_eq!(counted(&[at(5), at(15), at(21), at(60)], 10), 26);
    }
}
