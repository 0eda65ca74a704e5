//! What other policies would have decided.

use std::collections::BTreeMap;

use gardefou_policy::notes::COMPOSED_BEFORE_RULES;
use gardefou_policy::types::{Action, Millis, Reason, Span, Timestamp};

use super::record::DecisionRecord;
use crate::handle::PolicyHandle;
use crate::trace::{Answer, Decided, Event, Expectation, Fate, Line, Malformed, Run};

/// What was decided about a time, by those who decided then and by the policies of the replay.
///
/// It decides again from the journalled facts: the kinds of windows as they were classified, and the counters
/// as they were counted then. What new rules match (`match`, `never-title`), and over which periods they
/// count, is outside its reach; nor does the journal hold what was discarded, or what is only counted. What the
/// host alone refused (a store, a policy that misbehaved, a frame from before the rules took effect) no policies can
/// decide: it is told in `outside`, and counted neither before nor after.
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
    /// What cannot be decided again, in ms, by the reason: the host refused it, whatever the policies said.
    pub outside: BTreeMap<Reason, Millis>,
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

impl Changed {
    fn is_like(&self, other: &Self) -> bool {
        (self.before, self.after) == (other.before, other.after)
    }

    /// The next frame is another one in the same way.
    fn goes_on(&mut self, with: &Self) {
        self.within.end = with.within.end;
        self.length = self.length.saturating_add(with.length);
    }
}

/// An action and its reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Verdict {
    /// `open`, `refuse`, `keep`, `skip`, `stop`, `trim` or `discard`.
    pub action: &'static str,
    /// The reason.
    pub reason: Reason,
    /// With `trim`: what is left, on the clock of the record.
    pub range: Option<Span>,
}

impl Verdict {
    /// What a journalled verdict says; `None` for one that no version of this contract gives.
    fn journalled(expected: &Expectation) -> Option<Self> {
        const ACTIONS: [&str; 8] = ["open", "refuse", "keep", "skip", "stop", "trim", "discard", "nothing"];
        let action = expected.text("action")?;
        Some(Self {
            action: ACTIONS.into_iter().find(|known| *known == action)?,
            reason: reason(expected.text("reason")?)?,
            range: expected.range(),
        })
    }

    /// Whether the frame is in the recording.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.action == Action::Keep.name()
    }
}

/// Whether the host refused it, and no policy can say otherwise: rules that had just taken effect, a store that was
/// out of reach or granted no more, a policy that misbehaved, rules that nobody confirms.
fn is_the_hosts(expected: &Expectation, verdict: &Verdict) -> bool {
    let detail = expected.number("detail").unwrap_or_default();
    let composed_before = COMPOSED_BEFORE_RULES;
    match verdict.reason {
        Reason::STORE_UNAVAILABLE | Reason::POLICY_FAULT | Reason::RULES_UNCONFIRMED | Reason::RULES_STOPPED => true,
        // A policy says which of its caps is reached.
        Reason::VOLUME => detail == 0,
        reason => reason == composed_before.reason && detail == u64::from(composed_before.detail),
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
    expected: Option<Before>,
    /// The frame that came last, until the next one says how long it counts.
    pending: Option<Frame>,
    /// An answer whose `expect` line is still to come.
    asked: Option<(Timestamp, Verdict)>,
    frames: Vec<Counted>,
    changed: Vec<Changed>,
    outside: BTreeMap<Reason, Millis>,
    review: Option<(Kept, Verdict)>,
    /// What the review left then.
    then: Kept,
}

/// What a question was answered with then.
#[derive(Clone, Copy)]
enum Before {
    /// By the policies.
    Decided(Verdict),
    /// By the host.
    Outside(Reason),
}

impl Before {
    fn journalled(expected: &Expectation) -> Option<Self> {
        let verdict = Verdict::journalled(expected)?;
        Some(if is_the_hosts(expected, &verdict) {
            Self::Outside(verdict.reason)
        } else {
            Self::Decided(verdict)
        })
    }
}

#[derive(Clone, Copy)]
struct Frame {
    at: Timestamp,
    before: Option<Before>,
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
    /// How much of a frame's time is left, in ms.
    fn length(self, verdict: Verdict, frame: Span) -> Millis {
        match self {
            Self::All if verdict.keeps() => frame.length(),
            Self::Within(kept) if verdict.keeps() => frame.intersection(kept).length(),
            Self::All | Self::Within(_) | Self::Nothing => 0,
        }
    }

    /// What a frame's verdict comes to: one that was kept at first is gone where the review takes it away. One that
    /// counts nothing, since another came at once, lies where it begins.
    fn in_the_end(self, verdict: Verdict, frame: Span, why: Reason) -> Verdict {
        let left = match self {
            Self::All => true,
            Self::Within(kept) => kept.contains(frame.start) || self.length(verdict, frame) > 0,
            Self::Nothing => false,
        };
        if left || !verdict.keeps() {
            return verdict;
        }
        Verdict {
            action: "discard",
            reason: why,
            range: None,
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
            outside: BTreeMap::new(),
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
            Event::Segment { started_at } => {
                let (start, end) = (*started_at, at);
                self.then = Kept::Within(Span { start, end });
            }
            Event::Expect(expected) => {
                self.then = match expected.range() {
                    Some(range) => Kept::Within(range),
                    None if expected.text("action") == Some("discard") => Kept::Nothing,
                    None => self.then,
                };
                self.was(at, Before::journalled(expected));
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
        let mut after = Verdict {
            action,
            reason: why.reason,
            range: None,
        };
        match &answer.decided {
            Decided::Frame { .. } => {
                self.pending = Some(Frame {
                    at: answer.at,
                    before: self.expected,
                    after,
                });
            }
            Decided::Segment { started_at, fate } => {
                let (start, end) = (*started_at, answer.at);
                let kept = match fate {
                    Fate::Keep => Kept::Within(Span { start, end }),
                    Fate::Trim(span) => Kept::Within(*span),
                    Fate::Discard(_) => Kept::Nothing,
                };
                after.range = if let Fate::Trim(span) = fate { Some(*span) } else { None };
                self.review = Some((kept, after));
                self.asked = Some((answer.at, after));
            }
            Decided::Session(_) => self.asked = Some((answer.at, after)),
            Decided::Access(_) | Decided::Retention(_) => {}
        }
    }

    /// What the question before it was answered with then.
    fn was(&mut self, at: Timestamp, before: Option<Before>) {
        if let Some((at, after)) = self.asked.take() {
            match before {
                Some(Before::Decided(before)) if before != after => self.changed.push(Changed {
                    within: Span { start: at, end: at },
                    length: 0,
                    before,
                    after,
                }),
                Some(Before::Outside(reason)) => self.is_outside(reason, 0),
                Some(Before::Decided(_)) | None => {}
            }
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
        let within = Span { start: frame.at, end };
        match frame.before {
            Some(Before::Decided(before)) => self.frames.push(Counted {
                within,
                before,
                after: frame.after,
            }),
            Some(Before::Outside(reason)) => self.is_outside(reason, within.length()),
            // A frame that stands for a hole was journalled as nothing.
            None => {}
        }
    }

    fn is_outside(&mut self, reason: Reason, length: Millis) {
        let outside = self.outside.entry(reason).or_default();
        *outside = outside.saturating_add(length);
    }

    fn ended(mut self) -> Replayed {
        self.settle(Timestamp::MAX);
        let then = self.then;
        let (now, why) = self
            .review
            .map_or((Kept::All, Reason::PERMITTED), |(kept, by)| (kept, by.reason));
        let (mut kept_before, mut kept_after) = (0_u64, 0_u64);
        // Whether the frame before is another one in the same way.
        let mut changed_before = false;
        for Counted { within, before, after } in std::mem::take(&mut self.frames) {
            let (was, is) = (then.length(before, within), now.length(after, within));
            kept_before = kept_before.saturating_add(was);
            kept_after = kept_after.saturating_add(is);
            let before = then.in_the_end(before, within, Reason::PERMITTED);
            let after = now.in_the_end(after, within, why);
            // What the review takes away both times is gone both times.
            let same = before == after || (before.action, after.action) == ("discard", "discard");
            if !same {
                let changed = Changed {
                    within,
                    length: was.max(is),
                    before,
                    after,
                };
                match self.changed.last_mut() {
                    Some(last) if changed_before && last.is_like(&changed) => last.goes_on(&changed),
                    _ => self.changed.push(changed),
                }
            }
            changed_before = !same;
        }
        Replayed {
            session: self.record.session.clone(),
            programme: self.record.programme.clone(),
            at: self.record.collected_at,
            kept_before,
            kept_after,
            changed: self.changed,
            outside: self.outside,
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
    /// What cannot be decided again, in ms, by the reason ([`Replayed::outside`]).
    pub outside: BTreeMap<Reason, Millis>,
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
        for (reason, length) in &replayed.outside {
            let outside = self.outside.entry(*reason).or_default();
            *outside = outside.saturating_add(*length);
        }
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
