//! The end of a session: what becomes of what it kept, and what is told of it.

use std::collections::BTreeSet;

use gardefou_policy::types::{Reason, Refusal, Span, Timestamp};

use super::Session;
use super::combine::Why;
use super::segment::{self, Reviewed};
use crate::policy::Digest;

/// A session that is over.
#[derive(Debug)]
#[must_use = "what is to be discarded must be discarded"]
#[non_exhaustive]
pub struct Finished {
    /// What is to become of each segment, in order.
    pub reviewed: Vec<Reviewed>,
    /// What lies beside the recording and explains it; `None` when nothing of the session may be kept.
    #[cfg(feature = "stores")]
    pub sidecar: Option<crate::custody::Sidecar>,
}

impl Finished {
    /// From the start of its first segment to the end of its last; `None` when it has none. What
    /// [`PolicyHandle::not_kept`](crate::PolicyHandle::not_kept) takes.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        let start = self.reviewed.iter().map(|review| review.segment.start).min()?;
        let end = self.reviewed.iter().map(|review| review.segment.end).max()?;
        Some(segment::span(start, end))
    }
}

impl IntoIterator for Finished {
    type Item = Reviewed;
    type IntoIter = std::vec::IntoIter<Reviewed>;

    fn into_iter(self) -> Self::IntoIter {
        self.reviewed.into_iter()
    }
}

impl Session {
    /// The call is over: asks again for every segment, because what came late counts. What was kept and
    /// lies in no segment that was told is one more, from its first frame to `at`; what was kept from `at` on is
    /// to be discarded. A segment that was to be discarded stays so, and so does every segment that overlaps
    /// it; it is not given again once that is done.
    ///
    /// Where there is a journal, this blocks until it holds what was decided: nothing is kept without that.
    /// When it cannot be written, everything is to be discarded, for `store-unavailable`.
    ///
    /// A session that is dropped without it leaves an open discard
    /// ([`PolicyHandle::open_discards`](crate::PolicyHandle::open_discards)): what was never reviewed is not
    /// to be kept.
    pub fn finish(mut self, at: Timestamp) -> Finished {
        let done: BTreeSet<_> = self.gone.keys().copied().collect();
        if let Some(rest) = self.never_told(at) {
            self.segments.insert((rest.start, at));
        }
        if let Some(behind) = self.never_told(Timestamp::MAX) {
            // Nobody said that the call went on until there.
            let why = Why::new(Refusal::of(Reason::INVALID_FACTS), Digest::FLOOR, Timestamp::MAX);
            self.segments.insert((behind.start, behind.end));
            self.gone.insert((behind.start, behind.end), why);
        }
        let judged = self.judge_all();
        let is_done = |segment: Span| {
            let open = self.handle.discards().find(&self.facts.session, segment);
            done.contains(&(segment.start, segment.end)) && open.is_none()
        };
        let left = judged.into_iter().filter(|(segment, _)| !is_done(*segment));
        let reviewed = left
            .map(|(segment, judged)| Reviewed {
                segment,
                outcome: self.outcome(segment, judged),
            })
            .collect();
        let gone: Vec<Span> = self
            .gone
            .keys()
            .map(|(start, end)| segment::span(*start, *end))
            .collect();
        self.segments.clear();
        self.kept.clear();
        self.concluded(reviewed, &gone, at)
    }

    /// What becomes of each segment. A discard reaches every segment that overlaps it, whichever was asked about
    /// first.
    fn judge_all(&mut self) -> Vec<(Span, Result<Span, Why>)> {
        let segments: Vec<Span> = self
            .segments
            .iter()
            .map(|(start, end)| segment::span(*start, *end))
            .collect();
        let mut judged: Vec<_> = segments
            .iter()
            .map(|segment| (*segment, self.judge(*segment)))
            .collect();
        loop {
            let before = self.gone.len();
            for (segment, judged) in judged.iter_mut().filter(|(_, judged)| judged.is_ok()) {
                if let Some(why) = self.gone_over(*segment) {
                    *judged = Err(why);
                    self.gone.insert((segment.start, segment.end), why);
                }
            }
            if self.gone.len() == before {
                return judged;
            }
        }
    }

    /// From the first to the end of the last frame that was kept and lies in no segment that was told; `None`
    /// when there is none before `end`.
    pub(super) fn never_told(&self, end: Timestamp) -> Option<Span> {
        let told: Vec<Span> = self
            .segments
            .iter()
            .map(|(start, end)| segment::span(*start, *end))
            .collect();
        let (first, last) = self.kept.outside(&told)?;
        (first < end).then(|| segment::span(first, last.plus(self.facts.frame_interval)))
    }
}
