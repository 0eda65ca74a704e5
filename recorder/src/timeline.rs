//! When each kept frame was taken, and from when the video shows it.
//!
//! A kept frame is shown until the session's next question, at most one frame interval (contract, counting
//! time): time in which nothing was kept is not in the video.

use gardefou::{Millis, Span, Timestamp};

/// The kept frames of one video.
#[derive(Debug)]
pub(crate) struct Timeline {
    interval: Millis,
    frames: Vec<Kept>,
    /// From when the next frame is shown, in ms from the video's start.
    next: Millis,
    /// Since when the last kept frame is shown, while no question followed it.
    open: Option<Timestamp>,
}

/// A frame that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kept {
    at: Timestamp,
    /// From when it is shown, in ms from the video's start.
    shown_from: Millis,
    /// Whether it is in the file: else the one before is shown on, because it shows the same.
    encoded: bool,
}

/// A part of a video, by its kept frames: their numbers from 0, and from when the first and the last are
/// shown, in ms from the video's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) from: Millis,
    pub(crate) to: Millis,
    /// From when the file shows what the first of them shows.
    pub(crate) pictured: Millis,
}

impl Timeline {
    /// Nothing was kept yet. `interval`: the session's frame interval, in ms.
    pub(crate) fn new(interval: Millis) -> Self {
        Self {
            interval,
            frames: Vec::new(),
            next: 0,
            open: None,
        }
    }

    /// A question was asked then: what was kept before is shown no longer.
    pub(crate) fn until(&mut self, at: Timestamp) {
        if let Some(shown) = self.open.take() {
            // Two frames in one millisecond still have different times.
            self.next = self.next.saturating_add(at.since(shown).min(self.interval).max(1));
        }
    }

    /// A frame was kept; gives the time from which it is shown. `encoded`: it is in the file, and not only the one
    /// before shown on.
    pub(crate) fn keep(&mut self, at: Timestamp, encoded: bool) -> Millis {
        self.until(at);
        self.frames.push(Kept {
            at,
            shown_from: self.next,
            encoded,
        });
        self.open = Some(at);
        self.next
    }

    /// The first instant, and the first one after the last frame's time: an interval, or less where the
    /// recording ended before.
    pub(crate) fn span(&self, ended_at: Timestamp) -> Option<Span> {
        let (first, last) = (self.frames.first()?.at, self.frames.last()?.at);
        Some(Span {
            start: first,
            end: last.plus(self.interval).min(ended_at).max(last.plus(1)),
        })
    }

    /// How many frames were kept.
    pub(crate) fn len(&self) -> usize {
        self.frames.len()
    }

    /// From when the last kept frame is shown, where that is only the one before shown on.
    pub(crate) fn shown_on(&self) -> Option<Millis> {
        let last = self.frames.last().filter(|last| !last.encoded)?;
        Some(last.shown_from)
    }

    /// The kept frames that were taken within that time.
    pub(crate) fn within(&self, span: Span) -> Option<Cut> {
        let taken_in = |kept: &Kept| span.contains(kept.at);
        let first = self.frames.iter().position(taken_in)?;
        let last = self.frames.iter().rposition(taken_in)?;
        let pictured = self.frames.get(..=first)?.iter().rfind(|kept| kept.encoded)?;
        Some(Cut {
            first,
            last,
            from: self.frames.get(first)?.shown_from,
            to: self.frames.get(last)?.shown_from,
            pictured: pictured.shown_from,
        })
    }

    /// Whether that is all of it.
    pub(crate) fn is_whole(&self, cut: Cut) -> bool {
        cut.last.saturating_sub(cut.first).saturating_add(1) == self.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(at: u64) -> Timestamp {
        Timestamp::from_millis(at)
    }

    fn span(start: u64, end: u64) -> Span {
        Span {
            start: ms(start),
            end: ms(end),
        }
    }

    #[test]
    fn time_in_which_nothing_is_kept_is_not_in_the_video() {
        let mut timeline = Timeline::new(200);
        assert_eq!(timeline.keep(ms(1_000), true), 0);
        assert_eq!(
            timeline.keep(ms(1_150), true),
            150,
            "a short interval is shown as it was"
        );
        timeline.until(ms(1_300));
        timeline.until(ms(1_500));
        assert_eq!(
            timeline.keep(ms(9_000), true),
            300,
            "until the next question, kept or not"
        );
        assert_eq!(timeline.keep(ms(9_900), true), 500, "and at most one interval");
        assert_eq!(timeline.len(), 4);
        assert_eq!(timeline.span(ms(99_999)), Some(span(1_000, 10_100)));
        assert_eq!(timeline.span(ms(9_950)), Some(span(1_000, 9_950)), "hung up");
        assert_eq!(timeline.span(ms(2_000)), Some(span(1_000, 9_901)), "hung up before");
        assert_eq!(timeline.shown_on(), None);
        timeline.keep(ms(10_000), false);
        assert_eq!(timeline.shown_on(), Some(600));
    }

    #[test]
    fn frames_are_found_by_their_time() {
        let mut timeline = Timeline::new(200);
        for at in [10, 20, 30, 40] {
            timeline.keep(ms(at), at != 20);
        }
        let cut = timeline.within(span(15, 40)).unwrap();
        assert_eq!(
            cut,
            Cut {
                first: 1,
                last: 2,
                from: 10,
                to: 20,
                pictured: 0
            }
        );
        assert!(!timeline.is_whole(cut));
        assert!(timeline.is_whole(timeline.within(span(0, 99)).unwrap()));
        assert_eq!(timeline.within(span(41, 90)), None);
    }
}
