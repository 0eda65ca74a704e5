//! Whether a policy is looser than the floor.

use std::rc::Rc;

use gardefou::Action;

use crate::asker::{Asker, Flow, MOST, Tally};
use crate::direction::{Direction, direction};
use crate::oracle::{Native, Oracle};
use crate::outline::Outline;
use crate::question::{Answer, Opening, Question};
use crate::questions;

/// How many cases are kept of those that are looser than the floor.
const SHOWN: usize = 10;

/// A question that a policy answers more loosely than the floor.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Case {
    /// The question.
    pub question: Question,
    /// What the floor answers.
    pub floor: Answer,
    /// What the policy answers.
    pub policy: Answer,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Verification {
    /// How many questions were answered more loosely than the floor.
    pub looser: u64,
    /// The first of them of each kind, at most ten.
    pub cases: Vec<Case>,
    /// How many frames the policy kept. Without any, nothing was shown.
    pub kept: u64,
    /// How many answers permitted something.
    pub permitted: u64,
    /// What was enumerated.
    pub tally: Tally,
}

/// Puts every question to the policy and to the floor.
pub fn verify(outline: &Outline, policy: &mut dyn Oracle, progress: &mut dyn FnMut()) -> Verification {
    let mut against = Against {
        floor: Native::floor(),
        policy,
        found: Verification {
            looser: 0,
            cases: Vec::new(),
            kept: 0,
            permitted: 0,
            tally: Tally::default(),
        },
        progress,
    };
    questions::ask(outline, &mut against);
    against.found
}

struct Against<'a> {
    floor: Native,
    policy: &'a mut dyn Oracle,
    found: Verification,
    progress: &'a mut dyn FnMut(),
}

impl Against<'_> {
    fn looser(&mut self, question: Question, floor: Answer, policy: Answer) {
        self.found.looser += 1;
        let told = |case: &Case| (case.question.kind(), case.floor.refusal().map(|why| why.reason));
        let case = Case {
            question,
            floor,
            policy,
        };
        let cases = &mut self.found.cases;
        if cases.len() < SHOWN && !cases.iter().any(|known| told(known) == told(&case)) {
            cases.push(case);
        }
    }
}

impl Asker for Against<'_> {
    fn put(&mut self, question: Question) -> Flow {
        if self.found.tally.total() >= MOST {
            return Flow::Break(());
        }
        self.found.tally.count(question.kind());
        (self.progress)();
        let (floor, policy) = (self.floor.answer(&question), self.policy.answer(&question));
        self.found.permitted += u64::from(policy.permits());
        self.found.kept += u64::from(matches!(policy, Answer::Frame(Action::Keep, ..)));
        if direction(&floor, &policy) == Some(Direction::Looser) {
            self.looser(question, floor, policy);
        }
        Flow::Continue(())
    }

    fn opens(&mut self, opening: &Rc<Opening>) -> bool {
        self.policy.answer(&Question::Open(Rc::clone(opening))) == Answer::Open(Ok(()))
    }

    fn tally(&mut self) -> &mut Tally {
        &mut self.found.tally
    }
}
