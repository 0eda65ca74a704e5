//! `gardefou check`: how every problem is shown, and what programs get.

mod documents;
mod inputs;
mod pages;
mod programs;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::command_line::{in_locale, text};

/// A day on which the example is in force.
const AT: &str = "2026-11-25";

/// Checks a document in a folder of its own, in English.
fn check(document: &[u8], arguments: &[&str]) -> Output {
    check_in("C.UTF-8", document, arguments)
}

/// The same in the language of this locale.
fn check_in(locale: &str, document: &[u8], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rules.toml"), document).unwrap();
    // The lists that documents of these tests name: one is empty, and one has a first row that nobody knows.
    fs::write(folder.path().join("empty.csv"), "employee\n").unwrap();
    fs::write(folder.path().join("head.csv"), "Liste\ne-1\ne-2\n").unwrap();
    gardefou(folder.path())
        .env("LANG", locale)
        .args(["check", "rules.toml"])
        .args(arguments)
        .output()
        .unwrap()
}

fn gardefou(folder: &Path) -> Command {
    let mut command = in_locale("C.UTF-8");
    command.current_dir(folder);
    command
}

/// Standard output, where nothing is said on standard error.
fn page(output: &Output) -> &str {
    assert_eq!(text(&output.stderr), "");
    text(&output.stdout)
}

fn json(output: &Output) -> Value {
    serde_json::from_str(page(output)).unwrap()
}
