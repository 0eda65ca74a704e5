//! The problems of a rule document, as `gardefou check` shows them: to a person, and to programs.
//!
//! The forms are pure functions of a [`Checked`] document. What the reader found is in
//! [`gardefou::rules::Problem`]; here it gets its end, the excerpt to point into, and its legal reference.

mod excerpt;
mod json;
mod legal;
mod page;
mod place;
mod sarif;
mod words;

pub(crate) use json::json;
pub(crate) use page::page;
pub(crate) use sarif::sarif;
pub(crate) use words::in_one_line;

use gardefou::rules::{Problem, Severity, TOO_MANY_PROBLEMS};

/// A rule document that was read.
#[derive(Debug)]
pub(crate) struct Checked {
    /// What messages call it: its path.
    pub(crate) name: String,
    /// Its text, in which the spans of the problems are places.
    pub(crate) text: String,
    /// Every problem that is told, by place.
    pub(crate) problems: Vec<Problem>,
}

impl Checked {
    /// Whether it can be used, whatever is odd in it.
    pub(crate) fn loads(&self) -> bool {
        self.count(Severity::Error) == 0
    }

    /// Whether every problem is among those that are told.
    fn tells_all(&self) -> bool {
        self.problems.iter().all(|problem| problem.code != TOO_MANY_PROBLEMS)
    }

    fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|p| p.severity == severity).count()
    }
}
