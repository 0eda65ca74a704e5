//! Whatever facts are told, in whatever order: the plain reading of the contract, of the SDK over a real
//! component, and of the reference.

use std::sync::LazyLock;

use gardefou::{Action, CallPhase, Condition, Policy, PolicyHandle, Runtime};
use gardefou_tests::call::{Answer, Call, Event, Offset, play};
use gardefou_tests::story::{Story, rules};
use gardefou_tests::{plain, reference};
use proptest::collection::vec;
use proptest::prelude::*;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::from_checked_rules(&RUNTIME, &rules()).unwrap());

/// At any time: now, some time ago, or to come.
fn offset() -> impl Strategy<Value = Offset> {
    prop_oneof![3 => Just(0), 6 => -150..0i64, 1 => -2_500..0i64, 1 => 1..150i64]
}

/// A few of the facts, so that words of one meet, and mostly what passes.
fn word() -> impl Strategy<Value = Event> {
    let conditions = vec![
        Condition::AUDIO_RECORDED,
        Condition::PAYMENT_ENTRY,
        Condition::EMPLOYEE_PAUSED,
        Condition::PARTY_OBJECTED,
    ];
    let phases = vec![
        CallPhase::Connected,
        CallPhase::Connected,
        CallPhase::Connected,
        CallPhase::Held,
        CallPhase::Ringing,
        CallPhase::None,
        CallPhase::AfterCall,
    ];
    let right = prop_oneof![12 => Just(Some(true)), 2 => Just(None), 2 => Just(Some(false))];
    let condition = (prop::sample::select(conditions), right, offset()).prop_map(|(c, right, from)| {
        // What would stick is seldom told, and unknown instead.
        let state = match right {
            Some(false) if c.is_sticky() => None,
            right => right.map(|right| c.must_hold() == right),
        };
        Event::Condition(c, state, from)
    });
    let sticks = offset().prop_map(|from| Event::Condition(Condition::PRIVATE_CALL, Some(true), from));
    let phase = (prop::sample::select(phases), offset()).prop_map(|(phase, from)| Event::Phase(phase, from));
    prop_oneof![40 => condition, 8 => phase, 1 => sticks]
}

fn frame() -> impl Strategy<Value = Event> {
    let late = prop_oneof![3 => Just(0u64), 8 => 0..150u64, 1 => 0..2_200u64];
    late.prop_map(|late| Event::Frame {
        late,
        before: 0,
        after: 0,
    })
}

fn event() -> impl Strategy<Value = Event> {
    let segment = (0..20u64, -500..1i64).prop_map(|(n, end)| Event::Segment { start: n * 100, end });
    prop_oneof![10 => (0..80u64).prop_map(Event::Wait), 6 => word(), 10 => frame(), 1 => segment]
}

fn call() -> impl Strategy<Value = Call> {
    vec(event(), 1..60).prop_map(|events| {
        let mut story = Story::new();
        events.into_iter().for_each(|event| {
            story.push(event);
        });
        story.call().clone()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, max_shrink_iters: 5_000, ..ProptestConfig::default() })]

    #[test]
    fn what_any_instant_refuses_is_not_kept(call in call(), reuse in any::<bool>()) {
        let handle = PolicyHandle::new(vec![POLICY.clone()]).unwrap();
        let answers = play(&call, &handle, reuse, |_| {});
        if let Err(broken) = plain::holds(&call, &answers) {
            prop_assert!(false, "{broken}: {answers:?}");
        }
    }

    #[test]
    fn the_reference_keeps_to_the_plain_reading(call in call()) {
        let answers = reference::answers(&call);
        if let Err(broken) = plain::holds(&call, &answers) {
            prop_assert!(false, "{broken}: {answers:?}");
        }
    }
}

/// Held from before a frame's question, told after it; then that the call had been over even before: the frame is from
/// within the call, and what was told of it first still refuses it.
#[test]
fn what_an_earlier_hang_up_takes_back_discards_all_the_same() {
    let mut story = Story::new();
    for event in [
        Event::Wait(25),
        Event::Frame {
            late: 19,
            before: 0,
            after: 0,
        },
        Event::Phase(CallPhase::Held, -2),
        Event::Wait(15),
        Event::Phase(CallPhase::None, -18),
    ] {
        story.push(event);
    }
    let handle = PolicyHandle::new(vec![POLICY.clone()]).unwrap();
    let answers = play(story.call(), &handle, true, |_| {});
    assert!(
        matches!(answers.as_slice(), [Answer::Frame(Action::Keep, ..), Answer::Finished(stay)] if stay.is_empty()),
        "{answers:?}"
    );
    assert_eq!(reference::answers(story.call()), answers);
}
