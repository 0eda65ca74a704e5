//! The page about rule documents (docs/rules.md) says what the reader does.
#![cfg(test)]
#![cfg(feature = "document")]

mod bad;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use gardefou_policy::classify::MAX_PATTERNS;
use gardefou_policy::document::{
    APPLICATIONS, Absent, BROWSERS, Companion, Companions, DOCUMENT_BYTES, EMPLOYEES, PROGRAMMES, Problem,
    REMOTE_DESKTOPS, Severity, read, read_with,
};
use gardefou_policy::rules::ceilings;
use gardefou_policy::types::{DAY, Timestamp};

use bad::{bad_documents, edited};

const PAGE: &str = include_str!("../../docs/rules.md");
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

/// Two files of employees in which something is wrong.
#[derive(Debug)]
struct Lists;

impl Companions for Lists {
    fn companion(&self, path: &str) -> Result<Companion, Absent> {
        match path {
            "empty.csv" => Ok(Companion::File(b"employee\n".to_vec())),
            "head.csv" => Ok(Companion::File(b"Liste\ne-1\ne-2\n".to_vec())),
            _ => Err(Absent::Missing),
        }
    }
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
        MAX_PATTERNS.to_string(),
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
        let mut odd = with(at_most);
        // The longest that recordings are kept is longer than the example keeps decisions.
        odd.retain(|problem| problem.code != "decisions-before-recordings");
        assert_eq!(odd, [], "{what}");
        let above = with(&format!("{}ms", ceiling + 1));
        assert_eq!(above.len(), 1, "{what}");
        assert_eq!(
            (above[0].code, above[0].rule.unwrap_or_default()),
            ("above-ceiling", row[3])
        );
        let help = &above[0].help.as_ref().unwrap().english;
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

#[test]
fn the_page_lists_the_problems_that_the_reader_reports() {
    let mut told: BTreeMap<&str, (Severity, BTreeSet<&str>)> = BTreeMap::new();
    for (code, document) in bad_documents() {
        let problems = read_with(&document, TODAY, &Lists).problems;
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
