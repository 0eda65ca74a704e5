//! What changed, in groups: one for each pair of answers that a reader would call the same change.

use std::collections::{BTreeMap, BTreeSet};

use gardefou::Refusal;

use crate::direction::Direction;
use crate::outline::NO_PROGRAMME;
use crate::question::{Answer, Question};

/// Questions that the new policy answers differently, in the same way.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Group {
    /// Which way.
    pub direction: Direction,
    /// How many questions.
    pub cases: u64,
    /// The programmes that they are about; empty where they are about none.
    pub programmes: BTreeSet<String>,
    /// The first of them.
    pub question: Question,
    /// What the old policy answers to it.
    pub old: Answer,
    /// What the new policy answers to it.
    pub new: Answer,
}

/// What makes two changes the same: the question's kind, the direction, and what was and is done, and why.
type Kind = (Direction, &'static str, Told, Told, String);

/// What an answer comes to: its action and its reason, without regions and instants.
type Told = (&'static str, u32, u16);

/// The groups, found one question after the other.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    found: BTreeMap<Kind, Group>,
}

impl Groups {
    /// One more question that is answered differently.
    pub(crate) fn add(&mut self, direction: Direction, question: &Question, old: Answer, new: Answer) {
        let kind = (direction, question.kind(), told(&old), told(&new), subject(question));
        let group = self.found.entry(kind).or_insert_with(|| Group {
            direction,
            cases: 0,
            programmes: BTreeSet::new(),
            question: question.clone(),
            old,
            new,
        });
        group.cases += 1;
        if let Some(programme) = question.programme().filter(|id| *id != NO_PROGRAMME) {
            group.programmes.insert(programme.to_owned());
        }
    }

    /// All of them, looser first.
    pub(crate) fn finish(self) -> Vec<Group> {
        self.found.into_values().collect()
    }
}

/// What tells groups of one kind apart beside their answers.
fn subject(question: &Question) -> String {
    match question {
        Question::Access(access) => access.role.clone(),
        Question::KeepUntil { artefact, .. } => format!("{artefact:?}"),
        Question::Window(_, app) => app.executable.clone().or_else(|| app.url.clone()).unwrap_or_default(),
        _ => String::new(),
    }
}

fn told(answer: &Answer) -> Told {
    let why = answer.refusal().unwrap_or(Refusal::of(gardefou::Reason::PERMITTED));
    (answer.action(), u32::from(why.reason.0), why.detail)
}
