//! What programs get: JSON and SARIF.

use std::collections::BTreeSet;

use serde_json::Value;

use super::documents::named_documents;
use super::{AT, check, check_in, json, page};
use crate::bad::{EXAMPLE, edited};

#[test]
fn what_programs_read_is_english_in_every_language() {
    for (name, (_, document)) in named_documents() {
        for format in ["json", "sarif"] {
            let arguments = ["--at", AT, "--format", format];
            let [english, french] = ["C.UTF-8", "fr_FR.UTF-8"].map(|locale| check_in(locale, &document, &arguments));
            assert_eq!(english.stdout, french.stdout, "{name}");
            assert_eq!(english.status, french.status);
            assert!(page(&english).ends_with("}\n"), "one object and a line feed");
        }
    }
}

#[test]
fn the_day_decides_on_warnings() {
    for (day, codes) in [
        (
            // Before the rules begin, everything is judged on their first day.
            "2026-09-29",
            &[][..],
        ),
        ("2026-10-31", &[]),
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
        let texts = ["shortDescription", "fullDescription", "help"];
        let others = ["id", "helpUri", "defaultConfiguration"];
        assert_eq!(keys(rule), names(&[&texts[..], &others].concat()));
        for text in texts {
            assert!(!rule[text]["text"].as_str().unwrap().is_empty());
        }
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
