//! Everything that is asked of two sides, and what comes of it.

use std::collections::BTreeSet;

use crate::direction::{Direction, direction};
use crate::group::{Case, Group, Groups};
use crate::oracle::Oracle;
use crate::question::{Answer, Question};
use crate::sides::{Sides, applications, listed};
use crate::{custody, frame, opening, windows};

/// The most cases of one comparison. Above it an axis is cut.
pub const MOST_CASES: u64 = 1_000_000;

/// How many questions of each kind were put to both sides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// About openings.
    pub openings: u64,
    /// About windows.
    pub windows: u64,
    /// About frames.
    pub frames: u64,
    /// About segments.
    pub segments: u64,
    /// About accesses.
    pub accesses: u64,
    /// About retention.
    pub retentions: u64,
    /// For terms.
    pub terms: u64,
}

impl Asked {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.openings + self.windows + self.frames + self.segments + self.accesses + self.retentions + self.terms
    }

    const fn count(&mut self, question: &Question) {
        let own = match question {
            Question::Open(_) => &mut self.openings,
            Question::Kind { .. } => &mut self.windows,
            Question::Frame(_) => &mut self.frames,
            Question::Review(_) => &mut self.segments,
            Question::Access(_) => &mut self.accesses,
            Question::KeepUntil { .. } => &mut self.retentions,
            Question::Terms { .. } => &mut self.terms,
        };
        *own += 1;
    }
}

/// How many values each axis had.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Axes {
    /// Programmes asked about, the unknown one included.
    pub programmes: u64,
    /// Programmes that there are, the unknown one included. More than were asked about: the axis was cut.
    pub all_programmes: u64,
    /// Instants, over all programmes.
    pub instants: u64,
    /// Roles, the unknown one included.
    pub roles: u64,
    /// Entries and never-titles of applications, over all programmes and both sides.
    pub patterns: u64,
    /// Programmes under which no session opens on both sides, so that each side was asked about frames and
    /// windows of a session of its own.
    pub apart: BTreeSet<String>,
    /// Programmes under which one side opens no session at all, so that frames and windows were not asked
    /// about: whatever they would be answered, nothing is recorded there.
    pub closed: BTreeSet<String>,
}

/// What came of a comparison.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What differs, looser first.
    pub groups: Vec<Group>,
    /// What was asked.
    pub asked: Asked,
    /// How many values each axis had.
    pub axes: Axes,
    /// Answers of the new side that permit something: sessions that open, frames kept, accesses allowed.
    pub permitted: Asked,
}

impl Comparison {
    /// Which way the whole differs; `None` when nothing differs.
    #[must_use]
    pub fn direction(&self) -> Option<Direction> {
        self.groups.iter().map(|group| group.direction).min()
    }

    /// Whether an axis was cut, so that nothing is exact.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.axes.programmes < self.axes.all_programmes
    }
}

/// The plan of a comparison: which programmes are asked about, and in how many questions.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    sides: Sides<'a>,
    programmes: Vec<String>,
    all_programmes: usize,
    cases: u64,
}

impl<'a> Plan<'a> {
    /// Everything that these rules tell apart, within [`MOST_CASES`]. `sides` are the rules that the
    /// boundaries are taken from.
    #[must_use]
    pub fn of(sides: Sides<'a>) -> Self {
        Self::within(sides, MOST_CASES)
    }

    /// The same within so many cases. Where they do not suffice, programmes are left out: first those that
    /// are like another but for their name and employees.
    #[must_use]
    pub fn within(sides: Sides<'a>, most: u64) -> Self {
        let all = sides.programmes();
        let all_programmes = all.len();
        let mut cases = 0;
        custody::reviews(&mut |_| cases += 1);
        let mut chosen = Vec::new();
        for programme in by_novelty(&sides, all) {
            let mut own = 0_u64;
            each(&sides, &programme, &mut |_, _| own += 1);
            if cases + own > most && !chosen.is_empty() {
                break;
            }
            cases += own;
            chosen.push(programme);
        }
        Self {
            sides,
            programmes: chosen,
            all_programmes,
            cases,
        }
    }

    /// How many cases it has.
    #[must_use]
    pub const fn cases(&self) -> u64 {
        self.cases
    }

    /// Puts every question to both sides. `progress` is told of each.
    pub fn compare(&self, old: &mut dyn Oracle, new: &mut dyn Oracle, mut progress: impl FnMut()) -> Comparison {
        let mut groups = Groups::default();
        let (mut asked, mut permitted) = (Asked::default(), Asked::default());
        let mut put = |one: Question, other: Option<Question>| {
            asked.count(&one);
            progress();
            let told = (old.answer(&one), new.answer(other.as_ref().unwrap_or(&one)));
            if told.1.permits() {
                permitted.count(&one);
            }
            if let Some(way) = direction(&told.0, &told.1) {
                groups.take(&case(one, other, told), way);
            }
        };
        custody::reviews(&mut |question| put(question, None));
        for programme in &self.programmes {
            each(&self.sides, programme, &mut put);
        }
        for programme in &self.programmes {
            for alone in windows::alone(&self.sides, programme) {
                groups.take_unseen(&alone.about, alone.direction, programme);
            }
        }
        Comparison {
            groups: groups.into_vec(),
            asked,
            axes: self.axes(),
            permitted,
        }
    }

    fn axes(&self) -> Axes {
        let mut axes = Axes {
            programmes: count(self.programmes.len()),
            all_programmes: count(self.all_programmes),
            roles: count(custody::roles(&self.sides).len()),
            ..Axes::default()
        };
        for programme in &self.programmes {
            axes.instants += count(self.sides.dates(programme).len());
            for application in self
                .sides
                .both()
                .iter()
                .flat_map(|rules| applications(rules, programme))
            {
                axes.patterns += count(application.entries.len() + application.never_title.len());
            }
            let is_listed = self.sides.of(programme).next().is_some();
            match self.sides.session(programme) {
                Some([old, new]) if old != new => drop(axes.apart.insert(programme.clone())),
                None if is_listed => drop(axes.closed.insert(programme.clone())),
                _ => {}
            }
        }
        axes
    }
}

fn case(old_question: Question, other: Option<Question>, (old, new): (Answer, Answer)) -> Case {
    Case {
        is_same_question: other.is_none(),
        new_question: other.unwrap_or_else(|| old_question.clone()),
        old_question,
        old,
        new,
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Every question about a programme; the second is for the new side, where it is another.
fn each(sides: &Sides<'_>, programme: &str, put: &mut dyn FnMut(Question, Option<Question>)) {
    opening::ask(sides, programme, &mut |question| put(question, None));
    let is_common = matches!(sides.session(programme), Some([old, new]) if old == new);
    let mut both = |old: Question, new: Question| put(old, (!is_common).then_some(new));
    frame::ask(sides, programme, &mut both);
    windows::ask(sides, programme, &mut both);
    custody::accesses(sides, programme, &mut |question| put(question, None));
    custody::retentions(sides, programme, &mut |question| put(question, None));
    custody::terms(programme, &mut |question| put(question, None));
}

/// Programmes that are like no other first, each kind's first one before its second; the unknown one, which
/// stands last, among the first.
fn by_novelty(sides: &Sides<'_>, programmes: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let (mut novel, mut alike) = (Vec::new(), Vec::new());
    for programme in programmes {
        let kinds = sides.both().map(|rules| {
            let found = listed(rules).iter().find(|p| p.id == programme);
            found.map(|p| {
                let mut kind = p.clone();
                kind.id.clear();
                if let gardefou_policy::rules::Enrolment::Listed(employees) = &mut kind.enrolment {
                    employees.truncate(1);
                    employees.iter_mut().for_each(String::clear);
                }
                format!("{kind:?}")
            })
        });
        if seen.insert(kinds) {
            novel.push(programme);
        } else {
            alike.push(programme);
        }
    }
    novel.append(&mut alike);
    novel
}
