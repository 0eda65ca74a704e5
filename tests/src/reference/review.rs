//! What becomes of the segments: by what is known when asked, and by what was told after a frame was kept.

use std::collections::BTreeSet;

use gardefou::{CaptureMode, Reason, Span, Timestamp};
use gardefou_policy::facts::{HungUp, Segment};
use gardefou_policy::review;
use gardefou_policy::types::Disposition;

use super::call::Told;

/// The reasons to discard; the first of those that apply is given.
const ORDER: [Reason; 8] = [
    Reason::STILL_IMAGE,
    Reason::PRIVATE_CALL,
    Reason::PARTY_OBJECTED,
    Reason::PARTY_NOT_INFORMED,
    Reason::NO_CALL,
    Reason::PAYMENT,
    Reason::SECURE_INPUT,
    Reason::PAUSED,
];

/// A frame that was kept.
#[derive(Debug)]
struct Kept {
    at: Timestamp,
    asked: Timestamp,
    /// How many words were told before the question.
    words: usize,
}

/// The kept frames and the segments of a session.
#[derive(Debug, Default)]
pub struct Reviews {
    kept: Vec<Kept>,
    segments: BTreeSet<(Timestamp, Timestamp)>,
    discarded: Vec<(Span, Reason)>,
}

impl Reviews {
    pub fn kept(&mut self, at: Timestamp, asked: Timestamp, words: usize) {
        self.kept.push(Kept { at, asked, words });
    }

    pub fn segment(&mut self, call: AtReview, segment: Span) -> Result<Span, Reason> {
        self.segments.insert((segment.start, segment.end));
        let outcome = self.review(call, segment);
        self.discarded.extend(outcome.err().map(|reason| (segment, reason)));
        outcome
    }

    /// What is kept of every segment, or the segment when it is discarded.
    pub fn finish(&mut self, call: AtReview) -> Vec<Result<Span, Span>> {
        let in_none = |frame: &&Kept| {
            !self
                .segments
                .iter()
                .any(|(start, end)| (*start..*end).contains(&frame.at))
        };
        let first = self.kept.iter().find(in_none).map(|frame| frame.at);
        self.segments.extend(first.map(|first| (first, call.now)));
        let segments: Vec<Span> = self
            .segments
            .iter()
            .map(|(start, end)| Span {
                start: *start,
                end: *end,
            })
            .collect();
        // Until nothing more is discarded: one segment takes those with it that overlap it.
        loop {
            let before = self.discarded.len();
            for segment in &segments {
                if !self.discarded.iter().any(|(gone, _)| gone == segment) {
                    let outcome = self.review(call, *segment);
                    self.discarded.extend(outcome.err().map(|reason| (*segment, reason)));
                }
            }
            if self.discarded.len() == before {
                break;
            }
        }
        segments
            .into_iter()
            .map(|segment| self.review(call, segment).map_err(|_| segment))
            .collect()
    }

    fn review(&self, call: AtReview, segment: Span) -> Result<Span, Reason> {
        // Every policy and the floor review alike: the contract leaves them nothing to differ in.
        let (kept, policies) = match review::review(&call.question(segment)) {
            Disposition::Keep => (segment, None),
            Disposition::Trim(part) => (part, None),
            Disposition::Discard(why) => (segment, Some(why.reason)),
        };
        let within = self.kept.iter().filter(|frame| segment.contains(frame.at));
        let late = within.flat_map(|frame| call.told.late_for(frame.words, frame.at, frame.asked));
        let earlier = self.discarded.iter().filter(|(gone, _)| is_part_of(*gone, segment));
        let reasons = policies
            .into_iter()
            .chain(late)
            .chain(earlier.map(|(_, reason)| *reason));
        let rank = |reason: &Reason| ORDER.iter().position(|r| r == reason).unwrap();
        reasons.min_by_key(rank).map_or(Ok(kept), Err)
    }
}

/// Whether a segment that was discarded is this one, with whatever end, or overlaps it.
fn is_part_of(gone: Span, segment: Span) -> bool {
    gone.start == segment.start || !gone.intersection(segment).is_empty()
}

/// What is known of the call when a segment is reviewed.
#[derive(Clone, Copy, Debug)]
pub struct AtReview<'a> {
    pub told: &'a Told,
    pub now: Timestamp,
    pub mode: CaptureMode,
}

impl AtReview<'_> {
    fn question(self, segment: Span) -> Segment {
        let call = self.told.strictest(self.now, self.now);
        Segment {
            started_at: segment.start,
            ended_at: segment.end,
            answered_at: self.told.answered,
            hung_up: self.told.hung_up.map_or(HungUp::GoesOn, HungUp::At),
            known: call.known,
            holds: call.holds,
            mode: self.mode,
        }
    }
}
