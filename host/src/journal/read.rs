//! What is read of a journal, by whoever writes it and by whoever only reads.

use rusqlite::Row;

use super::checkpoint::Seal;
use super::content::{self, FORGOTTEN, MAX_CONTENT};
use super::database::Database;
use super::number::Number;
use super::record::{AccessEvent, Record};
use super::tree::{Hash, commitment};
use super::writer::discards_digest;
use super::{Entry, OpenDiscard, Stored};
use crate::stores::StoreError;

/// Why an entry is not what was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flaw {
    /// Another entry, or none, stands at its place.
    Place,
    /// It is of no kind.
    Kind,
    /// Its content and its salt are not both there, or not both gone.
    Half,
    /// Its content and salt do not give its commitment.
    Content,
}

impl Flaw {
    /// What `Display` says, in French.
    pub(super) const fn french(self) -> &'static str {
        match self {
            Self::Place => "elle n'est pas à sa place",
            Self::Kind => "elle n'est d'aucune sorte",
            Self::Half => "son contenu ou son sel manque",
            Self::Content => "son contenu n'est pas ce qui a été écrit",
        }
    }
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Place => "it is not at its place",
            Self::Kind => "it is of no kind",
            Self::Half => "its content or its salt is missing",
            Self::Content => "its content is not what was written",
        })
    }
}

const QUERY: &str = "SELECT entry.idx, entry.kind, entry.commitment, entry.salt, content.sealed \
                     FROM entry LEFT JOIN content ON content.idx = entry.idx \
                     WHERE entry.idx >= ?1 ORDER BY entry.idx LIMIT ?2";

/// Shows each entry from this one on, at most so many, until one is not wanted.
pub(super) fn each(
    database: &Database,
    from: u64,
    most: u64,
    mut see: impl FnMut(u64, Result<Stored, Flaw>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let fault = |error: rusqlite::Error| database.fault(&error);
    // The database counts up to i64::MAX.
    let [from, most] = [from, most].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    let mut query = database.connection.prepare_cached(QUERY).map_err(fault)?;
    let mut rows = query.query((from, most)).map_err(fault)?;
    let mut expected = u64::try_from(from).unwrap_or_default();
    while let Some(row) = rows.next().map_err(fault)? {
        see(expected, stored(row, expected).map_err(fault)?)?;
        expected = expected.saturating_add(1);
    }
    Ok(())
}

fn stored(row: &Row<'_>, expected: u64) -> rusqlite::Result<Result<Stored, Flaw>> {
    let index: i64 = row.get(0)?;
    let kind: i64 = row.get(1)?;
    let written: Hash = row.get(2)?;
    let salt: Hash = row.get(3)?;
    let sealed = row.get_ref(4)?.as_blob_or_null()?;
    if u64::try_from(index) != Ok(expected) {
        return Ok(Err(Flaw::Place));
    }
    let Some(kind) = content::kind_name(kind) else {
        return Ok(Err(Flaw::Kind));
    };
    let mut stored = Stored {
        index: expected,
        kind,
        commitment: written,
        opened: None,
    };
    Ok(match (sealed, salt != FORGOTTEN) {
        (None, false) => Ok(stored),
        (Some(sealed), true) if sealed.len() > MAX_CONTENT => Err(Flaw::Content),
        (Some(sealed), true) => {
            let mut bytes = sealed.to_vec();
            content::turn(&salt, &mut bytes);
            let text = String::from_utf8(bytes).ok();
            match text.filter(|text| commitment(&salt, text.as_bytes()) == written) {
                Some(text) => {
                    stored.opened = Some((salt, text));
                    Ok(stored)
                }
                None => Err(Flaw::Content),
            }
        }
        _ => Err(Flaw::Half),
    })
}

/// The entries as they are stored, from this one on, at most so many.
pub(super) fn stored_entries(database: &Database, from: u64, most: usize) -> Result<Vec<Stored>, StoreError> {
    let mut entries = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    each(database, from, most, |index, stored| {
        let flaw = |flaw: Flaw| database.damaged(format!("entry {index}: {flaw}"));
        entries.push(stored.map_err(flaw)?);
        Ok(())
    })?;
    Ok(entries)
}

/// The entries from this one on, at most so many.
pub(super) fn entries(database: &Database, from: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
    let stored = stored_entries(database, from, most)?;
    stored.into_iter().map(|stored| entry(database, &stored)).collect()
}

/// One entry, read.
pub(super) fn entry(database: &Database, stored: &Stored) -> Result<Entry, StoreError> {
    let read = |(_, text): &(Hash, String)| {
        let record: Result<Record, _> = serde_json::from_str(text);
        let record = record.ok().filter(|record| record.kind() == stored.kind);
        record.ok_or_else(|| database.damaged(format!("entry {}: this version cannot read it", stored.index)))
    };
    Ok(Entry {
        index: stored.index,
        kind: stored.kind.to_owned(),
        record: stored.opened.as_ref().map(read).transpose()?,
    })
}

/// The entries of the open discards, in order: the list is the one that was sealed.
pub(super) fn sealed_indices(database: &Database, seal: &Seal) -> Result<Vec<u64>, StoreError> {
    let indices = open_indices(database).map_err(|error| database.fault(&error))?;
    if discards_digest(&indices) == seal.discards {
        Ok(indices)
    } else {
        Err(database.damaged("its open discards are not what was sealed"))
    }
}

/// The discard that a record opens.
pub(super) fn discard(record: &Record) -> Option<OpenDiscard> {
    let Record::Access(access) = record else {
        return None;
    };
    let AccessEvent::Discard {
        session,
        segment,
        reason,
    } = &access.event
    else {
        return None;
    };
    Some(OpenDiscard {
        session: session.clone(),
        segment: *segment,
        reason: reason.clone(),
    })
}

pub(super) fn open_indices(database: &Database) -> rusqlite::Result<Vec<u64>> {
    let mut query = database
        .connection
        .prepare_cached("SELECT idx FROM open_discard ORDER BY idx")?;
    let indices = query.query_map([], |row| row.get::<_, Number>(0).map(|Number(index)| index))?;
    indices.collect()
}

/// Which entries were forgotten, as the file says: runs of one kind, each with its first, its last and the kind.
pub(super) fn forgotten_runs(database: &Database) -> rusqlite::Result<Vec<(u64, u64, i64)>> {
    let query = "SELECT first, last, kind FROM forgotten ORDER BY seq";
    let mut query = database.connection.prepare_cached(query)?;
    let number = |row: &Row<'_>, column| row.get::<_, Number>(column).map(|Number(number)| number);
    let runs = query.query_map([], |row| Ok((number(row, 0)?, number(row, 1)?, row.get(2)?)))?;
    runs.collect()
}
