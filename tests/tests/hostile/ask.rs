//! Puts one question to a policy that misbehaves at it, and holds what follows against the contract.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use gardefou::{
    Action, Artefact, Digest, FaultKind, LoadError, Opening, Outcome, Policy, PolicyHandle, Reason, Runtime, Source,
    WindowKind,
};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::hostile::Foreign;
use gardefou_tests::sitting::{Sitting, WINDOW};

pub static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// What a refusal may take: its fuel is a tenth of a second of computing.
const SOON: Duration = Duration::from_millis(500);

/// How often a question is asked, and how often at most where the machine is too busy to tell.
const TRIES: usize = 3;
const MOST_TRIES: usize = 20;

/// Where a policy misbehaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    Load,
    Open,
    Classify,
    Frame,
    Review,
    Access,
    Retention,
}

pub fn load(policy: &Foreign) -> Result<Policy, LoadError> {
    Policy::load(&RUNTIME, Source::Bytes(&policy.component()))
}

/// Asks the question several times; answers the faults. Every one is a refusal, one of them comes soon, and
/// the next session works.
pub fn faults(question: Question, policy: &Foreign) -> Vec<FaultKind> {
    let good = load(&Foreign::good()).unwrap();
    let component = policy.component();
    let mut best = Duration::MAX;
    let mut kinds = vec![];
    while kinds.len() < TRIES || (best > SOON && kinds.len() < MOST_TRIES) {
        let (took, kind) = ask(question, &component);
        best = best.min(took);
        kinds.push(kind);
    }
    println!("{question:?}: refused after {best:?}: {}", kinds[0]);
    assert!(best <= SOON, "{question:?} took {best:?}");
    works(&good);
    kinds
}

/// That the policy commits this fault at that question.
macro_rules! assert_fault {
    ($question:expr, $policy:expr, $kind:pat) => {{
        for kind in crate::ask::faults($question, $policy) {
            assert!(matches!(kind, $kind), "{:?}: {kind:?}", $question);
        }
    }};
}
pub(crate) use assert_fault;

/// A session under the policy records.
pub fn works(policy: &Policy) {
    let mut sitting = Sitting::alone(policy);
    let frame = sitting.frame();
    assert_eq!((frame.action, frame.keep), (Action::Keep, vec![WINDOW]));
    assert!(sitting.session.faults().is_empty());
}

/// How long the question took, less what this thread waited for a processor that others had.
pub fn timed<T>(question: impl FnOnce() -> T) -> (Duration, T) {
    let (start, waited) = (Instant::now(), waiting());
    let answer = question();
    (start.elapsed().saturating_sub(waiting().saturating_sub(waited)), answer)
}

/// How long this thread has waited for a processor so far, where the system tells.
fn waiting() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').nth(1).and_then(|word| word.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

fn ask(question: Question, component: &[u8]) -> (Duration, FaultKind) {
    let (took, loaded) = timed(|| Policy::load(&RUNTIME, Source::Bytes(component)));
    if question == Question::Load {
        return match loaded {
            Err(LoadError::Fault(fault)) => (took, fault.kind().clone()),
            other => panic!("{other:?}"),
        };
    }
    let policy = loaded.unwrap();
    let handle = PolicyHandle::new(vec![policy.clone()]).unwrap();
    match question {
        Question::Load => unreachable!(),
        Question::Open => {
            let (took, opening) = timed(|| handle.open(fixture::facts(), NOW).map(|_| ()));
            (took, named(opening.unwrap_err(), &policy))
        }
        Question::Access => {
            let (took, told) = timed(|| handle.authorise(&fixture::access()));
            (took, named(told.unwrap_err(), &policy))
        }
        Question::Retention => {
            let (took, told) = timed(|| handle.keep_until(Artefact::Recording, NOW, "p"));
            (took, named(told.unwrap_err(), &policy))
        }
        Question::Classify => in_session(&policy, |sitting| {
            let (took, ()) = timed(|| sitting.tell_windows(NOW));
            // Nothing is of the training while the policy cannot say that it is.
            assert_eq!(sitting.session.kind(0), WindowKind::Other);
            // The fault is the answer to the frame that comes next, whatever the fresh instance says.
            let frame = sitting.decide();
            assert_eq!((frame.action, frame.why.reason), (Action::Skip, Reason::POLICY_FAULT));
            took
        }),
        Question::Frame => in_session(&policy, |sitting| {
            sitting.tell_windows(NOW);
            let (took, frame) = timed(|| sitting.decide());
            assert_eq!((frame.action, frame.why.reason), (Action::Skip, Reason::POLICY_FAULT));
            assert_eq!((frame.why.policy, frame.keep), (policy.digest(), vec![]));
            took
        }),
        Question::Review => in_session(&policy, |sitting| {
            let (took, outcome) = timed(|| sitting.session.segment(NOW, NOW.plus(1_000)));
            let Outcome::Discard(ticket) = outcome else {
                panic!("{outcome:?}")
            };
            assert_eq!(ticket.discard().why.reason, Reason::POLICY_FAULT);
            assert_eq!(ticket.discard().why.policy, policy.digest());
            ticket.done().unwrap();
            took
        }),
    }
}

fn in_session(policy: &Policy, question: impl FnOnce(&mut Sitting) -> Duration) -> (Duration, FaultKind) {
    let mut sitting = Sitting::alone(policy);
    let took = question(&mut sitting);
    let fault = sitting.session.faults().first().expect("no fault is told").clone();
    (took, named(fault, policy))
}

/// The fault names the policy, its bytes and what it did.
fn named(fault: gardefou::Fault, policy: &Policy) -> FaultKind {
    assert_eq!((fault.policy(), fault.digest()), ("foreign", policy.digest()));
    assert_ne!(fault.digest(), Digest::FLOOR);
    let text = fault.to_string();
    assert!(
        text.starts_with("policy `foreign` ") && !text.contains('\n') && text.len() < 400,
        "{text}"
    );
    fault.kind().clone()
}

#[test]
fn the_policy_that_the_others_spoil_is_sound() {
    let policy = load(&Foreign::good()).unwrap();
    let description = policy.description();
    assert_eq!(
        (description.id.as_str(), description.version.as_str()),
        ("foreign", "1")
    );
    assert_eq!(description.programmes, ["p"]);
    works(&policy);
    let handle = PolicyHandle::new(vec![policy]).unwrap();
    let mut sitting = Sitting::under(&handle);
    for _ in 0..50 {
        assert_eq!(sitting.frame().action, Action::Keep);
    }
    assert!(matches!(sitting.session.segment(NOW, sitting.now), Outcome::Keep));
    assert!(
        matches!(handle.authorise(&fixture::access()).unwrap(), gardefou::Authorisation::Granted(told) if told.journal)
    );
    // What the policy would keep for ever, the floor does not.
    let until = handle.keep_until(Artefact::Recording, NOW, "p").unwrap();
    assert!(until > NOW && until < NOW.plus(400 * 86_400_000));
    assert!(matches!(handle.open(fixture::facts(), NOW), Ok(Opening::Open(..))));
}
