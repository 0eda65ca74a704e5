//! What a journal holds of a call is enough to decide it again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use gardefou::journal::{DecisionRecord, Journal, JournalKey, JournalReader, Record, replay};
use gardefou::{
    Action, CallPhase, Condition, Digest, Policy, PolicyHandle, Reason, Rect, Refusal, Runtime, Stores, StoresOptions,
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

/// A stretch of a call in which nothing changes.
#[derive(Clone, Debug)]
struct Stretch {
    /// How many intervals pass without a frame before it.
    hole: u64,
    frames: u64,
    condition: Option<(Condition, Option<bool>)>,
    held: bool,
    windows: Windows,
    stale: bool,
}

#[derive(Clone, Copy, Debug)]
enum Windows {
    Training,
    Covered,
    None,
}

fn stretch() -> impl Strategy<Value = Stretch> {
    let conditions = Condition::ALL
        .into_iter()
        .filter(|condition| *condition != Condition::PARTY_OBJECTED)
        .collect::<Vec<_>>();
    let condition = (
        prop::sample::select(conditions),
        prop::sample::select(vec![Some(true), Some(false), None]),
    );
    (
        prop_oneof![6 => Just(0), 1 => 1..6u64],
        1..8u64,
        prop::option::weighted(0.5, condition),
        prop::bool::weighted(0.1),
        prop::sample::select(vec![
            Windows::Training,
            Windows::Training,
            Windows::Covered,
            Windows::None,
        ]),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(hole, frames, condition, held, windows, stale)| Stretch {
            hole,
            frames,
            condition,
            held,
            windows,
            stale,
        })
}

fn capped(limit: u64) -> Rules {
    let mut rules = fixture::rules();
    let Programmes::Listed(programmes) = &mut rules.programmes else {
        unreachable!("the fixture lists its programmes");
    };
    programmes[0].programme_cap = Cap { limit, per: DAY };
    rules
}

/// What a frame was answered, and whether the employee paused or the call was private then.
struct Answered {
    at: Timestamp,
    reason: Reason,
    verdict: (Action, Refusal, Digest),
    hidden: bool,
}

/// Plays a call, and gives what was answered and what the journal holds of it.
fn journalled(rules: &Rules, stretches: &[Stretch]) -> (Vec<Answered>, Vec<Record>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal");
    let key = JournalKey::at(&folder.path().join("key")).unwrap();
    let journal = Journal::open(&file, &key).unwrap();
    let stores = Stores::start(StoresOptions::default().journal(journal)).unwrap();
    let policy = Policy::from_checked_rules(&RUNTIME, rules).unwrap();
    let handle = PolicyHandle::with_stores(vec![policy], &stores).unwrap();
    let answered = play(Sitting::under(&handle), stretches);
    stores.flush().unwrap();
    stores.shutdown();
    let reader = JournalReader::open(&file).unwrap();
    let entries = reader.entries(0, 1_000).unwrap();
    (answered, entries.into_iter().filter_map(|entry| entry.record).collect())
}

fn play(mut sitting: Sitting, stretches: &[Stretch]) -> Vec<Answered> {
    let mut answered = vec![];
    let mut hiding = BTreeSet::new();
    for stretch in stretches {
        sitting.pass(stretch.hole * INTERVAL);
        if let Some((condition, state)) = stretch.condition {
            sitting.call.condition(condition, state);
            if [Condition::PRIVATE_CALL, Condition::EMPLOYEE_PAUSED].contains(&condition) {
                // A private call stays one.
                match state {
                    Some(true) => drop(hiding.insert(condition.bit())),
                    _ if condition.is_sticky() => {}
                    _ => drop(hiding.remove(&condition.bit())),
                }
            }
        }
        let phase = if stretch.held {
            CallPhase::Held
        } else {
            CallPhase::Connected
        };
        sitting.call.phase_at(phase, sitting.now);
        let whole = Rect::new(0, 0, SURFACE.0, SURFACE.1);
        let covering = [(Rect::new(0, 0, 0, 0), whole), (WINDOW, WINDOW)];
        sitting.place(match stretch.windows {
            Windows::Training => &covering[1..],
            Windows::Covered => &covering,
            Windows::None => &[],
        });
        for _ in 0..stretch.frames {
            sitting.pass(INTERVAL);
            let facts = if stretch.stale {
                sitting.now.minus(10_000)
            } else {
                sitting.now
            };
            sitting.tell_windows(facts);
            let frame = sitting.decide();
            answered.push(Answered {
                at: sitting.now,
                reason: frame.why.reason,
                verdict: (frame.action, frame.why.refusal(), frame.why.policy),
                hidden: !hiding.is_empty(),
            });
        }
    }
    sitting.pass(INTERVAL);
    sitting.call.phase_at(CallPhase::AfterCall, sitting.now);
    let end = sitting.now;
    for review in sitting.session.finish(end) {
        if let gardefou::Outcome::Discard(ticket) = review.outcome {
            ticket.done().unwrap();
        }
    }
    answered
}

fn decisions(records: Vec<Record>) -> Vec<DecisionRecord> {
    let decision = |record| match record {
        Record::Decision(decision) => Some(decision),
        _ => None,
    };
    records.into_iter().filter_map(decision).collect()
}

/// What is only counted, without person or time.
const ONLY_COUNTED: [Reason; 3] = [Reason::PRIVATE_CALL, Reason::PROTECTED_LINE, Reason::PAUSED];

/// The time of each reason, by the meaning: each frame counts to the next, at most an interval. Nothing is told
/// of frames alike of which the first was hidden.
fn totals(answered: &[Answered]) -> BTreeMap<String, u64> {
    let mut totals = BTreeMap::new();
    let mut hidden = false;
    for (n, frame) in answered.iter().enumerate() {
        let before = n.checked_sub(1).map(|before| &answered[before]);
        if before.is_none_or(|before| before.verdict != frame.verdict) {
            hidden = frame.hidden || ONLY_COUNTED.contains(&frame.reason);
        }
        if !hidden {
            let next = answered.get(n + 1).map_or(u64::MAX, |next| next.at.as_millis());
            *totals.entry(frame.reason.to_string()).or_default() += (next - frame.at.as_millis()).min(INTERVAL);
        }
    }
    totals
}

fn replayed_by(rules: &Rules, decision: &DecisionRecord) -> gardefou::journal::Replayed {
    let policy = Policy::from_checked_rules(&RUNTIME, rules).unwrap();
    replay(&PolicyHandle::new(vec![policy]).unwrap(), decision).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// The same rules decide again what they decided, whatever happened in the call, and the sums of the
    /// record are those of the frames.
    #[test]
    fn the_same_rules_decide_the_same_again(
        stretches in prop::collection::vec(stretch(), 1..14),
        limit in prop_oneof![Just(DAY), 400..6_000u64],
    ) {
        let rules = capped(limit);
        let (answered, records) = journalled(&rules, &stretches);
        let told = serde_json::to_string(&decisions(records.clone())).unwrap();
        prop_assert!(!told.contains("\"private-call\":true") && !told.contains("\"employee-paused\":true"));
        for decision in decisions(records) {
            prop_assert_eq!(&decision.totals, &totals(&answered));
            let replayed = replayed_by(&rules, &decision);
            prop_assert_eq!(&replayed.changed, &vec![]);
            prop_assert_eq!(&replayed.outside, &BTreeMap::new());
            prop_assert_eq!(replayed.kept_before, replayed.kept_after);
        }
    }

    /// Under a smaller cap no more is kept, and every change says so.
    #[test]
    fn a_smaller_cap_keeps_no_more(
        stretches in prop::collection::vec(stretch(), 1..14),
        limit in 0..4_000u64,
    ) {
        let mut stretches = stretches;
        stretches.iter_mut().for_each(|stretch| stretch.hole = 0);
        let (_, records) = journalled(&capped(DAY), &stretches);
        for decision in decisions(records) {
            let replayed = replayed_by(&capped(limit), &decision);
            prop_assert!(replayed.kept_after <= replayed.kept_before);
            prop_assert!(replayed.kept_after <= limit);
            for changed in &replayed.changed {
                prop_assert_eq!(changed.after.reason, Reason::VOLUME, "{:?}", changed);
            }
            let lost: u64 = replayed.changed.iter().filter(|changed| changed.before.keeps()).map(|c| c.length).sum();
            prop_assert_eq!(replayed.kept_before - replayed.kept_after, lost);
        }
    }
}

#[test]
fn a_refused_session_is_decided_again_too() {
    let mut strict = fixture::rules();
    strict.max_frame_interval = 100;
    let folder = tempfile::tempdir().unwrap();
    let key = JournalKey::at(&folder.path().join("key")).unwrap();
    let journal = Journal::open(&folder.path().join("journal"), &key).unwrap();
    let stores = Stores::start(StoresOptions::default().journal(journal)).unwrap();
    let policy = Policy::from_checked_rules(&RUNTIME, &strict).unwrap();
    let handle = PolicyHandle::with_stores(vec![policy], &stores).unwrap();
    let refused = Sitting::of(&handle, fixture::facts()).err().unwrap();
    assert_eq!(refused.reason, Reason::STILL_IMAGE);
    stores.flush().unwrap();
    let entries = stores.journal().unwrap().entries(0, 10).unwrap();
    let records = entries.into_iter().filter_map(|entry| entry.record).collect();
    let [decision] = decisions(records).try_into().unwrap();
    assert_eq!(
        (decision.outcome.as_str(), decision.reason.as_str()),
        ("refuse", "still-image")
    );
    assert_eq!(decision.collected_at, NOW);
    assert_eq!(replayed_by(&strict, &decision).changed, []);
    let [changed] = replayed_by(&fixture::rules(), &decision).changed.try_into().unwrap();
    assert_eq!((changed.before.action, changed.after.action), ("refuse", "open"));
}
