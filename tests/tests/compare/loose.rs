//! Policies against the floor.

use gardefou::{Policy, Source};
use gardefou_compare::{Comparison, Component, Direction, Native, Plan, Sides};
use gardefou_policy::floor;
use gardefou_policy::rules::Rules;
use gardefou_tests::fixture;
use gardefou_tests::hostile::{Foreign, Part};

use crate::{EXAMPLE, RUNTIME, read};

fn against_the_floor(policy: &Policy, rules: &Rules) -> Comparison {
    let floor = floor::rules();
    let sides = Sides {
        old: &floor,
        new: rules,
    };
    Plan::of(sides).compare(&mut Native::new(&floor), &mut Component::new(policy), || {})
}

#[test]
fn a_document_is_never_looser_than_the_floor() {
    let policy = Policy::load(&RUNTIME, Source::Rules(EXAMPLE)).unwrap();
    let comparison = against_the_floor(&policy, &read(EXAMPLE));
    let looser: Vec<_> = comparison
        .groups
        .iter()
        .filter(|g| g.direction == Direction::Looser)
        .collect();
    assert!(looser.is_empty(), "{looser:?}");
    assert!(comparison.permitted.openings > 0 && comparison.permitted.frames > 0 && comparison.permitted.accesses > 0);
}

#[test]
fn loose_components_are_looser_than_the_floor() {
    let rules = fixture::rules();
    // Opens everything, and keeps every frame.
    let keeps = Foreign::good();
    let evaluates = Foreign::good().answering(&gardefou_tests::hostile::Answer::refusal(
        gardefou_tests::hostile::SKIP,
        36,
        0,
    ));
    let for_ever = evaluates
        .clone()
        .with(Part::Open, "(call $refused (i32.const 12) (i32.const 0))");
    for (foreign, change) in [(keeps, "Frame"), (evaluates, "Open"), (for_ever, "KeepUntil")] {
        let component = foreign.component();
        let policy = Policy::load(&RUNTIME, Source::Bytes(&component)).unwrap();
        let comparison = against_the_floor(&policy, &rules);
        let looser = comparison.groups.iter().filter(|g| g.direction == Direction::Looser);
        let named: Vec<String> = looser.map(|g| format!("{:?}", g.change)).collect();
        assert!(named.iter().any(|own| own.starts_with(change)), "{change}: {named:?}");
    }
}
