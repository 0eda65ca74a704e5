//! How long each reason held.

use gardefou::Millis;

use super::look::{self, HEADING, Look, paint};
use super::row::Lead;
use super::titles::{Titles, letter};
use super::{clock, words};
use crate::report::{Outcome, Report, Total, Verdict};

/// The list of reasons, those of kept frames first, then by how long they held.
pub(super) fn lines(report: &Report, titles: &Titles, look: Look) -> Vec<String> {
    if report.totals.is_empty() {
        return Vec::new();
    }
    let mut totals: Vec<(&Verdict, &Total)> = report.totals.iter().collect();
    totals.sort_by_key(|(verdict, total)| {
        let refused = matches!(verdict.outcome, Outcome::Skipped | Outcome::Stopped);
        let why = verdict.cause.refusal;
        (refused, std::cmp::Reverse(total.time), why.reason, why.detail)
    });
    let all = report.time().max(1);
    let times: Vec<String> = totals.iter().map(|(_, total)| clock::length(total.time)).collect();
    let width = times.iter().map(String::len).max().unwrap_or_default();
    let mut lines = vec![paint(HEADING, words::TIME_PER_REASON.of(look.language))];
    for ((verdict, total), time) in totals.into_iter().zip(&times) {
        let style = look::style(verdict.outcome);
        let mut lead = Lead::new()
            .left(style, &glyph(*verdict, look), 1)
            .left(
                style,
                words::outcome(verdict.outcome, look.language),
                words::outcome_width(look.language),
            )
            .right(anstyle::Style::new(), time, width)
            .right(anstyle::Style::new(), &share(total.time, all), 5);
        if look.width >= 70 {
            lead = lead.left(style, &bar(total.time, all, bar_width(look), look), bar_width(look));
        }
        let title = titles.title(verdict.cause, look);
        let text = match verdict.outcome {
            Outcome::Whole => words::EVERY_WINDOW.of(look.language),
            Outcome::Partly => words::SOME_BLANK.of(look.language),
            Outcome::Skipped | Outcome::Stopped => &title.text,
        };
        lines.extend(lead.with(text, &title.rule, look));
    }
    lines
}

fn glyph(verdict: Verdict, look: Look) -> String {
    match verdict.outcome {
        Outcome::Whole => look.pick("█", "#").to_owned(),
        Outcome::Partly => look.pick("▓", "%").to_owned(),
        Outcome::Skipped | Outcome::Stopped => letter(verdict.reason()).to_string(),
    }
}

/// A share in whole percent, rounded: `33 %`.
fn share(time: Millis, all: Millis) -> String {
    let percent = (u128::from(time) * 100 + u128::from(all) / 2) / u128::from(all.max(1));
    format!("{percent} %")
}

const fn bar_width(look: Look) -> usize {
    if look.width >= 110 { 24 } else { 10 }
}

fn bar(time: Millis, all: Millis, width: usize, look: Look) -> String {
    let eighths = u128::try_from(width * 8).unwrap_or_default() * u128::from(time) / u128::from(all.max(1));
    let eighths = usize::try_from(eighths).unwrap_or_default().max(usize::from(time > 0));
    if look.unicode {
        let last = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        format!("{}{}", "█".repeat(eighths / 8), last.get(eighths % 8).unwrap_or(&""))
    } else {
        "=".repeat(eighths.div_ceil(8))
    }
}
