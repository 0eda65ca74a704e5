//! The form for programs. Its fields and values are the same in every language; sentences come in both.

use gardefou::Timestamp;
use serde_json::{Value, json};

use super::sentences::{self, Section};
use crate::language::Language;
use crate::policy_file::PolicyFile;

/// One JSON object, with a line feed at its end.
pub(crate) fn json(file: &PolicyFile) -> serde_json::Result<String> {
    let anatomy = file.component.as_ref();
    let provenance = anatomy.and_then(|component| component.provenance.as_ref());
    let of = |language| file.rules.as_ref().map(|said| sentences::of(said, language));
    let words = of(Language::English).zip(of(Language::French));
    let value = json!({
        "file": file.name,
        "kind": if anatomy.is_some() { "component" } else { "document" },
        "id": file.id,
        "version": file.version,
        "controller": file.rules.as_ref().map(|said| &said.rules.controller),
        "in-force": { "from": instant(file.in_force.start), "until": instant(file.in_force.end) },
        "time-zone": file.rules.as_ref().map(|said| said.document.time_zone()),
        "sha256": file.sha256,
        "rules-sha256": file.document_sha256(),
        "size": file.size,
        "code-size": anatomy.map(|component| component.code),
        "imports": anatomy.map(|component| &component.imports),
        "exports": anatomy.map(|component| &component.exports),
        "provenance": provenance,
        "standing": file.standing.name(),
        "text-decides": file.standing.decides(),
        "rules": words.map(|(english, french)| in_both(&english, &french)),
        "floor": in_both(&[sentences::floor(Language::English)], &[sentences::floor(Language::French)]),
    });
    crate::output::pretty(&value)
}

/// Milliseconds since the Unix epoch; none for "no date".
fn instant(at: Timestamp) -> Option<u64> {
    (at != Timestamp::MAX).then(|| at.as_millis())
}

fn in_both(english: &[Section], french: &[Section]) -> Vec<Value> {
    let sections = english.iter().zip(french);
    let sentences = sections.flat_map(|(english, french)| {
        let pairs = english.sentences.iter().zip(&french.sentences);
        pairs.map(|(one, other)| {
            json!({
                "section": english.key,
                "of": english.id,
                "rule": one.rule,
                "line": one.line,
                "english": one.text,
                "french": other.text,
            })
        })
    });
    sentences.collect()
}
