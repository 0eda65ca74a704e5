//! What changes, put into groups.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use gardefou_policy::types::{Action, Artefact, Disposition, Millis, Obligations, Refusal, WindowKind};

use crate::direction::{Direction, Term, changed_terms};
use crate::question::{Answer, Question};

/// How many cases of a group are kept as examples.
const EXAMPLES: usize = 8;
/// How many are, where each is the first of its programme.
const FIRST: usize = 24;
/// How many programmes of a group are named.
const NAMED: usize = 1_000;

/// What changes in a group: the old answer and the new one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Change {
    /// Whether sessions open.
    Open {
        /// Before.
        old: Result<(), Refusal>,
        /// Now.
        new: Result<(), Refusal>,
    },
    /// What a window is.
    Window {
        /// What of the rules it is about, as the rule document writes it.
        about: Rc<str>,
        /// Now.
        new: WindowKind,
    },
    /// What becomes of frames. Where both keep, the regions differ.
    Frame {
        /// Before.
        old: (Action, Refusal),
        /// Now.
        new: (Action, Refusal),
    },
    /// What becomes of segments; what is kept of them differs where the refusals do not.
    Review {
        /// Why they were discarded; `None`: at least a part was kept.
        old: Option<Refusal>,
        /// Why they are discarded.
        new: Option<Refusal>,
    },
    /// Whether somebody may do something.
    Access {
        /// In which role.
        role: String,
        /// Before.
        old: Result<Obligations, Refusal>,
        /// Now.
        new: Result<Obligations, Refusal>,
    },
    /// Until when something is kept.
    KeepUntil {
        /// What.
        artefact: Artefact,
    },
    /// A part of what must be counted and bounded, in ms; `None`: one side does not know the programme.
    Terms {
        /// Which part.
        term: Option<Term>,
        /// Before.
        old: Millis,
        /// Now.
        new: Millis,
    },
}

/// One case: what was asked of either side, and answered.
#[derive(Clone, Debug)]
pub struct Case {
    /// What the old side was asked.
    pub old_question: Question,
    /// What the new side was asked: the same, unless no session opens on both.
    pub new_question: Question,
    /// What the old side answered.
    pub old: Answer,
    /// What the new side answered.
    pub new: Answer,
    /// Whether both were asked the same.
    pub is_same_question: bool,
}

/// Cases of one kind.
#[derive(Clone, Debug)]
pub struct Group {
    /// What changes.
    pub change: Change,
    /// Which way.
    pub direction: Direction,
    /// In how many cases.
    pub cases: u64,
    /// The programmes concerned, by name.
    pub programmes: BTreeSet<String>,
    /// The operations concerned, by name; accesses only.
    pub operations: BTreeSet<String>,
    /// The first cases, and the first of each programme; none for a pattern that no witness shows.
    pub examples: Vec<Case>,
}

/// Groups, in the order of their first cases.
#[derive(Debug, Default)]
pub(crate) struct Groups(HashMap<(Direction, Change), (usize, Group)>);

impl Groups {
    pub(crate) fn take(&mut self, case: &Case, direction: Direction) {
        for (change, direction) in changes(case, direction) {
            let group = self.of(change, direction);
            group.cases += 1;
            let mut is_first = false;
            if let Some(programme) = case.new_question.programme()
                && group.programmes.len() < NAMED
            {
                is_first = group.programmes.insert(programme.to_owned());
            }
            if let Question::Access(access) = &case.new_question {
                group.operations.insert(operation(access.operation).to_owned());
            }
            let most = if is_first { FIRST } else { EXAMPLES };
            if group.examples.len() < most {
                group.examples.push(case.clone());
            }
        }
    }

    /// Counts a pattern that one side alone has, where no case shows it.
    pub(crate) fn take_unseen(&mut self, about: &str, direction: Direction, programme: &str) {
        let new = match direction {
            Direction::Looser => WindowKind::Training,
            Direction::Stricter | Direction::Neither => WindowKind::Other,
        };
        let about = about.into();
        let group = self.of(Change::Window { about, new }, direction);
        group.programmes.insert(programme.to_owned());
    }

    fn of(&mut self, change: Change, direction: Direction) -> &mut Group {
        let next = self.0.len();
        let key = (direction, change.clone());
        let (_, group) = self.0.entry(key).or_insert_with(|| {
            let group = Group {
                change,
                direction,
                cases: 0,
                programmes: BTreeSet::new(),
                operations: BTreeSet::new(),
                examples: Vec::new(),
            };
            (next, group)
        });
        group
    }

    /// Looser first, then stricter, then other reasons.
    pub(crate) fn into_vec(self) -> Vec<Group> {
        let mut groups: Vec<(usize, Group)> = self.0.into_values().collect();
        groups.sort_by_key(|(place, group)| (group.direction, *place));
        groups.into_iter().map(|(_, group)| group).collect()
    }
}

pub(crate) fn changes(case: &Case, direction: Direction) -> Vec<(Change, Direction)> {
    let one = |change| vec![(change, direction)];
    match (&case.old, &case.new, &case.new_question) {
        (Answer::Open(old), Answer::Open(new), _) => one(Change::Open { old: *old, new: *new }),
        (Answer::Kind(_), Answer::Kind(new), Question::Kind { about, .. }) => one(Change::Window {
            about: Rc::clone(about),
            new: *new,
        }),
        (
            Answer::Frame { action, why, .. },
            Answer::Frame {
                action: new_action,
                why: new_why,
                ..
            },
            _,
        ) => one(Change::Frame {
            old: (*action, *why),
            new: (*new_action, *new_why),
        }),
        (Answer::Review(old, _), Answer::Review(new, _), _) => one(Change::Review {
            old: discarded(*old),
            new: discarded(*new),
        }),
        (Answer::Access(old), Answer::Access(new), Question::Access(access)) => one(Change::Access {
            role: access.role.clone(),
            old: *old,
            new: *new,
        }),
        (Answer::Until(_), _, Question::KeepUntil { artefact, .. }) => one(Change::KeepUntil { artefact: *artefact }),
        (Answer::Terms(Some(old)), Answer::Terms(Some(new)), _) => changed_terms(old, new)
            .into_iter()
            .map(|(term, old, new, way)| {
                let term = Some(term);
                (Change::Terms { term, old, new }, way)
            })
            .collect(),
        _ => one(Change::Terms {
            term: None,
            old: 0,
            new: 0,
        }),
    }
}

const fn discarded(told: Disposition) -> Option<Refusal> {
    match told {
        Disposition::Discard(why) => Some(why),
        Disposition::Keep | Disposition::Trim(_) => None,
    }
}

/// The name of an operation, as traces write it.
#[must_use]
pub const fn operation(operation: gardefou_policy::types::Operation) -> &'static str {
    use gardefou_policy::types::Operation;
    match operation {
        Operation::View => "view",
        Operation::Annotate => "annotate",
        Operation::TrainOthers => "train-others",
        Operation::Export => "export",
        Operation::Disclose => "disclose",
        Operation::Restrict => "restrict",
        Operation::Release => "release",
        Operation::Delete => "delete",
        Operation::Other => "other",
    }
}
