//! The text form: what a compliance officer looks at.
//!
//! Everything here is a pure function from a [`Report`] to text. Colours are always in it; whoever prints
//! it takes them out where the terminal, or the reader, does not want them.

pub(crate) mod clock;
pub(crate) mod comparison;
mod custody;
mod header;
mod look;
mod reasons;
mod references;
pub(crate) mod replayed;
mod row;
mod timeline;
mod titles;
mod transitions;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use clock::{date, length};
pub(crate) use look::{ALLOWED, FAINT, HEADING, Look, REFUSED, WARNED, paint};
pub(crate) use row::wrap;
pub(crate) use titles::{Titles, plain};
pub(crate) use words::{artefact, obligations, operation, see, until};

use crate::report::Report;

/// The whole page, with a line feed at its end.
pub(crate) fn render(report: &Report, titles: &Titles, look: Look) -> String {
    let sections = [
        header::lines(report, titles, look),
        timeline::lines(report, titles, look),
        transitions::lines(report, titles, look),
        reasons::lines(report, titles, look),
        custody::segments(report, titles, look),
        custody::accesses(report, titles, look),
        custody::retentions(report, look),
    ];
    let mut page = String::new();
    for section in sections.iter().filter(|section| !section.is_empty()) {
        if !page.is_empty() {
            page.push('\n');
        }
        for line in section {
            page.push_str(line);
            page.push('\n');
        }
    }
    page
}
