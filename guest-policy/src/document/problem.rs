//! What is wrong with a document, where, and how to mend it.

use alloc::vec::Vec;
use core::{fmt, ops::Range};
use std::collections::HashSet;

use super::words::{text, words};
use crate::notes::Text;

/// So many errors of a document, and so many warnings, are told one by one.
pub const PROBLEMS: usize = 1_000;

/// The code of the problem that stands for all that are not told. It comes last, at the end of the document.
pub const TOO_MANY_PROBLEMS: &str = "too-many-problems";

/// Whether a document with this problem can be used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Nothing loads.
    Error,
    /// Everything still loads.
    Warning,
}

impl Severity {
    /// Its name in texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing that is wrong with a document, said for somebody who has never programmed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Whether the document can be used all the same.
    pub severity: Severity,
    /// Which kind of problem: kebab-case, and stable.
    pub code: &'static str,
    /// The bytes of the document that it is about; empty where something is missing.
    pub span: Range<usize>,
    /// The line where `span` starts; the first is 1.
    pub line: usize,
    /// The column where `span` starts, in characters; the first is 1.
    pub column: usize,
    /// What is wrong, in one sentence without a full stop.
    pub message: Text,
    /// The row of the legal matrix (legal.md) that it touches.
    pub rule: Option<&'static str>,
    /// How to mend it.
    pub help: Option<Text>,
}

/// In English; [`Problem::message`] is in both languages.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message.english
        )
    }
}

impl Problem {
    /// An error; its line and column are known when all problems are ([`Problems::finish`]).
    pub(super) fn error(code: &'static str, span: &Range<usize>, message: impl Into<Text>) -> Self {
        Self::new(Severity::Error, code, span, message.into())
    }

    /// A warning.
    pub(super) fn warning(code: &'static str, span: &Range<usize>, message: impl Into<Text>) -> Self {
        Self::new(Severity::Warning, code, span, message.into())
    }

    pub(super) fn new(severity: Severity, code: &'static str, span: &Range<usize>, message: Text) -> Self {
        Self {
            severity,
            code,
            span: span.clone(),
            line: 1,
            column: 1,
            message,
            rule: None,
            help: None,
        }
    }

    /// The same, touching this row of the legal matrix.
    pub(super) fn rule(mut self, rule: impl Into<Option<&'static str>>) -> Self {
        self.rule = rule.into();
        self
    }

    /// The same, with a way to mend it.
    pub(super) fn help(mut self, help: impl Into<Text>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What a document may lack only because the reader could not read all of it.
const ABSENCES: [&str; 6] = [
    "missing-key",
    "unknown-reference",
    "unused-application",
    "unused-role",
    "rights-unanswered",
    "no-oversight",
];

/// Everything that was found in one pass.
#[derive(Debug)]
pub(super) struct Problems<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
    found: Vec<Problem>,
    /// How many errors and how many warnings were found, those that are told.
    told: [usize; 2],
    /// The gravest of what is not told.
    untold: Option<Severity>,
    /// From here on nothing could be read.
    unreadable_from: Option<usize>,
    /// How much work may still go into suggestions, in steps of an edit distance.
    pub(super) effort: usize,
}

impl<'t> Problems<'t> {
    /// None yet, in this text.
    pub(super) fn new(text: &'t str) -> Self {
        let after_newlines = text
            .bytes()
            .enumerate()
            .filter(|(_, b)| *b == b'\n')
            .map(|(at, _)| at + 1);
        // An editor does not show a byte order mark: the first column comes after it.
        let first = text
            .chars()
            .next()
            .filter(|c| *c == '\u{feff}')
            .map_or(0, char::len_utf8);
        Self {
            text,
            line_starts: core::iter::once(first).chain(after_newlines).collect(),
            found: Vec::new(),
            told: [0; 2],
            untold: None,
            unreadable_from: None,
            effort: 50_000_000,
        }
    }

    /// One more; beyond [`PROBLEMS`] of its severity only that it is there.
    pub(super) fn add(&mut self, problem: Problem) {
        let [errors, warnings] = &mut self.told;
        let told = match problem.severity {
            Severity::Error => errors,
            Severity::Warning => warnings,
        };
        if *told < PROBLEMS {
            *told += 1;
            self.found.push(problem);
        } else {
            self.untold = self.untold.into_iter().chain([problem.severity]).min();
        }
    }

    /// How many there are so far.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// The first byte behind everything that was found so far.
    pub(super) fn last_place(&self) -> usize {
        self.found.iter().map(|problem| problem.span.end).max().unwrap_or(0)
    }

    /// Which line this byte is on; the first is 1.
    pub(super) fn line_of(&self, at: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= at).max(1)
    }

    /// The whole text.
    pub(super) const fn text(&self) -> &'t str {
        self.text
    }

    /// Takes back what was found so far on the line of this byte.
    pub(super) fn forget_line(&mut self, at: usize) {
        let line = self.line_of(at);
        let found = core::mem::take(&mut self.found);
        self.found = found
            .into_iter()
            .filter(|p| self.line_of(p.span.start) != line)
            .collect();
    }

    /// Nothing from here on could be read, and what seems wrong there is not told.
    pub(super) const fn unreadable_from(&mut self, at: usize) {
        self.unreadable_from = Some(at);
    }

    /// The text of the line that this byte is on, without its end.
    pub(super) fn line_text(&self, at: usize) -> &'t str {
        let start = self.line_start(self.line_of(at));
        let rest = self.text.get(start..).unwrap_or_default();
        rest.lines().next().unwrap_or_default()
    }

    /// Drops what follows from a place that could not be read: of the problems after the first
    /// `unreadable`, those on the lines of these, and, where the structure is damaged, every absence.
    pub(super) fn drop_consequences(&mut self, unreadable: usize, structure_is_damaged: bool) {
        let damaged = self.found.iter().take(unreadable);
        let lines: HashSet<usize> = damaged
            .flat_map(|p| self.line_of(p.span.start)..=self.line_of(p.span.end))
            .collect();
        let found = core::mem::take(&mut self.found);
        let is_lost = |problem: &Problem| self.unreadable_from.is_some_and(|from| problem.span.start >= from);
        let is_told = |at: usize, problem: &Problem| {
            at < unreadable
                || !(is_lost(problem)
                    || lines.contains(&self.line_of(problem.span.start))
                    || structure_is_damaged && ABSENCES.contains(&problem.code))
        };
        let kept = found
            .into_iter()
            .enumerate()
            .filter(|(at, p)| is_told(*at, p))
            .map(|(_, p)| p);
        self.found = kept.collect();
    }

    /// All that are told by place, each with its line and column; at the end, that there are more.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        let mut found = core::mem::take(&mut self.found);
        found.sort_by_key(|p| (p.span.start, p.severity));
        found.extend(self.untold.map(|severity| more(severity, self.text.len())));
        // One sweep: a line can be as long as the document.
        let (mut line, mut at, mut column) = (1, self.line_start(1), 1);
        for problem in &mut found {
            let place = problem.span.start;
            let its_line = self.line_of(place);
            if its_line > line {
                (line, at, column) = (its_line, self.line_start(its_line), 1);
            }
            if place > at {
                column += characters(self.text, at..place);
                at = place;
            }
            problem.line = line;
            problem.column = column;
        }
        found
    }

    /// The first byte of the line that this byte is on.
    pub(super) fn line_start_of(&self, at: usize) -> usize {
        self.line_start(self.line_of(at))
    }

    fn line_start(&self, line: usize) -> usize {
        self.line_starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }
}

/// That not every problem of a document of so many bytes is told.
fn more(severity: Severity, end: usize) -> Problem {
    let message = text!(
        "there are more than {PROBLEMS} problems, and the rest is not told",
        "il y a plus de {PROBLEMS} problèmes, et le reste n'est pas donné",
    );
    let help = words(
        "mend those that are told, then read the document again",
        "corrigez ceux qui sont donnés, puis relisez le document",
    );
    Problem::new(severity, TOO_MANY_PROBLEMS, &(end..end), message).help(help)
}

fn characters(text: &str, range: Range<usize>) -> usize {
    let bytes = text.as_bytes().get(range).unwrap_or_default();
    bytes.iter().filter(|b| **b & 0xC0 != 0x80).count()
}
