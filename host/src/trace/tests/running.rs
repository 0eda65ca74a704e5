//! Traces put to the example rules.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::trace::{Answer, Event, Line, Malformed, Reader, Run, parse_line};
use crate::{Policy, PolicyHandle, Runtime, Source};

const RULES: &str = include_str!("../../../../rules/example.toml");

const SESSION: &str = r#"{"at":1795000000000,"event":"session","session":"s-1","employee":"e-1001","programme":"crm-onboarding","purpose":"training","mode":"screen-video","frame-interval":200,"employee-notice":{"version":"2026-09","given-at":1791000000000},"employee-objected":false,"protected-line":false,"calls-offered":10,"calls-recorded":1}"#;
const GOOD: &str = r#"{"at":1794999999000,"event":"conditions","audio-recorded":true,"party-informed":true,"party-objected":false,"private-call":false,"payment-entry":false,"secure-input":false,"employee-paused":false}"#;
const CONNECTED: &str = r#"{"at":1794999999500,"event":"call","phase":"connected"}"#;
const FRAME: &str = r#"{"at":1795000000100,"event":"frame","surface":[800,600],"windows":[[1,0,0,400,300]]}"#;

/// What each line was answered, as JSON; the first line that is malformed ends it.
fn run(lines: &[&str]) -> Result<Vec<String>, Malformed> {
    let runtime = Runtime::new().unwrap();
    let policy = Policy::load(&runtime, Source::Rules(RULES)).unwrap();
    let mut run = Run::new(PolicyHandle::new(vec![policy]).unwrap());
    let mut answers = Vec::new();
    for (number, line) in (1..).zip(lines) {
        let answer = run.apply(number, parse_line(line).unwrap());
        let json = |answer: Answer| serde_json::to_string(&answer).unwrap();
        answers.extend(answer?.map(json));
    }
    runtime.shutdown();
    Ok(answers)
}

fn malformed(lines: &[&str]) -> String {
    run(lines).unwrap_err().to_string()
}

#[test]
fn state_before_the_session_counts() {
    let window = r#"{"at":1,"event":"window","id":1,"kind":"training"}"#;
    let answers = run(&[window, GOOD, CONNECTED, SESSION, FRAME]).unwrap();
    assert_eq!(
        answers,
        [
            r#"{"at":1795000000000,"question":"session","action":"open","reason":"permitted"}"#,
            r#"{"at":1795000000100,"question":"frame","action":"keep","reason":"permitted","keep":[[0,0,400,300]]}"#,
        ]
    );
}

#[test]
fn an_objection_before_the_session_stays() {
    let objected = r#"{"at":1,"event":"conditions","party-objected":true}"#;
    let answers = run(&[objected, GOOD, CONNECTED, SESSION, FRAME]).unwrap();
    assert!(answers[1].contains(r#""action":"stop","reason":"party-objected""#));
}

#[test]
fn an_unknown_condition_refuses() {
    let unknown = r#"{"at":1794999999100,"event":"conditions","private-call":null}"#;
    let answers = run(&[GOOD, unknown, CONNECTED, SESSION, FRAME]).unwrap();
    assert!(answers[1].contains(r#""action":"skip","reason":"private-call""#));
}

#[test]
fn a_window_that_is_gone_is_other() {
    let lines = [
        r#"{"at":1,"event":"window","id":1,"kind":"training"}"#,
        GOOD,
        CONNECTED,
        SESSION,
        FRAME,
        r#"{"at":1795000000150,"event":"window","id":1,"kind":"other"}"#,
        r#"{"at":1795000000200,"event":"frame"}"#,
        r#"{"at":1795000000250,"event":"window","id":1,"kind":"training"}"#,
        r#"{"at":1795000000300,"event":"frame"}"#,
        r#"{"at":1795000000350,"event":"window-gone","id":1}"#,
        r#"{"at":1795000000350,"event":"window-gone","id":77}"#,
        r#"{"at":1795000000400,"event":"frame"}"#,
        r#"{"at":1795000000500,"event":"frame","windows":[[2,0,0,9,9]]}"#,
    ];
    let answers = run(&lines).unwrap();
    let kept: Vec<bool> = answers
        .iter()
        .skip(1)
        .map(|answer| answer.contains("\"action\":\"keep\""))
        .collect();
    assert_eq!(kept, [true, false, true, false, false], "{answers:?}");
}

#[test]
fn a_frame_before_the_latest_is_refused_and_the_latest_stays() {
    let window = r#"{"at":1,"event":"window","id":1,"kind":"training"}"#;
    let earlier = r#"{"at":1795000000050,"event":"frame"}"#;
    let later = r#"{"at":1795000000200,"event":"frame"}"#;
    let answers = run(&[window, GOOD, CONNECTED, SESSION, FRAME, earlier, later]).unwrap();
    assert!(
        answers[2].contains(r#""action":"skip","reason":"invalid-facts""#),
        "{answers:?}"
    );
    assert!(answers[3].contains(r#""action":"keep""#), "{answers:?}");
}

#[test]
fn a_refused_opening_stops_every_frame_and_discards_every_segment() {
    let refused = SESSION.replace("screen-video", "screenshot");
    let segment = r#"{"at":1795000000900,"event":"segment","started-at":1795000000100}"#;
    let earlier = r#"{"at":5,"event":"frame"}"#;
    let answers = run(&[GOOD, &refused, FRAME, earlier, segment]).unwrap();
    let expected = [
        r#"{"at":1795000000000,"question":"session","action":"refuse","reason":"still-image""#,
        r#"{"at":1795000000100,"question":"frame","action":"stop","reason":"still-image""#,
        r#"{"at":5,"question":"frame","action":"stop","reason":"still-image""#,
        r#"{"at":1795000000900,"question":"segment","action":"discard","reason":"still-image""#,
    ];
    assert_eq!(answers.len(), expected.len());
    let mut details = Vec::new();
    for (answer, expected) in answers.iter().zip(expected) {
        // The note is the policy's own affair, and the same in all of them.
        details.push(answer.strip_prefix(expected).unwrap());
    }
    details.dedup();
    assert_eq!(details.len(), 1, "{answers:?}");
}

#[test]
fn a_segment_is_trimmed_to_the_call() {
    let hung_up = r#"{"at":1795000000500,"event":"call","phase":"after-call"}"#;
    let segment = r#"{"at":1795000000900,"event":"segment","started-at":1794999999000}"#;
    let answers = run(&[GOOD, CONNECTED, SESSION, hung_up, segment]).unwrap();
    assert_eq!(
        answers[1],
        r#"{"at":1795000000900,"question":"segment","action":"trim","reason":"permitted","range":[1794999999500,1795000000500]}"#
    );
}

#[test]
fn retention_needs_no_session() {
    let copy = r#"{"at":9,"event":"retention","artefact":"anonymised-copy","collected-at":5,"programme":"p"}"#;
    assert_eq!(
        run(&[copy]).unwrap(),
        [r#"{"at":9,"question":"retention","until":null}"#]
    );
}

#[test]
fn lines_that_cannot_follow() {
    assert_eq!(malformed(&[SESSION, SESSION]), "line 2: a second session");
    assert_eq!(malformed(&[FRAME]), "line 1: a frame before any session");
    let segment = r#"{"at":9,"event":"segment","started-at":5}"#;
    assert_eq!(malformed(&[GOOD, segment]), "line 2: a segment before any session");
    for first in [
        r#"{"at":9,"event":"frame"}"#,
        r#"{"at":9,"event":"frame","surface":[9,9]}"#,
        r#"{"at":9,"event":"frame","windows":[]}"#,
    ] {
        assert_eq!(
            malformed(&[SESSION, first]),
            "line 2: the first frame has no surface or no windows"
        );
        let refused = SESSION.replace("screen-video", "screenshot");
        assert!(malformed(&[&refused, first]).starts_with("line 2: the first frame"));
    }
}

#[test]
fn nothing_leads_back_into_a_call() {
    let window = r#"{"at":1,"event":"window","id":1,"kind":"training"}"#;
    let hung_up = r#"{"at":1795000000150,"event":"call","phase":"none"}"#;
    let again = r#"{"at":1795000000160,"event":"call","phase":"connected"}"#;
    let later = r#"{"at":1795000000200,"event":"frame"}"#;
    let answers = run(&[window, GOOD, CONNECTED, SESSION, FRAME, hung_up, again, later]).unwrap();
    assert!(answers[1].contains(r#""action":"keep""#), "{answers:?}");
    assert!(
        answers[2].contains(r#""action":"skip","reason":"no-call""#),
        "{answers:?}"
    );
}

#[test]
fn a_frame_is_asked_about_where_its_line_stands() {
    let window = r#"{"at":1,"event":"window","id":1,"kind":"training"}"#;
    let paid = r#"{"at":1795000000090,"event":"conditions","payment-entry":true}"#;
    let over = r#"{"at":1795000000130,"event":"conditions","payment-entry":false}"#;
    let later = r#"{"at":1795000000200,"event":"frame"}"#;
    let answers = run(&[window, GOOD, CONNECTED, SESSION, paid, over, FRAME, later]).unwrap();
    assert!(
        answers[1].contains(r#""action":"skip","reason":"payment""#),
        "{answers:?}"
    );
    assert!(answers[2].contains(r#""action":"keep""#), "{answers:?}");
}

#[test]
fn a_window_that_a_frame_does_not_list_may_come_back_as_what_it_was() {
    let window = r#"{"at":1,"event":"window","id":1,"kind":"training"}"#;
    let without = r#"{"at":1795000000200,"event":"frame","windows":[]}"#;
    let with = r#"{"at":1795000000300,"event":"frame","windows":[[1,0,0,9,9]]}"#;
    let answers = run(&[window, GOOD, CONNECTED, SESSION, FRAME, without, with]).unwrap();
    let kept: Vec<bool> = answers[1..]
        .iter()
        .map(|answer| answer.contains(r#""action":"keep""#))
        .collect();
    assert_eq!(kept, [true, false, true], "{answers:?}");
}

#[test]
fn surface_and_windows_carry_over_each_alone() {
    let window = r#"{"at":1,"event":"window","id":1,"kind":"training"}"#;
    let smaller = r#"{"at":1795000000200,"event":"frame","surface":[200,100]}"#;
    let moved = r#"{"at":1795000000300,"event":"frame","windows":[[1,10,10,400,300]]}"#;
    let answers = run(&[window, GOOD, CONNECTED, SESSION, FRAME, smaller, moved]).unwrap();
    assert!(answers[2].contains("\"keep\":[[0,0,200,100]]"), "{answers:?}");
    assert!(answers[3].contains("\"keep\":[[10,10,190,90]]"), "{answers:?}");
}

const DEMO: &str = include_str!("../../../../examples/traces/demo.jsonl");

fn demo() -> Vec<Line> {
    Reader::new(DEMO.as_bytes()).map(|line| line.unwrap().1).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Lines that are lost, repeated or in another order: every question is answered, or the first line
    /// that cannot follow is named.
    #[test]
    fn a_trace_out_of_order_is_answered_or_refused_with_its_line(
        lost in vec(any::<Index>(), 0..4),
        moved in vec((any::<Index>(), any::<Index>()), 0..6),
    ) {
        let mut lines = demo();
        for place in lost {
            lines.remove(place.index(lines.len()));
        }
        for (from, to) in moved {
            let line = lines.remove(from.index(lines.len()));
            let to = to.index(lines.len());
            lines.insert(to, line.clone());
            if to % 3 == 0 {
                lines.insert(to, line);
            }
        }
        let runtime = Runtime::new().unwrap();
        let policy = Policy::load(&runtime, Source::Rules(RULES)).unwrap();
        let mut run = Run::new(PolicyHandle::new(vec![policy]).unwrap());
        for (number, line) in (1..).zip(lines) {
            let asks = !matches!(
                line.event,
                Event::Call(_)
                    | Event::Conditions(_)
                    | Event::Window { .. }
                    | Event::WindowGone { .. }
                    | Event::Usage(_)
                    | Event::Expect(_)
            );
            match run.apply(number, line) {
                Ok(answer) => prop_assert_eq!(answer.is_some(), asks),
                Err(error) => {
                    prop_assert_eq!(error.line(), Some(number));
                    break;
                }
            }
        }
        runtime.shutdown();
    }
}
