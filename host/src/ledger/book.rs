//! What a ledger does in one transaction, whatever the database.

use gardefou_policy::types::{Cap, Millis, NO_LIMIT, Timestamp};

use super::about::About;
use super::account::{Account, Owner, Sums};
use super::rows::{Objection, Rows};
use super::session::{Held, Seat};
use super::slice::{MAX_KEPT, room, slice, start, stored, told};
use super::tidy::tidy;
use super::{Calls, Caps, Closing, Granted, Offer, Reservation, Review};
use crate::Usage;

/// The longest that a session's name, a token or a programme may be, in bytes.
pub const MAX_TOKEN: usize = 1_024;

/// What a name that a ledger takes is.
fn check_name(what: &str, name: &str) -> Result<(), Objection> {
    if name.len() > MAX_TOKEN {
        return Err(Objection::Foreign(format!(
            "the {what} has {} bytes, and may have {MAX_TOKEN}",
            name.len()
        )));
    }
    if name.contains('\0') {
        return Err(Objection::Foreign(format!("the {what} contains a zero byte")));
    }
    Ok(())
}

fn check_kept(kept: Millis) -> Result<i64, Objection> {
    if kept > MAX_KEPT {
        return Err(Objection::Foreign(
            "a session cannot have kept that many milliseconds".into(),
        ));
    }
    Ok(stored(kept))
}

/// Slices that are over before anybody said what became of them count as kept.
fn assume_overdue<R: Rows>(rows: &mut R, at: Timestamp) -> Result<(), R::Error> {
    for session in Held::overdue(rows, stored(at.as_millis()))? {
        Seat::of(rows, session)?.assume(rows)?;
    }
    Ok(())
}

pub(super) fn offer<R: Rows>(rows: &mut R, about: &mut About, call: &Offer<'_>) -> Result<Vec<Calls>, R::Error> {
    check_name("session's name", call.session)?;
    check_name("employee's token", call.employee)?;
    check_name("programme's name", call.programme)?;
    assume_overdue(rows, call.at)?;
    if Held::find(rows, call.session)?.is_some() {
        return Err(Objection::Foreign("a session of that name was offered to it before".into()).into());
    }
    for period in call.periods {
        about.asked_for(*period);
    }
    let owners = [
        Owner::Employee(call.employee),
        Owner::Programme(call.programme),
        Owner::Pair(call.employee, call.programme),
    ];
    let mut accounts = Vec::with_capacity(owners.len());
    for owner in owners {
        let mut account = Account::open(rows, about, owner, call.at)?;
        account.sessions = account.sessions.saturating_add(1);
        account.save(rows)?;
        accounts.push(account);
    }
    let [employee, programme, mut pair] = <[Account; 3]>::try_from(accounts)
        .map_err(|_| Objection::Foreign("it does not know whose call that is".into()))?;
    let mut counted = Vec::with_capacity(call.periods.len());
    for period in call.periods {
        counted.push(calls_before(rows, &pair, call.at, *period)?);
    }
    let at = stored(call.at.as_millis());
    pair.add(rows, at, Sums::calls(1, 1))?;
    pair.save(rows)?;
    rows.change(
        "INSERT INTO session (name, employee, programme, pair, opened_ms, until_ms, kept, held, assumed, backlog) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0)",
        &[
            call.session.into(),
            employee.id.into(),
            programme.id.into(),
            pair.id.into(),
            at.into(),
            at.into(),
        ],
    )?;
    Ok(counted)
}

/// The calls of the period up to now; the one that is being offered counts as offered.
fn calls_before<R: Rows>(rows: &mut R, pair: &Account, at: Timestamp, period: Millis) -> Result<Calls, R::Error> {
    // The first instant of the period is in it, for calls.
    let sums = pair.after(rows, start(at, period).saturating_sub(1).max(-1))?;
    Ok(Calls {
        offered: few(sums.offered).saturating_add(1),
        recorded: few(sums.recorded),
    })
}

/// A number of calls.
pub(super) fn few(number: i64) -> u32 {
    u32::try_from(told(number)).unwrap_or(u32::MAX)
}

pub(super) fn reserve<R: Rows>(
    rows: &mut R,
    about: &mut About,
    asked: &[Reservation<'_>],
) -> Result<Vec<Granted>, R::Error> {
    let mut granted = Vec::with_capacity(asked.len());
    let mut assumed_at = None;
    for asked in asked {
        if assumed_at != Some(asked.at) {
            assume_overdue(rows, asked.at)?;
            assumed_at = Some(asked.at);
        }
        granted.push(reserve_one(rows, about, asked)?);
        if asked.until <= asked.at {
            // Over as it is granted: the next of the batch finds it so.
            assumed_at = None;
        }
    }
    Ok(granted)
}

fn reserve_one<R: Rows>(rows: &mut R, about: &mut About, asked: &Reservation<'_>) -> Result<Granted, R::Error> {
    let kept = check_kept(asked.kept)?;
    for cap in asked.caps.iter().flat_map(|caps| [caps.employee, caps.programme]) {
        // What has no limit needs no past.
        if cap.limit != NO_LIMIT {
            about.asked_for(cap.per);
        }
    }
    let Some(session) = Held::find(rows, asked.session)? else {
        return Ok(nothing(asked.caps));
    };
    let mut seat = Seat::of(rows, session)?;
    if session.is_closed {
        let usage = usage(rows, &seat, asked.at, asked.caps)?;
        return Ok(Granted { slice: 0, usage });
    }
    let at = stored(asked.at.as_millis());
    let left = seat.settle(rows, at, kept)?;
    // Whatever is left of its own slice is in its way no more than in that of the counters.
    seat.hold(0);
    let usage = usage(rows, &seat, asked.at, asked.caps)?;
    let slice = slice(left, asked.wanted, room(asked.caps, &usage));
    seat.hold(slice);
    seat.session.until_ms = stored(asked.until.as_millis());
    seat.save(rows)?;
    Ok(Granted {
        slice: told(slice),
        usage,
    })
}

/// For a session that the ledger does not know: nothing, and every counter at its end.
fn nothing(caps: &[Caps]) -> Granted {
    let spent = Usage {
        employee_used: NO_LIMIT,
        programme_used: NO_LIMIT,
        unreviewed: NO_LIMIT,
    };
    Granted {
        slice: 0,
        usage: vec![spent; caps.len()],
    }
}

/// What was kept by all, and is held by the others, for each of the caps.
fn usage<R: Rows>(rows: &mut R, seat: &Seat, at: Timestamp, caps: &[Caps]) -> Result<Vec<Usage>, R::Error> {
    let held = seat.session.held;
    let used = |rows: &mut R, account: &Account, cap: Cap| -> Result<Millis, R::Error> {
        let kept = account.after(rows, start(at, cap.per))?.kept;
        Ok(told(kept.saturating_add(account.held.saturating_sub(held))))
    };
    let waits = seat.programme.unreviewed;
    let others = seat.programme.held.saturating_sub(held);
    caps.iter()
        .map(|caps| {
            Ok(Usage {
                employee_used: used(rows, &seat.employee, caps.employee)?,
                programme_used: used(rows, &seat.programme, caps.programme)?,
                unreviewed: told(waits.saturating_add(others)),
            })
        })
        .collect()
}

pub(super) fn close<R: Rows>(rows: &mut R, about: &mut About, end: &Closing<'_>) -> Result<(), R::Error> {
    let kept = check_kept(end.kept)?;
    assume_overdue(rows, end.at)?;
    match Held::find(rows, end.session)? {
        Some(session) if session.is_closed => return Ok(()),
        Some(session) => close_one(rows, session, end, kept)?,
        None if kept == 0 => return Ok(()),
        None => return Err(Objection::Foreign("a session kept something that was never offered to it".into()).into()),
    }
    tidy(rows, about, end.at)
}

fn close_one<R: Rows>(rows: &mut R, session: Held, end: &Closing<'_>, kept: i64) -> Result<(), R::Error> {
    let mut seat = Seat::of(rows, session)?;
    let at = stored(end.at.as_millis());
    seat.settle(rows, at, kept)?;
    seat.hold(0);
    if !end.to_review {
        seat.release_all(rows)?;
    }
    if seat.session.kept == 0 {
        let mut pair = Account::of(rows, seat.session.pair)?;
        pair.add(rows, seat.session.opened_ms, Sums::calls(0, -1))?;
        pair.save(rows)?;
    }
    seat.save(rows)?;
    rows.change(
        "UPDATE session SET closed_ms = $1 WHERE id = $2",
        &[at.into(), seat.session.id.into()],
    )
}

pub(super) fn reviewed<R: Rows>(rows: &mut R, review: &Review<'_>) -> Result<Millis, R::Error> {
    match review {
        Review::Session(name) => {
            let Some(session) = Held::find(rows, name)? else {
                return Ok(0);
            };
            let mut seat = Seat::of(rows, session)?;
            let released = seat.release_all(rows)?;
            seat.save(rows)?;
            Ok(told(released))
        }
        Review::Programme { programme, before } => reviewed_until(rows, programme, stored(before.as_millis())),
    }
}

fn reviewed_until<R: Rows>(rows: &mut R, programme: &str, until: i64) -> Result<Millis, R::Error> {
    let Some(programme) = Account::find(rows, Owner::Programme(programme))? else {
        return Ok(0);
    };
    let waiting = rows.rows(
        "SELECT DISTINCT s.name FROM waiting w JOIN session s ON s.id = w.session \
         WHERE w.programme = $1 AND w.at_ms <= $2",
        &[programme.id.into(), until.into()],
    )?;
    let mut released = 0i64;
    for row in waiting {
        let Some(session) = Held::find(rows, row.text(0)?)? else {
            continue;
        };
        let mut seat = Seat::of(rows, session)?;
        released = released.saturating_add(seat.release_until(rows, until)?);
        seat.save(rows)?;
    }
    Ok(told(released))
}
