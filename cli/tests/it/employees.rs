//! `gardefou employees` and `gardefou which`: who is listed, and which rules a digest names.

use std::fs;
use std::path::Path;

use crate::command_line::{example_rules, gardefou, text};

const LISTED: &str = "employees    = [\"e-1001\", \"e-1002\"]  # tokens, never names";

fn folder(rules: &str, list: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rules.toml"), rules).unwrap();
    if let Some(list) = list {
        fs::write(folder.path().join("staff.csv"), list).unwrap();
    }
    folder
}

fn apart() -> String {
    let rules = example_rules();
    assert!(rules.contains(LISTED));
    rules.replace(
        "employees    = [\"e-1001\", \"e-1002\"]",
        "employees-file = \"staff.csv\"",
    )
}

/// What it printed, and that it ended so.
fn said(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = gardefou(folder, arguments);
    let both = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{both}");
    both
}

fn edit<'a>(action: &'a str, token: &'a str) -> [&'a str; 6] {
    [
        "employees",
        "rules.toml",
        action,
        token,
        "--programme",
        "crm-onboarding",
    ]
}

#[test]
fn the_document_is_edited_and_every_other_byte_stays() {
    // As an editor on Windows writes it.
    let rules = format!("\u{feff}{}", example_rules().replace('\n', "\r\n"));
    let folder = folder(&rules, None);
    let read = || fs::read_to_string(folder.path().join("rules.toml")).unwrap();
    said(folder.path(), &edit("add", "e-1003"), 0);
    assert_eq!(read(), rules.replace("\"e-1002\"]", "\"e-1002\", \"e-1003\"]"));
    said(folder.path(), &edit("remove", "e-1002"), 0);
    assert_eq!(read(), rules.replace("\"e-1002\"]", "\"e-1003\"]"));
    let listed = said(
        folder.path(),
        &["employees", "rules.toml", "list", "--programme", "crm-onboarding"],
        0,
    );
    assert_eq!(listed, "e-1001\ne-1003\n");
    // What is listed already, and what never was.
    said(folder.path(), &edit("add", "e-1001"), 0);
    let unknown = said(folder.path(), &edit("remove", "E-1001"), 2);
    assert!(unknown.contains("perhaps `e-1001` was meant"), "{unknown}");
    let number = said(folder.path(), &edit("add", "255081416802538"), 2);
    assert!(number.contains("social security number"), "{number}");
    assert_eq!(read(), rules.replace("\"e-1002\"]", "\"e-1003\"]"));
    let known = said(
        folder.path(),
        &["employees", "rules.toml", "list", "--programme", "crm"],
        2,
    );
    assert!(known.contains("`crm-onboarding`"), "{known}");
    // The last one stays: an empty list is no list.
    said(folder.path(), &edit("remove", "e-1001"), 0);
    said(folder.path(), &edit("remove", "e-1003"), 2);
    assert!(read().contains("[\"e-1003\"]"));
}

#[test]
fn a_file_of_employees_is_edited_for_whom_it_is_meant() {
    let list = "sep=;\r\nsite;employee\r\nParis;e-1001\r\nLyon;e-1002\r\n";
    let folder = folder(&apart(), Some(list));
    let read = || fs::read_to_string(folder.path().join("staff.csv")).unwrap();
    said(folder.path(), &edit("add", "e-1003"), 0);
    assert_eq!(read(), format!("{list};e-1003\r\n"));
    said(folder.path(), &edit("remove", "e-1001"), 0);
    assert_eq!(read(), "sep=;\r\nsite;employee\r\nLyon;e-1002\r\n;e-1003\r\n");
    // Another programme, later, of the same file.
    let rules = apart();
    let (_, programme) = rules.split_once("[[programme]]").unwrap();
    let programme = programme.split("# Who may do what").next().unwrap();
    let later = programme
        .replace("crm-onboarding", "later")
        .replace("= 2026-11-01", "= 2026-12-16")
        .replace("= 2026-12-15", "= 2026-12-31");
    fs::write(
        folder.path().join("rules.toml"),
        format!("{rules}\n[[programme]]{later}"),
    )
    .unwrap();
    let before = read();
    let refused = said(folder.path(), &edit("add", "e-1004"), 2);
    assert!(refused.contains("`later`") && refused.contains("--all"), "{refused}");
    assert_eq!(read(), before);
    let mut all = edit("add", "e-1004").to_vec();
    all.push("--all");
    let done = said(folder.path(), &all, 0);
    assert!(done.contains("crm-onboarding, later"), "{done}");
    assert_eq!(read(), format!("{before};e-1004\r\n"));
}

/// Rules with their list decide the same from the document, through a pipe of it, and baked.
#[test]
fn one_digest_names_the_rules() {
    let folder = folder(&apart(), Some("employee\ne-1001\ne-1002\n"));
    let baked = said(folder.path(), &["bake", "rules.toml", "-o", "policy.wasm"], 0);
    let digest = baked
        .lines()
        .find_map(|line| line.strip_prefix("rules  "))
        .unwrap()
        .to_owned();
    let found = said(folder.path(), &["which", &digest, "rules.toml", "policy.wasm"], 0);
    assert_eq!(
        found,
        "rules.toml: acme-support 2026.11.0: the rules\npolicy.wasm: acme-support 2026.11.0: the rules\n"
    );
    let component = baked.lines().find_map(|line| line.strip_prefix("sha256 ")).unwrap();
    let found = said(
        folder.path(),
        &["which", component.get(..12).unwrap(), "rules.toml", "policy.wasm"],
        0,
    );
    assert!(
        found.starts_with("policy.wasm: ") && found.contains("what decides"),
        "{found}"
    );
    said(folder.path(), &["which", "00000000", "rules.toml"], 3);
    said(folder.path(), &["which", "0000", "rules.toml"], 2);
    let inspected = said(folder.path(), &["inspect", "policy.wasm", "--format", "json"], 0);
    assert!(
        inspected.contains(&digest) && inspected.contains("\"baked\""),
        "{inspected}"
    );
    // Other employees are other rules.
    fs::write(folder.path().join("staff.csv"), "employee\ne-1001\n").unwrap();
    let refused = said(
        folder.path(),
        &["bake", "rules.toml", "-o", "policy.wasm", "--force"],
        2,
    );
    assert!(refused.contains("same version"), "{refused}");
    let insisting = ["bake", "rules.toml", "-o", "policy.wasm", "--force", "--same-version"];
    said(folder.path(), &insisting, 0);
    said(folder.path(), &["which", &digest, "rules.toml", "policy.wasm"], 3);
    // Never over what it is made from.
    for source in ["rules.toml", "staff.csv"] {
        let refused = said(folder.path(), &["bake", "rules.toml", "-o", source, "--force"], 2);
        assert!(refused.contains("read from"), "{refused}");
    }
}
