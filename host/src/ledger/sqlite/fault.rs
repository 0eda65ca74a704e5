//! What SQLite reports, in words for the person who must act.

use rusqlite::{Error, ErrorCode};

use super::PATIENCE;
use super::place::Place;
use crate::ledger::rows::Objection;
use crate::stores::StoreError;

/// What goes wrong in a transaction.
#[derive(Debug)]
pub(super) enum Trouble {
    Sqlite(Error),
    Objection(Objection),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Objection> for Trouble {
    fn from(objection: Objection) -> Self {
        Self::Objection(objection)
    }
}

/// What it means for this file.
pub(super) fn fault(place: &Place, trouble: impl Into<Trouble>) -> StoreError {
    match trouble.into() {
        Trouble::Sqlite(error) => reported(place, &error),
        Trouble::Objection(Objection::Foreign(what)) => place.foreign(&what),
        Trouble::Objection(Objection::Lost(sign)) => place.lost(sign),
    }
}

fn reported(place: &Place, error: &Error) -> StoreError {
    let store = place.name();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { store },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly { store },
        // Without the right to write, SQLite cannot even open what it keeps beside the file.
        Some(ErrorCode::CannotOpen) if !place.is_writable() => StoreError::ReadOnly { store },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy {
            store,
            waited: PATIENCE,
        },
        Some(ErrorCode::NotADatabase) => place.foreign("it is no SQLite database"),
        Some(ErrorCode::DatabaseCorrupt) => place.foreign("it is damaged"),
        _ => StoreError::Unreachable {
            store,
            error: error.to_string(),
        },
    }
}
