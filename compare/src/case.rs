//! A question as a scenario: a trace that asks it, with what the new policy answers.

use gardefou::trace::{Answer, Event, FactsSpan, FrameLine, Identity, Line, Run, SessionLine, Writer};
use gardefou::{CallPhase, Condition, Placed, PolicyHandle, Timestamp, Usage};
use gardefou_policy::types::State;

use crate::question::{Frame, Opening, Question};
use crate::questions::frame_of_a_window;

/// The scenario that asks this question and expects what the new policies answer; `None` where no trace can show
/// the difference, since the floor hides it or a recorder cannot come to ask so.
#[must_use]
pub fn scenario(question: &Question, old: &PolicyHandle, new: &PolicyHandle) -> Option<String> {
    let lines = lines(question)?;
    let (before, after) = (last_answer(&lines, old)?, last_answer(&lines, new)?);
    let (before, after) = (serde_json::to_value(&before).ok()?, serde_json::to_value(&after).ok()?);
    if before == after {
        return None;
    }
    let mut text = Vec::new();
    let mut writer = Writer::new(&mut text);
    for line in &lines {
        writer.write(line).ok()?;
    }
    let mut text = String::from_utf8(text).ok()?;
    text.push_str(&expectation(after)?);
    text.push('\n');
    Some(text)
}

/// What was answered to the last question.
fn last_answer(lines: &[Line], handle: &PolicyHandle) -> Option<Answer> {
    let mut run = Run::new(handle.clone());
    let mut last = None;
    for (number, line) in (1..).zip(lines) {
        last = run.apply(number, line.clone()).ok()?.or(last);
    }
    last
}

/// The line that expects an answer.
fn expectation(mut answer: serde_json::Value) -> Option<String> {
    let fields = answer.as_object_mut()?;
    fields.remove("question");
    let at = fields.remove("at")?;
    let mut line = serde_json::Map::from_iter([("at".into(), at), ("event".into(), "expect".into())]);
    line.append(fields);
    serde_json::to_string(&line).ok()
}

/// The lines up to the question; `None` where a trace cannot ask it.
fn lines(question: &Question) -> Option<Vec<Line>> {
    match question {
        Question::Open(opening) => Some(vec![session(opening)]),
        Question::Window(opening, app) => {
            let mut lines = vec![session(opening)];
            let frame = frame_of_a_window(opening.at);
            lines.push(line(
                opening.at,
                Event::Window {
                    id: 1,
                    identity: Identity::App(app.as_ref().clone()),
                },
            ));
            asked(opening, &frame, &mut lines)?;
            Some(lines)
        }
        Question::Frame(opening, frame) => {
            let mut lines = vec![session(opening)];
            for (id, window) in (1..).zip(&frame.windows) {
                let identity = Identity::Kind(window.kind);
                lines.push(line(opening.at, Event::Window { id, identity }));
            }
            asked(opening, frame, &mut lines)?;
            Some(lines)
        }
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
        Question::Review(_) | Question::Terms(_) => None,
    }
}

const fn line(at: Timestamp, event: Event) -> Line {
    Line { at, event }
}

fn session(opening: &Opening) -> Line {
    let facts = opening.facts.clone();
    line(opening.at, Event::Session(Box::new(SessionLine { facts, usage: None })))
}

/// The telephone, the conditions, the frame before where there was one, the counters, and the frame.
fn asked(opening: &Opening, frame: &Frame, lines: &mut Vec<Line>) -> Option<()> {
    let moment = &frame.moment;
    if !moment.holds.is_within(moment.known) {
        return None;
    }
    let picked_up = !matches!(moment.phase, CallPhase::None | CallPhase::Ringing);
    if picked_up {
        lines.push(line(opening.at, Event::Call(CallPhase::Connected)));
    }
    if moment.phase != CallPhase::Connected {
        lines.push(line(moment.at, Event::Call(moment.phase)));
    }
    let states = Condition::ALL.map(|condition| {
        let state = match moment.state(condition) {
            State::Holds => Some(true),
            State::Absent => Some(false),
            State::Unknown => None,
        };
        (condition, state)
    });
    lines.push(line(opening.at, Event::Conditions(states.to_vec())));
    if moment.gap > 0 {
        let before = moment.at.minus(moment.gap);
        lines.push(line(before, Event::Frame(placed(frame, before, before))));
    }
    let usage = Usage {
        employee_used: moment.employee_used,
        programme_used: moment.programme_used,
        unreviewed: moment.unreviewed,
    };
    if usage != Usage::default() {
        lines.push(line(moment.at, Event::Usage(usage)));
    }
    lines.push(line(
        moment.at,
        Event::Frame(placed(frame, moment.facts_from, moment.facts_to)),
    ));
    Some(())
}

fn placed(frame: &Frame, from: Timestamp, to: Timestamp) -> FrameLine {
    let windows = (1..).zip(&frame.windows).map(|(id, window)| Placed {
        id,
        inner: window.inner,
        outer: window.outer,
    });
    FrameLine {
        surface: Some(frame.surface),
        windows: Some(windows.collect()),
        facts: Some(FactsSpan { from, to }),
    }
}
