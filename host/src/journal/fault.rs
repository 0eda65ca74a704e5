//! What the system and SQLite say, in the words of [`StoreError`].

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::stores::StoreError;

/// What an error of a file means.
pub(super) fn file(path: &Path, error: &io::Error) -> StoreError {
    let store = path.display().to_string();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { store },
        io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly { store },
        io::ErrorKind::NotFound => StoreError::Missing { path: path.into() },
        _ => StoreError::Unreachable {
            store,
            error: error.to_string(),
        },
    }
}

/// What an error of the database means; `waited` is how long it waits for others, in ms.
pub(super) fn database(store: &str, waited: u64, error: &rusqlite::Error) -> StoreError {
    let store = store.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { store },
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly { store },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { store, waited },
        Some(ErrorCode::NotADatabase) => StoreError::Foreign {
            store,
            what: "it is no SQLite database".into(),
        },
        Some(ErrorCode::DatabaseCorrupt) => damaged(&store, "the file is damaged"),
        Some(_) => StoreError::Unreachable {
            store,
            error: error.to_string(),
        },
        // A column that is not there, or of another type.
        None => damaged(&store, "a row of it is damaged"),
    }
}

/// It is no longer what was written.
pub(super) fn damaged(store: &str, sign: impl Into<String>) -> StoreError {
    StoreError::Lost {
        store: store.to_owned(),
        sign: sign.into(),
    }
}
