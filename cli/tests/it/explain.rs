//! `gardefou explain`: every reason, in both languages, and the lines of a policy that set it.

use std::fs;
use std::process::{Command, Output};

use gardefou::Reason;
use serde_json::Value;

use crate::command_line::{LOCALES, in_locale, sources, text};

fn rules() -> String {
    sources("rules/example.toml").to_str().unwrap().to_owned()
}

fn spoken(locale: &str, arguments: &[&str]) -> Output {
    in_locale(locale).arg("explain").args(arguments).output().unwrap()
}

fn page(locale: &str, arguments: &[&str]) -> String {
    let output = spoken(locale, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout).to_owned()
}

/// A page with its lines put together again.
fn joined(page: &str) -> String {
    let words = page.split([' ', '\n']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn json(arguments: &[&str]) -> Value {
    let all = [arguments, &["--format", "json"]].concat();
    serde_json::from_str(&page("en_GB.UTF-8", &all)).unwrap()
}

#[test]
fn every_reason_is_explained_in_both_languages_with_and_without_a_policy() {
    let rules = rules();
    for reason in Reason::ALL {
        let info = reason.info().unwrap();
        for (locale, title) in LOCALES.into_iter().zip([info.english, info.french]) {
            for arguments in [&[info.name][..], &[info.name, "--policy", &rules]] {
                let page = page(locale, arguments);
                assert!(
                    page.starts_with(&format!("{} ({}) · {title}\n", info.name, info.number)),
                    "{page}"
                );
                for wrong in ["{", " ;", " :", "complian", "conforme "] {
                    // But for the lines of the document.
                    let own = page.lines().filter(|line| !line.starts_with("  li"));
                    let own = own.collect::<Vec<_>>().join("\n");
                    assert!(!own.contains(wrong), "`{wrong}` in {own}");
                }
            }
        }
    }
}

#[test]
fn a_reason_says_which_lines_set_it_and_what_would_change_it() {
    let rules = rules();
    let page = joined(&page("en_GB.UTF-8", &["volume", "--policy", &rules]));
    for words in [
        "S7 · see CNIL, couplage; RGPD 5.1.c",
        "at every frame: check 15 of 16; the frame is not recorded",
        "volume/3 Too much waits to be reviewed",
        "line 74: per-employee = { limit = \"2h\", per = \"7d\" }",
        "line 76: unreviewed = \"20h\"",
        "no ceiling bounds them: the floor has none",
    ] {
        assert!(page.contains(words), "{words}\nin {page}");
    }
    let one = joined(&self::page("en_GB.UTF-8", &["38/2", "--policy", &rules]));
    assert!(
        one.contains("line 75:") && !one.contains("line 74:") && !one.contains("volume/3"),
        "{one}"
    );
}

#[test]
fn the_values_of_the_policy_are_in_what_would_change_the_answer() {
    let rules = rules();
    let with = joined(&page("en_GB.UTF-8", &["employee-not-informed", "--policy", &rules]));
    assert!(with.contains("given version 2026-09 of the notice, before the recording and less than 365 days ago"));
    let without = joined(&page("en_GB.UTF-8", &["employee-not-informed"]));
    assert!(
        without.contains("given version that the rules name of the notice"),
        "{without}"
    );
    let french = joined(&page("fr_FR.UTF-8", &["not-in-force", "--policy", &rules]));
    assert!(
        french.contains("du 1er\u{a0}novembre 2026 au 30\u{a0}avril 2027"),
        "{french}"
    );
}

#[test]
fn what_no_document_can_change_is_said() {
    let rules = rules();
    for reason in [
        "purpose",
        "employee-objected",
        "party-objected",
        "paused",
        "not-anonymised",
        "policy-fault",
    ] {
        let page = joined(&page("en_GB.UTF-8", &[reason, "--policy", &rules]));
        assert!(page.contains("No key of a rule document sets it."), "{page}");
        assert!(page.contains("No rule document can change this"), "{page}");
    }
    let note = joined(&page("en_GB.UTF-8", &["not-authorised/1", "--policy", &rules]));
    assert!(note.contains("No key of a rule document sets this note."), "{note}");
}

#[test]
fn a_baked_policy_gives_the_lines_of_the_document_inside() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.wasm");
    let policy = file.to_str().unwrap();
    let bake = Command::new(env!("CARGO_BIN_EXE_gardefou"))
        .args(["bake", &rules(), "-o", policy])
        .output()
        .unwrap();
    assert_eq!(bake.status.code(), Some(0), "{}", text(&bake.stderr));
    let value = json(&["attestation/4", "--policy", policy]);
    assert_eq!(value["policy"]["text-decides"], true);
    assert_eq!(value["policy"]["lines"][0]["line"], 18);
    assert_eq!(value["policy"]["lines"].as_array().unwrap().len(), 1);

    // Another text inside: its lines are shown, and that they need not be what decides.
    let mut bytes = fs::read(&file).unwrap();
    let part = b"valid-for = \"730d\"";
    let at = bytes.windows(part.len()).position(|window| window == part).unwrap();
    bytes[at + 13] = b'8';
    fs::write(&file, bytes).unwrap();
    let page = joined(&page("en_GB.UTF-8", &["attestation/4", "--policy", policy]));
    assert!(
        page.contains("valid-for = \"830d\"") && page.contains("WARNING: baking"),
        "{page}"
    );
}

#[test]
fn without_a_reason_all_are_listed() {
    for locale in LOCALES {
        let page = page(locale, &[]);
        for reason in Reason::ALL {
            let info = reason.info().unwrap();
            let title = if locale == LOCALES[0] {
                info.english
            } else {
                info.french
            };
            assert!(page.contains(info.name) && page.contains(title), "{}", info.name);
        }
    }
    assert_eq!(json(&[]).as_array().unwrap().len(), Reason::ALL.len());
}

#[test]
fn what_programs_read_is_the_same_in_every_language() {
    let rules = rules();
    for arguments in [
        &["volume", "--format", "json"][..],
        &["--format", "json"],
        &["systematic", "--format", "json", "--policy", &rules],
    ] {
        assert_eq!(page(LOCALES[0], arguments), page(LOCALES[1], arguments));
    }
    let value = json(&["private-call"]);
    assert_eq!(value["number"], 30);
    let questions: Vec<&str> = value["checked"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| place["question"].as_str().unwrap())
        .collect();
    assert_eq!(questions, ["frame", "review"]);
    assert_eq!(value["at-frame"], "stop or skip");
}

#[test]
fn what_is_no_reason_is_refused_with_those_that_are_near() {
    for (reason, words) in [
        ("vlume", "no reason is called `vlume`\n  help: near it: `volume`"),
        (
            "informed",
            "`informed` is in the titles of several reasons\n  help: name one of them: `employee-not-informed` (Employee not informed beforehand), `party-not-informed` (",
        ),
        ("xyzzy", "help: `gardefou explain` lists them all"),
        ("77", "reason 77 is in no register"),
        ("1000", "reason 1000 is in no register"),
        (
            "volume/9",
            "`volume` has no note 9\n  help: `gardefou explain 38` lists its notes",
        ),
        ("volume/one", "`volume/one` does not name a note of a reason"),
        ("\u{1b}[2J", "no reason is called `?[2J`"),
    ] {
        let output = spoken("en_GB.UTF-8", &[reason]);
        assert_eq!(output.status.code(), Some(2), "{reason}");
        assert!(output.stdout.is_empty());
        assert!(text(&output.stderr).contains(words), "{}", text(&output.stderr));
    }
    let output = spoken("fr_FR.UTF-8", &["vlume"]);
    assert!(
        text(&output.stderr).contains("aucun motif ne s'appelle `vlume`"),
        "{}",
        text(&output.stderr)
    );
    // Words of a title find it, in either language and whatever language is spoken.
    for words in [&["payment", "card"][..], &["carte", "de", "paiement"], &["payment"]] {
        let output = spoken("en_GB.UTF-8", words);
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", text(&output.stderr));
        assert!(
            text(&output.stdout).contains("Payment card data"),
            "{}",
            text(&output.stdout)
        );
    }
    let output = spoken("en_GB.UTF-8", &["volume", "--policy", "no-such-file.wasm"]);
    assert_eq!(output.status.code(), Some(1));
}
