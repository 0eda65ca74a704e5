//! A case as a scenario: a trace that ends with its question, and what the new side must answer.

use gardefou::trace::{
    Answer as Told, Decided, Event, FactsSpan, Fate, FrameLine, Identity, Line, Run, SessionLine, Writer,
};
use gardefou::{Condition, LoadError, Placed, Policy, PolicyHandle, Rect, Usage};
use gardefou_policy::facts::Moment;
use gardefou_policy::types::{CallPhase, Disposition, Span, State, Timestamp};

use crate::group::Case;
use crate::question::{Answer, FrameQuestion, Opened, Question};

/// A scenario that shows a difference, and what the two policies answered to its last question.
#[derive(Clone, Debug)]
pub struct Shown {
    /// JSON Lines, ending with what the new policy must answer.
    pub scenario: String,
    /// What the old policy answered, in JSON.
    pub old: String,
    /// What the new one did.
    pub new: String,
}

/// The trace of a case; `None` where no trace can ask its question: terms, segments that belong to no
/// session, a condition that holds and is not known, sides that were asked about different sessions.
#[must_use]
pub fn scenario(case: &Case) -> Option<Vec<Line>> {
    if !case.is_same_question {
        return None;
    }
    match &case.new_question {
        Question::Open(opened) => Some(vec![session(opened, None)]),
        Question::Kind {
            session: opened, app, ..
        } => {
            let mut lines = vec![session(opened, None)];
            lines.extend(telephone(&sound(opened.at))?);
            lines.push(line(
                opened.at,
                Event::Window {
                    id: 1,
                    identity: Identity::App(app.clone()),
                },
            ));
            lines.push(frame(opened.at, (200, 100), vec![placed(1, WINDOW, WINDOW)], None));
            Some(lines)
        }
        Question::Frame(question) => of_frame(question),
        Question::Access(access) => Some(vec![line(access.at, Event::Access(access.clone()))]),
        Question::KeepUntil {
            artefact,
            collected_at,
            programme,
        } => Some(vec![line(
            *collected_at,
            Event::Retention {
                artefact: *artefact,
                collected_at: *collected_at,
                programme: programme.clone(),
            },
        )]),
        Question::Review(_) | Question::Terms { .. } => None,
    }
}

/// The first of these cases that a trace shows: put to both policies, each with the floor under it, it is
/// answered differently. `None` where the floor hides the difference, or no trace can ask the question.
///
/// # Errors
/// When one of the policies cannot be started.
pub fn shown(cases: &[Case], old: &Policy, new: &Policy) -> Result<Option<Shown>, LoadError> {
    for case in cases {
        let Some(lines) = scenario(case) else { continue };
        let told = (last(&lines, old)?, last(&lines, new)?);
        let (Some(before), Some(now)) = told else { continue };
        let texts = (json(&before), json(&now));
        let (Some(before), Some(now)) = texts else { continue };
        if before != now
            && let Some(scenario) = written(&lines, &now)
        {
            return Ok(Some(Shown {
                scenario,
                old: before,
                new: now,
            }));
        }
    }
    Ok(None)
}

/// The answer to the last question of a trace.
fn last(lines: &[Line], policy: &Policy) -> Result<Option<Told>, LoadError> {
    let mut run = Run::new(PolicyHandle::new(vec![policy.clone()])?);
    let mut told = None;
    for (number, line) in (1..).zip(lines) {
        match run.apply(number, line.clone()) {
            Ok(answer) => told = answer.or(told),
            Err(_) => return Ok(None),
        }
    }
    Ok(told)
}

/// A trace's answer, as one that can be held against another.
#[must_use]
pub fn answer_of(told: &Told) -> Answer {
    match &told.decided {
        Decided::Session(opened) => Answer::Open(opened.map_err(|why| why.refusal())),
        Decided::Frame { action, why, keep, .. } => Answer::Frame {
            action: *action,
            why: why.refusal(),
            keep: keep.clone(),
        },
        Decided::Segment { started_at, fate } => {
            let whole = Span {
                start: *started_at,
                end: told.at,
            };
            let disposition = match fate {
                Fate::Keep => Disposition::Keep,
                Fate::Trim(part) => Disposition::Trim(*part),
                Fate::Discard(why) => Disposition::Discard(why.refusal()),
            };
            Answer::Review(disposition, whole)
        }
        Decided::Access(granted) => Answer::Access(granted.map_err(|why| why.refusal())),
        Decided::Retention(until) => Answer::Until(until.unwrap_or(Timestamp::MAX)),
    }
}

fn json(told: &Told) -> Option<String> {
    serde_json::to_string(told).ok()
}

/// The trace, and the line that expects this answer.
fn written(lines: &[Line], answer: &str) -> Option<String> {
    let mut writer = Writer::new(Vec::new());
    for line in lines {
        writer.write(line).ok()?;
    }
    let mut text = String::from_utf8(writer.into_inner()).ok()?;
    let mut expected: serde_json::Map<String, serde_json::Value> = serde_json::from_str(answer).ok()?;
    expected.remove("question");
    expected.insert("event".into(), "expect".into());
    text.push_str(&serde_json::to_string(&expected).ok()?);
    text.push('\n');
    Some(text)
}

const WINDOW: Rect = Rect::new(10, 10, 60, 40);

const fn line(at: Timestamp, event: Event) -> Line {
    Line { at, event }
}

fn session(opened: &Opened, usage: Option<Usage>) -> Line {
    let facts = opened.facts.clone();
    line(opened.at, Event::Session(Box::new(SessionLine { facts, usage })))
}

const fn placed(id: u32, inner: Rect, outer: Rect) -> Placed {
    Placed { id, inner, outer }
}

fn frame(at: Timestamp, surface: (u32, u32), windows: Vec<Placed>, facts: Option<FactsSpan>) -> Line {
    let question = FrameLine {
        surface: Some(surface),
        windows: Some(windows),
        facts,
    };
    line(at, Event::Frame(question))
}

/// A moment of a call to which no rule objects.
fn sound(at: Timestamp) -> Moment {
    let must = Condition::ALL.into_iter();
    Moment {
        at,
        facts_from: at,
        facts_to: at,
        gap: 1,
        phase: CallPhase::Connected,
        known: must
            .clone()
            .fold(gardefou::Conditions::NONE, gardefou::Conditions::with),
        holds: must
            .filter(|c| c.must_hold())
            .fold(gardefou::Conditions::NONE, gardefou::Conditions::with),
        usage: Some(Usage::default()),
    }
}

/// The telephone and the conditions of a moment; `None` where no trace can say them.
fn telephone(moment: &Moment) -> Option<[Line; 2]> {
    if !moment.holds.is_within(moment.known) {
        return None;
    }
    let states = Condition::ALL.map(|condition| {
        let state = match moment.state(condition) {
            State::Unknown => None,
            State::Holds => Some(true),
            State::Absent => Some(false),
        };
        (condition, state)
    });
    Some([
        line(moment.at, Event::Call(moment.phase)),
        line(moment.at, Event::Conditions(states.to_vec())),
    ])
}

fn of_frame(question: &FrameQuestion) -> Option<Vec<Line>> {
    let FrameQuestion {
        session: opened,
        moment,
        surface,
        windows,
    } = question;
    // In a trace the counters are always known, and so is the gap.
    let usage = moment.usage?;
    let gap = (moment.gap > 0).then_some(moment.gap)?;
    let mut lines = vec![session(opened, (usage != Usage::default()).then_some(usage))];
    lines.extend(telephone(moment)?);
    let mut list = Vec::new();
    for (id, window) in (1..).zip(windows) {
        let identity = Identity::Kind(window.kind);
        lines.push(line(moment.at, Event::Window { id, identity }));
        list.push(placed(id, window.inner, window.outer));
    }
    if gap > 1 {
        let before = moment.at.as_millis().checked_sub(gap).map(Timestamp::from_millis);
        let before = before.filter(|before| *before >= opened.at)?;
        lines.push(frame(before, *surface, list.clone(), None));
    }
    let facts = FactsSpan {
        from: moment.facts_from,
        to: moment.facts_to,
    };
    lines.push(frame(moment.at, *surface, list, Some(facts)));
    Some(lines)
}
