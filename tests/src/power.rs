//! What is done to a journal and to a ledger while the power is cut: the same in the program that does it, and
//! in the test that looks at what is left.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use gardefou::journal::{
    AccessEvent, AccessRecord, Count, DecisionRecord, Entry, Journal, JournalKey, OpenDiscard, Record,
};
use gardefou::ledger::{Balance, Caps, Closing, Ledger, Offer, Reservation, Review, SqliteLedger, Unfinished};
use gardefou::{Counterpart, Digest, Span, StoreError, Timestamp};
use gardefou_policy::types::{Cap, DAY, NO_LIMIT};

/// When all of it happens.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_600_000_000);

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
    pub fn tell(&self, folder: &Path, journal: &mut Option<Journal>) -> Result<(), StoreError> {
        let open = match journal.take() {
            Some(open) => open,
            None => self::journal(folder)?,
        };
        match self {
            Self::Append(records) => drop(open.append(records)?),
            Self::Forget(entries) => drop(open.forget(entries)?),
            Self::Pause => thread::sleep(Duration::from_millis(1_050)),
            Self::Reopen => {
                drop(open);
                *journal = Some(self::journal(folder)?);
                return Ok(());
            }
        }
        *journal = Some(open);
        Ok(())
    }
}

fn access(number: u64) -> Record {
    Record::Access(AccessRecord {
        at: NOW.plus(number),
        event: AccessEvent::Right {
            request: "find".to_owned(),
            account: format!("account-{number}"),
            recordings: vec![format!("s-{number}")],
            count: number,
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
        sidecar: None,
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

/// One thing that is asked of a ledger, and acknowledged.
#[derive(Clone, Copy, Debug)]
pub enum Asked {
    /// A call is offered.
    Offer(u64),
    /// So much was kept, and a slice is wanted.
    Reserve(u64, u64),
    /// It is over, and so much was kept.
    Close(u64, u64),
    /// The recording of a session was reviewed.
    Reviewed(u64),
    /// The ledger is closed and opened again.
    Reopen,
}

/// How much each reservation asks for, in ms.
pub const SLICE: u64 = 100;

/// The ledger in this folder.
///
/// # Errors
/// Its own.
pub fn ledger(folder: &Path) -> Result<SqliteLedger, StoreError> {
    SqliteLedger::open(folder.join("ledger.db"))
}

impl Asked {
    /// A ledger's whole life.
    pub fn life() -> Vec<Self> {
        let mut all = vec![
            Self::Offer(0),
            Self::Reserve(0, 0),
            Self::Reserve(0, 60),
            Self::Offer(1),
            Self::Reserve(1, 0),
            Self::Close(0, 80),
            Self::Reopen,
            Self::Reserve(1, 100),
            Self::Reviewed(0),
        ];
        for session in 2..6 {
            all.extend([
                Self::Offer(session),
                Self::Reserve(session, 0),
                Self::Close(session, 10 * session),
            ]);
        }
        all.push(Self::Reserve(1, 150));
        all
    }

    /// Asks it. A ledger that is opened again takes the place of the one before.
    ///
    /// # Errors
    /// The ledger's own.
    pub fn ask(&self, folder: &Path, ledger: &mut Option<SqliteLedger>) -> Result<(), StoreError> {
        let open = match ledger.take() {
            Some(open) => open,
            None => self::ledger(folder)?,
        };
        match *self {
            Self::Offer(number) => drop(open.offer(&Offer {
                session: &session(number),
                employee: &session(number),
                programme: "p",
                at: NOW,
                periods: &[DAY],
            })?),
            Self::Reserve(number, kept) => drop(reserve(&open, &session(number), kept)?),
            Self::Close(number, kept) => open.close(&Closing {
                session: &session(number),
                at: NOW,
                kept,
                to_review: true,
            })?,
            Self::Reviewed(number) => drop(open.reviewed(&Review::Session(&session(number)))?),
            Self::Reopen => {
                drop(open);
                *ledger = Some(self::ledger(folder)?);
                return Ok(());
            }
        }
        *ledger = Some(open);
        Ok(())
    }
}

/// The name of a session, and the token of its employee.
pub fn session(number: u64) -> String {
    format!("s-{number}")
}

/// A session kept so much, and wants a slice. Gives what all others kept and hold.
///
/// # Errors
/// The ledger's own.
pub fn reserve(ledger: &SqliteLedger, session: &str, kept: u64) -> Result<u64, StoreError> {
    let caps = Caps {
        employee: Cap::NONE,
        programme: Cap {
            limit: 100_000,
            per: DAY,
        },
        unreviewed: NO_LIMIT,
    };
    let asked = Reservation {
        session,
        at: NOW,
        kept,
        wanted: SLICE,
        until: NOW.plus(60_000),
        caps: &[caps],
    };
    let granted = ledger.reserve(&[asked])?;
    let usage = granted.first().and_then(|granted| granted.usage.first());
    Ok(usage.map_or(0, |usage| usage.programme_used.saturating_sub(kept)))
}

/// What a ledger counts.
#[derive(Clone, PartialEq, Debug)]
pub struct Counts {
    /// What was kept, what is held, what waits, and the calls.
    pub balances: Vec<Balance>,
    /// Sessions that were never finished, when every slice is over.
    pub unfinished: Vec<Unfinished>,
}

impl Counts {
    /// Of this ledger.
    ///
    /// # Errors
    /// Its own.
    pub fn of(ledger: &SqliteLedger) -> Result<Self, StoreError> {
        Ok(Self {
            balances: ledger.balances(NOW, DAY)?,
            unfinished: ledger.unfinished(NOW.plus(DAY))?,
        })
    }
}
