//! The journal says what was decided, and nothing else: random calls with frames that are asked about late, segments
//! in mid-call, discards that are done early or late, pauses, holes, and facts between capture and question are decided
//! again, and nothing is decided otherwise.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use gardefou::journal::{DecisionRecord, Journal, JournalKey, JournalReader, Record, replay};
use gardefou::{
    CallPhase, Condition, Outcome, Policy, PolicyHandle, Reason, Rect, Reviewed, Runtime, Span, Stores, StoresOptions,
    Timestamp,
};
use gardefou_policy::rules::{Programmes, Rules};
use gardefou_policy::types::{Cap, DAY};
use gardefou_tests::fixture::{self, NOW};
use gardefou_tests::sitting::{SURFACE, Sitting, WINDOW};
use proptest::prelude::*;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// The interval of the fixture's frames, in ms.
const INTERVAL: u64 = 200;

/// What happens in a call.
#[derive(Clone, Debug)]
enum Step {
    Pass(u64),
    /// A frame is asked about that was composed so long ago, under a list of windows of so long before.
    Frame {
        lag: u64,
        stale: u64,
    },
    /// A condition is told, dated so long ago.
    Condition(Condition, Option<bool>, u64),
    /// The call is on hold, or goes on, since so long ago.
    Held(bool, u64),
    Windows(Windows),
    /// The segment since the one before is finished; whether what is to be discarded is discarded at once.
    Segment {
        done: bool,
    },
}

#[derive(Clone, Copy, Debug)]
enum Windows {
    Training,
    Covered,
    None,
}

/// How a call ends.
#[derive(Clone, Copy, Debug)]
struct End {
    /// How long ago it was hung up when that was told; `None`: nobody told it.
    hung_up: Option<u64>,
    /// By which phase.
    phase: CallPhase,
    /// How many frames follow.
    frames: u64,
}

fn step() -> impl Strategy<Value = Step> {
    let conditions: Vec<Condition> = Condition::ALL
        .into_iter()
        .filter(|condition| !condition.is_sticky())
        .collect();
    let state = prop::sample::select(vec![Some(true), Some(true), Some(false), Some(false), None]);
    let short = || prop_oneof![4 => Just(0u64), 2 => 1..60u64, 1 => 60..700u64];
    let lag = prop_oneof![6 => Just(0u64), 4 => 1..150u64, 1 => 150..2_001u64, 1 => 2_001..3_000u64];
    let stale = prop_oneof![8 => Just(0u64), 1 => 100..10_000u64];
    prop_oneof![
        10 => prop_oneof![8 => Just(INTERVAL), 3 => 1..INTERVAL, 1 => INTERVAL..1_500].prop_map(Step::Pass),
        16 => (lag, stale).prop_map(|(lag, stale)| Step::Frame { lag, stale }),
        5 => (prop::sample::select(conditions), state, short())
            .prop_map(|(condition, state, ago)| Step::Condition(condition, state, ago)),
        1 => (prop::bool::ANY, short()).prop_map(|(held, ago)| Step::Held(held, ago)),
        1 => prop::sample::select(vec![Windows::Training, Windows::Covered, Windows::None]).prop_map(Step::Windows),
        1 => prop::bool::ANY.prop_map(|done| Step::Segment { done }),
    ]
}

fn end() -> impl Strategy<Value = End> {
    let hung_up = prop_oneof![6 => (0..400u64).prop_map(Some), 1 => Just(None)];
    let phase = prop::sample::select(vec![CallPhase::AfterCall, CallPhase::None]);
    (hung_up, phase, 0..3u64).prop_map(|(hung_up, phase, frames)| End { hung_up, phase, frames })
}

/// A frame that was asked about.
struct Asked {
    at: Timestamp,
    reason: Reason,
}

/// A call as it was played.
#[derive(Default)]
struct Played {
    frames: Vec<Asked>,
    kept: Vec<Span>,
    gone: Vec<Span>,
    hides: bool,
}

fn play(mut sitting: Sitting, steps: &[Step], end: End) -> Played {
    let mut played = Played::default();
    let mut segment = NOW;
    for step in steps {
        match step {
            Step::Pass(millis) => sitting.pass(*millis),
            Step::Frame { lag, stale } => frame(&mut sitting, &mut played, *lag, *stale),
            Step::Condition(condition, state, ago) => {
                let hiding = [Condition::PRIVATE_CALL, Condition::EMPLOYEE_PAUSED].contains(condition);
                played.hides |= hiding && *state != Some(false);
                sitting.call.condition_at(*condition, *state, sitting.now.minus(*ago));
            }
            Step::Held(held, ago) => {
                let phase = if *held { CallPhase::Held } else { CallPhase::Connected };
                sitting.call.phase_at(phase, sitting.now.minus(*ago));
            }
            Step::Windows(windows) => place(&mut sitting, *windows),
            Step::Segment { done } => {
                let told = Span {
                    start: segment,
                    end: sitting.now,
                };
                if told.length() == 0 {
                    continue;
                }
                segment = sitting.now;
                if let Outcome::Discard(ticket) = sitting.session.segment(told.start, told.end) {
                    played.gone.push(told);
                    if *done {
                        ticket.done().unwrap();
                    }
                }
            }
        }
    }
    if let Some(ago) = end.hung_up {
        sitting.call.phase_at(end.phase, sitting.now.minus(ago));
    }
    for _ in 0..end.frames {
        sitting.pass(INTERVAL);
        frame(&mut sitting, &mut played, 0, 0);
    }
    sitting.pass(1);
    let at = sitting.now;
    for Reviewed { segment, outcome, .. } in sitting.session.finish(at) {
        match outcome {
            Outcome::Keep | Outcome::Trim(_) => played.kept.push(segment),
            Outcome::Discard(ticket) => {
                played.gone.push(segment);
                ticket.done().unwrap();
            }
        }
    }
    played
}

fn frame(sitting: &mut Sitting, played: &mut Played, lag: u64, stale: u64) {
    let latest = played.frames.last().map_or(NOW, |frame| frame.at);
    let at = sitting.now.minus(lag).max(latest);
    sitting.tell_windows(at.minus(stale));
    let decision = sitting.session.decide(at, SURFACE.0, SURFACE.1);
    played.frames.push(Asked {
        at,
        reason: decision.why().reason,
    });
}

fn place(sitting: &mut Sitting, windows: Windows) {
    let whole = Rect::new(0, 0, SURFACE.0, SURFACE.1);
    let covering = [(Rect::new(0, 0, 0, 0), whole), (WINDOW, WINDOW)];
    sitting.place(match windows {
        Windows::Training => &covering[1..],
        Windows::Covered => &covering,
        Windows::None => &[],
    });
}

fn rules(limit: u64) -> Rules {
    let mut rules = fixture::rules();
    let Programmes::Listed(programmes) = &mut rules.programmes else {
        unreachable!("the fixture lists its programmes");
    };
    programmes[0].programme_cap = Cap { limit, per: DAY };
    rules
}

/// Plays a call, and gives what happened, and what the journal holds of it.
fn journalled(rules: &Rules, steps: &[Step], end: End) -> (Played, Vec<DecisionRecord>) {
    journalled_by(rules, |handle| play(Sitting::under(handle), steps, end))
}

/// What happens under policies that have a journal, and the decisions that it holds then.
fn journalled_by<T>(rules: &Rules, happens: impl FnOnce(&PolicyHandle) -> T) -> (T, Vec<DecisionRecord>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal");
    let key = JournalKey::at(&folder.path().join("key")).unwrap();
    let stores = StoresOptions::default().journal(Journal::open(&file, &key).unwrap());
    let stores = Stores::start(stores).unwrap();
    let policy = Policy::from_checked_rules(&RUNTIME, rules).unwrap();
    let handle = PolicyHandle::with_stores(vec![policy], &stores).unwrap();
    let happened = happens(&handle);
    stores.flush().unwrap();
    stores.shutdown();
    let entries = JournalReader::open(&file).unwrap().entries(0, 1_000).unwrap();
    let decision = |record| match record {
        Record::Decision(decision) => Some(decision),
        _ => None,
    };
    let decisions = entries
        .into_iter()
        .filter_map(|entry| entry.record)
        .filter_map(decision);
    (happened, decisions.collect())
}

/// How many frames each segment's record tells of and what they come to, by the meaning: those of the segment and
/// of the time since the segment before; of what was discarded nothing.
fn expected(played: &Played) -> BTreeMap<Ends, (u64, BTreeMap<String, u64>)> {
    let mut segments: Vec<(Span, bool)> = played.kept.iter().map(|span| (*span, true)).collect();
    segments.extend(played.gone.iter().map(|span| (*span, false)));
    segments.sort_by_key(|(span, _)| (span.start, span.end));
    let mut expected: BTreeMap<Ends, (u64, BTreeMap<String, u64>)> = BTreeMap::new();
    for span in &played.kept {
        expected.entry(key(*span)).or_default();
    }
    for (n, frame) in played.frames.iter().enumerate() {
        let within = segments
            .iter()
            .find(|(span, _)| frame.at < span.end)
            .or(segments.last());
        let Some((span, true)) = within else { continue };
        if played
            .gone
            .iter()
            .any(|gone| gone.start <= frame.at && frame.at < gone.end)
        {
            continue;
        }
        let next = played.frames.get(n + 1).map_or(u64::MAX, |next| next.at.as_millis());
        let (frames, totals) = expected.entry(key(*span)).or_default();
        *frames += 1;
        *totals.entry(frame.reason.to_string()).or_default() += (next - frame.at.as_millis()).min(INTERVAL);
    }
    expected
}

/// A span as a key.
type Ends = (u64, u64);

fn key(span: Span) -> Ends {
    (span.start.as_millis(), span.end.as_millis())
}

/// Plays a call, and decides again what the journal holds of it, by the same rules.
fn decided_again(steps: &[Step], end: End, limit: u64) -> Result<(), TestCaseError> {
    let rules = rules(limit);
    let (played, decisions) = journalled(&rules, steps, end);
    let told = serde_json::to_string(&decisions).unwrap();
    prop_assert!(!told.contains("\"private-call\":true") && !told.contains("\"employee-paused\":true"));
    if !played.hides {
        let told = decisions.iter().filter_map(|decision| {
            let frames = decision.runs.iter().map(|run| run.frames).sum();
            Some((key(decision.segment?), (frames, decision.totals.clone())))
        });
        prop_assert_eq!(told.collect::<BTreeMap<_, _>>(), expected(&played));
    }
    // The last record of what was kept proves the sidecar, whatever became of the segments behind it.
    let proving: Vec<bool> = decisions.iter().map(|decision| decision.sidecar.is_some()).collect();
    let last = proving.len().saturating_sub(1);
    let kept = !played.kept.is_empty();
    prop_assert!(
        proving
            .iter()
            .enumerate()
            .all(|(n, proves)| *proves == (kept && n == last)),
        "{:?}",
        proving
    );
    let policy = Policy::from_checked_rules(&RUNTIME, &rules).unwrap();
    let handle = PolicyHandle::new(vec![policy]).unwrap();
    for decision in decisions {
        let replayed = replay(&handle, &decision).unwrap();
        let record = || serde_json::to_string_pretty(&decision).unwrap();
        prop_assert_eq!(&replayed.changed, &vec![], "{}", record());
        prop_assert_eq!(&replayed.outside, &BTreeMap::new());
        prop_assert_eq!(replayed.kept_before, replayed.kept_after);
    }
    Ok(())
}

/// 2,000 calls, in parts, so that they run beside each other.
macro_rules! the_same_rules_decide_every_call_the_same_again {
    ($($part:ident),*) => {
        proptest! {
            #![proptest_config(ProptestConfig { cases: 500, max_shrink_iters: 4_000, ..ProptestConfig::default() })]
            $(
                #[test]
                fn $part(
                    steps in prop::collection::vec(step(), 1..60),
                    end in end(),
                    limit in prop_oneof![2 => Just(DAY), 1 => 400..6_000u64],
                ) {
                    decided_again(&steps, end, limit)?;
                }
            )*
        }
    };
}

the_same_rules_decide_every_call_the_same_again!(calls_1, calls_2, calls_3, calls_4);

/// What is left of a segment is compared, and not only that something is.
#[test]
fn a_trim_to_another_range_is_a_change() {
    let frame = Step::Frame { lag: 0, stale: 0 };
    let steps = [frame.clone(), Step::Pass(INTERVAL), frame, Step::Pass(INTERVAL)];
    let end = End {
        hung_up: Some(0),
        phase: CallPhase::AfterCall,
        frames: 1,
    };
    let rules = rules(DAY);
    let (_, decisions) = journalled(&rules, &steps, end);
    let [mut decision] = decisions.try_into().unwrap();
    assert_eq!(decision.outcome, "trim");
    let expect = decision.trace.last_mut().unwrap();
    let end = expect["range"][1].as_u64().unwrap();
    expect["range"][1] = (end - 150).into();
    let policy = Policy::from_checked_rules(&RUNTIME, &rules).unwrap();
    let replayed = replay(&PolicyHandle::new(vec![policy]).unwrap(), &decision).unwrap();
    let [changed] = replayed.changed.as_slice() else {
        panic!("{replayed:?}")
    };
    assert_eq!((changed.before.action, changed.after.action), ("trim", "trim"));
    let ends = [changed.before, changed.after].map(|verdict| verdict.range.unwrap().end.as_millis());
    assert_eq!(ends, [end - 150, end]);
    assert_eq!(replayed.kept_after - replayed.kept_before, 150);
}

#[test]
fn a_record_names_every_policy_that_decided_any_of_it() {
    let next = Policy::from_checked_rules(&RUNTIME, &rules(DAY / 2)).unwrap();
    let next_digest = next.digest();
    let (first_digest, decisions) = journalled_by(&rules(DAY), |handle| {
        let first = handle.policies()[0].digest();
        let mut sitting = Sitting::under(handle);
        sitting.frame();
        handle.offer(vec![next]).unwrap();
        sitting.frame();
        sitting.pass(INTERVAL);
        sitting.call.phase_at(CallPhase::AfterCall, sitting.now);
        let at = sitting.now;
        for Reviewed { outcome, .. } in sitting.session.finish(at) {
            assert!(matches!(outcome, Outcome::Keep), "{outcome:?}");
        }
        first
    });
    let [decision] = decisions.try_into().unwrap();
    assert_eq!(decision.policies, [first_digest, next_digest]);
}
