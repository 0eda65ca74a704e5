//! Which way two answers to one question differ.

use gardefou::{Action, NO_LIMIT, Obligations, Rect, WindowKind};
use gardefou_policy::types::{Cap, Disposition, Terms};

use crate::question::Answer;

/// Which way an answer differs from the one before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Direction {
    /// It permits something that was refused. What is looser and stricter at once is looser.
    Looser,
    /// It refuses something that was permitted, and permits nothing new.
    Stricter,
    /// It does the same for another reason.
    Reason,
}

/// How the new answer differs from the old one; `None` where it does not.
#[must_use]
pub fn direction(old: &Answer, new: &Answer) -> Option<Direction> {
    if old == new {
        return None;
    }
    let by = match (old, new) {
        (Answer::Terms(old), Answer::Terms(new)) => terms(old.as_ref(), new.as_ref()),
        (Answer::KeepUntil(old), Answer::KeepUntil(new)) => Change::of(old, new),
        (Answer::KeepUntil(_), Answer::Fault(_)) => Change::STRICTER,
        (Answer::Fault(_), Answer::KeepUntil(_)) => Change::LOOSER,
        (Answer::Frame(Action::Keep, _, old), Answer::Frame(Action::Keep, _, new)) => Change {
            looser: !is_within(new, old),
            stricter: !is_within(old, new),
        },
        (Answer::Access(Ok(old)), Answer::Access(Ok(new))) => obligations(*old, *new),
        (Answer::Review(Disposition::Trim(old)), Answer::Review(Disposition::Trim(new))) => Change {
            looser: new.intersection(*old) != *new,
            stricter: old.intersection(*new) != *old,
        },
        _ => Change::of(&rank(old), &rank(new)),
    };
    Some(by.direction())
}

/// What became looser and what stricter.
#[derive(Clone, Copy, Default)]
struct Change {
    looser: bool,
    stricter: bool,
}

impl Change {
    const LOOSER: Self = Self {
        looser: true,
        stricter: false,
    };
    const STRICTER: Self = Self {
        looser: false,
        stricter: true,
    };

    /// More is looser.
    fn of<T: PartialOrd>(old: &T, new: &T) -> Self {
        Self {
            looser: new > old,
            stricter: new < old,
        }
    }

    const fn and(self, other: Self) -> Self {
        Self {
            looser: self.looser || other.looser,
            stricter: self.stricter || other.stricter,
        }
    }

    const fn direction(self) -> Direction {
        match (self.looser, self.stricter) {
            (true, _) => Direction::Looser,
            (false, true) => Direction::Stricter,
            (false, false) => Direction::Reason,
        }
    }
}

/// How much an answer permits: more is looser.
const fn rank(answer: &Answer) -> u8 {
    match answer {
        Answer::Open(Err(_)) | Answer::Access(Err(_)) | Answer::NotOpen(_) | Answer::Fault(_) => 0,
        Answer::Frame(Action::Stop, ..) | Answer::Review(Disposition::Discard(_)) => 0,
        Answer::Window(WindowKind::Other) | Answer::Terms(None) | Answer::KeepUntil(_) => 0,
        Answer::Frame(Action::Skip, ..) | Answer::Review(Disposition::Trim(_)) => 1,
        Answer::Open(Ok(())) | Answer::Access(Ok(_)) | Answer::Window(WindowKind::Training) => 2,
        Answer::Frame(Action::Keep, ..) | Answer::Review(Disposition::Keep) | Answer::Terms(Some(_)) => 2,
    }
}

/// An obligation that is gone is looser.
fn obligations(old: Obligations, new: Obligations) -> Change {
    [
        (old.journal, new.journal),
        (old.watermark, new.watermark),
        (old.second_person, new.second_person),
    ]
    .into_iter()
    .map(|(old, new)| Change::of(&new, &old))
    .fold(Change::default(), Change::and)
}

fn terms(old: Option<&Terms>, new: Option<&Terms>) -> Change {
    let (Some(old), Some(new)) = (old, new) else {
        return Change::of(&old.is_some(), &new.is_some());
    };
    // What is counted over another period can be more or less.
    let sampling = Change {
        looser: old.sampling_period != new.sampling_period && old.sampling_period != NO_LIMIT,
        stricter: false,
    };
    Change::of(&old.max_frame_interval, &new.max_frame_interval)
        .and(Change::of(&old.max_facts_age, &new.max_facts_age))
        .and(Change::of(&old.max_unreviewed, &new.max_unreviewed))
        .and(cap(old.employee_cap, new.employee_cap))
        .and(cap(old.programme_cap, new.programme_cap))
        .and(sampling)
}

/// The same limit over a longer period is stricter. A cap without a limit has no period.
fn cap(old: Cap, new: Cap) -> Change {
    let period = if old.limit == NO_LIMIT || new.limit == NO_LIMIT {
        Change::default()
    } else {
        Change::of(&new.per, &old.per)
    };
    Change::of(&old.limit, &new.limit).and(period)
}

/// Whether every pixel of the one is a pixel of the other; both are canonical.
fn is_within(inner: &[Rect], outer: &[Rect]) -> bool {
    inner.iter().all(|rect| covered(*rect, outer))
}

/// Whether these rectangles, which do not overlap, cover this one: their shares of its area add up to it.
fn covered(rect: Rect, by: &[Rect]) -> bool {
    let share = |other: &Rect| {
        let width = rect.right().min(other.right()) - i64::from(rect.x.max(other.x));
        let height = rect.bottom().min(other.bottom()) - i64::from(rect.y.max(other.y));
        i128::from(width.max(0)) * i128::from(height.max(0))
    };
    let area = i128::from(rect.width) * i128::from(rect.height);
    by.iter().map(share).sum::<i128>() == area
}
