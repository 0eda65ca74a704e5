//! The example traces, through the command and the component.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::command_line::{in_locale, sources};

/// Every example, and the reasons that it is about.
const EXAMPLES: [(&str, &[&str]); 9] = [
    (
        "ordinary-call",
        &["permitted", "no-call", "party-not-informed", "no-training-window"],
    ),
    ("held-and-consulting", &["permitted", "no-call"]),
    ("private-call", &["permitted", "private-call"]),
    ("late-objection", &["permitted", "party-objected"]),
    (
        "payment-and-password",
        &["permitted", "payment", "secure-input", "no-training-window"],
    ),
    ("employee-not-informed", &["employee-not-informed"]),
    ("no-payment-hook", &["permitted", "payment"]),
    (
        "accesses",
        &[
            "permitted",
            "not-authorised",
            "purpose",
            "not-anonymised",
            "restricted",
            "still-image",
            "programme",
            "retention",
        ],
    ),
    (
        "demo",
        &[
            "permitted",
            "no-call",
            "party-not-informed",
            "payment",
            "secure-input",
            "paused",
            "stale-facts",
            "still-image",
            "no-training-window",
            "purpose",
            "not-anonymised",
        ],
    ),
];

fn folder() -> PathBuf {
    sources("examples/traces")
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The trace's lines and the answers to them.
fn decided(name: &str) -> (Vec<Value>, Vec<Value>) {
    let file = folder().join(name).with_extension("jsonl");
    let output = in_locale("C.UTF-8")
        .args(["run", "--format", "json"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = objects(&fs::read_to_string(&file).unwrap());
    (lines, objects(&String::from_utf8(output.stdout).unwrap()))
}

fn is_question(line: &Value) -> bool {
    ["session", "frame", "segment", "access", "retention"].contains(&line["event"].as_str().unwrap())
}

#[test]
fn every_example_is_tried() {
    let files: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|own| own == "jsonl"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let known: BTreeSet<String> = EXAMPLES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(files, known);
}

#[test]
fn every_expectation_in_an_example_is_met() {
    for (name, _) in EXAMPLES {
        let (lines, answers) = decided(name);
        let mut next = answers.iter();
        let mut last = None;
        let mut met = 0;
        for line in &lines {
            if is_question(line) {
                last = next.next();
                assert_eq!(last.unwrap()["at"], line["at"], "{name}");
                assert_eq!(last.unwrap()["question"], line["event"], "{name}");
            }
            if line["event"] != "expect" {
                continue;
            }
            for (field, expected) in line.as_object().unwrap() {
                if field != "at" && field != "event" {
                    assert_eq!(&last.unwrap()[field], expected, "{name}: {line}, but {}", last.unwrap());
                    met += 1;
                }
            }
        }
        assert_eq!(next.next(), None, "{name} has more answers than questions");
        assert!(met > 0, "{name} expects nothing");
    }
}

#[test]
fn every_example_shows_the_reasons_that_it_is_about() {
    for (name, expected) in EXAMPLES {
        let (_, answers) = decided(name);
        let reasons: BTreeSet<&str> = answers.iter().filter_map(|answer| answer["reason"].as_str()).collect();
        let expected: BTreeSet<&str> = expected.iter().copied().collect();
        assert_eq!(reasons, expected, "{name}");
    }
}

#[test]
fn nothing_is_kept_where_a_rule_objects_from_the_start() {
    for name in ["employee-not-informed", "no-payment-hook"] {
        let (_, answers) = decided(name);
        assert!(answers.iter().all(|answer| answer["action"] != "keep"), "{name}");
    }
}

/// What `cargo xtask examples` writes: nobody invents when each list of windows held, or leaves the mark out.
#[test]
fn every_call_was_played_before_the_recorder() {
    for (name, _) in EXAMPLES {
        let lines = objects(&fs::read_to_string(folder().join(name).with_extension("jsonl")).unwrap());
        let of = |event: &'static str| lines.iter().filter(move |line| line["event"] == event);
        assert!(of("frame").all(|frame| frame["facts"].is_array()), "{name}");
        if of("frame").next().is_none() {
            continue;
        }
        let windows: Vec<&Value> = of("window").collect();
        let desk = |window: &&&Value| window["executable"] == "/opt/acme/bin/crm" && window["wm-class"] == "Crm";
        assert!(windows.iter().any(|window| desk(&window)), "{name}");
        let first = of("frame").next().unwrap()["windows"][0][0].as_u64();
        let mark = windows.iter().find(|window| window["id"].as_u64() == first).unwrap();
        assert!(
            mark["executable"].is_null() && mark["title"].is_null(),
            "{name}: {mark}"
        );
    }
}

#[test]
fn the_demo_has_every_kind_of_verdict() {
    let (_, answers) = decided("demo");
    let kinds: BTreeSet<(&str, &str)> = answers
        .iter()
        .filter_map(|answer| Some((answer["question"].as_str()?, answer["action"].as_str()?)))
        .collect();
    for kind in [
        ("session", "open"),
        ("frame", "keep"),
        ("frame", "skip"),
        ("frame", "stop"),
        ("segment", "keep"),
        ("segment", "discard"),
        ("access", "allow"),
        ("access", "refuse"),
    ] {
        assert!(kinds.contains(&kind), "no {kind:?} in {kinds:?}");
    }
    assert!(answers.iter().any(|answer| answer["question"] == "retention"));
    let partly = |answer: &Value| answer["keep"].as_array().is_some_and(|keep| keep.len() > 1);
    assert!(answers.iter().any(partly), "no frame is kept in part");
}
