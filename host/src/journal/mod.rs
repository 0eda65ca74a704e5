//! The journal: what was decided, and who looked. Tamper-evident.

mod record;
mod replay;

mod day;
mod expand;

pub(crate) use day::day;
pub use record::{AccessEvent, AccessRecord, Count, DecisionRecord, Record};
pub use replay::{Balance, Changed, Difference, Replayed, Verdict, replay};

use std::path::Path;

use gardefou_policy::types::Span;

use crate::stores::StoreError;

/// The key that a journal's checkpoints are signed with.
#[derive(Debug)]
pub struct JournalKey(());

/// A journal that can be written to. Cheap to clone; any thread, and any process on the machine, may append.
#[derive(Clone, Debug)]
pub struct Journal(());

/// Where a journal stands.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Head {
    /// How many entries it has.
    pub size: u64,
    /// The root of its tree.
    pub root: [u8; 32],
}

/// One entry.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// Its place in the journal, from 0.
    pub index: u64,
    /// `access`, `decision` or `count`.
    pub kind: String,
    /// What it says; `None` once its time was over.
    pub record: Option<Record>,
}

/// A discard that was decided, and that nobody said to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenDiscard {
    /// The session.
    pub session: String,
    /// What is to be discarded.
    pub segment: Span,
    /// The name of the reason; none for those that are only counted.
    pub reason: Option<String>,
}

impl Journal {
    /// Opens the journal in this file, or makes one.
    ///
    /// # Errors
    /// When it is none, may not be written, or is not the one that it was.
    pub fn open(path: &Path, _key: &JournalKey) -> Result<Self, StoreError> {
        Err(StoreError::Missing { path: path.into() })
    }

    /// What it is called in messages: its file.
    #[must_use]
    pub fn name(&self) -> String {
        String::new()
    }

    /// Appends these records, as one: they are durable when this returns.
    ///
    /// # Errors
    /// When they cannot be written: then none of them is there.
    pub fn append(&self, _records: &[Record]) -> Result<Head, StoreError> {
        Err(StoreError::Missing { path: "".into() })
    }

    /// The discards that were decided and that nobody said to be done, in order.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open_discards(&self) -> Result<Vec<OpenDiscard>, StoreError> {
        Ok(Vec::new())
    }

    /// The entries from this one on, in order, at most so many.
    ///
    /// # Errors
    /// When it cannot be read, or an entry is not what was written.
    pub fn entries(&self, _from: u64, _most: usize) -> Result<Vec<Entry>, StoreError> {
        Ok(Vec::new())
    }

    /// Destroys the content and the salt of these entries; their digests stay. Gives how many had content.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn forget(&self, _entries: &[u64]) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl JournalKey {
    /// The key in this file, made anew when there is none; readable by this account only.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn at(path: &Path) -> Result<Self, StoreError> {
        Err(StoreError::Missing { path: path.into() })
    }
}
