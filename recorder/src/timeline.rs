//! When each kept frame was taken, and from when the video shows it.
//!
//! A kept frame is shown until the session's next question, at most one frame interval (contract, counting
//! time): time in which nothing was kept is not in the video.

use gardefou::{Millis, Span, Timestamp};

/// The kept frames of one video.
#[derive(Debug)]
pub(crate) struct Timeline {
    interval: Millis,
    frames: Vec<Timestamp>,
    /// From when the next frame is shown, in ms from the video's start.
    next: Millis,
    /// Since when the last kept frame is shown, while no question followed it.
    open: Option<Timestamp>,
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

    /// A frame was kept; gives the time from which it is shown.
    pub(crate) fn keep(&mut self, at: Timestamp) -> Millis {
        self.until(at);
        self.frames.push(at);
        self.open = Some(at);
        self.next
    }

    /// The first instant, and the first one after the last frame's time: an interval, or less where the
    /// recording ended before.
    pub(crate) fn span(&self, ended_at: Timestamp) -> Option<Span> {
        let (first, last) = (self.frames.first()?, self.frames.last()?);
        Some(Span {
            start: *first,
            end: last.plus(self.interval).min(ended_at).max(last.plus(1)),
        })
    }

    /// How many frames were kept.
    pub(crate) fn len(&self) -> usize {
        self.frames.len()
    }

    /// The numbers of the first and the last frame that were taken within that time.
    pub(crate) fn within(&self, span: Span) -> Option<(usize, usize)> {
        let first = self.frames.iter().position(|at| span.contains(*at))?;
        let last = self.frames.iter().rposition(|at| span.contains(*at))?;
        Some((first, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(at: u64) -> Timestamp {
        Timestamp::from_millis(at)
    }

    #[test]
    fn time_in_which_nothing_is_kept_is_not_in_the_video() {
        let mut timeline = Timeline::new(200);
        assert_eq!(timeline.keep(ms(1_000)), 0);
        assert_eq!(timeline.keep(ms(1_150)), 150, "a short interval is shown as it was");
        timeline.until(ms(1_300));
        timeline.until(ms(1_500));
        assert_eq!(timeline.keep(ms(9_000)), 300, "until the next question, kept or not");
        assert_eq!(timeline.keep(ms(9_900)), 500, "and at most one interval");
        assert_eq!(timeline.len(), 4);
        assert_eq!(
            timeline.span(ms(99_999)),
            Some(Span {
                start: ms(1_000),
                end: ms(10_100)
            })
        );
        assert_eq!(
            timeline.span(ms(9_950)),
            Some(Span {
                start: ms(1_000),
                end: ms(9_950)
            }),
            "hung up"
        );
        assert_eq!(
            timeline.span(ms(2_000)),
            Some(Span {
                start: ms(1_000),
                end: ms(9_901)
            }),
            "hung up before"
        );
    }

    #[test]
    fn frames_are_found_by_their_time() {
        let mut timeline = Timeline::new(200);
        for at in [10, 20, 30, 40] {
            timeline.keep(ms(at));
        }
        assert_eq!(
            timeline.within(Span {
                start: ms(15),
                end: ms(40)
            }),
            Some((1, 2))
        );
        assert_eq!(
            timeline.within(Span {
                start: ms(41),
                end: ms(90)
            }),
            None
        );
    }
}
