//! The published floor, for hosts in other languages, answers as the floor that the SDK links.

use std::sync::LazyLock;

use gardefou::{Policy, Source, floor_description};
use gardefou_compare::{Component, Native, Oracle, Plan, Sides};
use gardefou_policy::floor;
use proptest::prelude::*;

use crate::questions::question;
use crate::{EXAMPLE, RUNTIME, read};

/// The floor under test: the published one, or the file that `GARDEFOU_FLOOR` names.
static FLOOR: LazyLock<Policy> = LazyLock::new(|| {
    let bytes = match std::env::var_os("GARDEFOU_FLOOR") {
        Some(file) => std::fs::read(file).unwrap(),
        None => include_bytes!("../../../guest-policy/dist/floor.wasm").to_vec(),
    };
    Policy::load(&RUNTIME, Source::Bytes(&bytes)).unwrap()
});

#[test]
fn it_says_of_itself_what_the_linked_floor_says() {
    assert_eq!(FLOOR.description(), &floor_description());
}

/// Every question that the example document suggests: on both sides of each of its dates, caps and lists.
#[test]
fn it_decides_what_the_linked_floor_decides() {
    let (floor, example) = (floor::rules(), read(EXAMPLE));
    let mut component = Component::new(&FLOOR);
    let plan = Plan::of(Sides {
        old: &example,
        new: &example,
    });
    let comparison = plan.compare(&mut Native::new(&floor), &mut component, || {});
    assert_eq!(component.faults(), (0, None));
    assert!(comparison.groups.is_empty(), "{:?}", comparison.groups);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, ..ProptestConfig::default() })]

    #[test]
    fn it_answers_random_questions_alike(questions in prop::collection::vec(question(), 100)) {
        let floor = floor::rules();
        let (mut native, mut component) = (Native::new(&floor), Component::new(&FLOOR));
        for question in &questions {
            prop_assert_eq!(component.answer(question), native.answer(question), "{:?}", question);
        }
        prop_assert_eq!(component.faults(), (0, None));
    }
}
