//! The end of a session, what a recorder has to do in the meantime, and windows whose number is another's.

use std::sync::LazyLock;

use gardefou::{
    Action, CallFacts, CallPhase, Clock, Condition, Opening, Outcome, Placed, Policy, PolicyHandle, Reason, Rect,
    Runtime, Session, Span, Standing, Timestamp,
};
use gardefou_tests::call::Program;
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::story::rules;
use proptest::collection::vec;
use proptest::prelude::*;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::from_checked_rules(&RUNTIME, &rules()).unwrap());

/// A session of which everything is as it must be, on a clock that the test sets.
struct Sound {
    handle: PolicyHandle,
    session: Session,
    call: CallFacts,
}

fn placed(id: u32) -> Placed {
    let all = Rect::new(10, 10, 60, 40);
    Placed {
        id,
        inner: all,
        outer: all,
    }
}

fn after(ms: u64) -> Timestamp {
    NOW.plus(ms)
}

impl Sound {
    fn new() -> Self {
        let handle = PolicyHandle::new(vec![POLICY.clone()]).unwrap();
        let mut facts = fixture::facts();
        facts.frame_interval = 1_000;
        let Opening::Open(session, call) = handle.open_with_clock(facts, Clock::told(NOW)).unwrap() else {
            panic!("a sound session is refused");
        };
        call.phase_at(CallPhase::Connected, NOW);
        for condition in Condition::ALL {
            call.condition_at(condition, Some(condition.must_hold()), NOW);
        }
        let mut sound = Self { handle, session, call };
        sound.session.windows(&[placed(0)], NOW, NOW);
        sound.session.identify_at(0, &Program::Crm.identity(), NOW);
        sound
    }

    fn set(&self, ms: u64) {
        self.session.clock().advance(after(ms));
    }

    fn frame(&mut self, ms: u64, asked: u64) -> Action {
        self.set(asked);
        self.session.windows(&[placed(0)], after(ms), after(ms));
        self.session.decide(after(ms), 200, 100).action()
    }
}

#[test]
fn a_standing_that_nobody_set_is_a_stop() {
    assert!(matches!(Standing::default(), Standing::Stop(_)));
}

#[test]
fn a_toggle_between_two_frames_is_not_lost() {
    let payment = Condition::PAYMENT_ENTRY;
    let mut s = Sound::new();
    assert_eq!(s.frame(100, 100), Action::Keep);
    assert_eq!(s.call.standing(), Standing::Stands);
    s.set(110);
    assert_eq!(s.call.condition_at(payment, Some(true), after(110)), Standing::Ask);
    s.set(120);
    assert_eq!(s.call.condition_at(payment, Some(false), after(120)), Standing::Ask);
    assert_eq!(s.call.standing(), Standing::Ask);
    // The frame of before the toggle's end is refused, and so the session was asked under the new facts.
    assert_eq!(s.frame(119, 130), Action::Skip);
    assert_eq!(s.frame(130, 140), Action::Keep);
    assert_eq!(s.call.standing(), Standing::Stands);
    // The same of a phase, and of what is told late.
    s.set(150);
    assert_eq!(s.call.phase_at(CallPhase::Held, after(145)), Standing::Ask);
    assert_eq!(s.call.phase_at(CallPhase::Connected, after(150)), Standing::Ask);
    assert_eq!(s.frame(160, 160), Action::Keep);
    assert_eq!(s.call.standing(), Standing::Stands);
    s.set(170);
    assert_eq!(s.call.condition_at(payment, Some(true), after(155)), Standing::Ask);
}

/// Tells something of a call.
type Tell = fn(&CallFacts) -> Standing;

#[test]
fn what_ends_a_call_is_a_stop_at_once() {
    let told: [(Tell, Reason); 3] = [
        (|call| call.phase_at(CallPhase::AfterCall, after(110)), Reason::NO_CALL),
        (
            |call| call.condition_at(Condition::PRIVATE_CALL, Some(true), after(110)),
            Reason::PRIVATE_CALL,
        ),
        (
            |call| call.condition_at(Condition::PARTY_OBJECTED, Some(true), after(110)),
            Reason::PARTY_OBJECTED,
        ),
    ];
    for (tell, reason) in told {
        let mut s = Sound::new();
        assert_eq!(s.frame(100, 100), Action::Keep);
        s.set(110);
        assert_eq!(tell(&s.call), Standing::Stop(reason));
        assert_eq!(s.frame(109, 120), Action::Stop);
        assert_eq!(s.call.standing(), Standing::Stop(reason), "asked or not");
    }
}

#[test]
fn what_is_said_of_a_window_that_is_not_listed_is_said_of_no_window() {
    let mut s = Sound::new();
    s.session.identify_at(5, &Program::Crm.identity(), NOW);
    s.session.identify(5, &Program::Crm.identity());
    s.set(100);
    s.session.windows(&[placed(5)], after(100), after(100));
    assert_eq!(s.session.unidentified().collect::<Vec<_>>(), [5]);
    let decision = s.session.decide(after(100), 200, 100);
    assert_eq!(
        (decision.action(), decision.why().reason),
        (Action::Skip, Reason::NO_TRAINING_WINDOW)
    );
}

/// What a recorder does: a frame so much after the one before, or a segment from then to then.
#[derive(Clone, Debug)]
enum Step {
    Frame(u64),
    Segment(u64, u64),
    /// The party's objection is unknown for a moment, in which a segment is told.
    Discard(u64, u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..300u64).prop_map(Step::Frame),
        2 => (0..3_000u64, 0..3_000u64).prop_map(|(start, end)| Step::Segment(start, end)),
        1 => (0..3_000u64, 0..3_000u64).prop_map(|(start, end)| Step::Discard(start, end)),
    ]
}

fn span(start: u64, end: u64) -> Span {
    Span {
        start: after(start),
        end: after(end),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    /// Wherever its segments lie, and whenever it is finished: every frame that was kept lies in a segment that
    /// was reviewed, or is discarded; and what was discarded once is in nothing that is kept.
    #[test]
    fn every_kept_frame_is_reviewed(steps in vec(step(), 1..25), end in 0..4_000u64) {
        let mut s = Sound::new();
        let (mut now, mut kept, mut gone) = (0, vec![], vec![]);
        for step in steps {
            match step {
                Step::Frame(wait) => {
                    now += wait;
                    if s.frame(now, now) == Action::Keep {
                        kept.push(after(now));
                    }
                }
                Step::Segment(start, end) => {
                    if let Outcome::Discard(ticket) = s.session.segment(after(start), after(end)) {
                        gone.push(span(start, end));
                        ticket.done().unwrap();
                    }
                }
                Step::Discard(start, end) => {
                    s.call.condition_at(Condition::PARTY_OBJECTED, None, after(now));
                    match s.session.segment(after(start), after(end)) {
                        Outcome::Discard(ticket) => ticket.done().unwrap(),
                        kept => prop_assert!(false, "{kept:?}"),
                    }
                    gone.push(span(start, end));
                    s.call.condition_at(Condition::PARTY_OBJECTED, Some(false), after(now));
                }
            }
        }
        let Sound { handle, session, .. } = s;
        let mut reviewed = vec![];
        for review in session.finish(after(end)) {
            reviewed.push(review.segment);
            let part = match review.outcome {
                Outcome::Keep => review.segment,
                Outcome::Trim(part) => part,
                Outcome::Discard(_) => continue,
            };
            for gone in &gone {
                prop_assert!(part.intersection(*gone).is_empty(), "{part:?} was discarded with {gone:?}");
            }
        }
        reviewed.extend(handle.open_discards().iter().map(|ticket| ticket.discard().segment));
        reviewed.extend(gone);
        for at in kept {
            prop_assert!(reviewed.iter().any(|segment| segment.contains(at)), "{at:?} is in none of {reviewed:?}");
        }
    }
}

#[test]
fn after_a_frame_from_before_the_rules_the_next_question_is_due() {
    let mut s = Sound::new();
    assert_eq!(s.frame(100, 100), Action::Keep);
    s.set(150);
    let mut other = rules();
    other.version = "2".into();
    let other = Policy::from_checked_rules(&RUNTIME, &other).unwrap();
    s.handle.offer(vec![other]).unwrap();
    assert_eq!(s.frame(149, 150), Action::Skip);
    assert_eq!(s.session.wake_at(), Some(after(1_149)));
}
