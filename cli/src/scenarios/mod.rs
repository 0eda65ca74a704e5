//! Scenarios: traces with expectations, put to policies, and what came of it in every form.
//!
//! The engine is in [`gardefou::trace`]. Here files are found and read, and the forms are pure functions of
//! a [`Suite`].

mod blessing;
mod coverage;
mod difference;
mod failure;
mod files;
mod json;
mod junit;
mod page;
mod picture;
mod reasons;
mod rows;

pub(crate) use blessing::{Rewritten, json as blessing_json, page as blessing_page};
pub(crate) use files::{found, read};
pub(crate) use json::json;
pub(crate) use junit::junit;
pub(crate) use page::{page, sheet};

use gardefou::Policy;
use gardefou::trace::{Asked, Check, Coverage, Trial};

use reasons::Reasons;

/// A scenario that was put to the policies.
#[derive(Debug)]
pub(crate) struct Tried {
    /// What messages call it: its path as it was given, or found.
    pub(crate) name: String,
    /// What was answered, and what should have been.
    pub(crate) trial: Trial,
}

impl Tried {
    /// The first of what does not hold, whatever was shown before, and others as long as there are some `left` to
    /// show of the whole suite; and how many more there are.
    fn failures(&self, left: &mut usize) -> (Vec<(&Asked, &Check)>, usize) {
        let mut failures = self.trial.failures();
        let shown: Vec<_> = failures.by_ref().take((*left).max(1)).collect();
        *left = left.saturating_sub(shown.len());
        (shown, failures.count())
    }

    fn expectations(&self) -> usize {
        self.trial.asked().iter().map(|asked| asked.checks.len()).sum()
    }
}

/// Every scenario, put to the same policies.
#[derive(Debug)]
pub(crate) struct Suite {
    reasons: Reasons,
    tried: Vec<Tried>,
    coverage: Coverage,
}

impl Suite {
    /// These scenarios, as these policies answered them.
    pub(crate) fn new(policies: &[Policy], tried: Vec<Tried>) -> Self {
        let mut coverage = Coverage::default();
        for one in &tried {
            coverage.add(&one.trial);
        }
        Self {
            reasons: Reasons::of(policies),
            tried,
            coverage,
        }
    }

    /// Whether every expectation of every scenario holds.
    pub(crate) fn holds(&self) -> bool {
        self.failed() == 0
    }

    fn failed(&self) -> usize {
        self.tried.iter().filter(|one| !one.trial.holds()).count()
    }

    fn expectations(&self) -> usize {
        self.tried.iter().map(Tried::expectations).sum()
    }
}
