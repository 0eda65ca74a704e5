//! Whatever random questions and calls show, a comparison has said.

use std::cmp::Ordering;

use gardefou::{Action, PolicyHandle};
use gardefou_compare::{Answer, Comparison, Component, Direction, Native, Oracle, Plan, Question, Sides, direction};
use gardefou_tests::call;
use gardefou_tests::strategy;
use proptest::prelude::*;

use crate::pairs::pair;
use crate::questions::question;
use crate::{BAKER, natively};

/// Holds a comparison against answers to questions that it did not make.
fn nothing_escapes(
    comparison: &Comparison,
    questions: &[Question],
    mut one: impl FnMut(&Question) -> Answer,
    mut other: impl FnMut(&Question) -> Answer,
) -> Result<(), TestCaseError> {
    for question in questions {
        let (old, new) = (one(question), other(question));
        let Some(way) = direction(&old, &new) else { continue };
        let found = comparison.direction();
        prop_assert!(found.is_some(), "{question:?}: {old:?}, {new:?}");
        if way == Direction::Looser {
            prop_assert_eq!(found, Some(Direction::Looser), "{:?}: {:?}, {:?}", question, old, new);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_difference_escapes((old, new) in pair(), questions in prop::collection::vec(question(), 60)) {
        let comparison = natively(&old, &new);
        let (mut one, mut other) = (Native::new(&old), Native::new(&new));
        nothing_escapes(&comparison, &questions, |q| one.answer(q), |q| other.answer(q))?;
        // What nothing escapes from must not be everything: the same rules are the same.
        prop_assert!(natively(&old, &old.clone()).groups.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 20, ..ProptestConfig::default() })]

    /// The same with components that were baked, and the two implementations against each other.
    #[test]
    fn no_difference_escapes_components((old, new) in pair(), questions in prop::collection::vec(question(), 60)) {
        let [one, other] = [&old, &new].map(|rules| BAKER.bake_rules(rules).unwrap().policy);
        let (mut one, mut other) = (Component::new(&one), Component::new(&other));
        let comparison = Plan::of(Sides { old: &old, new: &new }).compare(&mut one, &mut other, || {});
        prop_assert_eq!(one.faults().0 + other.faults().0, 0);
        nothing_escapes(&comparison, &questions, |q| one.answer(q), |q| other.answer(q))?;
        let native = natively(&old, &new);
        let told = |c: &Comparison| c.groups.iter().map(|g| (g.change.clone(), g.direction, g.cases)).collect::<Vec<_>>();
        prop_assert_eq!(told(&comparison), told(&native));
    }
}

/// The first answers of two runs of one call that differ, and which way: what comes later follows from it.
fn first_difference(old: &[call::Answer], new: &[call::Answer]) -> Option<Direction> {
    let (old, new) = old.iter().zip(new).find(|(old, new)| old != new)?;
    let rank = |answer: &call::Answer| match answer {
        call::Answer::Refused(_) | call::Answer::Frame(Action::Stop, ..) => 0,
        call::Answer::Frame(Action::Skip, ..) => 1,
        call::Answer::Frame(Action::Keep, ..) => 2,
        call::Answer::Segment(kept) => usize::from(kept.is_ok()),
        call::Answer::Finished(kept) => kept.len(),
    };
    Some(match rank(new).cmp(&rank(old)) {
        Ordering::Greater => Direction::Looser,
        Ordering::Less => Direction::Stricter,
        // Another reason, or other pixels of a frame that both keep: which way is not looked at here.
        Ordering::Equal => Direction::Neither,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 50, ..ProptestConfig::default() })]

    /// Whole random calls under baked components, with the floor, the counting and the leases of a recorder.
    #[test]
    fn no_difference_escapes_calls((old, new) in pair(), calls in prop::collection::vec(strategy::call(1), 8)) {
        let found = natively(&old, &new).direction();
        let policies = [&old, &new].map(|rules| BAKER.bake_rules(rules).unwrap().policy);
        for call in &calls {
            let [before, after] = policies.each_ref().map(|policy| {
                let handle = PolicyHandle::new(vec![policy.clone()]).unwrap();
                let call = call::Call { generations: vec![vec![]], ..call.clone() };
                call::play(&call, &handle, true, |_| {})
            });
            let Some(way) = first_difference(&before, &after) else { continue };
            prop_assert!(found.is_some(), "{way:?}: {call:?}");
            if way == Direction::Looser {
                prop_assert_eq!(found, Some(Direction::Looser), "{:?}", call);
            }
        }
    }
}
