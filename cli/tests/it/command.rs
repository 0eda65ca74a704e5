//! The command itself: what it prints where, and how it ends.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::command_line::{in_locale, sources, text};

const CALL: &str = r#"{"at":1795597200000,"event":"call","phase":"connected"}"#;
const KEPT: &str = r#"{"at":1795597200000,"event":"retention","artefact":"anonymised-copy","collected-at":1795597200000,"programme":"p"}"#;
const ANSWER: &str = "{\"at\":1795597200000,\"question\":\"retention\",\"until\":null}\n";

fn gardefou(arguments: &[&str]) -> Command {
    let mut command = in_locale("C.UTF-8");
    command.args(arguments);
    command
}

fn with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = gardefou(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that ends early does not read everything.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn example(name: &str) -> PathBuf {
    sources("examples/traces").join(name)
}

#[test]
fn a_trace_on_standard_input_is_answered_in_json() {
    let output = with_input(
        &["run", "-", "--format", "json"],
        format!("{CALL}\r\n\n{KEPT}").as_bytes(),
    );
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), ANSWER);
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn an_answer_comes_before_the_trace_ends() {
    use std::io::{BufRead, BufReader};
    let mut child = gardefou(&["run", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut answer = String::new();
    writeln!(stdin, "{KEPT}").unwrap();
    stdout.read_line(&mut answer).unwrap();
    assert_eq!(answer, ANSWER);
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_malformed_line_ends_it_and_what_was_decided_stands() {
    let trace = format!("{KEPT}\n{CALL}\n{{\"at\":1,\"event\":\"cal\",\"phase\":\"none\"}}\n{KEPT}\n");
    let output = with_input(&["run", "-", "--format", "json"], trace.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), ANSWER);
    assert_eq!(
        text(&output.stderr),
        "error: standard input: line 3: `event` is no event\n  help: perhaps `call` was meant\n"
    );
    let output = with_input(&["run", "-"], trace.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stdout).contains("Retention\n  no limit"));
    assert!(text(&output.stderr).starts_with("error: standard input: line 3: "));
}

#[test]
fn a_line_that_cannot_follow_is_malformed_too() {
    let trace = format!("{KEPT}\n{{\"at\":1,\"event\":\"segment\",\"started-at\":1}}\n");
    let output = with_input(&["run", "-", "--format", "json"], trace.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), ANSWER);
    assert!(text(&output.stderr).contains("line 2: a segment before any session"));
}

#[test]
fn the_error_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cut.jsonl");
    let whole = fs::read(example("demo.jsonl")).unwrap();
    fs::write(&file, whole.get(..5_000).unwrap()).unwrap();
    let output = gardefou(&["run", file.to_str().unwrap(), "--format", "json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = text(&output.stderr);
    assert!(stderr.contains("cut.jsonl: line "), "{stderr}");
    assert!(stderr.contains("help: "), "{stderr}");
    assert!(text(&output.stdout).lines().all(|line| line.starts_with("{\"at\":")));
}

#[test]
fn a_file_that_is_not_there_is_another_error() {
    for arguments in [
        ["run", "no-such-file.jsonl", "--format", "json"],
        ["run", "-", "--rules", "no-such-file.toml"],
        ["run", "-", "--policy", "no-such-file.wasm"],
    ] {
        let output = with_input(&arguments, b"");
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert!(
            text(&output.stderr).contains("no-such-file"),
            "{}",
            text(&output.stderr)
        );
        assert_eq!(text(&output.stdout), "");
    }
}

#[test]
fn wrong_arguments_end_with_2() {
    for arguments in [
        &["run"][..],
        &["run", "-", "--format", "xml"],
        &["run", "-", "--rules", "a.toml", "--policy", "b.wasm"],
        &["walk"],
        &[],
    ] {
        assert_eq!(with_input(arguments, b"").status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn rules_with_errors_are_refused_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.toml");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/example.toml");
    let rules = fs::read_to_string(example).unwrap();
    let rules = rules
        .replace("max-frame-interval = \"500ms\"", "max-frame-interval = \"5s\"")
        .replace("accesses   = \"365d\"", "accesses   = \"400d\"");
    fs::write(&file, rules).unwrap();
    let output = with_input(&["run", "-", "--rules", file.to_str().unwrap()], b"");
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert_eq!(stderr.matches("rules.toml: line ").count(), 2, "{stderr}");
    assert!(stderr.contains("rule: +7") && stderr.contains("rule: S1"), "{stderr}");
}

#[test]
fn what_is_no_component_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.wasm");
    fs::write(&file, b"no component").unwrap();
    let output = with_input(&["run", "-", "--policy", file.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("policy.wasm: not a policy component"));
}

#[test]
fn a_template_without_rules_refuses_everything() {
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-policy/dist/policy.wasm");
    let template = template.to_str().unwrap();
    let demo = example("demo.jsonl");
    let output = gardefou(&[
        "run",
        demo.to_str().unwrap(),
        "--format",
        "json",
        "--policy",
        template,
        "--policy",
        template,
    ])
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let stdout = text(&output.stdout);
    let refused = "\"question\":\"session\",\"action\":\"refuse\",\"reason\":\"not-in-force\"";
    assert!(stdout.lines().next().unwrap().contains(refused), "{stdout}");
    assert!(!stdout.contains("\"action\":\"keep\"") && !stdout.contains("\"action\":\"allow\""));
}

#[test]
fn whoever_stops_reading_is_no_error() {
    let mut child = gardefou(&["demo", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
}

#[test]
fn the_demo_is_a_page_to_look_at() {
    let output = gardefou(&["demo"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let page = text(&output.stdout);
    assert!(!page.contains('\u{1b}'), "no colours into a pipe");
    assert!(!page.lines().any(|line| line.starts_with('{')));
    assert!(page.lines().all(|line| line.chars().count() <= 80));
    assert!(!page.to_lowercase().contains("compliant"));
    for part in [
        "the example call · acme-support",
        "\nrecord",
        "blank ",
        "skip ",
        "stop ",
        "What changed",
        "Time per reason",
        "Segments",
        "Accesses",
        "Retention",
        "see CNIL, couplage",
    ] {
        assert!(page.contains(part), "no {part} in:\n{page}");
    }
}

#[test]
fn without_utf8_the_page_is_plain() {
    let output = gardefou(&["demo"]).env("LC_ALL", "C").output().unwrap();
    let page = text(&output.stdout);
    assert!(
        !page.contains('▓') && !page.contains('─') && page.contains("blank "),
        "{page}"
    );
}

#[test]
fn the_help_documents_exit_codes_with_examples() {
    for arguments in [&["--help"][..], &["run", "--help"], &["demo", "--help"]] {
        let output = gardefou(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains("Exit codes"), "{arguments:?}");
    }
    assert!(text(&gardefou(&["run", "--help"]).output().unwrap().stdout).contains("gardefou run call.jsonl"));
}
