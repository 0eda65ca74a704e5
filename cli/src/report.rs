//! What was decided over a call, gathered for a reader: spells of time instead of frames.

use std::collections::HashMap;

use gardefou::trace::{Answer, Decided, Event, Fate, Line};
use gardefou::{
    Access, Action, Artefact, CallPhase, Digest, Millis, Obligations, Reason, Refusal, SessionFacts, Timestamp, Why,
};

/// How a frame ended up, as a lane of the timeline.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Outcome {
    /// Kept, with every window on it.
    Whole,
    /// Kept, with windows blanked.
    Partly,
    /// Not recorded.
    Skipped,
    /// The recording ends.
    Stopped,
}

/// An outcome and its reason.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Verdict {
    /// What became of the frame.
    pub(crate) outcome: Outcome,
    /// Why.
    pub(crate) cause: Cause,
}

/// A reason, as a policy gave it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Cause {
    /// The reason, and which part of the rules.
    pub(crate) refusal: Refusal,
    /// Whose notes say more.
    pub(crate) policy: Digest,
}

impl From<Why> for Cause {
    fn from(why: Why) -> Self {
        Self {
            refusal: why.refusal(),
            policy: why.policy,
        }
    }
}

/// A time through which one verdict held.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Spell {
    /// What held.
    pub(crate) verdict: Verdict,
    /// Its first instant.
    pub(crate) start: Timestamp,
    /// The first instant after it.
    pub(crate) end: Timestamp,
}

/// What a verdict came to over a call.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Total {
    /// How long, in ms.
    pub(crate) time: Millis,
    /// How many frames.
    pub(crate) frames: u64,
}

/// How the session opened.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Opening {
    /// When.
    pub(crate) at: Timestamp,
    /// Whether it did.
    pub(crate) result: Result<(), Cause>,
    /// The recorder's token for it.
    pub(crate) session: String,
    /// The employee's token.
    pub(crate) employee: String,
    /// The programme.
    pub(crate) programme: String,
}

/// What became of a segment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct SegmentAnswer {
    /// Its first instant.
    pub(crate) start: Timestamp,
    /// The first instant after it.
    pub(crate) end: Timestamp,
    /// What became of it.
    pub(crate) fate: Fate,
}

/// What an access came to.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct AccessAnswer {
    /// What was asked.
    pub(crate) access: Access,
    /// What was answered.
    pub(crate) result: Result<Obligations, Cause>,
}

/// Until when something may be kept.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct RetentionAnswer {
    /// What.
    pub(crate) artefact: Artefact,
    /// When it was collected.
    pub(crate) collected_at: Timestamp,
    /// Under which programme.
    pub(crate) programme: String,
    /// Until when; `None` without limit.
    pub(crate) until: Option<Timestamp>,
}

/// Of a line, what its answer does not repeat.
#[derive(Debug)]
pub(crate) enum Said {
    /// Nothing.
    Nothing,
    /// How a session opens.
    Session(Box<SessionFacts>),
    /// An access.
    Access(Box<Access>),
    /// What is kept, since when, and under which programme.
    Retention(Artefact, Timestamp, String),
}

/// What was decided over a call.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// What messages call the trace.
    pub(crate) name: String,
    /// How the session opened; `None` in a trace without one.
    pub(crate) opening: Option<Opening>,
    /// The telephone's changes, in the order of the trace.
    pub(crate) phases: Vec<(Timestamp, CallPhase)>,
    /// What held when, in order; where no frame was asked about there is nothing.
    pub(crate) spells: Vec<Spell>,
    /// What each verdict came to.
    pub(crate) totals: HashMap<Verdict, Total>,
    /// What became of segments, in the order of the trace.
    pub(crate) segments: Vec<SegmentAnswer>,
    /// What accesses came to, in the order of the trace.
    pub(crate) accesses: Vec<AccessAnswer>,
    /// Until when things may be kept, in the order of the trace.
    pub(crate) retentions: Vec<RetentionAnswer>,
    interval: Millis,
    /// The latest frame, whose time is not counted yet.
    pending: Option<(Timestamp, Verdict)>,
}

impl Report {
    /// Nothing was decided yet.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Takes of a line what the report needs of it.
    pub(crate) fn hear(&mut self, line: &Line) -> Said {
        match &line.event {
            Event::Session(session) => Said::Session(Box::new(session.facts.clone())),
            Event::Call(phase) => {
                self.phases.push((line.at, *phase));
                Said::Nothing
            }
            Event::Access(access) => Said::Access(access.clone()),
            Event::Retention {
                artefact,
                collected_at,
                programme,
            } => Said::Retention(*artefact, *collected_at, programme.clone()),
            Event::Conditions(_)
            | Event::Window { .. }
            | Event::WindowGone { .. }
            | Event::Frame(_)
            | Event::Segment { .. }
            | Event::Usage(_)
            | Event::Expect(_) => Said::Nothing,
        }
    }

    /// Takes an answer to what was said.
    pub(crate) fn record(&mut self, said: Said, answer: &Answer) {
        let at = answer.at;
        match (&answer.decided, said) {
            (Decided::Session(result), Said::Session(facts)) => self.open(*facts, at, result.map_err(Cause::from)),
            (
                Decided::Frame {
                    action,
                    why,
                    blanks_windows,
                    ..
                },
                _,
            ) => {
                let outcome = match action {
                    Action::Keep if *blanks_windows => Outcome::Partly,
                    Action::Keep => Outcome::Whole,
                    Action::Skip => Outcome::Skipped,
                    Action::Stop => Outcome::Stopped,
                };
                let cause = Cause::from(*why);
                self.frame(at, Verdict { outcome, cause });
            }
            (Decided::Segment { started_at, fate }, _) => self.segments.push(SegmentAnswer {
                start: *started_at,
                end: at,
                fate: *fate,
            }),
            (Decided::Access(result), Said::Access(access)) => self.accesses.push(AccessAnswer {
                access: *access,
                result: result.map_err(Cause::from),
            }),
            (Decided::Retention(until), Said::Retention(artefact, collected_at, programme)) => {
                self.retentions.push(RetentionAnswer {
                    artefact,
                    collected_at,
                    programme,
                    until: *until,
                });
            }
            (Decided::Session(_) | Decided::Access(_) | Decided::Retention(_), _) => {}
        }
    }

    fn open(&mut self, facts: SessionFacts, at: Timestamp, result: Result<(), Cause>) {
        self.interval = facts.frame_interval;
        self.opening = Some(Opening {
            at,
            result,
            session: facts.session,
            employee: facts.employee,
            programme: facts.programme,
        });
    }

    /// A frame's time runs to the next frame, at most one interval.
    fn frame(&mut self, at: Timestamp, verdict: Verdict) {
        self.totals.entry(verdict).or_default().frames += 1;
        match self.pending {
            // An earlier frame ends no other frame's time, and has none.
            Some((latest, _)) if at < latest => return,
            Some((latest, held)) => self.count(held, latest, latest.plus(self.interval).min(at)),
            None => {}
        }
        self.pending = Some((at, verdict));
    }

    fn count(&mut self, verdict: Verdict, start: Timestamp, end: Timestamp) {
        let total = self.totals.entry(verdict).or_default();
        total.time = total.time.saturating_add(end.since(start));
        let slack = self.interval;
        match self.spells.last_mut() {
            Some(last) if last.verdict == verdict && start.since(last.end) <= slack => last.end = end,
            _ => self.spells.push(Spell { verdict, start, end }),
        }
    }

    /// Nothing more comes: the last frame has one whole interval.
    pub(crate) fn finish(&mut self) {
        if let Some((latest, held)) = self.pending.take() {
            self.count(held, latest, latest.plus(self.interval));
        }
    }

    /// The longest time between two frames, as the session said it, in ms.
    pub(crate) fn interval(&self) -> Millis {
        self.interval
    }

    /// How many frames were asked about.
    pub(crate) fn frames(&self) -> u64 {
        self.totals.values().map(|total| total.frames).sum()
    }

    /// The time that all frames take together, in ms.
    pub(crate) fn time(&self) -> Millis {
        self.totals
            .values()
            .fold(0, |sum: Millis, total| sum.saturating_add(total.time))
    }

    /// Of that, the time that was recorded, in ms.
    pub(crate) fn kept(&self) -> Millis {
        let kept = self
            .totals
            .iter()
            .filter(|(verdict, _)| verdict.outcome <= Outcome::Partly);
        kept.fold(0, |sum: Millis, (_, total)| sum.saturating_add(total.time))
    }

    /// From when to when the timeline runs; `None` without a frame that takes time.
    pub(crate) fn extent(&self) -> Option<(Timestamp, Timestamp)> {
        let first = self.spells.first()?.start;
        let last = self.spells.last()?.end;
        let opened = self.opening.as_ref().map_or(first, |opening| opening.at);
        let start = if first.since(opened) > 60_000 {
            first
        } else {
            opened.min(first)
        };
        (start < last).then_some((start, last))
    }
}

impl Verdict {
    /// The reason.
    pub(crate) const fn reason(&self) -> Reason {
        self.cause.refusal.reason
    }
}
