//! Histories of facts: words about a call in any order, of any instant, and frames that are asked about in between.

use std::sync::LazyLock;

use gardefou::{Action, CallPhase, Condition, Policy, PolicyHandle, Reason};
use gardefou_tests::call::{Answer, Call, Event, Offset, Program, play};
use gardefou_tests::story::{Story, rules};
use gardefou_tests::{plain, reference};

use crate::RUNTIME;

/// More events than this of one input teach nothing, and the plain reading looks at every instant of every frame.
const EVENTS: usize = 60;

const PHASES: [CallPhase; 8] = [
    CallPhase::Connected,
    CallPhase::Connected,
    CallPhase::Connected,
    CallPhase::Held,
    CallPhase::Consulting,
    CallPhase::Ringing,
    CallPhase::None,
    CallPhase::AfterCall,
];

const PROGRAMS: [Program; 4] = [Program::Crm, Program::Crm, Program::Other, Program::Unknown];

static POLICY: LazyLock<Policy> =
    LazyLock::new(|| Policy::from_checked_rules(&RUNTIME, &rules()).expect("the rules of the stories load"));

/// **Whatever facts are told, in whatever order, a frame that any instant from its capture to its question would
/// refuse is not kept**: the plain reading says so of what the SDK answers, with leases and without, and of the
/// second implementation; and the two record alike.
pub fn history(data: &[u8]) {
    let call = call(data);
    let handle = || PolicyHandle::new(vec![POLICY.clone()]).expect("one policy decides");
    let expected = reference::answers(&call);
    for reuse in [true, false] {
        let answers = play(&call, &handle(), reuse, |_| {});
        if let Err(broken) = plain::holds(&call, &answers) {
            panic!("{broken}: {answers:?}");
        }
        assert_eq!(recorded(answers), recorded(expected.clone()), "with leases: {reuse}");
    }
    if let Err(broken) = plain::holds(&call, &expected) {
        panic!("of the reference, {broken}: {expected:?}");
    }
}

/// The answers without why a frame is refused: nothing of it is recorded. Of an `after-call` and a `none` that are
/// told out of order, the contract does not say which the call is in afterwards, and the SDK and the second
/// implementation read it differently.
fn recorded(answers: Vec<Answer>) -> Vec<Answer> {
    let alike = |answer| match answer {
        Answer::Frame(Action::Stop | Action::Skip, _, keep) => Answer::Frame(Action::Skip, Reason::NO_CALL, keep),
        other => other,
    };
    answers.into_iter().map(alike).collect()
}

/// The call that the bytes tell of: connected and sound at first, three bytes an event.
#[must_use]
pub fn call(data: &[u8]) -> Call {
    let mut story = Story::new();
    for bytes in data.as_chunks::<3>().0.iter().take(EVENTS) {
        let [kind, which, when] = *bytes;
        story.push(event(kind, which, when));
    }
    story.call().clone()
}

fn event(kind: u8, which: u8, when: u8) -> Event {
    let since = offset(which >> 6, when);
    match kind % 16 {
        0..=4 => Event::Wait(u64::from(which) % 120),
        5..=7 => Event::Condition(chosen(&Condition::ALL, which), state(kind >> 4), since),
        8 => Event::Phase(chosen(&PHASES, which), since),
        9 => Event::Identity(0, chosen(&PROGRAMS, which), since),
        10 => Event::Segment {
            start: u64::from(which) * 10,
            end: since.min(0),
        },
        11 => Event::Again(since),
        _ => Event::Frame {
            // Most are asked about soon, some later than any frame may be.
            late: u64::from(when) * if which == 0 { 10 } else { 1 },
            before: u64::from(which >> 7),
            after: 0,
        },
    }
}

fn chosen<T: Copy, const N: usize>(all: &[T; N], which: u8) -> T {
    all[usize::from(which) % N]
}

const fn state(bits: u8) -> Option<bool> {
    match bits {
        0 => None,
        1..=7 => Some(false),
        _ => Some(true),
    }
}

/// Now, some time ago, long ago, or to come.
fn offset(scale: u8, when: u8) -> Offset {
    let when = Offset::from(when);
    match scale {
        0 => 0,
        1 => -when,
        2 => -10 * when,
        _ => when,
    }
}
