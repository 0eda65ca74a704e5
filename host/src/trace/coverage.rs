//! Which reasons scenarios reach, and which none does.

use std::collections::BTreeMap;

use gardefou_policy::types::Reason;

use super::question::Question;
use super::trial::Trial;

/// How far scenarios reach a reason of a question.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reach {
    /// No answer gave it.
    Never,
    /// An answer gave it, and no expectation would notice another one.
    Given,
    /// An answer gave it, and an expectation says why it must.
    Expected,
}

/// Which reasons the answers to scenarios gave, question by question.
///
/// An answer that only repeats that the session was refused reaches nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    reached: BTreeMap<(Question, Reason), Reach>,
    retention: Option<Reach>,
}

impl Coverage {
    /// Counts what this trial reached.
    pub fn add(&mut self, trial: &Trial) {
        for asked in trial.asked().iter().filter(|asked| !asked.repeats) {
            let question = asked.question();
            let reach = |expected: bool| if expected { Reach::Expected } else { Reach::Given };
            let Some(refusal) = asked.answer.refusal() else {
                let reach = reach(asked.checks.iter().any(|check| check.expected.until.is_some()));
                self.retention = self.retention.max(Some(reach));
                continue;
            };
            let reach = reach(asked.checks.iter().any(|check| check.expected.names_the_reason()));
            let known = self.reached.entry((question, refusal.reason)).or_insert(reach);
            *known = reach.max(*known);
        }
    }

    /// How far this reason was reached at this question.
    #[must_use]
    pub fn of(&self, question: Question, reason: Reason) -> Reach {
        self.reached.get(&(question, reason)).copied().unwrap_or(Reach::Never)
    }

    /// How far retention was reached: `Expected` when an expectation says until when.
    #[must_use]
    pub fn of_retention(&self) -> Reach {
        self.retention.unwrap_or(Reach::Never)
    }

    /// How far this reason was reached at any question.
    #[must_use]
    pub fn anywhere(&self, reason: Reason) -> Reach {
        let all = self.reached.iter().filter(|((_, own), _)| *own == reason);
        all.map(|(_, reach)| *reach).max().unwrap_or(Reach::Never)
    }

    /// The reasons of a question that no expectation looks at, in the order of the checks.
    #[must_use]
    pub fn missing(&self, question: Question) -> Vec<Reason> {
        let mut reasons = question.reasons();
        reasons.retain(|reason| self.of(question, *reason) != Reach::Expected);
        reasons
    }

    /// What was given beside the reasons of the contract that a question has: by the host, because a policy
    /// failed, or a policy's own reasons.
    pub fn others(&self) -> impl Iterator<Item = (Question, Reason)> {
        let all = self.reached.keys().copied();
        all.filter(|(question, reason)| !question.reasons().contains(reason))
    }
}
