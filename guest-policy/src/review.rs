//! What becomes of a segment that is finished. What came late counts.

use crate::facts::Segment;
use crate::notes;
use crate::types::{CaptureMode, Condition, Disposition, Refusal, Span, State};

/// Decides a segment by what is known when asked.
#[must_use]
pub fn review(segment: &Segment) -> Disposition {
    match allowed(segment) {
        Err(refusal) => Disposition::Discard(refusal),
        Ok(within) if within == whole(segment) => Disposition::Keep,
        Ok(within) => Disposition::Trim(within),
    }
}

const fn whole(segment: &Segment) -> Span {
    Span {
        start: segment.started_at,
        end: segment.ended_at,
    }
}

/// The part of the segment that may be kept.
fn allowed(segment: &Segment) -> Result<Span, Refusal> {
    if segment.mode == CaptureMode::Screenshot {
        return Err(notes::SCREENSHOT);
    }
    match segment.state(Condition::PRIVATE_CALL) {
        State::Absent => {}
        State::Holds => return Err(notes::IS_PRIVATE),
        State::Unknown => return Err(notes::PRIVATE_UNKNOWN),
    }
    match segment.state(Condition::PARTY_OBJECTED) {
        State::Absent => {}
        State::Holds => return Err(notes::HAS_OBJECTED),
        State::Unknown => return Err(notes::OBJECTION_UNKNOWN),
    }
    match segment.state(Condition::PARTY_INFORMED) {
        State::Holds => {}
        State::Absent => return Err(notes::NOT_INFORMED),
        State::Unknown => return Err(notes::INFORMED_UNKNOWN),
    }
    let call = Span {
        start: segment.answered_at.ok_or(notes::NOT_PICKED_UP)?,
        end: segment.hung_up.end().ok_or(notes::HANG_UP_UNKNOWN)?,
    };
    let within = whole(segment).intersection(call);
    if within.is_empty() {
        Err(notes::OUTSIDE_CALL)
    } else {
        Ok(within)
    }
}

/// What the unconfigured template answers.
#[must_use]
pub const fn unconfigured() -> Disposition {
    Disposition::Discard(notes::UNCONFIGURED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::HungUp;
    use crate::types::{Conditions, Reason, Timestamp};

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn segment(from: u64, to: u64) -> Segment {
        Segment {
            started_at: at(from),
            ended_at: at(to),
            answered_at: Some(at(100)),
            hung_up: HungUp::At(at(200)),
            known: Conditions(0b0110_1110),
            holds: Conditions::NONE.with(Condition::PARTY_INFORMED),
            mode: CaptureMode::ScreenVideo,
        }
    }

    fn reason(segment: &Segment) -> Reason {
        match review(segment) {
            Disposition::Discard(refusal) => refusal.reason,
            Disposition::Keep | Disposition::Trim(_) => Reason::PERMITTED,
        }
    }

    #[test]
    fn what_lies_within_the_call_is_kept() {
        let trimmed = |start, end| {
            Disposition::Trim(Span {
                start: at(start),
                end: at(end),
            })
        };
        assert_eq!(review(&segment(100, 200)), Disposition::Keep);
        assert_eq!(review(&segment(90, 150)), trimmed(100, 150));
        assert_eq!(review(&segment(90, 300)), trimmed(100, 200));
        assert_eq!(reason(&segment(200, 300)), Reason::NO_CALL);
        assert_eq!(reason(&segment(150, 150)), Reason::NO_CALL, "empty");
        assert_eq!(reason(&segment(160, 150)), Reason::NO_CALL, "reversed");
        let on = Segment {
            hung_up: HungUp::GoesOn,
            ..segment(150, 9_000)
        };
        assert_eq!(review(&on), Disposition::Keep, "the call goes on");
        let unknown = Segment {
            hung_up: HungUp::Unknown,
            ..segment(150, 190)
        };
        assert_eq!(
            review(&unknown),
            Disposition::Discard(notes::HANG_UP_UNKNOWN),
            "nobody knows whether it does"
        );
        let never = Segment {
            answered_at: None,
            ..segment(100, 200)
        };
        assert_eq!(reason(&never), Reason::NO_CALL);
    }

    #[test]
    fn the_earlier_check_gives_the_reason() {
        let mut all = segment(300, 300);
        all.mode = CaptureMode::Screenshot;
        all.holds = all
            .holds
            .with(Condition::PRIVATE_CALL)
            .with(Condition::PARTY_OBJECTED)
            .without(Condition::PARTY_INFORMED);
        assert_eq!(reason(&all), Reason::STILL_IMAGE);
        all.mode = CaptureMode::WindowVideo;
        assert_eq!(reason(&all), Reason::PRIVATE_CALL);
        all.holds = all.holds.without(Condition::PRIVATE_CALL);
        assert_eq!(reason(&all), Reason::PARTY_OBJECTED);
        all.holds = all.holds.without(Condition::PARTY_OBJECTED);
        assert_eq!(reason(&all), Reason::PARTY_NOT_INFORMED);
        all.known = Conditions::NONE;
        all.holds = Conditions::NONE;
        assert_eq!(reason(&all), Reason::PRIVATE_CALL, "unknown");
    }
}
