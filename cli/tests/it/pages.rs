//! Every page that the command prints, in both languages, held against the one that was read and found right.
//!
//! After a change, `INSTA_UPDATE=always cargo nextest run …` writes the pages anew: read what changed.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::command_line::{example_rules, sources, spoken};

/// What one command line prints, and how it ends.
fn printed(folder: &Path, locale: &str, line: &str) -> String {
    let arguments: Vec<&str> = line.split(' ').collect();
    let output = spoken(locale, folder, &arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    format!(
        "$ gardefou {line}\n{}{}[exit code {}]\n\n",
        text(output.stdout),
        text(output.stderr),
        output.status.code().unwrap()
    )
}

/// These lines in a folder with the example rules in it, in both languages, as one snapshot each.
fn pages(name: &str, lines: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let example = example_rules();
    fs::write(
        folder.path().join("new.toml"),
        example.replace("\"2h\"", "\"3h\"").replace("\"250ms\"", "\"200ms\""),
    )
    .unwrap();
    fs::write(folder.path().join("bad.toml"), example.replace("\"500ms\"", "\"5s\"")).unwrap();
    fs::write(folder.path().join("rules.toml"), &example).unwrap();
    fs::write(folder.path().join("none.wasm"), "no component").unwrap();
    fs::write(folder.path().join("bad.jsonl"), "{\"at\":1,\"event\":\"cal\"}\n").unwrap();
    for file in [
        "plus9-card-typed",
        "s7-employee-cap",
        "s9-authorised-people",
        "plus7-how-long",
    ] {
        let name = format!("{file}.jsonl");
        fs::copy(sources("examples/scenarios").join(&name), folder.path().join(&name)).unwrap();
    }
    let call = fs::read_to_string(sources("examples/scenarios/plus9-card-typed.jsonl")).unwrap();
    fs::write(
        folder.path().join("wrong.jsonl"),
        call.replace("\"reason\":\"payment\"", "\"reason\":\"paused\""),
    )
    .unwrap();
    for (language, locale) in [("english", "en_GB.UTF-8"), ("french", "fr_FR.UTF-8")] {
        let mut text = String::new();
        for line in lines {
            write!(text, "{}", printed(folder.path(), locale, line)).unwrap();
        }
        for written in ["policy.wasm", "cases", "made.toml", "report.xml"] {
            let path = folder.path().join(written);
            if path.is_dir() {
                fs::remove_dir_all(path).unwrap();
            } else {
                drop(fs::remove_file(path));
            }
        }
        insta::assert_snapshot!(format!("{name}-{language}"), text);
    }
}

#[test]
fn deciding() {
    pages(
        "run",
        &[
            "demo",
            "run plus9-card-typed.jsonl",
            "run s9-authorised-people.jsonl",
            "run plus7-how-long.jsonl",
            "run s7-employee-cap.jsonl --format json",
            "run bad.jsonl",
            "run none.jsonl",
            "run plus9-card-typed.jsonl --rules bad.toml",
            "run plus9-card-typed.jsonl --policy none.wasm",
        ],
    );
}

#[test]
fn writing_and_baking() {
    pages(
        "bake",
        &[
            "new --at 2026-11-25",
            "new made.toml --at 2026-11-25",
            "new made.toml",
            "check made.toml --at 2026-11-25",
            "check bad.toml --at 2026-11-25",
            "bake bad.toml -o policy.wasm",
            "bake rules.toml -o policy.wasm --at 2026-11-25",
            "bake rules.toml -o policy.wasm --at 2027-11-25",
            "bake rules.toml -o policy.wasm --force --at 2027-11-25",
        ],
    );
}

#[test]
fn looking_into_a_policy() {
    pages(
        "inspect",
        &[
            "bake rules.toml -o policy.wasm --at 2026-11-25",
            "inspect policy.wasm",
            "inspect rules.toml --format json",
            "inspect none.wasm",
            "inspect bad.toml",
        ],
    );
}

#[test]
fn explaining() {
    let reasons: Vec<String> = gardefou::Reason::ALL
        .iter()
        .map(|reason| format!("explain {reason} --policy rules.toml"))
        .collect();
    let mut lines = vec![
        "explain",
        "explain volum",
        "explain volume/2",
        "explain 38 --format json",
    ];
    lines.extend(reasons.iter().map(String::as_str));
    pages("explain", &lines);
}

#[test]
fn trying() {
    pages(
        "test",
        &[
            "test rules.toml plus9-card-typed.jsonl s7-employee-cap.jsonl",
            "test rules.toml wrong.jsonl",
            "test rules.toml wrong.jsonl --format json",
            "test rules.toml bad.jsonl",
            "test rules.toml none.jsonl",
            "test bad.toml wrong.jsonl",
        ],
    );
}

#[test]
fn comparing() {
    pages(
        "diff",
        &[
            "diff rules.toml new.toml --cases cases",
            "diff new.toml rules.toml",
            "diff rules.toml rules.toml",
            "diff rules.toml new.toml --format json",
            "diff rules.toml bad.toml",
            "verify rules.toml",
            "verify none.wasm",
        ],
    );
}

#[test]
fn helping() {
    let commands = [
        "access",
        "bake",
        "check",
        "completions",
        "demo",
        "diff",
        "explain",
        "inspect",
        "invalidate",
        "man",
        "new",
        "purge",
        "rights",
        "run",
        "schema",
        "test",
        "verify",
    ];
    let helps: Vec<String> = commands.iter().map(|command| format!("{command} --help")).collect();
    let mut lines = vec!["--help", "--version"];
    lines.extend(helps.iter().map(String::as_str));
    pages("help", &lines);
}
