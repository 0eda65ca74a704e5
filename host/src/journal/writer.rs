//! What changes a journal: each change is one transaction, sealed with the key.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Transaction, TransactionBehavior};
use sha2::{Digest as _, Sha256};

use super::checkpoint::{Checkpoint, Seal};
use super::content::{self, FORGOTTEN};
use super::database::{Database, Standing, Written};
use super::footing::Footing;
use super::ground::Ground;
use super::key::{JournalKey, random};
use super::number::Number;
use super::record::{AccessEvent, Count, Record};
use super::tree::{Frontier, Hash, commitment, leaf};
use super::{JournalOptions, OpenDiscard, counting, marker};
use crate::private;
use crate::stores::StoreError;

/// The marker is written at most so often while entries come in.
const MARKER_EVERY: Duration = Duration::from_secs(1);

/// The one connection of a [`super::Journal`] that writes.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) database: Database,
    key: JournalKey,
    footing: Footing,
    standing: Standing,
    /// What of it was held against its seal, as far as an open discard asked for it.
    ground: Ground,
    marked: u64,
    marked_at: Instant,
}

impl Writer {
    pub(super) fn open(path: &Path, key: &JournalKey, options: JournalOptions) -> Result<Self, StoreError> {
        let path = &std::path::absolute(path).map_err(|error| super::fault::file(path, &error))?;
        let known = known(path)?;
        let database = Database::writable(path, options.wait)?;
        if database.is_empty()? {
            if known {
                return Err(database.damaged(GONE));
            }
            database.set_up(options.page_size)?;
            make(&database, key)?;
        }
        database.check()?;
        database.set_up(options.page_size)?;
        let verifier = key.verifier();
        database.is_signed_with(&verifier)?;
        let standing = database.standing(&verifier, None)?;
        let marked = held_against_marker(&database, key, &standing)?;
        Ok(Self {
            footing: Footing::of(path),
            key: key.clone(),
            marked,
            marked_at: Instant::now(),
            standing,
            ground: Ground::default(),
            database,
        })
    }

    /// Appends these records in one transaction.
    pub(super) fn append(&mut self, records: &[Record]) -> Result<Standing, StoreError> {
        if records.is_empty() {
            return Ok(self.standing.clone());
        }
        self.change(|change| change.append(records))
            .map(|((), standing)| standing)
    }

    /// Destroys content and salt of these entries, and what the write-ahead log still has of them.
    pub(super) fn forget(&mut self, entries: &[u64]) -> Result<u64, StoreError> {
        let mut entries = entries.to_vec();
        entries.sort_unstable();
        entries.dedup();
        let (forgotten, _) = self.change(|change| change.forget(&entries))?;
        self.database.cut_log()?;
        Ok(forgotten)
    }

    /// Makes a change: it is durable when this returns, or it was not made.
    fn change<T>(
        &mut self,
        make: impl FnOnce(&mut Change<'_>) -> Result<T, StoreError>,
    ) -> Result<(T, Standing), StoreError> {
        self.stands()?;
        let database = &self.database;
        let fault = |error| database.fault(&error);
        let transaction =
            Transaction::new_unchecked(&database.connection, TransactionBehavior::Immediate).map_err(fault)?;
        let verifier = self.key.verifier();
        let standing = database.standing(&verifier, Some(&self.standing))?;
        if standing.seal.turn < self.standing.seal.turn {
            return Err(database.damaged("an older copy stands in its place"));
        }
        let mut change = Change {
            database,
            key: &self.key,
            ground: &mut self.ground,
            checkpoint_before: standing.seal.size,
            standing,
            counts: false,
            open: Vec::new(),
        };
        let made = make(&mut change)?;
        let standing = change.seal()?;
        transaction.commit().map_err(fault)?;
        self.standing = standing.clone();
        self.stands()?;
        if self.marked_at.elapsed() >= MARKER_EVERY {
            // What was written is durable; if the marker cannot be, the next change says so before it begins.
            let _ = self.mark();
        }
        Ok((made, standing))
    }

    /// That the file is still the one that was opened, and its marker can be written.
    fn stands(&mut self) -> Result<(), StoreError> {
        if let Some(sign) = self.footing.lost() {
            return Err(self.database.damaged(sign));
        }
        if self.marked < self.standing.seal.turn && self.marked_at.elapsed() >= MARKER_EVERY.saturating_mul(2) {
            self.mark()?;
        }
        Ok(())
    }

    /// Writes the marker, unless it says this already.
    pub(super) fn mark(&mut self) -> Result<(), StoreError> {
        let turn = self.standing.seal.turn;
        if self.marked < turn {
            let path = marker::of(&self.database.path);
            // Another process may have moved it further on: it is never moved back.
            let there = marker::read(&path)?.and_then(|mark| Seal::verified(&mark, &self.key.verifier()).ok());
            if there.is_none_or(|there| there.turn < turn) {
                marker::write(&path, &self.standing.written.seal)?;
            }
            self.marked = turn;
        }
        self.marked_at = Instant::now();
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.footing.lost().is_none() {
            // Nobody is there to be told; a marker that is behind is still true.
            let _ = self.mark();
        }
    }
}

const GONE: &str = "an empty file stands where there was one";

/// Whether there was a journal here. Where there was, and is none, it is lost.
fn known(path: &Path) -> Result<bool, StoreError> {
    let known = marker::read(&marker::of(path))?.is_some() || marker::read(&marker::public(path))?.is_some();
    let gone = std::fs::metadata(path).map_or(true, |file| file.len() == 0);
    if known && gone {
        let store = path.display().to_string();
        let sign = GONE.to_owned();
        return Err(StoreError::Lost { store, sign });
    }
    Ok(known)
}

/// The tables of a new journal and its first seal; nothing where another process was faster.
fn make(database: &Database, key: &JournalKey) -> Result<(), StoreError> {
    let fault = |error| database.fault(&error);
    let transaction =
        Transaction::new_unchecked(&database.connection, TransactionBehavior::Immediate).map_err(fault)?;
    if !database.is_empty()? {
        return Ok(());
    }
    database.make().map_err(fault)?;
    let frontier = Frontier::default();
    let salt = random(&database.path)?;
    let checkpoint = Checkpoint {
        origin: key.origin().to_owned(),
        size: 0,
        root: frontier.root(),
    };
    let seal = Seal {
        origin: key.origin().to_owned(),
        turn: 0,
        size: 0,
        root: frontier.root(),
        counts: counting::digest(&salt, &[]),
        forgotten: [0; 32],
        discards: discards_digest(&[]),
        checkpoints: 0,
    };
    let standing = Standing {
        written: Written {
            seal: key.sign(&seal.text()),
            checkpoint: key.sign(&checkpoint.text()),
            frontier: frontier.to_bytes(),
            salt,
        },
        seal,
        frontier,
    };
    database.stand(&key.verifier(), &standing).map_err(fault)?;
    transaction.commit().map_err(fault)?;
    // SQLite made its log only now.
    let settled = private::make_database_ready(&database.path, false)
        .and_then(|()| private::sync(private::folder_of(&database.path)));
    settled.map_err(|error| super::fault::file(&database.path, &error))
}

/// That the journal is not older than its marker, which is brought up to it. Gives the change that it has
/// seen.
fn held_against_marker(database: &Database, key: &JournalKey, standing: &Standing) -> Result<u64, StoreError> {
    let verifier = key.verifier();
    let public = marker::public(&database.path);
    let text = format!("{verifier}\n");
    match marker::read(&public)? {
        Some(there) if there != text => {
            return Err(database.damaged("the key beside it, in its `.pub`, is not its own"));
        }
        Some(_) => {}
        None => marker::write(&public, &text)?,
    }
    let head = marker::of(&database.path);
    // Another process may have moved both on since this one looked at the journal: the marker is read first.
    let mark = marker::read(&head)?;
    let now = database.standing(&verifier, Some(standing))?;
    match mark {
        Some(mark) => {
            if let Some(sign) = marker::contradiction(&mark, &now.seal, &verifier) {
                return Err(database.damaged(sign.english));
            }
            if mark == now.written.seal {
                return Ok(now.seal.turn);
            }
        }
        None if standing.seal.turn > 0 => return Err(database.damaged("the marker beside it, its `.head`, is missing")),
        None => {}
    }
    marker::write(&head, &now.written.seal)?;
    Ok(now.seal.turn)
}

/// What is sealed of the open discards: SHA-256 over their places, 8 bytes each, the most significant first.
pub(super) fn discards_digest(open: &[u64]) -> Hash {
    let hash = open
        .iter()
        .fold(Sha256::new(), |hash, index| hash.chain_update(index.to_be_bytes()));
    hash.finalize().into()
}

/// What is sealed of what was forgotten, with one run of entries of a kind more.
pub(super) fn forgotten_digest(before: &Hash, first: u64, last: u64, kind: i64) -> Hash {
    let hash = Sha256::new().chain_update(before).chain_update(first.to_be_bytes());
    let hash = hash.chain_update(last.to_be_bytes()).chain_update(kind.to_be_bytes());
    hash.finalize().into()
}

/// Which checkpoints stay, beside the latest: up to 2,048 entries each of them, from there on the first in each
/// thousandth of the journal, so that a verifier checks thousands of signatures and not millions. Nothing is
/// lost with the others: what they said is proved by the entries to whoever holds one.
pub(super) fn stays(before: u64, size: u64) -> bool {
    let step = 1_u64 << size.max(1).ilog2().saturating_sub(10);
    before / step != size / step
}

/// A change within its transaction.
struct Change<'a> {
    database: &'a Database,
    key: &'a JournalKey,
    ground: &'a mut Ground,
    checkpoint_before: u64,
    standing: Standing,
    counts: bool,
    /// The discards that are open, where the change is about any.
    open: Vec<(u64, OpenDiscard)>,
}

impl Change<'_> {
    fn fault(&self, error: &rusqlite::Error) -> StoreError {
        self.database.fault(error)
    }

    fn append(&mut self, records: &[Record]) -> Result<(), StoreError> {
        if records.iter().any(is_about_discards) {
            self.open = self.open_discards()?;
        }
        if let Some(day) = counting::latest_day(records) {
            self.publish_before(&day)?;
        }
        for record in records {
            match record {
                Record::Count(count) => self.count(count)?,
                Record::Access(_) | Record::Decision(_) => self.add(record)?,
            }
        }
        Ok(())
    }

    /// The days that are over become entries, in the order of their names and not of the day.
    fn publish_before(&mut self, day: &str) -> Result<(), StoreError> {
        self.check_counts()?;
        let over = self.counting(|connection| counting::take_before(connection, day))?;
        self.counts |= !over.is_empty();
        over.into_iter().try_for_each(|count| self.add(&Record::Count(count)))
    }

    fn count(&mut self, count: &Count) -> Result<(), StoreError> {
        self.check_counts()?;
        self.counts = true;
        self.counting(|connection| counting::add(connection, count))
    }

    fn counting<T>(&self, what: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        what(&self.database.connection).map_err(|error| self.fault(&error))
    }

    /// Nothing is added to counts that somebody changed: the new seal would be over them too.
    fn check_counts(&self) -> Result<(), StoreError> {
        if self.counts {
            return Ok(());
        }
        let there = self.counting(counting::all)?;
        let sealed = counting::digest(&self.standing.written.salt, &there) == self.standing.seal.counts;
        sealed
            .then_some(())
            .ok_or_else(|| self.database.damaged("its counts are not what was sealed"))
    }

    fn add(&mut self, record: &Record) -> Result<(), StoreError> {
        let text = content::written(record).map_err(|what| StoreError::Foreign {
            store: self.database.name.clone(),
            what,
        })?;
        let salt: Hash = random(&self.database.path)?;
        let commitment = commitment(&salt, text.as_bytes());
        let mut sealed = text.into_bytes();
        content::turn(&salt, &mut sealed);
        let index = self.standing.frontier.size();
        self.insert(index, record.kind(), &commitment, &salt, &sealed)
            .map_err(|error| self.fault(&error))?;
        self.standing.frontier.push(leaf(&commitment));
        self.follow_discard(index, record)
    }

    fn insert(&self, index: u64, kind: &str, commitment: &Hash, salt: &Hash, sealed: &[u8]) -> rusqlite::Result<()> {
        let connection = &self.database.connection;
        let entry = "INSERT INTO entry (idx, kind, commitment, salt) VALUES (?1, ?2, ?3, ?4)";
        let mut entry = connection.prepare_cached(entry)?;
        entry.execute((Number(index), content::kind_number(kind), commitment, salt))?;
        let mut content = connection.prepare_cached("INSERT INTO content (idx, sealed) VALUES (?1, ?2)")?;
        content.execute((Number(index), sealed)).map(drop)
    }

    /// The discards that are open before the change: what the sealed list names, as it was signed.
    fn open_discards(&mut self) -> Result<Vec<(u64, OpenDiscard)>, StoreError> {
        if super::read::sealed_indices(self.database, &self.standing.seal)?.is_empty() {
            return Ok(Vec::new());
        }
        self.ground.follow(self.database, self.standing.clone())?;
        self.ground.open_discards(self.database)
    }

    /// Keeps the list of the discards that nobody said to be done.
    fn follow_discard(&mut self, index: u64, record: &Record) -> Result<(), StoreError> {
        let Record::Access(access) = record else {
            return Ok(());
        };
        let (session, segment, opens) = match &access.event {
            AccessEvent::Discard { session, segment, .. } => (session, *segment, true),
            AccessEvent::Discarded { session, segment, .. } => (session, *segment, false),
            _ => return Ok(()),
        };
        let is_same = |open: &OpenDiscard| open.session == *session && open.segment == segment;
        let same = self.open.iter().position(|(_, open)| is_same(open));
        let change = match (same, opens) {
            (None, true) => {
                self.open.extend(super::read::discard(record).map(|open| (index, open)));
                ("INSERT INTO open_discard (idx) VALUES (?1)", index)
            }
            (Some(place), false) => ("DELETE FROM open_discard WHERE idx = ?1", self.open.remove(place).0),
            _ => return Ok(()),
        };
        let (sql, index) = change;
        let changed = self.database.connection.execute(sql, [Number(index)]);
        changed.map_err(|error| self.fault(&error))?;
        let list: Vec<u64> = self.open.iter().map(|(index, _)| *index).collect();
        self.standing.seal.discards = discards_digest(&list);
        Ok(())
    }

    /// Destroys what these entries say; open discards stay until they are done.
    fn forget(&mut self, entries: &[u64]) -> Result<u64, StoreError> {
        let open = self.open_discards()?;
        let mut forgotten: Vec<(u64, i64)> = Vec::new();
        for index in entries {
            if open.iter().any(|(open, _)| open == index) {
                continue;
            }
            let kind = self.erase(*index).map_err(|error| self.fault(&error))?;
            forgotten.extend(kind.map(|kind| (*index, kind)));
        }
        for (first, last, kind) in runs(&forgotten) {
            let run = "INSERT INTO forgotten (first, last, kind) VALUES (?1, ?2, ?3)";
            let written = self
                .database
                .connection
                .execute(run, (Number(first), Number(last), kind));
            written.map_err(|error| self.fault(&error))?;
            let before = self.standing.seal.forgotten;
            self.standing.seal.forgotten = forgotten_digest(&before, first, last, kind);
        }
        Ok(u64::try_from(forgotten.len()).unwrap_or(u64::MAX))
    }

    /// Overwrites a salt where it lies, and deletes what it opened. Gives the entry's kind, if it had content.
    fn erase(&self, index: u64) -> rusqlite::Result<Option<i64>> {
        let connection = &self.database.connection;
        let erase = "UPDATE entry SET salt = ?2 WHERE idx = ?1 AND salt <> ?2 RETURNING kind";
        let mut erase = connection.prepare_cached(erase)?;
        let mut kinds = erase.query_map((Number(index), FORGOTTEN), |row| row.get(0))?;
        let kind = kinds.next().transpose()?;
        // The statement takes effect when it was read to its end.
        kinds.next().transpose()?;
        if kind.is_some() {
            let mut delete = connection.prepare_cached("DELETE FROM content WHERE idx = ?1")?;
            delete.execute([Number(index)])?;
        }
        Ok(kind)
    }

    /// Signs where the journal stands now, and writes it.
    fn seal(mut self) -> Result<Standing, StoreError> {
        let standing = &mut self.standing;
        let frontier = &standing.frontier;
        if frontier.size() > self.checkpoint_before {
            let checkpoint = Checkpoint {
                origin: self.key.origin().to_owned(),
                size: frontier.size(),
                root: frontier.root(),
            };
            standing.written.checkpoint = self.key.sign(&checkpoint.text());
            standing.seal.size = checkpoint.size;
            standing.seal.root = checkpoint.root;
        }
        standing.seal.turn = standing.seal.turn.saturating_add(1);
        if self.counts {
            standing.written.salt = random(&self.database.path)?;
        }
        self.write().map_err(|error| self.database.fault(&error))?;
        Ok(self.standing)
    }

    fn write(&mut self) -> rusqlite::Result<()> {
        let connection = &self.database.connection;
        let Standing {
            seal,
            frontier,
            written,
        } = &mut self.standing;
        if self.counts {
            seal.counts = counting::digest(&written.salt, &counting::all(connection)?);
        }
        if seal.size > self.checkpoint_before && stays(self.checkpoint_before, seal.size) {
            let keep = "INSERT INTO checkpoint (size, note) VALUES (?1, ?2)";
            let mut keep = connection.prepare_cached(keep)?;
            keep.execute((Number(seal.size), &written.checkpoint))?;
            seal.checkpoints = seal.checkpoints.saturating_add(1);
        }
        written.frontier = frontier.to_bytes();
        written.seal = self.key.sign(&seal.text());
        self.database.stand(&self.key.verifier(), &self.standing)
    }
}

/// Whether it opens a discard, or says that one is done.
const fn is_about_discards(record: &Record) -> bool {
    match record {
        Record::Access(access) => matches!(
            access.event,
            AccessEvent::Discard { .. } | AccessEvent::Discarded { .. }
        ),
        Record::Decision(_) | Record::Count(_) => false,
    }
}

/// Entries of one kind that follow each other, as one: first, last, kind.
fn runs(entries: &[(u64, i64)]) -> Vec<(u64, u64, i64)> {
    let mut runs: Vec<(u64, u64, i64)> = Vec::new();
    for (index, kind) in entries {
        match runs.last_mut() {
            Some((_, last, of)) if last.saturating_add(1) == *index && of == kind => *last = *index,
            _ => runs.push((*index, *index, *kind)),
        }
    }
    runs
}
