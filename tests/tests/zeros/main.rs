//! What the zero of each type gives: what a caller passes that leaves a field out.
//!
//! A zero refuses wherever it could open something; where it does not refuse, the row says why that opens
//! nothing. The rows are held against the published text of the contract: a field without a row fails.

mod answered;

use std::collections::BTreeSet;

use gardefou_tests::asked;
use gardefou_tests::contract::Contract;
use gardefou_tests::zeros::ASKED;
use gardefou_tests::zeros::Zero::{Passes, Refuses};

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
        let question = asked::sound(function);
        assert_eq!(asked::told(function, &question), sound, "{function}");
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
                let questions = contract.with_zero(function, &asked::sound(function), row);
                questions
                    .into_iter()
                    .map(move |question| asked::told(function, &question))
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
        let sound = asked::deletion();
        assert_eq!(asked::told("authorise", &sound), "allowed");
        let spoilt = contract.with_zero("authorise", &sound, &format!("access.{field}"));
        let told: Vec<String> = spoilt
            .iter()
            .map(|question| asked::told("authorise", question))
            .collect();
        assert_eq!(told, [*answer], "{field}");
    }
}

#[test]
fn the_zero_of_each_field_of_an_answer_refuses_or_opens_nothing() {
    for (row, _why, holds) in answered::ROWS {
        holds(row);
    }
}
