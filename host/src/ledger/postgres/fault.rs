//! What PostgreSQL reports, in words for the person who must act.

use std::error::Error as _;

use ::postgres::Error;
use ::postgres::error::SqlState;

use super::server::{PATIENCE, Server};
use crate::ledger::rows::Objection;
use crate::stores::StoreError;

/// What goes wrong in a transaction.
#[derive(Debug)]
pub(super) enum Trouble {
    Server(Error),
    Objection(Objection),
    Newer(u32),
    /// The server may forget what it acknowledged.
    NotDurable,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}

impl From<Objection> for Trouble {
    fn from(objection: Objection) -> Self {
        Self::Objection(objection)
    }
}

impl Trouble {
    /// Whether it may go well at another attempt: the line was lost, or two transactions stood in each
    /// other's way.
    pub(super) fn passes(&self) -> bool {
        let Self::Server(error) = self else {
            return false;
        };
        match error.code() {
            None => true,
            Some(code) => [
                SqlState::T_R_SERIALIZATION_FAILURE,
                SqlState::T_R_DEADLOCK_DETECTED,
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::CANNOT_CONNECT_NOW,
            ]
            .contains(code),
        }
    }
}

/// What it means for this server.
pub(super) fn fault(server: &Server, trouble: &Trouble) -> StoreError {
    let store = server.name().to_owned();
    match trouble {
        Trouble::Server(error) => reported(store, error),
        Trouble::Objection(Objection::Foreign(what)) => StoreError::Foreign {
            store,
            what: what.clone(),
        },
        Trouble::Objection(Objection::Lost(sign)) => StoreError::Lost {
            store,
            sign: (*sign).to_owned(),
        },
        Trouble::Newer(version) => StoreError::Newer {
            store,
            version: *version,
        },
        Trouble::NotDurable => StoreError::Unreachable {
            store,
            error: "the server does not sync what it writes (`fsync` is off), and a power cut would undo what was \
                    acknowledged"
                .to_owned(),
        },
    }
}

fn reported(store: String, error: &Error) -> StoreError {
    let Some(code) = error.code() else {
        // The library's own sentence only says which step failed.
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        return StoreError::Unreachable { store, error: cause };
    };
    if *code == SqlState::DISK_FULL {
        StoreError::Full { store }
    } else if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        StoreError::ReadOnly { store }
    } else if [SqlState::LOCK_NOT_AVAILABLE, SqlState::QUERY_CANCELED].contains(code) {
        StoreError::Busy {
            store,
            waited: PATIENCE,
        }
    } else {
        let error = error
            .as_db_error()
            .map_or_else(|| error.to_string(), |reported| reported.message().to_owned());
        StoreError::Unreachable { store, error }
    }
}
