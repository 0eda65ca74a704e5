//! The largest documents, and one more.

use alloc::{format, string::String};
use core::fmt::Write as _;
use std::string::ToString as _;

use super::{EXAMPLE, TODAY, codes};
use crate::classify::{MAX_PATTERNS, patterns};
use crate::document::{
    APPLICATIONS, DOCUMENT_BYTES, EMPLOYEES, PROBLEMS, PROGRAMMES, Problem, Reading, Severity, TOO_MANY_PROBLEMS, read,
};
use crate::notes::Text;
use crate::rules::{Programmes, Rules};

fn applications(count: usize) -> String {
    let mut text = String::from("\n");
    for n in 0..count {
        let _ = write!(
            text,
            "[[application]]\nid = \"a{n}\"\ntitle = \"A\"\nmatch = [{{ executable = \"a{n}.exe\" }}]\n"
        );
    }
    text
}

fn programmes(count: usize, keys: impl Fn(usize) -> String) -> String {
    let mut text = String::from("\n");
    for n in 0..count {
        let keys = keys(n);
        let _ = write!(
            text,
            "[[programme]]\nid = \"p{n}\"\npurpose = \"training\"\nneed = \"x\"\nannounced-on = 2026-10-20\n\
             from = 2026-11-01\nuntil = 2026-12-15\n{keys}\nvolume = {{ per-employee = {{ limit = \"2h\", per = \"7d\" }}, \
             programme = {{ limit = \"20h\", per = \"7d\" }}, unreviewed = \"20h\", \
             share-of-calls = {{ limit = 0.2, per = \"30d\" }} }}\n"
        );
    }
    text
}

/// A list of so many employees, from this one on.
fn employees(first: usize, count: usize) -> String {
    let mut text = String::from("employees = [");
    for n in first..first + count {
        let _ = write!(text, "\"t{n}\",");
    }
    text.push(']');
    text
}

#[test]
fn the_largest_document_is_read() {
    let per_programme = EMPLOYEES / PROGRAMMES;
    let keys = |n: usize| {
        let list = if n == 0 { 8 } else { per_programme };
        format!("applications = [\"a{n}\"]\n{}", employees(n * per_programme, list))
    };
    let base = EXAMPLE.replace("applications = [\"crm\"]", "applications = [\"crm\", \"a999\"]");
    let text = format!(
        "{base}{}{}",
        applications(APPLICATIONS - 1),
        programmes(PROGRAMMES - 1, keys)
    );
    let text = text.replace("\"a999\"", "\"a0\"");
    assert!(text.len() < DOCUMENT_BYTES);
    let reading = read(text.as_bytes(), TODAY);
    assert_eq!(codes(&reading), [""; 0]);
    assert!(reading.rules.is_some());
}

#[test]
fn one_application_or_programme_more_is_an_error() {
    let text = format!("{EXAMPLE}{}", applications(APPLICATIONS));
    let reading = read(text.as_bytes(), TODAY);
    let error = reading.problems.iter().find(|p| p.code == "too-many-sections").unwrap();
    assert!(error.message.english.contains("1000"), "{error}");
    assert_eq!(
        text.get(..error.span.start)
            .unwrap()
            .matches("[[application]]\n")
            .count(),
        APPLICATIONS
    );

    let keys = |_| String::from("applications = [\"crm\"]");
    let text = format!("{EXAMPLE}{}", programmes(PROGRAMMES - 1, keys));
    assert_eq!(codes(&read(text.as_bytes(), TODAY)), [""; 0]);
    let text = format!("{EXAMPLE}{}", programmes(PROGRAMMES, keys));
    assert_eq!(codes(&read(text.as_bytes(), TODAY)), ["too-many-sections"]);
}

/// Patterns of 10 bytes count 26 each.
#[test]
fn more_patterns_than_a_window_can_be_compared_with_are_an_error() {
    let with = |count: usize| {
        let mut text = String::from("never-title = [");
        for n in 0..count {
            let _ = write!(text, "\"*n {n:06}*\",");
        }
        text.push(']');
        EXAMPLE.replace("never-title   = [\"*mot de passe*\", \"*password*\"]", &text)
    };
    let read_with = |count| read(with(count).as_bytes(), TODAY);
    let rules = read_with(1).rules.unwrap();
    let spare = MAX_PATTERNS - patterns(&rules.applications[0]);
    assert_eq!(
        patterns(&rules.applications[0]),
        patterns(&read_with(2).rules.unwrap().applications[0]) - 26
    );
    let most = 1 + spare / 26;
    let reading = read_with(most);
    assert_eq!(codes(&reading), [""; 0]);
    assert!(Rules::decode(&reading.rules.unwrap().encode().unwrap()).is_ok());
    let text = with(most + 1);
    let reading = read(text.as_bytes(), TODAY);
    assert_eq!(codes(&reading), ["too-many-patterns"]);
    assert_eq!(text.get(reading.problems[0].span.clone()).unwrap(), "\"crm\"");
}

/// As the component refuses it, whoever made the compact form.
#[test]
fn more_patterns_have_no_compact_form() {
    let mut rules = read(EXAMPLE.as_bytes(), TODAY).rules.unwrap();
    let application = rules.applications[0].clone();
    let spare = MAX_PATTERNS / patterns(&application);
    rules.applications = (0..=spare).map(|_| application.clone()).collect();
    let Programmes::Listed(programmes) = &mut rules.programmes else {
        panic!("listed");
    };
    programmes[0].applications = (0..spare).filter_map(|at| u32::try_from(at).ok()).collect();
    assert!(rules.encode().is_ok());
    let Programmes::Listed(programmes) = &mut rules.programmes else {
        panic!("listed");
    };
    programmes[0].applications.push(0);
    assert!(rules.encode().unwrap_err().to_string().contains("patterns"));
    rules.applications[0].never_title = alloc::vec!["*\u{301}".into()];
    assert!(rules.encode().unwrap_err().to_string().contains("never-title"));
}

#[test]
fn one_employee_more_is_an_error() {
    let listed = |count| EXAMPLE.replace("employees    = [\"e-1001\", \"e-1002\"]", &employees(0, count));
    assert_eq!(codes(&read(listed(EMPLOYEES).as_bytes(), TODAY)), [""; 0]);
    let text = listed(EMPLOYEES + 5);
    let reading = read(text.as_bytes(), TODAY);
    assert_eq!(codes(&reading), ["too-many-employees"]);
    assert_eq!(
        text.get(reading.problems[0].span.clone()).unwrap(),
        format!("\"t{EMPLOYEES}\"")
    );
}

#[test]
fn a_document_of_one_mebibyte_is_read_and_no_longer_one() {
    let padding = "#".repeat(DOCUMENT_BYTES - EXAMPLE.len());
    let text = format!("{EXAMPLE}{padding}");
    assert_eq!(codes(&read(text.as_bytes(), TODAY)), [""; 0]);
    let reading = read(format!("{text}#").as_bytes(), TODAY);
    assert_eq!(codes(&reading), ["document-too-large"]);
    assert!(reading.rules.is_none());
}

#[test]
fn many_programmes_that_share_employees_are_all_told() {
    let keys = |_| format!("applications = [\"crm\"]\n{}", employees(0, 30));
    let text = format!("{EXAMPLE}{}", programmes(80, keys));
    let reading = read(text.as_bytes(), TODAY);
    assert!(reading.problems.iter().all(|p| p.code == "overlapping-programmes"));
    // Each of the 79 later ones is told of ten earlier ones at most, and of how many more there are.
    let last = reading.problems.last().unwrap();
    assert_eq!(last.line, text.lines().count() - 1);
    assert!(
        reading
            .problems
            .iter()
            .any(|p| p.message.english.starts_with("69 more")),
        "{last}"
    );
}

/// The bytes of everything that is said of a document.
fn said(reading: &Reading) -> usize {
    let of = |text: &Text| text.english.len() + text.french.len();
    let problem = |p: &Problem| of(&p.message) + p.help.as_ref().map_or(0, of);
    reading.problems.iter().map(problem).sum()
}

#[test]
fn no_document_has_endless_problems() {
    let whole = |start: &str, piece: &str, end: &str| {
        let room = DOCUMENT_BYTES - start.len() - end.len();
        format!("{start}{}{end}", piece.repeat(room / piece.len()))
    };
    let keys: String = (0..100_000).map(|n| format!("k{n}=1\n")).collect();
    let fields: String = (0..60_000).map(|n| format!("k{n}=1,")).collect();
    for text in [
        whole("", "=\n", ""),
        whole("", "a=tr\n", ""),
        whole("", "[[role]]\n", ""),
        whole("", "[[programme]]\n", ""),
        whole("x=\"", "\\C", "\"\n"),
        whole("format=[", "[],", "]\n"),
        whole("format=\"", "é", "\"\n"),
        whole("[[role]]\nmay=[", "'x',", "]\n"),
        whole("[[role]]\nmay=['", "`", "']\n"),
        whole("[[role]]\nid='a'\nprogrammes=[", "'x',", "]\n"),
        whole("[[application]]\nmatch=[", "{},", "]\n"),
        whole("[[application]]\nnever-title=[", "'',", "]\n"),
        whole("in-force={from='", "x", "'}\n"),
        whole("time-zone='", "x", "'\n"),
        whole("", "k", "=1\n"),
        whole("'", "k", "'=1\n"),
        whole("[", "a.", "a]\n"),
        keys,
        format!(
            "[recording]\nx={{{}a=1}}\n[[role]]\nmay={{{}a=1}}",
            fields.get(..400_000).unwrap(),
            fields.get(..400_000).unwrap()
        ),
    ] {
        let reading = read(text.as_bytes(), TODAY);
        let start: String = text.chars().take(40).collect();
        assert!(reading.has_errors() && reading.rules.is_none(), "{start}");
        assert!(reading.problems.len() <= 2 * PROBLEMS + 1, "{start}");
        assert!(said(&reading) < 1 << 21, "{start}: {} bytes", said(&reading));
        let more = reading.problems.iter().filter(|p| p.code == TOO_MANY_PROBLEMS);
        assert!(more.count() <= 1, "{start}");
    }
}

#[test]
fn where_not_every_problem_is_told_the_last_one_says_so() {
    let warnings = |count| format!("{EXAMPLE}{}", applications(count));
    let told = |text: &str| {
        let reading = read(text.as_bytes(), TODAY);
        let last = reading.problems.last().unwrap();
        (reading.problems.len(), last.code, last.severity)
    };
    // One application is used: as many problems as are told.
    assert_eq!(
        told(&warnings(APPLICATIONS - 1)),
        (999, "unused-application", Severity::Warning)
    );
    let errors = |count: usize| format!("{EXAMPLE}{}", "[[role]]\nmay=['x']\nid='r'\n".repeat(count));
    assert!(told(&errors(2_000)).0 > PROBLEMS);
    assert_eq!(told(&errors(2_000)).1, TOO_MANY_PROBLEMS);
    assert_eq!(told(&errors(2_000)).2, Severity::Error);
    // What is not told refuses the document all the same: here an error behind a thousand of them.
    assert!(read(errors(2_000).as_bytes(), TODAY).rules.is_none());
}
