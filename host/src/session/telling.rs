//! What is told of a session when it is over: decision records for the journal, a sidecar for the
//! recording.
//!
//! Transitions to `private-call`, `protected-line` and `paused` are counted by day and site, without person
//! or time: a decision record says nothing of them.

mod parts;
mod place;
mod teller;
mod told;

use std::collections::BTreeMap;

use gardefou_policy::facts::{SessionFacts, Usage};
use gardefou_policy::types::{Condition, Millis, Reason, Refusal, Span, Timestamp};

use super::Session;
use super::chronicle::{Chronicle, Run};
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
use place::Places;
use teller::{Call, Teller};
use told::{Telling, Told, is_only_counted};

/// The records of a session that was refused.
pub(super) fn refused(facts: &SessionFacts, policies: &[Digest], why: Why, at: Timestamp, site: &str) -> Vec<Record> {
    // Nobody knew: no line of a mandate, as far as anybody can tell.
    let line = facts.protected_line.known().map_or(LINE_UNKNOWN, |_| 0);
    if is_only_counted(why.reason) {
        let detail = if why.reason == Reason::PROTECTED_LINE { line } else { 0 };
        return vec![count(why.reason, detail, 1, at, site)];
    }
    if !facts.protected_line.is_no() {
        // Whatever refused it first: the record would say whose line it was, and when.
        return vec![count(Reason::PROTECTED_LINE, line, 1, at, site)];
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
        runs: Vec::new(),
        trace: trace.iter().map(value).collect(),
    })]
}

impl Session {
    /// Tells the journal what was decided, closes the books, and gives what is to become of the recording. Of the
    /// segments that are `gone` nothing is told but their discard, whether that is done by now or not.
    pub(super) fn concluded(&mut self, reviewed: Vec<Reviewed>, gone: &[Span], at: Timestamp) -> Finished {
        let chronicle = self.stores.chronicle();
        let sidecar = keeps(&reviewed).then(|| self.sidecar(&chronicle, &reviewed, gone, at));
        let written = match &self.stores.stores {
            Some(stores) => {
                let mut records = counts(&chronicle, self.opened_at, stores.site());
                records.extend(self.records(&reviewed, gone, &chronicle, sidecar.as_ref(), at));
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
        gone: &[Span],
        chronicle: &Chronicle,
        sidecar: Option<&Sidecar>,
        at: Timestamp,
    ) -> Vec<Record> {
        let telling = Telling::of(chronicle);
        let told = telling.told(chronicle, &Places::after(reviewed, gone));
        let of = |record: usize| -> Vec<&Told> {
            let of_it = told.iter().filter(|(of, _)| *of == record);
            of_it.map(|(_, told)| told).collect()
        };
        if reviewed.is_empty() && !told.is_empty() {
            return vec![Record::Decision(self.record(&of(0), None, &telling, at))];
        }
        let last = reviewed.iter().rposition(is_kept);
        let mut records = Vec::new();
        for (n, review) in reviewed.iter().enumerate().filter(|(_, review)| is_kept(review)) {
            let mut record = self.record(&of(n), Some(review), &telling, at);
            record.sidecar = sidecar.filter(|_| Some(n) == last).map(Sidecar::digest);
            records.push(Record::Decision(record));
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

    fn record(&self, told: &[&Told], review: Option<&Reviewed>, telling: &Telling, at: Timestamp) -> DecisionRecord {
        let (outcome, kept) = match review.map(|review| &review.outcome) {
            Some(Outcome::Trim(kept)) => ("trim", Some(*kept)),
            Some(_) => ("keep", None),
            None => ("nothing", None),
        };
        let why = told.last().map(|told| told.why.refusal());
        let permitted = Refusal::of(Reason::PERMITTED);
        let why = if review.is_some() {
            permitted
        } else {
            why.unwrap_or(permitted)
        };
        let mut totals = BTreeMap::new();
        for told in told {
            let total: &mut Millis = totals.entry(told.why.reason.to_string()).or_default();
            *total = total.saturating_add(told.length);
        }
        let teller = self.teller(told, review, telling);
        DecisionRecord {
            at,
            session: self.facts.session.clone(),
            employee: self.facts.employee.clone(),
            programme: self.facts.programme.clone(),
            collected_at: self.opened_at,
            policies: self.deciders(told, review),
            segment: review.map(|review| review.segment),
            outcome: outcome.into(),
            kept,
            reason: why.reason.to_string(),
            detail: why.detail,
            totals,
            call_reference: self.call_reference.clone(),
            sidecar: None,
            runs: teller.runs,
            trace: teller.lines.iter().map(value).collect(),
        }
    }

    /// The policies that decided these frames, and those that reviewed the segment.
    fn deciders(&self, told: &[&Told], review: Option<&Reviewed>) -> Vec<Digest> {
        let really = told.iter().map(|told| told.really);
        let frames = really.reduce(|before, told| span(before.start, told.end));
        let deciders = frames.into_iter().flat_map(|frames| self.stores.in_force(frames));
        let reviewers = review.into_iter().flat_map(|_| self.policies().map(Policy::digest));
        let mut all: Vec<Digest> = Vec::new();
        for digest in deciders.chain(reviewers) {
            if !all.contains(&digest) {
                all.push(digest);
            }
        }
        all
    }

    fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.generation.policies().iter()
    }

    /// The session as the lines of a trace.
    fn teller(&self, told: &[&Told], review: Option<&Reviewed>, telling: &Telling) -> Teller {
        let before = told.first().map_or(Usage::default(), |told| told.facts.usage);
        let opened_at = self.opened_at;
        let mut teller = Teller::default();
        teller.lines.push(session_line(&self.facts, before, opened_at));
        let permitted = Refusal::of(Reason::PERMITTED);
        teller.lines.push(expected(opened_at, "open", permitted));
        let heard = self.call.told();
        let call = Call {
            answered_at: heard.answered_at().map(|at| telling.at(at)),
            hung_up_at: heard.hung_up_at().map(|at| telling.at(at)),
        };
        for told in told {
            teller.run(told, &call, opened_at);
        }
        if let Some(review) = review {
            teller.hung_up(&call);
            let segment = telling.span(review.segment);
            teller.in_the_end(heard.at(self.clock.now()), segment.end);
            if !segment.is_empty() {
                let started_at = segment.start;
                teller.line(segment.end, Event::Segment { started_at });
                let left = left(segment, &review.outcome, telling);
                teller.line(segment.end, Event::Expect(left));
            }
        }
        teller
    }

    fn sidecar(&self, chronicle: &Chronicle, reviewed: &[Reviewed], gone: &[Span], at: Timestamp) -> Sidecar {
        let policies: Vec<Policy> = self.policies().cloned().collect();
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
            parts: parts(chronicle, reviewed, gone, &policies),
        }
    }
}

/// What was left of a segment, on the record's clock: all of it or nothing, where the rest is not told.
fn left(segment: Span, outcome: &Outcome, telling: &Telling) -> Expectation {
    let kept = match outcome {
        Outcome::Trim(kept) => telling.span(*kept),
        Outcome::Keep | Outcome::Discard(_) => segment,
    };
    if kept == segment {
        Expectation::of("keep", Refusal::of(Reason::PERMITTED))
    } else if kept.is_empty() {
        Expectation::of("discard", Refusal::of(Reason::NO_CALL))
    } else {
        Expectation::trimmed(kept)
    }
}

fn is_kept(review: &Reviewed) -> bool {
    !matches!(review.outcome, Outcome::Discard(_))
}

fn keeps(reviewed: &[Reviewed]) -> bool {
    reviewed.iter().any(is_kept)
}

/// The notes of the registers that say of a reason which is only counted that nobody knew.
const LINE_UNKNOWN: u16 = 1;
const CALL_OR_PAUSE_UNKNOWN: u16 = 2;

/// How often each of the reasons came up that are only counted.
fn counts(chronicle: &Chronicle, at: Timestamp, site: &str) -> Vec<Record> {
    let mut often: BTreeMap<(u16, u16), u64> = BTreeMap::new();
    let runs = chronicle.runs().map(|course| course.run);
    for run in runs.filter(|run| is_only_counted(run.why.reason)) {
        let count = often.entry((run.why.reason.0, unknown(run))).or_default();
        *count = count.saturating_add(1);
    }
    let counted = often.into_iter();
    counted
        .map(|((reason, note), often)| count(Reason(reason), note, often, at, site))
        .collect()
}

/// Which note says that nobody knew it, where nobody did: that was no private call, and no pause, as far as anybody
/// can tell.
fn unknown(run: &Run) -> u16 {
    let condition = match run.why.reason {
        Reason::PRIVATE_CALL => Condition::PRIVATE_CALL,
        Reason::PAUSED => Condition::EMPLOYEE_PAUSED,
        _ => return 0,
    };
    if run.facts.call.known.has(condition) {
        0
    } else {
        CALL_OR_PAUSE_UNKNOWN
    }
}

fn count(reason: Reason, note: u16, often: u64, at: Timestamp, site: &str) -> Record {
    let note = match note {
        0 => String::new(),
        note => format!("/{note}"),
    };
    Record::Count(Count {
        day: day(at),
        site: site.to_owned(),
        reason: format!("{reason}{note}"),
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
