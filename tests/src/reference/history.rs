//! What one fact was, millisecond by millisecond, after everything that was told of it (contract, "Facts hold
//! from capture to question").
//!
//! A value is how strict it is: 0 passes, and of two values the greater is the stricter.

use gardefou::{Millis, Span, Timestamp};

/// The value that passes.
pub const PASSES: u8 = 0;

/// How far back the word in force is always remembered, in ms.
const HORIZON: Millis = 2_000;

/// How many words that changed something are remembered in any case.
const REMEMBERED: usize = 64;

/// One millisecond of a fact.
#[derive(Clone, Copy, Debug)]
struct Cell {
    value: u8,
    /// Which word said so: its number in the order in which words were told, from 1.
    told: usize,
    /// Since when that word counts.
    since: Timestamp,
    /// Too many words ago: a frame is asked as if nothing were known, or refused all the same.
    is_forgotten: bool,
}

/// One fact.
#[derive(Clone, Debug)]
pub struct History {
    /// The instant of the first cell; a cell is one millisecond, and the last one goes on for ever.
    first: Timestamp,
    cells: Vec<Cell>,
    /// The value before the first word, and of what was forgotten.
    unknown: u8,
    /// The value that holds for ever once it held, and the instant from which it does.
    sticky: Option<u8>,
    stuck: Option<Timestamp>,
    /// The instants that words were dated, but those of words that were dropped.
    dates: Vec<Timestamp>,
}

/// A word: its number, when it was told, and since when it says that the fact is so.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    pub told: usize,
    pub now: Timestamp,
    pub date: Timestamp,
}

impl History {
    /// Nothing was told yet.
    #[must_use]
    pub fn new(range: Span, unknown: u8, sticky: Option<u8>) -> Self {
        let cells = usize::try_from(range.length()).unwrap() + 1;
        let cell = Cell {
            value: unknown,
            told: 0,
            since: Timestamp::MIN,
            is_forgotten: false,
        };
        Self {
            first: range.start,
            cells: vec![cell; cells],
            unknown,
            sticky,
            stuck: None,
            dates: vec![],
        }
    }

    fn cell(&self, at: Timestamp) -> usize {
        let after_first = usize::try_from(at.since(self.first)).unwrap_or(usize::MAX);
        after_first.min(self.cells.len() - 1)
    }

    fn value(&self, cell: usize) -> u8 {
        let cell = self.cells[cell];
        if cell.is_forgotten {
            self.unknown.max(cell.value)
        } else {
            cell.value
        }
    }

    /// The strictest value at any instant from the one to the other, both included.
    #[must_use]
    pub fn strictest(&self, from: Timestamp, to: Timestamp) -> u8 {
        let cells = self.cell(from)..=self.cell(to);
        cells.map(|cell| self.value(cell)).max().unwrap()
    }

    /// Whether words that were told after the first so many refuse, or do not know: what they say began before
    /// the question, and lasted beyond the capture. `end` is the last instant that is looked at, mostly that of
    /// the question. What was forgotten counts here.
    #[must_use]
    pub fn refused_since(&self, words: usize, captured: Timestamp, end: Timestamp, asked: Timestamp) -> bool {
        let refuses = |cell: usize| self.cells[cell].told > words && self.cells[cell].value != PASSES;
        // At the instant of the question a later word may stand over one that began before.
        let began = |cell: usize| self.cells[cell].since < asked || cell.checked_sub(1).is_some_and(refuses);
        (self.cell(captured)..=self.cell(end)).any(|cell| refuses(cell) && began(cell))
    }

    /// Says since when this counts, if it does.
    pub fn tell(&mut self, word: Word, value: u8) -> Option<Timestamp> {
        let Word { told, now, date } = word;
        if self.stuck.is_some_and(|stuck| date >= stuck) {
            return None;
        }
        let is_late = self.dates.iter().any(|earlier| date < *earlier);
        if value == PASSES && is_late {
            return None;
        }
        // One that is dated in the future counts at once, unless it passes.
        let from = if value == PASSES { date } else { date.min(now) };
        let says = Cell {
            value,
            told,
            since: from,
            is_forgotten: false,
        };
        if is_late {
            self.tighten(self.next_word(date), says);
        } else {
            self.tighten(Some(date), says);
            self.replace(date, says);
        }
        self.dates.push(date);
        if self.sticky == Some(value) {
            self.replace(from, says);
            self.stuck = Some(from);
        }
        self.forget(now);
        Some(from)
    }

    /// From that instant on it is this, whatever it was there.
    fn replace(&mut self, from: Timestamp, says: Cell) {
        let from = self.cell(from);
        self.cells[from..].fill(says);
    }

    /// Until that instant, excluded, it is at least as strict as this.
    fn tighten(&mut self, to: Option<Timestamp>, says: Cell) {
        let from = self.cell(says.since);
        let to = to.map_or(self.cells.len(), |to| self.cell(to));
        for cell in self.cells.iter_mut().take(to).skip(from) {
            if says.value >= cell.value {
                *cell = Cell {
                    is_forgotten: cell.is_forgotten,
                    ..says
                };
            }
        }
    }

    /// The instant of the next word, also of one that says again what is so already.
    fn next_word(&self, date: Timestamp) -> Option<Timestamp> {
        self.dates.iter().filter(|later| **later > date).min().copied()
    }

    /// Of what is older than the latest 64 changes, only the word in force at the horizon is still known.
    fn forget(&mut self, now: Timestamp) {
        let is_change = |cell: &usize| self.value(*cell) != self.value(*cell - 1);
        let changes: Vec<usize> = (1..self.cells.len()).filter(is_change).collect();
        let Some(oldest) = changes.len().checked_sub(REMEMBERED).map(|n| changes[n]) else {
            return;
        };
        let horizon = self.cell(now.minus(HORIZON));
        let begins = changes
            .iter()
            .rev()
            .find(|change| **change <= horizon)
            .map_or(0, |c| *c);
        let ends = changes.iter().find(|change| **change > horizon).map_or(oldest, |c| *c);
        for cell in (0..oldest).filter(|cell| !(begins..ends).contains(cell)) {
            self.cells[cell].is_forgotten = true;
        }
    }

    /// From that instant on, what is less strict than `least` is what was said before it, as if it had not been
    /// told.
    pub fn ignore_below(&mut self, least: u8, from: Timestamp) {
        for cell in self.cell(from).max(1)..self.cells.len() {
            if self.cells[cell].value < least {
                self.cells[cell] = self.cells[cell - 1];
            }
        }
    }
}
