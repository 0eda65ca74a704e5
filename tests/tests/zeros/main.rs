//! What the zero of each type gives: what a caller passes that leaves a field out.
//!
//! A zero refuses wherever it could open something; where it does not refuse, the row says why that opens
//! nothing. The rows are held against the published text of the contract: a field without a row fails.

mod answered;
mod asked;
mod contract;

use std::collections::BTreeSet;

use asked::Asked;
use contract::Contract;

/// What a question gives whose one field is the zero of its type.
enum Zero {
    /// Each place where the field stands in the sound questions refuses, for these reasons.
    Refuses(&'static [&'static str]),
    /// This is answered all the same, and why that opens nothing.
    Passes(&'static str, &'static str),
}
use Zero::{Passes, Refuses};

/// Of each field of a question, and of each parameter of a function.
const ASKED: &[(&str, Zero)] = &[
    ("configure.rules", Refuses(&["not taken"])),
    ("terms-of.programme", Refuses(&["none"])),
    // session.open
    ("open.at", Refuses(&["not-in-force"])),
    ("session-facts.session", Refuses(&["invalid-facts"])),
    ("session-facts.employee", Refuses(&["invalid-facts"])),
    ("session-facts.programme", Refuses(&["programme"])),
    ("session-facts.purpose", Refuses(&["purpose"])),
    ("session-facts.mode", Refuses(&["still-image"])),
    ("session-facts.frame-interval", Refuses(&["invalid-facts"])),
    ("session-facts.employee-notice", Refuses(&["employee-not-informed"])),
    ("session-facts.employee-objected", Refuses(&["employee-objected"])),
    ("session-facts.enrolled-at", Refuses(&["no-training-need"])),
    ("session-facts.protected-line", Refuses(&["protected-line"])),
    ("session-facts.calls", Refuses(&["invalid-facts"])),
    (
        "session-facts.extra",
        Passes(
            "open",
            "the contract reads none of it: a policy that does refuses what it misses",
        ),
    ),
    ("notice.version", Refuses(&["employee-not-informed"])),
    ("notice.given-at", Refuses(&["employee-not-informed"])),
    ("calls.offered", Refuses(&["invalid-facts"])),
    (
        "calls.recorded",
        Passes(
            "open",
            "0 is a count like any other, and nobody counted until both numbers are given",
        ),
    ),
    // session.classify
    ("app-identity.executable", Refuses(&["other"])),
    ("app-identity.package", Refuses(&["other"])),
    ("app-identity.signer", Refuses(&["other"])),
    ("app-identity.wm-class", Refuses(&["other"])),
    ("app-identity.title", Refuses(&["other"])),
    ("app-identity.url", Refuses(&["other"])),
    // session.decide
    ("decide.width", Refuses(&["invalid-facts"])),
    ("decide.height", Refuses(&["invalid-facts"])),
    ("decide.windows", Refuses(&["no-training-window"])),
    ("moment.at", Refuses(&["invalid-facts"])),
    ("moment.facts-from", Refuses(&["stale-facts"])),
    ("moment.facts-to", Refuses(&["stale-facts"])),
    ("moment.gap", Refuses(&["invalid-facts"])),
    ("moment.phase", Refuses(&["no-call"])),
    ("moment.known", Refuses(&["invalid-facts"])),
    ("moment.holds", Refuses(&["no-call"])),
    ("moment.usage", Refuses(&["invalid-facts"])),
    (
        "usage.employee-used",
        Passes(
            "keep",
            "0 is a count like any other, and nobody counted until all three are given",
        ),
    ),
    ("usage.programme-used", Passes("keep", "the same")),
    ("usage.unreviewed", Passes("keep", "the same")),
    ("window.kind", Refuses(&["no-training-window"])),
    ("window.inner", Refuses(&["no-training-window"])),
    ("window.outer", Refuses(&["invalid-facts"])),
    // Of `inner`, then of `outer`.
    ("rect.x", Refuses(&["invalid-facts", "invalid-facts"])),
    ("rect.y", Refuses(&["invalid-facts", "invalid-facts"])),
    ("rect.width", Refuses(&["no-training-window", "invalid-facts"])),
    ("rect.height", Refuses(&["no-training-window", "invalid-facts"])),
    // review
    (
        "segment.started-at",
        Passes(
            "trim",
            "what lies before the call is trimmed, whatever the segment says",
        ),
    ),
    ("segment.ended-at", Refuses(&["no-call"])),
    ("segment.answered-at", Refuses(&["no-call"])),
    ("segment.hung-up", Refuses(&["no-call"])),
    ("segment.known", Refuses(&["private-call"])),
    ("segment.holds", Refuses(&["party-not-informed"])),
    ("segment.mode", Refuses(&["still-image"])),
    // authorise
    ("access.at", Refuses(&["invalid-facts"])),
    ("access.operation", Refuses(&["invalid-facts"])),
    ("access.artefact", Refuses(&["invalid-facts"])),
    ("access.purpose", Refuses(&["purpose"])),
    ("access.account", Refuses(&["not-authorised"])),
    ("access.individual-account", Refuses(&["not-authorised"])),
    ("access.role", Refuses(&["not-authorised"])),
    ("access.authorised-until", Refuses(&["not-authorised"])),
    ("access.programme", Refuses(&["programme"])),
    ("access.subject", Refuses(&["invalid-facts"])),
    ("access.viewer", Refuses(&["not-authorised"])),
    ("access.restricted", Refuses(&["restricted"])),
    ("access.collected-at", Refuses(&["retention"])),
    ("access.mode", Refuses(&["still-image"])),
    // keep-until
    ("keep-until.artefact", Refuses(&["over"])),
    ("keep-until.collected-at", Refuses(&["over"])),
    (
        "keep-until.programme",
        Passes(
            "later",
            "of a programme that is not known only the time counts, within the same ceilings",
        ),
    ),
];

/// Of a deletion, which a role that may is asked for, and nothing else.
const DELETING: &[(&str, &str)] = &[
    ("at", "not-authorised"),
    ("operation", "invalid-facts"),
    ("artefact", "allowed"),
    ("purpose", "allowed"),
    ("account", "not-authorised"),
    ("individual-account", "not-authorised"),
    ("role", "not-authorised"),
    ("authorised-until", "not-authorised"),
    ("programme", "not-authorised"),
    ("subject", "not-authorised"),
    ("viewer", "not-authorised"),
    ("restricted", "restricted"),
    ("collected-at", "allowed"),
    ("mode", "allowed"),
];

/// Of each closed set: its first case, which a caller passes that leaves it out.
const FIRST: &[(&str, &str)] = &[
    ("purpose", "other"),
    ("capture-mode", "screenshot"),
    ("call-phase", "none"),
    ("window-kind", "other"),
    ("answer", "unknown"),
    ("action", "stop"),
    ("hung-up", "unknown"),
    ("disposition", "discard"),
    ("operation", "other"),
    ("artefact", "other"),
    // No flag is the zero; without this one the answer is nonsense.
    ("obligations", "journal"),
];

#[test]
fn each_field_and_each_parameter_has_a_row() {
    let contract = Contract::published();
    let rows: Vec<&str> = ASKED
        .iter()
        .map(|row| row.0)
        .chain(answered::ROWS.iter().map(|row| row.0))
        .collect();
    let distinct: BTreeSet<String> = rows.iter().map(|row| (*row).to_owned()).collect();
    assert_eq!(distinct.len(), rows.len(), "a row stands twice");
    assert_eq!(distinct, contract.fields());
}

#[test]
fn the_first_case_of_each_closed_set_is_the_one_that_refuses() {
    let told: BTreeSet<(String, String)> = FIRST
        .iter()
        .map(|(set, case)| ((*set).into(), (*case).into()))
        .collect();
    assert_eq!(told, Contract::published().first_cases());
}

#[test]
fn the_questions_are_sound_before_they_are_spoilt() {
    let contract = Contract::published();
    for (function, sound) in [
        ("configure", "taken"),
        ("terms-of", "known"),
        ("open", "open"),
        ("classify", "training"),
        ("decide", "keep"),
        ("review", "keep"),
        ("authorise", "allowed"),
        ("keep-until", "later"),
    ] {
        let mut asked = Asked::new();
        let question = asked.sound(function);
        assert_eq!(asked.ask(function, &question), sound, "{function}");
        contract.check(function, &question);
    }
}

#[test]
fn the_zero_of_each_field_refuses_or_opens_nothing() {
    let contract = Contract::published();
    for (row, zero) in ASKED {
        let told: Vec<String> = asked::FUNCTIONS
            .into_iter()
            .flat_map(|function| {
                let mut asked = Asked::new();
                let questions = contract.with_zero(function, &asked.sound(function), row);
                questions
                    .into_iter()
                    .map(move |question| asked.ask(function, &question))
            })
            .collect();
        match zero {
            Refuses(reasons) => assert_eq!(told, *reasons, "{row}"),
            Passes(answer, why) => assert_eq!(told, [*answer], "{row}: {why}"),
        }
    }
}

#[test]
fn the_zero_of_each_field_of_a_deletion_refuses_unless_nothing_reads_it() {
    let contract = Contract::published();
    let fields: BTreeSet<String> = DELETING.iter().map(|(field, _)| format!("access.{field}")).collect();
    let of_text: BTreeSet<String> = contract
        .fields()
        .into_iter()
        .filter(|f| f.starts_with("access."))
        .collect();
    assert_eq!(fields, of_text);
    for (field, answer) in DELETING {
        let mut asked = Asked::new();
        let sound = asked.deletion();
        assert_eq!(asked.ask("authorise", &sound), "allowed");
        let spoilt = contract.with_zero("authorise", &sound, &format!("access.{field}"));
        let told: Vec<String> = spoilt.iter().map(|question| asked.ask("authorise", question)).collect();
        assert_eq!(told, [*answer], "{field}");
    }
}

#[test]
fn the_zero_of_each_field_of_an_answer_refuses_or_opens_nothing() {
    for (row, _why, holds) in answered::ROWS {
        holds(row);
    }
}
