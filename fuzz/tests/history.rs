//! Histories of facts, from the seeds and from anything.
#![cfg(test)]

use std::fs;
use std::path::Path;

use gardefou::Action;
use gardefou_tests::call::Answer;
use gardefou_tests::reference;
use proptest::prelude::*;

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/history");
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
}

/// Each seed keeps a frame and refuses one: else there would be nothing to hold against anything.
#[test]
fn the_seeds_hold_and_teach_something() {
    for seed in seeds() {
        gardefou_fuzz::history(&seed);
        let answers = reference::answers(&gardefou_fuzz::call(&seed));
        let frames = |keeps: bool| {
            let is =
                |answer: &&Answer| matches!(answer, Answer::Frame(action, ..) if (*action == Action::Keep) == keeps);
            answers.iter().filter(is).count()
        };
        assert!(frames(true) > 0 && frames(false) > 0, "{answers:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_history(bytes in prop::collection::vec(any::<u8>(), 0..180)) {
        gardefou_fuzz::history(&bytes);
    }

    #[test]
    fn damaged_seeds(
        seed in prop::sample::select(seeds()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = seed;
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        gardefou_fuzz::history(&bytes);
    }
}
