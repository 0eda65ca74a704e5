//! What is said of each reason of the contract, one entry a reason.

mod call;
mod custody;
mod opening;
#[cfg(test)]
mod tests;

use gardefou::Reason;
use gardefou_policy::order::{HOST, Question};

use crate::language::Language;

/// A text in both languages. What stands between braces, `{path|otherwise}`, becomes the value at that path
/// of a rule document where there is one (or the ceiling of that name).
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    pub(super) english: &'static str,
    pub(super) french: &'static str,
}

impl Words {
    pub(super) const fn of(self, language: Language) -> &'static str {
        language.pick(self.english, self.french)
    }
}

/// Short for a text in both languages.
const fn w(english: &'static str, french: &'static str) -> Words {
    Words { english, french }
}

/// Where no document can change the answer.
const NO_DOCUMENT: Words = w(
    "No rule document can change this: it holds for everybody.",
    "Aucun document de règles n'y peut rien\u{a0}: cela vaut pour tous.",
);

/// A key of the rule document that feeds a reason.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// Which notes of the reason it feeds; all when empty.
    pub(super) details: &'static [u16],
    /// Where it stands, such as `programme[].volume.unreviewed`.
    pub(super) path: &'static str,
}

/// A key that feeds the whole reason.
const fn key(path: &'static str) -> Key {
    Key { details: &[], path }
}

/// A key that feeds these notes.
const fn of(details: &'static [u16], path: &'static str) -> Key {
    Key { details, path }
}

/// What is said of a reason.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) reason: Reason,
    /// What the rule says.
    pub(super) says: Words,
    /// What becomes of a frame: `stop`, `skip`, `keep`, or two of them; empty where no frame gets it.
    pub(super) at_frame: &'static str,
    /// The facts that decide it.
    pub(super) facts: Words,
    /// What in the facts would have to change: who must do what.
    pub(super) change: Words,
    /// The keys that set it; none where no document can change it.
    pub(super) keys: &'static [Key],
    /// What the rules could say, up to where, and where the floor still refuses.
    pub(super) rules: Words,
}

/// What is said of each reason, in the order of the register.
fn entries() -> impl Iterator<Item = &'static Entry> {
    [opening::OPENING, call::CALL, custody::CUSTODY].into_iter().flatten()
}

/// What is said of this reason; none for a policy's own.
pub(super) fn entry(reason: Reason) -> Option<&'static Entry> {
    entries().find(|entry| entry.reason == reason)
}

/// The questions of the contract.
pub(super) const QUESTIONS: [Question; 4] = [Question::Open, Question::Frame, Question::Review, Question::Access];

/// A place in the order of the checks of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) question: Question,
    /// Counted from 1.
    pub(super) place: usize,
    /// How many checks there are.
    pub(super) of: usize,
}

/// Where a reason stands among the checks of each question that can give it.
pub(super) fn places(reason: Reason) -> Vec<Place> {
    let place = |question: Question| {
        let checks = checks(question);
        let at = checks.iter().position(|check| *check == reason)?;
        Some(Place {
            question,
            place: at + 1,
            of: checks.len(),
        })
    };
    QUESTIONS.into_iter().filter_map(place).collect()
}

/// The reasons that a policy's checks can give to a question, in their order.
pub(super) fn checks(question: Question) -> Vec<Reason> {
    // One that the register does not have stands behind all that the question knows.
    let behind = question.rank(Reason(999));
    let known = Reason::ALL
        .into_iter()
        .filter(|reason| question.rank(*reason) < behind && !HOST.contains(reason));
    let mut checks: Vec<Reason> = known.collect();
    checks.sort_by_key(|reason| question.rank(*reason));
    checks
}

/// A question's name for programs.
pub(super) const fn question_name(question: Question) -> &'static str {
    match question {
        Question::Open => "open",
        Question::Frame => "frame",
        Question::Review => "review",
        Question::Access => "access",
    }
}
