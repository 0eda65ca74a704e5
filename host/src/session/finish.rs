//! The end of a session: what becomes of what it kept, and what is told of it.

use gardefou_policy::types::{Span, Timestamp};

use super::Session;
use super::segment::{self, Outcome, Reviewed};

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
    /// lies in no segment that was told is one more, from its first frame to `at`. A segment that was to be
    /// discarded stays so, and is not given again once that is done.
    ///
    /// Where there is a journal, this blocks until it holds what was decided: nothing is kept without that.
    /// When it cannot be written, everything is to be discarded, for `store-unavailable`.
    ///
    /// A session that is dropped without it leaves an open discard
    /// ([`PolicyHandle::open_discards`](crate::PolicyHandle::open_discards)): what was never reviewed is not
    /// to be kept.
    pub fn finish(mut self, at: Timestamp) -> Finished {
        let mut segments = std::mem::take(&mut self.segments);
        segments.extend(self.unreviewed_from.take().map(|first_kept_at| (first_kept_at, at)));
        let again = |(start, end)| {
            let segment = segment::span(start, end);
            let outcome = if self.gone.contains(&(start, end)) {
                Outcome::Discard(self.handle.discards().find(&self.facts.session, segment)?)
            } else {
                self.review(segment)
            };
            Some(Reviewed { segment, outcome })
        };
        let reviewed = segments.into_iter().filter_map(again).collect();
        self.concluded(reviewed, at)
    }
}
