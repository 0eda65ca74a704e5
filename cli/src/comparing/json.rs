//! The same for programs: one object, alike in every language.

use gardefou::Refusal;
use gardefou_compare::{Answer, Asked, Axes, Case, Change, Comparison, Group};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Compared, Differences, How, Said, Scenario, Side, Verified};
use crate::language::Language;
use crate::text::comparison::{facts, rule_of, sentence, unannounced};

/// What a comparison never looks at.
const OUTSIDE: [&str; 4] = ["leases", "notes", "titles", "extra"];

/// The object of `gardefou diff`.
pub(crate) fn diff(compared: &Compared) -> Value {
    let groups = compared.comparison.groups.iter().zip(&compared.scenarios).enumerate();
    let groups: Vec<Value> = groups
        .map(|(n, (group, scenario))| {
            let mut told = of_group(n + 1, group);
            let own = compared.causes.get(n).map_or(&[][..], Vec::as_slice);
            set(&mut told, "rules", own.iter().map(of_said).collect());
            set(
                &mut told,
                "scenario",
                match scenario {
                    Scenario::None => Value::Null,
                    Scenario::Shown(_) => json!(true),
                    Scenario::Written(file) => json!(file),
                },
            );
            told
        })
        .collect();
    let traces: Vec<Value> = compared
        .traces
        .differing
        .iter()
        .map(|d| {
            json!({"file": d.file, "line": d.line, "direction": d.direction.name(),
                   "old": raw(&d.old), "new": raw(&d.new)})
        })
        .collect();
    json!({
        "old": of_side(&compared.old),
        "new": of_side(&compared.new),
        "result": compared.verdict().name(),
        "exact": compared.is_exact(),
        "questions": compared.questions(),
        "asked": of_asked(&compared.comparison.asked),
        "axes": of_axes(&compared.comparison.axes),
        "outside": OUTSIDE,
        "documents": compared.documents.as_ref().map(|found| of_documents(found, compared.documents_decide())),
        "groups": groups,
        "traces": {
            "files": compared.traces.files(),
            "questions": compared.traces.questions,
            "differences": compared.traces.differences,
            "shown": traces,
        },
    })
}

/// The object of `gardefou verify`.
pub(crate) fn verify(verified: &Verified) -> Value {
    let Comparison {
        asked, permitted, axes, ..
    } = &verified.comparison;
    let looser: Vec<Value> = verified
        .looser_by_question()
        .into_iter()
        .enumerate()
        .map(|(n, group)| of_group(n + 1, group))
        .collect();
    json!({
        "policy": of_side(&verified.side),
        "result": verified.name(),
        "questions": asked.total(),
        "asked": of_asked(asked),
        "permitted": {
            "openings": permitted.openings, "frames": permitted.frames, "accesses": permitted.accesses,
        },
        "axes": of_axes(axes),
        "outside": OUTSIDE,
        "looser": looser,
    })
}

/// What the documents say differently: the data of each sentence, and the sentence in both languages.
fn of_documents(found: &Differences, decide: bool) -> Value {
    let sentences = found.said().into_iter().map(|said| {
        let mut told = of_said(&said);
        set(&mut told, "declares", json!(said.declares()));
        set(&mut told, "english", json!(sentence(&said, Language::English)));
        set(&mut told, "french", json!(sentence(&said, Language::French)));
        told
    });
    let grown = found.unannounced.iter().map(|one| {
        let what: Vec<&str> = one.what.iter().map(|moved| moved.name()).collect();
        json!({"programme": one.programme, "announced-on": one.announced_on, "what": what,
               "english": unannounced(one, Language::English), "french": unannounced(one, Language::French)})
    });
    json!({
        "decide": decide,
        "sentences": sentences.collect::<Vec<_>>(),
        "unannounced": grown.collect::<Vec<_>>(),
    })
}

/// What a sentence about the documents says.
fn of_said(said: &Said) -> Value {
    let mut told = match &said.how {
        How::Value { old, new } => json!({"old": old, "new": new}),
        How::List { counts, gone, come } => json!({"counts": counts, "gone": gone, "come": come}),
    };
    if let Some(kind) = said.kind {
        set(&mut told, &format!("{kind}s"), json!(said.ids));
    }
    set(&mut told, "key", json!(said.key));
    told
}

fn raw(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn of_side(side: &Side) -> Value {
    let own = side.policy.description();
    json!({
        "file": side.name,
        "id": own.id,
        "version": own.version,
        "digest": side.policy.digest().to_string(),
        "document": side.rules.is_some(),
        "reproduced": side.is_reproduced,
        "baked-here": side.is_document,
    })
}

fn of_asked(asked: &Asked) -> Value {
    json!({
        "openings": asked.openings, "windows": asked.windows, "frames": asked.frames, "segments": asked.segments,
        "accesses": asked.accesses, "retentions": asked.retentions, "terms": asked.terms,
    })
}

fn of_axes(axes: &Axes) -> Value {
    json!({
        "programmes": axes.programmes, "all-programmes": axes.all_programmes, "instants": axes.instants,
        "roles": axes.roles, "patterns": axes.patterns, "apart": axes.apart, "closed": axes.closed,
    })
}

fn of_group(number: usize, group: &Group) -> Value {
    let (old, new) = match group.examples.first() {
        Some(Case { old, new, .. }) => (of_answer(old), of_answer(new)),
        None => (Value::Null, Value::Null),
    };
    let mut told = json!({
        "number": number,
        "direction": group.direction.name(),
        "question": question(&group.change),
        "rule": rule_of(&group.change),
        "cases": group.cases,
        "programmes": group.programmes,
        "example": {
            "facts": group.examples.first().map(|case| facts(&case.new_question)),
            "old": old,
            "new": new,
        },
    });
    match &group.change {
        Change::Access { role, .. } => {
            set(&mut told, "role", json!(role));
            set(&mut told, "operations", json!(group.operations));
        }
        Change::Window { about, .. } => set(&mut told, "about", json!(**about)),
        Change::Terms {
            term: Some(term),
            old,
            new,
        } => set(&mut told, "term", json!({"name": term.name(), "old": old, "new": new})),
        _ => {}
    }
    told
}

/// Sets a key of an object.
fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

/// The name of a group's question.
const fn question(change: &Change) -> &'static str {
    match change {
        Change::Open { .. } => "session",
        Change::Window { .. } => "window",
        Change::Frame { .. } => "frame",
        Change::Review { .. } => "segment",
        Change::Access { .. } => "access",
        Change::KeepUntil { .. } => "retention",
        _ => "terms",
    }
}

fn of_answer(answer: &Answer) -> Value {
    let refused =
        |action: &str, why: &Refusal| json!({"action": action, "reason": why.reason.to_string(), "detail": why.detail});
    match answer {
        Answer::Open(Ok(())) => json!({"action": "open"}),
        Answer::Open(Err(why)) | Answer::Access(Err(why)) => refused("refuse", why),
        Answer::Kind(kind) => json!({"kind": name(kind)}),
        Answer::Frame { action, why, keep } => {
            let mut told = refused(action.name(), why);
            let regions = keep.iter().map(|r| json!([r.x, r.y, r.width, r.height]));
            set(&mut told, "keep", regions.collect());
            told
        }
        Answer::Review(told, _) => match told {
            gardefou_policy::types::Disposition::Keep => json!({"action": "keep"}),
            gardefou_policy::types::Disposition::Trim(part) => {
                json!({"action": "trim", "range": [part.start.as_millis(), part.end.as_millis()]})
            }
            gardefou_policy::types::Disposition::Discard(why) => refused("discard", why),
        },
        Answer::Access(Ok(granted)) => json!({
            "action": "allow", "journal": granted.journal, "watermark": granted.watermark,
            "second-person": granted.second_person,
        }),
        Answer::Until(until) => json!({"until": until.as_millis()}),
        Answer::Terms(Some(terms)) => json!({
            "max-frame-interval": terms.max_frame_interval, "max-facts-age": terms.max_facts_age,
            "employee-limit": terms.employee_cap.limit, "employee-per": terms.employee_cap.per,
            "programme-limit": terms.programme_cap.limit, "programme-per": terms.programme_cap.per,
            "max-unreviewed": terms.max_unreviewed, "sampling-period": terms.sampling_period,
        }),
        _ => Value::Null,
    }
}

/// The name that a value has in traces.
fn name(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
