//! What is done to a journal.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use gardefou::journal::{
    AccessEvent, AccessRecord, Count, DecisionRecord, Entry, Journal, JournalKey, OpenDiscard, Record,
};
use gardefou::{Counterpart, Digest, Span, StoreError};
use gardefou_policy::types::DAY;

use super::NOW;

/// One thing that is done to a journal, and acknowledged.
#[derive(Clone, Debug)]
pub enum Told {
    /// These are appended.
    Append(Vec<Record>),
    /// The content of these is destroyed.
    Forget(Vec<u64>),
    /// It is closed and opened again.
    Reopen,
    /// So much time passes that the marker beside it is due.
    Pause,
}

/// The journal in this folder.
///
/// # Errors
/// Its own.
pub fn journal(folder: &Path) -> Result<Journal, StoreError> {
    Journal::open(&journal_file(folder), &journal_key(folder)?)
}

/// The key of the journal in this folder.
///
/// # Errors
/// Its own.
pub fn journal_key(folder: &Path) -> Result<JournalKey, StoreError> {
    JournalKey::at(&folder.join("calls.key"))
}

/// The file of the journal in this folder.
pub fn journal_file(folder: &Path) -> PathBuf {
    folder.join("calls.journal")
}

impl Told {
    /// A journal's whole life, but for the forgetting.
    pub fn appends() -> Vec<Self> {
        let accesses = |from, to| Self::Append((from..to).map(access).collect());
        let mut all = vec![
            accesses(0, 1),
            Self::Append((0..3).map(|number| decision(number, 200)).collect()),
            Self::Append(vec![count(0, "private-call"), access(1), count(0, "paused")]),
            Self::Append(vec![discard(1)]),
            Self::Append(vec![count(0, "private-call"), discard(2)]),
            // More than one page, and what spills over.
            Self::Append(vec![decision(3, 9_000), discarded(1)]),
            Self::Reopen,
            accesses(2, 6),
            Self::Append(vec![count(1, "paused")]),
            Self::Pause,
            accesses(6, 7),
            Self::Append(vec![discarded(2), decision(4, 2_000)]),
        ];
        all.extend((7..11).map(|number| accesses(number, number + 1)));
        all
    }

    /// Until the write-ahead log is full, is put away, and begins anew: at 1,000 pages.
    pub fn long() -> Vec<Self> {
        (0..300).map(|number| Self::Append(vec![access(number)])).collect()
    }

    /// A journal of which parts are forgotten.
    pub fn forgetting() -> Vec<Self> {
        vec![
            Self::Append((0..4).map(|number| decision(number, 300)).collect()),
            Self::Append(vec![access(0), decision(4, 9_000), discard(1)]),
            Self::Forget(vec![1, 2, 5]),
            Self::Append(vec![access(1), decision(5, 300)]),
            Self::Reopen,
            Self::Append(vec![discarded(1)]),
            Self::Forget(vec![0, 4, 6]),
            Self::Append(vec![access(2)]),
        ]
    }

    /// Does it. A journal that is opened again takes the place of the one before.
    ///
    /// # Errors
    /// The journal's own.
    pub fn tell(&self, folder: &Path, open: &mut Option<Journal>) -> Result<(), StoreError> {
        let now = match open.take() {
            Some(open) => open,
            None => journal(folder)?,
        };
        match self {
            Self::Append(records) => {
                now.append(records)?;
            }
            Self::Forget(entries) => {
                now.forget(entries)?;
            }
            Self::Pause => thread::sleep(Duration::from_millis(1_050)),
            Self::Reopen => {
                drop(now);
                *open = Some(journal(folder)?);
                return Ok(());
            }
        }
        *open = Some(now);
        Ok(())
    }
}

/// Somebody asked for something, for the so many-th time.
pub fn access(number: u64) -> Record {
    Record::Access(AccessRecord {
        at: NOW.plus(number),
        event: AccessEvent::Right {
            request: "find".to_owned(),
            account: format!("account-{number}"),
            recordings: vec![format!("s-{number}")],
            count: number,
            asked: None,
            erased: std::collections::BTreeMap::new(),
        },
    })
}

fn decision(number: u64, size: usize) -> Record {
    Record::Decision(DecisionRecord {
        at: NOW.plus(number),
        session: format!("s-{number}"),
        employee: format!("e-{number}"),
        programme: "crm-onboarding".to_owned(),
        collected_at: NOW,
        policies: vec![Digest::FLOOR],
        segment: None,
        outcome: "refuse".to_owned(),
        kept: None,
        reason: "volume".to_owned(),
        detail: 0,
        totals: [("volume".to_owned(), number)].into(),
        call_reference: None,
        sidecar: None,
        runs: Vec::new(),
        trace: vec![serde_json::Value::String("x".repeat(size))],
    })
}

/// On the day of [`NOW`], or so many later.
fn count(days: u64, reason: &str) -> Record {
    Record::Count(Count {
        day: gardefou::journal::day(NOW.plus(days * DAY)),
        site: "paris".to_owned(),
        reason: reason.to_owned(),
        count: 1,
    })
}

/// The segment of a session, and the recording of it.
pub fn segment(number: u64) -> Span {
    Span {
        start: NOW.plus(number * 1_000),
        end: NOW.plus(number * 1_000 + 500),
    }
}

/// This segment must be discarded.
pub fn discard(number: u64) -> Record {
    Record::Access(AccessRecord {
        at: NOW.plus(number),
        event: AccessEvent::Discard {
            session: format!("s-{number}"),
            segment: segment(number),
            reason: Some("pause".to_owned()),
        },
    })
}

/// It is gone.
pub fn discarded(number: u64) -> Record {
    Record::Access(AccessRecord {
        at: NOW.plus(number),
        event: AccessEvent::Discarded {
            session: format!("s-{number}"),
            segment: segment(number),
            counterpart: Counterpart::Absent,
        },
    })
}

/// What a journal says.
#[derive(Clone, PartialEq, Debug)]
pub struct Says {
    /// Its entries.
    pub entries: Vec<Entry>,
    /// Its counts of days that are not over.
    pub counts: Vec<Count>,
    /// Its open discards.
    pub open: Vec<OpenDiscard>,
}

impl Says {
    /// Of this journal.
    ///
    /// # Errors
    /// Its own.
    pub fn of(journal: &Journal) -> Result<Self, StoreError> {
        Ok(Self {
            entries: journal.entries(0, 10_000)?,
            counts: journal.counts()?,
            open: journal.open_discards()?,
        })
    }
}
