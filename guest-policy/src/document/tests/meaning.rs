//! One test for each kind of error in what is decided.

use alloc::{format, string::String, vec::Vec};

use super::{EXAMPLE, TODAY, assert_errors, assert_problems_at, between, codes, edited, english_help};
use crate::document::{Severity, read};

#[test]
fn dates_in_the_wrong_order() {
    assert_errors(
        &[(
            "{ from = 2026-11-01, until = 2027-04-30 }",
            "{ from = §2027-11-01, until = 2027-04-30 }",
        )],
        &["dates-order"],
    );
    assert_errors(
        &[
            ("until        = 2026-12-15", "until = 2026-10-31"),
            ("from         = 2026-11-01", "from = §2026-11-01"),
        ],
        &["dates-order"],
    );
    assert_errors(
        &[("review-until = 2027-01-15", "review-until = §2026-12-14")],
        &["dates-order"],
    );
    assert_errors(
        &[("announced-on = 2026-10-20", "announced-on = §2026-11-01")],
        &["announced-late"],
    );
}

#[test]
fn purposes() {
    assert_errors(
        &[("purpose      = \"training\"", "purpose = §\"quality\"")],
        &["purpose"],
    );
    assert_errors(&[("[\"oversight\"]", "[§\"evidence\"]")], &["purpose"]);
    assert_errors(&[("[\"oversight\"]", "[§\"oversigth\"]")], &["unknown-value"]);
}

#[test]
fn ceilings() {
    let cases = [
        (
            "max-frame-interval = \"500ms\"",
            "max-frame-interval = ",
            "1s",
            "1001ms",
        ),
        ("max-facts-age      = \"250ms\"", "max-facts-age = ", "1000ms", "2s"),
        ("valid-for = \"365d\"", "valid-for = ", "365d", "366d"),
        ("recordings = \"180d\"", "recordings = ", "181d", "182d"),
        ("analyses   = \"365d\"", "analyses = ", "8760h", "8761h"),
        ("decisions  = \"180d\"", "decisions = ", "181d", "182d"),
        ("accesses   = \"365d\"", "accesses = ", "365d", "366d"),
        ("temporary  = \"1d\"", "temporary = ", "1d", "86400001ms"),
    ];
    for (line, key, most, above) in cases {
        let mut edits = alloc::vec![(line, format!("{key}\"{most}\""))];
        if key.starts_with("recordings") {
            // Decisions are kept as long.
            edits.push(("decisions  = \"180d\"", "decisions = \"181d\"".into()));
        }
        let edits: Vec<(&str, &str)> = edits.iter().map(|(from, to)| (*from, to.as_str())).collect();
        assert_problems_at(TODAY, &edits, &[]);
        assert_errors(&[(line, &format!("{key}§\"{above}\""))], &["above-ceiling"]);
    }
}

#[test]
fn shares() {
    for bad in ["0", "0.0", "-0.1", "0.500001", "1", "0x1", "inf", "nan"] {
        assert_errors(
            &[("limit = 0.2,", &format!("limit = §{bad},"))],
            &["share-out-of-range"],
        );
    }
    assert_errors(&[("limit = 0.2,", "limit = §0.1000001,")], &["share-decimals"]);
}

#[test]
fn the_notice_covers_both() {
    let covers = "covers    = [\"screen\", \"call\", \"controller\", \"purposes\", \"legal-basis\", \"recipients\", \"retention\", \"rights\", \"objection\", \"complaint\", \"dpo\", \"interests\", \"mandatory\"]";
    assert_errors(&[(covers, "covers = §[\"call\"]")], &["notice-incomplete"]);
    // What else a person must be told is missed, but for transfers.
    let problems = assert_problems_at(
        TODAY,
        &[(covers, "covers = §[\"call\", \"screen\", \"dpo\", \"rights\"]")],
        &["notice-silent"],
    );
    let said = &problems[0].message.english;
    assert!(
        said.contains("`legal-basis`") && !said.contains("transfers") && !said.contains("dpo"),
        "{said}"
    );
    assert_errors(
        &[(covers, "covers = §§[]")],
        &["notice-incomplete", "notice-incomplete"],
    );
    assert_errors(
        &[(covers, "covers = [\"screen\", \"call\", §\"mail\"]")],
        &["unknown-value"],
    );
}

#[test]
fn attestations() {
    let (council, exempt) = (
        "{ on = 2026-09-15, valid-for = \"730d\" }",
        "{ not-applicable = \"none\" }",
    );
    assert_problems_at(TODAY, &[(council, exempt)], &[]);
    assert_errors(&[(council, "{ not-applicable = §\"\" }")], &["empty-text"]);
    assert_errors(
        &[(council, "{ not-applicable = \"none\", on = §2026-09-15 }")],
        &["contradiction"],
    );
    let assessment = "{ on = 2026-09-30, valid-for = \"1095d\" }";
    assert_errors(&[(assessment, "{ not-applicable = §\"none\" }")], &["not-applicable"]);
    assert_errors(
        &[(council, "{ on = 2026-09-15, §reference = \"RT-1\" }")],
        &["unknown-key"],
    );
}

#[test]
fn references_and_duplicates() {
    let problems = assert_problems_at(
        TODAY,
        &[("applications = [\"crm\"]", "applications = [\"crm\", §\"crn\"]")],
        &["unknown-reference"],
    );
    assert_eq!(english_help(&problems[0]), "did you mean `crm`?");
    let again = "[[role]]\nid = §\"trainer\"\nmay = [\"view\"]\nprogrammes = [§\"crm-onbording\"]\n";
    let text = format!("{EXAMPLE}{again}");
    let reading = read(text.replace('§', "").as_bytes(), TODAY);
    assert_eq!(codes(&reading), ["duplicate-id", "unknown-reference"]);
    let last = EXAMPLE.lines().count();
    let places: Vec<_> = reading.problems.iter().map(|p| (p.line, p.column)).collect();
    assert_eq!(places, [(last + 2, 6), (last + 4, 15)]);
    let first = EXAMPLE.lines().position(|l| l == "id         = \"trainer\"").unwrap() + 1;
    assert_eq!(
        reading.problems[0].message.english,
        format!("another role has the same `id`, on line {first}")
    );

    for (header, after) in [
        ("[[programme]]", "# Who may do what"),
        ("[[application]]", "# A training programme."),
    ] {
        let section = between(header, after).replace("e-100", "e-200");
        let twice = format!("{EXAMPLE}{section}");
        assert_eq!(codes(&read(twice.as_bytes(), TODAY)), ["duplicate-id"]);
    }
}

/// The end of the example's role for the requests of persons, and its first role.
const ANSWERS: &str = "purposes   = [\"subject-right\"]\nprogrammes = [\"*\"]";
const ANSWERING: (&str, &str) = ("\"subject-rights\"", "§\"subject-rights\"");
const FIRST: (&str, &str) = ("\"trainer\"", "§\"trainer\"");

#[test]
fn every_person_who_asks_is_answered() {
    for (right, without) in [
        ("disclose", "\"restrict\", \"release\", \"delete\"]"),
        ("restrict", "\"disclose\", \"release\", \"delete\"]"),
        ("release", "\"disclose\", \"restrict\", \"delete\"]"),
        ("delete", "\"disclose\", \"restrict\", \"release\"]"),
    ] {
        let all = "\"disclose\", \"restrict\", \"release\", \"delete\"]";
        let problems = assert_problems_at(TODAY, &[ANSWERING, (all, without)], &["rights-unanswered"]);
        assert_eq!(
            problems[0].message.english,
            format!("no role may `{right}` for everybody who asks, under all programmes")
        );
        assert_eq!(
            english_help(&problems[0]),
            "add what is missing to the `may` of the role `subject-rights`"
        );
        assert_eq!((problems[0].severity, problems[0].rule), (Severity::Error, Some("+10")));
    }
    // Neither one programme, nor one's own recordings, nor another purpose is everybody's.
    for part in [
        "purposes   = [\"subject-right\"]\nprogrammes = [\"crm-onboarding\"]",
        "purposes   = [\"subject-right\"]\nprogrammes = [\"*\"]\nown-only = true",
        "purposes   = [\"oversight\"]\nprogrammes = [\"*\"]",
        "purposes   = [\"training\"]\nprogrammes = [\"*\"]",
        "programmes = [\"*\"]",
    ] {
        let problems = assert_problems_at(TODAY, &[FIRST, (ANSWERS, part)], &["rights-unanswered"]);
        let all = "`disclose`, `restrict`, `release`, `delete`";
        assert!(
            problems[0].message.french.contains(all),
            "{}",
            problems[0].message.french
        );
    }
}

#[test]
fn several_roles_may_answer_together() {
    let apart = "purposes = [\"oversight\", \"subject-right\"]\nprogrammes = [\"*\", \"crm-onboarding\"]\n\
                 [[role]]\nid = \"erasers\"\nmay = [\"delete\"]\npurposes = [\"subject-right\"]\nprogrammes = [\"*\"]";
    assert_problems_at(
        TODAY,
        &[("\"release\", \"delete\"]", "\"release\"]"), (ANSWERS, apart)],
        &[],
    );
}

/// A right that is only misspelt, or stands where nothing could be read, is not missing.
#[test]
fn what_roles_lack_is_told_when_all_of_them_were_read() {
    assert_errors(
        &[("\"release\", \"delete\"]", "§\"releas\", \"delete\"]")],
        &["unknown-value"],
    );
    assert_errors(&[("\"release\", \"delete\"]", "\"release\" §\"delete\"]")], &["syntax"]);
    assert_errors(
        &[(ANSWERS, "§purpose = [\"subject-right\"]\nprogrammes = [\"*\"]")],
        &["unknown-key"],
    );
    assert_errors(&[("[\"oversight\"]", "[§\"evidence\"]")], &["purpose"]);
    // What is wrong elsewhere hides nothing.
    let elsewhere = ("while-held         = false", "while-held         = §False");
    assert_errors(
        &[elsewhere, FIRST, (ANSWERS, "programmes = [\"*\"]")],
        &["syntax", "rights-unanswered"],
    );
}

#[test]
fn never_titles_with_nothing_to_compare() {
    let with = |pattern: &str, codes| {
        let list = format!("[\"*mot de passe*\", §{pattern}]");
        assert_errors(&[("[\"*mot de passe*\", \"*password*\"]", &list)], codes);
    };
    with("\"**\"", &["too-broad"]);
    with("\"＊*\"", &["too-broad"]);
    with("\"\\u0301\"", &["pattern-says-nothing"]);
    with("\"*\\u0301\\u200B*\"", &["pattern-says-nothing"]);
    let sound = edited(&[("\"*password*\"]", "\"＊mdp\", \"'*\"]")]);
    assert_eq!(codes(&read(sound.as_bytes(), TODAY)), [""; 0]);
}

#[test]
fn matches_that_are_too_broad() {
    let entry = "{ executable = \"crm.exe\", signer = \"ACME SAS\" }";
    let cases = [
        ("§{}", "too-broad"),
        ("{ title = §\"Customer desk\" }", "too-broad"),
        ("{ executable = \"crm.exe\", title = §\"**\" }", "too-broad"),
        ("{ executable = \"crm.exe\", wm-class = §\"*\" }", "too-broad"),
        ("{ url = §\"**\" }", "too-broad"),
        ("{ executable = §\"crm*.exe\" }", "star-in-whole-field"),
        ("{ package = §\"*\" }", "star-in-whole-field"),
        (
            "{ executable = \"crm.exe\", signer = §\"ACME*\" }",
            "star-in-whole-field",
        ),
        ("{ url = §\"*://crm.acme.example/**\" }", "url-shape"),
        ("{ url = §\"https://*.example/**\" }", "url-shape"),
        ("{ url = §\"https://crm.acme.example\" }", "url-shape"),
        (
            "{ executable = §\"C:\\\\Program Files\\\\Firefox.EXE\" }",
            "browser-without-url",
        ),
        (
            "{ executable = §\"/usr/bin/chromium\", title = \"Customer desk*\" }",
            "browser-without-url",
        ),
    ];
    for (bad, code) in cases {
        assert_errors(&[(entry, bad)], &[code]);
    }
    assert_errors(&[("[\"*mot de passe*\", \"*password*\"]", "[§\"**\"]")], &["too-broad"]);
    let good = "{ wm-class = \"Crm\", title = \"Customer*\" }, { url = \"https://*.acme.example/app/**\" }";
    assert_problems_at(TODAY, &[(entry, good)], &[]);
}

/// A second programme, with these dates and employees.
fn second(from: &str, until: &str, employees: &str) -> String {
    between("[[programme]]", "# Who may do what")
        .replace("crm-onboarding", "second")
        .replace("[\"e-1001\", \"e-1002\"]", employees)
        .replace("2026-12-15", until)
        .replace("2026-11-01", from)
}

#[test]
fn nobody_is_in_two_programmes_on_one_day() {
    let listed = "[\"e-1003\", \"e-1002\"]";
    let overlapping = format!("{EXAMPLE}{}", second("2026-12-15", "2027-01-10", listed));
    let reading = read(overlapping.as_bytes(), TODAY);
    assert_eq!(codes(&reading), ["overlapping-programmes"]);
    let problem = &reading.problems[0];
    assert_eq!(overlapping.get(problem.span.clone()), Some("\"e-1002\""));
    assert_eq!(problem.column, 27);
    for message in [&problem.message.english, &problem.message.french] {
        assert!(!message.contains("e-1002"), "no token in a message");
    }

    let next_day = format!("{EXAMPLE}{}", second("2026-12-16", "2027-01-10", listed));
    assert_eq!(codes(&read(next_day.as_bytes(), TODAY)), [""; 0]);
    let others = format!("{EXAMPLE}{}", second("2026-11-02", "2027-01-10", "[\"e-1003\"]"));
    assert_eq!(codes(&read(others.as_bytes(), TODAY)), [""; 0]);
}

#[test]
fn everything_wrong_at_once_is_told_at_once() {
    let problems = assert_problems_at(
        TODAY,
        &[
            ("format     = 1 ", "format     = §2 "),
            ("controller = \"ACME SAS\"", "controller = §ACME"),
            ("\"Europe/Paris\"", "§\"Europe/Pari\""),
            ("register-entry    = { reference = \"RT-042\", on = 2026-09-30 }", ""),
            ("[attestations]", "§[attestations]"),
            (
                "covers    = [\"screen\", \"call\", \"controller\", \"purposes\", \"legal-basis\", \"recipients\", \"retention\", \"rights\", \"objection\", \"complaint\", \"dpo\", \"interests\", \"mandatory\"]",
                "covers = §[\"screen\"]",
            ),
            ("max-frame-interval = \"500ms\"", "max-frame-interval = §\"2s\""),
            ("while-held  ", "§while-hold  "),
            ("recordings = \"180d\"", "recordings = §\"7x\""),
            ("{ executable = \"crm.exe\", signer = \"ACME SAS\" }", "§{}"),
            ("url = \"https://crm.acme.example/**\"", "url = §\"https://*/**\""),
            ("purpose      = \"training\"", "purpose = §\"quality\""),
            ("applications = [\"crm\"]", "applications = [\"crm\", §\"x\"]"),
            ("announced-on = 2026-10-20", "announced-on = §2026-11-20"),
            ("until        = 2026-12-15", "until = §2026-02-30"),
            ("limit = 0.2,", "limit = §0.7,"),
            ("\"train-others\"", "§\"train-other\""),
        ],
        &[
            "unknown-format",
            "unquoted-text",
            "unknown-time-zone",
            "missing-key",
            "notice-incomplete",
            "above-ceiling",
            "unknown-key",
            "bad-duration",
            "too-broad",
            "url-shape",
            "purpose",
            "unknown-reference",
            "announced-late",
            "bad-date",
            "share-out-of-range",
            "unknown-value",
        ],
    );
    assert!(problems.iter().all(|p| p.severity == Severity::Error));
    let rules: Vec<_> = problems.iter().filter_map(|p| p.rule).collect();
    assert_eq!(
        rules,
        ["+6", "S3", "S1", "+7", "S4", "S4", "S2", "S4", "+5", "+1", "S9"]
    );
}
