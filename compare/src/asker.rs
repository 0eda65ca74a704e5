//! Whom the questions are put to.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::question::{Opening, Question};

/// The most questions that are put: beyond it, what is left out is said.
pub const MOST: u64 = 1_000_000;

/// Goes on, or has had enough.
pub(crate) type Flow = ControlFlow<()>;

/// Takes the questions one after the other.
pub(crate) trait Asker {
    /// One more question.
    fn put(&mut self, question: Question) -> Flow;

    /// Whether frames of this session are to be asked about.
    fn opens(&mut self, opening: &Rc<Opening>) -> bool;

    /// What was enumerated so far.
    fn tally(&mut self) -> &mut Tally;
}

/// What was enumerated: how many questions of each kind, and how long each axis was.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Tally {
    /// Questions, by their kind.
    pub questions: BTreeMap<&'static str, u64>,
    /// Values that were gone through, by kind of question and axis; added up over the programmes.
    pub axes: BTreeMap<(&'static str, &'static str), u64>,
    /// Programmes that were asked about.
    pub programmes: u64,
    /// Programmes that they stand for: those alike in every document.
    pub alike: u64,
    /// Programmes that were left out, because there were too many questions.
    pub cut: Vec<String>,
    /// Programmes in which no session opens for both, so that no frame could be compared.
    pub without_frames: Vec<String>,
}

impl Tally {
    /// All questions.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.questions.values().sum()
    }

    pub(crate) fn count(&mut self, kind: &'static str) {
        *self.questions.entry(kind).or_default() += 1;
    }

    pub(crate) fn axis(&mut self, kind: &'static str, axis: &'static str, length: usize) {
        *self.axes.entry((kind, axis)).or_default() += u64::try_from(length).unwrap_or(u64::MAX);
    }
}
