//! What a person sees, in both languages.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::documents::named_documents;
use super::{AT, check, check_in, gardefou, page};
use crate::bad::{EXAMPLE, edited};

/// Every page in one language, each under the name of its document.
fn pages(locale: &str) -> String {
    let mut pages = String::new();
    for (name, (code, document)) in named_documents() {
        let output = check_in(locale, &document, &["--at", AT]);
        let page = page(&output);
        assert!(page.contains(&format!("[{code}]")), "`{name}`:\n{page}");
        assert!(
            page.len() < 100_000 && page.lines().all(|line| line.chars().count() < 400),
            "{name}"
        );
        assert!(!page.chars().any(|c| c.is_control() && c != '\n'), "{name}");
        let status = output.status.code().unwrap();
        pages.push_str(&format!("======== {name}: exit code {status}\n{}\n", shortened(page)));
    }
    pages
}

/// The page without the middle of it, where it is long.
fn shortened(page: &str) -> String {
    const BEGINNING: usize = 40;
    const END: usize = 12;
    let lines: Vec<&str> = page.lines().collect();
    let cut = lines.len().saturating_sub(BEGINNING + END);
    if cut == 0 {
        return page.to_owned();
    }
    let beginning = lines[..BEGINNING].join("\n");
    let end = lines[lines.len() - END..].join("\n");
    format!("{beginning}\n(so many lines more: {cut})\n{end}\n")
}

/// What a snapshot must be: told to write none, this fails where one is missing or differs.
fn assert_snapshot(name: &str, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, shown));
}

#[test]
fn every_problem_is_shown_in_english() {
    let pages = pages("en_GB.UTF-8");
    assert_snapshot("check-english", &pages);
    assert!(!pages.contains("erreur") && !pages.contains("pour corriger"));
}

#[test]
fn every_problem_is_shown_in_french() {
    let pages = pages("fr_FR.UTF-8");
    assert_snapshot("check-french", &pages);
    for english in [
        "error[", "warning[", "help:", "rule:", " see ", "write ", "must ", " the ", "load",
    ] {
        // What is quoted between backticks, and the notes of the document itself, may be English.
        let own = pages.lines().filter(|line| !line.contains('│'));
        let own = own.map(|line| line.split('`').step_by(2).collect::<String>());
        let found = own
            .filter(|line| !line.contains("en anglais"))
            .find(|line| line.contains(english));
        assert_eq!(found, None, "`{english}`");
    }
}

/// As many problems at the same places in both languages, with the same codes and rules.
#[test]
fn both_languages_tell_the_same() {
    let skeleton = |pages: &str| -> Vec<String> {
        let places = pages
            .lines()
            .filter(|l| l.contains("rules.toml:") || l.starts_with("===="))
            .map(str::to_owned);
        let codes = pages
            .lines()
            .filter_map(|l| Some(l.split_once('[')?.1.split_once(']')?.0.to_owned()))
            .filter(|code| code.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
        places.chain(codes).collect()
    };
    assert_eq!(skeleton(&pages("en_GB.UTF-8")), skeleton(&pages("fr_FR.UTF-8")));
}

#[test]
fn every_code_is_in_the_snapshots() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules.md")).unwrap();
    let codes = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let (_, tables) = page.split_once("### Errors\n").unwrap();
    let known: BTreeSet<&str> = named_documents().values().map(|(code, _)| *code).collect();
    let listed: Vec<&str> = codes
        .filter(|(code, _)| tables.contains(&format!("| `{code}` |")))
        .map(|(code, _)| code)
        .collect();
    assert!(listed.len() > 45);
    for code in listed {
        assert!(known.contains(code), "no document for `{code}`");
    }
}

/// The page about rule documents shows what is shown.
#[test]
fn the_page_in_the_docs_is_real() {
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules.md")).unwrap();
    let (_, after) = docs.split_once("## Errors and warnings\n").unwrap();
    let (_, block) = after.split_once("```text\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let document = edited(&[
        ("while-held  ", "while-hold  "),
        ("recordings = \"180d\"", "recordings = \"182d\""),
        ("limit = 0.2,", "limit = 0.3,"),
    ]);
    let output = check_in("en_GB.UTF-8", document.as_bytes(), &["--at", AT]);
    assert_eq!(block, page(&output), "docs/rules.md shows another page");
}

#[test]
fn without_utf8_the_frame_is_plain() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("rules.toml"),
        edited(&[("while-held  ", "while-hold  ")]),
    )
    .unwrap();
    let output = gardefou(folder.path())
        .args(["check", "rules.toml", "--at", AT])
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    assert!(page(&output).is_ascii(), "{}", page(&output));
    assert!(page(&output).contains("^^^^^^^^^^"));
}

#[test]
fn a_document_of_nothing_but_mistakes_is_told_shortly_in_every_form() {
    let keys: String = (0..90_000).map(|n| format!("k{n}=1\n")).collect();
    for document in [
        keys,
        format!("covers = [{}]", "1,".repeat(400_000)),
        "[[role]]\n".repeat(100_000),
        "=\n".repeat(500_000),
        format!("[[role]]\nmay = [{}]", "'x',".repeat(250_000)),
        format!("[[role]]\nmay = ['{}']", "x".repeat(1_000_000)),
        format!("{}=1", "k".repeat(1_000_000)),
        format!("[{}]\nx=1", "k".repeat(1_000_000)),
    ] {
        for format in ["text", "json", "sarif"] {
            let output = check(document.as_bytes(), &["--at", AT, "--format", format]);
            assert_eq!(output.status.code(), Some(2));
            let start: String = document.chars().take(20).collect();
            assert!(
                page(&output).len() < 2 << 20,
                "{format}, {start}: {}",
                page(&output).len()
            );
        }
    }
}

#[test]
fn rules_that_do_not_load_are_complained_of_shortly() {
    let folder = tempfile::tempdir().unwrap();
    let keys: String = (0..90_000).map(|n| format!("k{n}=1\n")).collect();
    fs::write(folder.path().join("rules.toml"), keys).unwrap();
    for command in [
        &["run", "trace.jsonl", "--rules", "rules.toml"][..],
        &["test", "rules.toml", "scenario.jsonl"],
        &["bake", "rules.toml", "-o", "rules.wasm"],
        &["inspect", "rules.toml"],
        &["explain", "no-call", "--rules", "rules.toml"],
        &["diff", "rules.toml", "rules.toml"],
        &["verify", "rules.toml"],
    ] {
        for file in ["trace.jsonl", "scenario.jsonl"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let output = gardefou(folder.path()).args(command).output().unwrap();
        assert_ne!(output.status.code(), Some(0), "{command:?}");
        let said = output.stdout.len() + output.stderr.len();
        assert!(said < 200_000, "{command:?}: {said} bytes");
    }
}

#[test]
fn rules_without_a_problem_load() {
    for document in [EXAMPLE.to_owned(), EXAMPLE.replace('\n', "\r\n")] {
        let output = check(document.as_bytes(), &["--at", AT]);
        assert_eq!(page(&output), "no error, no warning: these rules load\n");
        assert_eq!(output.status.code(), Some(0));
    }
}
