//! What is told of a session when it is over: decision records for the journal, a sidecar for the
//! recording.
//!
//! Transitions to `private-call`, `protected-line` and `paused` are counted by day and site, without person
//! or time: a decision record says nothing of them.

mod parts;
mod teller;
mod told;

use std::collections::BTreeMap;

use gardefou_policy::facts::{SessionFacts, Usage};
use gardefou_policy::types::{Millis, Reason, Refusal, Span, Timestamp};

use super::Session;
use super::chronicle::Run;
use super::combine::Why;
use super::finish::Finished;
use super::segment::{Counterpart, Discard, Outcome, Reviewed, span};
use crate::clock::wall_clock_now;
use crate::custody::Sidecar;
use crate::journal::{AccessEvent, AccessRecord, Count, DecisionRecord, Record, day};
use crate::policy::{Digest, Policy};
use crate::stores::Stores;
use crate::trace::{Event, Expectation, Line, SessionLine};
use parts::parts;
use teller::Teller;
use told::{Telling, Told, is_only_counted};

/// The records of a session that was refused.
pub(super) fn refused(facts: &SessionFacts, policies: &[Digest], why: Why, at: Timestamp, site: &str) -> Vec<Record> {
    if is_only_counted(why.reason) {
        return vec![count(why.reason, 1, at, site)];
    }
    if !facts.protected_line.is_no() {
        // Whatever refused it first: the record would say whose line it was, and when.
        return vec![count(Reason::PROTECTED_LINE, 1, at, site)];
    }
    let refusal = why.refusal();
    let trace = [
        session_line(facts, Usage::default(), at),
        expected(at, "refuse", refusal),
    ];
    vec![Record::Decision(DecisionRecord {
        at,
        session: facts.session.clone(),
        employee: facts.employee.clone(),
        programme: facts.programme.clone(),
        collected_at: at,
        policies: policies.to_vec(),
        segment: None,
        outcome: "refuse".into(),
        kept: None,
        reason: why.reason.to_string(),
        detail: why.detail,
        totals: BTreeMap::new(),
        call_reference: None,
        sidecar: None,
        trace: trace.iter().map(value).collect(),
    })]
}

impl Session {
    /// Tells the journal what was decided, closes the books, and gives what is to become of the recording.
    pub(super) fn concluded(&mut self, reviewed: Vec<Reviewed>, at: Timestamp) -> Finished {
        let runs = self.stores.runs();
        let sidecar = keeps(&reviewed).then(|| self.sidecar(&runs, &reviewed, at));
        let written = match &self.stores.stores {
            Some(stores) => {
                let records = self.records(&reviewed, &runs, sidecar.as_ref(), at, stores.site());
                stores.journalled(records)
            }
            None => Ok(()),
        };
        let (reviewed, sidecar) = match written {
            Ok(()) => (reviewed, sidecar),
            Err(_) => (self.all_discarded(reviewed, Reason::STORE_UNAVAILABLE), None),
        };
        self.stores.close(&mut self.tally, at, keeps(&reviewed));
        Finished { reviewed, sidecar }
    }

    /// Nothing of it may be kept.
    fn all_discarded(&self, reviewed: Vec<Reviewed>, reason: Reason) -> Vec<Reviewed> {
        let discard = |review: Reviewed| {
            let why = Why::new(Refusal::of(reason), Digest::FLOOR, Timestamp::MAX);
            let outcome = match review.outcome {
                Outcome::Keep | Outcome::Trim(_) => Outcome::Discard(self.discard(review.segment, why)),
                discard @ Outcome::Discard(_) => discard,
            };
            Reviewed { outcome, ..review }
        };
        reviewed.into_iter().map(discard).collect()
    }

    fn records(
        &self,
        reviewed: &[Reviewed],
        runs: &[Run],
        sidecar: Option<&Sidecar>,
        at: Timestamp,
        site: &str,
    ) -> Vec<Record> {
        let mut records = counts(runs, self.opened_at, site);
        let telling = Telling::of(runs, self.facts.frame_interval);
        let told = telling.told(runs, reviewed, self.facts.frame_interval);
        if reviewed.is_empty() && !told.is_empty() {
            let runs: Vec<Told> = told.iter().map(|(_, told)| told.clone()).collect();
            records.push(Record::Decision(self.record(&runs, None, &telling, at)));
        }
        let last = reviewed.len().saturating_sub(1);
        let mut from = Timestamp::MIN;
        for (n, review) in reviewed.iter().enumerate() {
            let until = if n == last { Timestamp::MAX } else { review.segment.end };
            let within = told.iter().filter(|(first, _)| from <= *first && *first < until);
            let runs: Vec<Told> = within.map(|(_, told)| told.clone()).collect();
            from = until;
            match &review.outcome {
                Outcome::Discard(_) => {}
                Outcome::Keep | Outcome::Trim(_) => {
                    let mut record = self.record(&runs, Some(review), &telling, at);
                    record.sidecar = sidecar.filter(|_| n == last).map(Sidecar::digest);
                    records.push(Record::Decision(record));
                }
            }
            if let Outcome::Trim(kept) = review.outcome {
                let counterpart = self.trim_the_pair(review.segment, kept);
                records.push(trimmed(&self.facts.session, review.segment, kept, counterpart, at));
            }
        }
        records
    }

    /// A trim covers the pair. What the call's own recorder could not cut off is to be discarded there.
    fn trim_the_pair(&self, segment: Span, kept: Span) -> Counterpart {
        let stores = self.stores.stores.as_ref();
        let Some(recorder) = stores.and_then(Stores::call_recorder) else {
            return Counterpart::Told;
        };
        let trimmed = recorder.trim(&self.facts.session, self.call_reference.as_deref(), segment, kept);
        trimmed.unwrap_or_else(|_| {
            let why = Why::new(Refusal::of(Reason::NO_CALL), Digest::FLOOR, Timestamp::MAX);
            let around = [(segment.start, kept.start), (kept.end, segment.end)];
            for (start, end) in around.into_iter().filter(|(start, end)| start < end) {
                // The ticket is for whoever asks the handle for open discards.
                let _open = self.discard(span(start, end), why);
            }
            Counterpart::Failed
        })
    }

    fn record(&self, runs: &[Told], review: Option<&Reviewed>, telling: &Telling, at: Timestamp) -> DecisionRecord {
        let (outcome, kept) = match review.map(|review| &review.outcome) {
            Some(Outcome::Trim(kept)) => ("trim", Some(*kept)),
            Some(_) => ("keep", None),
            None => ("nothing", None),
        };
        let why = runs.last().map(|told| told.run.why.refusal());
        let permitted = Refusal::of(Reason::PERMITTED);
        let why = if review.is_some() {
            permitted
        } else {
            why.unwrap_or(permitted)
        };
        let mut totals = BTreeMap::new();
        for Told { run, .. } in runs {
            let total: &mut Millis = totals.entry(run.why.reason.to_string()).or_default();
            *total = total.saturating_add(run.length);
        }
        DecisionRecord {
            at,
            session: self.facts.session.clone(),
            employee: self.facts.employee.clone(),
            programme: self.facts.programme.clone(),
            collected_at: self.opened_at,
            policies: self.policies().map(Policy::digest).collect(),
            segment: review.map(|review| review.segment),
            outcome: outcome.into(),
            kept,
            reason: why.reason.to_string(),
            detail: why.detail,
            totals,
            call_reference: self.call_reference.clone(),
            sidecar: None,
            trace: self.lines(runs, review, telling).iter().map(value).collect(),
        }
    }

    fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.generation.policies().iter()
    }

    /// The session as the lines of a trace.
    fn lines(&self, runs: &[Told], review: Option<&Reviewed>, telling: &Telling) -> Vec<Line> {
        let before = runs.first().map_or(Usage::default(), |told| told.run.facts.usage);
        let mut teller = Teller::default();
        teller.lines.push(session_line(&self.facts, before, self.opened_at));
        teller
            .lines
            .push(expected(self.opened_at, "open", Refusal::of(Reason::PERMITTED)));
        let call = self.call.told();
        let answered_at = call.answered_at().map(|at| telling.at(at));
        for told in runs {
            teller.run(told, answered_at);
        }
        teller.hung_up(answered_at, call.hung_up_at().map(|at| telling.at(at)));
        if let Some(Reviewed { segment, outcome }) = review {
            let segment = telling.span(*segment);
            teller.in_the_end(call.at(self.clock.now()), segment.end);
            let started_at = segment.start;
            teller.line(segment.end, Event::Segment { started_at });
            teller.line(
                segment.end,
                Event::Expect(match outcome {
                    Outcome::Trim(kept) => Expectation::trimmed(telling.span(*kept)),
                    Outcome::Keep | Outcome::Discard(_) => Expectation::of("keep", Refusal::of(Reason::PERMITTED)),
                }),
            );
        }
        teller.lines
    }

    fn sidecar(&self, runs: &[Run], reviewed: &[Reviewed], at: Timestamp) -> Sidecar {
        let policies: Vec<Policy> = self.policies().cloned().collect();
        let parts = parts(runs, reviewed, self.facts.frame_interval, &policies);
        Sidecar {
            format: 1,
            session: self.facts.session.clone(),
            employee: self.facts.employee.clone(),
            programme: self.facts.programme.clone(),
            call_reference: self.call_reference.clone(),
            notice_version: self.facts.employee_notice.as_ref().map(|notice| notice.version.clone()),
            mode: self.facts.mode,
            policies: policies.iter().map(Policy::digest).collect(),
            collected_at: self.opened_at,
            ended_at: at,
            parts,
        }
    }
}

fn keeps(reviewed: &[Reviewed]) -> bool {
    reviewed
        .iter()
        .any(|review| !matches!(review.outcome, Outcome::Discard(_)))
}

/// How often each of the reasons came up that are only counted.
fn counts(runs: &[Run], at: Timestamp, site: &str) -> Vec<Record> {
    let mut often: BTreeMap<u16, u64> = BTreeMap::new();
    for run in runs.iter().filter(|run| is_only_counted(run.why.reason)) {
        let count = often.entry(run.why.reason.0).or_default();
        *count = count.saturating_add(1);
    }
    let counted = often.into_iter();
    counted
        .map(|(reason, often)| count(Reason(reason), often, at, site))
        .collect()
}

fn count(reason: Reason, often: u64, at: Timestamp, site: &str) -> Record {
    Record::Count(Count {
        day: day(at),
        site: site.to_owned(),
        reason: reason.to_string(),
        count: often,
    })
}

/// A discard is opened. It says no reason: else those without one would be the private calls.
pub(crate) fn discard(discard: &Discard) -> Record {
    Record::Access(AccessRecord {
        at: wall_clock_now(),
        event: AccessEvent::Discard {
            session: discard.session.clone(),
            segment: discard.segment,
            reason: None,
        },
    })
}

/// A discard is done.
pub(crate) fn discarded(discard: &Discard, counterpart: Counterpart) -> Record {
    Record::Access(AccessRecord {
        at: wall_clock_now(),
        event: AccessEvent::Discarded {
            session: discard.session.clone(),
            segment: discard.segment,
            counterpart,
        },
    })
}

fn trimmed(session: &str, segment: Span, kept: Span, counterpart: Counterpart, at: Timestamp) -> Record {
    Record::Access(AccessRecord {
        at,
        event: AccessEvent::Trimmed {
            session: session.to_owned(),
            segment,
            kept,
            counterpart,
        },
    })
}

fn session_line(facts: &SessionFacts, usage: Usage, at: Timestamp) -> Line {
    let facts = facts.clone();
    Line {
        at,
        event: Event::Session(Box::new(SessionLine {
            facts,
            usage: Some(usage),
        })),
    }
}

fn expected(at: Timestamp, action: &str, why: Refusal) -> Line {
    Line {
        at,
        event: Event::Expect(Expectation::of(action, why)),
    }
}

fn value(line: &Line) -> serde_json::Value {
    serde_json::to_value(line).unwrap_or_default()
}
