//! What a ledger tells: sums and sessions, without changing anything.

use std::collections::BTreeMap;

use gardefou_policy::types::{Millis, Timestamp};

use super::account::{EMPLOYEE, PAIR, PROGRAMME};
use super::book::few;
use super::rows::Rows;
use super::slice::{start, stored, told};
use super::{Balance, Calls, Unfinished, Whose};

pub(super) fn unfinished<R: Rows>(rows: &mut R, at: Timestamp) -> Result<Vec<Unfinished>, R::Error> {
    let found = rows.rows(
        "SELECT name, opened_ms, until_ms, kept + held + assumed FROM session \
         WHERE closed_ms IS NULL AND until_ms <= $1",
        &[stored(at.as_millis()).into()],
    )?;
    let mut unfinished = Vec::with_capacity(found.len());
    for row in found {
        unfinished.push(Unfinished {
            session: row.text(0)?.to_owned(),
            opened_at: Timestamp::from_millis(told(row.number(1)?)),
            until: Timestamp::from_millis(told(row.number(2)?)),
            at_most: told(row.number(3)?),
        });
    }
    unfinished.sort_by(|a, b| (a.opened_at, &a.session).cmp(&(b.opened_at, &b.session)));
    Ok(unfinished)
}

/// A balance while it is added up.
#[derive(Debug)]
struct Sum {
    whose: Whose,
    kept: i64,
    held: i64,
    unreviewed: i64,
    calls: Calls,
}

pub(super) fn balances<R: Rows>(rows: &mut R, at: Timestamp, per: Millis) -> Result<Vec<Balance>, R::Error> {
    let start = start(at, per);
    let mut sums = accounts(rows, start)?;
    add_overdue(rows, &mut sums, at, start)?;
    let calls = calls(rows, start)?;
    let mut balances: Vec<Balance> = sums
        .into_values()
        .map(|sum| Balance {
            kept: told(sum.kept),
            held: told(sum.held),
            unreviewed: told(sum.unreviewed),
            calls: calls.get(&sum.whose).copied().unwrap_or(sum.calls),
            of: sum.whose,
        })
        .collect();
    balances.sort_by(|a, b| a.of.cmp(&b.of));
    Ok(balances)
}

fn accounts<R: Rows>(rows: &mut R, start: i64) -> Result<BTreeMap<i64, Sum>, R::Error> {
    let found = rows.rows(
        "SELECT a.id, a.kind, a.token, a.held, a.unreviewed, a.kept - COALESCE((SELECT e.kept FROM entry e \
         WHERE e.account = a.id AND e.at_ms <= $1 ORDER BY e.at_ms DESC LIMIT 1), 0) \
         FROM account a WHERE a.kind <> $2",
        &[start.into(), PAIR.into()],
    )?;
    let mut sums = BTreeMap::new();
    for row in found {
        let token = row.text(2)?.to_owned();
        let whose = match row.number(1)? {
            EMPLOYEE => Whose::Employee(token),
            PROGRAMME => Whose::Programme(token),
            _ => continue,
        };
        let sum = Sum {
            whose,
            held: row.number(3)?,
            unreviewed: row.number(4)?,
            kept: row.number(5)?,
            calls: Calls::default(),
        };
        sums.insert(row.number(0)?, sum);
    }
    Ok(sums)
}

/// Slices that are over count as kept, as they will when the ledger is written next.
fn add_overdue<R: Rows>(
    rows: &mut R,
    sums: &mut BTreeMap<i64, Sum>,
    at: Timestamp,
    start: i64,
) -> Result<(), R::Error> {
    for session in super::session::Held::overdue(rows, stored(at.as_millis()))? {
        for account in [session.employee, session.programme] {
            if let Some(sum) = sums.get_mut(&account) {
                sum.held = sum.held.saturating_sub(session.held);
                sum.unreviewed = sum.unreviewed.saturating_add(session.held);
                if session.until_ms > start {
                    sum.kept = sum.kept.saturating_add(session.held);
                }
            }
        }
    }
    Ok(())
}

/// The calls of the period, of each employee and under each programme.
fn calls<R: Rows>(rows: &mut R, start: i64) -> Result<BTreeMap<Whose, Calls>, R::Error> {
    let found = rows.rows(
        "SELECT a.token, a.other, \
         a.offered - COALESCE((SELECT e.offered FROM entry e \
         WHERE e.account = a.id AND e.at_ms < $1 ORDER BY e.at_ms DESC LIMIT 1), 0), \
         a.recorded - COALESCE((SELECT e.recorded FROM entry e \
         WHERE e.account = a.id AND e.at_ms < $1 ORDER BY e.at_ms DESC LIMIT 1), 0) \
         FROM account a WHERE a.kind = $2",
        &[start.into(), PAIR.into()],
    )?;
    let mut calls: BTreeMap<Whose, Calls> = BTreeMap::new();
    for row in found {
        let (offered, recorded) = (few(row.number(2)?), few(row.number(3)?));
        let of = [
            Whose::Employee(row.text(0)?.to_owned()),
            Whose::Programme(row.text(1)?.to_owned()),
        ];
        for whose in of {
            let sum = calls.entry(whose).or_default();
            sum.offered = sum.offered.saturating_add(offered);
            sum.recorded = sum.recorded.saturating_add(recorded);
        }
    }
    Ok(calls)
}
