//! The one row that says which ledger it is, and how far it is tidied.

use gardefou_policy::types::{DAY, Millis};

use super::LedgerIdentity;
use super::rows::{Objection, Row, Rows};
use super::slice::{stored, told};

/// Entries are kept this long at least, in ms, so that a period that rules make longer is counted from the
/// first day.
const KEPT_AT_LEAST: Millis = 35 * DAY;

/// The columns of the row, in the order that [`About::read`] expects.
macro_rules! about_columns {
    () => {
        "identity, turn, longest, tidied, removed_ms, removed_kept, removed_recorded"
    };
}
pub(super) use about_columns;

/// The ledger about itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    pub(super) identity: LedgerIdentity,
    /// How many transactions changed it: it never falls.
    pub(super) turn: i64,
    /// The longest period that was asked for, in ms.
    longest: i64,
    /// The last account that was tidied.
    pub(super) tidied: i64,
    /// The latest entry of all accounts that were removed.
    pub(super) removed_ms: i64,
    /// The most that a removed account had kept, in ms.
    pub(super) removed_kept: i64,
    /// The most calls that a removed account had recorded.
    pub(super) removed_recorded: i64,
}

impl About {
    /// Reads it with this sentence, which names its columns.
    pub(super) fn of<R: Rows>(rows: &mut R, sql: &'static str) -> Result<Self, R::Error> {
        let row = rows.row(sql, &[])?;
        let row = row.ok_or(Objection::Lost("it has no identity"))?;
        Ok(Self::read(&row)?)
    }

    fn read(row: &Row) -> Result<Self, Objection> {
        let identity = LedgerIdentity::from_hex(row.text(0)?);
        Ok(Self {
            identity: identity.ok_or_else(|| Objection::Foreign("its identity is malformed".into()))?,
            turn: row.number(1)?,
            longest: row.number(2)?,
            tidied: row.number(3)?,
            removed_ms: row.number(4)?,
            removed_kept: row.number(5)?,
            removed_recorded: row.number(6)?,
        })
    }

    /// Whether it is the ledger that this process knows, and no older copy of it.
    pub(super) fn check(&self, known: LedgerIdentity, seen: i64) -> Result<(), Objection> {
        if self.identity != known {
            return Err(Objection::Lost("it has another identity"));
        }
        if self.turn < seen {
            return Err(Objection::Lost("it is an older copy"));
        }
        Ok(())
    }

    /// How long entries are kept, in ms.
    pub(super) fn longest(&self) -> Millis {
        told(self.longest).max(KEPT_AT_LEAST)
    }

    /// A period is asked for.
    pub(super) fn asked_for(&mut self, period: Millis) {
        self.longest = self.longest.max(stored(period));
    }

    pub(super) fn save<R: Rows>(&self, rows: &mut R) -> Result<(), R::Error> {
        rows.change(
            "UPDATE about SET turn = $1, longest = $2, tidied = $3, removed_ms = $4, removed_kept = $5, \
             removed_recorded = $6",
            &[
                self.turn.into(),
                self.longest.into(),
                self.tidied.into(),
                self.removed_ms.into(),
                self.removed_kept.into(),
                self.removed_recorded.into(),
            ],
        )
    }
}
