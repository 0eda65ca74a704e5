//! What changed, and when.

use gardefou::Timestamp;

use super::look::{self, FAINT, HEADING, Look, paint};
use super::row::Lead;
use super::titles::Titles;
use super::{clock, words};
use crate::report::{Outcome, Report, Spell, Verdict};

/// More changes than this nobody reads.
const MOST: usize = 60;

/// The list of changes.
pub(super) fn lines(report: &Report, titles: &Titles, look: Look) -> Vec<String> {
    let Some((start, _)) = report.extent() else {
        return Vec::new();
    };
    let changes = changes(&report.spells, report.interval());
    let width = clock::offset(changes.last().map_or(start, |change| change.at), start).len();
    let mut lines = vec![paint(HEADING, words::TRANSITIONS.of(look.language))];
    for change in changes.iter().take(MOST) {
        let lead = Lead::new().right(FAINT, &clock::offset(change.at, start), width);
        lines.extend(match change.verdict {
            Some(verdict) => row(lead, verdict, titles, look),
            None => lead
                .left(FAINT, look.pick("–", "-"), words::outcome_width(look.language))
                .with(words::NOT_ASKED.of(look.language), "", look),
        });
    }
    if changes.len() > MOST {
        lines.push(format!(
            "  {}",
            words::more_changes(changes.len() - MOST, look.language)
        ));
    }
    lines
}

struct Change {
    at: Timestamp,
    /// `None`: no frame was asked about from here on.
    verdict: Option<Verdict>,
}

fn changes(spells: &[Spell], interval: u64) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut before: Option<&Spell> = None;
    for spell in spells {
        let gap = before.filter(|before| spell.start.since(before.end) > interval);
        if let Some(before) = gap {
            changes.push(Change {
                at: before.end,
                verdict: None,
            });
        }
        if gap.is_some() || before.is_none_or(|before| before.verdict != spell.verdict) {
            changes.push(Change {
                at: spell.start,
                verdict: Some(spell.verdict),
            });
        }
        before = Some(spell);
    }
    changes
}

fn row(lead: Lead, verdict: Verdict, titles: &Titles, look: Look) -> Vec<String> {
    let word = words::outcome(verdict.outcome, look.language);
    let lead = lead.left(look::style(verdict.outcome), word, words::outcome_width(look.language));
    let title = titles.title(verdict.cause, look);
    match verdict.outcome {
        Outcome::Whole => lead.with(words::EVERY_WINDOW.of(look.language), "", look),
        Outcome::Partly => lead.with(words::SOME_BLANK.of(look.language), "", look),
        Outcome::Skipped | Outcome::Stopped => lead.with(&title.text, &title.rule, look),
    }
}
