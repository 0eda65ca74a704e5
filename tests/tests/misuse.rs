//! What an honest recorder gets wrong, and what the SDK makes of it.

use std::sync::LazyLock;

use gardefou::{
    Action, AppIdentity, CallPhase, Clock, Condition, Opening, Outcome, Placed, Policy, PolicyHandle, Reason, Rect,
    Runtime, Session, WindowKind,
};
use gardefou_policy::rules::{Programmes, Rules};
use gardefou_tests::fixture::{self, NOW};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

const CRM: Rect = Rect::new(0, 0, 80, 60);

fn under(rules: &Rules) -> PolicyHandle {
    PolicyHandle::new(vec![Policy::from_checked_rules(&RUNTIME, rules).unwrap()]).unwrap()
}

fn open(handle: &PolicyHandle) -> (Session, gardefou::CallFacts) {
    let Opening::Open(session, call) = handle.open_with_clock(fixture::facts(), Clock::told(NOW)).unwrap() else {
        panic!("refused")
    };
    call.phase_at(CallPhase::Connected, NOW);
    for condition in Condition::ALL {
        call.condition(condition, Some(condition.must_hold()));
    }
    (session, call)
}

fn crm(title: &str) -> AppIdentity {
    let mut app = AppIdentity::default();
    app.executable = Some("crm.exe".into());
    app.title = Some(title.into());
    app
}

/// Tells that window 1 covers [`CRM`], and identifies it; the answer to the frame at that many ms.
fn frame(session: &mut Session, ms: u64, title: &str) -> Action {
    let at = NOW.plus(ms);
    session.clock().advance(at);
    session.windows(
        &[Placed {
            id: 1,
            inner: CRM,
            outer: CRM,
        }],
        at,
        at,
    );
    session.identify(1, &crm(title));
    session.decide(at, 100, 100).action()
}

#[test]
fn an_identity_told_before_every_frame_follows_the_title() {
    let mut rules = fixture::rules();
    rules.applications[0].never_title = vec!["*mot de passe*".into()];
    let (mut session, _call) = open(&under(&rules));
    assert_eq!(frame(&mut session, 0, "Ticket 7"), Action::Keep);
    assert_eq!(frame(&mut session, 200, "Ticket 7"), Action::Keep);
    assert_eq!(frame(&mut session, 400, "Nouveau Mot de Passe"), Action::Skip);
    assert_eq!(frame(&mut session, 600, "Ticket 8"), Action::Keep);
}

#[test]
fn a_window_that_left_the_list_is_identified_anew() {
    let (mut session, _call) = open(&under(&fixture::rules()));
    assert_eq!(frame(&mut session, 0, "Ticket 7"), Action::Keep);
    session.windows(&[], NOW.plus(200), NOW.plus(200));
    assert_eq!(session.decide(NOW.plus(200), 100, 100).action(), Action::Skip);
    // The system gave the number to another window.
    session.windows(
        &[Placed {
            id: 1,
            inner: CRM,
            outer: CRM,
        }],
        NOW.plus(400),
        NOW.plus(400),
    );
    assert_eq!(session.unidentified().collect::<Vec<_>>(), [1]);
    assert_eq!(session.kind(1), WindowKind::Other);
    assert_eq!(session.decide(NOW.plus(400), 100, 100).action(), Action::Skip);
}

#[test]
fn a_mask_made_from_a_frame_that_is_not_kept_shows_nothing() {
    let (mut session, call) = open(&under(&fixture::rules()));
    frame(&mut session, 0, "Ticket 7");
    let kept = session.decide(NOW, 100, 100);
    let (number, blank) = (kept.number(), kept.blank().to_vec());
    assert!(number != 0 && !blank.is_empty());
    call.condition(Condition::PAYMENT_ENTRY, Some(true));
    let skipped = session.decide(NOW.plus(10), 100, 100);
    assert_eq!((skipped.action(), skipped.number()), (Action::Skip, 0));
    assert_eq!(skipped.blank(), [Rect::new(0, 0, 100, 100)]);
    // Another session's regions have numbers of their own.
    let (mut other, _call) = open(&under(&fixture::rules()));
    frame(&mut other, 0, "Ticket 7");
    assert_ne!(other.decide(NOW, 100, 100).number(), number);
}

#[test]
fn a_margin_grows_what_is_blanked() {
    let (mut session, _call) = open(&under(&fixture::rules()));
    frame(&mut session, 0, "Ticket 7");
    let number = session.decide(NOW, 100, 100).number();
    session.set_margin(3);
    let decision = session.decide(NOW, 100, 100);
    assert_eq!(decision.keep(), [CRM]);
    assert_eq!(decision.blank(), [Rect::new(77, 0, 23, 63), Rect::new(0, 57, 100, 43)]);
    assert_ne!(decision.number(), number);
}

#[test]
fn what_was_kept_after_the_last_segment_is_reviewed_at_the_end() {
    let handle = under(&fixture::rules());
    let (mut session, call) = open(&handle);
    frame(&mut session, 0, "Ticket 7");
    assert!(matches!(session.segment(NOW, NOW.plus(200)), Outcome::Keep));
    frame(&mut session, 200, "Ticket 7");
    frame(&mut session, 400, "Ticket 7");
    call.condition(Condition::PARTY_OBJECTED, Some(true));
    let reviewed = session.finish(NOW.plus(600)).reviewed;
    let ends: Vec<_> = reviewed.iter().map(|r| (r.segment.start, r.segment.end)).collect();
    assert_eq!(ends, [(NOW, NOW.plus(200)), (NOW.plus(200), NOW.plus(600))]);
    for review in reviewed {
        let Outcome::Discard(ticket) = review.outcome else {
            panic!("{review:?}")
        };
        assert_eq!(ticket.discard().why.reason, Reason::PARTY_OBJECTED);
        ticket.done().unwrap();
    }
    assert!(handle.open_discards().is_empty());
}

#[test]
fn a_session_that_is_dropped_unfinished_leaves_an_open_discard() {
    let handle = under(&fixture::rules());
    let (session, _call) = open(&handle);
    drop(session);
    assert!(handle.open_discards().is_empty(), "nothing was kept");
    let (mut session, _call) = open(&handle);
    frame(&mut session, 0, "Ticket 7");
    drop(session);
    let open = handle.open_discards();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].discard().segment.start, NOW);
    open.into_iter().for_each(|ticket| ticket.done().unwrap());
    assert!(handle.open_discards().is_empty());
}

#[test]
fn documents_at_their_limits_and_long_titles_are_no_fault() {
    let mut rules = fixture::rules();
    rules.applications = (0..1_000)
        .map(|n| {
            let mut app = fixture::application(&format!("app{n}"));
            app.never_title = vec![
                format!("*password {n}*").into(),
                "*mot de passe*".into(),
                "*secret*".into(),
            ];
            app
        })
        .collect();
    rules.applications[0] = fixture::application("crm");
    if let Programmes::Listed(list) = &mut rules.programmes {
        list[0].applications = (0..1_000).collect();
    }
    let (mut session, _call) = open(&under(&rules));
    for (ms, length) in [
        (0, 9),
        (200, 300),
        (400, 1_000),
        (600, 2_048),
        (800, 2_049),
        (1_000, 4_096),
    ] {
        let title = "x".repeat(length);
        let expected = if length <= 2_048 { Action::Keep } else { Action::Skip };
        assert_eq!(frame(&mut session, ms, &title), expected, "{length}");
    }
    // Each of the 1,000 must be searched for in this one.
    assert_eq!(frame(&mut session, 1_200, &"secrecret".repeat(200)), Action::Skip);
    assert_eq!(session.faults(), []);
}

#[test]
fn a_frame_earlier_than_the_latest_says_so() {
    let (mut session, _call) = open(&under(&fixture::rules()));
    frame(&mut session, 200, "Ticket 7");
    let why = session.decide(NOW, 100, 100).why();
    let note = gardefou::floor_description();
    let note = note.note(why.refusal()).unwrap();
    assert_eq!(
        note.title.english,
        "The frame is earlier than the session's latest frame"
    );
}
