//! What `--bless` wrote, for people and for programs.

use gardefou::trace::Change;
use serde_json::{Value, json};

use super::page::counted;
use crate::language::{Language, say};

/// A scenario that was written anew.
#[derive(Debug)]
pub(crate) struct Rewritten {
    /// What messages call it.
    pub(crate) name: String,
    /// What is new in it.
    pub(crate) changes: Vec<Change>,
}

/// Every line that is new, and what stood there before; a line feed at its end.
pub(crate) fn page(rewritten: &[Rewritten], language: Language) -> String {
    let mut lines = Vec::new();
    for Rewritten { name, changes } in rewritten {
        lines.push(name.clone());
        for change in changes {
            let line = change.line;
            lines.push(say!(language, "  line {line}", "  ligne {line}"));
            lines.extend(change.before.iter().map(|before| format!("    - {}", before.trim())));
            lines.push(format!("    + {}", change.after.trim()));
        }
    }
    lines.push(summary(rewritten, language));
    lines.push(String::new());
    lines.join("\n")
}

fn summary(rewritten: &[Rewritten], language: Language) -> String {
    if rewritten.is_empty() {
        return language
            .pick(
                "every expectation holds, and every question has one: nothing was written",
                "toutes les attentes sont tenues, et chaque question en a une\u{a0}: rien n'a été écrit",
            )
            .to_owned();
    }
    let all = rewritten.iter().flat_map(|one| &one.changes);
    let (changed, added): (Vec<&Change>, Vec<&Change>) = all.partition(|change| change.before.is_some());
    let files = counted(
        rewritten.len(),
        ["scenario", "scenarios"],
        ["scénario", "scénarios"],
        language,
    );
    let added = counted(
        added.len(),
        ["expectation", "expectations"],
        ["attente", "attentes"],
        language,
    );
    let changed = changed.len();
    say!(
        language,
        "{files} written: {added} added, {changed} changed",
        "{files} à jour\u{a0}: {added} en plus, {changed} en remplacement"
    )
}

/// The same as one JSON object.
pub(crate) fn json(rewritten: &[Rewritten]) -> Value {
    let change = |change: &Change| json!({"line": change.line, "before": change.before, "after": change.after});
    let files: Vec<Value> = rewritten
        .iter()
        .map(|one| json!({"file": one.name, "changes": one.changes.iter().map(change).collect::<Vec<_>>()}))
        .collect();
    json!({"written": files})
}
