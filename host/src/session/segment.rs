//! What becomes of a segment, and how a discard is seen through.

use std::sync::{Arc, Mutex, PoisonError};

use gardefou_policy::types::{Millis, Span, Timestamp};

use super::combine::Why;
#[cfg(feature = "stores")]
use crate::stores::Stores;

/// What is to become of a segment that is finished.
#[derive(Debug)]
#[must_use = "what is to be discarded must be discarded"]
pub enum Outcome {
    /// Keep it whole.
    Keep,
    /// Keep this part, discard the rest.
    Trim(Span),
    /// Discard it, and the call recording of the same time; say so with [`DiscardTicket::done`].
    Discard(DiscardTicket),
}

/// What became of the call recording's part of the same time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "trace", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "trace", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Counterpart {
    /// The call's own recorder discarded it.
    Discarded,
    /// The call's own recorder has none.
    Absent,
    /// The vendor said that it is gone, or there is nobody to ask.
    Told,
    /// The call's own recorder could not: what it has is an open discard.
    Failed,
}

/// The call's own recorder did not discard its half, and so the discard stays open.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "the call's own recorder did not discard its part of session `{session}`: {why}; the discard stays open, say it again later"
)]
pub struct StillOpen {
    session: String,
    why: String,
}

/// A segment of the session, reviewed at the end of the call.
#[derive(Debug)]
#[non_exhaustive]
pub struct Reviewed {
    /// The segment.
    pub segment: Span,
    /// What is to become of it.
    pub outcome: Outcome,
}

/// A segment that must be discarded. The discard stays open, and is listed by
/// [`PolicyHandle::open_discards`](crate::PolicyHandle::open_discards), until the vendor says that it is
/// done; dropping the ticket does not close it.
#[derive(Debug)]
#[must_use = "a discard stays open until it is said to be done"]
pub struct DiscardTicket {
    discard: Discard,
    open: OpenDiscards,
}

/// A discard that was decided.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Discard {
    /// The recorder's own name for the session.
    pub session: String,
    /// The call, as the call's own recorder knows it. An earlier run's is not known any more.
    pub call_reference: Option<String>,
    /// What is to be discarded.
    pub segment: Span,
    /// Why.
    pub why: Why,
    /// What a session kept at most that the ledger never saw the end of: saying that it is done ends it there.
    pub(crate) at_most: Option<Millis>,
}

impl Discard {
    fn is_of(&self, session: &str, segment: Span) -> bool {
        self.session == session && self.segment == segment
    }
}

impl DiscardTicket {
    /// What is to be discarded, and why.
    #[must_use]
    pub const fn discard(&self) -> &Discard {
        &self.discard
    }

    /// It is gone: the recording, its temporary files, and, unless the SDK was given the call's own recorder,
    /// its half of the call recording. The SDK asks that recorder, blocking, and journals its answer.
    ///
    /// # Errors
    /// When the call's own recorder could not discard its half: the discard stays open.
    pub fn done(self) -> Result<(), StillOpen> {
        self.open.done(&self.discard)
    }
}

/// The discards that nobody has yet said to be done.
#[derive(Clone, Debug, Default)]
pub(crate) struct OpenDiscards {
    list: Arc<Mutex<Vec<Discard>>>,
    #[cfg(feature = "stores")]
    stores: Option<Stores>,
}

impl OpenDiscards {
    /// Those that an earlier run left open, and those to come, which are journalled.
    #[cfg(feature = "stores")]
    pub(crate) fn kept_in(stores: &Stores, left_open: Vec<Discard>) -> Self {
        Self {
            list: Arc::new(Mutex::new(left_open)),
            stores: Some(stores.clone()),
        }
    }

    /// Opens a discard. Of one segment there is one: the reason that came first stands.
    pub(crate) fn open(&self, session: &str, call_reference: Option<&str>, segment: Span, why: Why) -> DiscardTicket {
        let discard = Discard {
            session: session.to_owned(),
            call_reference: call_reference.map(str::to_owned),
            segment,
            why,
            at_most: None,
        };
        if let Some(ticket) = self.find(session, segment) {
            return ticket;
        }
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(discard.clone());
        #[cfg(feature = "stores")]
        if let Some(stores) = &self.stores {
            stores.note(vec![super::telling::discard(&discard)]);
        }
        DiscardTicket {
            discard,
            open: self.clone(),
        }
    }

    /// Opens the discard of a session that was to be kept: nobody waits for a review of it any more.
    pub(crate) fn open_kept(
        &self,
        session: &str,
        call_reference: Option<&str>,
        whole: Span,
        why: Why,
    ) -> DiscardTicket {
        let ticket = self.open(session, call_reference, whole, why);
        #[cfg(feature = "stores")]
        if let Some(stores) = &self.stores {
            stores.reviewed(session);
        }
        ticket
    }

    /// The open discard of that segment.
    pub(crate) fn find(&self, session: &str, segment: Span) -> Option<DiscardTicket> {
        let list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let open = list.iter().find(|open| open.is_of(session, segment))?;
        Some(DiscardTicket {
            discard: open.clone(),
            open: self.clone(),
        })
    }

    #[cfg(feature = "stores")]
    fn done(&self, discard: &Discard) -> Result<(), StillOpen> {
        let Some(stores) = &self.stores else {
            self.close(discard);
            return Ok(());
        };
        let reference = discard.call_reference.as_deref();
        let told = stores.call_recorder().map_or(Ok(Counterpart::Told), |recorder| {
            recorder.discard(&discard.session, reference, discard.segment)
        });
        let counterpart = told.map_err(|why| StillOpen {
            session: discard.session.clone(),
            why,
        })?;
        self.close(discard);
        stores.note(vec![super::telling::discarded(discard, counterpart)]);
        if let Some(at_most) = discard.at_most {
            stores.end(&discard.session, discard.segment.end, at_most);
        }
        Ok(())
    }

    #[cfg(not(feature = "stores"))]
    #[expect(clippy::unnecessary_wraps, reason = "with stores the call's own recorder may fail")]
    fn done(&self, discard: &Discard) -> Result<(), StillOpen> {
        self.close(discard);
        Ok(())
    }

    fn close(&self, discard: &Discard) {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.retain(|open| !open.is_of(&discard.session, discard.segment));
    }

    pub(crate) fn tickets(&self) -> Vec<DiscardTicket> {
        let list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        let ticket = |discard: &Discard| DiscardTicket {
            discard: discard.clone(),
            open: self.clone(),
        };
        list.iter().map(ticket).collect()
    }
}

/// The segment from `started_at` to `ended_at`.
pub(crate) const fn span(started_at: Timestamp, ended_at: Timestamp) -> Span {
    Span {
        start: started_at,
        end: ended_at,
    }
}
