//! Which way an answer changed.

use gardefou_policy::types::{Action, Cap, Disposition, Millis, NO_LIMIT, Obligations, Rect, Span, Terms, WindowKind};

use crate::question::Answer;

/// Which way an answer changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Direction {
    /// More is recorded, kept or allowed. Looser and stricter at once is looser.
    Looser,
    /// Less is recorded, kept or allowed, and nothing more.
    Stricter,
    /// The same is, for another reason.
    Neither,
}

impl Direction {
    /// Its name in JSON, and in the names of files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Looser => "looser",
            Self::Stricter => "stricter",
            Self::Neither => "reason",
        }
    }
}

/// Which way the second of two answers to one question differs from the first; `None` when it does not.
///
/// ```
/// use gardefou_compare::{Answer, Direction, direction};
/// use gardefou::{Reason, Refusal};
/// let refused = Answer::Open(Err(Refusal::of(Reason::PURPOSE)));
/// assert_eq!(direction(&refused, &Answer::Open(Ok(()))), Some(Direction::Looser));
/// assert_eq!(direction(&Answer::Open(Ok(())), &refused), Some(Direction::Stricter));
/// ```
#[must_use]
pub fn direction(old: &Answer, new: &Answer) -> Option<Direction> {
    if old == new {
        return None;
    }
    Some(match (old, new) {
        (Answer::Open(old), Answer::Open(new)) => granted(old.is_ok(), new.is_ok(), Direction::Neither),
        (Answer::Kind(_), Answer::Kind(new)) => either(*new == WindowKind::Training),
        (
            Answer::Frame {
                action: old,
                keep: before,
                ..
            },
            Answer::Frame {
                action: new,
                keep: after,
                ..
            },
        ) => match new.cmp(old) {
            std::cmp::Ordering::Less => Direction::Looser,
            std::cmp::Ordering::Greater => Direction::Stricter,
            std::cmp::Ordering::Equal if *new == Action::Keep => either(!covers(before, after)),
            std::cmp::Ordering::Equal => Direction::Neither,
        },
        (Answer::Review(old, whole), Answer::Review(new, _)) => review(*old, *new, *whole),
        (Answer::Access(old), Answer::Access(new)) => {
            let obligations = match (old, new) {
                (Ok(old), Ok(new)) => either(lacks(*new, *old)),
                _ => Direction::Neither,
            };
            granted(old.is_ok(), new.is_ok(), obligations)
        }
        (Answer::Until(old), Answer::Until(new)) => either(new > old),
        (Answer::Terms(old), Answer::Terms(new)) => match (old, new) {
            (Some(old), Some(new)) => either(loosens(old, new)),
            (old, _) => either(old.is_none()),
        },
        // Two questions: nobody can say.
        _ => Direction::Looser,
    })
}

const fn either(looser: bool) -> Direction {
    if looser { Direction::Looser } else { Direction::Stricter }
}

const fn granted(old: bool, new: bool, alike: Direction) -> Direction {
    match (old, new) {
        (false, true) => Direction::Looser,
        (true, false) => Direction::Stricter,
        _ => alike,
    }
}

fn review(old: Disposition, new: Disposition, whole: Span) -> Direction {
    let kept = |told| match told {
        Disposition::Keep => Some(whole),
        Disposition::Trim(part) => Some(part),
        Disposition::Discard(_) => None,
    };
    match (kept(old), kept(new)) {
        (None, None) => Direction::Neither,
        (old, new) => either(match (old, new) {
            (Some(old), Some(new)) => new.start < old.start || new.end > old.end,
            (_, new) => new.is_some(),
        }),
    }
}

/// Whether `new` does not oblige to something that `old` obliges to.
const fn lacks(new: Obligations, old: Obligations) -> bool {
    (old.journal && !new.journal) || (old.watermark && !new.watermark) || (old.second_person && !new.second_person)
}

/// Whether every pixel of `inner` is in `outer`. Both are regions: their rectangles are apart.
fn covers(outer: &[Rect], inner: &[Rect]) -> bool {
    let area = |rect: &Rect| u128::from(rect.width) * u128::from(rect.height);
    let shared = |a: &Rect, b: &Rect| {
        let length = |from: i64, to: i64| u128::try_from(to - from).unwrap_or(0);
        length(i64::from(a.x.max(b.x)), a.right().min(b.right()))
            * length(i64::from(a.y.max(b.y)), a.bottom().min(b.bottom()))
    };
    inner
        .iter()
        .all(|own| outer.iter().map(|other| shared(own, other)).sum::<u128>() == area(own))
}

/// A part of the terms of a programme.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Term {
    /// The longest time between two frames.
    FrameInterval,
    /// The oldest that facts may be.
    FactsAge,
    /// What may be recorded of one employee.
    EmployeeLimit,
    /// In which period.
    EmployeePeriod,
    /// What may be recorded under the programme.
    ProgrammeLimit,
    /// In which period.
    ProgrammePeriod,
    /// What may wait for review.
    Unreviewed,
    /// The period in which calls are counted.
    SamplingPeriod,
}

impl Term {
    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FrameInterval => "max-frame-interval",
            Self::FactsAge => "max-facts-age",
            Self::EmployeeLimit => "employee-limit",
            Self::EmployeePeriod => "employee-per",
            Self::ProgrammeLimit => "programme-limit",
            Self::ProgrammePeriod => "programme-per",
            Self::Unreviewed => "max-unreviewed",
            Self::SamplingPeriod => "sampling-period",
        }
    }
}

/// What of the terms changed: the old value, the new one (in ms), and which way. A shorter period lets more
/// be recorded under the same limit; how another sampling period counts depends on the calls, and it is
/// taken as looser.
#[must_use]
pub fn changed_terms(old: &Terms, new: &Terms) -> Vec<(Term, Millis, Millis, Direction)> {
    let more = |old: Millis, new: Millis| (old, new, either(new > old));
    let period = |old: Cap, new: Cap| (old.per, new.per, either(new.per < old.per));
    let capped = |old: Cap, new: Cap| old.limit != NO_LIMIT && new.limit != NO_LIMIT;
    let all = [
        (
            Term::FrameInterval,
            more(old.max_frame_interval, new.max_frame_interval),
        ),
        (Term::FactsAge, more(old.max_facts_age, new.max_facts_age)),
        (
            Term::EmployeeLimit,
            more(old.employee_cap.limit, new.employee_cap.limit),
        ),
        (Term::EmployeePeriod, period(old.employee_cap, new.employee_cap)),
        (
            Term::ProgrammeLimit,
            more(old.programme_cap.limit, new.programme_cap.limit),
        ),
        (Term::ProgrammePeriod, period(old.programme_cap, new.programme_cap)),
        (Term::Unreviewed, more(old.max_unreviewed, new.max_unreviewed)),
        (
            Term::SamplingPeriod,
            (old.sampling_period, new.sampling_period, Direction::Looser),
        ),
    ];
    all.into_iter()
        .filter(|(term, (old_value, new_value, _))| {
            let counts = match term {
                Term::EmployeePeriod => capped(old.employee_cap, new.employee_cap),
                Term::ProgrammePeriod => capped(old.programme_cap, new.programme_cap),
                // What has no period at all is the floor.
                Term::SamplingPeriod => old.sampling_period != NO_LIMIT,
                _ => true,
            };
            counts && old_value != new_value
        })
        .map(|(term, (old, new, way))| (term, old, new, way))
        .collect()
}

fn loosens(old: &Terms, new: &Terms) -> bool {
    changed_terms(old, new)
        .iter()
        .any(|(_, _, _, way)| *way == Direction::Looser)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gardefou_policy::types::{DAY, Reason, Refusal, Timestamp};

    fn frame(action: Action, keep: &[Rect]) -> Answer {
        Answer::Frame {
            action,
            why: Refusal::of(Reason::PERMITTED),
            keep: keep.to_vec(),
        }
    }

    #[test]
    fn a_part_is_stricter_and_anything_else_looser() {
        let r = Rect::new;
        let whole = frame(Action::Keep, &[r(0, 0, 10, 10)]);
        let halves = frame(Action::Keep, &[r(0, 0, 5, 10), r(6, 0, 4, 10)]);
        let aside = frame(Action::Keep, &[r(5, 0, 10, 10)]);
        assert_eq!(direction(&whole, &whole), None);
        assert_eq!(direction(&whole, &halves), Some(Direction::Stricter));
        assert_eq!(direction(&halves, &whole), Some(Direction::Looser));
        assert_eq!(
            direction(&whole, &aside),
            Some(Direction::Looser),
            "looser and stricter at once"
        );
        assert_eq!(direction(&whole, &frame(Action::Skip, &[])), Some(Direction::Stricter));
        assert_eq!(
            direction(&frame(Action::Stop, &[]), &frame(Action::Skip, &[])),
            Some(Direction::Looser)
        );
    }

    #[test]
    fn reviews_accesses_and_dates_have_an_order() {
        let at = Timestamp::from_millis;
        let span = |a, b| Span {
            start: at(a),
            end: at(b),
        };
        let told = |d| Answer::Review(d, span(0, 10));
        let discard = |reason| told(Disposition::Discard(Refusal::of(reason)));
        let trim = |a, b| told(Disposition::Trim(span(a, b)));
        assert_eq!(
            direction(&told(Disposition::Keep), &trim(1, 9)),
            Some(Direction::Stricter)
        );
        assert_eq!(direction(&trim(1, 9), &trim(0, 8)), Some(Direction::Looser));
        assert_eq!(
            direction(&discard(Reason::NO_CALL), &trim(0, 1)),
            Some(Direction::Looser)
        );
        assert_eq!(
            direction(&discard(Reason::NO_CALL), &discard(Reason::PRIVATE_CALL)),
            Some(Direction::Neither)
        );
        let obliged = |journal, second_person| {
            Answer::Access(Ok(Obligations {
                journal,
                watermark: false,
                second_person,
            }))
        };
        assert_eq!(
            direction(&obliged(true, true), &obliged(true, false)),
            Some(Direction::Looser)
        );
        assert_eq!(
            direction(&obliged(true, false), &obliged(false, true)),
            Some(Direction::Looser)
        );
        assert_eq!(
            direction(&obliged(true, false), &obliged(true, true)),
            Some(Direction::Stricter)
        );
        assert_eq!(
            direction(&Answer::Until(at(3)), &Answer::Until(at(4))),
            Some(Direction::Looser)
        );
    }

    #[test]
    fn a_shorter_period_is_looser() {
        let cap = |per| Cap { limit: 1_000, per };
        let terms = |per| Terms {
            max_frame_interval: 500,
            max_facts_age: 250,
            employee_cap: cap(per),
            programme_cap: cap(7 * DAY),
            max_unreviewed: 9_000,
            sampling_period: 30 * DAY,
        };
        let told = |per| Answer::Terms(Some(terms(per)));
        assert_eq!(direction(&told(7 * DAY), &told(DAY)), Some(Direction::Looser));
        assert_eq!(direction(&told(DAY), &told(7 * DAY)), Some(Direction::Stricter));
        assert_eq!(direction(&Answer::Terms(None), &told(DAY)), Some(Direction::Looser));
    }
}
