//! `gardefou replay`, over a journal that `gardefou run --journal` wrote.

use std::fs;
use std::path::Path;

use crate::command_line::{LOCALES, example_rules, gardefou, sources, spoken, text};

/// A folder with the journal of two calls of the examples, and rules with smaller caps.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["demo", "accesses", "payment-and-password"] {
        let trace = sources(&format!("examples/traces/{name}.jsonl"));
        let trace = trace.to_str().unwrap();
        let run = gardefou(
            folder.path(),
            &["run", trace, "--journal", "calls.journal", "--format", "json"],
        );
        assert!(run.status.success(), "{}", text(&run.stderr));
    }
    let strict = example_rules().replace("limit = \"2h\"", "limit = \"90s\"");
    assert_ne!(strict, example_rules());
    fs::write(folder.path().join("strict.toml"), strict).unwrap();
    fs::write(folder.path().join("rules.toml"), example_rules()).unwrap();
    folder
}

fn json(folder: &Path, rules: &str) -> Vec<serde_json::Value> {
    let replay = gardefou(
        folder,
        &["replay", "calls.journal", "--rules", rules, "--format", "json"],
    );
    assert!(replay.status.success(), "{}", text(&replay.stderr));
    text(&replay.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_same_rules_change_nothing() {
    let folder = folder();
    let lines = json(folder.path(), "rules.toml");
    let [sums] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(sums["changed"], 0);
    assert!(sums["records"].as_u64().unwrap() >= 2);
    let programme = &sums["programmes"]["crm-onboarding"];
    assert_eq!(programme["kept-before"], programme["kept-after"]);
    // A document may be given as a policy, and so may a component.
    let bake = gardefou(folder.path(), &["bake", "rules.toml", "-o", "rules.wasm"]);
    assert!(bake.status.success(), "{}", text(&bake.stderr));
    for policy in ["rules.toml", "rules.wasm"] {
        let replay = gardefou(
            folder.path(),
            &["replay", "calls.journal", "--policy", policy, "--format", "json"],
        );
        assert!(replay.status.success(), "{}", text(&replay.stderr));
        let again: serde_json::Value = serde_json::from_str(text(&replay.stdout).trim()).unwrap();
        assert_eq!(again, *sums, "{policy}");
    }
}

#[test]
fn smaller_caps_record_less_and_each_changed_decision_says_so() {
    let folder = folder();
    let lines = json(folder.path(), "strict.toml");
    let (sums, changes) = lines.split_last().unwrap();
    let programme = &sums["programmes"]["crm-onboarding"];
    let lost = programme["less"]["volume"].as_u64().unwrap();
    assert!(lost > 0);
    assert_eq!(
        programme["kept-before"].as_u64().unwrap() - lost,
        programme["kept-after"].as_u64().unwrap()
    );
    let told: u64 = changes
        .iter()
        .filter(|change| change["before"]["action"] == "keep")
        .map(|change| change["length"].as_u64().unwrap())
        .sum();
    assert_eq!(told, lost);
    assert!(!sums["limits"].as_array().unwrap().is_empty());
}

#[test]
fn the_page_reads_well_in_both_languages() {
    let folder = folder();
    for (locale, language) in LOCALES.into_iter().zip(["english", "french"]) {
        let page = spoken(
            locale,
            folder.path(),
            &["replay", "calls.journal", "--rules", "strict.toml"],
        );
        assert!(page.status.success(), "{}", text(&page.stderr));
        insta::assert_snapshot!(format!("replay-{language}"), text(&page.stdout));
    }
}

#[test]
fn what_is_journalled_is_verified_and_exported_as_whole_traces() {
    let folder = folder();
    let verify = gardefou(folder.path(), &["journal", "verify", "calls.journal"]);
    assert!(verify.status.success(), "{}", text(&verify.stderr));
    let export = gardefou(
        folder.path(),
        &[
            "journal",
            "export",
            "calls.journal",
            "-o",
            "all.jsonl",
            "--traces",
            "traces",
        ],
    );
    assert!(export.status.success(), "{}", text(&export.stderr));
    // Each holds what was decided, as expectations, and the same rules decide so again.
    let test = gardefou(folder.path(), &["test", "rules.toml", "traces"]);
    assert!(test.status.success(), "{}", text(&test.stdout));
    // The accesses of a trace are in it, granted and refused.
    let all = fs::read_to_string(folder.path().join("all.jsonl")).unwrap();
    assert!(
        all.contains("\\\"granted\\\":true") && all.contains("\\\"granted\\\":false"),
        "{all}"
    );
}

#[test]
fn what_cannot_be_replayed_is_told() {
    let folder = folder();
    let missing = gardefou(folder.path(), &["replay", "no.journal", "--rules", "rules.toml"]);
    assert_eq!(missing.status.code(), Some(1), "{}", text(&missing.stderr));
    let foreign = gardefou(folder.path(), &["replay", "rules.toml", "--rules", "rules.toml"]);
    assert_eq!(foreign.status.code(), Some(2), "{}", text(&foreign.stderr));
    let no_rules = gardefou(folder.path(), &["replay", "calls.journal"]);
    assert_eq!(no_rules.status.code(), Some(2));
}

#[test]
fn a_journal_that_cannot_be_told_is_no_success() {
    let folder = folder();
    let trace = sources("examples/traces/ordinary-call.jsonl");
    fs::write(folder.path().join("calls.journal"), b"").unwrap();
    let run = gardefou(
        folder.path(),
        &["run", trace.to_str().unwrap(), "--journal", "calls.journal"],
    );
    assert_ne!(run.status.code(), Some(0));
    assert!(text(&run.stderr).contains("calls.journal"), "{}", text(&run.stderr));
}
