//! A journal as its users meet it.

mod bytes;
mod failing;
mod killing;
mod page;
#[cfg(unix)]
mod private;
mod proven;
mod tampering;
mod writing;

use gardefou_policy::types::{Artefact, Operation, Purpose, Span, Timestamp};
use tempfile::TempDir;

use super::*;

/// 2026-11-25, 10:00 UTC.
pub(super) const MORNING: u64 = 1_795_600_800_000;
pub(super) const DAY: u64 = 86_400_000;

/// A folder with a journal's file and key.
pub(super) struct Place {
    pub(super) folder: TempDir,
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("calls.journal")
    }

    pub(super) fn key(&self) -> JournalKey {
        JournalKey::at(&self.folder.path().join("calls.journal.key")).unwrap()
    }

    pub(super) fn open(&self) -> Journal {
        self.try_open().unwrap()
    }

    pub(super) fn try_open(&self) -> Result<Journal, StoreError> {
        Journal::open(&self.file(), &self.key())
    }
}

pub(super) fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(MORNING + millis)
}

pub(super) fn access(recording: &str) -> Record {
    access_at(recording, 0)
}

pub(super) fn access_at(recording: &str, millis: u64) -> Record {
    event(
        millis,
        AccessEvent::Access {
            operation: Operation::View,
            artefact: Artefact::Recording,
            purpose: Purpose::Training,
            account: "a-1".into(),
            role: "trainer".into(),
            recording: recording.into(),
            programme: "crm".into(),
            granted: true,
            reason: "permitted".into(),
            detail: 0,
            obligations: vec![],
            second_person: None,
            not_proven: None,
        },
    )
}

pub(super) fn event(millis: u64, event: AccessEvent) -> Record {
    Record::Access(AccessRecord { at: at(millis), event })
}

pub(super) fn segment(n: u64) -> Span {
    Span {
        start: at(n * 1000),
        end: at(n * 1000 + 500),
    }
}

pub(super) fn discard(session: &str, n: u64) -> Record {
    event(
        n,
        AccessEvent::Discard {
            session: session.into(),
            segment: segment(n),
            reason: Some("payment".into()),
        },
    )
}

pub(super) fn discarded(session: &str, n: u64) -> Record {
    event(
        n,
        AccessEvent::Discarded {
            session: session.into(),
            segment: segment(n),
            counterpart: crate::session::Counterpart::Discarded,
        },
    )
}

pub(super) fn decision(session: &str) -> Record {
    Record::Decision(DecisionRecord {
        at: at(5),
        session: session.into(),
        employee: "e-1".into(),
        programme: "crm".into(),
        collected_at: at(0),
        policies: vec![crate::Digest::of([5; 32])],
        segment: Some(segment(0)),
        outcome: "keep".into(),
        kept: None,
        reason: "permitted".into(),
        detail: 0,
        totals: [("permitted".to_owned(), 500)].into(),
        call_reference: Some("call-7".into()),
        sidecar: Some(crate::Digest::of([6; 32])),
        runs: Vec::new(),
        trace: vec![serde_json::json!({"at": 1.5, "event": "frame"})],
    })
}

pub(super) fn count(day: &str, site: &str, n: u64) -> Record {
    Record::Count(Count {
        day: day.into(),
        site: site.into(),
        reason: "private-call".into(),
        count: n,
    })
}
