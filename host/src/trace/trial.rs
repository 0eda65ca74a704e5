//! What policies answered to a scenario, held against what was expected.

use std::sync::Arc;

use super::answer::{Answer, Decided};
use super::expected::Expected;
use super::question::Question;
use super::unmet::Unmet;

/// Every question of a scenario, answered, in the order of the file.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Trial {
    asked: Vec<Asked>,
    /// Frames and segments only repeat the answer to the session from now on.
    refused: bool,
}

/// A question, its answer, and what was expected of it.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Asked {
    /// The number of its line, from 1.
    pub line: u64,
    /// What was answered.
    pub answer: Answer,
    /// Of a frame: the width and height of its surface in captured pixels.
    pub surface: Option<(u32, u32)>,
    /// Whether the answer only repeats that the session was refused.
    pub repeats: bool,
    /// What each `expect` line up to the next question found.
    pub checks: Vec<Check>,
}

/// What an `expect` line found.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Check {
    /// The number of its line, from 1.
    pub line: u64,
    /// What it expects.
    pub expected: Arc<Expected>,
    /// Which fields are not so; empty when it holds.
    pub unmet: Vec<Unmet>,
}

impl Trial {
    /// Every question, in the order of the file.
    #[must_use]
    pub fn asked(&self) -> &[Asked] {
        &self.asked
    }

    /// Whether every expectation holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.failures().next().is_none()
    }

    /// Every expectation that does not hold, with its question.
    pub fn failures(&self) -> impl Iterator<Item = (&Asked, &Check)> {
        let checks = self
            .asked
            .iter()
            .flat_map(|asked| asked.checks.iter().map(move |check| (asked, check)));
        checks.filter(|(_, check)| !check.unmet.is_empty())
    }

    pub(super) fn record(&mut self, line: u64, answer: Answer, surface: Option<(u32, u32)>) {
        let question = Question::answered(&answer);
        let of_the_session = matches!(question, Question::Frame | Question::Segment);
        if let Decided::Session(opening) = &answer.decided {
            self.refused = opening.is_err();
        }
        self.asked.push(Asked {
            line,
            surface: surface.filter(|_| question == Question::Frame),
            repeats: self.refused && of_the_session,
            answer,
            checks: Vec::new(),
        });
    }

    pub(super) fn check(&mut self, line: u64, expected: &Arc<Expected>) {
        let Some(asked) = self.asked.last_mut() else { return };
        asked.checks.push(Check {
            line,
            unmet: expected.unmet(&asked.answer),
            expected: Arc::clone(expected),
        });
    }
}

impl Asked {
    /// What was asked.
    #[must_use]
    pub const fn question(&self) -> Question {
        Question::answered(&self.answer)
    }
}
