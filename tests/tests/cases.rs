//! Calls that were once decided wrongly, decided again: the rules and the trace of each are in `tests/cases/`.
#![cfg(test)]

use std::fs;
use std::path::Path;

use gardefou::trace::{Decided, Reader, Run, Scenario};
use gardefou::{Action, Policy, PolicyHandle, Reason, Runtime, Source};

const KEEP: (Action, Reason) = (Action::Keep, Reason::PERMITTED);
const OTHER: (Action, Reason) = (Action::Skip, Reason::NO_TRAINING_WINDOW);

/// What the frames of a case are answered, in their order. Its session opens, and no policy is at fault.
fn frames(case: &str) -> Vec<(Action, Reason)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(case);
    let runtime = Runtime::new().unwrap();
    let policy = Policy::load(&runtime, Source::RulesFile(&folder.join("rules.toml"))).unwrap();
    let mut run = Run::new(PolicyHandle::new(vec![policy]).unwrap());
    let trace = fs::read(folder.join("trace.jsonl")).unwrap();
    let mut frames = Vec::new();
    for line in Reader::new(trace.as_slice()) {
        let (number, line) = line.unwrap();
        let Some(answer) = run.apply(number, line).unwrap() else {
            continue;
        };
        assert_eq!(answer.fault, None, "{case}, line {number}");
        match answer.decided {
            Decided::Frame { action, why, .. } => frames.push((action, why.reason)),
            Decided::Session(opened) => assert!(opened.is_ok(), "{case}: {opened:?}"),
            _ => {}
        }
    }
    frames
}

#[test]
fn a_forbidden_title_is_recognised_however_it_is_written() {
    for case in [
        "05-never-title-decomposed-accents",
        "06-never-title-capitals",
        "07-never-title-no-break-space",
    ] {
        assert_eq!(frames(case), [OTHER, OTHER], "{case}");
    }
}

/// The window with the long title is blank, and so the frames that show nothing else; then the call goes on.
#[test]
fn a_long_title_ends_no_call() {
    assert_eq!(frames("08-a-title-ends-the-call"), [KEEP, OTHER, OTHER, KEEP, KEEP]);
}

/// 120 windows that cross one another are a question like any other.
#[test]
fn crossing_windows_are_answered() {
    assert_eq!(frames("09-regions-spend-the-budget"), [KEEP, KEEP, KEEP]);
}

/// A pattern that no browser's address has the form of, and addresses that no browser has: nothing is recorded.
#[test]
fn an_address_in_another_form_is_nobodys() {
    assert_eq!(frames("14-url-that-can-never-match"), [OTHER, OTHER]);
    assert_eq!(frames("16-url-with-dot-segments"), [OTHER, OTHER, OTHER]);
}

/// Of a line that a person laid out, blessing changes the value that does not hold.
#[test]
fn blessing_leaves_the_line_as_it_was_laid_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/30-bless");
    let text = fs::read_to_string(folder.join("before.jsonl")).unwrap();
    let runtime = Runtime::new().unwrap();
    let policy = Policy::load(&runtime, Source::RulesFile(&folder.join("rules.toml"))).unwrap();
    let policies = PolicyHandle::new(vec![policy]).unwrap();
    let trial = Scenario::parse(text.as_bytes()).unwrap().put_to(policies).unwrap();
    let blessed = trial.bless(text.as_bytes()).unwrap();
    runtime.shutdown();
    let expected = text.replace(r#""pay\u006dent""#, r#""permitted""#);
    assert_ne!(expected, text);
    assert_eq!(String::from_utf8(blessed.text).unwrap(), expected);
}
