//! Accounts: what is counted of an employee, of a programme, and of both together.
//!
//! Beside an account stand its entries, one an instant, each with the sum of all up to it. So the sum of a
//! period is the account's sum less that of the last entry before the period: one look into an index,
//! whatever the months. An entry that comes late raises those behind it.

use super::about::About;
use super::rows::{Objection, Row, Rows};
use super::slice::start;
use gardefou_policy::types::Timestamp;

/// Whose account.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner<'a> {
    Employee(&'a str),
    Programme(&'a str),
    /// An employee under a programme: here calls are counted.
    Pair(&'a str, &'a str),
}

impl<'a> Owner<'a> {
    /// As it is stored: a kind and two texts.
    const fn key(self) -> (i64, &'a str, &'a str) {
        match self {
            Self::Employee(token) => (EMPLOYEE, token, ""),
            Self::Programme(name) => (PROGRAMME, name, ""),
            Self::Pair(token, name) => (PAIR, token, name),
        }
    }
}

pub(super) const EMPLOYEE: i64 = 0;
pub(super) const PROGRAMME: i64 = 1;
pub(super) const PAIR: i64 = 2;

/// What is counted in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Sums {
    /// Kept, in ms.
    pub(super) kept: i64,
    /// Calls offered.
    pub(super) offered: i64,
    /// Calls recorded.
    pub(super) recorded: i64,
}

impl Sums {
    pub(super) const fn kept(kept: i64) -> Self {
        Self {
            kept,
            offered: 0,
            recorded: 0,
        }
    }

    pub(super) const fn calls(offered: i64, recorded: i64) -> Self {
        Self {
            kept: 0,
            offered,
            recorded,
        }
    }

    /// Both together; an error where no number holds it: a database would go on with something else.
    fn plus(self, more: Self) -> Result<Self, Objection> {
        let sum = |a: i64, b: i64| {
            a.checked_add(b)
                .ok_or_else(|| Objection::Foreign("it cannot count as much as that".into()))
        };
        Ok(Self {
            kept: sum(self.kept, more.kept)?,
            offered: sum(self.offered, more.offered)?,
            recorded: sum(self.recorded, more.recorded)?,
        })
    }

    pub(super) const fn less(self, other: Self) -> Self {
        Self {
            kept: self.kept.saturating_sub(other.kept),
            offered: self.offered.saturating_sub(other.offered),
            recorded: self.recorded.saturating_sub(other.recorded),
        }
    }

    /// From three columns of a row.
    pub(super) fn read(row: &Row, first: usize) -> Result<Self, Objection> {
        Ok(Self {
            kept: row.number(first)?,
            offered: row.number(first + 1)?,
            recorded: row.number(first + 2)?,
        })
    }
}

/// An account. Whoever changes it writes it with [`Account::save`], once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub(super) id: i64,
    /// Held by sessions that run, in ms.
    pub(super) held: i64,
    /// Kept and not yet reviewed, in ms.
    pub(super) unreviewed: i64,
    /// How many sessions name it.
    pub(super) sessions: i64,
    /// Everything that was ever counted.
    pub(super) total: Sums,
}

impl Account {
    fn read(row: &Row) -> Result<Self, Objection> {
        Ok(Self {
            id: row.number(0)?,
            held: row.number(1)?,
            unreviewed: row.number(2)?,
            sessions: row.number(3)?,
            total: Sums::read(row, 4)?,
        })
    }

    /// The account of that number.
    pub(super) fn of<R: Rows>(rows: &mut R, id: i64) -> Result<Self, R::Error> {
        let row = rows.row(
            "SELECT id, held, unreviewed, sessions, kept, offered, recorded FROM account WHERE id = $1",
            &[id.into()],
        )?;
        let row = row.ok_or_else(|| Objection::Foreign("a session in it has no account".into()))?;
        Ok(Self::read(&row)?)
    }

    /// The account of that owner, where there is one.
    pub(super) fn find<R: Rows>(rows: &mut R, owner: Owner<'_>) -> Result<Option<Self>, R::Error> {
        let (kind, token, other) = owner.key();
        let row = rows.row(
            "SELECT id, held, unreviewed, sessions, kept, offered, recorded FROM account \
             WHERE kind = $1 AND token = $2 AND other = $3",
            &[kind.into(), token.into(), other.into()],
        )?;
        Ok(row.as_ref().map(Self::read).transpose()?)
    }

    /// The account of that owner; a new one where there is none.
    pub(super) fn open<R: Rows>(
        rows: &mut R,
        about: &About,
        owner: Owner<'_>,
        at: Timestamp,
    ) -> Result<Self, R::Error> {
        if let Some(account) = Self::find(rows, owner)? {
            return Ok(account);
        }
        let (kind, token, other) = owner.key();
        let row = rows.row(
            "INSERT INTO account (kind, token, other, held, unreviewed, sessions, kept, offered, recorded) \
             VALUES ($1, $2, $3, 0, 0, 0, 0, 0, 0) \
             RETURNING id, held, unreviewed, sessions, kept, offered, recorded",
            &[kind.into(), token.into(), other.into()],
        )?;
        let row = row.ok_or_else(|| Objection::Foreign("it takes no account".into()))?;
        let mut account = Self::read(&row)?;
        // A clock that ran ahead had accounts removed whose time was not over: until it is, whoever is new
        // here may be one of them, and counts as the largest of them.
        if about.removed_ms > start(at, about.longest()) {
            let removed = match owner {
                Owner::Employee(_) | Owner::Programme(_) => Sums::kept(about.removed_kept),
                Owner::Pair(..) => Sums::calls(0, about.removed_recorded),
            };
            account.add(rows, about.removed_ms, removed)?;
            account.save(rows)?;
        }
        Ok(account)
    }

    /// Counts something at an instant; takes it back where it is negative. Its entries are written, and not yet
    /// the account.
    pub(super) fn add<R: Rows>(&mut self, rows: &mut R, at: i64, more: Sums) -> Result<(), R::Error> {
        // Whatever an entry holds, the account holds as much: where this fits, everything does.
        self.total = self.total.plus(more)?;
        let sum = self.until(rows, at)?.plus(more)?;
        rows.change(
            "INSERT INTO entry (account, at_ms, kept, offered, recorded) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (account, at_ms) DO UPDATE \
             SET kept = excluded.kept, offered = excluded.offered, recorded = excluded.recorded",
            &[
                self.id.into(),
                at.into(),
                sum.kept.into(),
                sum.offered.into(),
                sum.recorded.into(),
            ],
        )?;
        rows.change(
            "UPDATE entry SET kept = kept + $1, offered = offered + $2, recorded = recorded + $3 \
             WHERE account = $4 AND at_ms > $5",
            &[
                more.kept.into(),
                more.offered.into(),
                more.recorded.into(),
                self.id.into(),
                at.into(),
            ],
        )
    }

    /// The sum of what is dated at this instant or before.
    fn until<R: Rows>(&self, rows: &mut R, at: i64) -> Result<Sums, R::Error> {
        let row = rows.row(
            "SELECT kept, offered, recorded FROM entry WHERE account = $1 AND at_ms <= $2 \
             ORDER BY at_ms DESC LIMIT 1",
            &[self.id.into(), at.into()],
        )?;
        Ok(row.map_or(Ok(Sums::default()), |row| Sums::read(&row, 0))?)
    }

    /// The sum of what is dated after this instant, the future included.
    pub(super) fn after<R: Rows>(&self, rows: &mut R, at: i64) -> Result<Sums, R::Error> {
        Ok(self.total.less(self.until(rows, at)?))
    }

    /// Writes the account itself.
    pub(super) fn save<R: Rows>(&self, rows: &mut R) -> Result<(), R::Error> {
        rows.change(
            "UPDATE account SET held = $1, unreviewed = $2, sessions = $3, kept = $4, offered = $5, recorded = $6 \
             WHERE id = $7",
            &[
                self.held.into(),
                self.unreviewed.into(),
                self.sessions.into(),
                self.total.kept.into(),
                self.total.offered.into(),
                self.total.recorded.into(),
                self.id.into(),
            ],
        )
    }
}
