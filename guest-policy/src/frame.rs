//! What becomes of a frame, and for how long that holds.

use alloc::vec::Vec;

use crate::facts::{Moment, Usage, Window};
use crate::notes;
use crate::opening::Session;
use crate::regions::{MAX_SIDE, Painter};
use crate::types::{Action, CallPhase, Condition, Lease, Millis, NO_LIMIT, Reason, Rect, Refusal, State, Timestamp};

/// The most windows that a question may name.
pub const MAX_WINDOWS: usize = 128;

/// The answer about a frame. The regions to keep are given beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ruling {
    /// What to do.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// Which note of that reason; 0 for its own title.
    pub detail: u16,
    /// How long it holds.
    pub lease: Lease,
}

/// Decides a frame; writes the regions to keep into `keep`, which is empty unless the action is keep.
pub fn decide(
    session: &Session,
    moment: &Moment,
    width: u32,
    height: u32,
    windows: &[Window],
    painter: &mut Painter,
    keep: &mut Vec<Rect>,
) -> Ruling {
    keep.clear();
    let counters = match coherent(session, moment, width, height, windows) {
        Ok(usage) => counters(session, usage),
        Err(refusal) => return invalid(moment, refusal),
    };
    let answer = |action, why| ruling(session, moment, &counters, action, why);
    if let Err(refusal) = over(session, moment) {
        return answer(Action::Stop, refusal);
    }
    if let Err(refusal) = not_now(session, moment, &counters) {
        return answer(Action::Skip, refusal);
    }
    painter.kept(width, height, windows, keep);
    if keep.is_empty() {
        answer(Action::Skip, Refusal::of(Reason::NO_TRAINING_WINDOW))
    } else {
        answer(Action::Keep, Refusal::of(Reason::PERMITTED))
    }
}

/// What makes a question one that can be answered. Answers what was recorded so far.
fn coherent(session: &Session, moment: &Moment, width: u32, height: u32, windows: &[Window]) -> Result<Usage, Refusal> {
    let side = 1..=MAX_SIDE;
    if moment.at < session.opened_at {
        Err(notes::BEFORE_OPENING)
    } else if !side.contains(&width) || !side.contains(&height) {
        Err(notes::BAD_SURFACE)
    } else if windows.len() > MAX_WINDOWS {
        Err(notes::TOO_MANY_WINDOWS)
    } else if windows.iter().any(|w| w.outer.is_empty()) {
        Err(notes::EMPTY_OUTER)
    } else if !windows.iter().all(|w| w.outer.contains(w.inner)) {
        Err(notes::INNER_NOT_WITHIN_OUTER)
    } else if !moment.holds.is_within(moment.known) {
        Err(notes::HOLDS_NOT_KNOWN)
    } else if moment.gap == 0 {
        Err(notes::NO_GAP)
    } else {
        moment.usage.ok_or(notes::NOT_COUNTED)
    }
}

/// What ends the recording.
fn over(session: &Session, moment: &Moment) -> Result<(), Refusal> {
    if let Some(end) = session.ends.iter().find(|end| end.at <= moment.at) {
        return Err(end.refusal);
    }
    if moment.phase == CallPhase::AfterCall {
        return Err(notes::HUNG_UP);
    }
    let holds = |condition| moment.state(condition) == State::Holds;
    if holds(Condition::PRIVATE_CALL) {
        return Err(notes::IS_PRIVATE);
    }
    if holds(Condition::PARTY_OBJECTED) {
        return Err(notes::HAS_OBJECTED);
    }
    Ok(())
}

/// What keeps this frame out.
fn not_now(session: &Session, moment: &Moment, counters: &[Counter; 3]) -> Result<(), Refusal> {
    in_call(session, moment)?;
    match moment.state(Condition::AUDIO_RECORDED) {
        State::Holds => {}
        State::Absent => return Err(notes::AUDIO_NOT_RECORDED),
        State::Unknown => return Err(notes::AUDIO_UNKNOWN),
    }
    absent(
        moment,
        Condition::PRIVATE_CALL,
        notes::IS_PRIVATE,
        notes::PRIVATE_UNKNOWN,
    )?;
    absent(
        moment,
        Condition::PARTY_OBJECTED,
        notes::HAS_OBJECTED,
        notes::OBJECTION_UNKNOWN,
    )?;
    match moment.state(Condition::PARTY_INFORMED) {
        State::Holds => {}
        State::Absent => return Err(notes::NOT_INFORMED),
        State::Unknown => return Err(notes::INFORMED_UNKNOWN),
    }
    unless(
        session.unknown_payment_passes,
        moment,
        Condition::PAYMENT_ENTRY,
        notes::CARD_ENTRY,
        notes::CARD_UNKNOWN,
    )?;
    unless(
        session.unknown_password_passes,
        moment,
        Condition::SECURE_INPUT,
        notes::PASSWORD_ENTRY,
        notes::PASSWORD_UNKNOWN,
    )?;
    absent(
        moment,
        Condition::EMPLOYEE_PAUSED,
        notes::EMPLOYEE_PAUSED,
        notes::PAUSE_UNKNOWN,
    )?;
    fresh(session, moment)?;
    if moment.gap > session.max_frame_interval {
        return Err(notes::HOLE);
    }
    counters
        .iter()
        .find(|counter| counter.used.saturating_add(session.frame_interval) > counter.limit)
        .map_or(Ok(()), |counter| Err(counter.refusal))
}

/// S5: only while the call is connected, or held where the rules allow it.
fn in_call(session: &Session, moment: &Moment) -> Result<(), Refusal> {
    match moment.phase {
        CallPhase::Connected => Ok(()),
        CallPhase::Held if session.while_held => Ok(()),
        CallPhase::Held => Err(notes::ON_HOLD),
        CallPhase::Consulting => Err(notes::WITH_COLLEAGUE),
        CallPhase::None | CallPhase::Ringing => Err(notes::NOT_PICKED_UP),
        CallPhase::AfterCall => Err(notes::HUNG_UP),
    }
}

/// A condition that must be known not to hold.
fn absent(moment: &Moment, condition: Condition, holds: Refusal, unknown: Refusal) -> Result<(), Refusal> {
    unless(false, moment, condition, holds, unknown)
}

/// The same, where an unknown state may pass because the controller declared that it cannot occur.
fn unless(
    unknown_passes: bool,
    moment: &Moment,
    condition: Condition,
    holds: Refusal,
    unknown: Refusal,
) -> Result<(), Refusal> {
    match moment.state(condition) {
        State::Holds => Err(holds),
        State::Unknown if !unknown_passes => Err(unknown),
        State::Unknown | State::Absent => Ok(()),
    }
}

fn fresh(session: &Session, moment: &Moment) -> Result<(), Refusal> {
    if moment.at < moment.facts_from || moment.facts_to < moment.at {
        return Err(notes::FACTS_ELSEWHEN);
    }
    if moment.facts_to.since(moment.facts_from) > session.max_facts_age {
        return Err(notes::FACTS_TOO_OLD);
    }
    Ok(())
}

/// What was recorded of what a cap limits, in ms, and the note of that cap (S7).
struct Counter {
    used: Millis,
    limit: Millis,
    refusal: Refusal,
}

const fn counters(session: &Session, usage: Usage) -> [Counter; 3] {
    let limits = &session.limits;
    [
        Counter {
            used: usage.employee_used,
            limit: limits.employee,
            refusal: notes::EMPLOYEE_CAP,
        },
        Counter {
            used: usage.programme_used,
            limit: limits.programme,
            refusal: notes::PROGRAMME_CAP,
        },
        Counter {
            used: usage.unreviewed,
            limit: limits.unreviewed,
            refusal: notes::REVIEW_CAP,
        },
    ]
}

/// A question that cannot be answered: its answer is no other question's.
const fn invalid(moment: &Moment, why: Refusal) -> Ruling {
    Ruling {
        action: Action::Skip,
        reason: why.reason,
        detail: why.detail,
        lease: Lease {
            until: moment.at,
            budget: NO_LIMIT,
        },
    }
}

fn ruling(session: &Session, moment: &Moment, counters: &[Counter; 3], action: Action, why: Refusal) -> Ruling {
    Ruling {
        action,
        reason: why.reason,
        detail: why.detail,
        lease: Lease {
            until: until(session, moment.at, why.reason),
            budget: budget(session, counters, why.reason),
        },
    }
}

/// The earliest instant at which a date would change the answer, or its note: an end that stands before the
/// one that has passed. Ends behind that one change nothing.
fn until(session: &Session, at: Timestamp, reason: Reason) -> Timestamp {
    match reason {
        Reason::STALE_FACTS | Reason::STILL_IMAGE | Reason::VOLUME => at,
        _ => {
            let to_come = session.ends.iter().map(|end| end.at).take_while(|end| *end > at);
            to_come.min().unwrap_or(Timestamp::MAX)
        }
    }
}

/// How much every counter may still grow before a cap would change the answer.
fn budget(session: &Session, counters: &[Counter; 3], reason: Reason) -> Millis {
    match reason {
        Reason::PERMITTED | Reason::NO_TRAINING_WINDOW => counters
            .iter()
            .filter(|counter| counter.limit != NO_LIMIT)
            .map(|counter| {
                counter
                    .limit
                    .saturating_sub(counter.used)
                    .saturating_sub(session.frame_interval)
            })
            .min()
            .unwrap_or(NO_LIMIT),
        Reason::VOLUME => 0,
        _ => NO_LIMIT,
    }
}
