//! A session's runs as the lines of a trace.

use gardefou_policy::types::{CallPhase, Condition, Conditions, Rect, Timestamp};

use super::super::chronicle::Seen;
use super::super::told::Snapshot;
use super::super::windows::Placed;
use super::expected;
use super::told::Told;
use crate::trace::{Event, FactsSpan, FrameLine, Identity, Line};

/// Writes the lines of runs, each fact only where it changed.
#[derive(Default)]
pub(super) struct Teller {
    pub(super) lines: Vec<Line>,
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
    pub(super) fn line(&mut self, at: Timestamp, event: Event) {
        self.lines.push(Line { at, event });
    }

    pub(super) fn run(&mut self, told: &Told, answered_at: Option<Timestamp>) {
        let Told { run, before } = told;
        let before = *before;
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
        // The answer comes first: a later line would be one that came late.
        if let Some(answered) = answered_at.filter(|answered| *answered <= at && !self.was_connected()) {
            self.line(answered, Event::Call(CallPhase::Connected));
            self.phase = CallPhase::Connected;
        }
        if phase != self.phase {
            self.line(at, Event::Call(phase));
            self.phase = phase;
        }
    }

    fn was_connected(&self) -> bool {
        self.lines
            .iter()
            .any(|line| matches!(line.event, Event::Call(CallPhase::Connected)))
    }

    /// The review asked under what was known in the end. A pause is no part of it.
    pub(super) fn in_the_end(&mut self, call: Snapshot, at: Timestamp) {
        let pause = Condition::EMPLOYEE_PAUSED.mask();
        let without = |told: Conditions, before: Conditions| Conditions(told.0 & !pause | before.0 & pause);
        let (known, holds) = (without(call.known, self.known), without(call.holds, self.holds));
        self.conditions(known, holds, at);
    }

    /// The review needs to know when the call was answered and hung up, whatever the frames saw of it.
    pub(super) fn hung_up(&mut self, answered_at: Option<Timestamp>, hung_up_at: Option<Timestamp>) {
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
