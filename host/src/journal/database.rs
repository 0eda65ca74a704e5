//! The journal's file: an SQLite database, its tables, and its one row that says where it stands.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row};

use super::checkpoint::{Checkpoint, Seal};
use super::fault;
use super::note::Verifier;
use super::tree::{Frontier, Hash};
use crate::private;
use crate::stores::{StoreError, plain};

/// What marks an SQLite file as a journal: "gdfJ".
const APPLICATION: i64 = 0x6764_664a;

/// The version of the layout.
const LAYOUT: u32 = 1;

/// The tables, in the order in which they are made. A reader holds the file's own against them, word for word.
pub(super) const TABLES: [&str; 7] = [
    "CREATE TABLE journal (id INTEGER PRIMARY KEY, verifier TEXT NOT NULL, seal TEXT NOT NULL, \
     checkpoint TEXT NOT NULL, frontier BLOB NOT NULL, salt BLOB NOT NULL) STRICT",
    "CREATE TABLE entry (idx INTEGER PRIMARY KEY, kind INTEGER NOT NULL, commitment BLOB NOT NULL, \
     salt BLOB NOT NULL) STRICT",
    "CREATE TABLE content (idx INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT",
    "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT",
    "CREATE TABLE forgotten (seq INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, \
     kind INTEGER NOT NULL) STRICT",
    "CREATE TABLE counting (day TEXT NOT NULL, site TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, \
     PRIMARY KEY (day, site, reason)) STRICT, WITHOUT ROWID",
    "CREATE TABLE open_discard (idx INTEGER PRIMARY KEY) STRICT",
];

/// An open file, and what it is called in messages.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) name: String,
    wait: u64,
}

/// Where the journal stands. Its seal was verified, and its frontier is the seal's.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) seal: Seal,
    pub(super) frontier: Frontier,
    /// As it is in the file.
    pub(super) written: Written,
}

/// The one row that says where the journal stands, as it is in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Written {
    /// The seal, signed.
    pub(super) seal: String,
    /// The latest checkpoint, signed.
    pub(super) checkpoint: String,
    /// The tree's frontier.
    pub(super) frontier: Vec<u8>,
    /// What the counts of days that are not over are salted with.
    pub(super) salt: Hash,
}

impl Database {
    /// Opens the file to write, or makes an empty one, for this account alone. Nothing is changed in what is there
    /// already, but who may read it.
    pub(super) fn writable(path: &Path, wait: Duration) -> Result<Self, StoreError> {
        private::make_database_ready(path, true).map_err(|error| fault::file(path, &error))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::open(path, flags, wait)
    }

    /// Opens the file to read. Nothing of it is changed; another process may write at the same time.
    pub(super) fn readable(path: &Path, wait: Duration) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        for ending in ["-wal", "-shm", "-journal"] {
            let mut beside = path.as_os_str().to_owned();
            beside.push(ending);
            match plain::length(Path::new(&beside)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault::file(path, &error)),
                _ => {}
            }
        }
        Self::open(path, flags, wait)
    }

    fn open(path: &Path, flags: OpenFlags, wait: Duration) -> Result<Self, StoreError> {
        let path = std::path::absolute(path).map_err(|error| fault::file(path, &error))?;
        let name = path.display().to_string();
        let waited = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let opened = Connection::open_with_flags(&path, flags).and_then(|connection| {
            connection.busy_timeout(wait)?;
            // The file may come from anybody.
            connection.pragma_update(None, "trusted_schema", false)?;
            connection.pragma_update(None, "cell_size_check", true)?;
            Ok(connection)
        });
        let connection = opened.map_err(|error| fault::database(&name, waited, &error))?;
        Ok(Self {
            connection,
            path,
            name,
            wait: waited,
        })
    }

    /// What every connection that writes has. The page size only matters to a file that is new.
    pub(super) fn set_up(&self, page: u32) -> Result<(), StoreError> {
        let set = |name, value: &dyn rusqlite::ToSql| {
            let set = self.connection.pragma_update(None, name, value);
            set.map_err(|error| self.fault(&error))
        };
        set("page_size", &page)?;
        set("journal_mode", &"wal")?;
        set("synchronous", &"full")?;
        set("fullfsync", &true)?;
        set("checkpoint_fullfsync", &true)?;
        set("secure_delete", &true)
    }

    pub(super) fn fault(&self, error: &rusqlite::Error) -> StoreError {
        fault::database(&self.name, self.wait, error)
    }

    pub(super) fn busy(&self) -> StoreError {
        let (store, waited) = (self.name.clone(), self.wait);
        StoreError::Busy { store, waited }
    }

    pub(super) fn damaged(&self, sign: impl Into<String>) -> StoreError {
        fault::damaged(&self.name, sign)
    }

    fn foreign(&self, what: &str) -> StoreError {
        let (store, what) = (self.name.clone(), what.to_owned());
        StoreError::Foreign { store, what }
    }

    /// Moves what the write-ahead log holds into the file, and cuts the log to nothing. SQLite does not sync the
    /// log behind that: after a power cut, what it held would be there again.
    pub(super) fn cut_log(&self) -> Result<(), StoreError> {
        let cut = "PRAGMA wal_checkpoint(TRUNCATE)";
        let held = self.connection.query_row(cut, [], |row| row.get::<_, bool>(0));
        if held.map_err(|error| self.fault(&error))? {
            return Err(self.busy());
        }
        let synced = self
            .log()
            .and_then(|log| OpenOptions::new().write(true).open(log)?.sync_all());
        synced.map_err(|error| fault::file(&self.path, &error))
    }

    /// The write-ahead log: beside the file itself, where a folder in the path is a link. Names are bytes.
    fn log(&self) -> io::Result<PathBuf> {
        let mut log = std::fs::canonicalize(&self.path)?.into_os_string();
        log.push("-wal");
        Ok(log.into())
    }

    /// Whether nothing was ever written into it.
    pub(super) fn is_empty(&self) -> Result<bool, StoreError> {
        let tables = "SELECT count(*) FROM sqlite_schema";
        let tables: i64 = self.one(tables)?;
        Ok(tables == 0 && self.pragma("application_id")? == 0)
    }

    /// That it is a journal, and of this version.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        if self.pragma("application_id")? != APPLICATION {
            return Err(self.foreign("it is no journal"));
        }
        let version = u32::try_from(self.pragma("user_version")?).unwrap_or(u32::MAX);
        if version > LAYOUT {
            let store = self.name.clone();
            return Err(StoreError::Newer { store, version });
        }
        let tables = self.tables().map_err(|error| self.fault(&error))?;
        if version < LAYOUT || tables != TABLES {
            return Err(self.damaged("its tables are not a journal's"));
        }
        Ok(())
    }

    fn tables(&self) -> rusqlite::Result<Vec<String>> {
        let mut query = self
            .connection
            .prepare("SELECT sql FROM sqlite_schema ORDER BY rowid")?;
        let tables = query.query_map([], |row| row.get(0))?;
        tables.collect()
    }

    fn pragma(&self, name: &str) -> Result<i64, StoreError> {
        let read = self.connection.pragma_query_value(None, name, |row| row.get(0));
        read.map_err(|error| self.fault(&error))
    }

    fn one(&self, query: &str) -> Result<i64, StoreError> {
        let read = self.connection.query_row(query, [], |row| row.get(0));
        read.map_err(|error| self.fault(&error))
    }

    /// The tables of a new journal, within a transaction.
    pub(super) fn make(&self) -> rusqlite::Result<()> {
        self.connection.pragma_update(None, "application_id", APPLICATION)?;
        self.connection.pragma_update(None, "user_version", LAYOUT)?;
        TABLES.iter().try_for_each(|table| self.connection.execute_batch(table))
    }

    /// The key that the journal says to be signed with.
    pub(super) fn verifier(&self) -> Result<Verifier, StoreError> {
        let query = "SELECT verifier FROM journal WHERE id = 1";
        let text = self.connection.query_row(query, [], |row| row.get::<_, String>(0));
        let text = text.optional().map_err(|error| self.fault(&error))?;
        let verifier = text.and_then(|text| text.parse().ok());
        verifier.ok_or_else(|| self.damaged("it does not say whose it is"))
    }

    /// That it says to be signed with this key.
    pub(super) fn is_signed_with(&self, verifier: &Verifier) -> Result<(), StoreError> {
        let own = self.verifier()?;
        if own == *verifier {
            return Ok(());
        }
        Err(self.foreign(&format!("it is signed with the key `{own}`, and not with `{verifier}`")))
    }

    /// Where the journal stands, verified; at once where it still stands as it was `known` to.
    pub(super) fn standing(&self, verifier: &Verifier, known: Option<&Standing>) -> Result<Standing, StoreError> {
        let query = "SELECT seal, checkpoint, frontier, salt FROM journal WHERE id = 1";
        let mut query = self
            .connection
            .prepare_cached(query)
            .map_err(|error| self.fault(&error))?;
        let row = query.query_row([], Written::read).optional();
        let row = row.map_err(|error| self.fault(&error))?;
        let row = row.ok_or_else(|| self.damaged("it does not say where it stands"))?;
        match known {
            Some(known) if known.written == row => Ok(known.clone()),
            _ => self.verified(row, verifier),
        }
    }

    fn verified(&self, row: Written, verifier: &Verifier) -> Result<Standing, StoreError> {
        let seal = Seal::verified(&row.seal, verifier).map_err(|error| self.damaged(format!("its seal: {error}")))?;
        let frontier = Frontier::from_bytes(seal.size, &row.frontier).filter(|frontier| frontier.root() == seal.root);
        let frontier = frontier.ok_or_else(|| self.damaged("what was kept of its tree is not what was sealed"))?;
        let latest = Checkpoint::verified(&row.checkpoint, verifier);
        let same = latest.is_ok_and(|latest| latest.size == seal.size && latest.root == seal.root);
        let standing = Standing {
            seal,
            frontier,
            written: row,
        };
        same.then_some(standing)
            .ok_or_else(|| self.damaged("its latest checkpoint is not that of its seal"))
    }

    /// Within a transaction: writes where the journal stands now.
    pub(super) fn stand(&self, verifier: &Verifier, standing: &Standing) -> rusqlite::Result<()> {
        let Written {
            seal,
            checkpoint,
            frontier,
            salt,
        } = &standing.written;
        let write = "INSERT OR REPLACE INTO journal (id, verifier, seal, checkpoint, frontier, salt) \
                     VALUES (1, ?1, ?2, ?3, ?4, ?5)";
        let mut write = self.connection.prepare_cached(write)?;
        let verifier = verifier.to_string();
        write.execute((verifier, seal, checkpoint, frontier, salt)).map(drop)
    }
}

impl Written {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seal: row.get(0)?,
            checkpoint: row.get(1)?,
            frontier: row.get(2)?,
            salt: row.get(3)?,
        })
    }
}
