//! Until when something may be kept.

use std::collections::BTreeMap;

use gardefou_policy::types::{Artefact, Timestamp};

use super::error::CustodyError;
use crate::error::{Fault, FaultKind};
use crate::handle::PolicyHandle;

/// What the policies say about retention, each question asked once.
pub(super) struct Lifetimes<'p> {
    policies: &'p PolicyHandle,
    answers: BTreeMap<(&'static str, Timestamp, String), Timestamp>,
    /// Policies that misbehaved.
    pub(super) faults: Vec<Fault>,
}

impl<'p> Lifetimes<'p> {
    pub(super) const fn of(policies: &'p PolicyHandle) -> Self {
        Self {
            policies,
            answers: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    /// The first instant at which it must be gone.
    ///
    /// A policy that misbehaves, and misbehaves again when it is asked again, does not say that anything may
    /// be kept: it is past its time from the beginning, as under a policy without rules. A runtime that was
    /// shut down says nothing about anything.
    pub(super) fn until(
        &mut self,
        artefact: Artefact,
        collected_at: Timestamp,
        programme: &str,
    ) -> Result<Timestamp, CustodyError> {
        let key = (name(artefact), collected_at, programme.to_owned());
        if let Some(known) = self.answers.get(&key) {
            return Ok(*known);
        }
        let ask = || self.policies.keep_until(artefact, collected_at, programme);
        let until = match ask().or_else(|_| ask()) {
            Ok(until) => until,
            Err(fault) if matches!(fault.kind(), FaultKind::ShutDown) => return Err(CustodyError::Policy(fault)),
            Err(fault) => {
                if !self.faults.contains(&fault) {
                    self.faults.push(fault);
                }
                collected_at
            }
        };
        self.answers.insert(key, until);
        Ok(until)
    }

    /// How many of these, sorted by when they were collected, are past their time: time goes one way, so they
    /// are the first ones.
    pub(super) fn past(
        &mut self,
        artefact: Artefact,
        programme: &str,
        sorted: &[(Timestamp, u64)],
        now: Timestamp,
    ) -> Result<usize, CustodyError> {
        let (mut low, mut high) = (0, sorted.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let Some((collected_at, _)) = sorted.get(middle) else {
                break;
            };
            if self.until(artefact, *collected_at, programme)? <= now {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}

/// Its name in the contract.
pub(super) const fn name(artefact: Artefact) -> &'static str {
    match artefact {
        Artefact::Recording => "recording",
        Artefact::AnonymisedCopy => "anonymised-copy",
        Artefact::Analysis => "analysis",
        Artefact::DecisionRecord => "decision-record",
        Artefact::AccessRecord => "access-record",
        Artefact::Temporary => "temporary",
        Artefact::Other => "other",
    }
}
