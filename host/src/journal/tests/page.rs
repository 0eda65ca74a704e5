//! docs/journal.md lists what entries say: held against entries of every kind.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{Counterpart, Digest};

const PAGE: &str = include_str!("../../../../docs/journal.md");

fn digest() -> Digest {
    Digest::of([7; 32])
}

/// Every event, with everything that may be left out, and then without.
fn events(full: bool) -> Vec<AccessEvent> {
    let text = || "x".to_owned();
    let perhaps = || full.then(text);
    let (artefact, counterpart) = (Artefact::Recording, Counterpart::Told);
    vec![
        AccessEvent::Access {
            operation: Operation::View,
            artefact,
            purpose: Purpose::Training,
            account: text(),
            role: text(),
            recording: text(),
            programme: text(),
            granted: true,
            reason: text(),
            detail: 0,
            obligations: vec![],
            second_person: perhaps(),
            not_proven: perhaps(),
        },
        AccessEvent::Policies {
            before: vec![],
            after: vec![digest()],
            ledger: perhaps(),
        },
        AccessEvent::Fault {
            session: perhaps(),
            policy: digest(),
            fault: text(),
        },
        AccessEvent::Purge {
            recording: perhaps(),
            artefact,
            collected_at: at(0),
            until: at(1),
            count: 1,
            forgotten: full.then_some((0, 1)).into_iter().collect(),
            sidecar: full.then(digest),
        },
        AccessEvent::Discard {
            session: text(),
            segment: segment(0),
            reason: perhaps(),
        },
        AccessEvent::Discarded {
            session: text(),
            segment: segment(0),
            counterpart,
        },
        AccessEvent::Trimmed {
            session: text(),
            segment: segment(0),
            kept: segment(1),
            counterpart,
        },
        AccessEvent::Right {
            request: text(),
            account: text(),
            recordings: vec![],
            count: 1,
            asked: full.then_some(Asked::by(AskedBy::Employee)),
            erased: full.then(|| ("s-1".to_owned(), vec![0])).into_iter().collect(),
        },
        AccessEvent::Invalidation {
            fact: text(),
            value: text(),
            account: text(),
            recordings: vec![],
            erased: full.then(|| ("s-1".to_owned(), vec![0])).into_iter().collect(),
        },
        AccessEvent::Clock {
            account: perhaps(),
            disowned: u64::from(full),
        },
    ]
}

/// A new event comes into the list above, and into the page.
const fn place(event: &AccessEvent) -> usize {
    match event {
        AccessEvent::Access { .. } => 0,
        AccessEvent::Policies { .. } => 1,
        AccessEvent::Fault { .. } => 2,
        AccessEvent::Purge { .. } => 3,
        AccessEvent::Discard { .. } => 4,
        AccessEvent::Discarded { .. } => 5,
        AccessEvent::Trimmed { .. } => 6,
        AccessEvent::Right { .. } => 7,
        AccessEvent::Invalidation { .. } => 8,
        AccessEvent::Clock { .. } => 9,
    }
}

fn records(full: bool) -> Vec<Record> {
    let mut records: Vec<Record> = events(full).into_iter().map(|one| event(0, one)).collect();
    let Record::Decision(mut decision) = decision("s-1") else {
        panic!()
    };
    decision.kept = Some(segment(1));
    decision.detail = 3;
    decision.runs = vec![Frames { frames: 2, time: 200 }];
    if !full {
        decision.segment = None;
        decision.kept = None;
        decision.detail = 0;
        decision.call_reference = None;
        decision.sidecar = None;
        decision.runs = Vec::new();
    }
    records.extend([Record::Decision(decision), count("2026-11-25", "a", 1)]);
    records
}

/// The rows of the table under this heading line.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let (_, table) = PAGE.split_once(heading).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| {
        row.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    rows.map(cells).collect()
}

/// What stands between backticks, each with what stands right behind it.
fn words(cell: &str) -> Vec<(String, bool)> {
    let parts: Vec<&str> = cell.split('`').collect();
    let pairs = parts
        .chunks(2)
        .filter(|pair| pair.len() == 2)
        .zip(parts.chunks(2).skip(1));
    pairs
        .map(|(word, behind)| (word[1].to_owned(), behind[0].starts_with('?')))
        .collect()
}

fn members(record: &Record) -> BTreeSet<String> {
    let value = serde_json::to_value(record).unwrap();
    let object = value.as_object().unwrap();
    object
        .keys()
        .filter(|name| !matches!(name.as_str(), "record" | "event"))
        .cloned()
        .collect()
}

#[test]
fn the_page_lists_what_every_entry_says() {
    for (n, event) in events(true).iter().enumerate() {
        assert_eq!(place(event), n);
    }
    let mut listed: BTreeMap<(String, String), Vec<(String, bool)>> = BTreeMap::new();
    for row in rows("| `record` | `event` | the other members |") {
        let name = |cell: &str| cell.trim_matches('`').to_owned();
        let before = listed.insert((name(&row[0]), name(&row[1])), words(&row[2]));
        assert_eq!(before, None, "{row:?}");
    }
    let mut used = BTreeSet::new();
    for (full, sparse) in records(true).iter().zip(records(false)) {
        let value = serde_json::to_value(full).unwrap();
        let name = |member: &str| {
            value
                .get(member)
                .and_then(|name| name.as_str())
                .unwrap_or_default()
                .to_owned()
        };
        let row = listed.remove(&(name("record"), name("event"))).unwrap();
        let all: BTreeSet<String> = row.iter().map(|(name, _)| name.clone()).collect();
        let always = row
            .iter()
            .filter(|(_, perhaps)| !perhaps)
            .map(|(name, _)| name.clone())
            .collect();
        assert_eq!(all.len(), row.len(), "{row:?}");
        assert_eq!(members(full), all);
        assert_eq!(members(&sparse), always);
        used.extend(all);
    }
    assert!(listed.is_empty(), "{listed:?}");

    let (_, section) = PAGE.split_once("### What a content says").unwrap();
    let (_, glossary) = section.split_once("| member | what |\n|---|---|\n").unwrap();
    let rows = glossary.lines().take_while(|line| line.starts_with('|'));
    let told: Vec<String> = rows
        .flat_map(|row| words(row.split('|').nth(1).unwrap()))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), used);
    assert_eq!(told.len(), used.len(), "each is told once");
}
