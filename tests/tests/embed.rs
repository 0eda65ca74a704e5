//! The recorder that vendors copy: it records what it may, and nothing else.

#[path = "../../host/examples/embed.rs"]
#[expect(
    dead_code,
    reason = "its `main` records by the wall clock, and this by a date of the rules"
)]
mod embed;

use gardefou::{
    Answer, Calls, CaptureMode, Notice, Policy, PolicyHandle, Purpose, Reason, Rect, Runtime, SessionFacts, Source,
    Timestamp,
};

/// An instant at which the example rules are in force.
const NOW: Timestamp = Timestamp::from_millis(1_795_600_000_000);

fn handle() -> PolicyHandle {
    let rules = Source::Rules(include_str!("../../rules/example.toml"));
    PolicyHandle::new(vec![Policy::load(&Runtime::new().unwrap(), rules).unwrap()]).unwrap()
}

fn facts() -> SessionFacts {
    let mut facts = SessionFacts::default();
    facts.session = "s-1".into();
    facts.employee = "e-1001".into();
    facts.programme = "crm-onboarding".into();
    facts.purpose = Purpose::Training;
    facts.mode = CaptureMode::ScreenVideo;
    facts.frame_interval = 200;
    facts.employee_notice = Some(Notice {
        version: "2026-09".into(),
        given_at: NOW.minus(86_400_000),
    });
    facts.employee_objected = Answer::No;
    facts.protected_line = Answer::No;
    facts.calls = Some(Calls {
        offered: 10,
        recorded: 0,
    });
    facts
}

#[test]
fn what_it_keeps_shows_the_window_and_nothing_else() {
    let frames = embed::record(&handle(), facts(), NOW).unwrap();
    assert!(!frames.is_empty());
    let window = Rect::new(8, 8, 40, 30);
    for frame in frames {
        for (n, pixel) in frame.chunks(4).enumerate() {
            let (x, y) = (n as i32 % 64, n as i32 / 64);
            let inside = (8..48).contains(&x) && (8..38).contains(&y);
            assert_eq!(pixel, [if inside { 255 } else { 0 }; 4], "{x}, {y} of {window:?}");
        }
    }
}

#[test]
fn what_is_unknown_refuses() {
    let why = embed::record(&handle(), SessionFacts::default(), NOW).unwrap_err();
    assert!(Reason::from_name(&why.to_string()).is_some(), "{why}");
    let mut objected = facts();
    objected.employee_objected = Answer::Yes;
    let why = embed::record(&handle(), objected, NOW).unwrap_err();
    assert_eq!(why.to_string(), Reason::EMPLOYEE_OBJECTED.to_string());
}
