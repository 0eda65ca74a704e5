//! `gardefou bake`: what it writes, what it refuses, and that recorders decide by it as by the rules.

use std::fs;
use std::path::Path;

use crate::command_line::{example_rules, gardefou, sources, text};

fn folder_with(rules: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rules.toml"), rules).unwrap();
    folder
}

const BAKE: [&str; 4] = ["bake", "rules.toml", "-o", "policy.wasm"];

/// The names of what lies in the folder.
fn listed(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn what_is_baked_decides_as_the_rules_do() {
    let folder = folder_with(&example_rules());
    let baked = gardefou(folder.path(), &BAKE);
    assert_eq!(baked.status.code(), Some(0), "{}", text(&baked.stderr));
    let said = text(&baked.stdout);
    assert!(said.starts_with("policy.wasm: acme-support 2026.11.0, "), "{said}");
    assert_eq!(listed(folder.path()), ["policy.wasm", "rules.toml"]);
    for call in fs::read_dir(sources("examples/traces")).unwrap() {
        let call = call.unwrap().path();
        if call.extension().is_none_or(|kind| kind != "jsonl") {
            continue;
        }
        let call = call.to_str().unwrap();
        for format in ["json", "text"] {
            let [one, other] = [["--policy", "policy.wasm"], ["--rules", "rules.toml"]].map(|by| {
                let output = gardefou(folder.path(), &["run", call, "--format", format, by[0], by[1]]);
                assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
                text(&output.stdout).to_owned()
            });
            assert!(!one.is_empty());
            assert_eq!(one, other, "{call}");
        }
    }
}

#[test]
fn the_same_rules_give_the_same_bytes_wherever_they_lie() {
    let [one, other] = [folder_with(&example_rules()), folder_with(&example_rules())];
    for folder in [&one, &other] {
        assert_eq!(gardefou(folder.path(), &BAKE).status.code(), Some(0));
    }
    let bytes = fs::read(one.path().join("policy.wasm")).unwrap();
    assert!(bytes == fs::read(other.path().join("policy.wasm")).unwrap());
    let document = example_rules();
    assert!(
        bytes.windows(document.len()).any(|part| part == document.as_bytes()),
        "the document is in it"
    );
    let elsewhere = one.path().to_str().unwrap();
    assert!(
        !bytes.windows(elsewhere.len()).any(|part| part == elsewhere.as_bytes()),
        "no path is in it"
    );
}

#[test]
fn a_file_that_is_there_stays_unless_forced() {
    let folder = folder_with(&example_rules());
    let file = folder.path().join("policy.wasm");
    fs::write(&file, "in force").unwrap();
    let refused = gardefou(folder.path(), &BAKE);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(
        text(&refused.stderr),
        "error: `policy.wasm` is already there, and was left as it is\n  help: name another file, or add `--force`\n"
    );
    assert_eq!(fs::read(&file).unwrap(), b"in force");
    let forced = gardefou(folder.path(), &["bake", "rules.toml", "-o", "policy.wasm", "--force"]);
    assert_eq!(forced.status.code(), Some(0), "{}", text(&forced.stderr));
    assert!(fs::read(&file).unwrap().starts_with(b"\0asm"));
    assert_eq!(listed(folder.path()), ["policy.wasm", "rules.toml"]);
}

#[test]
fn errors_are_told_all_at_once_and_nothing_is_written() {
    let wrong = example_rules()
        .replace("\"500ms\"", "\"5s\"")
        .replace("accesses   = \"365d\"", "accesses   = \"400d\"");
    let folder = folder_with(&wrong);
    let refused = gardefou(folder.path(), &["bake", "rules.toml", "-o", "policy.wasm", "--force"]);
    let stderr = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr.matches("error: rules.toml: line ").count(), 2, "{stderr}");
    assert_eq!(listed(folder.path()), ["rules.toml"]);
}

#[test]
fn warnings_are_told_and_it_is_written() {
    let folder = folder_with(&example_rules().replace("limit = 0.2", "limit = 0.3"));
    let baked = gardefou(folder.path(), &BAKE);
    let stderr = text(&baked.stderr);
    assert_eq!(baked.status.code(), Some(0), "{stderr}");
    assert!(stderr.contains("warning: rules.toml: line "), "{stderr}");
    assert_eq!(listed(folder.path()), ["policy.wasm", "rules.toml"]);
}

#[test]
fn what_cannot_be_read_or_written_is_another_error() {
    let folder = folder_with(&example_rules());
    for arguments in [
        ["bake", "no-such-file.toml", "-o", "policy.wasm"],
        ["bake", "rules.toml", "-o", "no-such-folder/policy.wasm"],
    ] {
        let output = gardefou(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("no-such-"), "{}", text(&output.stderr));
    }
    assert_eq!(
        gardefou(folder.path(), &["bake", "rules.toml"]).status.code(),
        Some(2),
        "no output"
    );
    assert_eq!(listed(folder.path()), ["rules.toml"]);
}

#[test]
fn the_help_has_examples_and_exit_codes() {
    let output = gardefou(Path::new("."), &["bake", "--help"]);
    let help = text(&output.stdout);
    assert!(
        help.contains("gardefou bake rules.toml -o policy.wasm") && help.contains("Exit codes"),
        "{help}"
    );
}
