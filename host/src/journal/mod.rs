//! The journal: what was decided, and who looked. Tamper-evident.
//!
//! ```
//! use gardefou::journal::{Journal, JournalKey};
//! let folder = tempfile::tempdir()?;
//! let file = folder.path().join("calls.journal");
//! let key = JournalKey::at(&folder.path().join("calls.key"))?;
//! let journal = Journal::open(&file, &key)?;
//! let head = journal.append(&[])?;
//! assert_eq!(head.size, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod checkpoint;
mod content;
mod counting;
mod database;
mod expand;
mod fault;
mod footing;
#[cfg(test)]
mod forger;
mod ground;
mod key;
mod marker;
mod note;
mod number;
mod proof;
mod read;
mod reader;
mod record;
mod replay;
mod spread;
mod tree;
mod verify;
mod writer;

pub use checkpoint::Checkpoint;
pub use counting::day;
#[cfg(test)]
pub(crate) use forger::Forger;
pub use key::JournalKey;
pub use note::{MAX_NOTE, Malformed, Verifier};
pub use proof::{Consistency, Inclusion, MAX_PROOF, Proof, Proven, Unproven};
pub use reader::JournalReader;
pub use record::{
    AccessEvent, AccessRecord, Asked, AskedBy, Count, DecisionRecord, Frames, ONLY_COUNTED, Record, UNTOLD,
};
pub use replay::{Balance, Changed, Difference, Replayed, Verdict, replay};
pub use verify::{NotVerified, Verified, VerifyOptions, Wrong, WrongPlace};

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gardefou_policy::types::Span;

use crate::stores::StoreError;
use database::Standing;
use writer::Writer;

/// A journal that can be written to. Cheap to clone; any thread, and any process on the machine, may append.
///
/// Its methods block on the disk.
#[derive(Clone, Debug)]
pub struct Journal {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    name: String,
    path: PathBuf,
    key: JournalKey,
    // Closed first: the last to close a file that can write it puts its write-ahead log away.
    reader: Mutex<JournalReader>,
    writer: Mutex<Writer>,
}

/// How a journal is opened to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JournalOptions {
    /// How long to wait for other processes that write; 5 s by default.
    pub wait: Duration,
    /// The page size of a file that is made, in bytes: a power of two from 512 to 65,536; 4,096 by default.
    pub page_size: u32,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(5),
            page_size: 4096,
        }
    }
}

/// Where a journal stands.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Head {
    /// How many entries it has.
    pub size: u64,
    /// The root of its tree.
    pub root: [u8; 32],
    /// How many changes there were.
    pub turn: u64,
}

impl Head {
    fn of(standing: &Standing) -> Self {
        Self {
            size: standing.seal.size,
            root: standing.seal.root,
            turn: standing.seal.turn,
        }
    }
}

/// One entry.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// Its place in the journal, from 0.
    pub index: u64,
    /// `access`, `decision` or `count`.
    pub kind: String,
    /// What it says; `None` once it was forgotten.
    pub record: Option<Record>,
}

/// A discard that was decided, and that nobody said to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct OpenDiscard {
    /// The session.
    pub session: String,
    /// What is to be discarded.
    pub segment: Span,
    /// The name of the reason; none for those that are only counted.
    pub reason: Option<String>,
}

/// An entry as it is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Stored {
    /// Its place in the journal, from 0.
    pub index: u64,
    /// `access`, `decision` or `count`.
    pub kind: &'static str,
    /// SHA-256(salt ‖ content): what its leaf in the tree is made from.
    pub commitment: [u8; 32],
    /// Its salt and its content, in JSON; `None` once it was forgotten.
    pub opened: Option<([u8; 32], String)>,
}

impl Journal {
    /// Opens the journal in this file, or makes one. Beside it stand `FILE.pub`, the key to verify it with, and
    /// `FILE.head`, by which an older copy of it shows.
    ///
    /// # Errors
    /// When it is none, may not be written, is signed with another key, or is not the one that it was.
    pub fn open(path: &Path, key: &JournalKey) -> Result<Self, StoreError> {
        Self::open_with(path, key, JournalOptions::default())
    }

    /// As [`Journal::open`], in another way.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open_with(path: &Path, key: &JournalKey, options: JournalOptions) -> Result<Self, StoreError> {
        let writer = Writer::open(path, key, options)?;
        // What is read is held against this key, whatever the file says from now on.
        let reader = JournalReader::opened(path, Some(&key.verifier()))?;
        let inner = Inner {
            name: reader.name().to_owned(),
            path: std::path::absolute(path).map_err(|error| fault::file(path, &error))?,
            key: key.clone(),
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What it is called in messages: its file.
    #[must_use]
    pub fn name(&self) -> String {
        self.inner.name.clone()
    }

    /// Every file that it has, or may have: the database, what SQLite keeps beside it, and what stands beside that.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let beside = |ending: &str| {
            let mut name = self.inner.path.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        let endings = ["", "-wal", "-shm", "-journal", ".pub", ".head", ".key"];
        endings.into_iter().map(beside).collect()
    }

    /// Appends these records, as one: they are durable when this returns. Counts are added up by day, and
    /// become entries with the first append that knows of a later day.
    ///
    /// # Errors
    /// When they cannot be written: then none of them is there.
    pub fn append(&self, records: &[Record]) -> Result<Head, StoreError> {
        self.writing(|writer| writer.append(records))
            .map(|standing| Head::of(&standing))
    }

    /// The discards that were decided and that nobody said to be done, in order.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open_discards(&self) -> Result<Vec<OpenDiscard>, StoreError> {
        self.reading(JournalReader::open_discards)
    }

    /// The entries from this one on, in order, at most so many: each of them is what was signed with this journal's
    /// key, as [`JournalReader::proven`] gives them.
    ///
    /// # Errors
    /// When it cannot be read, or something in it is not what was signed.
    pub fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        self.reading(|reader| reader.proven(from, most))
    }

    /// That the journal only grew since this checkpoint, a signed note that was kept elsewhere: an older copy that
    /// somebody put back with its marker shows by nothing else.
    ///
    /// # Errors
    /// When it cannot be read, or is an older copy or another journal than that of the note.
    pub fn grew_from(&self, note: &str) -> Result<(), StoreError> {
        self.reading(|reader| reader.grew_from(note))
    }

    /// The counts of days that are not over, which are no entries yet.
    ///
    /// # Errors
    /// When they cannot be read, or are not what was sealed.
    pub fn counts(&self) -> Result<Vec<Count>, StoreError> {
        self.reading(JournalReader::counts)
    }

    /// Destroys the content and the salt of these entries; their digests stay. Gives how many had content.
    /// Discards that are open stay until they are done.
    ///
    /// # Errors
    /// When it cannot be written, or when somebody reads for so long that the write-ahead log cannot be cut:
    /// then call it again.
    pub fn forget(&self, entries: &[u64]) -> Result<u64, StoreError> {
        self.writing(|writer| writer.forget(entries))
    }

    /// That whoever holds this journal's key wrote these bytes: what is kept outside of it and must be obeyed
    /// later. In base64. It is no part of the journal, and shows nothing of when it was written.
    #[must_use]
    pub fn vouch(&self, what: &[u8]) -> String {
        self.inner.key.vouch(what)
    }

    /// Whether [`Journal::vouch`] gave this for these bytes, under this journal's key.
    #[must_use]
    pub fn vouched(&self, what: &[u8], vouch: &str) -> bool {
        self.inner.key.vouched(what, vouch)
    }

    fn writing<T>(&self, write: impl FnOnce(&mut Writer) -> Result<T, StoreError>) -> Result<T, StoreError> {
        // A transaction that was not committed is gone: whoever panicked left nothing half done.
        let mut writer = self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
        write(&mut writer)
    }

    fn reading<T>(&self, read: impl FnOnce(&JournalReader) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let reader = self.inner.reader.lock().unwrap_or_else(PoisonError::into_inner);
        read(&reader)
    }
}

/// The file beside another that has this after its name.
fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// Two hexadecimal digits a byte.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
