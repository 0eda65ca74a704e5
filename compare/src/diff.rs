//! What two policies decide differently.

use std::rc::Rc;

use crate::asker::{Asker, Flow, MOST, Tally};
use crate::difference::{Group, Groups};
use crate::direction::{Direction, direction};
use crate::oracle::Oracle;
use crate::outline::Outline;
use crate::patterns::{self, Pattern};
use crate::question::{Answer, Opening, Question};
use crate::questions;

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Difference {
    /// What is answered differently, looser first.
    pub groups: Vec<Group>,
    /// Match entries and excluded titles that only one document has.
    pub patterns: Vec<Pattern>,
    /// What was enumerated.
    pub tally: Tally,
    /// Whether that is everything that can differ: both components are their documents, and nothing was cut.
    pub is_exact: bool,
}

/// What a difference comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// They decide alike, whatever they are asked.
    Equal,
    /// Something is permitted that was refused.
    Looser,
    /// Nothing is permitted that was refused; something is refused that was permitted, or for another reason.
    Stricter,
    /// All questions were answered alike, and there are others.
    NoneFound,
}

impl Difference {
    /// What it comes to.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let groups = self.groups.iter().map(|group| group.direction);
        let all = groups.chain(self.patterns.iter().map(|pattern| pattern.direction));
        match all.min() {
            Some(Direction::Looser) => Outcome::Looser,
            Some(Direction::Stricter | Direction::Reason) => Outcome::Stricter,
            None if self.is_exact => Outcome::Equal,
            None => Outcome::NoneFound,
        }
    }
}

/// Puts every question to both. `are_documents` says that both components are what `bake` makes of their
/// documents, which are in the outline; `progress` is told of every question.
pub fn diff(
    outline: &Outline,
    old: &mut dyn Oracle,
    new: &mut dyn Oracle,
    are_documents: bool,
    progress: &mut dyn FnMut(),
) -> Difference {
    let mut both = Both {
        old,
        new,
        groups: Groups::default(),
        tally: Tally::default(),
        progress,
    };
    questions::ask(outline, &mut both);
    let Both { groups, tally, .. } = both;
    let ids: Vec<String> = outline.samples().into_iter().map(|sample| sample.id).collect();
    Difference {
        groups: groups.finish(),
        patterns: patterns::compare(outline, &ids),
        is_exact: are_documents && outline.documents.len() == 2 && tally.cut.is_empty(),
        tally,
    }
}

struct Both<'a> {
    old: &'a mut dyn Oracle,
    new: &'a mut dyn Oracle,
    groups: Groups,
    tally: Tally,
    progress: &'a mut dyn FnMut(),
}

impl Asker for Both<'_> {
    fn put(&mut self, question: Question) -> Flow {
        if self.tally.total() >= MOST {
            return Flow::Break(());
        }
        self.tally.count(question.kind());
        (self.progress)();
        let (old, new) = (self.old.answer(&question), self.new.answer(&question));
        if let Some(direction) = direction(&old, &new) {
            self.groups.add(direction, &question, old, new);
        }
        Flow::Continue(())
    }

    fn opens(&mut self, opening: &Rc<Opening>) -> bool {
        let question = Question::Open(Rc::clone(opening));
        let yes = Answer::Open(Ok(()));
        self.old.answer(&question) == yes && self.new.answer(&question) == yes
    }

    fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }
}
