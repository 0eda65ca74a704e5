//! What became of segments, who may see them, and until when they may be kept.

use anstyle::Style;
use gardefou::Timestamp;
use gardefou::trace::Fate;

use super::look::{ALLOWED, HEADING, Look, REFUSED, paint};
use super::row::Lead;
use super::titles::{Titles, plain};
use super::{clock, words};
use crate::report::{AccessAnswer, Report, RetentionAnswer, SegmentAnswer};

/// What became of the segments.
pub(super) fn segments(report: &Report, titles: &Titles, look: Look) -> Vec<String> {
    let start = report
        .extent()
        .map(|(start, _)| start)
        .or(report.opening.as_ref().map(|opening| opening.at));
    let rows = report
        .segments
        .iter()
        .flat_map(|segment| self::segment(segment, start.unwrap_or(segment.start), titles, look));
    section(words::SEGMENTS.of(look.language), rows)
}

fn segment(segment: &SegmentAnswer, start: Timestamp, titles: &Titles, look: Look) -> Vec<String> {
    let range = |from, to| {
        let (from, to) = (clock::offset(from, start), clock::offset(to, start));
        format!("{from} {} {to}", look.pick("–", "-"))
    };
    let whole = range(segment.start, segment.end);
    let lead = |style, word: words::Words| Lead::new().left(style, word.of(look.language), 7);
    match segment.fate {
        Fate::Keep => lead(ALLOWED, words::KEEP).with(&whole, "", look),
        Fate::Trim(span) => {
            let text = words::trimmed(&whole, &range(span.start, span.end), look.language);
            lead(ALLOWED, words::TRIM).with(&text, "", look)
        }
        Fate::Discard(why) => {
            let title = titles.title(why.into(), look);
            lead(REFUSED, words::DISCARD).with(
                &format!("{whole}{} {}", look.language.pick(":", "\u{a0}:"), title.text),
                &title.rule,
                look,
            )
        }
    }
}

/// What accesses came to.
pub(super) fn accesses(report: &Report, titles: &Titles, look: Look) -> Vec<String> {
    let rows = report.accesses.iter().flat_map(|answer| access(answer, titles, look));
    section(words::ACCESSES.of(look.language), rows)
}

fn access(answer: &AccessAnswer, titles: &Titles, look: Look) -> Vec<String> {
    let access = &answer.access;
    let question = words::access(&clock::date(access.at), &plain(&access.role), access, look.language);
    let lead = |style: Style, word: words::Words| Lead::new().left(style, word.of(look.language), 7);
    match answer.result {
        Ok(obligations) => {
            lead(ALLOWED, words::ALLOW).with(&question, &words::obligations(obligations, look.language), look)
        }
        Err(refusal) => {
            let title = titles.title(refusal, look);
            let note = format!("{}{}{}", title.text, look.dot(), title.rule);
            lead(REFUSED, words::REFUSE).with(&question, &note, look)
        }
    }
}

/// Until when things may be kept.
pub(super) fn retentions(report: &Report, look: Look) -> Vec<String> {
    let rows = report.retentions.iter().flat_map(|answer| retention(answer, look));
    section(words::RETENTION.of(look.language), rows)
}

fn retention(answer: &RetentionAnswer, look: Look) -> Vec<String> {
    let until = words::until(answer.until.map(clock::date).as_deref(), look.language);
    let since = clock::date(answer.collected_at);
    let what = words::collected(answer.artefact, &since, &plain(&answer.programme), look.language);
    Lead::new().left(Style::new(), &until, 29).with(&what, "", look)
}

fn section(title: &str, rows: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = rows.collect();
    if !lines.is_empty() {
        lines.insert(0, paint(HEADING, title));
    }
    lines
}
