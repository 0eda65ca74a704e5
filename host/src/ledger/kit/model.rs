//! The meaning of a ledger, as simply as it can be said: a list of what was kept, looked through from one end
//! to the other at every question.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use gardefou_policy::types::{Millis, Timestamp};

use crate::Usage;
use crate::ledger::slice::MAX_KEPT;
use crate::ledger::{
    Balance, Calls, Caps, Closing, Granted, Ledger, LedgerIdentity, MAX_SLICE, MAX_TOKEN, Offer, Reservation, Review,
    Unfinished, Whose,
};
use crate::stores::StoreError;

/// A ledger in memory, which says what any other must answer. It is slow, and forgets everything at its end.
#[derive(Debug, Default)]
pub struct Model(Mutex<Lists>);

#[derive(Debug, Default)]
struct Lists {
    sessions: BTreeMap<String, Sitting>,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Sitting {
    employee: String,
    programme: String,
    opened: u64,
    until: u64,
    said: u64,
    held: u64,
    is_closed: bool,
    is_recorded: bool,
}

/// Something that was kept before an instant.
#[derive(Debug)]
struct Piece {
    session: String,
    end: u64,
    amount: u64,
    waits: bool,
    /// Nobody said so: the slice was over.
    is_assumed: bool,
}

impl Lists {
    fn refuse<T>(what: &str) -> Result<T, StoreError> {
        Err(StoreError::Foreign {
            store: "model".to_owned(),
            what: what.to_owned(),
        })
    }

    fn assume(&mut self, at: u64) {
        for (name, sitting) in &mut self.sessions {
            if !sitting.is_closed && sitting.held > 0 && sitting.until <= at {
                self.pieces.push(Piece {
                    session: name.clone(),
                    end: sitting.until,
                    amount: std::mem::take(&mut sitting.held),
                    waits: true,
                    is_assumed: true,
                });
            }
        }
    }

    /// The pieces of the sessions of which this holds.
    fn pieces_of(&self, of: impl Fn(&Sitting) -> bool) -> impl Iterator<Item = &Piece> {
        self.pieces
            .iter()
            .filter(move |piece| self.sessions.get(&piece.session).is_some_and(&of))
    }

    fn kept(&self, at: u64, period: u64, of: impl Fn(&Sitting) -> bool) -> u64 {
        self.pieces_of(of)
            .filter(|piece| period > at || piece.end > at - period)
            .map(|piece| piece.amount)
            .sum()
    }

    fn held(&self, except: &str, of: impl Fn(&Sitting) -> bool) -> u64 {
        let others = self.sessions.iter().filter(|(name, _)| *name != except);
        others.filter(|(_, one)| of(one)).map(|(_, one)| one.held).sum()
    }

    fn waits(&self, of: impl Fn(&Sitting) -> bool) -> u64 {
        let waiting = self.pieces_of(of).filter(|piece| piece.waits);
        waiting.map(|piece| piece.amount).sum()
    }

    fn calls(&self, at: u64, period: u64, of: impl Fn(&Sitting) -> bool) -> Calls {
        let start = at.saturating_sub(period);
        let mut calls = Calls::default();
        for sitting in self.sessions.values().filter(|one| one.opened >= start && of(one)) {
            calls.offered += 1;
            calls.recorded += u32::from(sitting.is_recorded);
        }
        calls
    }

    fn usage(&self, name: &str, at: u64, caps: &[Caps]) -> Vec<Usage> {
        let Some(own) = self.sessions.get(name) else {
            let spent = Usage {
                employee_used: Millis::MAX,
                programme_used: Millis::MAX,
                unreviewed: Millis::MAX,
            };
            return vec![spent; caps.len()];
        };
        let employee = |one: &Sitting| one.employee == own.employee;
        let programme = |one: &Sitting| one.programme == own.programme;
        caps.iter()
            .map(|caps| Usage {
                employee_used: self.kept(at, caps.employee.per, employee) + self.held(name, employee),
                programme_used: self.kept(at, caps.programme.per, programme) + self.held(name, programme),
                unreviewed: self.waits(programme) + self.held(name, programme),
            })
            .collect()
    }

    /// Gives what is left of the session's slice.
    fn settle(&mut self, name: &str, at: u64, kept: u64) -> u64 {
        let Some(sitting) = self.sessions.get_mut(name) else {
            return 0;
        };
        let before = self.pieces.len();
        self.pieces.retain(|piece| piece.session != name || !piece.is_assumed);
        let end = if self.pieces.len() < before {
            at.max(sitting.until)
        } else {
            at
        };
        let growth = kept.saturating_sub(sitting.said);
        sitting.said += growth;
        if growth > 0 {
            self.pieces.push(Piece {
                session: name.to_owned(),
                end,
                amount: growth,
                waits: true,
                is_assumed: false,
            });
        }
        sitting.held.saturating_sub(growth)
    }

    fn reserve(&mut self, asked: &Reservation<'_>) -> Granted {
        let at = asked.at.as_millis();
        self.assume(at);
        let is_open = self.sessions.get(asked.session).is_some_and(|one| !one.is_closed);
        let left = if is_open {
            self.settle(asked.session, at, asked.kept)
        } else {
            0
        };
        let usage = self.usage(asked.session, at, asked.caps);
        let mut slice = asked.wanted.min(MAX_SLICE);
        for (caps, usage) in asked.caps.iter().zip(&usage) {
            slice = slice
                .min(caps.employee.limit.saturating_sub(usage.employee_used))
                .min(caps.programme.limit.saturating_sub(usage.programme_used))
                .min(caps.unreviewed.saturating_sub(usage.unreviewed));
        }
        slice = if is_open { slice.max(left) } else { 0 };
        if let Some(sitting) = self.sessions.get_mut(asked.session).filter(|_| is_open) {
            sitting.held = slice;
            sitting.until = asked.until.as_millis();
        }
        Granted { slice, usage }
    }
}

impl Model {
    fn lists<T>(&self, work: impl FnOnce(&mut Lists) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Ledger for Model {
    fn name(&self) -> String {
        "model".to_owned()
    }

    fn identity(&self) -> Result<LedgerIdentity, StoreError> {
        Ok(LedgerIdentity([0; 16]))
    }

    fn offer(&self, call: &Offer<'_>) -> Result<Vec<Calls>, StoreError> {
        let names = [call.session, call.employee, call.programme];
        if names.iter().any(|name| name.len() > MAX_TOKEN || name.contains('\0')) {
            return Lists::refuse("a name that no ledger takes");
        }
        let at = call.at.as_millis();
        self.lists(|lists| {
            if lists.sessions.contains_key(call.session) {
                return Lists::refuse("offered before");
            }
            lists.assume(at);
            let same = |one: &Sitting| one.employee == call.employee && one.programme == call.programme;
            let counted = call.periods.iter().map(|period| {
                let before = lists.calls(at, *period, same);
                Calls {
                    offered: before.offered + 1,
                    recorded: before.recorded,
                }
            });
            let counted = counted.collect();
            let sitting = Sitting {
                employee: call.employee.to_owned(),
                programme: call.programme.to_owned(),
                opened: at,
                until: at,
                said: 0,
                held: 0,
                is_closed: false,
                is_recorded: true,
            };
            lists.sessions.insert(call.session.to_owned(), sitting);
            Ok(counted)
        })
    }

    fn reserve(&self, asked: &[Reservation<'_>]) -> Result<Vec<Granted>, StoreError> {
        if asked.iter().any(|asked| asked.kept > MAX_KEPT) {
            return Lists::refuse("a length that is none");
        }
        self.lists(|lists| Ok(asked.iter().map(|asked| lists.reserve(asked)).collect()))
    }

    fn close(&self, end: &Closing<'_>) -> Result<(), StoreError> {
        let at = end.at.as_millis();
        if end.kept > MAX_KEPT {
            return Lists::refuse("a length that is none");
        }
        self.lists(|lists| {
            let is_closed = lists.sessions.get(end.session).map(|sitting| sitting.is_closed);
            if is_closed.is_none() && end.kept > 0 {
                return Lists::refuse("never offered");
            }
            lists.assume(at);
            if is_closed != Some(false) {
                return Ok(());
            }
            lists.settle(end.session, at, end.kept);
            if let Some(sitting) = lists.sessions.get_mut(end.session) {
                sitting.held = 0;
                sitting.is_closed = true;
                sitting.is_recorded = sitting.said > 0;
            }
            let own = lists.pieces.iter_mut().filter(|piece| piece.session == end.session);
            own.for_each(|piece| piece.waits &= end.to_review);
            Ok(())
        })
    }

    fn reviewed(&self, review: &Review<'_>) -> Result<Millis, StoreError> {
        self.lists(|lists| {
            let sessions = &lists.sessions;
            let is_reviewed = |piece: &Piece| match review {
                Review::Session(name) => piece.session == *name,
                Review::Programme { programme, before } => {
                    let of = sessions.get(&piece.session);
                    of.is_some_and(|of| of.programme == *programme) && piece.end <= before.as_millis()
                }
            };
            let mut released = 0;
            for piece in lists
                .pieces
                .iter_mut()
                .filter(|piece| piece.waits && is_reviewed(piece))
            {
                piece.waits = false;
                released += piece.amount;
            }
            Ok(released)
        })
    }

    fn unfinished(&self, at: Timestamp) -> Result<Vec<Unfinished>, StoreError> {
        self.lists(|lists| {
            let over = |one: &Sitting| !one.is_closed && one.until <= at.as_millis();
            let open = lists.sessions.iter().filter(|(_, one)| over(one));
            let mut unfinished: Vec<Unfinished> = open
                .map(|(name, one)| {
                    let pieces = lists.pieces.iter().filter(|piece| piece.session == *name);
                    Unfinished {
                        session: name.clone(),
                        opened_at: Timestamp::from_millis(one.opened),
                        until: Timestamp::from_millis(one.until),
                        at_most: one.held + pieces.map(|piece| piece.amount).sum::<u64>(),
                    }
                })
                .collect();
            unfinished.sort_by(|a, b| (a.opened_at, &a.session).cmp(&(b.opened_at, &b.session)));
            Ok(unfinished)
        })
    }

    fn balances(&self, at: Timestamp, per: Millis) -> Result<Vec<Balance>, StoreError> {
        let at = at.as_millis();
        self.lists(|lists| {
            let mut all: Vec<Whose> = Vec::new();
            for sitting in lists.sessions.values() {
                all.push(Whose::Employee(sitting.employee.clone()));
                all.push(Whose::Programme(sitting.programme.clone()));
            }
            all.sort();
            all.dedup();
            let balances = all.into_iter().map(|whose| {
                let of = |one: &Sitting| match &whose {
                    Whose::Employee(token) => one.employee == *token,
                    Whose::Programme(name) => one.programme == *name,
                };
                // What is over at that instant, although nobody has assumed it yet.
                let overdue = |one: &Sitting| of(one) && !one.is_closed && one.until <= at;
                let counts = |one: &Sitting| overdue(one) && (per > at || one.until > at - per);
                Balance {
                    kept: lists.kept(at, per, of) + lists.held("", counts),
                    held: lists.held("", of) - lists.held("", overdue),
                    unreviewed: lists.waits(of) + lists.held("", overdue),
                    calls: lists.calls(at, per, of),
                    of: whose.clone(),
                }
            });
            Ok(balances.collect())
        })
    }
}
