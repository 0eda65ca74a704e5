//! A session's runs as the lines of a trace.

use gardefou_policy::types::{CallPhase, Condition, Conditions, Reason, Rect, Timestamp};

use super::super::chronicle::Seen;
use super::super::history::HORIZON;
use super::super::told::Snapshot;
use super::super::windows::Placed;
use super::expected;
use super::told::{Before, Told};
use crate::journal::Frames;
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
    was_connected: bool,
    /// How many frames each run has.
    pub(super) runs: Vec<Frames>,
}

/// When the call was answered and hung up, on the record's clock.
pub(super) struct Call {
    pub(super) answered_at: Option<Timestamp>,
    pub(super) hung_up_at: Option<Timestamp>,
}

impl Teller {
    pub(super) fn line(&mut self, at: Timestamp, event: Event) {
        self.lines.push(Line { at, event });
    }

    /// These frames. `opened_at` is when the session was opened, on the record's clock.
    pub(super) fn run(&mut self, told: &Told, call: &Call, opened_at: Timestamp) {
        let facts = &told.facts;
        match told.before {
            Before::Elsewhere(at) => self.hole(at, facts.surface),
            // Somewhere in what is not told; where, is not told either.
            Before::Untold if told.why.reason == Reason::STILL_IMAGE => self.hole(opened_at, facts.surface),
            Before::InSight | Before::Untold => {}
        }
        self.phase(facts.call.phase, told.first, call);
        self.conditions(facts.call.known, facts.call.holds, told.first);
        self.line(told.first, Event::Usage(facts.usage));
        self.kinds(&facts.windows, told.first);
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
        self.asked(told, told.first);
        self.line(told.first, Event::Frame(frame));
        self.lines
            .push(expected(told.first, told.action.name(), told.why.refusal()));
        self.runs.push(Frames {
            frames: told.frames,
            time: told.time,
        });
        if told.frames > 1 {
            let passed = told.last.since(told.first);
            let facts = FactsSpan {
                from: facts.facts_from.plus(passed),
                to: facts.facts_to.plus(passed),
            };
            let last = FrameLine {
                facts: Some(facts),
                ..FrameLine::default()
            };
            self.asked(told, told.last);
            self.line(told.last, Event::Frame(last));
        }
    }

    /// A frame that was asked about too late stands below a line that is so much later. How late exactly makes no
    /// difference: that line says the least that is too late.
    fn asked(&mut self, told: &Told, at: Timestamp) {
        if told.facts.late {
            self.line(at.plus(HORIZON).plus(1), Event::Conditions(Vec::new()));
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

    fn phase(&mut self, phase: CallPhase, at: Timestamp, call: &Call) {
        // The answer comes first: a later line would be one that came late.
        if let Some(answered) = call.answered_at.filter(|answered| *answered <= at) {
            self.answered(answered);
        }
        if phase != self.phase {
            // Once hung up is hung up at its own instant; one that was announced counts from its announcement on.
            let was_over = self.is_over();
            self.phase = phase;
            let hangs_up = self.is_over() && !was_over;
            let since = call.hung_up_at.filter(|hung_up| hangs_up && *hung_up <= at);
            self.line(since.unwrap_or(at), Event::Call(phase));
        }
    }

    fn answered(&mut self, at: Timestamp) {
        if !self.was_connected {
            self.line(at, Event::Call(CallPhase::Connected));
            self.phase = CallPhase::Connected;
            self.was_connected = true;
        }
    }

    fn is_over(&self) -> bool {
        self.phase == CallPhase::AfterCall || self.was_connected && self.phase == CallPhase::None
    }

    /// The review asked under what was known in the end, when every frame had been asked about. A pause is no part
    /// of it.
    pub(super) fn in_the_end(&mut self, call: Snapshot, at: Timestamp) {
        let pause = Condition::EMPLOYEE_PAUSED.mask();
        let without = |told: Conditions, before: Conditions| Conditions(told.0 & !pause | before.0 & pause);
        let (known, holds) = (without(call.known, self.known), without(call.holds, self.holds));
        let latest = self.lines.iter().map(|line| line.at).max().unwrap_or(at);
        self.conditions(known, holds, at.max(latest));
    }

    /// The review needs to know when the call was answered and hung up, whatever the frames saw of it.
    pub(super) fn hung_up(&mut self, call: &Call) {
        if let Some(at) = call.answered_at {
            self.answered(at);
        }
        if let Some(at) = call.hung_up_at.filter(|_| !self.is_over()) {
            self.line(at, Event::Call(CallPhase::AfterCall));
            self.phase = CallPhase::AfterCall;
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
