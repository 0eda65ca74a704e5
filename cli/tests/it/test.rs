//! `gardefou test`: what holds, what does not, what is malformed, and what blessing writes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::command_line::{gardefou, sources, spoken, text};

fn example(name: &str) -> String {
    fs::read_to_string(sources("examples/scenarios").join(name)).unwrap()
}

/// A folder with the example rules and these scenarios.
fn folder_with(scenarios: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(sources("rules/example.toml"), folder.path().join("rules.toml")).unwrap();
    for (name, content) in scenarios {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn names() -> BTreeSet<String> {
    fs::read_dir(sources("examples/scenarios"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".jsonl"))
        .collect()
}

#[test]
fn every_row_and_every_failure_has_a_scenario_in_the_table() {
    let names = names();
    let has = |prefix: &str| names.iter().any(|name| name.starts_with(prefix));
    for row in 1..=11 {
        assert!(has(&format!("s{row}-")), "S{row}");
    }
    for row in 1..=10 {
        assert!(has(&format!("plus{row}-")), "+{row}");
    }
    for failure in [
        "focus-stealing",
        "notification-and-menu",
        "rounded-corners-and-shadows",
        "invisible-window-on-top",
        "visible-but-not-focused",
        "lock-screen",
        "hung-or-closed-window",
        "after-call-work",
        "hold-colleague-second-call",
        "every-call-recorded",
        "longest-retention-wins",
        "temporary-files-left",
        "no-payment-hook",
    ] {
        assert!(has(&format!("fail-{failure}.jsonl")), "{failure}");
    }
    let table = fs::read_to_string(sources("examples/scenarios/README.md")).unwrap();
    let listed = table.lines().filter(|line| line.starts_with("| "));
    let listed: BTreeSet<String> = listed
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|word| word.ends_with(".jsonl"))
        .map(str::to_owned)
        .collect();
    assert_eq!(listed, names);
}

#[test]
fn the_examples_hold_and_reach_everything_that_they_can() {
    let here = sources(".");
    let output = gardefou(
        &here,
        &["test", "rules/example.toml", "examples/scenarios", "--format", "json"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let all = json_of(&output);
    for scenario in all["scenarios"].as_array().unwrap() {
        let questions = scenario["questions"].as_u64().unwrap();
        assert_eq!(scenario["expectations"].as_u64().unwrap(), questions, "{scenario}");
    }
    // In the example every prior step outlasts the rules, so that no day refuses for it.
    let not_expected = |list: &str, of: fn(&Value) -> String| -> Vec<String> {
        let all = all["coverage"][list].as_array().unwrap();
        all.iter().filter(|one| one["reach"] != "expected").map(of).collect()
    };
    let reason = |one: &Value| {
        format!(
            "{} {}",
            one["question"].as_str().unwrap(),
            one["reason"].as_str().unwrap()
        )
    };
    assert_eq!(
        not_expected("reasons", reason),
        ["session attestation", "frame attestation"]
    );
    let rule = |one: &Value| one["rule"].as_str().unwrap().to_owned();
    assert_eq!(not_expected("rules", rule), ["+6"]);
    assert_eq!(all["coverage"]["retention"], "expected");
    assert_eq!(all["coverage"]["not-counted"], json!([]));
}

/// What the example rules cannot show: a prior step that is taken too late.
#[test]
fn the_scenario_of_the_prior_steps_fails_without_them() {
    let folder = folder_with(&[("plus6.jsonl", &example("plus6-prior-steps.jsonl"))]);
    let rules = fs::read_to_string(sources("rules/example.toml")).unwrap();
    for step in ["2026-09-15, valid-for", "2026-09-30, valid-for"] {
        let later = rules.replace(step, "2026-12-01, valid-for");
        assert_ne!(later, rules);
        fs::write(folder.path().join("rules.toml"), later).unwrap();
        let output = gardefou(folder.path(), &["test", "rules.toml", "plus6.jsonl"]);
        assert_eq!(output.status.code(), Some(3));
        let page = text(&output.stdout);
        assert!(page.contains("attestation (Prior step missing or expired)"), "{page}");
        assert!(page.contains("rule: +6"), "{page}");
    }
}

/// Another value of that field, as an answer to that question could have it.
fn other(question: &str, field: &str, value: &Value) -> Value {
    match field {
        "action" => {
            let actions = match question {
                "session" => ["open", "refuse"],
                "access" => ["allow", "refuse"],
                "frame" => ["keep", "skip"],
                _ => ["keep", "discard"],
            };
            json!(actions.into_iter().find(|action| json!(action) != *value).unwrap())
        }
        "reason" if *value == "permitted" => json!("reason 1000"),
        "reason" => json!("permitted"),
        "keep" => json!([[0, 0, 1, 1]]),
        "range" => json!([0, 1]),
        "obligations" => json!(["watermark"]),
        "until" => json!(7),
        other => panic!("{other}"),
    }
}

/// Each expected field of each example, changed alone, is noticed.
#[test]
fn no_expectation_can_be_flipped_unnoticed() {
    let mut mutants: Vec<(String, String)> = Vec::new();
    for name in names() {
        let content = example(&name);
        let lines: Vec<&str> = content.lines().collect();
        let mut question = String::new();
        for (place, line) in lines.iter().enumerate() {
            let object: Value = serde_json::from_str(line).unwrap();
            let event = object["event"].as_str().unwrap();
            if ["session", "frame", "segment", "access", "retention"].contains(&event) {
                question = event.to_owned();
            }
            if event != "expect" {
                continue;
            }
            for (field, value) in object.as_object().unwrap() {
                if field == "at" || field == "event" {
                    continue;
                }
                let mut changed = object.clone();
                changed[field] = other(&question, field, value);
                let changed = changed.to_string();
                let mut mutant = lines.clone();
                mutant[place] = &changed;
                mutants.push((format!("{name}-{place}-{field}.jsonl"), mutant.join("\n")));
            }
        }
    }
    assert!(mutants.len() > 400, "{}", mutants.len());
    let folder = folder_with(&[]);
    for (name, content) in &mutants {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let output = gardefou(folder.path(), &["test", "rules.toml", ".", "--format", "json"]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let all = json_of(&output);
    let tried = all["scenarios"].as_array().unwrap();
    assert_eq!(tried.len(), mutants.len());
    for scenario in tried {
        let failures = scenario["failures"].as_array().unwrap();
        assert_eq!(failures.len(), 1, "{scenario}");
        let unmet = failures[0]["unmet"].as_array().unwrap();
        assert_eq!(unmet.len(), 1, "{scenario}");
        let field = unmet[0]["field"].as_str().unwrap();
        assert!(
            scenario["file"].as_str().unwrap().ends_with(&format!("-{field}.jsonl")),
            "{scenario}"
        );
    }
}

const WRONG: [(&str, &str); 2] = [
    ("\"keep\":[[0,0,600,600]]", "\"keep\":[[0,0,700,500]]"),
    (
        "\"action\":\"skip\",\"reason\":\"no-training-window\"",
        "\"action\":\"keep\",\"reason\":\"permitted\"",
    ),
];

fn wrong() -> String {
    let right = example("s4-only-the-application.jsonl");
    WRONG.iter().fold(right, |text, (from, to)| text.replacen(from, to, 1))
}

#[test]
fn a_failure_is_shown_field_by_field_in_both_languages() {
    let folder = folder_with(&[("call.jsonl", &wrong())]);
    for (lang, parts) in [
        (
            "C.UTF-8",
            [
                "FAILED  call.jsonl\n  line 8: a frame at 2026-11-25 09:00:00.200 UTC (1795597200200), asked on line 7",
                "      expected  700x500 at 0,0\n      but was   600x600 at 0,0\n",
                "      too many  60000 pixels: 600x100 at 0,500\n      too few   50000 pixels: 100x500 at 600,0\n",
                "      ############---.........................\n",
                "    rule: S4 · see CNIL, couplage\n",
                "--bless",
            ],
        ),
        (
            "fr_FR.UTF-8",
            [
                "ÉCHEC   call.jsonl\n  ligne 8\u{a0}: une image, 2026-11-25 09:00:00.200 UTC (1795597200200), question de la ligne 7",
                "      attendu   700x500 en 0,0\n      obtenu    600x600 en 0,0\n",
                "      en trop   60000 pixels\u{a0}: 600x100 en 0,500\n",
                "obtenu    no-training-window (Aucune fenêtre de l'application métier visible)",
                "    règle\u{a0}: S4 · voir CNIL, couplage\n",
                "--bless",
            ],
        ),
    ] {
        let output = spoken(lang, folder.path(), &["test", "rules.toml", "call.jsonl"]);
        assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
        let page = text(&output.stdout);
        for part in parts {
            assert!(page.contains(part), "no {part:?} in:\n{page}");
        }
        assert!(!page.contains('\u{1b}'), "no colours into a pipe");
    }
}

#[test]
fn what_programs_read_is_the_same_in_every_language() {
    let folder = folder_with(&[("call.jsonl", &wrong())]);
    let arguments = [
        "test",
        "rules.toml",
        "call.jsonl",
        "--format",
        "json",
        "--junit",
        "report.xml",
    ];
    let [english, french] = ["C.UTF-8", "fr_FR.UTF-8"].map(|lang| {
        let output = spoken(lang, folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(3));
        (
            output.stdout,
            fs::read_to_string(folder.path().join("report.xml")).unwrap(),
        )
    });
    assert_eq!(english, french);
    let (json, xml) = english;
    let keep = &serde_json::from_slice::<Value>(&json).unwrap()["scenarios"][0]["failures"][0]["unmet"][0];
    assert_eq!(
        *keep,
        json!({"field": "keep", "expected": [[0, 0, 700, 500]], "actual": [[0, 0, 600, 600]],
               "too-many": [[0, 500, 600, 100]], "too-few": [[600, 0, 100, 500]]})
    );
    for part in [
        "<testsuites name=\"gardefou test\" tests=\"5\" failures=\"2\" errors=\"0\">",
        "<testsuite name=\"call.jsonl\" tests=\"5\" failures=\"2\" errors=\"0\">",
        "<testcase name=\"frame 2\" classname=\"call.jsonl\"/>",
        "message=\"line 8: keep expected 700x500 at 0,0, was 600x600 at 0,0\"",
    ] {
        assert!(xml.contains(part), "no {part:?} in:\n{xml}");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 3, "no temporary file is left");
}

#[test]
fn a_component_and_its_rules_decide_alike() {
    let folder = folder_with(&[]);
    let baked = gardefou(folder.path(), &["bake", "rules.toml", "-o", "policy.wasm"]);
    assert_eq!(baked.status.code(), Some(0), "{}", text(&baked.stderr));
    let scenarios = sources("examples/scenarios");
    let scenarios = scenarios.to_str().unwrap();
    for policy in [
        &["policy.wasm"][..],
        &["--policy", "policy.wasm"],
        &["--rules", "rules.toml"],
    ] {
        let output = gardefou(folder.path(), &[&["test"], policy, &[scenarios]].concat());
        assert_eq!(output.status.code(), Some(0), "{policy:?} {}", text(&output.stderr));
    }
}

#[test]
fn what_cannot_be_used_is_told_all_at_once() {
    let session = example("s3-no-notice.jsonl").lines().next().unwrap().to_owned();
    let typo = session.clone() + "\n{\"at\":5,\"event\":\"expect\",\"acton\":\"open\"}\n";
    let folder = folder_with(&[
        ("a-typo.jsonl", &typo),
        ("b-nothing-expected.jsonl", &session),
        ("c-empty.jsonl", ""),
        ("d-twice.jsonl", &example("s3-no-notice.jsonl").repeat(2)),
    ]);
    let output = gardefou(folder.path(), &["test", "rules.toml", "."]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
    let stderr = text(&output.stderr);
    for part in [
        "a-typo.jsonl: line 2: the line has an unknown field\n  help: perhaps `action` was meant",
        "b-nothing-expected.jsonl: the scenario expects nothing, and cannot fail",
        "c-empty.jsonl: the scenario expects nothing, and cannot fail",
        "d-twice.jsonl: line 3: a second session",
    ] {
        assert!(stderr.contains(part), "no {part:?} in:\n{stderr}");
    }
    let french = spoken(
        "fr_FR.UTF-8",
        folder.path(),
        &["test", "rules.toml", "b-nothing-expected.jsonl"],
    );
    assert!(
        text(&french.stderr).contains("le scénario n'attend rien"),
        "{}",
        text(&french.stderr)
    );
}

#[test]
fn arguments_that_name_no_scenario_or_no_policy_are_refused() {
    let folder = folder_with(&[("call.jsonl", &example("s3-no-notice.jsonl"))]);
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (arguments, code, part) in [
        (&["test", "rules.toml"][..], 2, "no scenario is named"),
        (&["test", "call.jsonl", "call.jsonl"], 2, "`call.jsonl` is no policy"),
        (&["test", "empty", "call.jsonl"], 2, "`empty` is no policy"),
        (
            &["test", "rules.toml", "empty"],
            2,
            "the folder `empty` has no scenario in it",
        ),
        (
            &["test", "rules.toml", "nowhere"],
            1,
            "the scenario `nowhere` cannot be read",
        ),
        (&["test", "call.jsonl.wasm", "call.jsonl"], 1, "call.jsonl.wasm"),
        (&["test"], 2, "required"),
        (
            &["test", "rules.toml", "call.jsonl", "--junit", "x/y.xml"],
            1,
            "`x/y.xml` cannot be written",
        ),
        (
            &[
                "test",
                "rules.toml",
                "call.jsonl",
                "--junit",
                "y.xml",
                "--bless",
                "--reason",
                "x",
            ],
            2,
            "cannot be used with",
        ),
    ] {
        let output = gardefou(folder.path(), arguments);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?} {}",
            text(&output.stderr)
        );
        assert!(
            text(&output.stderr).contains(part),
            "{arguments:?} {}",
            text(&output.stderr)
        );
    }
}

/// Why a line was blessed, as it stands in it.
const BECAUSE: &str = ",\"because\":\"a new desk\"";

#[test]
fn blessing_writes_what_was_decided_and_nothing_else() {
    let crlf = |content: &str| content.replace('\n', "\r\n");
    let right = example("s4-only-the-application.jsonl");
    let folder = folder_with(&[("call.jsonl", &crlf(&wrong())), ("other.jsonl", &right)]);
    let file = folder.path().join("call.jsonl");
    let untouched = folder.path().join("other.jsonl");
    let before = fs::metadata(&untouched).unwrap().modified().unwrap();
    let output = gardefou(
        folder.path(),
        &["test", "rules.toml", ".", "--bless", "--reason", "a new desk"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(written.matches(BECAUSE).count(), 2, "each line that changed says why");
    assert_eq!(written.replace(BECAUSE, ""), crlf(&right));
    assert_eq!(
        fs::metadata(&untouched).unwrap().modified().unwrap(),
        before,
        "nothing to write"
    );
    let said = text(&output.stdout);
    assert!(
        said.ends_with("1 scenario written: 0 expectations added, 2 changed\n"),
        "{said}"
    );
    let again = gardefou(
        folder.path(),
        &[
            "test",
            "rules.toml",
            ".",
            "--bless",
            "--reason",
            "again",
            "--format",
            "json",
        ],
    );
    assert_eq!(json_of(&again), json!({"written": []}));
}

#[test]
fn blessing_adds_expectations_and_leaves_everything_when_one_file_is_malformed() {
    let right = example("plus9-card-typed.jsonl");
    let bare: String = right
        .lines()
        .filter(|line| !line.contains("\"expect\""))
        .map(|line| format!("{line}\n"))
        .collect();
    let folder = folder_with(&[("a.jsonl", &bare), ("b.jsonl", "{\"at\":1}\n")]);
    let output = gardefou(
        folder.path(),
        &["test", "rules.toml", ".", "--bless", "--reason", "a new desk"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("a.jsonl")).unwrap(), bare);
    let output = gardefou(
        folder.path(),
        &["test", "rules.toml", "a.jsonl", "--bless", "--reason", "a new desk"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let written = fs::read_to_string(folder.path().join("a.jsonl")).unwrap();
    assert_eq!(written.matches(BECAUSE).count(), right.matches("\"expect\"").count());
    assert_eq!(written.replace(BECAUSE, ""), right);
    // It holds, and another blessing exchanges the reason of what it changes only.
    assert_eq!(
        gardefou(folder.path(), &["test", "rules.toml", "a.jsonl"])
            .status
            .code(),
        Some(0)
    );
}

#[test]
fn a_blessing_says_why_and_nothing_else_does() {
    let folder = folder_with(&[("call.jsonl", &wrong())]);
    let before = fs::read_to_string(folder.path().join("call.jsonl")).unwrap();
    for line in [
        &["test", "rules.toml", "call.jsonl", "--bless"][..],
        &["test", "rules.toml", "call.jsonl", "--bless", "--reason", " "],
        &["test", "rules.toml", "call.jsonl", "--reason", "for nothing"],
    ] {
        let output = gardefou(folder.path(), line);
        assert_eq!(output.status.code(), Some(2), "{line:?}: {}", text(&output.stderr));
    }
    assert_eq!(fs::read_to_string(folder.path().join("call.jsonl")).unwrap(), before);
    let french = spoken(
        "fr_FR.UTF-8",
        folder.path(),
        &["test", "rules.toml", "call.jsonl", "--bless"],
    );
    assert!(text(&french.stderr).contains("--reason"), "{}", text(&french.stderr));
}

#[test]
fn instants_may_be_written_with_their_offset() {
    let right = example("plus9-card-typed.jsonl");
    let written = right.replace("\"at\":1795597200000", "\"at\":\"2026-11-25T10:00:00+01:00\"");
    assert_ne!(right, written);
    let folder = folder_with(&[
        ("call.jsonl", &written),
        (
            "bad.jsonl",
            &right.replacen("\"at\":1795597200000", "\"at\":\"2026-11-25T10:00:00\"", 1),
        ),
    ]);
    let held = gardefou(folder.path(), &["test", "rules.toml", "call.jsonl"]);
    assert_eq!(
        held.status.code(),
        Some(0),
        "{}{}",
        text(&held.stdout),
        text(&held.stderr)
    );
    let bad = gardefou(folder.path(), &["test", "rules.toml", "bad.jsonl"]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(
        text(&bad.stderr).contains("the offset such as `+01:00`"),
        "{}",
        text(&bad.stderr)
    );
    let run = gardefou(
        folder.path(),
        &["run", "call.jsonl", "--rules", "rules.toml", "--format", "json"],
    );
    assert!(
        text(&run.stdout).starts_with("{\"at\":1795597200000,"),
        "{}",
        text(&run.stdout)
    );
}

/// The worked example of docs/scenarios.md does what the page says.
#[test]
fn the_example_of_the_page_is_as_it_says() {
    let page = fs::read_to_string(sources("docs/scenarios.md")).unwrap();
    let block = |kind: &str, number: usize| -> String {
        let fence = format!("```{kind}\n");
        let block = page.split(&fence).nth(number + 1);
        block.unwrap().split("```").next().unwrap().to_owned()
    };
    let scenario = block("json", 0);
    let folder = folder_with(&[("card.jsonl", &scenario)]);
    let held = gardefou(folder.path(), &["test", "rules.toml", "card.jsonl"]);
    assert_eq!(held.status.code(), Some(0), "{}", text(&held.stdout));
    let declared = fs::read_to_string(folder.path().join("rules.toml")).unwrap().replace(
        "never-entered = [\"password\"]",
        "never-entered = [\"password\", \"payment-card\"]",
    );
    fs::write(folder.path().join("rules.toml"), declared).unwrap();
    let failed = gardefou(folder.path(), &["test", "rules.toml", "card.jsonl"]);
    assert_eq!(failed.status.code(), Some(3));
    let shown = block("text", 0);
    assert!(
        text(&failed.stdout).contains(&shown),
        "{shown}\nis not in\n{}",
        text(&failed.stdout)
    );
}

#[test]
fn the_help_has_examples_and_exit_codes() {
    let help = gardefou(Path::new("."), &["test", "--help"]);
    let help = text(&help.stdout);
    assert!(
        help.contains("gardefou test policy.wasm scenarios/") && help.contains("  3  an expectation"),
        "{help}"
    );
}

/// A megabyte of expectations that do not hold.
#[test]
fn of_many_failures_the_first_are_told_in_every_form() {
    let many = "{\"at\":5,\"event\":\"expect\",\"action\":\"stop\",\"reason\":\"paused\",\"keep\":[]}\n".repeat(13_000);
    let call = example("s4-only-the-application.jsonl") + &many;
    let folder = folder_with(&[("a.jsonl", &call), ("b.jsonl", &call)]);
    let bound = 2 << 20;
    let arguments = ["test", "rules.toml", "a.jsonl", "b.jsonl", "--junit", "report.xml"];
    let output = gardefou(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let page = text(&output.stdout);
    assert!(page.len() < bound, "{}", page.len());
    assert_eq!(page.matches("\n  line ").count(), 101);
    assert!(
        page.contains("\n  and 12900 more\n") && page.contains("\n  and 12999 more\n"),
        "{page}"
    );
    let report = fs::read_to_string(folder.path().join("report.xml")).unwrap();
    assert_eq!(report.matches("<failure ").count(), 26_000, "each is counted");
    assert!(report.len() < 2 * bound, "{}", report.len());
    let output = gardefou(
        folder.path(),
        &["test", "rules.toml", "a.jsonl", "b.jsonl", "--format", "json"],
    );
    assert!(output.stdout.len() < bound, "{}", output.stdout.len());
    let told = &json_of(&output)["scenarios"];
    assert_eq!(told[0]["failures"].as_array().unwrap().len(), 100);
    assert_eq!(
        (&told[0]["more-failures"], &told[1]["more-failures"]),
        (&json!(12_900), &json!(12_999))
    );
    assert_eq!(
        told[1]["failures"].as_array().unwrap().len(),
        1,
        "each scenario tells one"
    );
}
