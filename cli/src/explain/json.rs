//! The explanation for programs. Its fields and values are the same in every language; texts come in both.

use serde_json::{Value, json};

use super::subject::{Subject, filled};
use super::table::{Words, places, question_name};
use crate::language::Language;

/// One JSON object, with a line feed at its end.
pub(crate) fn json(subject: &Subject<'_>) -> serde_json::Result<String> {
    let (rule, reference) = subject.source();
    let words = |words: Words| {
        let of = |language| filled(words.of(language), subject.document(), language);
        both(&of(Language::English), &of(Language::French))
    };
    let notes: Vec<Value> = subject
        .details()
        .iter()
        .map(|note| json!({ "detail": note.detail, "title": both(&note.title.english, &note.title.french) }))
        .collect();
    let lines: Vec<Value> = subject
        .lines()
        .iter()
        .map(|line| json!({ "line": line.number, "text": line.text }))
        .collect();
    let checked: Vec<Value> = places(subject.named.reason)
        .iter()
        .map(|place| json!({ "question": question_name(place.question), "place": place.place, "of": place.of }))
        .collect();
    let policy = subject.file.map(|file| {
        json!({
            "file": file.name,
            "id": file.id,
            "version": file.version,
            "standing": file.standing.name(),
            "text-decides": file.standing.decides(),
            "lines": lines,
        })
    });
    let value = json!({
        "reason": subject.info.map(|info| info.name),
        "number": subject.named.reason.0,
        "detail": subject.named.detail,
        "title": both(&subject.title(Language::English), &subject.title(Language::French)),
        "rule": rule,
        "reference": reference,
        "says": subject.entry.map(|entry| words(entry.says)),
        "checked": checked,
        "at-frame": subject.entry.map(|entry| entry.at_frame).filter(|action| !action.is_empty()),
        "facts": subject.entry.map(|entry| words(entry.facts)),
        "notes": notes,
        "keys": subject.keys(),
        "policy": policy,
        "change": subject.entry.map(|entry| json!({ "facts": words(entry.change), "rules": words(entry.rules) })),
    });
    crate::output::pretty(&value)
}

pub(super) fn both(english: &str, french: &str) -> Value {
    json!({ "english": english, "french": french })
}
