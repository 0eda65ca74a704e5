//! The files of two public test suites, toml-test and JSONTestSuite, through `check` and `run`: nothing panics, and
//! nothing that is wrong is taken. Their files and licences lie in `tests/data/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use gardefou::rules::{Severity, read_on};

use crate::bad::EXAMPLE;
use crate::command_line::{in_locale, sources, text};

fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == kind) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What is said of how a document is written, and not of what it says.
const OF_THE_TEXT: [&str; 7] = [
    "bad-date",
    "duplicate-key",
    "missing-value",
    "not-utf-8",
    "nul-character",
    "syntax",
    "unquoted-text",
];

/// Numbers with digits of other scripts, or with none.
const NUMBERS: [&str; 4] = ["arabic-zero-02", "incomplete-bin", "incomplete-hex", "incomplete-oct"];

fn complaints(document: &[u8]) -> BTreeSet<&'static str> {
    let problems = read_on(document, jiff::civil::date(2026, 11, 25)).problems;
    let errors = problems.iter().filter(|p| p.severity == Severity::Error);
    errors.map(|p| p.code).collect()
}

#[test]
fn what_is_no_toml_is_told_as_such_and_nothing_else_is() {
    let folder = sources("tests/data/toml-test");
    let (invalid, valid) = (
        files(&folder.join("invalid"), "toml"),
        files(&folder.join("valid"), "toml"),
    );
    assert!(
        invalid.len() > 400 && valid.len() > 150,
        "{} {}",
        invalid.len(),
        valid.len()
    );
    let mut untold = BTreeSet::new();
    for file in invalid {
        let bytes = fs::read(&file).unwrap();
        let codes = complaints(&bytes);
        assert!(!codes.is_empty(), "{}", file.display());
        if !codes.iter().any(|code| OF_THE_TEXT.contains(code)) {
            untold.insert(file.file_stem().unwrap().to_str().unwrap().to_owned());
        }
        // Behind a sound document it is found all the same.
        let behind = [EXAMPLE.as_bytes(), b"\n", &bytes].concat();
        assert!(!complaints(&behind).is_empty(), "{}", file.display());
    }
    // The digits of a number are looked at where it is read, and no key of a document has such a one.
    assert_eq!(untold, NUMBERS.map(str::to_owned).into());
    for file in valid {
        let codes = complaints(&fs::read(&file).unwrap());
        let wrong: Vec<_> = codes.iter().filter(|code| OF_THE_TEXT.contains(code)).collect();
        // A date that no document can hold is a mistake of what it says.
        let wrong: Vec<_> = wrong.into_iter().filter(|code| **code != "bad-date").collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", file.display());
        assert!(!codes.is_empty(), "{}: it is no rule document", file.display());
    }
}

/// Tries each file on two threads: `try_one` starts the command.
fn each(files: &[PathBuf], try_one: impl Fn(&Path) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    try_one(file);
                }
            });
        }
    });
}

fn assert_refused(arguments: &[&str], file: &Path) {
    let output = in_locale("C.UTF-8").args(arguments).output().unwrap();
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{}: {stderr}", file.display());
    assert!(!stderr.contains("panicked"), "{}: {stderr}", file.display());
}

#[test]
fn the_commands_refuse_every_file_of_toml_test() {
    let files = files(&sources("tests/data/toml-test"), "toml");
    assert!(files.len() > 700);
    each(&files, |file| {
        let name = file.to_str().unwrap();
        assert_refused(&["check", name], file);
        assert_refused(&["run", "-", "--rules", name], file);
    });
}

#[test]
fn the_commands_refuse_every_file_of_json_test_suite() {
    let files = files(&sources("tests/data/json-test-suite"), "json");
    assert!(files.len() > 300);
    each(&files, |file| {
        let name = file.to_str().unwrap();
        assert_refused(&["check", name], file);
        let bytes = fs::read(file).unwrap();
        let is_blank = bytes.iter().all(u8::is_ascii_whitespace);
        if !is_blank {
            assert_refused(&["run", name, "--format", "json"], file);
        }
    });
}
