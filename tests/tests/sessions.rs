//! Sessions over real components, held against a second implementation and against themselves.

use std::sync::LazyLock;

use gardefou::{Policy, PolicyHandle, Runtime};
use gardefou_policy::rules::Rules;
use gardefou_tests::call::{Answer, Call, Event, play};
use gardefou_tests::{reference, strategy};
use proptest::prelude::*;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn load(rules: &[Rules]) -> Vec<Policy> {
    rules
        .iter()
        .map(|r| Policy::from_checked_rules(&RUNTIME, r).unwrap())
        .collect()
}

fn played(call: &Call, reuse: bool) -> Vec<Answer> {
    let generations: Vec<Vec<Policy>> = call.generations.iter().map(|g| load(g)).collect();
    let handle = PolicyHandle::new(generations[0].clone()).unwrap();
    // Offering what is in force already is answered so, and changes nothing.
    play(call, &handle, reuse, |n| drop(handle.offer(generations[n].clone())))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    /// The component in its sandbox, the lease, the composition, the counters and the swaps give what the
    /// native rules give when every question is asked anew.
    #[test]
    fn a_session_answers_what_the_reference_answers(call in strategy::call(3)) {
        prop_assert_eq!(played(&call, true), reference::answers(&call));
    }

    /// A host that reuses gives the same actions, reasons and regions as one that always asks.
    #[test]
    fn reusing_is_as_strict_as_asking(call in strategy::call(3)) {
        prop_assert_eq!(played(&call, true), played(&call, false));
    }

    /// The same questions twice, in other instances: the same answers.
    #[test]
    fn the_same_call_twice_is_answered_alike(call in strategy::call(2)) {
        prop_assert_eq!(played(&call, true), played(&call, true));
    }

    /// The floor changes no verdict and no reason of a document within the ceilings.
    #[test]
    fn the_floor_changes_nothing_within_the_ceilings(call in strategy::call(1)) {
        let mut alone = call.clone();
        alone.generations[0].truncate(1);
        prop_assert_eq!(played(&alone, true), reference::answers_without_floor(&alone));
    }

    /// Composition never loosens: together, no more is kept than each policy alone keeps.
    #[test]
    fn together_no_more_is_kept_than_alone(mut call in strategy::call(1)) {
        // Counters depend on what is kept; without caps each frame stands for itself.
        call.events.retain(|e| !matches!(e, Event::Usage(_)));
        // What is told late discards what only one of them kept: here everything is told in time.
        for event in &mut call.events {
            if let Event::Phase(_, from) | Event::Condition(_, _, from) = event {
                *from = 0;
            }
        }
        let uncapped = |rules: &mut Rules| {
            if let gardefou_policy::rules::Programmes::Listed(list) = &mut rules.programmes {
                for p in list {
                    p.employee_cap = gardefou_policy::types::Cap::NONE;
                    p.programme_cap = gardefou_policy::types::Cap::NONE;
                    p.max_unreviewed = gardefou::NO_LIMIT;
                }
            }
        };
        call.generations[0].iter_mut().for_each(uncapped);
        let together = played(&call, true);
        for policy in call.generations[0].clone() {
            let alone = played(&Call { generations: vec![vec![policy]], ..call.clone() }, true);
            match (&together[..], &alone[..]) {
                ([Answer::Refused(_)], _) => {}
                (_, [Answer::Refused(why)]) => prop_assert!(false, "opened although one refused: {why:?}"),
                _ => for (both, one) in together.iter().zip(&alone) {
                    prop_assert!(no_looser(both, one), "{both:?} against {one:?}");
                },
            }
        }
    }
}

/// Whether the first answer keeps at most what the second keeps.
fn no_looser(both: &Answer, one: &Answer) -> bool {
    match (both, one) {
        (Answer::Frame(a, _, keep), Answer::Frame(b, _, limit)) => {
            let inside = |r: &gardefou::Rect| area_within(*r, limit) == u64::from(r.width) * u64::from(r.height);
            a >= b && keep.iter().all(inside)
        }
        (Answer::Segment(Ok(a)), Answer::Segment(Ok(b))) => a.intersection(*b) == *a,
        (Answer::Segment(Ok(_)), Answer::Segment(Err(_))) => false,
        _ => true,
    }
}

/// How many pixels of the rectangle lie in the region, whose rectangles do not overlap.
fn area_within(rect: gardefou::Rect, region: &[gardefou::Rect]) -> u64 {
    let overlap = |from: i64, to: i64| u64::try_from(to - from).unwrap_or(0);
    region
        .iter()
        .map(|r| {
            overlap(i64::from(rect.x.max(r.x)), rect.right().min(r.right()))
                * overlap(i64::from(rect.y.max(r.y)), rect.bottom().min(r.bottom()))
        })
        .sum()
}
