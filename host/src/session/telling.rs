//! What is told of a session when it is over: decision records for the journal, a sidecar for the
//! recording.
//!
//! Transitions to `private-call`, `protected-line` and `paused` are counted by day and site, without person
//! or time: a decision record says nothing of them.

use std::collections::BTreeMap;

use gardefou_policy::facts::SessionFacts;
use gardefou_policy::types::{CallPhase, Condition, Conditions, Millis, Reason, Rect, Refusal, Span, Timestamp};

use super::call::Snapshot;
use super::chronicle::{Run, Seen};
use super::combine::Why;
use super::finish::Finished;
use super::segment::{Counterpart, Discard, Outcome, Reviewed, span};
use super::windows::Placed;
use super::{Session, Usage};
use crate::clock::wall_clock_now;
use crate::custody::{Part, Sidecar, Title};
use crate::journal::{AccessEvent, AccessRecord, Count, DecisionRecord, Record, day};
use crate::policy::{Digest, Policy};
use crate::stores::Stores;
use crate::trace::{Event, Expectation, FactsSpan, FrameLine, Identity, Line, SessionLine};

/// Whether it is only counted how often that happens.
pub(crate) fn is_only_counted(reason: Reason) -> bool {
    matches!(reason, Reason::PRIVATE_CALL | Reason::PROTECTED_LINE | Reason::PAUSED)
}

/// The records of a session that was refused.
pub(super) fn refused(facts: &SessionFacts, policies: &[Digest], why: Why, at: Timestamp, site: &str) -> Vec<Record> {
    if is_only_counted(why.reason) {
        return vec![count(why.reason, 1, at, site)];
    }
    if facts.protected_line {
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
        let told: Vec<Told<'_>> = told(runs).collect();
        if reviewed.is_empty() && !told.is_empty() {
            records.push(Record::Decision(self.record(&told, None, at)));
        }
        let last = reviewed.len().saturating_sub(1);
        let mut from = Timestamp::MIN;
        for (n, review) in reviewed.iter().enumerate() {
            let until = if n == last { Timestamp::MAX } else { review.segment.end };
            let within = told
                .iter()
                .filter(|told| from <= told.run.first && told.run.first < until);
            let runs: Vec<Told<'_>> = within.copied().collect();
            from = until;
            match &review.outcome {
                Outcome::Discard(_) => {}
                Outcome::Keep | Outcome::Trim(_) => {
                    let mut record = self.record(&runs, Some(review), at);
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

    fn record(&self, runs: &[Told<'_>], review: Option<&Reviewed>, at: Timestamp) -> DecisionRecord {
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
            trace: self.lines(runs, review).iter().map(value).collect(),
        }
    }

    fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.generation.policies().iter()
    }

    /// The session as the lines of a trace.
    fn lines(&self, runs: &[Told<'_>], review: Option<&Reviewed>) -> Vec<Line> {
        let before = runs.first().map_or(Usage::default(), |told| told.run.facts.usage);
        let mut teller = Teller::default();
        teller.lines.push(session_line(&self.facts, before, self.opened_at));
        teller
            .lines
            .push(expected(self.opened_at, "open", Refusal::of(Reason::PERMITTED)));
        for told in runs {
            teller.run(told, self.call.answered_at());
        }
        teller.hung_up(self.call.answered_at(), self.call.hung_up_at());
        teller.in_the_end(self.call.snapshot(), review);
        if let Some(Reviewed { segment, outcome }) = review {
            let started_at = segment.start;
            teller.line(segment.end, Event::Segment { started_at });
            let action = if matches!(outcome, Outcome::Trim(_)) {
                "trim"
            } else {
                "keep"
            };
            teller
                .lines
                .push(expected(segment.end, action, Refusal::of(Reason::PERMITTED)));
        }
        teller.lines
    }

    fn sidecar(&self, runs: &[Run], reviewed: &[Reviewed], at: Timestamp) -> Sidecar {
        let policies: Vec<Policy> = self.policies().cloned().collect();
        let part = |run: &Run| Part {
            from: run.first,
            to: run.last.plus(self.facts.frame_interval),
            kept: run.why.reason == Reason::PERMITTED,
            reason: told_as(run),
            title: if is_hidden(run) {
                withheld()
            } else {
                title(run.why.reason, &policies)
            },
        };
        let mut parts: Vec<Part> = runs.iter().map(part).collect();
        let starts: Vec<Timestamp> = parts.iter().skip(1).map(|part| part.from).collect();
        for (part, next) in parts.iter_mut().zip(starts) {
            part.to = part.to.min(next);
        }
        let kept = left(reviewed);
        let parts = parts.into_iter().flat_map(|part| cut(part, &kept)).collect();
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

/// What a part of the recording is called: a pause, like a private call, is nobody's business.
fn told_as(run: &Run) -> String {
    if is_hidden(run) {
        "withheld".into()
    } else {
        run.why.reason.to_string()
    }
}

fn withheld() -> Title {
    Title {
        fr: "Non enregistré, sans indication de motif".into(),
        en: "Not recorded, without a reason given".into(),
    }
}

/// What is left of the recording once it was reviewed, in order.
fn left(reviewed: &[Reviewed]) -> Vec<Span> {
    let left = reviewed.iter().filter_map(|review| match review.outcome {
        Outcome::Keep => Some(review.segment),
        Outcome::Trim(kept) => Some(kept),
        Outcome::Discard(_) => None,
    });
    let mut left: Vec<Span> = left.collect();
    left.sort_by_key(|span| span.start);
    left
}

/// A part that was kept at first, cut where the review took something away: that lay outside the call.
fn cut(part: Part, left: &[Span]) -> Vec<Part> {
    if !part.kept {
        return vec![part];
    }
    let mut parts = Vec::new();
    let mut from = part.from;
    let gone = |from, to| Part {
        from,
        to,
        kept: false,
        reason: Reason::NO_CALL.to_string(),
        title: title(Reason::NO_CALL, &[]),
    };
    for span in left {
        let (start, end) = (span.start.max(from), span.end.min(part.to));
        if start >= end {
            continue;
        }
        if from < start {
            parts.push(gone(from, start));
        }
        parts.push(Part {
            from: start,
            to: end,
            ..part.clone()
        });
        from = end;
    }
    if from < part.to {
        parts.push(gone(from, part.to));
    }
    parts
}

/// What to show for a reason: the register's title, or that of the policy that it is the own reason of.
fn title(reason: Reason, policies: &[Policy]) -> Title {
    if let Some(info) = reason.info() {
        return Title {
            fr: info.french.to_owned(),
            en: info.english.to_owned(),
        };
    }
    let mut notes = policies.iter().flat_map(|policy| &policy.description().notes);
    let note = notes.find(|note| note.reason == reason && note.detail == 0);
    let text =
        |pick: fn(&crate::Text) -> &String| note.map_or_else(|| reason.to_string(), |note| pick(&note.title).clone());
    Title {
        fr: text(|title| &title.french),
        en: text(|title| &title.english),
    }
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

/// A run that is told, and when the frame before it was, of whatever run.
#[derive(Clone, Copy)]
struct Told<'a> {
    run: &'a Run,
    before: Option<Timestamp>,
}

fn told(runs: &[Run]) -> impl Iterator<Item = Told<'_>> {
    let before = std::iter::once(None).chain(runs.iter().map(|run| Some(run.last)));
    let all = runs.iter().zip(before).map(|(run, before)| Told { run, before });
    all.filter(|told| !is_hidden(told.run))
}

/// Whether nothing may be told of a run: also where another reason came first, its facts would say that the
/// employee paused, or that the call was private.
fn is_hidden(run: &Run) -> bool {
    let holds = run.facts.call.holds;
    is_only_counted(run.why.reason) || holds.has(Condition::PRIVATE_CALL) || holds.has(Condition::EMPLOYEE_PAUSED)
}

/// Writes the lines of runs, each fact only where it changed.
#[derive(Default)]
struct Teller {
    lines: Vec<Line>,
    phase: CallPhase,
    known: Conditions,
    holds: Conditions,
    windows: Vec<Seen>,
    surface: (u32, u32),
    placed: bool,
    /// The frame that was told last.
    last: Option<Timestamp>,
}

impl Teller {
    fn line(&mut self, at: Timestamp, event: Event) {
        self.lines.push(Line { at, event });
    }

    fn run(&mut self, told: &Told<'_>, answered_at: Option<Timestamp>) {
        let Told { run, before } = *told;
        let facts = &run.facts;
        if let Some(at) = before.filter(|_| before != self.last) {
            self.hole(at, facts.surface);
        }
        self.last = Some(run.last);
        self.phase(facts.call.phase, run.first, answered_at);
        self.conditions(facts.call.known, facts.call.holds, run.first);
        self.line(run.first, Event::Usage(facts.usage));
        self.kinds(&facts.windows, run.first);
        let new = !self.placed || self.surface != facts.surface || self.windows != facts.windows;
        let frame = FrameLine {
            surface: new.then_some(facts.surface),
            windows: new.then(|| placed(&facts.windows)),
            facts: Some(FactsSpan {
                from: facts.facts_from,
                to: facts.facts_to,
            }),
        };
        self.windows.clone_from(&facts.windows);
        (self.surface, self.placed) = (facts.surface, true);
        self.line(run.first, Event::Frame(frame));
        self.lines
            .push(expected(run.first, run.action.name(), run.why.refusal()));
        if run.last > run.first {
            let passed = run.last.since(run.first);
            let facts = FactsSpan {
                from: facts.facts_from.plus(passed),
                to: facts.facts_to.plus(passed),
            };
            let last = FrameLine {
                facts: Some(facts),
                ..FrameLine::default()
            };
            self.line(run.last, Event::Frame(last));
        }
    }

    /// A frame of which nothing is told but that there was one: it ends a hole. It shows no window, so that
    /// nothing of it is kept.
    fn hole(&mut self, at: Timestamp, (width, height): (u32, u32)) {
        let whole = Rect::new(0, 0, width, height);
        let nothing = Placed {
            id: u32::MAX,
            inner: whole,
            outer: whole,
        };
        let frame = FrameLine {
            surface: Some((width, height)),
            windows: Some(vec![nothing]),
            facts: None,
        };
        self.line(at, Event::Frame(frame));
        self.placed = false;
    }

    fn phase(&mut self, phase: CallPhase, at: Timestamp, answered_at: Option<Timestamp>) {
        if phase == self.phase {
            return;
        }
        let first = answered_at.filter(|_| phase == CallPhase::Connected && !self.was_connected());
        self.line(first.unwrap_or(at), Event::Call(phase));
        self.phase = phase;
    }

    fn was_connected(&self) -> bool {
        self.lines
            .iter()
            .any(|line| matches!(line.event, Event::Call(CallPhase::Connected)))
    }

    /// The review asked under what was known in the end. A pause is no part of it.
    fn in_the_end(&mut self, call: Snapshot, review: Option<&Reviewed>) {
        let Some(review) = review else { return };
        let pause = Condition::EMPLOYEE_PAUSED.mask();
        let without = |told: Conditions, before: Conditions| Conditions(told.0 & !pause | before.0 & pause);
        let (known, holds) = (without(call.known, self.known), without(call.holds, self.holds));
        self.conditions(known, holds, review.segment.end);
    }

    /// The review needs to know when the call was answered and hung up, whatever the frames saw of it.
    fn hung_up(&mut self, answered_at: Option<Timestamp>, hung_up_at: Option<Timestamp>) {
        let over = matches!(self.phase, CallPhase::AfterCall | CallPhase::None);
        if let Some(at) = answered_at.filter(|_| !self.was_connected()) {
            self.line(at, Event::Call(CallPhase::Connected));
        }
        if let Some(at) = hung_up_at.filter(|_| !(over && self.was_connected())) {
            self.line(at, Event::Call(CallPhase::AfterCall));
        }
    }

    fn conditions(&mut self, known: Conditions, holds: Conditions, at: Timestamp) {
        let state = |known: Conditions, holds: Conditions, c: Condition| known.has(c).then(|| holds.has(c));
        let changed = Condition::ALL.into_iter().filter_map(|condition| {
            let now = state(known, holds, condition);
            (now != state(self.known, self.holds, condition)).then_some((condition, now))
        });
        let changed: Vec<_> = changed.collect();
        if !changed.is_empty() {
            self.line(at, Event::Conditions(changed));
        }
        (self.known, self.holds) = (known, holds);
    }

    /// Windows have their places in the list for numbers.
    fn kinds(&mut self, windows: &[Seen], at: Timestamp) {
        for (n, window) in windows.iter().enumerate() {
            if self.windows.get(n).map(|before| before.kind) != Some(window.kind) {
                let id = u32::try_from(n).unwrap_or(u32::MAX);
                let identity = Identity::Kind(window.kind);
                self.line(at, Event::Window { id, identity });
            }
        }
    }
}

fn placed(windows: &[Seen]) -> Vec<Placed> {
    let placed = windows.iter().enumerate().map(|(n, window)| Placed {
        id: u32::try_from(n).unwrap_or(u32::MAX),
        inner: window.inner,
        outer: window.outer,
    });
    placed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_part_is_cut_where_the_review_took_something_away() {
        let part = |from, to, kept| Part {
            from: at(from),
            to: at(to),
            kept,
            reason: if kept { "permitted" } else { "no-call" }.into(),
            title: title(if kept { Reason::PERMITTED } else { Reason::NO_CALL }, &[]),
        };
        let left = [span(at(10), at(20)), span(at(20), at(30)), span(at(40), at(50))];
        assert_eq!(cut(part(0, 5, false), &left), [part(0, 5, false)]);
        assert_eq!(cut(part(10, 30, true), &left), [part(10, 20, true), part(20, 30, true)]);
        assert_eq!(
            cut(part(5, 60, true), &left),
            [
                part(5, 10, false),
                part(10, 20, true),
                part(20, 30, true),
                part(30, 40, false),
                part(40, 50, true),
                part(50, 60, false),
            ]
        );
        assert_eq!(cut(part(0, 5, true), &left), [part(0, 5, false)]);
    }
}
