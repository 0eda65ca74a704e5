//! Two policies to hold against each other: where they come from, and what comes of it.

mod documents;
mod json;
mod side;
mod traces;

pub(crate) use documents::{DAYS, Differences, How, Moved, Said, Unannounced};
pub(crate) use json::{diff, verify};
pub(crate) use side::Side;
pub(crate) use traces::Traces;

use std::collections::HashMap;

use gardefou_compare::{Comparison, Direction, Group, Shown};
use indicatif::{ProgressBar, ProgressStyle};

use crate::language::Language;

/// Above this many cases a comparison takes long enough for a progress bar.
const LONG: u64 = 50_000;

/// Everything that a comparison says.
pub(crate) struct Compared {
    /// The one in force.
    pub(crate) old: Side,
    /// The one to come.
    pub(crate) new: Side,
    /// What the questions showed.
    pub(crate) comparison: Comparison,
    /// What the traces showed, beside them.
    pub(crate) traces: Traces,
    /// For each group of the comparison, in its order, a scenario that shows it, and its file.
    pub(crate) scenarios: Vec<Scenario>,
    /// What the documents say differently, where both have one.
    pub(crate) documents: Option<Differences>,
    /// For each group of the comparison, what of the documents it comes from, where that can be shown.
    pub(crate) causes: Vec<Vec<Said>>,
}

/// What became of a group's scenario.
pub(crate) enum Scenario {
    /// No trace shows it.
    None,
    /// This one does.
    Shown(Shown),
    /// It is in this file.
    Written(String),
}

/// What a comparison comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// The two decide the same, exactly, and say the same.
    Equal,
    /// The two decide the same, exactly; their documents say something differently.
    Documents,
    /// Something is looser.
    Looser,
    /// Nothing is looser, something is stricter.
    Stricter,
    /// The same is decided, for other reasons.
    Reason,
    /// No difference in so many questions.
    NoDifference,
}

impl Verdict {
    /// Its name in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Documents => "documents-differ",
            Self::Looser => "looser",
            Self::Stricter => "stricter",
            Self::Reason => "reason",
            Self::NoDifference => "no-difference-found",
        }
    }

    /// The exit code that tells it to a pipeline.
    pub(crate) const fn exit_code(self) -> u8 {
        match self {
            Self::Equal => 0,
            Self::Looser => 3,
            Self::Stricter | Self::Reason => 4,
            Self::NoDifference => 5,
            Self::Documents => 6,
        }
    }
}

impl Compared {
    /// Whether the questions reach every difference: both sides are what baking their documents gives, and
    /// no axis was cut.
    pub(crate) fn is_exact(&self) -> bool {
        self.old.is_reproduced && self.new.is_reproduced && !self.comparison.is_cut()
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let ways = self.traces.differing.iter().map(|differing| differing.direction);
        match ways.chain(self.comparison.direction()).min() {
            Some(Direction::Looser) => Verdict::Looser,
            Some(Direction::Stricter) => Verdict::Stricter,
            Some(Direction::Neither) => Verdict::Reason,
            None if self.is_exact() && self.documents.as_ref().is_some_and(Differences::is_empty) => Verdict::Equal,
            None if self.is_exact() => Verdict::Documents,
            None => Verdict::NoDifference,
        }
    }

    /// Whether the documents are what decides, on both sides.
    pub(crate) const fn documents_decide(&self) -> bool {
        self.old.is_reproduced && self.new.is_reproduced
    }

    /// How many questions were put to both sides.
    pub(crate) const fn questions(&self) -> u64 {
        self.comparison.asked.total() + self.traces.questions
    }
}

/// What a policy lets pass that the floor does not, and what it lets pass at all.
pub(crate) struct Verified {
    /// The policy.
    pub(crate) side: Side,
    /// The floor is the old side.
    pub(crate) comparison: Comparison,
}

impl Verified {
    /// The groups in which it is looser than the floor.
    pub(crate) fn looser(&self) -> impl Iterator<Item = &Group> {
        let groups = self.comparison.groups.iter();
        groups.filter(|group| group.direction == Direction::Looser)
    }

    /// The same, the first of each question first: ten cases show more than one question.
    pub(crate) fn looser_by_question(&self) -> Vec<&Group> {
        let mut seen = HashMap::new();
        let mut ranked: Vec<(u32, &Group)> = Vec::new();
        for group in self.looser() {
            let rank = seen.entry(std::mem::discriminant(&group.change)).or_insert(0);
            ranked.push((*rank, group));
            *rank += 1;
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, group)| group).collect()
    }

    /// Whether it kept a frame: one that keeps none has shown nothing.
    pub(crate) const fn showed_something(&self) -> bool {
        self.comparison.permitted.frames > 0
    }

    /// `looser`, `nothing-shown` or `not-looser`.
    pub(crate) fn name(&self) -> &'static str {
        match self.exit_code() {
            3 => "looser",
            4 => "nothing-shown",
            _ => "not-looser",
        }
    }

    /// The exit code that tells it to a pipeline.
    pub(crate) fn exit_code(&self) -> u8 {
        if self.looser().next().is_some() {
            3
        } else if self.showed_something() {
            0
        } else {
            4
        }
    }
}

/// A progress bar on standard error for a long comparison; indicatif shows it to people only.
pub(crate) fn progress(cases: u64) -> ProgressBar {
    if cases < LONG {
        return ProgressBar::hidden();
    }
    let template = Language::of_the_user().pick(
        "asking both {wide_bar} {pos} of {len}, {eta} left",
        "questions aux deux {wide_bar} {pos} sur {len}, encore {eta}",
    );
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(cases).with_style(style)
}
