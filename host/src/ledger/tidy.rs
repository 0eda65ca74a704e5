//! What is over leaves the ledger: a little of it whenever a session is closed.
//!
//! Tokens are pseudonyms, and stay no longer than they count. Sums are of all that ever was, so an entry
//! that goes takes nothing away from those behind it; who asks about a time before the first entry that is
//! left is told more than was, never less.

use gardefou_policy::types::{DAY, Timestamp};

use super::about::About;
use super::account::{Account, PAIR};
use super::rows::Rows;
use super::slice::start;

/// How far the clocks of two recorders may be apart, in ms, without one losing what the other counts.
const MARGIN: u64 = DAY;

/// Before every instant.
const NEVER: i64 = -1;

pub(super) fn tidy<R: Rows>(rows: &mut R, about: &mut About, at: Timestamp) -> Result<(), R::Error> {
    let horizon = start(at, about.longest().saturating_add(MARGIN));
    if horizon < 0 {
        return Ok(());
    }
    remove_sessions(rows, horizon)?;
    let accounts = rows.rows(
        "SELECT id, kind FROM account WHERE id > $1 ORDER BY id LIMIT 4",
        &[about.tidied.into()],
    )?;
    // From the first again, when the last was reached.
    about.tidied = match accounts.last() {
        Some(last) => last.number(0)?,
        None => 0,
    };
    for row in accounts {
        tidy_account(rows, about, row.number(0)?, row.number(1)?, horizon)?;
    }
    Ok(())
}

/// Sessions that were closed long ago, and of which nothing waits for a review.
fn remove_sessions<R: Rows>(rows: &mut R, horizon: i64) -> Result<(), R::Error> {
    let over = rows.rows(
        "SELECT id, employee, programme, pair FROM session \
         WHERE closed_ms <= $1 AND backlog = 0 ORDER BY closed_ms LIMIT 4",
        &[horizon.into()],
    )?;
    for row in over {
        for column in 1..=3 {
            let mut account = Account::of(rows, row.number(column)?)?;
            account.sessions = account.sessions.saturating_sub(1);
            account.save(rows)?;
        }
        rows.change("DELETE FROM session WHERE id = $1", &[row.number(0)?.into()])?;
    }
    Ok(())
}

fn tidy_account<R: Rows>(rows: &mut R, about: &mut About, id: i64, kind: i64, horizon: i64) -> Result<(), R::Error> {
    let last = rows.row(
        "SELECT MAX(at_ms) FROM entry WHERE account = $1 AND at_ms <= $2",
        &[id.into(), horizon.into()],
    )?;
    let last = match last.filter(|row| row.has(0)) {
        Some(row) => row.number(0)?,
        None => NEVER,
    };
    // The last of them stays: it holds the sum of all before.
    rows.change(
        "DELETE FROM entry WHERE account = $1 AND at_ms IN (SELECT at_ms FROM entry \
         WHERE account = $1 AND at_ms < $2 ORDER BY at_ms LIMIT 64)",
        &[id.into(), last.into()],
    )?;
    let other = rows.row(
        "SELECT at_ms FROM entry WHERE account = $1 AND at_ms <> $2 LIMIT 1",
        &[id.into(), last.into()],
    )?;
    let account = Account::of(rows, id)?;
    let is_in_use = account.sessions > 0 || account.held != 0 || account.unreviewed != 0;
    if is_in_use || other.is_some() {
        return Ok(());
    }
    about.removed_ms = about.removed_ms.max(last);
    if kind == PAIR {
        about.removed_recorded = about.removed_recorded.max(account.total.recorded);
    } else {
        about.removed_kept = about.removed_kept.max(account.total.kept);
    }
    rows.change("DELETE FROM entry WHERE account = $1", &[id.into()])?;
    rows.change("DELETE FROM account WHERE id = $1", &[id.into()])
}
