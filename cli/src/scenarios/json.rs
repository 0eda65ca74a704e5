//! The form for programs: one JSON object.

use gardefou::trace::{Asked, Check, Question, Reach, Unmet};
use gardefou::{Reason, Rect, Span};
use serde_json::{Value, json};

use super::difference::obligation_names;
use super::reasons::plain;
use super::rows::{ROWS, Row};
use super::{Suite, Tried};
use crate::language::Language;

/// Everything that came of the scenarios.
pub(crate) fn json(suite: &Suite) -> Value {
    let policies: Vec<Value> = suite
        .reasons
        .policies()
        .map(
            |(digest, own)| json!({"id": plain(&own.id), "version": plain(&own.version), "digest": digest.to_string()}),
        )
        .collect();
    let scenarios: Vec<Value> = suite.tried.iter().map(scenario).collect();
    json!({
        "policies": policies,
        "holds": suite.holds(),
        "scenarios": scenarios,
        "coverage": coverage(suite),
    })
}

fn scenario(tried: &Tried) -> Value {
    let failures: Vec<Value> = tried
        .trial
        .failures()
        .map(|(asked, check)| failure(asked, check))
        .collect();
    json!({
        "file": tried.name,
        "holds": tried.trial.holds(),
        "questions": tried.trial.asked().len(),
        "expectations": tried.expectations(),
        "failures": failures,
    })
}

fn failure(asked: &Asked, check: &Check) -> Value {
    json!({
        "line": check.line,
        "question-line": asked.line,
        "answer": asked.answer,
        "unmet": check.unmet.iter().map(unmet).collect::<Vec<_>>(),
    })
}

fn unmet(unmet: &Unmet) -> Value {
    let (expected, actual) = match unmet {
        Unmet::Question { expected, actual } => (json!(expected.name()), json!(actual.name())),
        Unmet::Action { expected, actual } => (json!(expected), json!(actual)),
        Unmet::Reason { expected, actual } => (json!(expected.to_string()), json!(actual.to_string())),
        Unmet::Detail { expected, actual } => (json!(expected), json!(actual)),
        Unmet::Keep {
            expected,
            actual,
            too_many,
            too_few,
        } => {
            return json!({
                "field": "keep",
                "expected": regions(expected),
                "actual": actual.as_deref().map(regions),
                "too-many": regions(too_many),
                "too-few": regions(too_few),
            });
        }
        Unmet::Range { expected, actual } => (span(*expected), json!(actual.map(span))),
        Unmet::Obligations { expected, actual } => {
            (json!(obligation_names(*expected)), json!(actual.map(obligation_names)))
        }
        Unmet::Until { expected, actual } => (json!(expected), json!(actual)),
        _ => (Value::Null, Value::Null),
    };
    json!({"field": unmet.field(), "expected": expected, "actual": actual})
}

fn regions(regions: &[Rect]) -> Value {
    let all = regions.iter().map(|rect| (rect.x, rect.y, rect.width, rect.height));
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
