//! Somebody who may write a journal's file, knows its form, and has no key: for tests.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::content;
use super::record::Record;
use super::tree::commitment;

/// Somebody with the file.
pub(crate) struct Forger {
    file: PathBuf,
}

impl Forger {
    pub(crate) fn of(file: &Path) -> Self {
        Self { file: file.to_owned() }
    }

    pub(crate) fn sql(&self, sql: &str) {
        Connection::open(&self.file).unwrap().execute_batch(sql).unwrap();
    }

    /// Writes an entry's content anew, with salt and commitment.
    pub(crate) fn rewrite(&self, index: i64, record: &Record) {
        let text = content::written(record).unwrap();
        let salt = [9; 32];
        let commitment = commitment(&salt, text.as_bytes());
        let mut sealed = text.into_bytes();
        content::turn(&salt, &mut sealed);
        let connection = Connection::open(&self.file).unwrap();
        let kind = content::kind_number(record.kind());
        let entry = "INSERT OR REPLACE INTO entry (idx, kind, commitment, salt) VALUES (?1, ?2, ?3, ?4)";
        connection.execute(entry, (index, kind, commitment, salt)).unwrap();
        let content = "INSERT OR REPLACE INTO content (idx, sealed) VALUES (?1, ?2)";
        connection.execute(content, (index, sealed)).unwrap();
    }

    /// Puts an entry behind the last.
    pub(crate) fn append(&self, record: &Record) {
        let connection = Connection::open(&self.file).unwrap();
        let last = "SELECT max(idx) FROM entry";
        let last: i64 = connection.query_row(last, [], |row| row.get(0)).unwrap();
        self.rewrite(last + 1, record);
    }

    /// Takes an entry's content away.
    pub(crate) fn blank(&self, index: i64) {
        self.sql(&format!(
            "UPDATE entry SET salt = zeroblob(32) WHERE idx = {index}; DELETE FROM content WHERE idx = {index}"
        ));
    }

    /// Lists an access record as forgotten.
    pub(crate) fn list(&self, index: i64) {
        self.sql(&format!(
            "INSERT INTO forgotten (first, last, kind) VALUES ({index}, {index}, 1)"
        ));
    }
}
