//! Every file of the repository that the readers are for, whole and damaged: what a fuzzer would start from.
#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

use gardefou::Timestamp;
use gardefou::rules::read;
use proptest::prelude::*;

const EXAMPLE: &[u8] = include_bytes!("../../rules/example.toml");

fn files(folder: &str, kind: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == kind) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{kind} in {folder}");
    found.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// A file with some of its bytes lost, repeated or changed.
fn damaged(whole: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let change = (
        any::<prop::sample::Index>(),
        0..40_usize,
        prop::collection::vec(any::<u8>(), 0..4),
    );
    let changes = prop::collection::vec(change, 1..6);
    (prop::sample::select(whole), changes).prop_map(|(mut bytes, changes)| {
        for (place, length, with) in changes {
            let at = place.index(bytes.len() + 1);
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, with);
        }
        bytes
    })
}

fn compact() -> Vec<u8> {
    let rules = read(EXAMPLE, Timestamp::from_millis(1_795_564_800_000)).rules;
    rules.unwrap().encode().unwrap()
}

#[test]
fn whole_files() {
    files("rules", "toml")
        .iter()
        .for_each(|file| gardefou_fuzz::rules(file));
    files("examples", "jsonl")
        .iter()
        .for_each(|file| gardefou_fuzz::scenario(file));
    files("guest-policy/dist", "wasm")
        .iter()
        .for_each(|file| gardefou_fuzz::component(file));
    gardefou_fuzz::compact(&compact());
    files("fuzz/seeds", "csv")
        .iter()
        .for_each(|file| gardefou_fuzz::employees(file));
    files("fuzz/seeds", "txt")
        .iter()
        .for_each(|file| gardefou_fuzz::notes(file));
    files("fuzz/seeds", "json")
        .iter()
        .for_each(|file| gardefou_fuzz::records(file));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn damaged_rules(bytes in damaged(files("rules", "toml"))) {
        gardefou_fuzz::rules(&bytes);
    }

    #[test]
    fn damaged_employees(bytes in damaged(files("fuzz/seeds", "csv"))) {
        gardefou_fuzz::employees(&bytes);
    }

    #[test]
    fn damaged_scenarios(bytes in damaged(files("examples", "jsonl"))) {
        gardefou_fuzz::scenario(&bytes);
    }

    #[test]
    fn damaged_compact_rules(bytes in damaged(vec![compact()])) {
        gardefou_fuzz::compact(&bytes);
    }

    #[test]
    fn damaged_notes(bytes in damaged(files("fuzz/seeds", "txt"))) {
        gardefou_fuzz::notes(&bytes);
    }

    #[test]
    fn damaged_records(bytes in damaged(files("fuzz/seeds", "json"))) {
        gardefou_fuzz::records(&bytes);
    }

    #[test]
    fn anything(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        gardefou_fuzz::rules(&bytes);
        gardefou_fuzz::employees(&bytes);
        gardefou_fuzz::scenario(&bytes);
        gardefou_fuzz::compact(&bytes);
        gardefou_fuzz::component(&bytes);
        gardefou_fuzz::notes(&bytes);
        gardefou_fuzz::records(&bytes);
    }
}

proptest! {
    // Most of these are compiled before they are refused.
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    #[test]
    fn valid_components(bytes in prop::collection::vec(any::<u8>(), 0..4_000)) {
        gardefou_fuzz::load(&bytes);
    }

    #[test]
    fn damaged_components(bytes in damaged(files("guest-policy/dist", "wasm"))) {
        gardefou_fuzz::component(&bytes);
    }
}
