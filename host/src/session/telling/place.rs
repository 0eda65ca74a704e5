//! Where what was decided about a frame is told.

use gardefou_policy::types::{Span, Timestamp};

use super::super::segment::{Outcome, Reviewed};

/// The record that tells of a frame, or none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// The record of the segment of this number, among those that were reviewed.
    Record(usize),
    /// A discarded segment: nothing is left of it but its discard.
    Gone,
}

/// Where each frame of a session is told.
#[derive(Debug)]
pub(super) struct Places {
    gone: Vec<Span>,
    /// Until when frames are told where, in order.
    until: Vec<(Timestamp, Place)>,
}

impl Places {
    /// A session without segments: one record tells of all.
    #[cfg(test)]
    pub(super) const ONE: Self = Self {
        gone: Vec::new(),
        until: Vec::new(),
    };

    /// Each segment's record tells of its frames, and of those since the segment before; the last one's of those
    /// behind it too. It makes no difference whether a discard is done by now.
    pub(super) fn after(reviewed: &[Reviewed], gone: &[Span]) -> Self {
        let kept = reviewed.iter().enumerate().filter_map(|(n, review)| {
            let is_kept = !matches!(review.outcome, Outcome::Discard(_));
            is_kept.then_some((review.segment, Place::Record(n)))
        });
        let discarded = reviewed.iter().filter_map(|review| match review.outcome {
            Outcome::Discard(_) => Some(review.segment),
            Outcome::Keep | Outcome::Trim(_) => None,
        });
        let gone: Vec<Span> = gone.iter().copied().chain(discarded).collect();
        let mut all: Vec<_> = kept.chain(gone.iter().map(|span| (*span, Place::Gone))).collect();
        all.sort_by_key(|(span, _)| (span.start, span.end));
        let until = all.into_iter().map(|(span, place)| (span.end, place)).collect();
        Self { gone, until }
    }

    pub(super) fn of(&self, at: Timestamp) -> Place {
        if self.gone.iter().any(|gone| gone.contains(at)) {
            return Place::Gone;
        }
        let within = self.until.iter().find(|(until, _)| at < *until);
        within
            .or(self.until.last())
            .map_or(Place::Record(0), |(_, place)| *place)
    }
}
