//! A session as the ledger holds it: what it said that it kept, and the slice that it holds.

use super::account::{Account, Sums};
use super::rows::{Objection, Row, Rows};
use super::slice::{Settled, settle};

/// A session, with the accounts that it counts on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) id: i64,
    pub(super) employee: i64,
    pub(super) programme: i64,
    pub(super) pair: i64,
    pub(super) opened_ms: i64,
    /// When its slice is over.
    pub(super) until_ms: i64,
    /// What it said that it kept, in ms.
    pub(super) kept: i64,
    /// The slice that it holds, in ms.
    pub(super) held: i64,
    /// The slice that was over before the session said what became of it, in ms: counted as kept, at the
    /// end of the slice.
    pub(super) assumed: i64,
    /// What of it waits for a review, in ms.
    pub(super) backlog: i64,
    pub(super) is_closed: bool,
}

impl Held {
    fn read(row: &Row) -> Result<Self, Objection> {
        Ok(Self {
            id: row.number(0)?,
            employee: row.number(1)?,
            programme: row.number(2)?,
            pair: row.number(3)?,
            opened_ms: row.number(4)?,
            until_ms: row.number(5)?,
            kept: row.number(6)?,
            held: row.number(7)?,
            assumed: row.number(8)?,
            backlog: row.number(9)?,
            is_closed: row.has(10),
        })
    }

    /// The session of that name, where there is one.
    pub(super) fn find<R: Rows>(rows: &mut R, name: &str) -> Result<Option<Self>, R::Error> {
        let row = rows.row(
            "SELECT id, employee, programme, pair, opened_ms, until_ms, kept, held, assumed, backlog, closed_ms \
             FROM session WHERE name = $1",
            &[name.into()],
        )?;
        Ok(row.as_ref().map(Self::read).transpose()?)
    }

    /// The sessions whose slices are over at `at` and still held: nobody said what became of them.
    pub(super) fn overdue<R: Rows>(rows: &mut R, at: i64) -> Result<Vec<Self>, R::Error> {
        let found = rows.rows(
            "SELECT id, employee, programme, pair, opened_ms, until_ms, kept, held, assumed, backlog, closed_ms \
             FROM session WHERE closed_ms IS NULL AND held > 0 AND until_ms <= $1 ORDER BY until_ms, id",
            &[at.into()],
        )?;
        let read: Result<Vec<Self>, Objection> = found.iter().map(Self::read).collect();
        Ok(read?)
    }

    /// Writes what changes of it.
    pub(super) fn save<R: Rows>(&self, rows: &mut R) -> Result<(), R::Error> {
        rows.change(
            "UPDATE session SET until_ms = $1, kept = $2, held = $3, assumed = $4, backlog = $5 WHERE id = $6",
            &[
                self.until_ms.into(),
                self.kept.into(),
                self.held.into(),
                self.assumed.into(),
                self.backlog.into(),
                self.id.into(),
            ],
        )
    }
}

/// A session with the accounts on which what it keeps is counted.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) session: Held,
    pub(super) employee: Account,
    pub(super) programme: Account,
}

impl Seat {
    pub(super) fn of<R: Rows>(rows: &mut R, session: Held) -> Result<Self, R::Error> {
        Ok(Self {
            session,
            employee: Account::of(rows, session.employee)?,
            programme: Account::of(rows, session.programme)?,
        })
    }

    /// The slice is over and nobody said what became of it: it may have been recorded, up to its end.
    pub(super) fn assume<R: Rows>(&mut self, rows: &mut R) -> Result<(), R::Error> {
        let held = self.session.held;
        self.hold(0);
        self.session.assumed = held;
        self.count(rows, self.session.until_ms, held)?;
        self.wait(rows, self.session.until_ms, held)?;
        self.save(rows)
    }

    /// The session says what it kept in all. Gives what is left of its slice.
    pub(super) fn settle<R: Rows>(&mut self, rows: &mut R, at: i64, kept: i64) -> Result<i64, R::Error> {
        // It was only slow: what was assumed gives way to what it says, and is never dated before.
        let date = if self.session.assumed > 0 {
            self.forget_assumed(rows)?;
            at.max(self.session.until_ms)
        } else {
            at
        };
        let Settled { growth, left } = settle(self.session.kept, self.session.held, kept);
        if growth > 0 {
            self.session.kept = self.session.kept.saturating_add(growth);
            self.count(rows, date, growth)?;
            self.wait(rows, date, growth)?;
        }
        Ok(left)
    }

    fn forget_assumed<R: Rows>(&mut self, rows: &mut R) -> Result<(), R::Error> {
        let (assumed, date) = (self.session.assumed, self.session.until_ms);
        self.session.assumed = 0;
        self.count(rows, date, -assumed)?;
        let row = rows.row(
            "SELECT amount FROM waiting WHERE programme = $1 AND at_ms = $2 AND session = $3",
            &[self.programme.id.into(), date.into(), self.session.id.into()],
        )?;
        // Reviewed meanwhile: then it does not wait.
        let waits = row.map_or(Ok(0), |row| row.number(0))?.min(assumed);
        if waits > 0 {
            self.wait(rows, date, -waits)?;
        }
        rows.change(
            "DELETE FROM waiting WHERE session = $1 AND amount <= 0",
            &[self.session.id.into()],
        )
    }

    /// Counts what was kept, at an instant.
    fn count<R: Rows>(&mut self, rows: &mut R, at: i64, kept: i64) -> Result<(), R::Error> {
        self.employee.add(rows, at, Sums::kept(kept))?;
        self.programme.add(rows, at, Sums::kept(kept))
    }

    /// What was kept before an instant waits for a review; no longer, where it is negative.
    fn wait<R: Rows>(&mut self, rows: &mut R, at: i64, amount: i64) -> Result<(), R::Error> {
        rows.change(
            "INSERT INTO waiting (programme, at_ms, session, amount) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (programme, at_ms, session) DO UPDATE SET amount = waiting.amount + excluded.amount",
            &[
                self.programme.id.into(),
                at.into(),
                self.session.id.into(),
                amount.into(),
            ],
        )?;
        self.release(-amount);
        Ok(())
    }

    /// So much less waits for a review.
    fn release(&mut self, amount: i64) {
        self.session.backlog = self.session.backlog.saturating_sub(amount);
        self.employee.unreviewed = self.employee.unreviewed.saturating_sub(amount);
        self.programme.unreviewed = self.programme.unreviewed.saturating_sub(amount);
    }

    /// Everything of the session that waits is reviewed, or will not be. Gives how much that was.
    pub(super) fn release_all<R: Rows>(&mut self, rows: &mut R) -> Result<i64, R::Error> {
        let backlog = self.session.backlog;
        rows.change("DELETE FROM waiting WHERE session = $1", &[self.session.id.into()])?;
        self.release(backlog);
        Ok(backlog)
    }

    /// What of the session's waits and is dated at `until` or before is reviewed. Gives how much that was.
    pub(super) fn release_until<R: Rows>(&mut self, rows: &mut R, until: i64) -> Result<i64, R::Error> {
        let row = rows.row(
            "SELECT CAST(SUM(amount) AS BIGINT) FROM waiting WHERE session = $1 AND at_ms <= $2",
            &[self.session.id.into(), until.into()],
        )?;
        let amount = row.map_or(Ok(0), |row| row.number(0))?;
        rows.change(
            "DELETE FROM waiting WHERE session = $1 AND at_ms <= $2",
            &[self.session.id.into(), until.into()],
        )?;
        self.release(amount);
        Ok(amount)
    }

    /// The session holds this slice from now on.
    pub(super) fn hold(&mut self, slice: i64) {
        let more = slice.saturating_sub(self.session.held);
        self.session.held = slice;
        self.employee.held = self.employee.held.saturating_add(more);
        self.programme.held = self.programme.held.saturating_add(more);
    }

    pub(super) fn save<R: Rows>(&self, rows: &mut R) -> Result<(), R::Error> {
        self.session.save(rows)?;
        self.employee.save(rows)?;
        self.programme.save(rows)
    }
}
