//! The table says something of every reason, at its right place, and nothing of keys that do not exist.

use std::collections::BTreeSet;

use gardefou::Reason;
use gardefou_policy::notes;
use gardefou_policy::order::{HOST, Question};

use super::{checks, entries, entry, places, question_name};
use crate::document::Document;
use crate::explain::subject::filled;
use crate::language::Language;

const LEGAL: &str = include_str!("../../../../docs/legal.md");
const CONTRACT: &str = include_str!("../../../../docs/contract.md");
const EXAMPLE: &str = include_str!("../../../../rules/example.toml");

#[test]
fn every_reason_of_the_register_has_one_entry_in_its_order() {
    let said: Vec<Reason> = entries().map(|entry| entry.reason).collect();
    assert_eq!(said, Reason::ALL);
    assert!(entry(Reason(1000)).is_none());
}

#[test]
fn nothing_is_left_unsaid_and_nothing_claims_that_a_deployment_is_lawful() {
    for entry in entries() {
        for words in [entry.says, entry.facts, entry.change, entry.rules] {
            for language in [Language::English, Language::French] {
                let text = words.of(language);
                assert!(text.ends_with('.'), "{text}");
                let text = text.to_lowercase();
                assert!(!text.contains("complian") && !text.contains("conforme"), "{text}");
            }
        }
        // A high sign of French punctuation stands behind a space that does not break.
        for words in [entry.says, entry.facts, entry.change, entry.rules] {
            let pieces = words.french.split_inclusive([':', ';', '!', '?']);
            for piece in pieces.filter(|piece| piece.ends_with([':', ';', '!', '?'])) {
                let before = piece.trim_end_matches([':', ';', '!', '?']);
                assert!(before.ends_with('\u{a0}'), "{}", words.french);
            }
        }
    }
}

#[test]
fn the_order_of_the_checks_is_that_of_the_contract() {
    for (heading, question) in [
        ("### At open", Question::Open),
        ("### At a frame", Question::Frame),
        ("### At review", Question::Review),
        ("### At access", Question::Access),
    ] {
        let checks = checks(question);
        assert!(!checks.is_empty(), "{heading}");
        for (at, reason) in checks.iter().enumerate() {
            let place = places(*reason)
                .into_iter()
                .find(|place| place.question == question)
                .unwrap();
            assert_eq!((place.place, place.of), (at + 1, checks.len()));
        }
    }
    // What the contract's page says of the opening, in its rows.
    let open: Vec<&str> = CONTRACT
        .lines()
        .skip_while(|line| !line.starts_with("| 1 | invalid-facts"))
        .take_while(|line| line.starts_with("| "))
        .map(|row| row.split('|').nth(2).unwrap().trim())
        .collect();
    let ours: Vec<String> = checks(Question::Open).iter().map(ToString::to_string).collect();
    assert_eq!(open, ours);
}

#[test]
fn what_becomes_of_a_frame_is_told_of_the_reasons_that_a_frame_can_get() {
    for entry in entries() {
        let at_a_frame = places(entry.reason)
            .iter()
            .any(|place| question_name(place.question) == "frame");
        let told = at_a_frame || HOST.contains(&entry.reason) || entry.reason == Reason::PERMITTED;
        assert_eq!(told, !entry.at_frame.is_empty(), "{}", entry.reason);
    }
}

#[test]
fn the_keys_are_keys_of_a_document_and_their_notes_exist() {
    let document = Document::read(EXAMPLE);
    let notes = notes::all();
    for entry in entries() {
        for key in entry.keys {
            assert!(!document.at(key.path).is_empty(), "{}", key.path);
            for detail in key.details {
                let known = notes
                    .iter()
                    .any(|note| note.reason == entry.reason && note.detail == *detail);
                assert!(known, "{}/{detail}", entry.reason);
            }
        }
    }
}

/// Every key of a document sets some reason, but for those that decide nothing.
#[test]
fn no_key_that_decides_is_forgotten() {
    let told: BTreeSet<&str> = entries().flat_map(|entry| entry.keys).map(|key| key.path).collect();
    for path in [
        "in-force.from",
        "in-force.until",
        "recording.max-frame-interval",
        "recording.max-facts-age",
        "recording.while-held",
        "attestations.works-council",
        "attestations.impact-assessment",
        "attestations.register-entry",
        "employee-notice.version",
        "employee-notice.valid-for",
        "retention.recordings",
        "retention.analyses",
        "retention.decisions",
        "retention.accesses",
        "retention.temporary",
        "application[].match[]",
        "application[].never-title",
        "application[].never-entered",
        "programme[].id",
        "programme[].applications",
        "programme[].employees",
        "programme[].from",
        "programme[].until",
        "programme[].review-until",
        "programme[].volume.per-employee",
        "programme[].volume.programme",
        "programme[].volume.unreviewed",
        "programme[].volume.share-of-calls",
        "role[].id",
        "role[].may",
        "role[].purposes",
        "role[].programmes",
        "role[].own-only",
    ] {
        assert!(told.contains(path), "{path}");
    }
}

#[test]
fn the_page_about_the_law_has_a_row_for_each() {
    for reason in Reason::ALL {
        let info = reason.info().unwrap();
        let row = format!(
            "| `{}` | {} | {} | {} |",
            info.name, info.rule, info.french, info.english
        );
        assert!(LEGAL.contains(&row), "{row}");
        if info.rule.starts_with(['S', '+']) {
            assert!(LEGAL.contains(&format!("\n| {} |", info.rule)), "{}", info.rule);
        }
    }
}

#[test]
fn every_brace_is_filled_with_and_without_a_document() {
    let document = Document::read(EXAMPLE);
    for entry in entries() {
        for words in [entry.says, entry.facts, entry.change, entry.rules] {
            for language in [Language::English, Language::French] {
                for document in [None, Some(&document)] {
                    let text = filled(words.of(language), document, language);
                    assert!(!text.contains(['{', '}', '|']), "{text}");
                    assert!(!text.contains("  ") && !text.ends_with(" ."), "{text}");
                }
            }
        }
    }
    let change = entry(Reason::EMPLOYEE_NOT_INFORMED).unwrap().change;
    let text = filled(change.english, Some(&document), Language::English);
    assert_eq!(
        text,
        "The employee is given version 2026-09 of the notice, before the recording and less than 365 days ago, and \
         the recorder knows the date."
    );
    let rules = entry(Reason::SYSTEMATIC).unwrap().rules;
    assert!(filled(rules.french, None, Language::French).contains("jusqu'à 50\u{a0}% des appels"));
}
