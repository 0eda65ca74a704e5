//! What programs read of custody: the same in every language.

use gardefou::custody::{AccessAnswer, Invalidated, PurgeReport, Receipt};
use gardefou::journal::{Head, OpenDiscard};
use serde_json::{Value, json};

use super::nearest::nearest;

/// What came of an access.
pub(crate) fn access(answer: &AccessAnswer) -> Value {
    match answer {
        AccessAnswer::Granted(granted) => json!({
            "granted": true,
            "session": granted.session,
            "origin": if granted.proven { "proven" } else { "not-proven" },
            "files": granted.files,
            "obligations": {
                "journal": granted.obligations.journal,
                "watermark": granted.obligations.watermark,
                "second-person": granted.obligations.second_person,
            },
            "journal": head(&granted.head),
        }),
        AccessAnswer::Refused(refused) => json!({ "granted": false, "refused": refused }),
    }
}

/// What a purge did.
pub(crate) fn purge(report: &PurgeReport) -> Value {
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    json!({
        "at": report.at,
        "dry-run": report.dry_run,
        "gone": report.gone,
        "stays": report.stays,
        "restricted": report.restricted,
        "restrictions": report.restrictions,
        "held": report.held,
        "requests": report.requests,
        "doubtful": report.doubtful,
        "strays": report.strays,
        "failed": pairs(&report.failed, "file"),
        "unanswered": pairs(&report.unanswered, "session"),
        "ledger": report.ledger,
        "open-discards": open(&report.open),
        "faults": faults,
        "decision-records": report.entries.0,
        "access-records": report.entries.1,
        "journal": report.head.as_ref().map(head),
    })
}

/// What was done about a person's request; of a subject that nobody knows, the names that are nearest to it.
pub(crate) fn receipt(receipt: &Receipt) -> Value {
    let mut value = serde_json::to_value(receipt).unwrap_or_default();
    if !receipt.known
        && let Some(object) = value.as_object_mut()
    {
        object.insert("nearest".to_owned(), json!(nearest(receipt)));
    }
    value
}

/// What was discarded.
pub(crate) fn invalidated(done: &Invalidated) -> Value {
    json!({
        "items": done.items,
        "doubtful": done.doubtful,
        "failed": pairs(&done.failed, "file"),
        "unanswered": pairs(&done.unanswered, "session"),
        "open-discards": open(&done.open),
        "journal": done.head.as_ref().map(head),
    })
}

fn pairs(list: &[(String, String)], what: &str) -> Vec<Value> {
    list.iter()
        .map(|(name, why)| json!({ what: name, "why": why }))
        .collect()
}

fn open(discards: &[OpenDiscard]) -> Vec<Value> {
    let shown = |discard: &OpenDiscard| {
        json!({
            "session": discard.session,
            "segment": discard.segment,
            "reason": discard.reason,
        })
    };
    discards.iter().map(shown).collect()
}

fn head(head: &Head) -> Value {
    let root = crate::hex::of(&head.root);
    json!({ "size": head.size, "root": root })
}
