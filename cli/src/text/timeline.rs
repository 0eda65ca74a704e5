//! The timeline: the call's phases, a lane for each outcome, and the time below.

use gardefou::{CallPhase, Millis, Reason, Timestamp};

use super::look::{self, FAINT, Look, paint};
use super::row::wrap;
use super::titles::{Titles, letter};
use super::{clock, words};
use crate::report::{Outcome, Report, Spell};

/// Columns before a lane.
const MARGIN: usize = 8;

const LANES: [Outcome; 4] = [Outcome::Whole, Outcome::Partly, Outcome::Skipped, Outcome::Stopped];

/// The timeline with its legend.
pub(super) fn lines(report: &Report, titles: &Titles, look: Look) -> Vec<String> {
    let Some((start, end)) = report.extent() else {
        return Vec::new();
    };
    let scale = Scale::new(start, end, look.width - MARGIN);
    let mut lines = vec![named(
        words::CALL.of(look.language),
        look::CALL,
        &phases(&report.phases, scale, look),
    )];
    for outcome in LANES {
        let cells = lane(&report.spells, outcome, scale, look);
        lines.push(named(words::lane(outcome, look.language), look::style(outcome), &cells));
    }
    lines.extend(axis(scale, look).map(|line| named("", FAINT, &line)));
    lines.extend(legend(report, titles, look));
    lines
}

fn named(name: &str, style: anstyle::Style, cells: &str) -> String {
    let line = format!("{name:<MARGIN$}{}", paint(style, cells.trim_end()));
    line.trim_end().to_owned()
}

/// Which column an instant falls into.
#[derive(Clone, Copy)]
struct Scale {
    start: Timestamp,
    length: Millis,
    columns: usize,
}

impl Scale {
    fn new(start: Timestamp, end: Timestamp, columns: usize) -> Self {
        Self {
            start,
            length: end.since(start).max(1),
            columns,
        }
    }

    fn column(self, at: Timestamp) -> usize {
        let passed = u128::from(at.since(self.start).min(self.length));
        let columns = u128::try_from(self.columns).unwrap_or_default();
        usize::try_from(passed * columns / u128::from(self.length)).unwrap_or(self.columns)
    }

    /// A column's first instant.
    fn instant(self, column: usize) -> Timestamp {
        let columns = u128::try_from(self.columns).unwrap_or(1).max(1);
        let column = u128::try_from(column).unwrap_or_default();
        // Rounded up: the first instant that falls into the column.
        let passed = (column * u128::from(self.length)).div_ceil(columns);
        self.start.plus(Millis::try_from(passed).unwrap_or(Millis::MAX))
    }
}

fn phases(phases: &[(Timestamp, CallPhase)], scale: Scale, look: Look) -> String {
    let mut cells = vec![' '; scale.columns];
    let mut changes = phases.iter().peekable();
    while let Some((at, phase)) = changes.next() {
        let end = changes.peek().map_or(scale.columns, |(next, _)| scale.column(*next));
        let begin = scale.column(*at);
        let width = end.saturating_sub(begin);
        let label = phase_label(*phase, width, look);
        for (cell, c) in cells.iter_mut().skip(begin).zip(label.chars()) {
            *cell = c;
        }
    }
    cells.into_iter().collect()
}

/// A phase over so many columns: a bar, its name where there is room, and a line to its end.
fn phase_label(phase: CallPhase, width: usize, look: Look) -> String {
    let line = match phase {
        CallPhase::None => " ",
        CallPhase::Connected => look.pick("━", "="),
        CallPhase::Ringing | CallPhase::Held | CallPhase::Consulting | CallPhase::AfterCall => look.pick("─", "-"),
    };
    let bar = look.pick("│", "|");
    let names = [
        words::phase(phase, look.language),
        words::short_phase(phase, look.language),
    ];
    let name = names
        .into_iter()
        .find(|name| name.chars().count() < width)
        .unwrap_or_default();
    let label = format!("{bar}{name}{}", if name.is_empty() { "" } else { " " });
    let rest = width.saturating_sub(label.chars().count());
    label.chars().take(width).chain(line.repeat(rest).chars()).collect()
}

/// What one column of a lane holds: how long, and of which reason how much.
#[derive(Clone, Default)]
struct Cell {
    time: Millis,
    reasons: Vec<(Reason, Millis)>,
}

impl Cell {
    fn add(&mut self, reason: Reason, time: Millis) {
        self.time = self.time.saturating_add(time);
        match self.reasons.iter_mut().find(|(own, _)| *own == reason) {
            Some((_, own)) => *own = own.saturating_add(time),
            None => self.reasons.push((reason, time)),
        }
    }

    /// The reason to show: the rarest of the call, so that nothing short is hidden by its neighbours.
    fn reason(&self, overall: &Cell) -> Option<Reason> {
        let rarity = |reason: &Reason| {
            let all = overall.reasons.iter().find(|(own, _)| own == reason);
            all.map_or(0, |(_, time)| *time)
        };
        self.reasons.iter().map(|(reason, _)| *reason).min_by_key(rarity)
    }
}

fn lane(spells: &[Spell], outcome: Outcome, scale: Scale, look: Look) -> String {
    let mut cells = vec![Cell::default(); scale.columns];
    let mut overall = Cell::default();
    for spell in spells.iter().filter(|spell| spell.verdict.outcome == outcome) {
        overall.add(spell.verdict.reason(), spell.end.since(spell.start));
        fill(&mut cells, spell, scale);
    }
    let glyphs = cells.iter().enumerate().map(|(column, cell)| {
        let length = scale.instant(column + 1).since(scale.instant(column));
        match (outcome, cell.reason(&overall)) {
            (_, None) => ' ',
            (Outcome::Skipped | Outcome::Stopped, Some(reason)) => letter(reason),
            (Outcome::Whole | Outcome::Partly, Some(_)) => level(cell.time, length, outcome, look),
        }
    });
    glyphs.collect()
}

fn fill(cells: &mut [Cell], spell: &Spell, scale: Scale) {
    let first = scale.column(spell.start);
    let touched = cells.iter_mut().enumerate().skip(first);
    for (column, cell) in touched.take_while(|(column, _)| scale.instant(*column) < spell.end) {
        let begin = scale.instant(column).max(spell.start);
        let end = scale.instant(column + 1).min(spell.end);
        if begin < end {
            cell.add(spell.verdict.reason(), end.since(begin));
        }
    }
}

/// How much of a column was recorded.
fn level(time: Millis, column: Millis, outcome: Outcome, look: Look) -> char {
    let (levels, most) = match (look.unicode, outcome) {
        (true, Outcome::Partly) => ("░▒▒▓", 3),
        (true, _) => ("▁▂▃▄▅▆▇█", 7),
        (false, Outcome::Partly) => (".oo%", 3),
        (false, _) => (".::#", 3),
    };
    let share = u128::from(time) * most / u128::from(column.max(1));
    let share = usize::try_from(share.min(most)).unwrap_or_default();
    levels.chars().nth(share).unwrap_or(' ')
}

/// Steps between two marks of the axis, in ms.
const STEPS: [Millis; 18] = [
    100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000,
    3_600_000, 7_200_000, 21_600_000,
];

/// Two lines: marks, and the times below them.
fn axis(scale: Scale, look: Look) -> [String; 2] {
    let most = Millis::try_from(scale.columns / 10).unwrap_or(1).max(1);
    let step = STEPS
        .into_iter()
        .find(|step| scale.length / step <= most)
        .unwrap_or(scale.length / most + 1);
    let line = look.pick("─", "-").chars().next().unwrap_or('-');
    let mark = look.pick("┬", "+").chars().next().unwrap_or('+');
    let mut marks = vec![line; scale.columns];
    let mut times = vec![' '; scale.columns];
    let mut passed: Millis = 0;
    while passed <= scale.length {
        let column = scale.column(scale.start.plus(passed));
        if let Some(cell) = marks.get_mut(column) {
            *cell = mark;
        }
        let label = if step < 1_000 {
            clock::offset(scale.start.plus(passed), scale.start)
        } else {
            clock::clock(passed)
        };
        if column + label.len() <= scale.columns {
            for (cell, c) in times.iter_mut().skip(column).zip(label.chars()) {
                *cell = c;
            }
        }
        let Some(next) = passed.checked_add(step) else { break };
        passed = next;
    }
    [marks.into_iter().collect(), times.into_iter().collect()]
}

/// What the letters stand for, in the order of the checks.
fn legend(report: &Report, titles: &Titles, look: Look) -> Vec<String> {
    let mut refused: Vec<_> = report
        .spells
        .iter()
        .map(|spell| spell.verdict)
        .filter(|verdict| matches!(verdict.outcome, Outcome::Skipped | Outcome::Stopped))
        .map(|verdict| verdict.reason())
        .collect();
    refused.sort_unstable();
    refused.dedup();
    let mut entries = Vec::new();
    if report
        .spells
        .iter()
        .any(|spell| spell.verdict.outcome == Outcome::Whole)
    {
        entries.push(format!(
            "{} {}",
            look.pick("█", "#"),
            words::EVERY_WINDOW.of(look.language)
        ));
    }
    if report
        .spells
        .iter()
        .any(|spell| spell.verdict.outcome == Outcome::Partly)
    {
        entries.push(format!(
            "{} {}",
            look.pick("▓", "%"),
            words::SOME_BLANK.of(look.language)
        ));
    }
    entries.extend(
        refused
            .into_iter()
            .map(|reason| format!("{} {}", letter(reason), titles.legend(reason, look.language))),
    );
    // A legend's entry stays on one line, with the two columns more that stand before the next: its own
    // spaces do not break.
    let entries: Vec<String> = entries.iter().map(|entry| entry.replace(' ', "\u{a0}")).collect();
    let room = look.width - MARGIN + 2;
    wrap(&entries.join("\u{a0}\u{a0} "), room)
        .into_iter()
        .map(|line| {
            let line = line.replace('\u{a0}', " ");
            format!("{}{}", " ".repeat(MARGIN), line.trim_end())
        })
        .collect()
}
