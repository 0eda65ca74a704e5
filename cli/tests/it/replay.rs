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

/// The call of a case that was once journalled otherwise than it was decided, and its decision records.
fn case(name: &str, trace: &str) -> (tempfile::TempDir, Vec<serde_json::Value>) {
    let folder = tempfile::tempdir().unwrap();
    let of = |file: &str| sources(&format!("tests/cases/{name}/{file}"));
    fs::copy(of("rules.toml"), folder.path().join("rules.toml")).unwrap();
    let trace = of(trace);
    let run = [
        "run",
        trace.to_str().unwrap(),
        "--rules",
        "rules.toml",
        "--journal",
        "calls.journal",
    ];
    let run = gardefou(folder.path(), &run);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let export = [
        "journal",
        "export",
        "calls.journal",
        "-o",
        "all.jsonl",
        "--traces",
        "traces",
    ];
    let export = gardefou(folder.path(), &export);
    assert!(export.status.success(), "{}", text(&export.stderr));
    let all = fs::read_to_string(folder.path().join("all.jsonl")).unwrap();
    let lines = all
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let decisions = lines.filter(|line| line["kind"] == "decision");
    let records = decisions.map(|line| serde_json::from_str(line["content"].as_str().unwrap()).unwrap());
    let records = records.collect();
    (folder, records)
}

/// The lines of a record's trace of that event, each as its instant and one field, since the call's first second.
fn lines(record: &serde_json::Value, event: &str, field: &str) -> Vec<(u64, serde_json::Value)> {
    let lines = record["trace"].as_array().unwrap().iter();
    let lines = lines.filter(|line| line["event"] == event);
    let since = |line: &serde_json::Value| line["at"].as_u64().unwrap() - 1_795_597_200_000;
    lines.map(|line| (since(line), line[field].clone())).collect()
}

#[test]
fn the_record_says_what_was_decided_and_the_same_rules_decide_it_again() {
    for (name, trace) in [
        ("01-replay-hang-up-between-frames", "trace.jsonl"),
        ("01-replay-hang-up-between-frames", "trace-2.jsonl"),
        ("02-replay-last-segment-without-frame", "trace.jsonl"),
        ("03-discarded-segment-in-the-next-record", "trace.jsonl"),
        ("04-still-image-run-cut-at-a-segment", "trace.jsonl"),
    ] {
        let (folder, records) = case(name, trace);
        assert!(!records.is_empty(), "{name}");
        let [sums] = json(folder.path(), "rules.toml").try_into().unwrap();
        assert_eq!(sums["changed"], 0, "{name}, {trace}");
        assert_eq!(sums["outside"], serde_json::json!({}), "{name}, {trace}");
        let test = gardefou(folder.path(), &["test", "rules.toml", "traces"]);
        assert!(test.status.success(), "{name}, {trace}: {}", text(&test.stdout));
    }
}

#[test]
fn a_call_is_hung_up_when_it_was_also_where_no_frame_follows() {
    let (_, records) = case("01-replay-hang-up-between-frames", "trace.jsonl");
    assert_eq!(
        lines(&records[0], "call", "phase"),
        [(100, "connected".into()), (500, "after-call".into())]
    );
    let (_, records) = case("02-replay-last-segment-without-frame", "trace.jsonl");
    let last = records.last().unwrap();
    assert_eq!(
        lines(last, "call", "phase"),
        [(100, "connected".into()), (600, "after-call".into())]
    );
    assert_eq!(lines(last, "frame", "windows"), []);
}

#[test]
fn of_a_discarded_segment_the_next_record_holds_nothing() {
    let (_, records) = case("03-discarded-segment-in-the-next-record", "trace.jsonl");
    let [record] = records.as_slice() else {
        panic!("{records:?}")
    };
    let frames: Vec<_> = lines(record, "frame", "facts").into_iter().map(|(at, _)| at).collect();
    assert_eq!(frames, [1_200, 1_600]);
    assert_eq!(record["runs"], serde_json::json!([{"frames": 3, "time": 400}]));
    assert_eq!(record["totals"], serde_json::json!({"permitted": 600}));
    let whole = record.to_string();
    assert!(
        !whole.contains("party-not-informed") && !whole.contains("111"),
        "{whole}"
    );
}

#[test]
fn a_record_holds_no_frame_that_was_never_asked() {
    let (_, records) = case("04-still-image-run-cut-at-a-segment", "trace.jsonl");
    let asked = [200, 800, 1_400, 1_600];
    for record in &records {
        for (at, _) in lines(record, "frame", "facts") {
            assert!(asked.contains(&at), "{at}: {record}");
        }
    }
    let frames = |record: &serde_json::Value| -> u64 {
        let runs = record["runs"].as_array().unwrap().iter();
        runs.map(|run| run["frames"].as_u64().unwrap()).sum()
    };
    assert_eq!(records.iter().map(frames).collect::<Vec<_>>(), [2, 2]);
}
