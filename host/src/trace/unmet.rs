//! Where an answer is not what was expected.

use gardefou_policy::regions::{MAX_SIDE, complement, intersect};
use gardefou_policy::types::{Action, Obligations, Reason, Rect, Span, Timestamp};

use super::answer::{Answer, Decided, Fate};
use super::expected::Expected;
use super::question::Question;

/// A field of an answer that is not what was expected.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Unmet {
    /// Another question was asked.
    Question {
        /// What should have been asked.
        expected: Question,
        /// What was.
        actual: Question,
    },
    /// Something else was decided.
    Action {
        /// What should have been.
        expected: &'static str,
        /// What was.
        actual: &'static str,
    },
    /// It was decided for another reason.
    Reason {
        /// Why it should have been.
        expected: Reason,
        /// Why it was.
        actual: Reason,
    },
    /// Another note of the reason.
    Detail {
        /// Which it should have been; 0 for the reason's own title.
        expected: u16,
        /// Which it was.
        actual: u16,
    },
    /// Other pixels are kept: [`Expected::pixels`] says which.
    Keep,
    /// Another part of a segment is kept.
    Range {
        /// What should have been.
        expected: Span,
        /// What is; `None` when the segment is not trimmed.
        actual: Option<Span>,
    },
    /// An access obliges to something else.
    Obligations {
        /// To what it should.
        expected: Obligations,
        /// To what it does; `None` when it is refused.
        actual: Option<Obligations>,
    },
    /// Something may be kept for another time.
    Until {
        /// Until when it should; `None` without limit.
        expected: Option<Timestamp>,
        /// Until when it may.
        actual: Option<Timestamp>,
    },
}

/// The pixels that should be kept, and those that are. All regions are in canonical form.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Pixels<'a> {
    /// What should be kept.
    pub expected: &'a [Rect],
    /// What is; `None` when the frame is not kept.
    pub actual: Option<&'a [Rect]>,
    /// Where they differ; `None` when that is in more places than anybody looks at.
    pub misplaced: Option<Misplaced>,
}

/// Where other pixels are kept than should be.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Misplaced {
    /// What is kept and should not be.
    pub too_many: Vec<Rect>,
    /// What should be kept and is not.
    pub too_few: Vec<Rect>,
}

/// So many rectangles are compared at most, to say where two regions differ.
const COMPARED: usize = 1 << 18;

impl Unmet {
    /// The field's name in a trace.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Question { .. } => "question",
            Self::Action { .. } => "action",
            Self::Reason { .. } => "reason",
            Self::Detail { .. } => "detail",
            Self::Keep => "keep",
            Self::Range { .. } => "range",
            Self::Obligations { .. } => "obligations",
            Self::Until { .. } => "until",
        }
    }
}

impl Expected {
    /// Every field that it names and that the answer does not have so; empty when it holds.
    #[must_use]
    pub fn unmet(&self, answer: &Answer) -> Vec<Unmet> {
        let fields = [
            differs(self.question, Question::answered(answer))
                .map(|(expected, actual)| Unmet::Question { expected, actual }),
            answer
                .action()
                .and_then(|actual| differs(self.action, actual))
                .map(|(expected, actual)| Unmet::Action { expected, actual }),
            answer
                .refusal()
                .and_then(|actual| differs(self.reason, actual.reason))
                .map(|(expected, actual)| Unmet::Reason { expected, actual }),
            answer
                .refusal()
                .and_then(|actual| differs(self.detail, actual.detail))
                .map(|(expected, actual)| Unmet::Detail { expected, actual }),
            self.keep
                .as_deref()
                .is_some_and(|expected| kept(answer) != Some(expected))
                .then_some(Unmet::Keep),
            self.range.and_then(|expected| {
                let actual = trimmed(answer);
                (actual != Some(expected)).then_some(Unmet::Range { expected, actual })
            }),
            self.obligations.and_then(|expected| {
                let actual = obliges(answer);
                (actual != Some(expected)).then_some(Unmet::Obligations { expected, actual })
            }),
            until(answer)
                .and_then(|actual| differs(self.until, actual))
                .map(|(expected, actual)| Unmet::Until { expected, actual }),
        ];
        fields.into_iter().flatten().collect()
    }

    /// Which pixels should be kept, which are, and where they differ; `None` where it says nothing of pixels.
    #[must_use]
    pub fn pixels<'a>(&'a self, answer: &'a Answer) -> Option<Pixels<'a>> {
        let expected = self.keep.as_deref()?;
        let actual = kept(answer);
        let is = actual.unwrap_or_default();
        let misplaced = without(is, expected).zip(without(expected, is));
        Some(Pixels {
            expected,
            actual,
            misplaced: misplaced.map(|(too_many, too_few)| Misplaced { too_many, too_few }),
        })
    }
}

/// Both, when something is expected and it is not so.
fn differs<T: PartialEq>(expected: Option<T>, actual: T) -> Option<(T, T)> {
    expected
        .filter(|expected| *expected != actual)
        .map(|expected| (expected, actual))
}

/// What lies in the first and not in the second; `None` where that takes too long to say.
fn without(one: &[Rect], other: &[Rect]) -> Option<Vec<Rect>> {
    let (mut outside, mut left) = (Vec::new(), Vec::new());
    complement(other, MAX_SIDE, MAX_SIDE, &mut outside);
    if compared(one, &outside) > COMPARED {
        return None;
    }
    intersect(one, &outside, &mut left);
    Some(left)
}

/// How many rectangles of two regions lie beside one another: what their intersection takes, and has at most.
fn compared(one: &[Rect], other: &[Rect]) -> usize {
    let bands = |region| <[Rect]>::chunk_by(region, |a: &Rect, b: &Rect| a.y == b.y).peekable();
    let bottom = |band: &[Rect]| band.first().map_or(0, |rect| rect.bottom());
    let (mut ours, mut theirs) = (bands(one), bands(other));
    let mut sum: usize = 0;
    while let (Some(a), Some(b)) = (ours.peek(), theirs.peek()) {
        sum = sum.saturating_add(a.len() + b.len());
        let (a, b) = (bottom(a), bottom(b));
        if a <= b {
            ours.next();
        }
        if b <= a {
            theirs.next();
        }
    }
    sum
}

/// The regions that a frame keeps; `None` for one that is not kept, and for every other question.
pub(super) fn kept(answer: &Answer) -> Option<&[Rect]> {
    match &answer.decided {
        Decided::Frame {
            action: Action::Keep,
            keep,
            ..
        } => Some(keep),
        _ => None,
    }
}

/// The part that a segment is trimmed to.
pub(super) const fn trimmed(answer: &Answer) -> Option<Span> {
    match &answer.decided {
        Decided::Segment {
            fate: Fate::Trim(span), ..
        } => Some(*span),
        _ => None,
    }
}

/// What an access that is allowed obliges to.
pub(super) const fn obliges(answer: &Answer) -> Option<Obligations> {
    match &answer.decided {
        Decided::Access(Ok(obligations)) => Some(*obligations),
        _ => None,
    }
}

/// Until when, where that was asked.
pub(super) const fn until(answer: &Answer) -> Option<Option<Timestamp>> {
    match &answer.decided {
        Decided::Retention(until) => Some(*until),
        _ => None,
    }
}
