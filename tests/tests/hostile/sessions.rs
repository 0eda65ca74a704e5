//! What a policy that misbehaves sometimes does to its session, and to the policies and sessions beside it.

use gardefou::{Action, FaultKind, Opening, Policy, PolicyHandle, Reason, Rect, Source};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::hostile::{Answer, Foreign, Part, SKIP, STOP};
use gardefou_tests::sitting::{Frame, SURFACE, Sitting, WINDOW};

use crate::ask::{RUNTIME, load, works};

/// Traps when the call is on hold; keeps otherwise.
fn traps_on_hold() -> Foreign {
    let good = Answer {
        count: 1,
        ..Answer::KEEP
    };
    let rect: Vec<u8> = [10u32, 10, 60, 40].into_iter().flat_map(u32::to_le_bytes).collect();
    let body = format!(
        "(if (i32.eq (local.get $phase) (i32.const 3)) (then (unreachable))) {}",
        good.body()
    );
    Foreign::good().data(rect).with(Part::Decide, &body)
}

fn said(frame: &Frame) -> (Action, Reason) {
    (frame.action, frame.why.reason)
}

const KEPT: (Action, Reason) = (Action::Keep, Reason::PERMITTED);
const FAULT: (Action, Reason) = (Action::Skip, Reason::POLICY_FAULT);
const ENDED: (Action, Reason) = (Action::Stop, Reason::POLICY_FAULT);

fn frame_in(sitting: &mut Sitting, phase: gardefou::CallPhase) -> (Action, Reason) {
    sitting.call.phase_at(phase, sitting.now);
    said(&sitting.frame())
}

#[test]
fn the_third_fault_ends_the_session() {
    use gardefou::CallPhase::{Connected, Held};
    let policy = load(&traps_on_hold()).unwrap();
    let mut sitting = Sitting::alone(&policy);
    let told: Vec<_> = [Connected, Held, Connected, Connected, Held, Connected]
        .map(|phase| frame_in(&mut sitting, phase))
        .to_vec();
    assert_eq!(
        told,
        [KEPT, FAULT, KEPT, KEPT, FAULT, KEPT],
        "a fresh instance answers again"
    );
    assert_eq!(sitting.session.faults().len(), 2);
    assert_eq!(frame_in(&mut sitting, Held), ENDED);
    for _ in 0..5 {
        assert_eq!(frame_in(&mut sitting, Connected), ENDED, "until its end");
    }
    assert_eq!(sitting.session.wake_at(), None);
    let faults = sitting.session.faults();
    assert_eq!(faults.len(), 3);
    assert!(
        faults
            .iter()
            .all(|f| f.policy() == "foreign" && matches!(f.kind(), FaultKind::Trap(_))),
        "{faults:?}"
    );
    // Its own next session works.
    works(&policy);
}

#[test]
fn a_fault_that_goes_on_ends_the_session_at_the_third_frame() {
    let mut sitting = Sitting::alone(&load(&Foreign::good().with(Part::Decide, "(unreachable)")).unwrap());
    let told: Vec<_> = (0..4).map(|_| said(&sitting.frame())).collect();
    assert_eq!(told, [FAULT, FAULT, ENDED, ENDED]);
}

#[test]
fn a_policy_that_faults_at_the_reopening_is_a_fault_of_the_session() {
    let (good, next) = (
        load(&Foreign::good()).unwrap(),
        load(&Foreign::good().with(Part::Open, "(unreachable)")).unwrap(),
    );
    let handle = PolicyHandle::new(vec![good]).unwrap();
    let mut sitting = Sitting::under(&handle);
    assert_eq!(said(&sitting.frame()), KEPT);
    handle.offer(vec![next]).unwrap();
    let told: Vec<_> = (0..4).map(|_| sitting.frame().action).collect();
    assert!(!told.contains(&Action::Keep), "{told:?}");
    assert_eq!(told.last(), Some(&Action::Stop));
}

#[test]
fn a_fault_beside_a_stop_is_a_stop_for_its_reason() {
    let faulty = load(&Foreign::good().with(Part::Decide, "(unreachable)")).unwrap();
    let stops = load(&Foreign::good().answering(&Answer::refusal(STOP, 2_000, 3))).unwrap();
    let skips = load(&Foreign::good().answering(&Answer::refusal(SKIP, 2_000, 3))).unwrap();
    for policies in [[faulty.clone(), stops.clone()], [stops.clone(), faulty.clone()]] {
        let mut sitting = Sitting::under(&PolicyHandle::new(policies.to_vec()).unwrap());
        let frame = sitting.frame();
        assert_eq!(said(&frame), (Action::Stop, Reason(2_000)));
        assert_eq!((frame.why.policy, frame.why.detail), (stops.digest(), 3));
        assert_eq!(sitting.session.faults().len(), 1);
    }
    for policies in [[faulty.clone(), skips.clone()], [skips, faulty.clone()]] {
        let frame = Sitting::under(&PolicyHandle::new(policies.to_vec()).unwrap()).frame();
        assert_eq!(
            (said(&frame), frame.why.policy),
            (FAULT, faulty.digest()),
            "a fault comes before every other reason"
        );
    }
}

#[test]
fn a_fault_beside_a_keep_is_a_skip() {
    let faulty = load(&Foreign::good().with(Part::Decide, "(unreachable)")).unwrap();
    let good = load(&Foreign::good()).unwrap();
    let frame = Sitting::under(&PolicyHandle::new(vec![good, faulty.clone()]).unwrap()).frame();
    assert_eq!((said(&frame), frame.why.policy), (FAULT, faulty.digest()));
}

/// It keeps the whole surface, whatever lies on it.
fn keeps_everything() -> Policy {
    let whole = Rect::new(0, 0, SURFACE.0, SURFACE.1);
    load(&Foreign::good().keeping(&[whole]).with(Part::Classify, "(i32.const 1)")).unwrap()
}

#[test]
fn the_floor_cuts_what_no_window_covers() {
    let mut sitting = Sitting::alone(&keeps_everything());
    assert_eq!(
        sitting.frame().keep,
        [WINDOW],
        "although the policy said that it is `other`"
    );
    sitting.place(&[]);
    assert_eq!(said(&sitting.frame()), (Action::Skip, Reason::NO_TRAINING_WINDOW));
}

#[test]
fn the_floor_cuts_what_is_not_certainly_the_windows_own() {
    let mut sitting = Sitting::alone(&keeps_everything());
    let (inner, outer) = (Rect::new(20, 20, 40, 20), Rect::new(10, 10, 60, 40));
    sitting.place(&[(inner, outer)]);
    assert_eq!(sitting.frame().keep, [inner]);
    sitting.place(&[(Rect::default(), outer)]);
    assert_eq!(said(&sitting.frame()), (Action::Skip, Reason::NO_TRAINING_WINDOW));
    // A shadow over another window hides it.
    sitting.place(&[(inner, outer), (outer, outer)]);
    assert_eq!(sitting.frame().keep, [inner]);
}

#[test]
fn a_policy_that_keeps_everything_loosens_no_other() {
    let strict = Policy::from_checked_rules(&RUNTIME, &fixture::rules()).unwrap();
    let handle = PolicyHandle::new(vec![keeps_everything(), strict]).unwrap();
    let mut sitting = Sitting::under(&handle);
    assert_eq!(sitting.frame().keep, [WINDOW]);
    sitting.call.condition(gardefou::Condition::PARTY_INFORMED, None);
    assert_eq!(said(&sitting.frame()), (Action::Skip, Reason::PARTY_NOT_INFORMED));
}

#[test]
fn a_policy_that_keeps_everything_is_under_the_floor() {
    use gardefou::Condition;
    let policy = keeps_everything();
    for (condition, state, expected) in [
        (
            Condition::PRIVATE_CALL,
            Some(true),
            (Action::Stop, Reason::PRIVATE_CALL),
        ),
        (Condition::PRIVATE_CALL, None, (Action::Skip, Reason::PRIVATE_CALL)),
        (
            Condition::PARTY_OBJECTED,
            Some(true),
            (Action::Stop, Reason::PARTY_OBJECTED),
        ),
        (Condition::AUDIO_RECORDED, Some(false), (Action::Skip, Reason::NO_CALL)),
        (
            Condition::PARTY_INFORMED,
            None,
            (Action::Skip, Reason::PARTY_NOT_INFORMED),
        ),
        (Condition::PAYMENT_ENTRY, Some(true), (Action::Skip, Reason::PAYMENT)),
        (
            Condition::SECURE_INPUT,
            Some(true),
            (Action::Skip, Reason::SECURE_INPUT),
        ),
        (Condition::EMPLOYEE_PAUSED, Some(true), (Action::Skip, Reason::PAUSED)),
    ] {
        let mut sitting = Sitting::alone(&policy);
        assert_eq!(said(&sitting.frame()), KEPT);
        sitting.call.condition(condition, state);
        assert_eq!(said(&sitting.frame()), expected);
    }
    let mut facts = fixture::facts();
    facts.purpose = gardefou::Purpose::Monitoring;
    let handle = PolicyHandle::new(vec![policy]).unwrap();
    match handle.open(facts, NOW).unwrap() {
        Opening::Refused(why) => assert_eq!(why.reason, Reason::PURPOSE),
        Opening::Open(..) => panic!(),
    }
}

#[test]
fn sessions_share_nothing_that_a_policy_remembers() {
    let counts = "(global.set $counter (i32.add (global.get $counter) (i32.const 1)))
        (call $verdict (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 1000) (global.get $counter)
          (local.get $at) (i64.const -1))";
    let policy = load(&Foreign::good().with(Part::Decide, counts)).unwrap();
    let handle = PolicyHandle::new(vec![policy]).unwrap();
    let mut one = Sitting::under(&handle);
    let details =
        |sitting: &mut Sitting, frames: usize| (0..frames).map(|_| sitting.frame().why.detail).collect::<Vec<_>>();
    assert_eq!(details(&mut one, 3), [1, 2, 3]);
    let mut other = Sitting::under(&handle);
    assert_eq!(details(&mut other, 2), [1, 2]);
    assert_eq!(details(&mut one, 2), [4, 5]);
    assert_eq!(details(&mut other, 1), [3]);
    // Accesses are asked in instances of their own, too.
    let grants_twice = "(global.set $counter (i32.add (global.get $counter) (i32.const 1)))
        (if (result i32) (i32.gt_u (global.get $counter) (i32.const 1))
          (then (call $authorised (i32.const 1) (i32.const 1000)))
          (else (call $authorised (i32.const 0) (i32.const 1))))";
    let handle = PolicyHandle::new(vec![
        load(&Foreign::good().with(Part::Authorise, grants_twice)).unwrap(),
    ])
    .unwrap();
    for _ in 0..3 {
        assert!(matches!(
            handle.authorise(&fixture::access()).unwrap(),
            gardefou::Authorisation::Granted(_)
        ));
    }
}

#[test]
fn the_real_policy_works_after_every_kind_of_fault() {
    for body in [
        "(unreachable)",
        "(loop $l (br $l)) (unreachable)",
        "(drop (memory.grow (i32.const 9999))) (unreachable)",
    ] {
        let mut sitting = Sitting::alone(&load(&Foreign::good().with(Part::Decide, body)).unwrap());
        assert_eq!(said(&sitting.frame()), FAULT);
    }
    works(&Policy::from_checked_rules(&RUNTIME, &fixture::rules()).unwrap());
    let text = include_str!("../../../rules/example.toml");
    assert_eq!(
        Policy::load(&RUNTIME, Source::Rules(text)).unwrap().description().id,
        "acme-support"
    );
}
