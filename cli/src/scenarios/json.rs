//! The form for programs: one JSON object.

use gardefou::trace::{Asked, Check, Question, Reach, Unmet};
use gardefou::{Reason, Rect, Span};
use serde_json::{Value, json};

use super::difference::obligation_names;
use super::reasons::plain;
use super::rows::{ROWS, Row};
use super::{Suite, Tried};
use crate::failure::SHOWN;
use crate::language::Language;

/// Of a region no more rectangles than this are given.
const RECTANGLES: usize = 1_024;

/// Everything that came of the scenarios.
pub(crate) fn json(suite: &Suite) -> Value {
    let policies: Vec<Value> = suite
        .reasons
        .policies()
        .map(
            |(digest, own)| json!({"id": plain(&own.id), "version": plain(&own.version), "digest": digest.to_string()}),
        )
        .collect();
    let mut left = SHOWN;
    let scenarios: Vec<Value> = suite.tried.iter().map(|tried| scenario(tried, &mut left)).collect();
    json!({
        "policies": policies,
        "holds": suite.holds(),
        "scenarios": scenarios,
        "coverage": coverage(suite),
    })
}

fn scenario(tried: &Tried, left: &mut usize) -> Value {
    let (shown, more) = tried.failures(left);
    let failures: Vec<Value> = shown.into_iter().map(|(asked, check)| failure(asked, check)).collect();
    let mut scenario = json!({
        "file": tried.name,
        "holds": tried.trial.holds(),
        "questions": tried.trial.asked().len(),
        "expectations": tried.expectations(),
        "failures": failures,
    });
    if more > 0
        && let Value::Object(fields) = &mut scenario
    {
        fields.insert("more-failures".into(), json!(more));
    }
    scenario
}

fn failure(asked: &Asked, check: &Check) -> Value {
    let mut answer = json!(asked.answer);
    if let Some(Value::Array(keep)) = answer.get_mut("keep") {
        keep.truncate(RECTANGLES);
    }
    json!({
        "line": check.line,
        "question-line": asked.line,
        "answer": answer,
        "unmet": check.unmet.iter().map(|one| unmet(one, asked, check)).collect::<Vec<_>>(),
    })
}

fn unmet(unmet: &Unmet, asked: &Asked, check: &Check) -> Value {
    let (expected, actual) = match unmet {
        Unmet::Question { expected, actual } => (json!(expected.name()), json!(actual.name())),
        Unmet::Action { expected, actual } => (json!(expected), json!(actual)),
        Unmet::Reason { expected, actual } => (json!(expected.to_string()), json!(actual.to_string())),
        Unmet::Detail { expected, actual } => (json!(expected), json!(actual)),
        Unmet::Keep => return keep(asked, check),
        Unmet::Range { expected, actual } => (span(*expected), json!(actual.map(span))),
        Unmet::Obligations { expected, actual } => {
            (json!(obligation_names(*expected)), json!(actual.map(obligation_names)))
        }
        Unmet::Until { expected, actual } => (json!(expected), json!(actual)),
        _ => (Value::Null, Value::Null),
    };
    json!({"field": unmet.field(), "expected": expected, "actual": actual})
}

/// Which pixels should be kept, and which are; `too-many` and `too-few` are null where they are too many to say.
fn keep(asked: &Asked, check: &Check) -> Value {
    let pixels = check.expected.pixels(&asked.answer);
    let misplaced = pixels.as_ref().and_then(|pixels| pixels.misplaced.as_ref());
    json!({
        "field": "keep",
        "expected": pixels.as_ref().map(|pixels| regions(pixels.expected)),
        "actual": pixels.as_ref().and_then(|pixels| pixels.actual).map(regions),
        "too-many": misplaced.map(|misplaced| regions(&misplaced.too_many)),
        "too-few": misplaced.map(|misplaced| regions(&misplaced.too_few)),
    })
}

fn regions(regions: &[Rect]) -> Value {
    let all = regions
        .iter()
        .take(RECTANGLES)
        .map(|rect| (rect.x, rect.y, rect.width, rect.height));
    json!(all.collect::<Vec<_>>())
}

fn span(span: Span) -> Value {
    json!([span.start, span.end])
}

fn coverage(suite: &Suite) -> Value {
    let reasons = Question::ALL.into_iter().flat_map(|question| {
        let own = question.reasons().into_iter();
        own.map(move |reason| covered(suite, question, reason, suite.coverage.of(question, reason)))
    });
    let others = suite
        .coverage
        .others()
        .map(|(question, reason)| covered(suite, question, reason, suite.coverage.of(question, reason)));
    let rows = ROWS.iter().map(|row: &Row| {
        json!({
            "rule": row.id,
            "title": {"english": row.english, "french": row.french},
            "reach": reach(row.reach(&suite.coverage)),
        })
    });
    json!({
        "reasons": reasons.collect::<Vec<_>>(),
        "retention": reach(suite.coverage.of_retention()),
        "rules": rows.collect::<Vec<_>>(),
        "not-counted": others.collect::<Vec<_>>(),
    })
}

fn covered(suite: &Suite, question: Question, reason: Reason, reached: Reach) -> Value {
    let title = |language| suite.reasons.title(reason, language);
    json!({
        "question": question.name(),
        "reason": reason.to_string(),
        "title": {"english": title(Language::English), "french": title(Language::French)},
        "reach": reach(reached),
    })
}

const fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Never => "never",
        Reach::Given => "given",
        Reach::Expected => "expected",
    }
}
