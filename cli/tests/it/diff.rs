//! `gardefou diff` and `gardefou verify`: what they say, in both languages, and their exit codes.

use std::fs;
use std::path::{Path, PathBuf};

use gardefou_tests::hostile::{Answer, Foreign, Part};

use crate::command_line::{example_rules, gardefou, sources, spoken, text};

/// A folder with the example as `old.toml`, and the example changed as `new.toml`.
fn folder_with(changes: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut new = example_rules();
    for (from, to) in changes {
        assert!(new.contains(from), "{from}");
        new = new.replacen(from, to, 1);
    }
    fs::write(folder.path().join("old.toml"), example_rules()).unwrap();
    fs::write(folder.path().join("new.toml"), new).unwrap();
    folder
}

const LOOSER: (&str, &str) = ("\"500ms\"", "\"800ms\"");
const STRICTER: (&str, &str) = ("limit = \"2h\"", "limit = \"1h\"");
const COMMENT: (&str, &str) = ("# a name for these rules", "# the name of these rules");

#[test]
fn exit_codes_tell_looser_stricter_and_equal_apart() {
    for (changes, code, said) in [
        (&[COMMENT][..], 0, "Equal"),
        (&[LOOSER], 3, "Looser"),
        (&[STRICTER], 4, "Stricter"),
        (&[STRICTER, LOOSER], 3, "Looser"),
    ] {
        let folder = folder_with(changes);
        let output = gardefou(folder.path(), &["diff", "old.toml", "new.toml"]);
        let page = text(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{page}{}", text(&output.stderr));
        assert!(page.starts_with(said) && page.contains("This is exact"), "{page}");
    }
}

#[test]
fn a_component_and_its_document_are_equal() {
    let folder = folder_with(&[COMMENT]);
    let baked = gardefou(folder.path(), &["bake", "old.toml", "-o", "old.wasm"]);
    assert_eq!(baked.status.code(), Some(0));
    let output = gardefou(folder.path(), &["diff", "old.wasm", "new.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("baked from the document inside it"));
}

#[test]
fn both_languages_name_the_values_and_the_rule() {
    let folder = folder_with(&[LOOSER, STRICTER]);
    for (locale, expected) in [
        (
            "C.UTF-8",
            [
                "Looser: the new one allows something",
                "The longest time between two frames (`recording.max-frame-interval`): before, 500 milliseconds; now, 800 milliseconds.",
                "(S1)",
            ],
        ),
        (
            "fr_FR.UTF-8",
            [
                "Moins strictes : les nouvelles règles permettent",
                "L'intervalle maximal entre deux images (`recording.max-frame-interval`) : avant, 500 millisecondes ; désormais, 800 millisecondes.",
                "(S7)",
            ],
        ),
    ] {
        let output = spoken(locale, folder.path(), &["diff", "old.toml", "new.toml"]);
        let page = text(&output.stdout).replace('\u{a0}', " ");
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in expected {
            assert!(page.contains(part), "no {part:?} in:\n{page}");
        }
        assert!(!page.contains('\u{1b}'), "colours where nobody looks");
    }
    let json = |locale| {
        let output = spoken(
            locale,
            folder.path(),
            &["diff", "old.toml", "new.toml", "--format", "json"],
        );
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let told = json("C.UTF-8");
    assert_eq!(told, json("fr_FR.UTF-8"));
    assert_eq!(told["result"], "looser");
    assert_eq!(told["exact"], true);
    assert_eq!(told["groups"][0]["rule"], "S1");
    assert_eq!(told["groups"][0]["rules"][0]["new"], "800ms");
    assert!(told["questions"].as_u64().unwrap() > 1_000);
}

/// Each scenario that is written, run on the old rules and on the new ones, is answered differently, and on
/// the new ones as it expects.
#[test]
fn cases_show_the_difference_when_they_are_run() {
    let folder = folder_with(&[
        LOOSER,
        STRICTER,
        ("while-held         = false", "while-held = true"),
        ("\"train-others\"", "\"export\""),
        ("\"*mot de passe*\", ", ""),
        ("recordings = \"180d\"", "recordings = \"100d\""),
    ]);
    let arguments = ["diff", "old.toml", "new.toml", "--cases", "cases"];
    assert_eq!(gardefou(folder.path(), &arguments).status.code(), Some(3));
    let mut files: Vec<PathBuf> = fs::read_dir(folder.path().join("cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort_unstable();
    assert!(files.len() > 10);
    assert!(
        files[0].ends_with("001-looser-still-image.jsonl"),
        "{}",
        files[0].display()
    );
    // Of those that are refused all the same a few are enough.
    let reasons = files.iter().filter(|file| named(file, "-reason-")).step_by(8);
    for file in files.iter().filter(|file| !named(file, "-reason-")).chain(reasons) {
        let scenario = fs::read_to_string(file).unwrap();
        let expected: serde_json::Value = serde_json::from_str(scenario.lines().last().unwrap()).unwrap();
        let [old, new] = ["old.toml", "new.toml"].map(|rules| {
            let run = ["run", file.to_str().unwrap(), "--rules", rules, "--format", "json"];
            let output = gardefou(folder.path(), &run);
            assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
            let last = text(&output.stdout).lines().last().unwrap().to_owned();
            serde_json::from_str::<serde_json::Value>(&last).unwrap()
        });
        assert_ne!(old, new, "{}", file.display());
        for (key, value) in expected.as_object().unwrap() {
            if key != "event" {
                assert_eq!(&new[key], value, "{}: {key}", file.display());
            }
        }
    }
    // What is there stays.
    let again = gardefou(folder.path(), &arguments);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("is already there, and was left as it is"));
}

fn named(file: &Path, part: &str) -> bool {
    file.file_name().unwrap().to_str().unwrap().contains(part)
}

#[test]
fn bad_input_is_told_and_is_no_answer() {
    let folder = folder_with(&[("\"500ms\"", "\"5s\"")]);
    let wrong = gardefou(folder.path(), &["diff", "old.toml", "new.toml"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("above its limit") && wrong.stdout.is_empty());
    assert_eq!(gardefou(folder.path(), &["diff", "old.toml"]).status.code(), Some(2));
    let missing = gardefou(folder.path(), &["verify", "no-such-file"]);
    assert_eq!(missing.status.code(), Some(1), "{}", text(&missing.stderr));
    fs::write(folder.path().join("bad.wasm"), b"\0asm and no more").unwrap();
    let bad = gardefou(folder.path(), &["verify", "bad.wasm"]);
    assert_eq!(bad.status.code(), Some(2), "{}", text(&bad.stderr));
}

#[test]
fn scenarios_are_put_to_both_as_well() {
    let folder = folder_with(&[LOOSER]);
    let traces = sources("examples/traces");
    let arguments = [
        "diff",
        "old.toml",
        "new.toml",
        "--format",
        "json",
        "--scenarios",
        traces.to_str().unwrap(),
    ];
    let output = gardefou(folder.path(), &arguments);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(told["traces"]["files"].as_u64().unwrap() >= 7 && told["traces"]["questions"].as_u64().unwrap() > 1_000);
}

#[test]
fn a_document_verifies_in_both_languages() {
    let folder = folder_with(&[COMMENT]);
    for (locale, expected) in [
        ("C.UTF-8", "Not looser than the floor in "),
        ("fr_FR.UTF-8", "Aucun écart avec le socle dans "),
    ] {
        let output = spoken(locale, folder.path(), &["verify", "old.toml"]);
        let page = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{page}{}", text(&output.stderr));
        assert!(page.starts_with(expected), "{page}");
    }
}

#[test]
fn the_template_without_rules_shows_nothing() {
    let folder = folder_with(&[]);
    let template = sources("guest-policy/dist/policy.wasm");
    let trace = sources("examples/traces/demo.jsonl");
    let [template, trace] = [&template, &trace].map(|path| path.to_str().unwrap());
    let alone = gardefou(folder.path(), &["verify", template]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(text(&alone.stderr).contains("holds no rule document"));
    let output = gardefou(folder.path(), &["verify", template, "--trace", trace]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stdout));
    assert!(text(&output.stdout).starts_with("Nothing was shown"));
    // Of what no document explains, nothing is said to be equal.
    let same = gardefou(folder.path(), &["diff", template, template, "--scenarios", trace]);
    assert_eq!(same.status.code(), Some(5), "{}", text(&same.stdout));
    assert!(text(&same.stdout).starts_with("No difference in "));
}

/// The facts of a session and of an access, for components that hold no document.
const TRACE: &str = r#"{"at":1795000000000,"event":"session","session":"s-1","employee":"e-1","programme":"p","purpose":"training","mode":"screen-video","frame-interval":200,"employee-notice":{"version":"v1","given-at":1794000000000},"employee-objected":false,"protected-line":false,"calls-offered":10,"calls-recorded":1}
{"at":1795000000000,"event":"window","id":1,"executable":"crm.exe"}
{"at":1795000000000,"event":"access","operation":"view","artefact":"recording","purpose":"training","account":"a-1","individual-account":true,"role":"trainer","authorised-until":1796000000000,"programme":"p","subject":"e-1","viewer":"e-9","restricted":false,"collected-at":1794900000000,"mode":"screen-video"}
"#;

/// Refuses every question, and keeps nothing.
fn refusing() -> Foreign {
    Foreign::good()
        .with(Part::Open, "(call $refused (i32.const 10) (i32.const 0))")
        .with(
            Part::Review,
            "(call $disposed (i32.const 0) (i64.const 32) (i64.const 0))",
        )
        .with(Part::Authorise, "(call $authorised (i32.const 1) (i32.const 50))")
        .with(Part::KeepUntil, "(local.get $collected)")
}

#[test]
fn loose_components_are_named_and_one_that_refuses_everything_does_not_pass() {
    let opens = "(call $opened (call $new (i32.const 1)))";
    let skips = Answer::refusal(1, 36, 0);
    // Reason 36, `paused`, of every frame: what opens for evaluation need not keep anything.
    for (name, foreign, code, expected) in [
        (
            "keeps every frame",
            refusing().with(Part::Open, opens),
            3,
            "kept by the policy",
        ),
        (
            "opens for evaluation",
            refusing().with(Part::Open, opens).answering(&skips),
            3,
            "`purpose` (Purpose other than staff training) by the floor, it opens by the policy",
        ),
        (
            "keeps recordings for ever",
            refusing().with(Part::KeepUntil, "(i64.const -1)"),
            3,
            "How long things are kept differs: `recordings`",
        ),
        ("refuses everything", refusing(), 4, "Nothing was shown"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("foreign.wasm"), foreign.component()).unwrap();
        fs::write(folder.path().join("call.jsonl"), TRACE).unwrap();
        let output = gardefou(folder.path(), &["verify", "foreign.wasm", "--trace", "call.jsonl"]);
        let page = text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            output.status.code(),
            Some(code),
            "{name}: {page}{}",
            text(&output.stderr)
        );
        assert!(page.contains(expected), "{name}: {page}");
    }
}

/// A list that moves into another programme's place, an application that another one uses, a role: nothing is said to
/// come from what it does not come from.
#[test]
fn an_answer_comes_from_what_was_edited_and_from_nothing_else() {
    let folder = folder_with(&[
        ("\"e-1002\"", "\"e-1003\""),
        ("valid-for = \"365d\"", "valid-for = \"364d\""),
    ]);
    let output = gardefou(folder.path(), &["diff", "old.toml", "new.toml", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for group in told["groups"].as_array().unwrap() {
        let reasons = ["old", "new"].map(|side| group["example"][side]["reason"].clone());
        for rule in group["rules"].as_array().unwrap() {
            let key = rule["key"].as_str().unwrap();
            seen.insert(key.to_owned());
            let own = match key {
                "employees" => "no-training-need",
                "employee-notice.valid-for" => "employee-not-informed",
                other => panic!("{other}: {group}"),
            };
            assert!(reasons.iter().any(|reason| reason == own), "{group}");
        }
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn pages_to_print_label_every_digest() {
    let folder = folder_with(&[LOOSER]);
    for (line, labels) in [
        (
            &["diff", "old.toml", "new.toml", "--format", "html"][..],
            &[
                "before, SHA-256 of the file",
                "before, SHA-256 of the rules",
                "now, SHA-256 of the file",
            ][..],
        ),
        (
            &["verify", "old.toml", "--format", "html"],
            &["rules, SHA-256 of the file"],
        ),
        (&["inspect", "old.toml", "--format", "html"], &["SHA-256 of the file"]),
    ] {
        let output = gardefou(folder.path(), line);
        let page = text(&output.stdout);
        assert!(
            page.starts_with("<!doctype html>") && page.ends_with("</html>\n"),
            "{page}"
        );
        for label in labels {
            assert!(
                page.contains(&format!("<th scope=\"row\">{label}</th><td>")),
                "{label}: {page}"
            );
        }
        let is_digest = |word: &str| word.len() == 64;
        for cell in page
            .split("</th><td>")
            .map(|labelled| labelled.split_once('<').map_or("", |(_, rest)| rest))
        {
            let mut words = cell.split(|c: char| !c.is_ascii_hexdigit());
            assert_eq!(words.find(|word| is_digest(word)), None, "a digest without a label");
        }
        assert!(
            ["\u{1b}", "src=", "href=", "url("]
                .iter()
                .all(|from| !page.contains(from)),
            "needs nothing from anywhere"
        );
        let french = spoken("fr_FR.UTF-8", folder.path(), line);
        assert!(text(&french.stdout).contains("<html lang=\"fr\">"));
    }
}

#[test]
fn the_one_to_come_is_named_in_three_ways() {
    let folder = folder_with(&[LOOSER]);
    for line in [
        &["diff", "old.toml", "new.toml"][..],
        &["diff", "old.toml", "--rules", "new.toml"],
        &["diff", "old.toml", "--policy", "new.toml"],
    ] {
        assert_eq!(gardefou(folder.path(), line).status.code(), Some(3), "{line:?}");
    }
    let both = ["diff", "old.toml", "new.toml", "--rules", "new.toml"];
    assert_eq!(gardefou(folder.path(), &both).status.code(), Some(2));
}

#[test]
fn the_help_has_examples_and_exit_codes() {
    for command in ["diff", "verify"] {
        let output = gardefou(Path::new("."), &[command, "--help"]);
        let help = text(&output.stdout);
        assert!(help.contains("Examples:") && help.contains("Exit codes:"), "{help}");
    }
}
