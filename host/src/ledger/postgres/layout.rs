//! The layout of the database: its tables and its number.

use ::postgres::Client;

use super::fault::Trouble;
use crate::ledger::LedgerIdentity;
use crate::ledger::rows::Objection;

/// The layout that this version writes.
const VERSION: i64 = 1;

const TABLES: &str = "
CREATE SCHEMA IF NOT EXISTS gardefou_ledger;
CREATE TABLE layout (version BIGINT NOT NULL);
CREATE TABLE about (
    identity TEXT NOT NULL,
    turn BIGINT NOT NULL,
    longest BIGINT NOT NULL,
    tidied BIGINT NOT NULL,
    removed_ms BIGINT NOT NULL,
    removed_kept BIGINT NOT NULL,
    removed_recorded BIGINT NOT NULL
);
CREATE TABLE account (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind BIGINT NOT NULL,
    token TEXT NOT NULL,
    other TEXT NOT NULL,
    held BIGINT NOT NULL,
    unreviewed BIGINT NOT NULL,
    sessions BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    offered BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    UNIQUE (kind, token, other)
);
CREATE TABLE entry (
    account BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    offered BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    PRIMARY KEY (account, at_ms)
);
CREATE TABLE session (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    employee BIGINT NOT NULL,
    programme BIGINT NOT NULL,
    pair BIGINT NOT NULL,
    opened_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    closed_ms BIGINT,
    kept BIGINT NOT NULL,
    held BIGINT NOT NULL,
    assumed BIGINT NOT NULL,
    backlog BIGINT NOT NULL
);
CREATE INDEX session_holding ON session (until_ms) WHERE held > 0;
CREATE INDEX session_open ON session (opened_ms) WHERE closed_ms IS NULL;
CREATE INDEX session_over ON session (closed_ms) WHERE backlog = 0;
CREATE TABLE waiting (
    programme BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    session BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (programme, at_ms, session)
);
CREATE INDEX waiting_session ON waiting (session, at_ms);
";

/// Sees to it that there is a ledger.
pub(super) fn expect(client: &mut Client, may_make: bool) -> Result<(), Trouble> {
    if version(client)?.is_none() {
        if !may_make {
            return Err(Objection::Lost("there is none in the database any more").into());
        }
        make(client)?;
    }
    match version(client)? {
        Some(VERSION) => Ok(()),
        Some(later) if later > VERSION => Err(Trouble::Newer(u32::try_from(later).unwrap_or(u32::MAX))),
        _ => Err(Objection::Foreign("its schema `gardefou_ledger` is no ledger".into()).into()),
    }
}

/// Makes a ledger: all of it, or nothing. Whoever comes second finds it made.
fn make(client: &mut Client) -> Result<(), Trouble> {
    let identity = LedgerIdentity::draw()?;
    let mut transaction = client.transaction()?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    if !transaction.query_one(THERE, &[])?.try_get::<_, bool>(0)? {
        transaction.batch_execute(TABLES)?;
        transaction.execute("INSERT INTO layout VALUES ($1)", &[&VERSION])?;
        transaction.execute(
            "INSERT INTO about VALUES ($1, 0, 0, 0, -1, 0, 0)",
            &[&identity.to_string()],
        )?;
    }
    Ok(transaction.commit()?)
}

/// Whoever makes a ledger holds this lock of the database.
const LOCK: i64 = 0x6766_4c67;

/// Asks the catalogue itself: `to_regclass` may remember what was not there before the lock was had.
const THERE: &str = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c \
                     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                     WHERE n.nspname = 'gardefou_ledger' AND c.relname = 'layout')";

/// The number of the layout; nothing where there is no ledger.
fn version(client: &mut Client) -> Result<Option<i64>, Trouble> {
    if !client.query_one(THERE, &[])?.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    let row = client.query_opt("SELECT version FROM gardefou_ledger.layout", &[])?;
    row.map_or(Ok(None), |row| Ok(Some(row.try_get(0)?)))
}
