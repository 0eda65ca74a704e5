//! Whole documents: each edit of the example, and exactly the problems that it makes.

mod errors;
mod limits;
mod meaning;
mod officer;
mod reading;
mod robust;
mod warnings;

use alloc::{string::String, vec::Vec};

use super::{Problem, Reading, Severity, read};
use crate::types::Timestamp;

/// The example that every edit starts from.
const EXAMPLE: &str = include_str!("../../../../rules/example.toml");

/// Noon of 25 November 2026, UTC: the example is in force.
const TODAY: Timestamp = Timestamp::from_millis(1_795_608_000_000);

/// Stands in an edit where a problem is expected.
const MARK: char = '§';

/// The example with these edits; each text that is replaced occurs once.
fn edited(edits: &[(&str, &str)]) -> String {
    let mut text = String::from(EXAMPLE);
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "{from} occurs once");
        text = text.replace(from, to);
    }
    text
}

/// The part of the example from the first of these texts to the second.
fn between(start: &str, end: &str) -> String {
    let (_, after) = EXAMPLE.split_once(start).unwrap();
    let (inside, _) = after.split_once(end).unwrap();
    alloc::format!("{start}{inside}")
}

/// The text without its marks, and the line and column of each.
fn unmarked(marked: &str) -> (String, Vec<(usize, usize)>) {
    let (mut text, mut places) = (String::new(), Vec::new());
    let (mut line, mut column) = (1, 1);
    for character in marked.chars() {
        match character {
            MARK => {
                places.push((line, column));
                continue;
            }
            '\n' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
        text.push(character);
    }
    (text, places)
}

/// The problems of the example with these edits are exactly these, each where its mark stands.
fn assert_problems_at(today: Timestamp, edits: &[(&str, &str)], codes: &[&str]) -> Vec<Problem> {
    let (text, places) = unmarked(&edited(edits));
    let reading = read(text.as_bytes(), today);
    let found: Vec<_> = reading.problems.iter().map(|p| (p.code, (p.line, p.column))).collect();
    let expected: Vec<_> = codes.iter().copied().zip(places.iter().copied()).collect();
    assert_eq!(codes.len(), places.len(), "one mark for each code");
    assert_eq!(found, expected, "{:#?}", reading.problems);
    for problem in &reading.problems {
        assert_said(problem);
    }
    assert_eq!(reading.rules.is_none(), reading.has_errors());
    reading.problems
}

/// Both languages say what is wrong and how to mend it, each in its own way.
fn assert_said(problem: &Problem) {
    let help = problem.help.as_ref().unwrap();
    for said in [&problem.message, help] {
        for text in [&said.english, &said.french] {
            assert!(!text.is_empty() && !text.ends_with('.'), "{problem}: {text}");
        }
        assert_ne!(said.english, said.french, "{problem}");
        assert_french_spacing(&said.french);
    }
}

/// Before `:`, `;`, `!` and `?` stands a no-break space, but for what is quoted between backticks.
fn assert_french_spacing(text: &str) {
    let own: String = text.split('`').step_by(2).collect();
    let mut before = ' ';
    for character in own.chars() {
        if ":;!?»".contains(character) {
            assert_eq!(before, '\u{a0}', "{text}");
        }
        assert!(before != '«' || character == '\u{a0}', "{text}");
        before = character;
    }
}

fn english_help(problem: &Problem) -> &str {
    &problem.help.as_ref().unwrap().english
}

fn assert_errors(edits: &[(&str, &str)], codes: &[&str]) {
    let problems = assert_problems_at(TODAY, edits, codes);
    assert!(problems.iter().any(|p| p.severity == Severity::Error));
}

fn assert_warning_at(today: Timestamp, edits: &[(&str, &str)], code: &str) {
    let problems = assert_problems_at(today, edits, &[code]);
    assert!(problems.iter().all(|p| p.severity == Severity::Warning));
}

fn codes(reading: &Reading) -> Vec<&'static str> {
    reading.problems.iter().map(|p| p.code).collect()
}
