//! The facts of a question, by the names that traces give them: alike in every language.

use gardefou::{Condition, Timestamp};
use gardefou_compare::{FrameQuestion, Opened, Question};
use gardefou_policy::facts::{Access, AppIdentity, HungUp};
use gardefou_policy::types::{Answer, State};
use serde::Serialize;

use super::super::{clock, titles::plain};

/// The facts, as `name=value`, apart by spaces.
pub(crate) fn facts(question: &Question) -> String {
    let parts = match question {
        Question::Open(session) => opened(session),
        Question::Kind { session, app, .. } => {
            let mut parts = identity(app);
            parts.push(format!("programme={}", plain(&session.facts.programme)));
            parts
        }
        Question::Frame(frame) => of_frame(frame),
        Question::Review(segment) => {
            let known = |at: Option<Timestamp>| at.map_or("-".into(), |at| at.as_millis().to_string());
            let mut parts = vec![
                format!("mode={}", name(&segment.mode)),
                format!("started-at={}", segment.started_at.as_millis()),
                format!("ended-at={}", segment.ended_at.as_millis()),
                format!("answered-at={}", known(segment.answered_at)),
                match segment.hung_up {
                    HungUp::Unknown => "hung-up-at=unknown".into(),
                    HungUp::GoesOn => "hung-up-at=-".into(),
                    HungUp::At(at) => format!("hung-up-at={}", at.as_millis()),
                },
            ];
            parts.extend(conditions(|condition| segment.state(condition)));
            parts
        }
        Question::Access(access) => of_access(access),
        Question::KeepUntil {
            artefact,
            collected_at,
            programme,
        } => vec![
            format!("artefact={}", name(artefact)),
            format!("collected-at={}", when(*collected_at)),
            format!("programme={}", plain(programme)),
        ],
        Question::Terms { programme } => vec![format!("programme={}", plain(programme))],
        _ => Vec::new(),
    };
    parts.join(" ")
}

fn opened(session: &Opened) -> Vec<String> {
    let facts = &session.facts;
    let notice = facts.employee_notice.as_ref().map_or("-".into(), |notice| {
        format!("{}@{}", plain(&notice.version), when(notice.given_at))
    });
    vec![
        format!("at={}", when(session.at)),
        format!("programme={}", plain(&facts.programme)),
        format!("employee={}", plain(&facts.employee)),
        format!("purpose={}", name(&facts.purpose)),
        format!("mode={}", name(&facts.mode)),
        format!("frame-interval={}", facts.frame_interval),
        format!("employee-notice={notice}"),
        format!("employee-objected={}", answer(facts.employee_objected)),
        format!("enrolled-at={}", facts.enrolled_at.map_or("-".into(), when)),
        format!("protected-line={}", answer(facts.protected_line)),
        format!("calls-offered={}", number(facts.calls.map(|calls| calls.offered))),
        format!("calls-recorded={}", number(facts.calls.map(|calls| calls.recorded))),
    ]
}

fn identity(app: &AppIdentity) -> Vec<String> {
    const MOST: usize = 60;
    let names = ["executable", "package", "signer", "wm-class", "title", "url"];
    let fields = names.into_iter().zip(app.fields());
    let known = fields.filter_map(|(name, field)| field.as_ref().map(|field| (name, field)));
    known
        .map(|(name, field)| {
            let short: String = field.chars().take(MOST).collect();
            let more = if short.len() < field.len() { "..." } else { "" };
            format!("{name}={short:?}{more}")
        })
        .collect()
}

fn of_frame(frame: &FrameQuestion) -> Vec<String> {
    let moment = &frame.moment;
    let session = &frame.session.facts;
    let (width, height) = frame.surface;
    let mut parts = vec![
        format!("at={}", when(moment.at)),
        format!("programme={}", plain(&session.programme)),
        format!("frame-interval={}", session.frame_interval),
        format!("phase={}", name(&moment.phase)),
        format!("facts-age={}", moment.facts_to.since(moment.facts_from)),
        format!("gap={}", moment.gap),
        format!(
            "employee-used={}",
            number(moment.usage.map(|usage| usage.employee_used))
        ),
        format!(
            "programme-used={}",
            number(moment.usage.map(|usage| usage.programme_used))
        ),
        format!("unreviewed={}", number(moment.usage.map(|usage| usage.unreviewed))),
        format!("surface={width}x{height}"),
        format!("windows={}", frame.windows.len()),
    ];
    parts.extend(conditions(|condition| moment.state(condition)));
    parts
}

/// The conditions that are not as they must be.
fn conditions(state: impl Fn(Condition) -> State) -> Vec<String> {
    let odd = Condition::ALL
        .into_iter()
        .filter_map(|condition| match state(condition) {
            State::Unknown => Some(format!("{}=unknown", condition.name())),
            State::Holds if !condition.must_hold() => Some(format!("{}=true", condition.name())),
            State::Absent if condition.must_hold() => Some(format!("{}=false", condition.name())),
            State::Holds | State::Absent => None,
        });
    odd.collect()
}

fn of_access(access: &Access) -> Vec<String> {
    let person = match &access.subject {
        None => "-",
        Some(subject) if *subject == access.viewer => "own",
        Some(_) => "another's",
    };
    vec![
        format!("at={}", when(access.at)),
        format!("role={}", plain(&access.role)),
        format!("operation={}", name(&access.operation)),
        format!("artefact={}", name(&access.artefact)),
        format!("purpose={}", name(&access.purpose)),
        format!("programme={}", plain(&access.programme)),
        format!("subject={person}"),
        format!("individual-account={}", access.individual_account),
        format!("authorised-until={}", access.authorised_until.map_or("-".into(), when)),
        format!("restricted={}", answer(access.restricted)),
        format!("collected-at={}", when(access.collected_at)),
        format!("mode={}", name(&access.mode)),
    ]
}

/// As traces write it: null where nobody said.
const fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Unknown => "null",
        Answer::No => "false",
        Answer::Yes => "true",
    }
}

/// A number, where somebody counted.
fn number(counted: Option<impl ToString>) -> String {
    counted.map_or_else(|| "null".into(), |counted| counted.to_string())
}

/// To the millisecond, so that one before a boundary is seen as such.
fn when(at: Timestamp) -> String {
    clock::to_the_millisecond(at)
}

/// The name that a value has in traces.
fn name(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => "?".into(),
    }
}
