//! What the example rules answer to a trace, written into it as expectations.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use super::line::Line;
use crate::shell;

/// The fields of an answer that are expected.
const FIELDS: [&str; 6] = ["action", "reason", "keep", "range", "until", "obligations"];

/// The answers of the example rules, one to each question.
pub(super) fn answers(root: &Path, lines: &[Line]) -> Result<Vec<Value>> {
    let mut run = Command::new(root.join("target/release/gardefou"));
    run.args(["run", "-", "--format", "json", "--rules"])
        .arg(root.join("rules/example.toml"))
        .env("LC_ALL", "C.UTF-8");
    let trace: String = lines.iter().map(|line| format!("{line}\n")).collect();
    objects(&shell::filter(&mut run, &trace)?)
}

/// One JSON object a line.
pub(super) fn objects(text: &str) -> Result<Vec<Value>> {
    text.lines()
        .map(|line| serde_json::from_str(line).context("a line that is not JSON"))
        .collect()
}

/// Sees that what was decided again is what was decided while recording, which says no regions.
pub(super) fn same(again: &[Value], given: &[Value]) -> Result<()> {
    let bare = |answer: &Value| {
        let mut answer = answer.clone();
        if let Some(fields) = answer.as_object_mut() {
            fields.remove("keep");
        }
        answer
    };
    ensure!(
        again.iter().map(bare).eq(given.iter().map(bare)),
        "the recorder's trace does not give the verdicts that were recorded by"
    );
    Ok(())
}

/// The trace, with what is expected behind each answer that is not as the one before it.
pub(super) fn inserted(lines: Vec<Line>, answers: &[Value]) -> Result<Vec<Line>> {
    let mut answers = answers.iter();
    let mut before = None;
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        let question = is_question(&line);
        all.push(line);
        if !question {
            continue;
        }
        let answer = answers.next();
        let told = answer.map(expectation);
        if told != before {
            all.extend(answer.map(expectation_line));
        }
        before = told;
    }
    ensure!(answers.next().is_none(), "there are more answers than questions");
    Ok(all)
}

/// The reasons that are in these answers.
pub(super) fn reasons(answers: &[Value]) -> Vec<String> {
    let reasons: BTreeSet<&str> = answers
        .iter()
        .filter_map(|answer| answer.get("reason")?.as_str())
        .collect();
    reasons.into_iter().map(str::to_owned).collect()
}

fn is_question(line: &Line) -> bool {
    ["session", "frame", "segment", "access", "retention"]
        .iter()
        .any(|event| line.is(event))
}

fn expectation(answer: &Value) -> Map<String, Value> {
    let fields = FIELDS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), answer.get(*name)?.clone())));
    let mut expected: Map<String, Value> = fields.collect();
    if expected.get("reason").is_some_and(|reason| reason == "permitted") {
        expected.remove("reason");
    }
    expected
}

fn expectation_line(answer: &Value) -> Line {
    let at = answer.get("at").and_then(Value::as_u64).unwrap_or_default();
    Line::added(at, "expect", expectation(answer))
}
