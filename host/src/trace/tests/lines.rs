//! One line: what is accepted, and what is refused with which words.

use gardefou_policy::facts::{Calls, Notice};
use gardefou_policy::types::{Answer, CallPhase, Condition, Purpose, Rect, Timestamp, WindowKind};

use crate::trace::{Event, Expected, Identity, Malformed, Question, parse_line, parse_live};
use crate::{Placed, Usage};

/// A whole session line, with one field written otherwise (or left out, with an empty text).
fn session_with(name: &str, json: &str) -> String {
    let fields = [
        ("session", "\"s-1\""),
        ("employee", "\"e-1001\""),
        ("programme", "\"crm-onboarding\""),
        ("purpose", "\"training\""),
        ("mode", "\"screen-video\""),
        ("frame-interval", "200"),
        ("employee-notice", r#"{"version":"2026-09","given-at":5}"#),
        ("employee-objected", "false"),
        ("enrolled-at", "4"),
        ("protected-line", "false"),
        ("calls-offered", "10"),
        ("calls-recorded", "1"),
        ("extra", r#"{"site":"Lyon"}"#),
        ("usage", r#"{"employee-used":1,"programme-used":2,"unreviewed":3}"#),
    ];
    let mut line = r#"{"at":7,"event":"session""#.to_owned();
    for (own, value) in fields {
        let value = if own == name { json } else { value };
        if !value.is_empty() {
            line.push_str(&format!(",\"{own}\":{value}"));
        }
    }
    line.push('}');
    line
}

fn refused(line: &str) -> String {
    match parse_line(line) {
        Ok(_) => panic!("accepted: {line}"),
        Err(malformed) => {
            assert!(!malformed.help().is_empty(), "no help for: {line}");
            assert!(!malformed.message().contains('\n'));
            assert_said_in_french(&malformed);
            malformed.to_string()
        }
    }
}

/// In French it says as much, with a no-break space before double punctuation.
fn assert_said_in_french(malformed: &Malformed) {
    for said in [malformed.text(), malformed.help_text()] {
        assert!(!said.french.is_empty() && said.french != said.english, "{malformed}");
        let own: String = said.french.split('`').step_by(2).collect();
        let before = core::iter::once(' ').chain(own.chars());
        for (before, character) in before.zip(own.chars()) {
            assert!(!":;!?»".contains(character) || before == '\u{a0}', "{}", said.french);
        }
    }
}

fn accepted(line: &str) -> Event {
    match parse_line(line) {
        Ok(line) => line.event,
        Err(malformed) => panic!("{malformed}: {line}"),
    }
}

#[test]
fn a_session_with_everything() {
    let Event::Session(line) = accepted(&session_with("", "")) else {
        panic!("not a session")
    };
    assert_eq!(line.facts.session, "s-1");
    assert_eq!(line.facts.employee, "e-1001");
    assert_eq!(line.facts.purpose, Purpose::Training);
    assert_eq!(
        line.facts.employee_notice,
        Some(Notice {
            version: "2026-09".into(),
            given_at: Timestamp::from_millis(5)
        })
    );
    assert_eq!(line.facts.enrolled_at, Some(Timestamp::from_millis(4)));
    assert_eq!(line.facts.extra, [("site".to_owned(), "Lyon".to_owned())]);
    let usage = Usage {
        employee_used: 1,
        programme_used: 2,
        unreviewed: 3,
    };
    assert_eq!(line.usage, Some(usage));
}

#[test]
fn an_option_may_be_absent_or_null_and_nothing_else_may() {
    for option in ["employee-notice", "enrolled-at"] {
        for json in ["", "null"] {
            let Event::Session(line) = accepted(&session_with(option, json)) else {
                panic!("not a session")
            };
            assert!(line.facts.employee_notice.is_none() || line.facts.enrolled_at.is_none());
        }
    }
    for optional in ["extra", "usage"] {
        accepted(&session_with(optional, ""));
        assert!(refused(&session_with(optional, "null")).contains(optional));
    }
    for required in ["session", "employee", "programme", "purpose", "mode", "frame-interval"] {
        assert_eq!(refused(&session_with(required, "")), format!("`{required}` is missing"));
        assert!(refused(&session_with(required, "null")).contains(&format!("`{required}` is not ")));
    }
}

#[test]
fn what_nobody_says_of_a_session_is_unknown() {
    let told = |name, value| match accepted(&session_with(name, value)) {
        Event::Session(line) => line.facts,
        other => panic!("{other:?}"),
    };
    for (value, answer) in [
        ("", Answer::Unknown),
        ("null", Answer::Unknown),
        ("false", Answer::No),
        ("true", Answer::Yes),
    ] {
        assert_eq!(told("employee-objected", value).employee_objected, answer);
        assert_eq!(told("protected-line", value).protected_line, answer);
    }
    let both = Calls {
        offered: 10,
        recorded: 1,
    };
    assert_eq!(told("employee-objected", "false").calls, Some(both));
    for half in ["calls-offered", "calls-recorded"] {
        assert_eq!(told(half, "").calls, None, "both numbers, or nobody counted");
        assert_eq!(told(half, "null").calls, None);
        assert!(refused(&session_with(half, "true")).contains(half));
    }
}

#[test]
fn usage_counts_0_for_what_it_leaves_out() {
    let Event::Session(line) = accepted(&session_with("usage", r#"{"unreviewed":9}"#)) else {
        panic!("not a session")
    };
    assert_eq!(line.usage.unwrap().employee_used, 0);
    assert_eq!(line.usage.unwrap().unreviewed, 9);
    assert!(refused(&session_with("usage", r#"{"unreviewed":null}"#)).contains("`usage.unreviewed`"));
}

#[test]
fn numbers_are_integers_of_their_type() {
    for number in [
        "1.0",
        "1e3",
        "2E0",
        "-1",
        "18446744073709551616",
        "\"5\"",
        "true",
        "[5]",
        "1.5",
    ] {
        assert!(refused(&session_with("frame-interval", number)).contains("`frame-interval`"));
        assert!(refused(&format!(r#"{{"at":{number},"event":"call","phase":"none"}}"#)).contains("`at`"));
    }
    accepted(&session_with("frame-interval", "18446744073709551615"));
    assert!(refused(&session_with("calls-offered", "4294967296")).contains("`calls-offered`"));
    accepted(&session_with("calls-offered", "4294967295"));
    for id in ["4294967296", "-1", "1.0"] {
        let line = format!(r#"{{"at":5,"event":"window-gone","id":{id}}}"#);
        assert!(refused(&line).contains("`id`"));
    }
    let frame = |window: &str| format!(r#"{{"at":5,"event":"frame","surface":[9,9],"windows":[{window}]}}"#);
    accepted(&frame("[1,-2147483648,2147483647,4294967295,0]"));
    for window in [
        "[1,-2147483649,0,1,1]",
        "[1,2147483648,0,1,1]",
        "[1,0,0,-1,1]",
        "[1,0,0,1,4294967296]",
        "[1,0,0,1]",
        "[1,0,0,1,1,0]",
        "[1,0,0,1,1,0,0,1]",
        "[1,0,0,1,1,0,0,1,1,0]",
        "[1,0.0,0,1,1]",
        "{}",
        "null",
    ] {
        assert!(refused(&frame(window)).contains("`windows`"), "{window}");
    }
}

#[test]
fn for_unknown_fields_the_nearest_known_one_is_named() {
    let error = parse_line(r#"{"at":5,"event":"window","id":1,"wmclass":"x"}"#).unwrap_err();
    assert_eq!(error.to_string(), "the line has an unknown field");
    assert_eq!(error.help(), "perhaps `wm-class` was meant");
    let inner = session_with("employee-notice", r#"{"version":"v","given-at":5,"covers":"x"}"#);
    assert_eq!(refused(&inner), "`employee-notice` has an unknown field");
    assert_eq!(
        parse_line(r#"{"at":5,"event":"conditions","party-inform":true}"#)
            .unwrap_err()
            .help(),
        "perhaps `party-informed` was meant"
    );
    assert_eq!(
        refused(&session_with("usage", r#"{"used":1}"#)),
        "`usage` has an unknown field"
    );
    let error = parse_line(r#"{"at":5,"event":"cal","phase":"none"}"#).unwrap_err();
    assert_eq!(
        (error.message(), error.help()),
        ("`event` is no event", "perhaps `call` was meant")
    );
    let error = parse_line(r#"{"at":5,"event":"martin","phase":"none"}"#).unwrap_err();
    assert!(
        error.help().starts_with("the events are session, call, "),
        "{}",
        error.help()
    );
}

#[test]
fn repeated_fields_at_any_depth() {
    for line in [
        r#"{"at":5,"at":5,"event":"call","phase":"none"}"#.to_owned(),
        r#"{"at":5,"event":"call","event":"call","phase":"none"}"#.to_owned(),
        r#"{"at":5,"event":"conditions","audio-recorded":true,"audio-recorded":true}"#.to_owned(),
        r#"{"at":5,"event":"window","id":1,"title":null,"title":null}"#.to_owned(),
        r#"{"at":5,"event":"call","phase":"none","\u0070hase":"none"}"#.to_owned(),
        session_with("extra", r#"{"a":"1","b":"2","a":"3"}"#),
        session_with("employee-notice", r#"{"version":"v","given-at":5,"version":"v"}"#),
        session_with("usage", r#"{"unreviewed":5,"unreviewed":5}"#),
    ] {
        assert!(refused(&line).contains("is there twice"), "{line}");
    }
}

#[test]
fn texts_and_names_are_themselves_and_nothing_like_them() {
    for purpose in ["\"Training\"", "\"\"", r#"{"training":null}"#, "0", "[\"training\"]"] {
        assert!(refused(&session_with("purpose", purpose)).contains("`purpose` is not one of training"));
    }
    assert!(refused(&session_with("employee-notice", r#"["2026-09",5]"#)).contains("not an object"));
    assert!(refused(&session_with("employee-objected", "0")).contains("`employee-objected`"));
    assert!(refused(&session_with("extra", r#"{"a":1}"#)).contains("`extra`"));
    assert!(refused(&session_with("extra", r#"[["a","b"]]"#)).contains("`extra`"));
}

#[test]
fn only_an_object_is_a_line() {
    for line in ["[5,\"call\",\"none\"]", "5", "null", "\"x\""] {
        assert_eq!(refused(line), "the line is not a JSON object");
    }
    assert!(refused(r#"{"at":5,"event":"call","phase":"none"} {}"#).starts_with("not JSON"));
    assert!(refused(r#"{"at":5,"event":"call","phase":"none",}"#).starts_with("not JSON"));
    assert!(refused(r#"{"at":5,"event":"call","phase":"no"#).starts_with("the line ends before"));
    assert!(refused("\u{feff}{}").starts_with("not JSON"));
    assert!(refused(&"[".repeat(10_000)).starts_with("not JSON"));
}

#[test]
fn conditions_are_true_false_or_unknown() {
    let line = r#"{"at":5,"event":"conditions","audio-recorded":true,"payment-entry":null,"party-objected":false}"#;
    let Event::Conditions(mut changes) = accepted(line) else {
        panic!("not conditions")
    };
    changes.sort_by_key(|(condition, _)| condition.bit());
    assert_eq!(
        changes,
        [
            (Condition::AUDIO_RECORDED, Some(true)),
            (Condition::PARTY_OBJECTED, Some(false)),
            (Condition::PAYMENT_ENTRY, None)
        ]
    );
    accepted(r#"{"at":5,"event":"conditions"}"#);
    assert!(refused(r#"{"at":5,"event":"conditions","secure-input":"no"}"#).contains("`secure-input`"));
}

#[test]
fn a_window_has_a_kind_or_an_identity() {
    let window = |rest: &str| format!(r#"{{"at":5,"event":"window","id":1{rest}}}"#);
    assert_eq!(
        accepted(&window(r#","kind":"training""#)),
        Event::Window {
            id: 1,
            identity: Identity::Kind(WindowKind::Training)
        }
    );
    let Event::Window { identity, .. } = accepted(&window(r#","executable":"crm.exe","title":null"#)) else {
        panic!("not a window")
    };
    assert!(matches!(identity, Identity::App(app) if app.executable.as_deref() == Some("crm.exe")));
    assert!(matches!(
        accepted(&window("")),
        Event::Window {
            identity: Identity::App(_),
            ..
        }
    ));
    assert!(refused(&window(r#","kind":"training","title":"t""#)).contains("both"));
    assert!(refused(&window(r#","kind":null"#)).contains("`kind`"));
}

#[test]
fn a_frame_names_what_changed() {
    let line =
        r#"{"at":5,"event":"frame","surface":[800,600],"windows":[[1,0,0,8,6],[2,1,1,2,2,0,0,4,4]],"facts":[4,6]}"#;
    let Event::Frame(frame) = accepted(line) else {
        panic!("not a frame")
    };
    assert_eq!(frame.surface, Some((800, 600)));
    let windows = frame.windows.unwrap();
    assert_eq!(windows.len(), 2);
    assert_eq!(
        windows.last().copied(),
        Some(Placed {
            id: 2,
            inner: Rect::new(1, 1, 2, 2),
            outer: Rect::new(0, 0, 4, 4)
        })
    );
    assert_eq!(
        accepted(r#"{"at":5,"event":"frame"}"#),
        Event::Frame(Default::default())
    );
    for field in ["surface", "windows", "facts"] {
        assert!(refused(&format!(r#"{{"at":5,"event":"frame","{field}":null}}"#)).contains(field));
    }
    assert!(refused(r#"{"at":5,"event":"frame","facts":[1,2,3]}"#).contains("`facts`"));
    assert!(refused(r#"{"at":5,"event":"frame","surface":[1]}"#).contains("`surface`"));
}

#[test]
fn an_access_has_the_instant_of_its_line() {
    let access = |rest: &str| {
        format!(
            r#"{{"at":9,"event":"access","operation":"view","artefact":"recording","purpose":"training","account":"a","individual-account":true,"role":"trainer","programme":"p","viewer":"e-2","collected-at":8,"mode":"screen-video"{rest}}}"#
        )
    };
    let Event::Access(line) = accepted(&access("")) else {
        panic!("not an access")
    };
    assert_eq!(line.at, Timestamp::from_millis(9));
    assert_eq!((line.subject, line.restricted), (None, Answer::Unknown));
    for (value, answer) in [("null", Answer::Unknown), ("false", Answer::No), ("true", Answer::Yes)] {
        let Event::Access(line) = accepted(&access(&format!(r#","restricted":{value}"#))) else {
            panic!("not an access")
        };
        assert_eq!(line.restricted, answer);
    }
    accepted(&access(r#","subject":"e-1","authorised-until":null"#));
}

#[test]
fn an_expectation_may_hold_anything() {
    accepted(r#"{"at":5,"event":"expect","action":"keep","keep":[[0,0,1.5,null]],"whatever":{"x":1}}"#);
    accepted(r#"{"at":5,"event":"expect"}"#);
    assert!(refused(r#"{"event":"expect"}"#).contains("`at`"));
}

#[test]
fn a_usage_line_gives_all_three() {
    accepted(r#"{"at":5,"event":"usage","employee-used":1,"programme-used":2,"unreviewed":3}"#);
    assert!(refused(r#"{"at":5,"event":"usage","employee-used":1,"programme-used":2}"#).contains("`unreviewed`"));
}

#[test]
fn a_running_call_sends_calls_and_conditions() {
    let now = Timestamp::from_millis(77);
    let line = parse_live(r#"{"event":"call","phase":"held"}"#, now).unwrap();
    assert_eq!((line.at, line.event), (now, Event::Call(CallPhase::Held)));
    let line = parse_live(r#"{"at":5,"event":"conditions","private-call":true}"#, now).unwrap();
    assert_eq!(line.at, Timestamp::from_millis(5));
    assert!(parse_live(r#"{"at":null,"event":"call","phase":"held"}"#, now).is_err());
    assert!(parse_live(r#"{"event":"frame"}"#, now).is_err());
    assert!(parse_live("{", now).is_err());
}

/// A name that could be a person's, a title or a programme's: short, and of letters only.
const SECRET: &str = "martin";

/// A whole line of each kind.
fn whole_lines() -> Vec<String> {
    let lines = [
        r#"{"at":5,"event":"call","phase":"connected"}"#,
        r#"{"at":5,"event":"conditions","audio-recorded":true,"party-objected":null}"#,
        r#"{"at":5,"event":"window","id":1,"executable":"e","package":"p","signer":"s","wm-class":"w","title":"t","url":"u"}"#,
        r#"{"at":5,"event":"window","id":1,"kind":"training"}"#,
        r#"{"at":5,"event":"window-gone","id":1}"#,
        r#"{"at":5,"event":"frame","surface":[8,6],"windows":[[1,0,0,8,6],[2,1,1,2,2,0,0,4,4]],"facts":[4,6]}"#,
        r#"{"at":5,"event":"segment","started-at":1}"#,
        r#"{"at":9,"event":"access","operation":"view","artefact":"recording","purpose":"training","account":"a","individual-account":true,"role":"trainer","programme":"p","subject":"e-1","viewer":"e-2","authorised-until":9,"restricted":false,"collected-at":8,"mode":"screen-video"}"#,
        r#"{"at":5,"event":"retention","artefact":"temporary","collected-at":5,"programme":"p"}"#,
        r#"{"at":5,"event":"usage","employee-used":1,"programme-used":2,"unreviewed":3}"#,
        r#"{"at":5,"event":"expect","question":"frame","action":"keep","reason":"permitted","detail":1,"keep":[[0,0,1,1]],"range":[1,2],"obligations":["journal"],"until":7}"#,
    ];
    lines
        .map(str::to_owned)
        .into_iter()
        .chain([session_with("", "")])
        .collect()
}

/// Everything that an error says.
fn said(malformed: &Malformed) -> String {
    format!(
        "{malformed} {malformed:?} {:?} {:?}",
        malformed.text(),
        malformed.help_text()
    )
}

/// The line with the marker at this place of its text: instead of each token, and beside it.
fn marked(line: &str) -> Vec<String> {
    let mut marked = Vec::new();
    let mut token = 0..0;
    let mut quoted = false;
    for (at, character) in line.char_indices() {
        let end = at + character.len_utf8();
        match character {
            '"' if !quoted => (quoted, token) = (true, at..end),
            '"' => {
                quoted = false;
                token.end = end;
            }
            _ if quoted => {}
            '{' | '}' | '[' | ']' | ',' | ':' => token = at..end,
            _ if token.end == at
                && line
                    .get(token.clone())
                    .unwrap()
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric()) =>
            {
                token.end = end;
            }
            _ => token = at..end,
        }
        if quoted {
            continue;
        }
        for instead in [
            format!("\"{SECRET}\""),
            format!("{{\"{SECRET}\":1}}"),
            format!("{{\"{SECRET}\":1,\"{SECRET}\":1}}"),
            format!("[\"{SECRET}\"]"),
            format!("\"{SECRET}"),
            SECRET.to_owned(),
            format!("\"{SECRET}\":\"{SECRET}\","),
            format!(",\"{SECRET}\":\"{SECRET}\""),
        ] {
            let rest = line.get(token.end..).unwrap();
            for before in [token.start, token.end] {
                marked.push(format!("{}{instead}{rest}", line.get(..before).unwrap()));
            }
        }
    }
    marked
}

#[test]
fn no_error_repeats_anything_of_the_line() {
    let now = Timestamp::from_millis(77);
    let mut refused = 0;
    for line in whole_lines() {
        assert!(parse_line(&line).is_ok(), "{line}");
        for marked in marked(&line) {
            let mut errors: Vec<Malformed> = Vec::new();
            match parse_line(&marked) {
                Err(error) => errors.push(error),
                Ok(parsed) => {
                    if let Event::Expect(expectation) = parsed.event {
                        let read = |question| Expected::read(&expectation, question).err();
                        errors.extend(Question::ALL.into_iter().filter_map(read));
                    }
                }
            }
            errors.extend(parse_live(&marked, now).err());
            refused += errors.len();
            for error in errors {
                assert!(!said(&error).contains(SECRET), "{marked}: {}", said(&error));
            }
        }
    }
    assert!(refused > 1_000, "{refused} lines were refused");
}

#[test]
fn no_error_repeats_a_title_or_an_address() {
    let secret = "https://intranet.acme.example/Ticket of Mrs Martin";
    for line in whole_lines() {
        for marked in marked(&line) {
            let marked = marked.replace(SECRET, secret);
            let Err(error) = parse_line(&marked) else { continue };
            assert!(
                !said(&error).contains("Martin") && !said(&error).contains("intranet"),
                "{error}"
            );
        }
    }
}
