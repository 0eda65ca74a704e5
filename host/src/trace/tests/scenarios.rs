//! Scenarios: what an expectation can say, where it does not hold, and what blessing writes.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::trace::{Answer, Coverage, Decided, Expected, Question, Reach, Scenario, Trial, Unmet};
use crate::{Action, Digest, Policy, PolicyHandle, Reason, Rect, Refusal, Runtime, Source, Timestamp, Why};

const RULES: &str = include_str!("../../../../rules/example.toml");

const SESSION: &str = r#"{"at":1795000000000,"event":"session","session":"s-1","employee":"e-1001","programme":"crm-onboarding","purpose":"training","mode":"screen-video","frame-interval":200,"employee-notice":{"version":"2026-09","given-at":1791000000000},"employee-objected":false,"protected-line":false,"calls-offered":10,"calls-recorded":1}"#;
const GOOD: &str = r#"{"at":1795000000000,"event":"conditions","audio-recorded":true,"party-informed":true,"party-objected":false,"private-call":false,"payment-entry":false,"secure-input":false,"employee-paused":false}"#;
const CONNECTED: &str = r#"{"at":1795000000000,"event":"call","phase":"connected"}"#;
const WINDOW: &str = r#"{"at":1795000000000,"event":"window","id":1,"kind":"training"}"#;
const FRAME: &str = r#"{"at":1795000000100,"event":"frame","surface":[800,600],"windows":[[1,0,0,400,300]]}"#;
const SEGMENT: &str = r#"{"at":1795000000200,"event":"segment","started-at":1794999999000}"#;
const ACCESS: &str = r#"{"at":1795000000300,"event":"access","operation":"view","artefact":"recording","purpose":"training","account":"a-1","individual-account":true,"role":"trainer","authorised-until":1801353600000,"programme":"crm-onboarding","subject":"e-1001","viewer":"e-2001","restricted":false,"collected-at":1795000000000,"mode":"screen-video"}"#;
const RETENTION: &str = r#"{"at":5,"event":"retention","artefact":"anonymised-copy","collected-at":5,"programme":"p"}"#;

fn expect(fields: &str) -> String {
    format!(r#"{{"at":5,"event":"expect"{fields}}}"#)
}

fn malformed(lines: &[&str]) -> (String, String) {
    let error = Scenario::parse(lines.join("\n").as_bytes()).unwrap_err();
    (error.to_string(), error.help().to_owned())
}

fn tried(text: &str) -> Trial {
    let runtime = Runtime::new().unwrap();
    let policy = Policy::load(&runtime, Source::Rules(RULES)).unwrap();
    let trial = Scenario::parse(text.as_bytes())
        .unwrap()
        .put_to(PolicyHandle::new(vec![policy]).unwrap())
        .unwrap();
    runtime.shutdown();
    trial
}

#[test]
fn an_expectation_before_any_question_is_malformed() {
    let (error, help) = malformed(&[GOOD, &expect(r#","action":"open""#), SESSION]);
    assert_eq!(error, "line 2: an `expect` before any question");
    assert!(help.contains("below a session"), "{help}");
}

#[test]
fn a_field_that_no_such_answer_has_is_malformed() {
    for (question, fields, error, help) in [
        (
            FRAME,
            r#","acton":"keep""#,
            "the line has an unknown field",
            "perhaps `action`",
        ),
        (
            FRAME,
            r#","range":[1,2]"#,
            "the answer to `frame` has no `range`",
            "action, reason, detail, keep",
        ),
        (
            ACCESS,
            r#","keep":[]"#,
            "the answer to `access` has no `keep`",
            "obligations",
        ),
        (
            RETENTION,
            r#","reason":"permitted""#,
            "the answer to `retention` has no `reason`",
            "until",
        ),
        (
            SESSION,
            r#","until":5"#,
            "the answer to `session` has no `until`",
            "action",
        ),
    ] {
        let (said, way_out) = malformed(&[question, &expect(fields)]);
        assert_eq!(said, format!("line 2: {error}"));
        assert!(way_out.contains(help), "{way_out}");
    }
}

#[test]
fn a_value_that_no_such_answer_has_is_malformed() {
    for (question, fields, error) in [
        (
            FRAME,
            r#","action":"open""#,
            "`action` of a `frame` is not one of keep, skip, stop",
        ),
        (FRAME, r#","action":null"#, "`action` is not a text"),
        (FRAME, r#","reason":"nocall""#, "`reason` is not the name of a reason"),
        (
            FRAME,
            r#","reason":"reason 31""#,
            "`reason` is not the name of a reason",
        ),
        (
            FRAME,
            r#","reason":"reason 01000""#,
            "`reason` is not the name of a reason",
        ),
        (
            FRAME,
            r#","detail":65536"#,
            "`detail` is not a whole number from 0 to 65535",
        ),
        (FRAME, r#","detail":1.0"#, "`detail` is not a whole number"),
        (FRAME, r#","keep":null"#, "`keep` is not a list of rectangles"),
        (FRAME, r#","keep":[[0,0,5]]"#, "`keep` is not a list of rectangles"),
        (FRAME, r#","keep":[[0,0,5,5,5]]"#, "`keep` is not a list of rectangles"),
        (
            FRAME,
            r#","keep":[[-1,0,5,5]]"#,
            "`keep` has a rectangle that lies on no surface",
        ),
        (
            FRAME,
            r#","keep":[[2147483647,0,1,1]]"#,
            "`keep` has a rectangle that lies on no surface",
        ),
        (SEGMENT, r#","range":[1]"#, "`range` is not a list of two"),
        (
            ACCESS,
            r#","obligations":["journals"]"#,
            "`obligations` is not a list of",
        ),
        (RETENTION, r#","until":"never""#, "`until` is not an instant"),
        (
            SESSION,
            r#","question":"window""#,
            "`question` is not one of session, frame",
        ),
        (SESSION, "", "the expectation would hold whatever is decided"),
        (
            SESSION,
            r#","question":"session""#,
            "the expectation would hold whatever is decided",
        ),
    ] {
        let (said, help) = malformed(&[question, &expect(fields)]);
        assert!(said.starts_with(&format!("line 2: {error}")), "{said}");
        assert!(!help.is_empty());
    }
    let (_, help) = malformed(&[FRAME, &expect(r#","reason":"nocall""#)]);
    assert_eq!(help, "perhaps `no-call` was meant");
    let loose = vec!["[0,0,9,9]"; 129].join(",");
    let (said, _) = malformed(&[FRAME, &expect(&format!(r#","keep":[{loose}]"#))]);
    assert!(said.contains("more than 128 rectangles"), "{said}");
}

#[test]
fn a_scenario_has_a_limit() {
    let blank = vec![b'\n'; crate::trace::MAX_SCENARIO + 1];
    let error = Scenario::parse(&blank).unwrap_err();
    assert_eq!(error.to_string(), "the file is larger than 16 MiB");
    assert!(Scenario::parse(blank.split_last().unwrap().1).is_ok());
}

#[test]
fn what_may_not_follow_is_malformed_when_it_is_decided() {
    let scenario = Scenario::parse(format!("{SESSION}\n{SESSION}\n").as_bytes()).unwrap();
    let runtime = Runtime::new().unwrap();
    let policy = Policy::load(&runtime, Source::Rules(RULES)).unwrap();
    let error = scenario.put_to(PolicyHandle::new(vec![policy]).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "line 2: a second session");
    runtime.shutdown();
}

/// Every field, one that holds and one that does not; the first names what is checked.
#[test]
fn each_field_is_held_against_the_answer() {
    let refused = SESSION.replace("e-1001", "e-9");
    let held = [
        (
            SESSION,
            r#","question":"session","action":"open","reason":"permitted","detail":0"#,
        ),
        (FRAME, r#","keep":[[200,0,200,300],[0,0,300,300]]"#),
        (SEGMENT, r#","action":"trim","range":[1795000000000,1795000000200]"#),
        (ACCESS, r#","obligations":["journal","journal"]"#),
        (RETENTION, r#","until":null"#),
    ];
    let mut text = [WINDOW, GOOD, CONNECTED].join("\n");
    for (question, fields) in held {
        text.push_str(&format!("\n{question}\n{}", expect(fields)));
    }
    let trial = tried(&text);
    assert!(trial.holds(), "{:?}", trial.failures().collect::<Vec<_>>());
    assert_eq!(trial.asked().len(), 5);
    let fails = [
        (SESSION, r#","question":"frame""#, "question", false),
        (SESSION, r#","action":"refuse""#, "action", true),
        (refused.as_str(), r#","detail":0"#, "detail", true),
        (SESSION, r#","reason":"no-call""#, "reason", true),
        (ACCESS, r#","obligations":[]"#, "obligations", true),
        (RETENTION, r#","until":6"#, "until", true),
    ];
    for (question, fields, field, alone) in fails {
        let more = if alone { "" } else { r#","action":"open""# };
        let trial = tried(&format!("{question}\n{}", expect(&format!("{fields}{more}"))));
        let unmet: Vec<&str> = trial
            .failures()
            .flat_map(|(_, check)| check.unmet.iter().map(Unmet::field))
            .collect();
        assert_eq!(unmet, [field]);
    }
}

#[test]
fn what_is_missing_from_the_answer_does_not_hold() {
    let text = [
        SESSION.replace("e-1001", "e-9").as_str(),
        FRAME,
        &expect(r#","keep":[]"#),
        SEGMENT,
        &expect(r#","range":[1,2]"#),
        &ACCESS.replace("trainer", "nobody"),
        &expect(r#","obligations":[]"#),
    ]
    .join("\n");
    let trial = tried(&text);
    assert_eq!(trial.failures().count(), 3);
    assert!(trial.asked().iter().filter(|asked| asked.repeats).count() == 2);
}

#[test]
fn blessing_keeps_every_other_byte() {
    let text = format!(
        "{WINDOW}\r\n\r\n  {SESSION}\r\n{GOOD}\r\n{CONNECTED}\r\n{}\r\n{FRAME}",
        r#" { "at" : 5 , "event" : "expect" , "reason" : "no-call", "action" : "open" } "#
    );
    let blessed = tried(&text).bless(text.as_bytes()).unwrap();
    let expected = format!(
        "{WINDOW}\r\n\r\n  {SESSION}\r\n{GOOD}\r\n{CONNECTED}\r\n{}\r\n{FRAME}\r\n{}",
        r#" { "at" : 5 , "event" : "expect" , "reason" : "permitted", "action" : "open" } "#,
        r#"{"at":1795000000100,"event":"expect","action":"keep","reason":"permitted","keep":[[0,0,400,300]]}"#,
    );
    assert_eq!(String::from_utf8(blessed.text).unwrap(), expected);
    let lines: Vec<(u64, bool)> = blessed.changes.iter().map(|c| (c.line, c.before.is_some())).collect();
    assert_eq!(lines, [(6, true), (8, false)]);
}

#[test]
fn a_field_that_the_answer_no_longer_has_goes() {
    let text = [
        SESSION,
        &expect(r#","action":"open""#),
        FRAME,
        &expect(r#","keep":[[0,0,1,1]]"#),
        SEGMENT,
        &expect(r#","action":"trim","range":[1,2]"#),
        "",
    ]
    .join("\n");
    let blessed = tried(&text).bless(text.as_bytes()).unwrap();
    let text = String::from_utf8(blessed.text).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[3],
        r#"{"at":5,"event":"expect","action":"skip","reason":"no-call"}"#
    );
    assert_eq!(lines[5], r#"{"at":5,"event":"expect","action":"discard"}"#);
    assert!(tried(&text).holds());
}

#[test]
fn a_reason_is_reached_when_an_expectation_would_notice_another() {
    let covered = |lines: &[&str]| {
        let mut coverage = Coverage::default();
        coverage.add(&tried(&lines.join("\n")));
        coverage
    };
    let refused = SESSION.replace("e-1001", "e-9");
    let coverage = covered(&[
        &refused,
        &expect(r#","action":"refuse""#),
        FRAME,
        &expect(r#","action":"stop""#),
    ]);
    let need = Reason::NO_TRAINING_NEED;
    assert_eq!(
        coverage.of(Question::Session, need),
        Reach::Given,
        "any refusal would do"
    );
    assert_eq!(
        coverage.of(Question::Frame, need),
        Reach::Never,
        "it only repeats the opening"
    );
    assert_eq!(coverage.others().count(), 0);
    let coverage = covered(&[&refused, &expect(r#","reason":"no-training-need""#), RETENTION]);
    assert_eq!(coverage.of(Question::Session, need), Reach::Expected);
    assert_eq!(coverage.of_retention(), Reach::Given);
    assert!(!coverage.missing(Question::Session).contains(&need));
    let coverage = covered(&[
        SESSION,
        &expect(r#","action":"open""#),
        RETENTION,
        &expect(r#","until":null"#),
    ]);
    assert_eq!(
        coverage.of(Question::Session, Reason::PERMITTED),
        Reach::Expected,
        "nothing else opens"
    );
    assert_eq!(coverage.of_retention(), Reach::Expected);
}

fn kept(keep: Vec<Rect>) -> Answer {
    let refusal = Refusal::of(Reason::PERMITTED);
    Answer {
        at: Timestamp::MIN,
        decided: Decided::Frame {
            action: Action::Keep,
            why: Why::new(refusal, Digest::FLOOR, Timestamp::MAX),
            keep,
            blanks_windows: false,
        },
        fault: None,
    }
}

fn pixels(rects: &[Rect]) -> BTreeSet<(i64, i64)> {
    let of = |rect: &Rect| {
        let rect = *rect;
        (i64::from(rect.y)..rect.bottom()).flat_map(move |y| (i64::from(rect.x)..rect.right()).map(move |x| (x, y)))
    };
    rects.iter().flat_map(of).collect()
}

fn rects() -> impl Strategy<Value = Vec<Rect>> {
    let rect = (0..12i32, 0..12i32, 0..8u32, 0..8u32).prop_map(|(x, y, w, h)| Rect::new(x, y, w, h));
    vec(rect, 0..6)
}

fn expecting(rects: &[Rect]) -> Expected {
    let list: Vec<_> = rects.iter().map(|r| (r.x, r.y, r.width, r.height)).collect();
    let list = serde_json::to_string(&list).unwrap();
    let line = crate::trace::parse_line(&expect(&format!(r#","keep":{list}"#))).unwrap();
    let crate::trace::Event::Expect(expectation) = line.event else {
        panic!("an expectation")
    };
    Expected::read(&expectation, Question::Frame).unwrap()
}

proptest! {
    /// `keep` is a set of pixels: held against sets that are counted pixel by pixel.
    #[test]
    fn regions_are_compared_pixel_by_pixel(expected in rects(), actual in rects()) {
        let answer = kept(expecting(&actual).keep.unwrap());
        let expecting = expecting(&expected);
        let (want, is) = (pixels(&expected), pixels(&actual));
        match expecting.unmet(&answer).as_slice() {
            [] => prop_assert_eq!(want, is),
            [Unmet::Keep] => {
                prop_assert_ne!(&want, &is);
                let misplaced = expecting.pixels(&answer).unwrap().misplaced.unwrap();
                prop_assert_eq!(pixels(&misplaced.too_many), is.difference(&want).copied().collect::<BTreeSet<_>>());
                prop_assert_eq!(pixels(&misplaced.too_few), want.difference(&is).copied().collect::<BTreeSet<_>>());
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    /// Whatever the bytes are.
    #[test]
    fn any_bytes_are_a_scenario_or_malformed(bytes in vec(any::<u8>(), 0..200), place in 0..600usize) {
        let _ = Scenario::parse(&bytes);
        let mut text = format!("{SESSION}\n{}", expect(r#","action":"open","reason":"permitted""#)).into_bytes();
        let place = place.min(text.len());
        text.splice(place..place, bytes.iter().take(3).copied());
        if let Err(error) = Scenario::parse(&text) {
            prop_assert!(error.line().is_some());
        }
    }
}

/// A few expectations and none, in every combination: what is blessed holds, and is not blessed again.
#[test]
fn what_is_blessed_holds() {
    let of = |question: &str| -> Vec<&str> {
        match question {
            SESSION => vec![r#","action":"refuse""#, r#","reason":"permitted""#],
            FRAME => vec![r#","action":"skip","keep":[]"#, r#","detail":3"#],
            SEGMENT => vec![r#","range":[0,1]"#, r#","reason":"no-call","action":"discard""#],
            ACCESS => vec![
                r#","obligations":["watermark"]"#,
                r#","reason":"purpose","obligations":[]"#,
            ],
            _ => vec![r#","until":7,"question":"access""#],
        }
    };
    for choice in 0..3 {
        let mut text = [WINDOW, GOOD, CONNECTED].join("\n");
        for question in [SESSION, FRAME, SEGMENT, ACCESS, RETENTION] {
            text.push_str(&format!("\n{question}"));
            for fields in of(question).into_iter().skip(choice) {
                text.push_str(&format!("\n{}", expect(fields)));
            }
        }
        let first = tried(&text).bless(text.as_bytes()).unwrap();
        assert!(!first.changes.is_empty());
        let text = String::from_utf8(first.text).unwrap();
        let again = tried(&text);
        assert!(again.holds() && again.asked().iter().all(|asked| !asked.checks.is_empty()));
        let second = again.bless(text.as_bytes()).unwrap();
        assert!(second.changes.is_empty() && second.text == text.as_bytes());
    }
}
