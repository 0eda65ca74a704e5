//! Two at once on one folder: a purge and another, a purge and an erasure, an access and an erasure.

use std::sync::Barrier;
use std::thread;

use gardefou::custody::{AccessAnswer, CustodyError};
use gardefou::journal::{AccessEvent, AccessRecord, Record};
use gardefou::{Artefact, PolicyHandle, Runtime};

use crate::shop::{DAY, NOW, Shop, asker, erase, example, view};

const ROUNDS: usize = 8;

fn policies(runtime: &Runtime) -> PolicyHandle {
    PolicyHandle::new(vec![example(runtime)]).unwrap()
}

/// Recordings past their time and others, of one employee.
fn stocked() -> Shop {
    let shop = Shop::new();
    for number in 0..6 {
        shop.recording(&format!("old-{number}"), NOW.minus(181 * DAY));
        shop.recording(&format!("new-{number}"), NOW.minus(DAY));
    }
    shop.clock_is_right(NOW);
    shop
}

/// Whether something past its time is left by a purge.
fn purged(shop: &Shop, policies: &PolicyHandle) -> Result<bool, CustodyError> {
    let report = shop.custody(policies).purge(NOW, false);
    report.map(|report| report.still_there())
}

/// Whether something of the employee is left by an erasure.
fn erased(shop: &Shop, policies: &PolicyHandle) -> Result<bool, CustodyError> {
    erase(&shop.custody(policies)).map(|receipt| receipt.incomplete())
}

/// Both, begun at the same instant.
fn both<A: Send, B: Send>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B + Send) -> (A, B) {
    let start = Barrier::new(2);
    thread::scope(|scope| {
        let first = scope.spawn(|| {
            start.wait();
            one()
        });
        start.wait();
        let second = other();
        (first.join().unwrap(), second)
    })
}

/// How often the journal says that this recording was deleted, and that its call's was.
fn told(shop: &Shop, session: &str) -> (usize, usize) {
    let events: Vec<AccessEvent> = shop
        .entries()
        .into_iter()
        .filter_map(|entry| match entry.record {
            Some(Record::Access(AccessRecord { event, .. })) => Some(event),
            _ => None,
        })
        .collect();
    let gone = events.iter().filter(|event| match event {
        AccessEvent::Purge {
            recording: Some(of),
            artefact: Artefact::Recording,
            ..
        } => of == session,
        AccessEvent::Right {
            request, recordings, ..
        } => request == "erase" && recordings.iter().any(|of| of == session),
        _ => false,
    });
    let gone = gone.count();
    let discarded = events
        .iter()
        .filter(|event| matches!(event, AccessEvent::Discarded { session: of, .. } if of == session));
    (gone, discarded.count())
}

#[test]
fn two_purges_delete_everything_once() {
    let runtime = Runtime::new().unwrap();
    let policies = policies(&runtime);
    for _ in 0..ROUNDS {
        let shop = stocked();
        let purge = || purged(&shop, &policies);
        assert_eq!(both(purge, purge), (Ok(false), Ok(false)));
        for number in 0..6 {
            let (old, new) = (format!("old-{number}"), format!("new-{number}"));
            assert!(!shop.has(&format!("{old}.mkv")) && shop.has(&format!("{new}.mkv")));
            assert_eq!((told(&shop, &old), told(&shop, &new)), ((1, 1), (0, 0)));
        }
        assert_eq!(shop.journal.open_discards().unwrap(), []);
    }
}

#[test]
fn a_purge_and_an_erasure_delete_everything_once() {
    let runtime = Runtime::new().unwrap();
    let policies = policies(&runtime);
    for _ in 0..ROUNDS {
        let shop = stocked();
        let purge = || purged(&shop, &policies);
        let erasure = || erased(&shop, &policies);
        assert_eq!(both(purge, erasure), (Ok(false), Ok(false)));
        for number in 0..6 {
            for name in ["old", "new"] {
                let session = format!("{name}-{number}");
                assert!(!shop.has(&format!("{session}.mkv")) && !shop.has(&format!("{session}.sidecar.json")));
                assert_eq!(told(&shop, &session), (1, 1), "{session}");
            }
        }
        assert_eq!(shop.journal.open_discards().unwrap(), []);
        let decisions = shop.entries().into_iter().filter(|entry| entry.kind == "decision");
        assert!(decisions.into_iter().all(|entry| entry.record.is_none()));
    }
}

#[test]
fn an_access_beside_an_erasure_is_granted_before_it_or_not_at_all() {
    let runtime = Runtime::new().unwrap();
    let policies = policies(&runtime);
    let mut granted = 0;
    for _ in 0..ROUNDS * 2 {
        let shop = stocked();
        let trainer = asker("trainer");
        let access = || {
            let answer = shop.custody(&policies).access(&view("new-5", &trainer)).unwrap();
            match answer {
                // What was granted is there whole, or not there any more: never another file.
                AccessAnswer::Granted(granted) => Some(granted.open().map_or(0, |files| files.len())),
                AccessAnswer::Refused(_) => None,
            }
        };
        let (seen, erased) = both(access, || erased(&shop, &policies));
        assert_eq!(erased, Ok(false));
        assert!(!shop.has("new-5.mkv"));
        let entries = shop.entries();
        let accesses = entries.iter().filter(|entry| {
            matches!(&entry.record, Some(Record::Access(AccessRecord {
                event: AccessEvent::Access { role, granted: true, .. }, ..
            })) if role == "trainer")
        });
        assert_eq!(
            accesses.count(),
            usize::from(seen.is_some()),
            "what was granted is journalled"
        );
        assert!(matches!(seen, None | Some(0 | 2)));
        granted += usize::from(seen.is_some());
        // Afterwards it is given to nobody.
        let again = shop.custody(&policies).access(&view("new-5", &trainer)).unwrap();
        assert!(matches!(again, AccessAnswer::Refused(_)));
    }
    println!("{granted} of {} were granted before", ROUNDS * 2);
}
