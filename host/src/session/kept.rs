//! The frames that a session kept: what is told late is held against each of them.

use gardefou_policy::types::{Span, Timestamp};

use super::history::{HORIZON, Stretch};

/// How many bits of a frame say how much later than composed it was asked about: up to [`HORIZON`].
const LAG_BITS: u32 = 11;
const LAG: u64 = (1 << LAG_BITS) - 1;
const _: () = assert!(HORIZON <= LAG);

/// How many frames there is room for from the beginning, each under words of its own: almost an hour at five a
/// second, in 384 KiB that are not touched before they are used.
const ROOM: usize = 16_384;

/// Every frame that was kept, in the order of its instant and of its question.
#[derive(Debug)]
pub(crate) struct Kept {
    opened_at: Timestamp,
    frames: Vec<Frame>,
    /// From which frame on how many words were known.
    words: Vec<(usize, u64)>,
}

/// When a frame was composed, since the opening, and how much later it was asked about: 8 bytes, because a
/// session has five a second.
#[derive(Clone, Copy, Debug)]
struct Frame(u64);

impl Frame {
    fn of(since_opening: u64, lag: u64) -> Self {
        let most = u64::MAX >> LAG_BITS;
        Self(since_opening.min(most) << LAG_BITS | lag.min(LAG))
    }

    const fn composed(self) -> u64 {
        self.0 >> LAG_BITS
    }

    const fn asked(self) -> u64 {
        (self.0 >> LAG_BITS) + (self.0 & LAG)
    }
}

impl Kept {
    pub(crate) fn new(opened_at: Timestamp) -> Self {
        Self {
            opened_at,
            frames: Vec::with_capacity(ROOM),
            words: Vec::with_capacity(ROOM),
        }
    }

    /// Every frame was seen to.
    pub(crate) fn clear(&mut self) {
        self.frames.clear();
        self.words.clear();
    }

    /// Whether a frame can be added without allocating.
    pub(crate) fn has_room(&self) -> bool {
        self.frames.len() < self.frames.capacity() && self.words.len() < self.words.capacity()
    }

    /// Makes room for the next frames.
    pub(crate) fn make_room(&mut self) {
        self.frames.reserve(1);
        self.words.reserve(2);
    }

    /// A frame of `at` was kept, asked about at `asked` when so many words were known.
    pub(crate) fn add(&mut self, at: Timestamp, asked: Timestamp, words: u64) {
        if self.words.last().is_none_or(|(_, known)| *known != words) {
            self.words.push((self.frames.len(), words));
        }
        self.frames.push(Frame::of(at.since(self.opened_at), asked.since(at)));
    }

    /// Whether a frame of the segment was kept that did not know what this stretch of time says, although it
    /// began before the frame's question and lasted beyond its capture.
    pub(crate) fn was_kept_in<V>(&self, segment: Span, stretch: &Stretch<V>) -> bool {
        let since = |at: Timestamp| at.since(self.opened_at);
        let composed_before = |at| self.frames.partition_point(|frame| frame.composed() < since(at));
        let first = composed_before(segment.start).max(if stretch.since < self.opened_at {
            0
        } else {
            self.frames
                .partition_point(|frame| frame.asked() <= since(stretch.since))
        });
        let end = composed_before(segment.end.min(stretch.until));
        let known_before = self.words.partition_point(|(_, words)| *words < stretch.word);
        let knew = self
            .words
            .get(known_before)
            .map_or(self.frames.len(), |(frame, _)| *frame);
        first < end.min(knew)
    }

    /// The first and the last frame that lie in none of these spans; `None` when there is no such frame.
    pub(crate) fn outside(&self, spans: &[Span]) -> Option<(Timestamp, Timestamp)> {
        let at = |frame: &Frame| self.opened_at.plus(frame.composed());
        let is_outside = |at: &Timestamp| !spans.iter().any(|span| span.start <= *at && *at < span.end);
        let mut frames = self.frames.iter().map(at).filter(is_outside);
        let first = frames.next()?;
        Some((first, frames.next_back().unwrap_or(first)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn searching_is_looking_at_every_frame(
            steps in prop::collection::vec((0..50u64, 0..60u64, 0..2u64), 0..30),
            (start, length) in (900..1_600u64, 0..400u64),
            (since, lasts, word) in (900..1_600u64, 0..300u64, 0..20u64),
        ) {
            let mut kept = Kept::new(at(1_000));
            let mut frames = vec![];
            let (mut when, mut asked, mut words) = (1_000, 1_000, 0);
            for (step, lag, new) in steps {
                when += step;
                asked = (when + lag).max(asked);
                words += new;
                kept.add(at(when), at(asked), words);
                frames.push((when, asked, words));
            }
            let segment = Span { start: at(start), end: at(start + length) };
            let stretch = Stretch { since: at(since), until: at(since + lasts), value: (), word };
            let expected = frames.iter().any(|(composed, asked, words)| {
                (start..start + length).contains(composed)
                    && since < *asked && since + lasts > *composed
                    && *words < word
            });
            prop_assert_eq!(kept.was_kept_in(segment, &stretch), expected);
            let outside: Vec<u64> = frames.iter().map(|f| f.0).filter(|t| !(start..start + length).contains(t)).collect();
            let expected = outside.first().map(|first| (at(*first), at(*outside.last().unwrap())));
            prop_assert_eq!(kept.outside(&[segment]), expected);
        }
    }
}
