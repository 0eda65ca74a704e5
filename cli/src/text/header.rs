//! What was decided over, and how the session opened.

use super::look::{ALLOWED, FAINT, HEADING, Look, REFUSED, paint};
use super::row::{Lead, wrap};
use super::titles::{Titles, plain};
use super::{clock, words};
use crate::report::{Opening, Report};

/// The page's first lines.
pub(super) fn lines(report: &Report, titles: &Titles, look: Look) -> Vec<String> {
    let policies = titles.policies();
    let by = if policies.is_empty() {
        words::FLOOR_ALONE.of(look.language).to_owned()
    } else {
        policies.join(" + ")
    };
    let mut lines = Vec::new();
    let title = format!("{}{}{by}", plain(&report.name), look.dot());
    lines.extend(wrap(&title, look.width).iter().map(|line| paint(HEADING, line)));
    if let Some(opening) = &report.opening {
        for about in [who(opening, look), when(report, opening, look)] {
            lines.extend(wrap(&about, look.width).iter().map(|line| paint(FAINT, line)));
        }
        lines.extend(opened(report, opening, titles, look));
    } else if report.accesses.is_empty() && report.retentions.is_empty() {
        lines.push(words::NO_QUESTION.of(look.language).to_owned());
    }
    lines
}

fn who(opening: &Opening, look: Look) -> String {
    let tokens = [&opening.session, &opening.employee, &opening.programme];
    let named = words::token(look.language).into_iter().zip(tokens);
    let parts: Vec<String> = named.map(|(name, token)| format!("{name} {}", plain(token))).collect();
    parts.join(look.dot())
}

fn when(report: &Report, opening: &Opening, look: Look) -> String {
    let mut parts = vec![clock::long_date(opening.at, look.language)];
    if let Some((start, end)) = report.extent() {
        parts.push(clock::length(end.since(start)));
        parts.push(words::frames(report.frames(), look.language));
    } else {
        parts.push(words::NOT_ASKED.of(look.language).to_owned());
    }
    parts.join(look.dot())
}

fn opened(report: &Report, opening: &Opening, titles: &Titles, look: Look) -> Vec<String> {
    match opening.result {
        Ok(()) => {
            let (kept, all) = (clock::length(report.kept()), clock::length(report.time()));
            let recorded = words::recorded(&kept, &all, look.language);
            let session_opens = words::SESSION_OPENS.of(look.language);
            let opens = paint(ALLOWED, session_opens);
            let width = session_opens.chars().count() + look.dot().chars().count() + recorded.chars().count();
            if width <= look.width {
                vec![format!("{opens}{}{recorded}", look.dot())]
            } else {
                vec![opens, recorded]
            }
        }
        Err(refusal) => {
            let title = titles.title(refusal, look);
            let mut lines = vec![paint(REFUSED, words::SESSION_REFUSED.of(look.language))];
            lines.extend(Lead::new().with(&title.text, &title.rule, look));
            lines
        }
    }
}
