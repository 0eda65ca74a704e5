//! `gardefou check`: how every problem is shown, and what programs get.
#![cfg(test)]

#[path = "../../guest-policy/tests/bad/mod.rs"]
mod bad;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use bad::{EXAMPLE, bad_documents, edited};
use serde_json::Value;

/// A day on which the example is in force.
const AT: &str = "2026-11-25";

/// Checks a document of this name in a folder of its own.
fn check(document: &[u8], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rules.toml"), document).unwrap();
    gardefou(folder.path())
        .args(["check", "rules.toml"])
        .args(arguments)
        .output()
        .unwrap()
}

fn gardefou(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gardefou"));
    command.current_dir(folder).env_remove("LC_ALL").env("LANG", "C.UTF-8");
    command
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Standard output, where nothing is said on standard error.
fn page(output: &Output) -> &str {
    assert_eq!(text(&output.stderr), "");
    text(&output.stdout)
}

fn json(output: &Output) -> Value {
    serde_json::from_str(page(output)).unwrap()
}

/// Compares with the expected page of this name; with `GARDEFOU_BLESS` set, writes it.
fn assert_expected(name: &str, page: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/diagnostics")
        .join(format!("{name}.txt"));
    if std::env::var_os("GARDEFOU_BLESS").is_some() {
        fs::write(&file, page).unwrap();
        return;
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        page,
        expected,
        "{} is not what is shown; if what is shown is right, run this test with GARDEFOU_BLESS=1",
        file.display()
    );
}

/// The bad documents by the names of their pages: the code, and a number where there are several.
fn named_documents() -> BTreeMap<String, (&'static str, Vec<u8>)> {
    let mut named = BTreeMap::new();
    for (code, document) in bad_documents() {
        let numbered = (2..).map(|n| format!("{code}-{n}"));
        let name = std::iter::once(code.to_owned())
            .chain(numbered)
            .find(|name| !named.contains_key(name));
        named.insert(name.unwrap(), (code, document));
    }
    let mut add = |name: &str, code, document| named.insert(name.to_owned(), (code, document));
    let latin_1 = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let accents = [(
        "The new customer desk went live",
        "Nouveau syst\u{e8}me depuis \u{e9}t\u{e9}",
    )];
    add("latin-1", "not-utf-8", latin_1(&edited(&accents)));
    let bom = edited(&[("format     = 1 ", "format     = 2 ")]);
    add(
        "byte-order-mark-and-more",
        "unknown-format",
        format!("\u{feff}{bom}").into_bytes(),
    );
    let windows = edited(&[
        ("while-held  ", "while-hold  "),
        ("recordings = \"180d\"", "recordings = \"182d\""),
    ]);
    add("crlf", "unknown-key", windows.replace('\n', "\r\n").into_bytes());
    let escape = edited(&[(
        "controller = \"ACME SAS\"",
        "contröller = \"\u{1b}[31mACME\u{9b}31m\t\" # à",
    )]);
    add("escape-sequences", "syntax", escape.into_bytes());
    add("empty", "missing-key", Vec::new());
    let several = edited(&[
        ("while-held  ", "while-hold  "),
        ("recordings = \"180d\"", "recordings = \"7 days\""),
        ("limit = 0.2,", "limit = 0.3,"),
        ("\"annotate\"", "\"anotate\""),
        ("  { executable = \"crm.exe\", signer = \"ACME SAS\" },", "  {},"),
    ]);
    add("several", "large-share", several.into_bytes());
    let lines = edited(&[("covers    = [\"screen\", \"call\"]", "covers = [\n  \"screen\",\n]")]);
    add("several-lines", "notice-incomplete", lines.into_bytes());
    named
}

#[test]
fn every_problem_is_shown_as_expected() {
    let documents = named_documents();
    for (name, (code, document)) in &documents {
        let output = check(document, &["--at", AT]);
        let page = page(&output);
        let is_shown = [format!("error[{code}]: "), format!("warning[{code}]: ")]
            .iter()
            .any(|title| page.contains(title));
        assert!(is_shown, "`{name}`:\n{page}");
        assert!(
            page.len() < 100_000 && page.lines().all(|line| line.chars().count() < 400),
            "{name}"
        );
        assert!(!page.chars().any(|c| c.is_control() && c != '\n'), "{name}");
        let loads = page.ends_with(": these rules load\n");
        assert!(
            loads || page.ends_with(": these rules do not load\n"),
            "{name}:\n{page}"
        );
        assert_eq!(output.status.code(), Some(if loads { 0 } else { 2 }), "{name}");
        assert_expected(name, page);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(documents.contains_key(name), "no document makes {}", file.display());
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

#[test]
fn the_day_decides_on_warnings() {
    for (day, codes) in [
        (
            "2026-09-29",
            &["not-in-force", "attestation-to-come", "attestation-to-come"][..],
        ),
        ("2026-10-31", &["not-in-force"]),
        ("2026-11-01", &[]),
        ("2027-04-30", &[]),
        ("2027-05-01", &["not-in-force"]),
        ("2028-09-13", &["not-in-force"]),
        ("2028-09-14", &["not-in-force", "attestation-expired"]),
    ] {
        let report = json(&check(EXAMPLE.as_bytes(), &["--at", day, "--format", "json"]));
        let problems = report["problems"].as_array().unwrap();
        let found: Vec<&str> = problems.iter().map(|p| p["code"].as_str().unwrap()).collect();
        assert_eq!(found, codes, "{day}");
        assert_eq!(report["loads"], true);
    }
}

#[test]
fn json_has_every_problem_with_its_place() {
    let document = edited(&[("while-held  ", "while-hold  "), ("limit = 0.2,", "limit = 0.3,")]);
    let output = check(document.as_bytes(), &["--at", AT, "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let report = json(&output);
    let line = |text: &str| document.lines().position(|line| line.contains(text)).unwrap() + 1;
    assert_eq!(
        report,
        serde_json::json!({
            "file": "rules.toml",
            "loads": false,
            "problems": [
                {
                    "severity": "error", "code": "unknown-key",
                    "line": line("while-hold"), "column": 1, "end-line": line("while-hold"), "end-column": 11,
                    "message": "`recording` has no key `while-hold`",
                    "rule": null, "reference": null, "help": "did you mean `while-held`?",
                },
                {
                    "severity": "warning", "code": "large-share",
                    "line": line("limit = 0.3"), "column": 28, "end-line": line("limit = 0.3"), "end-column": 31,
                    "message": "more than one call in five is recorded, which is hardly occasional",
                    "rule": "+1", "reference": "see CNIL, \u{e9}coute; SAN-2023-008",
                    "help": "write it like this: `limit = 0.2`, or less",
                },
            ],
        })
    );
    let nothing = check(EXAMPLE.as_bytes(), &["--at", AT, "--format", "json"]);
    assert_eq!(
        json(&nothing),
        serde_json::json!({ "file": "rules.toml", "loads": true, "problems": [] })
    );
}

/// What SARIF 2.1.0 requires of what is in ours.
fn assert_sarif(log: &Value) {
    let keys = |value: &Value| -> BTreeSet<String> { value.as_object().unwrap().keys().cloned().collect() };
    let names = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    assert_eq!(keys(log), names(&["$schema", "version", "runs"]));
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().ends_with("sarif-2.1.0.json"));
    let [run] = log["runs"].as_array().unwrap().as_slice() else {
        panic!("one run");
    };
    assert_eq!(keys(run), names(&["tool", "columnKind", "results"]));
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "gardefou");
    assert!(driver["informationUri"].as_str().unwrap().starts_with("https://"));
    let rules = driver["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len(), "ids are unique");
    for rule in rules {
        assert_eq!(keys(rule), names(&["id", "helpUri", "defaultConfiguration"]));
        assert!(["error", "warning"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap()));
    }
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(rules[index]["defaultConfiguration"]["level"], result["level"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let [location] = result["locations"].as_array().unwrap().as_slice() else {
            panic!("one location");
        };
        let location = &location["physicalLocation"];
        assert!(!location["artifactLocation"]["uri"].as_str().unwrap().contains(' '));
        let region = &location["region"];
        let number = |key: &str| region[key].as_u64().unwrap();
        let (start, end) = (
            (number("startLine"), number("startColumn")),
            (number("endLine"), number("endColumn")),
        );
        assert!(start.0 >= 1 && start.1 >= 1 && start <= end, "{region}");
    }
}

#[test]
fn sarif_is_sarif_for_every_problem() {
    for (name, (code, document)) in named_documents() {
        let output = check(&document, &["--at", AT, "--format", "sarif"]);
        let log: Value = json(&output);
        assert_sarif(&log);
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert!(results.iter().any(|result| result["ruleId"] == code), "{name}");
    }
    let nothing = json(&check(EXAMPLE.as_bytes(), &["--at", AT, "--format", "sarif"]));
    assert_sarif(&nothing);
    assert_eq!(nothing["runs"][0]["results"], Value::Array(Vec::new()));
}

#[test]
fn a_sarif_result_says_everything() {
    let document = edited(&[("recordings = \"180d\"", "recordings = \"182d\"")]);
    let log = json(&check(document.as_bytes(), &["--at", AT, "--format", "sarif"]));
    let result = &log["runs"][0]["results"][0];
    assert_eq!(
        result["message"]["text"],
        "`recordings` is 182d, above its limit of 181d\nrule: +7, see RGPD 5.1.e; CNIL, \u{e9}coute; CNIL 2021-122\n\
         help: write `recordings = \"181d\"` or less; an authority stated this limit"
    );
    assert_eq!(result["properties"]["rule"], "+7");
    let location = &result["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "rules.toml");
    assert_eq!(
        (&location["region"]["startColumn"], &location["region"]["endColumn"]),
        (&14.into(), &20.into())
    );
}

/// A file of 1 GiB takes no space here, and no more than 1 MiB of it is read.
#[test]
fn a_huge_file_is_refused_without_reading_it_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("rules.toml")).unwrap();
    file.set_len(1 << 30).unwrap();
    let output = gardefou(folder.path()).args(["check", "rules.toml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(page(&output).contains("error[document-too-large]"));
}

#[cfg(unix)]
#[test]
fn an_endless_input_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = gardefou(folder.path()).args(["check", "/dev/zero"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(page(&output).contains("error[document-too-large]"));
}

#[test]
fn a_document_of_nothing_but_mistakes_is_told_soon() {
    let keys: String = (0..120_000).map(|n| format!("k{n}=1\n")).collect();
    let one_line = format!("covers = [{}]", "1,".repeat(400_000));
    for document in [keys, one_line] {
        let output = check(document.as_bytes(), &["--at", AT]);
        assert_eq!(output.status.code(), Some(2));
        assert!(page(&output).len() < 1 << 20);
    }
}

#[test]
fn standard_input_can_be_checked() {
    let mut child = gardefou(Path::new("."))
        .args(["check", "-", "--at", AT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(edited(&[("while-held  ", "while-hold  ")]).as_bytes())
        .unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(page(&output).contains("standard input:"), "{}", page(&output));
}

#[test]
fn what_cannot_be_read_is_another_error() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["no-such-file.toml", "."] {
        let output = gardefou(folder.path()).args(["check", path]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(text(&output.stdout), "");
        assert!(text(&output.stderr).starts_with(&format!("error: the rules `{path}` cannot be read: ")));
    }
    let bad_day = check(EXAMPLE.as_bytes(), &["--at", "2027-02-29"]);
    assert_eq!(bad_day.status.code(), Some(2));
    assert!(text(&bad_day.stderr).contains("write the year, the month and the day"));
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
fn a_new_document_has_no_problem() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| gardefou(folder.path()).args(arguments).output().unwrap();
    let made = run(&["new", "rules.toml"]);
    assert_eq!((made.status.code(), page(&made)), (Some(0), ""));
    assert_eq!(
        page(&run(&["check", "rules.toml"])),
        "no error, no warning: these rules load\n"
    );
    let file: PathBuf = folder.path().join("rules.toml");
    let first = fs::read_to_string(&file).unwrap();
    assert_eq!(page(&run(&["new"])), first);

    fs::write(&file, "mine").unwrap();
    let again = run(&["new", "rules.toml"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("`rules.toml` is already there"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(run(&["new", "no/such/folder/rules.toml"]).status.code(), Some(1));
}
