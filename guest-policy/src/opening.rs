//! What is checked when a session opens, and what the session keeps of it.

use alloc::vec::Vec;

use crate::classify::classify;
use crate::facts::{AppIdentity, Calls, SessionFacts};
use crate::notes;
use crate::rules::{Application, Enrolment, Own, Programme, Programmes, Rules, Step};
use crate::types::{Answer, CaptureMode, Millis, Purpose, Reason, Refusal, Span, Terms, Timestamp, WindowKind};

/// A session that may record: what its frames are held against, resolved once.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) opened_at: Timestamp,
    pub(crate) frame_interval: Millis,
    /// When what was right at the opening ends, in the order of the checks.
    pub(crate) ends: Vec<End>,
    pub(crate) while_held: bool,
    pub(crate) unknown_payment_passes: bool,
    pub(crate) unknown_password_passes: bool,
    pub(crate) max_facts_age: Millis,
    pub(crate) max_frame_interval: Millis,
    pub(crate) limits: Limits,
    scope: Scope,
}

/// From this instant on, every frame is refused for this reason.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) at: Timestamp,
    pub(crate) refusal: Refusal,
}

/// The limits of the three counters, in ms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) employee: Millis,
    pub(crate) programme: Millis,
    pub(crate) unreviewed: Millis,
}

/// Which windows are of the training.
#[derive(Clone, Debug)]
enum Scope {
    /// Those of these applications, as positions in the rules.
    Applications(Vec<u32>),
    /// All: the floor alone.
    Everything,
}

/// Checks the facts of a session in the order of the contract, at the instant `at`.
///
/// # Errors
/// The first check that fails, with the note that says which part of it.
pub fn open(rules: &Rules, facts: &SessionFacts, at: Timestamp) -> Result<Session, Refusal> {
    let calls = coherent(facts)?;
    within(rules.in_force, at, notes::NOT_YET_IN_FORCE, notes::NO_LONGER_IN_FORCE)?;
    moving(rules, facts)?;
    for_training(facts.purpose)?;
    let programme = rules
        .programmes
        .find(&facts.programme)
        .ok_or(notes::UNKNOWN_PROGRAMME)?;
    within(programme.dates, at, notes::PROGRAMME_NOT_BEGUN, notes::PROGRAMME_OVER)?;
    attested(rules, programme, at)?;
    needed(programme, facts, at)?;
    let notice = informed(rules, facts, at)?;
    known_not(
        facts.employee_objected,
        Reason::EMPLOYEE_OBJECTED,
        notes::EMPLOYEE_OBJECTION_UNKNOWN,
    )?;
    known_not(
        facts.protected_line,
        Reason::PROTECTED_LINE,
        notes::PROTECTED_LINE_UNKNOWN,
    )?;
    occasional(programme, calls)?;
    Ok(resolve(rules, programme, facts, notice, at))
}

/// What the host must count and bound for a programme; `None` for one that the rules do not know.
#[must_use]
pub fn terms(rules: &Rules, programme: &str) -> Option<Terms> {
    let programme = rules.programmes.find(programme)?;
    Some(Terms {
        max_frame_interval: rules.max_frame_interval,
        max_facts_age: rules.max_facts_age,
        employee_cap: programme.employee_cap,
        programme_cap: programme.programme_cap,
        max_unreviewed: programme.max_unreviewed,
        sampling_period: programme.sampling_period,
    })
}

/// What makes the facts facts. Answers how many calls there were.
fn coherent(facts: &SessionFacts) -> Result<Calls, Refusal> {
    if !facts.are_within_limits() {
        return Err(notes::TOO_LONG);
    }
    if facts.session.is_empty() || facts.employee.is_empty() {
        return Err(notes::NO_TOKEN);
    }
    if facts.frame_interval == 0 {
        return Err(notes::NO_FRAME_INTERVAL);
    }
    let calls = facts.calls.ok_or(notes::CALLS_NOT_COUNTED)?;
    if calls.offered == 0 {
        return Err(notes::NO_CALL_OFFERED);
    }
    if calls.recorded > calls.offered {
        return Err(notes::MORE_RECORDED_THAN_OFFERED);
    }
    Ok(calls)
}

/// What must be known not to be so.
fn known_not(answer: Answer, reason: Reason, unknown: Refusal) -> Result<(), Refusal> {
    match answer {
        Answer::No => Ok(()),
        Answer::Yes => Err(Refusal::of(reason)),
        Answer::Unknown => Err(unknown),
    }
}

fn within(span: Span, at: Timestamp, before: Refusal, after: Refusal) -> Result<(), Refusal> {
    if at < span.start {
        Err(before)
    } else if !span.contains(at) {
        Err(after)
    } else {
        Ok(())
    }
}

/// S1: no screenshot, and no series of stills.
fn moving(rules: &Rules, facts: &SessionFacts) -> Result<(), Refusal> {
    if facts.mode == CaptureMode::Screenshot {
        return Err(notes::SCREENSHOT);
    }
    if facts.frame_interval > rules.max_frame_interval {
        return Err(notes::INTERVAL_TOO_LONG);
    }
    Ok(())
}

/// S2 and S10: for staff training only.
fn for_training(purpose: Purpose) -> Result<(), Refusal> {
    match purpose {
        Purpose::Training => Ok(()),
        _ => Err(Refusal::of(Reason::PURPOSE)),
    }
}

/// +6: every prior step taken, and still good.
fn attested(rules: &Rules, programme: &Programme, at: Timestamp) -> Result<(), Refusal> {
    steps(rules, programme)
        .try_for_each(|(step, valid)| within(valid, at, notes::step_later(step), notes::step_expired(step)))
}

/// The prior steps that a programme needs, in the order of [`Step`]; after the works council of all, that of its site.
fn steps(rules: &Rules, programme: &Programme) -> impl Iterator<Item = (Step, Span)> {
    let own = rules.own_works_council(&programme.id);
    rules.attestations.iter().flat_map(move |a| {
        let of_its_site = own
            .filter(|_| a.step == Step::WorksCouncil)
            .map(|valid| (a.step, valid));
        core::iter::once((a.step, a.valid)).chain(of_its_site)
    })
}

/// S6: only people who need that training.
fn needed(programme: &Programme, facts: &SessionFacts, at: Timestamp) -> Result<(), Refusal> {
    let listed = |employees: &Vec<alloc::string::String>| {
        employees.binary_search_by(|e| e.as_str().cmp(&facts.employee)).is_ok()
    };
    match &programme.enrolment {
        Enrolment::Listed(employees) if !listed(employees) => Err(notes::NOT_LISTED),
        Enrolment::Attested if facts.enrolled_at.is_none_or(|since| since > at) => Err(notes::NOT_ENROLLED),
        Enrolment::Listed(_) | Enrolment::Attested | Enrolment::NotAsked => Ok(()),
    }
}

/// S3: the employee was told beforehand. Answers how long that is good for.
fn informed(rules: &Rules, facts: &SessionFacts, at: Timestamp) -> Result<Span, Refusal> {
    let notice = facts.employee_notice.as_ref().ok_or(notes::NO_NOTICE)?;
    if !rules.takes_notice(&notice.version) {
        return Err(notes::OTHER_NOTICE);
    }
    let good = Span {
        start: notice.given_at,
        end: notice.given_at.plus(rules.notice.valid_for),
    };
    within(good, at, notes::NOTICE_LATER, notes::NOTICE_EXPIRED)?;
    Ok(good)
}

/// +1: occasional, never systematic. The share is whole millionths, the arithmetic in integers.
fn occasional(programme: &Programme, calls: Calls) -> Result<(), Refusal> {
    let share = u64::from(programme.share_millionths) * u64::from(calls.offered);
    if u64::from(calls.recorded) + 1 > share.div_ceil(1_000_000) {
        return Err(Refusal::of(Reason::SYSTEMATIC));
    }
    Ok(())
}

fn resolve(rules: &Rules, programme: &Programme, facts: &SessionFacts, notice: Span, at: Timestamp) -> Session {
    let applications = || rules.covered(programme);
    let own = rules.own(&programme.id);
    let declared = |by_it: fn(&Own) -> bool, never: fn(&Application) -> bool| {
        rules.unknown_entry_passes || own.is_some_and(by_it) || applications().all(never)
    };
    let end = |span: Span, refusal| End { at: span.end, refusal };
    let ends = [
        end(rules.in_force, notes::NO_LONGER_IN_FORCE),
        end(programme.dates, notes::PROGRAMME_OVER),
    ]
    .into_iter()
    .chain(steps(rules, programme).map(|(step, valid)| end(valid, notes::step_expired(step))))
    .chain([end(notice, notes::NOTICE_EXPIRED)])
    .filter(|end| end.at != Timestamp::MAX)
    .collect();
    Session {
        opened_at: at,
        frame_interval: facts.frame_interval,
        ends,
        while_held: rules.while_held,
        unknown_payment_passes: declared(|own| own.never_payment_card, |a| a.never_payment_card),
        unknown_password_passes: declared(|own| own.never_password, |a| a.never_password),
        max_facts_age: rules.max_facts_age,
        max_frame_interval: rules.max_frame_interval,
        limits: Limits {
            employee: programme.employee_cap.limit,
            programme: programme.programme_cap.limit,
            unreviewed: programme.max_unreviewed,
        },
        scope: match rules.programmes {
            Programmes::Listed(_) => Scope::Applications(programme.applications.clone()),
            Programmes::Any(_) => Scope::Everything,
        },
    }
}

impl Session {
    /// What a window is to the session's programme. `rules` are those that the session was opened under.
    #[must_use]
    pub fn classify(&self, rules: &Rules, app: &AppIdentity) -> WindowKind {
        match &self.scope {
            Scope::Applications(positions) => classify(rules.at_positions(positions), app),
            Scope::Everything => WindowKind::Training,
        }
    }
}
