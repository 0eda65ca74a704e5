//! For every kind of problem a document that has it: edits of the example.

use gardefou_policy::document::{APPLICATIONS, DOCUMENT_BYTES, EMPLOYEES, PROBLEMS};

/// The example that every edit starts from.
pub(crate) const EXAMPLE: &str = include_str!("../../../rules/example.toml");

/// The example with these edits; each text that is replaced occurs once.
pub(crate) fn edited(edits: &[(&str, &str)]) -> String {
    let mut text = String::from(EXAMPLE);
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "`{from}` occurs once");
        text = text.replace(from, to);
    }
    text
}

const ENTRY: &str = "{ executable = \"crm.exe\", signer = \"ACME SAS\" }";
const COUNCIL: &str = "{ on = 2026-09-15, valid-for = \"730d\" }";
const ASSESSMENT: &str = "{ on = 2026-09-30, valid-for = \"1095d\" }";
const IN_FORCE: &str = "{ from = 2026-11-01, until = 2027-04-30 }";
const UNTIL: &str = "until        = 2026-12-15";
const REVIEW: &str = "review-until = 2027-01-15";
const LISTED: &str = "employees    = [\"e-1001\", \"e-1002\"]";
const PROGRAMME_CAP: &str = "programme      = { limit = \"20h\", per = \"7d\" }";

/// For each code an edit of the example that makes such a problem.
const BAD_EDITS: &[(&str, &str, &str)] = &[
    ("syntax", "[recording]", "[recording"),
    ("missing-value", "controller = \"ACME SAS\"", "controller ="),
    ("unquoted-text", "controller = \"ACME SAS\"", "controller = ACME"),
    ("duplicate-key", "format     = 1", "format     = 1\nformat = 1"),
    ("unknown-format", "format     = 1 ", "format = 2 "),
    ("missing-key", "version    = \"2026.11.0\"", ""),
    ("unknown-key", "while-held  ", "while-hold  "),
    ("wrong-type", "while-held         = false", "while-held = 0"),
    ("empty-text", "controller = \"ACME SAS\"", "controller = \" \""),
    (
        "control-character",
        "controller = \"ACME SAS\"",
        "controller = \"ACME\\nSAS\"",
    ),
    (
        "name-too-long",
        "\"2026.11.0\"",
        concat!(
            "\"",
            "2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-2026.11.0-",
            "\""
        ),
    ),
    ("empty-list", LISTED, "employees = []"),
    ("unknown-value", "\"train-others\"", "\"train-other\""),
    ("bad-date", UNTIL, "until = 2026-02-30"),
    ("bad-date", UNTIL, "until = 9999-01-01"),
    ("bad-duration", "recordings = \"180d\"", "recordings = \"7x\""),
    ("above-ceiling", "recordings = \"180d\"", "recordings = \"182d\""),
    ("unknown-time-zone", "\"Europe/Paris\"", "\"Europe/Pari\""),
    ("dates-order", REVIEW, "review-until = 2026-12-14"),
    ("not-applicable", ASSESSMENT, "{ not-applicable = \"none\" }"),
    (
        "contradiction",
        COUNCIL,
        "{ not-applicable = \"none\", on = 2026-09-15 }",
    ),
    ("notice-incomplete", "[\"screen\", \"call\", ", "[\"screen\", "),
    ("purpose", "purpose      = \"training\"", "purpose = \"quality\""),
    ("purpose", "[\"oversight\"]", "[\"evidence\"]"),
    ("rights-unanswered", "\"release\", \"delete\"]", "\"delete\"]"),
    ("no-oversight", "[\"oversight\"]", "[\"training\"]"),
    (
        "announced-late",
        "announced-on = 2026-10-20",
        "announced-on = 2026-11-01",
    ),
    ("share-out-of-range", "limit = 0.2,", "limit = 0.500001,"),
    ("share-decimals", "limit = 0.2,", "limit = 0.1234567,"),
    ("star-in-whole-field", ENTRY, "{ executable = \"crm*.exe\" }"),
    ("too-broad", ENTRY, "{ title = \"Customer desk\" }"),
    ("pattern-says-nothing", "\"*password*\"", "\"*\\u0301*\""),
    ("browser-without-url", ENTRY, "{ executable = \"firefox\" }"),
    ("url-shape", ENTRY, "{ url = \"https://*/**\" }"),
    (
        "unknown-reference",
        "applications = [\"crm\"]",
        "applications = [\"crm\", \"crn\"]",
    ),
    ("not-in-force", IN_FORCE, "{ from = 2026-10-01, until = 2026-11-24 }"),
    ("short-retention", "recordings = \"180d\"", "recordings = \"23h\""),
    ("short-retention", "accesses   = \"365d\"", "accesses = \"5months\""),
    (
        "decisions-before-recordings",
        "decisions  = \"180d\"",
        "decisions = \"90d\"",
    ),
    ("notice-silent", "\"complaint\", \"dpo\", ", ""),
    (
        "named-twice",
        "version   = \"2026-09\"",
        "version = [\"2026-09\", \"2026-09\"]",
    ),
    ("named-twice", LISTED, "employees = [\"e-1\", \"e-1\"]"),
    ("nearly-the-same", LISTED, "employees = [\"e-1\", \"E-1 \"]"),
    ("personal-data", LISTED, "employees = [\"marie.dupont\"]"),
    (
        "social-security-number",
        LISTED,
        "employees = [\"2 55 08 14 168 025 38\"]",
    ),
    ("employees-file", LISTED, "employees-file = \"../staff.csv\""),
    ("employees-file", LISTED, "employees-file = \"none.csv\""),
    ("employees-file-content", LISTED, "employees-file = \"empty.csv\""),
    ("employees-head", LISTED, "employees-file = \"head.csv\""),
    (
        "contradiction",
        LISTED,
        "employees = [\"e-1\"]\nemployees-file = \"staff.csv\"",
    ),
    (
        "announced-before-opinion",
        COUNCIL,
        "[{ name = \"Paris\", on = 2026-10-21 }]",
    ),
    (
        "not-applicable",
        COUNCIL,
        "[{ name = \"Paris\", not-applicable = \"none\", on = 2026-09-15 }]",
    ),
    (
        "duplicate-id",
        COUNCIL,
        "[{ name = \"Paris\", on = 2026-09-15 }, { name = \"Paris\", on = 2026-09-16 }]",
    ),
    ("bad-duration", COUNCIL, "{ on = 2026-09-15, valid-for = \"24h\" }"),
    ("bad-duration", "temporary  = \"1d\"", "temporary = \"3m\""),
    (
        "url-never-matches",
        "https://crm.acme.example/**",
        "https://CRM.acme.example:443/**",
    ),
    ("public-suffix", "https://crm.acme.example/**", "https://*.co.uk/**"),
    ("attestation-to-come", COUNCIL, "{ on = 2026-11-26 }"),
    (
        "attestation-expired",
        COUNCIL,
        "{ on = 2025-11-24, valid-for = \"366d\" }",
    ),
    (
        "programme-outside-in-force",
        IN_FORCE,
        "{ from = 2026-11-01, until = 2026-12-14 }",
    ),
    (
        "cap-above-unreviewed",
        PROGRAMME_CAP,
        "programme = { limit = \"21h\", per = \"7d\" }",
    ),
    ("large-share", "limit = 0.2,", "limit = 0.200001,"),
    ("remote-desktop", ENTRY, "{ executable = \"mstsc.exe\" }"),
];

/// A document for each code, with such a problem in it, as on 25 November 2026.
pub(crate) fn bad_documents() -> Vec<(&'static str, Vec<u8>)> {
    let edits = BAD_EDITS.iter();
    let mut bad: Vec<(&str, Vec<u8>)> = edits
        .map(|(code, from, to)| (*code, edited(&[(*from, *to)]).into_bytes()))
        .collect();
    bad.push(("not-utf-8", b"\xFF\xFEf\0".to_vec()));
    let mut add = |code, text: String| bad.push((code, text.into_bytes()));
    add("nul-character", EXAMPLE.replace("October", "Oct\0ober"));
    add("document-too-large", format!("{EXAMPLE}{}", "#".repeat(DOCUMENT_BYTES)));
    let long = [
        (IN_FORCE, "{ from = 2026-11-01, until = 2027-06-30 }"),
        (UNTIL, "until = 2027-05-04"),
        (REVIEW, ""),
    ];
    add("long-programme", edited(&long));

    let guest = "[[role]]\nid = \"guest\"\nmay = [\"view\"]\n";
    add("unused-role", format!("{EXAMPLE}\n{guest}"));
    add(
        "unknown-reference",
        format!("{EXAMPLE}\n{guest}programmes = [\"none\"]\n"),
    );
    let own = "programmes = [\"*\"]\n";
    add("duplicate-id", format!("{EXAMPLE}\n{guest}{own}{guest}{own}"));

    let application =
        |id: usize| format!("[[application]]\nid = \"a{id}\"\ntitle = \"A\"\nmatch = [{{ executable = \"a.exe\" }}]\n");
    add("unused-application", format!("{EXAMPLE}\n{}", application(0)));
    let many: String = (0..APPLICATIONS).map(application).collect();
    add("too-many-sections", format!("{EXAMPLE}\n{many}"));
    let crowd: Vec<String> = (0..=EMPLOYEES).map(|n| format!("\"e-{n}\"")).collect();
    let crowd = format!("employees = [{}]", crowd.join(","));
    add("too-many-employees", edited(&[(LISTED, &crowd)]));
    let unknown: String = (0..=PROBLEMS).map(|n| format!("x{n} = 1\n")).collect();
    add("too-many-problems", format!("{EXAMPLE}\n{unknown}"));

    let patterns: Vec<String> = (0..12_000).map(|n| format!("\"*n {n:06}*\"")).collect();
    add("too-many-patterns", edited(&[("\"*password*\"", &patterns.join(","))]));

    let (_, programme) = EXAMPLE.split_once("[[programme]]").unwrap();
    let programme = programme.split("# Who may do what").next().unwrap();
    let second = programme.replace("\"crm-onboarding\"", "\"second\"");
    add("overlapping-programmes", format!("{EXAMPLE}\n[[programme]]{second}"));
    bad
}
