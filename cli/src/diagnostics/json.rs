//! The form for programs: one JSON object.

use serde::Serialize;

use super::place::place;
use super::{Checked, legal};
use crate::language::Language;

#[derive(Serialize)]
struct Report<'a> {
    file: &'a str,
    loads: bool,
    problems: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Entry<'a> {
    severity: &'static str,
    code: &'static str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: &'a str,
    rule: Option<&'static str>,
    reference: Option<String>,
    help: Option<&'a str>,
}

/// The document's problems as JSON, in English for every program, with a line feed at its end.
pub(crate) fn json(checked: &Checked) -> serde_json::Result<String> {
    let problems = checked.problems.iter().map(|problem| {
        let place = place(&checked.text, problem);
        Entry {
            severity: problem.severity.name(),
            code: problem.code,
            line: place.line,
            column: place.column,
            end_line: place.end_line,
            end_column: place.end_column,
            message: &problem.message.english,
            rule: problem.rule,
            reference: problem.rule.and_then(|rule| legal::reference(rule, Language::English)),
            help: problem.help.as_ref().map(|help| help.english.as_str()),
        }
    });
    let report = Report {
        file: &checked.name,
        loads: checked.loads(),
        problems: problems.collect(),
    };
    crate::output::pretty(&report)
}
