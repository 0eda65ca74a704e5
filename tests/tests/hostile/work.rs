//! Components that would keep the compiler busy: refused before it begins, or compiled within bounds.

use gardefou::{LoadError, MAX_WORK, Policy, Quantity, Source, work};
use gardefou_bake::Baker;
use gardefou_tests::bombs::BOMBS;
use gardefou_tests::fixture::NOW;
use gardefou_tests::hostile::Foreign;

use crate::ask::RUNTIME;

const COMPILE_BOMB: &[u8] = include_bytes!("../../cases/components/compile-bomb.wasm");
const TEMPLATE: &[u8] = include_bytes!("../../../guest-policy/dist/policy.wasm");

#[test]
fn a_small_component_that_takes_long_to_compile_is_refused() {
    match Policy::load(&RUNTIME, Source::Bytes(COMPILE_BOMB)) {
        Err(LoadError::TooMany {
            what: Quantity::Locals,
            at,
        }) => assert!(at < COMPILE_BOMB.len() as u64),
        other => panic!("{other:?}"),
    }
    // Within every other limit, and still too much.
    let nested = BOMBS
        .iter()
        .find(|bomb| bomb.name.starts_with("ifs in one another"))
        .unwrap();
    assert!(matches!(
        Policy::load(&RUNTIME, Source::Bytes(&(nested.component)(100))),
        Err(LoadError::TooMuchWork { functions: 1, .. })
    ));
}

/// Whatever a policy of ours becomes, there is room: it takes two thirds of what is allowed at most.
#[test]
fn policies_are_far_below_the_bound() {
    let foreign = Foreign::good().component();
    let baked = Baker::new()
        .unwrap()
        .bake(include_bytes!("../../../rules/example.toml"), NOW)
        .unwrap();
    for (name, component) in [
        ("template", TEMPLATE),
        ("foreign", &foreign),
        ("baked", &baked.component),
    ] {
        let work = work(component).unwrap();
        println!("{name}: {work}, {} % of the most", work * 100 / MAX_WORK);
        assert!(work <= MAX_WORK / 3 * 2, "{name}: {work}");
    }
}
