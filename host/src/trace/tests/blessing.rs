//! What blessing writes into an expectation: the values that were not so, and no other byte.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::trace::{
    Answer, Blessed, Decided, Event, Expected, Fate, MAX_LINE, Malformed, Question, Reader, Scenario, Trial,
};
use crate::{Action, Digest, Obligations, Reason, Rect, Refusal, Span, Timestamp, Why};

const FRAME: &str = r#"{"at":5,"event":"frame","surface":[800,600],"windows":[[1,0,0,400,300]]}"#;
const SEGMENT: &str = r#"{"at":5,"event":"segment","started-at":4}"#;
const ACCESS: &str = r#"{"at":5,"event":"access","operation":"view","artefact":"recording","purpose":"training","account":"a","individual-account":true,"role":"t","programme":"p","viewer":"e","collected-at":5,"mode":"screen-video"}"#;
const RETENTION: &str = r#"{"at":5,"event":"retention","artefact":"recording","collected-at":5,"programme":"p"}"#;

fn why(reason: Reason, detail: u16) -> Why {
    let mut refusal = Refusal::of(reason);
    refusal.detail = detail;
    Why::new(refusal, Digest::FLOOR, Timestamp::MAX)
}

fn frame(action: Action, why: Why, keep: Vec<Rect>) -> Decided {
    Decided::Frame {
        action,
        why,
        keep,
        blanks_windows: false,
    }
}

fn kept() -> Decided {
    frame(Action::Keep, why(Reason::PERMITTED, 0), vec![Rect::new(0, 0, 400, 300)])
}

/// The scenario, each of whose questions was answered so.
fn answered(text: &str, decided: &Decided) -> Trial {
    assert!(Scenario::parse(text.as_bytes()).is_ok(), "{text}");
    let mut trial = Trial::default();
    for line in Reader::new(text.as_bytes()) {
        let (number, line) = line.unwrap();
        let Event::Expect(expectation) = &line.event else {
            let answer = Answer {
                at: line.at,
                decided: decided.clone(),
                fault: None,
            };
            trial.record(number, answer, None);
            continue;
        };
        let question = trial.asked().last().unwrap().question();
        trial.check(number, &Expected::read(expectation, question).unwrap().into());
    }
    trial
}

fn bless(text: &str, decided: &Decided) -> Result<Blessed, Malformed> {
    answered(text, decided).bless(text.as_bytes())
}

/// What becomes of the expectation below a question that was answered so.
fn blessed(question: &str, expectation: &str, decided: &Decided) -> String {
    let text = bless(&format!("{question}\n{expectation}"), decided).unwrap().text;
    let text = String::from_utf8(text).unwrap();
    let (before, after) = text.split_once('\n').unwrap();
    assert_eq!(before, question);
    after.to_owned()
}

#[test]
fn only_the_value_that_was_not_so_is_exchanged() {
    let line = |reason: &str| {
        format!(
            "  {{ \"reason\" : \"{reason}\",  \"event\":\"exp\\u0065ct\",  \"at\" : 5 ,\t\"question\":\"frame\", \
             \"\\u0061ction\":\"k\\u0065ep\" , \"keep\":[ [0 ,0,400,100],[0,100,400,200] ] }}  "
        )
    };
    assert_eq!(blessed(FRAME, &line("pay\\u006dent"), &kept()), line("permitted"));
    let two = r#"{"event":"expect","detail": 3,"at":5, "reason" :"permitted" ,"action":"keep"}"#;
    let now = r#"{"event":"expect","detail": 9,"at":5, "reason" :"no-call" ,"action":"skip"}"#;
    let skipped = frame(Action::Skip, why(Reason::NO_CALL, 9), Vec::new());
    assert_eq!(blessed(FRAME, two, &skipped), now);
    let none = r#"{"event":"expect","detail": 0,"at":5, "reason" :"permitted" ,"action":"keep"}"#;
    assert_eq!(blessed(FRAME, two, &kept()), none, "the reason's own note is 0");
}

#[test]
fn what_the_answer_does_not_have_goes_with_one_comma() {
    let discarded = Decided::Segment {
        started_at: Timestamp::from_millis(4),
        fate: Fate::Discard(why(Reason::NO_CALL, 0)),
    };
    let refused = Decided::Access(Err(why(Reason::PURPOSE, 0)));
    let skipped = frame(Action::Skip, why(Reason::NO_CALL, 0), Vec::new());
    for (question, line, now, decided) in [
        (
            FRAME,
            r#"{ "keep" : [] , "at":5 , "event":"expect", "action" : "keep" }"#,
            r#"{ "at":5 , "event":"expect", "action" : "skip" }"#,
            &skipped,
        ),
        (
            SEGMENT,
            r#"{ "at":5, "range": [1, 2] , "event":"expect", "action":"discard" }"#,
            r#"{ "at":5, "event":"expect", "action":"discard" }"#,
            &discarded,
        ),
        (
            ACCESS,
            r#"{"at":5,"event":"expect","reason":"purpose" , "obligations":["journal"] }"#,
            r#"{"at":5,"event":"expect","reason":"purpose" }"#,
            &refused,
        ),
        // Nothing that could fail would be left: what was decided, and why, stands in its place.
        (
            FRAME,
            r#"{ "keep" : [] , "at":5, "event":"expect" }"#,
            r#"{ "action":"skip","reason":"no-call" , "at":5, "event":"expect" }"#,
            &skipped,
        ),
        (
            ACCESS,
            r#"{"at":5,"event":"expect", "question":"access", "obligations":[ ] }"#,
            r#"{"at":5,"event":"expect", "question":"access", "action":"refuse","reason":"purpose" }"#,
            &refused,
        ),
    ] {
        assert_eq!(blessed(question, line, decided), now);
    }
}

#[test]
fn endings_of_lines_and_blank_lines_stay() {
    let wrong = r#" { "at" : 5 , "event" : "expect" , "action" : "skip" } "#;
    let right = r#" { "at" : 5 , "event" : "expect" , "action" : "keep" } "#;
    for ending in ["\n", "\r\n", "\n \t\r\n\n", ""] {
        let text = |line: &str| format!("\r\n{FRAME}\n\n{line}{ending}");
        let anew = bless(&text(wrong), &kept()).unwrap();
        assert_eq!(String::from_utf8(anew.text).unwrap(), text(right));
        assert_eq!(anew.changes.len(), 1);
        assert_eq!(anew.changes[0].line, 4);
        assert_eq!(anew.changes[0].before.as_deref(), Some(wrong));
        assert_eq!(anew.changes[0].after, right);
    }
}

/// A line that could not be read again is not written.
#[test]
fn a_line_that_would_be_too_long_is_malformed() {
    let pieces: Vec<Rect> = (0..20_000).map(|n| Rect::new(0, n * 2, 9, 1)).collect();
    let decided = frame(Action::Keep, why(Reason::PERMITTED, 0), pieces);
    let line = |space: usize| format!(r#"{{"at":5,"event":"expect","keep":[]{}}}"#, " ".repeat(space));
    let room = MAX_LINE - line(0).len();
    let error = bless(&format!("{FRAME}\n{}", line(room)), &decided).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2: with what was decided the line would be longer than 1 MiB"
    );
    let anew = blessed(FRAME, &line(room / 2), &decided);
    assert!(answered(&format!("{FRAME}\n{anew}"), &decided).holds());
}

/// A field of an expectation: as it is written, and what it must be written as when it is blessed.
type Written = (&'static str, String, Option<String>);

/// One question with its answer, and what an expectation can say of it: values in several spellings, and what
/// stands there when the answer is the second one of [`decided`].
fn fields(question: Question) -> Vec<(&'static str, Vec<&'static str>, Option<&'static str>)> {
    let common = |action: Vec<&'static str>, now: &'static str| {
        vec![
            ("action", action, Some(now)),
            (
                "reason",
                vec![r#""payment""#, r#""pay\u006dent""#, r#""no-call""#],
                Some(r#""no-call""#),
            ),
            ("detail", vec!["0", "7", "3", "9"], Some("9")),
        ]
    };
    let mut fields = match question {
        Question::Frame => common(vec![r#""keep""#, r#""ke\u0065p""#, r#""skip""#], r#""skip""#),
        Question::Segment => common(vec![r#""keep""#, r#""discard""#], r#""discard""#),
        Question::Access => common(vec![r#""allow""#, r#""refuse""#], r#""refuse""#),
        _ => vec![("until", vec!["null", "8", "6"], Some("8"))],
    };
    match question {
        Question::Frame => fields.push(("keep", vec!["[ ]", "[[0,0 ,1,\t1],[0,0,1,1]]"], None)),
        Question::Segment => fields.push(("range", vec!["[ 1,2]"], None)),
        Question::Access => fields.push(("obligations", vec!["[ \"journ\\u0061l\" ]", "[]"], None)),
        _ => {}
    }
    fields
}

fn decided(question: Question) -> Decided {
    let why = why(Reason::NO_CALL, 9);
    match question {
        Question::Frame => frame(Action::Skip, why, Vec::new()),
        Question::Segment => Decided::Segment {
            started_at: Timestamp::from_millis(4),
            fate: Fate::Discard(why),
        },
        Question::Access => Decided::Access(Err(why)),
        _ => Decided::Retention(Some(Timestamp::from_millis(8))),
    }
}

/// Whether a value says the same as the one that was decided, in another spelling.
fn says(value: &str, now: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    read(value) == read(now)
}

fn space() -> impl Strategy<Value = String> {
    vec(select(vec![" ", "\t", "\r", "  "]), 0..3).prop_map(|parts| parts.concat())
}

fn question() -> impl Strategy<Value = (Question, &'static str)> {
    select(vec![
        (Question::Frame, FRAME),
        (Question::Segment, SEGMENT),
        (Question::Access, ACCESS),
        (Question::Retention, RETENTION),
    ])
}

/// A question, and the fields of an expectation of it, in any order, one at least of those that could fail.
fn expectation() -> impl Strategy<Value = ((Question, &'static str), Vec<Written>)> {
    question().prop_flat_map(|(question, line)| {
        let all = fields(question);
        let choice = all.into_iter().map(|(name, values, now)| {
            let now = now.map(str::to_owned);
            select(values).prop_map(move |value| {
                let becomes = now
                    .clone()
                    .map(|now| if says(value, &now) { value.to_owned() } else { now });
                (name, value.to_owned(), becomes)
            })
        });
        let choice: Vec<_> = choice.collect();
        let some = (choice, any::<u8>()).prop_map(|(all, which)| {
            let first = usize::from(which) % all.len();
            let chosen = |place: usize| place == first || which & (1 << (place + 4)) != 0;
            let some = all.into_iter().enumerate().filter(|(place, _)| chosen(*place));
            some.map(|(_, field)| field).collect::<Vec<Written>>()
        });
        some.prop_flat_map(move |mut some| {
            for (name, value) in [("at", "5"), ("event", "\"\\u0065xpect\"")] {
                some.push((name, value.to_owned(), Some(value.to_owned())));
            }
            (Just((question, line)), Just(some).prop_shuffle())
        })
    })
}

/// The line, written with these spaces, and what must become of it: a second, simpler way to bless.
fn written(fields: &[Written], spaces: &[String], blessed: bool) -> String {
    let mut spaces = spaces.iter().cycle();
    let mut space = || spaces.next().unwrap().as_str();
    let alone = !fields
        .iter()
        .any(|(name, _, now)| now.is_some() && !matches!(*name, "at" | "event"));
    let mut text = format!("{}{{{}", space(), space());
    for (place, (name, value, now)) in fields.iter().enumerate() {
        let [before_colon, after_colon, before_comma, after_comma] = [space(), space(), space(), space()];
        let last = place + 1 == fields.len();
        let separator = if last {
            String::new()
        } else {
            format!("{before_comma},{after_comma}")
        };
        match (blessed, now) {
            (true, None) if alone => {
                let action = if value.starts_with("[ \"") || *name == "obligations" {
                    "refuse"
                } else {
                    ""
                };
                let action = match *name {
                    "keep" => "skip",
                    "range" => "discard",
                    _ => action,
                };
                text.push_str(&format!(r#""action":"{action}","reason":"no-call"{separator}"#));
            }
            // It goes, with the comma behind it.
            (true, None) if !last => {}
            // Or, as the last one, with the comma before it.
            (true, None) => {
                let comma = text.rfind(',').unwrap();
                text.truncate(text.split_at(comma).0.trim_end().len());
            }
            (blessed, now) => {
                let value = now.as_ref().filter(|_| blessed).unwrap_or(value);
                text.push_str(&format!("\"{name}\"{before_colon}:{after_colon}{value}{separator}"));
            }
        }
    }
    text.push_str(&format!("{}}}{}", space(), space()));
    text
}

proptest! {
    /// Whatever the white space, the order and the spelling: what was not so is exchanged, everything else stays
    /// byte for byte, the expectation holds, and blessing again changes nothing.
    #[test]
    fn everything_else_stays_byte_for_byte(
        ((question, asked), fields) in expectation(),
        spaces in vec(space(), 30),
        ending in select(vec!["", "\n", "\r\n", "\n\n  \n"]),
    ) {
        let decided = decided(question);
        let text = format!("{asked}\r\n{}{ending}", written(&fields, &spaces, false));
        let expected = format!("{asked}\r\n{}{ending}", written(&fields, &spaces, true));
        let anew = bless(&text, &decided).unwrap();
        prop_assert_eq!(anew.changes.is_empty(), answered(&text, &decided).holds());
        let anew = String::from_utf8(anew.text).unwrap();
        prop_assert_eq!(&anew, &expected);
        prop_assert!(answered(&anew, &decided).holds());
        let again = bless(&anew, &decided).unwrap();
        prop_assert!(again.changes.is_empty());
        prop_assert_eq!(String::from_utf8(again.text).unwrap(), anew);
    }
}

/// An access that is allowed, and a segment that is trimmed, have the values that were expected to be other ones.
#[test]
fn lists_are_exchanged_whole() {
    let obligations = Obligations {
        journal: true,
        ..Obligations::default()
    };
    let allowed = Decided::Access(Ok(obligations));
    let line = r#"{"at":5,"event":"expect", "obligations" : [ "watermark" ] }"#;
    let now = r#"{"at":5,"event":"expect", "obligations" : ["journal"] }"#;
    assert_eq!(blessed(ACCESS, line, &allowed), now);
    let trimmed = Decided::Segment {
        started_at: Timestamp::from_millis(4),
        fate: Fate::Trim(Span {
            start: Timestamp::from_millis(4),
            end: Timestamp::from_millis(5),
        }),
    };
    let line = r#"{ "range" : [ 1 , 2 ] ,"at":5,"event":"expect"}"#;
    let now = r#"{ "range" : [4,5] ,"at":5,"event":"expect"}"#;
    assert_eq!(blessed(SEGMENT, line, &trimmed), now);
}
