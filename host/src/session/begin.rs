//! The opening of a session: what the ledger counts, and what the floor and every policy say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gardefou_policy::facts::{Calls, SessionFacts};
use gardefou_policy::opening;
use gardefou_policy::order::Question;
use gardefou_policy::types::{Refusal, Timestamp};

use super::answer::Opening;
use super::call::CallFacts;
use super::combine::{Why, refusals};
use super::kept::Kept;
use super::regions::Regions;
use super::seat::{NotOpen, Prepared, Seat, counted};
use super::usage::Tally;
use super::windows::Windows;
use super::{Session, storekeeping};
use crate::clock::Clock;
use crate::error::Fault;
use crate::floor::Floor;
use crate::handle::{Generation, PolicyHandle};
use crate::policy::Digest;

impl Session {
    /// Asks the floor and every policy whether the session may open.
    /// Gives the facts that it was asked with, too: where there is a ledger, that counted the calls. `call`:
    /// what was told of it before it opened.
    pub(crate) fn open(
        handle: PolicyHandle,
        facts: SessionFacts,
        at: Timestamp,
        clock: Clock,
        call: Option<CallFacts>,
    ) -> Result<(Opening, SessionFacts), Fault> {
        // What is above a limit reaches neither a policy nor a store.
        if !facts.are_within_limits()
            && let Err(why) = open_floor(&facts, &[], at)
        {
            return Ok((Opening::Refused(Why::new(why, Digest::FLOOR, Timestamp::MAX)), facts));
        }
        let generation = handle.generation();
        let prepared = match prepared(&generation, &facts.programme) {
            Ok(prepared) => prepared,
            Err(fault) => {
                storekeeping::faulted_before(&handle, &facts, &fault, at);
                return Err(fault);
            }
        };
        let storekeeper = match storekeeping::Opening::offer(&handle, &facts, &prepared, at) {
            Ok(storekeeper) => storekeeper,
            Err(why) => return Ok((Opening::Refused(why), facts)),
        };
        let counted = storekeeper.counted();
        let asked = ask(prepared, &facts, storekeeper.calls(), at);
        let (floor, seats) = match asked {
            Ok(Ok(open)) => open,
            Ok(Err(why)) => {
                storekeeper.refused(why);
                return Ok((Opening::Refused(why), counted));
            }
            Err(fault) => {
                storekeeper.faulted(&fault);
                return Err(fault);
            }
        };
        let interval = counted.frame_interval;
        let mut tally = Tally::new(interval);
        let stores = match storekeeper.opened(&generation, &seats, clock.clone(), &mut tally) {
            Ok(stores) => stores,
            Err(why) => return Ok((Opening::Refused(why), counted)),
        };
        let call = call.unwrap_or_else(|| CallFacts::new(clock.clone(), handle.generations()));
        handle.joined();
        let session = Self {
            handle,
            generation,
            facts: counted.clone(),
            clock,
            hearing: call.hearing(),
            call: call.clone(),
            floor,
            seats,
            in_force_from: None,
            windows: Windows::default(),
            tally,
            faults: Vec::new(),
            latest: None,
            margin: 0,
            reuse: true,
            opened_at: at,
            segments: BTreeSet::new(),
            gone: BTreeMap::new(),
            kept: Kept::new(at),
            last: None,
            regions: Regions::default(),
            stores,
            call_reference: None,
        };
        Ok((Opening::Open(session, call), counted))
    }
}

/// An instance of each policy, and what it says of the programme.
fn prepared(generation: &Arc<Generation>, programme: &str) -> Result<Vec<Prepared>, Fault> {
    let policies = generation.policies().iter();
    policies.map(|policy| Prepared::new(policy, None, programme)).collect()
}

type Open = (opening::Session, Vec<Seat>);

/// Asks the policies, and the floor under the counters of each of them.
fn ask(
    prepared: Vec<Prepared>,
    facts: &SessionFacts,
    calls: &[Calls],
    at: Timestamp,
) -> Result<Result<Open, Why>, Fault> {
    let mut refused = Vec::new();
    let mut seats = Vec::with_capacity(prepared.len());
    for (n, prepared) in prepared.into_iter().enumerate() {
        let digest = prepared.digest();
        match prepared.open(facts, calls.get(n).copied(), at) {
            Ok(seat) => seats.push(seat),
            Err(NotOpen::Refused(why)) => refused.push((digest, why)),
            Err(NotOpen::Fault(fault)) => return Err(fault),
        }
    }
    let floor = open_floor(facts, calls, at);
    refused.extend(floor.as_ref().err().map(|why| (Digest::FLOOR, *why)));
    Ok(match (refusals(Question::Open, refused.into_iter()), floor) {
        (None, Ok(floor)) => Ok((floor, seats)),
        (Some(why), _) => Err(why),
        (None, Err(why)) => Err(Why::new(why, Digest::FLOOR, Timestamp::MAX)),
    })
}

/// The floor has no sampling period of its own: it holds over that of every policy.
fn open_floor(facts: &SessionFacts, calls: &[Calls], at: Timestamp) -> Result<opening::Session, Refusal> {
    let rules = Floor::shared().rules();
    let under = |calls: Option<Calls>| opening::open(rules, &counted(calls, facts), at);
    let mut each = calls.iter().map(|calls| under(Some(*calls)));
    let first = each.next().unwrap_or_else(|| under(None))?;
    each.try_fold(first, |_, open| open)
}
