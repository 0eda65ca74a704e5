//! What a session decided, from its opening on: runs of frames with one verdict, and the facts that each
//! began with.

use gardefou_policy::facts::Usage;
use gardefou_policy::types::{Action, Millis, Rect, Timestamp, WindowKind};

use super::combine::Why;
use super::told::Snapshot;

/// More runs than that in one session cannot be told one by one: it ends there. That is a change of verdict
/// at every frame, five times a second, for almost an hour.
pub(crate) const MOST_RUNS: usize = 16_384;

/// Frames with one verdict.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    /// Its time: each frame counts to the next one, at most an interval.
    pub(crate) length: Millis,
    pub(crate) action: Action,
    pub(crate) why: Why,
    pub(crate) facts: Facts,
}

/// What was known at the first frame of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) call: Snapshot,
    pub(crate) surface: (u32, u32),
    pub(crate) windows: Vec<Seen>,
    pub(crate) facts_from: Timestamp,
    pub(crate) facts_to: Timestamp,
    pub(crate) usage: Usage,
}

/// A window, without its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Seen {
    pub(crate) kind: WindowKind,
    pub(crate) inner: Rect,
    pub(crate) outer: Rect,
}

/// The runs of a session.
#[derive(Debug)]
pub(crate) struct Chronicle {
    interval: Millis,
    runs: Vec<Run>,
}

impl Chronicle {
    pub(crate) fn new(interval: Millis) -> Self {
        Self {
            interval,
            runs: Vec::new(),
        }
    }

    /// Whether one more run cannot be told.
    pub(crate) const fn is_full(&self) -> bool {
        self.runs.len() >= MOST_RUNS
    }

    /// A frame was decided. Allocates only when the verdict is another one than before.
    pub(crate) fn frame(&mut self, at: Timestamp, action: Action, why: Why, facts: impl FnOnce() -> Facts) {
        if let Some(run) = self.runs.last_mut() {
            run.length = run.length.saturating_add(at.since(run.last).min(self.interval));
            let same = run.action == action && run.why.refusal() == why.refusal() && run.why.policy == why.policy;
            if same {
                run.last = at;
            }
            if same || self.is_full() {
                return;
            }
        }
        self.runs.push(Run {
            first: at,
            last: at,
            length: 0,
            action,
            why,
            facts: facts(),
        });
    }

    /// The runs, once the session is over: the last frame counts an interval.
    pub(crate) fn ended(mut self) -> Vec<Run> {
        if let Some(run) = self.runs.last_mut() {
            run.length = run.length.saturating_add(self.interval);
        }
        self.runs
    }
}
