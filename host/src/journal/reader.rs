//! A journal that is only read, by whoever has no key.

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use super::checkpoint::Checkpoint;
use super::database::Database;
use super::ground::Ground;
use super::note::Verifier;
use super::record::Count;
use super::{Entry, Head, OpenDiscard, Stored, counting, marker, read};
use crate::stores::{StoreError, plain};

/// How long a reader waits for whoever holds the file.
const WAIT: Duration = Duration::from_secs(5);

/// A journal that is only read, also while others write it. Opening it needs no key and changes nothing.
#[derive(Debug)]
pub struct JournalReader {
    pub(super) database: Database,
    pub(super) verifier: Verifier,
    /// What of it was held against what the verifier's key signed.
    ground: RefCell<Ground>,
}

impl JournalReader {
    /// Opens the journal in this file.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::opened(path, None)
    }

    /// The journal in this file, held against this key from now on; without one, against the key that it names.
    pub(super) fn opened(path: &Path, verifier: Option<&Verifier>) -> Result<Self, StoreError> {
        let length = plain::length(path).map_err(|error| super::fault::file(path, &error))?;
        if length == 0 && marker::read(&marker::of(path))?.is_some() {
            let store = path.display().to_string();
            let sign = "an empty file stands where there was one".to_owned();
            return Err(StoreError::Lost { store, sign });
        }
        let database = Database::readable(path, WAIT)?;
        database.check()?;
        let verifier = match verifier {
            Some(verifier) => {
                database.is_signed_with(verifier)?;
                verifier.clone()
            }
            None => database.verifier()?,
        };
        let ground = RefCell::default();
        Ok(Self {
            database,
            verifier,
            ground,
        })
    }

    /// What it is called in messages: its file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.database.name
    }

    /// The key that it says to be signed with. Whoever holds the file could have written another: compare it
    /// with one that was kept elsewhere.
    #[must_use]
    pub const fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Where it stands.
    ///
    /// # Errors
    /// When it cannot be read, or is not what was signed.
    pub fn head(&self) -> Result<Head, StoreError> {
        let standing = self.database.standing(&self.verifier, None)?;
        Ok(Head::of(&standing))
    }

    /// The latest checkpoint, as a signed note.
    ///
    /// # Errors
    /// When it cannot be read, or is not what was signed.
    pub fn checkpoint(&self) -> Result<String, StoreError> {
        let standing = self.database.standing(&self.verifier, None)?;
        Ok(standing.written.checkpoint)
    }

    /// The checkpoints that were kept, as signed notes, the oldest first; the latest is not always among them.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn checkpoints(&self) -> Result<Vec<String>, StoreError> {
        let read = || {
            let mut query = self
                .database
                .connection
                .prepare("SELECT note FROM checkpoint ORDER BY size")?;
            let notes = query.query_map([], |row| row.get(0))?;
            notes.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|error| self.database.fault(&error))
    }

    /// The latest seal, as a signed note: what the marker beside the journal holds.
    ///
    /// # Errors
    /// When it cannot be read, or is not what was signed.
    pub fn seal(&self) -> Result<String, StoreError> {
        let standing = self.database.standing(&self.verifier, None)?;
        Ok(standing.written.seal)
    }

    /// The entries from this one on, in order, at most so many, as the file has them: whoever may write the file can
    /// have written them. [`JournalReader::proven`] gives what was signed.
    ///
    /// # Errors
    /// When it cannot be read, or an entry does not fit its own digest.
    pub fn entries(&self, from: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        read::entries(&self.database, from, most)
    }

    /// The entries from this one on, in order, at most so many: each of them hashes into the tree that the journal's
    /// key signed last, and nothing behind that is given. Which key that is says [`JournalReader::verifier`].
    ///
    /// The first call reads the digest of every entry, and keeps 32 bytes for each; later ones read what came since.
    ///
    /// # Errors
    /// When it cannot be read, or something in it is not what was signed.
    pub fn proven(&self, from: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        let stored = self.proven_stored(from, most)?;
        stored.iter().map(|stored| self.read(stored)).collect()
    }

    /// The same as they are stored, with commitments and salts.
    ///
    /// # Errors
    /// As for [`JournalReader::proven`].
    pub fn proven_stored(&self, from: u64, most: usize) -> Result<Vec<Stored>, StoreError> {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        self.on_ground(|ground| ground.stored(&self.database, from, most))
    }

    /// That the journal only grew since this checkpoint, a signed note that was kept elsewhere.
    ///
    /// # Errors
    /// When it cannot be read, or is an older copy or another journal than that of the note.
    pub fn grew_from(&self, note: &str) -> Result<(), StoreError> {
        let kept = Checkpoint::verified(note, &self.verifier).map_err(|_| StoreError::Foreign {
            store: self.database.name.clone(),
            what: "a checkpoint that was kept elsewhere is not its own".to_owned(),
        })?;
        self.on_ground(|ground| ground.grew_from(&self.database, &kept))
    }

    fn on_ground<T>(&self, read: impl FnOnce(&Ground) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.ground.borrow_mut().within(&self.database, &self.verifier, read)
    }

    /// The entries from this one on as they are stored, with commitments and salts, at most so many: as
    /// [`JournalReader::entries`] has them.
    ///
    /// # Errors
    /// When it cannot be read, or an entry does not fit its own digest.
    pub fn stored(&self, from: u64, most: usize) -> Result<Vec<Stored>, StoreError> {
        read::stored_entries(&self.database, from, most)
    }

    /// What a stored entry says.
    ///
    /// # Errors
    /// When this version cannot read it.
    pub fn read(&self, stored: &Stored) -> Result<Entry, StoreError> {
        read::entry(&self.database, stored)
    }

    /// The counts of days that are not over, which are no entries yet.
    ///
    /// # Errors
    /// When they cannot be read, or are not what was sealed.
    pub fn counts(&self) -> Result<Vec<Count>, StoreError> {
        let standing = self.database.standing(&self.verifier, None)?;
        let counts = counting::all(&self.database.connection).map_err(|error| self.database.fault(&error))?;
        let sealed = counting::digest(&standing.written.salt, &counts) == standing.seal.counts;
        sealed
            .then_some(counts)
            .ok_or_else(|| self.database.damaged("its counts are not what was sealed"))
    }

    /// The discards that were decided and that nobody said to be done, in order.
    ///
    /// # Errors
    /// When they cannot be read, or are not what was signed.
    pub fn open_discards(&self) -> Result<Vec<OpenDiscard>, StoreError> {
        let open = self.on_ground(|ground| ground.open_discards(&self.database))?;
        Ok(open.into_iter().map(|(_, open)| open).collect())
    }
}
