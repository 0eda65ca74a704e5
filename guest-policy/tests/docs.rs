//! The page about rule documents (docs/rules.md) says what the reader does.
#![cfg(test)]
#![cfg(feature = "document")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use gardefou_policy::document::{
    APPLICATIONS, BROWSERS, DOCUMENT_BYTES, EMPLOYEES, PROGRAMMES, Problem, REMOTE_DESKTOPS, Severity, read,
};
use gardefou_policy::rules::ceilings;
use gardefou_policy::types::{DAY, Timestamp};

const PAGE: &str = include_str!("../../docs/rules.md");
const EXAMPLE: &str = include_str!("../../rules/example.toml");
/// Noon of 25 November 2026, UTC: the example is in force.
const TODAY: Timestamp = Timestamp::from_millis(1_795_608_000_000);

/// What stands under a heading of the page, up to the next one of any level.
fn under(heading: &str) -> &'static str {
    let (_, after) = PAGE.split_once(&format!("\n{heading}\n")).unwrap();
    after.split("\n#").next().unwrap()
}

/// The words between backticks, in their order.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The rows of the tables in a text that begin with a word in backticks, as cells.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// Every code of the page: its severity, and the rules of its row.
fn listed_codes() -> BTreeMap<&'static str, (Severity, &'static str)> {
    let mut codes = BTreeMap::new();
    for (heading, severity) in [("### Errors", Severity::Error), ("### Warnings", Severity::Warning)] {
        for row in rows(under(heading)) {
            assert_eq!(row.len(), 4, "{row:?}");
            let code = row[0].trim_matches('`');
            assert!(
                codes.insert(code, (severity, row[2])).is_none(),
                "`{code}` is there twice"
            );
        }
    }
    codes
}

/// The example with these edits; each text that is replaced occurs once.
fn edited(edits: &[(&str, &str)]) -> String {
    let mut text = String::from(EXAMPLE);
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "`{from}` occurs once");
        text = text.replace(from, to);
    }
    text
}

fn problems_of(edits: &[(&str, &str)]) -> Vec<Problem> {
    read(edited(edits).as_bytes(), TODAY).problems
}

#[test]
fn the_lists_of_programs_are_complete() {
    assert_eq!(quoted(under("## Browsers")), BROWSERS);
    assert_eq!(quoted(under("## Remote-desktop clients")), REMOTE_DESKTOPS);
}

/// The parts of a document that the page quotes are a document together.
#[test]
fn the_documents_on_the_page_have_no_problem() {
    let blocks = PAGE.split("```toml\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("\n```").next().unwrap());
    let is_whole = |block: &&str| block.starts_with("format") && block.contains("[[role]]");
    let (whole, parts): (Vec<&str>, Vec<&str>) = blocks.partition(is_whole);
    assert_eq!((whole.len(), parts.len()), (1, 9));
    let together = parts.join("\n\n");
    for document in whole.into_iter().chain([together.as_str()]) {
        let reading = read(document.as_bytes(), TODAY);
        assert_eq!(reading.problems, [], "{document}");
        assert!(reading.rules.is_some());
    }
}

#[test]
fn the_limits_of_size_are_these() {
    let rows = under("## Limits of size").lines().filter(|line| line.starts_with("| "));
    let limits: Vec<String> = rows
        .skip(1)
        .map(|row| row.chars().filter(char::is_ascii_digit).collect())
        .collect();
    assert_eq!(DOCUMENT_BYTES, 1 << 20);
    let expected = [
        format!("1{DOCUMENT_BYTES}"), // 1 MiB (1,048,576 bytes)
        EMPLOYEES.to_string(),
        APPLICATIONS.to_string(),
        PROGRAMMES.to_string(),
    ];
    assert_eq!(limits, expected);
}

/// Each row of the ceilings but that of the share, how the example writes it, and the constant.
const CEILINGS: [(&str, &str, u64); 8] = [
    (
        "`[recording]` `max-frame-interval`",
        "max-frame-interval = \"500ms\"",
        ceilings::FRAME_INTERVAL,
    ),
    (
        "`[recording]` `max-facts-age`",
        "max-facts-age      = \"250ms\"",
        ceilings::FACTS_AGE,
    ),
    (
        "`[employee-notice]` `valid-for`",
        "valid-for = \"365d\" ",
        ceilings::NOTICE,
    ),
    (
        "`[retention]` `recordings`",
        "recordings = \"180d\"",
        ceilings::RETENTION.recordings,
    ),
    (
        "`[retention]` `decisions`",
        "decisions  = \"180d\"",
        ceilings::RETENTION.decisions,
    ),
    (
        "`[retention]` `analyses`",
        "analyses   = \"365d\"",
        ceilings::RETENTION.analyses,
    ),
    (
        "`[retention]` `accesses`",
        "accesses   = \"365d\"",
        ceilings::RETENTION.accesses,
    ),
    (
        "`[retention]` `temporary`",
        "temporary  = \"1d\"",
        ceilings::RETENTION.temporary,
    ),
];

/// The ms of a duration in seconds or days.
fn millis(duration: &str) -> u64 {
    let days = duration.strip_suffix('d').map(|days| (days, DAY));
    let (number, length) = days.or(duration.strip_suffix('s').map(|s| (s, 1_000))).unwrap();
    number.parse::<u64>().unwrap() * length
}

#[test]
fn the_ceilings_are_those_of_the_rules() {
    let rows = rows(under("## Ceilings")).into_iter();
    let mut rows: BTreeMap<&str, Vec<&str>> = rows.map(|row| (row[0], row)).collect();
    for (what, written, ceiling) in CEILINGS {
        let row = rows.remove(what).unwrap();
        let at_most = row[1].trim_matches('`');
        assert_eq!(millis(at_most), ceiling, "{what}");

        let (key, _) = written.split_once('=').unwrap();
        let with = |value: &str| problems_of(&[(written, &format!("{key} = \"{value}\" "))]);
        assert_eq!(with(at_most), [], "{what}");
        let above = with(&format!("{}ms", ceiling + 1));
        assert_eq!(above.len(), 1, "{what}");
        assert_eq!(
            (above[0].code, above[0].rule.unwrap_or_default()),
            ("above-ceiling", row[3])
        );
        let help = above[0].help.as_deref().unwrap();
        assert!(help.contains(&format!("\"{at_most}\"")), "{help}");
        let origin = if help.contains("an authority stated") {
            "text"
        } else {
            "product"
        };
        assert_eq!(row[2], origin, "{what}");
    }
    let share = rows.remove("`share-of-calls` `limit`").unwrap();
    assert_eq!(share[1..], ["`0.5`", "product", "+1"]);
    assert_eq!(ceilings::SHARE, 500_000);
    assert!(rows.is_empty(), "rows that nothing stands behind: {rows:?}");
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
    ("unknown-value", "\"annotate\"", "\"anotate\""),
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
    ("notice-incomplete", "[\"screen\", \"call\"]", "[\"screen\"]"),
    ("purpose", "purpose      = \"training\"", "purpose = \"quality\""),
    ("purpose", "[\"oversight\"]", "[\"evidence\"]"),
    (
        "announced-late",
        "announced-on = 2026-10-20",
        "announced-on = 2026-11-01",
    ),
    ("share-out-of-range", "limit = 0.2,", "limit = 0.500001,"),
    ("share-decimals", "limit = 0.2,", "limit = 0.1234567,"),
    ("star-in-whole-field", ENTRY, "{ executable = \"crm*.exe\" }"),
    ("too-broad", ENTRY, "{ title = \"Customer desk\" }"),
    ("browser-without-url", ENTRY, "{ executable = \"firefox\" }"),
    ("url-shape", ENTRY, "{ url = \"https://*/**\" }"),
    (
        "unknown-reference",
        "applications = [\"crm\"]",
        "applications = [\"crm\", \"crn\"]",
    ),
    ("not-in-force", IN_FORCE, "{ from = 2026-12-01, until = 2027-04-30 }"),
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

/// A document for each code, with such a problem in it.
fn bad_documents() -> Vec<(&'static str, Vec<u8>)> {
    let edits = BAD_EDITS.iter();
    let mut bad: Vec<(&str, Vec<u8>)> = edits
        .map(|(code, from, to)| (*code, edited(&[(*from, *to)]).into_bytes()))
        .collect();
    bad.push(("not-utf-8", b"\xFF\xFEf\0".to_vec()));
    let mut add = |code, text: String| bad.push((code, text.into_bytes()));
    add("byte-order-mark", format!("\u{feff}{EXAMPLE}"));
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

    let (_, programme) = EXAMPLE.split_once("[[programme]]").unwrap();
    let programme = programme.split("# Who may do what").next().unwrap();
    let second = programme.replace("\"crm-onboarding\"", "\"second\"");
    add("overlapping-programmes", format!("{EXAMPLE}\n[[programme]]{second}"));
    bad
}

#[test]
fn the_page_lists_the_problems_that_the_reader_reports() {
    let mut told: BTreeMap<&str, (Severity, BTreeSet<&str>)> = BTreeMap::new();
    for (code, document) in bad_documents() {
        let problems = read(&document, TODAY).problems;
        assert!(problems.iter().any(|p| p.code == code), "`{code}`: {problems:?}");
        for problem in problems {
            let (severity, rules) = told.entry(problem.code).or_insert((problem.severity, BTreeSet::new()));
            assert_eq!(*severity, problem.severity, "{}", problem.code);
            rules.insert(problem.rule.unwrap_or("none"));
        }
    }
    let listed = listed_codes();
    assert_eq!(listed.keys().collect::<Vec<_>>(), told.keys().collect::<Vec<_>>());
    for (code, (severity, rules)) in &listed {
        assert_eq!(*severity, told[code].0, "{code}");
        if *rules != "of the key" {
            let rules: BTreeSet<&str> = rules.split(", ").collect();
            assert_eq!(rules, told[code].1, "{code}");
        }
    }
}

/// Every text of the reader's sources with what stands before it, blanks left out; without comments, tests,
/// and the lists of programs.
fn literals() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/document");
    let mut found = Vec::new();
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "rs") || path.ends_with("programs.rs") {
            continue;
        }
        files += 1;
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code: Vec<&str> = lines.collect();
        // Quotes within texts are escaped; without them, quotes come in pairs.
        let code = code.join("\n").replace("\\\\", "").replace("\\\"", "'");
        let pieces: Vec<&str> = code.split('"').collect();
        assert_eq!(pieces.len() % 2, 1, "{}: quotes come in pairs", path.display());
        for pair in pieces.chunks_exact(2) {
            found.push((pair[0].split_whitespace().collect(), pair[1].to_owned()));
        }
    }
    assert!(files > 15, "the sources were found");
    found
}

fn is_name(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(is_letter)
}

/// The names that stand right after one of these in the sources.
fn names_after<'l>(literals: &'l [(String, String)], starts: &[&str]) -> BTreeSet<&'l str> {
    let after = literals
        .iter()
        .filter(|(before, text)| is_name(text) && starts.iter().any(|start| before.ends_with(start)));
    after.map(|(_, text)| text.as_str()).collect()
}

/// What no bad document here has thought of: the sources know no other key, code or value.
#[test]
fn the_page_names_every_key_and_code_of_the_sources() {
    let literals = literals();
    let words: BTreeSet<&str> = PAGE.lines().flat_map(quoted).collect();
    let sections: BTreeSet<&str> = words.iter().map(|word| word.trim_matches(['[', ']'])).collect();
    let keys = names_after(&literals, &["Key::new(", "Key::of_rule("]);
    assert!(keys.len() > 40, "the keys were found: {keys:?}");
    for key in &keys {
        assert!(sections.contains(key), "the page does not name the key `{key}`");
    }

    let listed = listed_codes();
    let given = names_after(&literals, &["error(", "Problem::warning(", "Self::local(", "code:"]);
    assert!(given.len() > 30, "the codes were found: {given:?}");
    for code in given {
        assert!(listed.contains_key(code), "the page has no row for `{code}`");
    }
    // However a code is given, it is a name with a hyphen, or one of those above.
    let names = literals.iter().map(|(_, text)| text.as_str());
    for name in names.filter(|text| is_name(text) && text.contains('-')) {
        let is_known = keys.contains(name) || listed.contains_key(name) || words.contains(name);
        assert!(is_known, "the page does not name `{name}`");
    }
}
