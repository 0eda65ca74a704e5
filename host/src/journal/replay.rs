//! What other policies would have decided.

use std::collections::BTreeMap;

use gardefou_policy::types::{Action, Millis, Reason, Span, Timestamp};

use super::record::DecisionRecord;
use crate::handle::PolicyHandle;
use crate::trace::{Answer, Decided, Event, Expectation, Fate, Line, Malformed, Run};

/// What was decided about a time, by those who decided then and by the policies of the replay.
///
/// It decides again from the journalled facts: the kinds of windows as they were classified, and the counters
/// as they were counted then. What new rules match (`match`, `never-title`), and over which periods they
/// count, is outside its reach; nor does the journal hold what was discarded, or what is only counted.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Replayed {
    /// The session.
    pub session: String,
    /// Its programme.
    pub programme: String,
    /// When it was opened.
    pub at: Timestamp,
    /// What was kept then, in ms.
    pub kept_before: Millis,
    /// What would have been kept, in ms.
    pub kept_after: Millis,
    /// Each time in which the decision is another one, in order.
    pub changed: Vec<Changed>,
}

/// A time in which the decision is another one.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Changed {
    /// From the first such frame to the end of the last; empty for the opening of a session.
    pub within: Span,
    /// How long the frames in it count, in ms.
    pub length: Millis,
    /// What was decided.
    pub before: Verdict,
    /// What would have been.
    pub after: Verdict,
}

/// An action and its reason.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub struct Verdict {
    /// `open`, `refuse`, `keep`, `skip`, `stop`, `trim` or `discard`.
    pub action: &'static str,
    /// The reason.
    pub reason: Reason,
}

impl Verdict {
    /// What a journalled verdict says; `None` for one that no version of this contract gives.
    fn journalled(expected: &Expectation) -> Option<Self> {
        const ACTIONS: [&str; 8] = ["open", "refuse", "keep", "skip", "stop", "trim", "discard", "nothing"];
        let action = expected.text("action")?;
        Some(Self {
            action: ACTIONS.into_iter().find(|known| *known == action)?,
            reason: reason(expected.text("reason")?)?,
        })
    }

    /// Whether the frame is in the recording.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.action == Action::Keep.name()
    }
}

/// The reason of that name; one of a policy's own is written `reason N`.
fn reason(name: &str) -> Option<Reason> {
    Reason::from_name(name).or_else(|| name.strip_prefix("reason ")?.parse().ok().map(Reason))
}

/// Decides a journalled segment, or a refused opening, again.
///
/// # Errors
/// When a line of the record is none of a trace, or cannot follow those before it.
pub fn replay(handle: &PolicyHandle, record: &DecisionRecord) -> Result<Replayed, Malformed> {
    let mut replaying = Replaying::new(handle, record);
    let mut outcome = Ok(());
    record.expanded(|line| {
        if outcome.is_ok() {
            outcome = replaying.line(line);
        }
    })?;
    outcome?;
    Ok(replaying.ended())
}

struct Replaying<'a> {
    record: &'a DecisionRecord,
    run: Run,
    number: u64,
    interval: Millis,
    /// What the frames that come were journalled as.
    expected: Option<Verdict>,
    /// The frame that came last, until the next one says how long it counts.
    pending: Option<Frame>,
    /// An answer whose `expect` line is still to come.
    asked: Option<(Timestamp, Verdict)>,
    frames: Vec<Counted>,
    changed: Vec<Changed>,
    review: Option<(Kept, Verdict)>,
    /// What the review left then.
    then: Kept,
}

#[derive(Clone, Copy)]
struct Frame {
    at: Timestamp,
    before: Option<Verdict>,
    after: Verdict,
}

/// A frame, and its time.
struct Counted {
    within: Span,
    before: Verdict,
    after: Verdict,
}

/// What a review leaves of a segment.
#[derive(Clone, Copy, PartialEq)]
enum Kept {
    All,
    Within(Span),
    Nothing,
}

impl Kept {
    fn of(self, span: Span) -> Millis {
        match self {
            Self::All => span.length(),
            Self::Within(kept) => span.intersection(kept).length(),
            Self::Nothing => 0,
        }
    }
}

impl<'a> Replaying<'a> {
    fn new(handle: &PolicyHandle, record: &'a DecisionRecord) -> Self {
        Self {
            record,
            run: Run::new(handle.clone()),
            number: 0,
            interval: 1,
            expected: None,
            pending: None,
            asked: None,
            frames: Vec::new(),
            changed: Vec::new(),
            review: None,
            then: Kept::All,
        }
    }

    fn line(&mut self, line: Line) -> Result<(), Malformed> {
        self.number = self.number.saturating_add(1);
        let at = line.at;
        match &line.event {
            Event::Session(session) => self.interval = session.facts.frame_interval,
            Event::Frame(frame) => {
                self.settle(at);
                if frame.windows.is_some() {
                    // What it was journalled as comes behind it, or it stands for a hole.
                    self.expected = None;
                }
            }
            Event::Expect(expected) => {
                self.then = expected.range().map_or(self.then, Kept::Within);
                let before = Verdict::journalled(expected);
                self.was(at, before);
                return Ok(());
            }
            _ => {}
        }
        let answer = self.run.apply(self.number, line)?;
        if let Some(answer) = answer {
            self.answered(&answer);
        }
        Ok(())
    }

    fn answered(&mut self, answer: &Answer) {
        let (Some(action), Some(why)) = (answer.action(), answer.refusal()) else {
            return;
        };
        let after = Verdict {
            action,
            reason: why.reason,
        };
        match &answer.decided {
            Decided::Frame { .. } => {
                self.pending = Some(Frame {
                    at: answer.at,
                    before: self.expected,
                    after,
                });
            }
            Decided::Segment { fate, .. } => {
                let kept = match fate {
                    Fate::Keep => Kept::All,
                    Fate::Trim(span) => Kept::Within(*span),
                    Fate::Discard(_) => Kept::Nothing,
                };
                self.review = Some((kept, after));
                self.asked = Some((answer.at, after));
            }
            Decided::Session(_) => self.asked = Some((answer.at, after)),
            Decided::Access(_) | Decided::Retention(_) => {}
        }
    }

    /// What the question before it was answered with then.
    fn was(&mut self, at: Timestamp, before: Option<Verdict>) {
        if let Some((at, after)) = self.asked.take() {
            let instant = Span { start: at, end: at };
            self.changes(instant, 0, before, after);
        } else if let Some(frame) = &mut self.pending
            && frame.at == at
        {
            frame.before = before;
            self.expected = before;
        }
    }

    /// The frame before counts until `at`, at most an interval.
    fn settle(&mut self, at: Timestamp) {
        let Some(frame) = self.pending.take() else { return };
        let end = frame.at.plus(self.interval).min(at.max(frame.at));
        // A frame that stands for a hole was journalled as nothing.
        if let Some(before) = frame.before {
            self.frames.push(Counted {
                within: Span { start: frame.at, end },
                before,
                after: frame.after,
            });
        }
    }

    fn changes(&mut self, within: Span, length: Millis, before: Option<Verdict>, after: Verdict) {
        let Some(before) = before.filter(|before| *before != after) else {
            return;
        };
        match self.changed.last_mut() {
            Some(last) if last.before == before && last.after == after && last.within.end == within.start => {
                last.within.end = within.end;
                last.length = last.length.saturating_add(length);
            }
            _ => self.changed.push(Changed {
                within,
                length,
                before,
                after,
            }),
        }
    }

    fn ended(mut self) -> Replayed {
        self.settle(Timestamp::MAX);
        let then = self.then;
        let (now, reviewed) = self.review.map_or((Kept::All, None), |(kept, by)| (kept, Some(by)));
        let (mut kept_before, mut kept_after) = (0_u64, 0_u64);
        for frame in std::mem::take(&mut self.frames) {
            let before = if frame.before.keeps() { then.of(frame.within) } else { 0 };
            let mut after = frame.after;
            let mut length = 0;
            if after.keeps() {
                length = now.of(frame.within);
                // Kept at first, and gone when it was reviewed.
                if let Some(by) = reviewed.filter(|_| length == 0) {
                    after = Verdict {
                        action: "discard",
                        ..by
                    };
                }
            }
            kept_before = kept_before.saturating_add(before);
            kept_after = kept_after.saturating_add(length);
            self.changes(frame.within, before.max(length), Some(frame.before), after);
        }
        Replayed {
            session: self.record.session.clone(),
            programme: self.record.programme.clone(),
            at: self.record.collected_at,
            kept_before,
            kept_after,
            changed: self.changed,
        }
    }
}

/// What many replays come to: minutes more and less, by programme and reason.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Balance {
    /// For each programme.
    pub programmes: BTreeMap<String, Difference>,
    /// How many decision records were replayed.
    pub records: u64,
    /// How many of them decide something else anywhere.
    pub changed: u64,
}

/// What a programme gains and loses, in ms.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Difference {
    /// Kept then.
    pub kept_before: Millis,
    /// Would have been kept.
    pub kept_after: Millis,
    /// Recorded now and not then, by the reason that refused it then.
    pub more: BTreeMap<Reason, Millis>,
    /// Recorded then and not now, by the reason that refuses it now.
    pub less: BTreeMap<Reason, Millis>,
    /// Sessions that would open now, by the reason that refused them then; how long they would have recorded
    /// is not known.
    pub opened: BTreeMap<Reason, u64>,
    /// Sessions that would be refused now, by the reason.
    pub refused: BTreeMap<Reason, u64>,
}

impl Balance {
    /// Takes one more into account.
    pub fn add(&mut self, replayed: &Replayed) {
        self.records = self.records.saturating_add(1);
        self.changed = self.changed.saturating_add(u64::from(!replayed.changed.is_empty()));
        let programme = self.programmes.entry(replayed.programme.clone()).or_default();
        programme.kept_before = programme.kept_before.saturating_add(replayed.kept_before);
        programme.kept_after = programme.kept_after.saturating_add(replayed.kept_after);
        for changed in &replayed.changed {
            programme.add(changed);
        }
    }
}

impl Difference {
    fn add(&mut self, changed: &Changed) {
        let (before, after) = (changed.before, changed.after);
        match (before.action, after.action) {
            ("refuse", "open") => *self.opened.entry(before.reason).or_default() += 1,
            ("open", "refuse") => *self.refused.entry(after.reason).or_default() += 1,
            _ if before.keeps() && !after.keeps() => *self.less.entry(after.reason).or_default() += changed.length,
            _ if after.keeps() && !before.keeps() => *self.more.entry(before.reason).or_default() += changed.length,
            _ => {}
        }
    }
}
