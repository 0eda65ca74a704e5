//! The layout of the file: its tables, its number, and how it is opened.

use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::PATIENCE;
use super::fault::fault;
use super::place::Place;
use crate::ledger::LedgerIdentity;
use crate::stores::StoreError;

/// Marks an SQLite file as a ledger: `gfLg`.
const APPLICATION: i64 = 0x6766_4c67;

/// The layout that this version writes.
const VERSION: i64 = 1;

const TABLES: &str = "
CREATE TABLE about (
    identity TEXT NOT NULL,
    turn INTEGER NOT NULL,
    longest INTEGER NOT NULL,
    tidied INTEGER NOT NULL,
    removed_ms INTEGER NOT NULL,
    removed_kept INTEGER NOT NULL,
    removed_recorded INTEGER NOT NULL
) STRICT;
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    token TEXT NOT NULL,
    other TEXT NOT NULL,
    held INTEGER NOT NULL,
    unreviewed INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    offered INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    UNIQUE (kind, token, other)
) STRICT;
CREATE TABLE entry (
    account INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    offered INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    PRIMARY KEY (account, at_ms)
) STRICT, WITHOUT ROWID;
CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    employee INTEGER NOT NULL,
    programme INTEGER NOT NULL,
    pair INTEGER NOT NULL,
    opened_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    closed_ms INTEGER,
    kept INTEGER NOT NULL,
    held INTEGER NOT NULL,
    assumed INTEGER NOT NULL,
    backlog INTEGER NOT NULL
) STRICT;
CREATE INDEX session_holding ON session (until_ms) WHERE held > 0;
CREATE INDEX session_open ON session (opened_ms) WHERE closed_ms IS NULL;
CREATE INDEX session_over ON session (closed_ms) WHERE backlog = 0;
CREATE TABLE waiting (
    programme INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    session INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (programme, at_ms, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_session ON waiting (session, at_ms);
";

/// What stands in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Layout {
    /// Nothing.
    Empty,
    /// A ledger that this version reads.
    Ours,
    /// A ledger in a later layout.
    Newer(u32),
    /// Something else.
    Foreign,
}

impl Layout {
    /// What stands in the file, seen at one instant: another process may be making a ledger.
    pub(super) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        Self::within(&*connection.unchecked_transaction()?)
    }

    fn within(connection: &Connection) -> rusqlite::Result<Self> {
        let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let application = number("PRAGMA application_id")?;
        let version = number("PRAGMA user_version")?;
        let tables = number("SELECT COUNT(*) FROM sqlite_schema")?;
        Ok(match (application, version) {
            (0, 0) if tables == 0 => Self::Empty,
            (APPLICATION, VERSION) => Self::Ours,
            (APPLICATION, later) if later > VERSION => Self::Newer(u32::try_from(later).unwrap_or(u32::MAX)),
            _ => Self::Foreign,
        })
    }
}

/// Makes a ledger in an empty file: all of it, or nothing. Whoever comes second finds it made.
pub(super) fn make(connection: &mut Connection, place: &Place) -> Result<(), StoreError> {
    let identity = LedgerIdentity::draw().map_err(|objection| fault(place, objection))?;
    made(connection, identity).map_err(|error| fault(place, error))
}

fn made(connection: &mut Connection, identity: LedgerIdentity) -> rusqlite::Result<()> {
    wait_for_wal(connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if Layout::within(&transaction)? != Layout::Empty {
        return Ok(());
    }
    transaction.execute_batch(TABLES)?;
    transaction.execute(
        "INSERT INTO about VALUES (?1, 0, 0, 0, -1, 0, 0)",
        [identity.to_string()],
    )?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

/// How the file is used, from now on.
pub(super) fn prepare(connection: &Connection, only_read: bool) -> rusqlite::Result<()> {
    if !only_read {
        wait_for_wal(connection)?;
        // Each commit is on the disk before it is acknowledged.
        connection.pragma_update(None, "synchronous", "FULL")?;
        // What is removed is overwritten.
        connection.pragma_update(None, "secure_delete", true)?;
    }
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)
}

/// The write-ahead log: readers and one writer at a time. While others open the file too, SQLite says that
/// it is busy at once, whatever it was told to wait.
fn wait_for_wal(connection: &Connection) -> rusqlite::Result<()> {
    let patience = Instant::now() + Duration::from_millis(PATIENCE);
    loop {
        let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0));
        match mode {
            Err(error) if is_busy(&error) && Instant::now() < patience => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error),
            Ok(_) => return Ok(()),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// Which ledger it is.
pub(super) fn identity(connection: &Connection, place: &Place) -> Result<LedgerIdentity, StoreError> {
    let text = connection
        .query_row("SELECT identity FROM about", [], |row| row.get::<_, String>(0))
        .map_err(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => place.lost("it has no identity"),
            other => fault(place, other),
        })?;
    LedgerIdentity::from_hex(&text).ok_or_else(|| place.foreign("its identity is malformed"))
}

/// Which ledger it is, with its marker beside it. A crash may have come between the file and its marker:
/// then whoever opens it next puts it there.
pub(super) fn identity_marked(connection: &mut Connection, place: &mut Place) -> Result<LedgerIdentity, StoreError> {
    if place.marker().is_some() {
        let identity = identity(connection, place)?;
        place.agrees(identity)?;
        return Ok(identity);
    }
    let lock = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| fault(place, error))?;
    let identity = identity(&lock, place)?;
    place.mark(identity)?;
    Ok(identity)
}
