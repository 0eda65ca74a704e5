//! The power goes at every step of a purge, an erasure, an invalidation, a restriction: nothing that was
//! journalled comes back, nothing goes without a trace, and the next run finishes it.

use gardefou_policy::types::{Artefact, DAY};

use super::journals::Power;
use super::shop::{NOW, Shop, erase, release, restrict, rights};
use crate::custody::{AskedBy, Custody, CustodyError, FalseFact, RightRequest, Subject};
use crate::journal::{AccessEvent, Record};

/// How many of the changes that were not synced had reached the disk when the power went.
const SURVIVED: [fn(usize) -> usize; 3] = [|_| 0, |all| all / 2, |all| all];

fn stock(shop: &Shop) {
    shop.recording("old", "e-1001", NOW.minus(400 * DAY));
    shop.recording("older", "e-1001", NOW.minus(182 * DAY));
    shop.recording("new", "e-1002", NOW.minus(DAY));
    shop.file("old.analysis.md", NOW.minus(400 * DAY));
    shop.file("left.mkv", NOW.minus(2 * DAY));
    shop.clock_is_right(NOW);
}

/// Does this with the power going at every step, until it lasts; then finishes it with `again`.
fn cut(first: impl Fn(&Custody) -> Result<(), CustodyError>, again: impl Fn(&Custody), check: impl Fn(&Shop)) {
    let policies = Shop::new();
    for survived in SURVIVED {
        for steps in 0.. {
            let shop = policies.another();
            stock(&shop);
            let power = Power::for_steps(steps);
            let (custody, disk) = shop.custody_with(std::sync::Arc::clone(&power));
            let ended = first(&custody);
            if !power.is_out() {
                ended.unwrap();
                check(&shop);
                assert!(steps > 8, "only {steps} steps");
                break;
            }
            disk.restart(survived);
            nothing_comes_back(&shop, steps);
            again(&shop.custody());
            check(&shop);
        }
    }
}

/// What the journal says to be deleted is not there, and what is not there the journal knows of.
fn nothing_comes_back(shop: &Shop, steps: i64) {
    let events = shop.kept.events();
    for session in ["old", "older"] {
        let there = shop.has(&format!("{session}.mkv"));
        let purged = events.iter().any(|event| match event {
            AccessEvent::Purge {
                recording, artefact, ..
            } => recording.as_deref() == Some(session) && *artefact == Artefact::Recording,
            AccessEvent::Right {
                request, recordings, ..
            } => request == "erase" && recordings.iter().any(|recording| recording == session),
            AccessEvent::Invalidation { recordings, .. } => recordings.iter().any(|recording| recording == session),
            AccessEvent::Discarded { session: of, .. } => of == session,
            _ => false,
        });
        assert!(!(there && purged), "{session} came back after {steps} steps");
        let announced = events
            .iter()
            .any(|event| matches!(event, AccessEvent::Discard { session: of, .. } if of == session));
        assert!(there || announced, "{session} went without a trace after {steps} steps");
    }
    assert!(shop.has("new.mkv") && shop.has("new.sidecar.json"));
}

fn count(shop: &Shop, is: impl Fn(&AccessEvent) -> bool) -> usize {
    shop.kept.events().iter().filter(|event| is(event)).count()
}

/// Each discard once, and each of them closed.
fn discards_are_closed(shop: &Shop) {
    for session in ["old", "older"] {
        let opened = count(
            shop,
            |e| matches!(e, AccessEvent::Discard { session: of, .. } if of == session),
        );
        let closed = count(
            shop,
            |e| matches!(e, AccessEvent::Discarded { session: of, .. } if of == session),
        );
        assert_eq!((opened, closed), (1, 1), "{session}");
        assert!(
            shop.calls
                .asked
                .lock()
                .unwrap()
                .contains(&format!("{session} call-{session}"))
        );
    }
    let decisions = shop.kept.records();
    let left = decisions
        .iter()
        .filter(|record| matches!(record, Some(Record::Decision(_))))
        .count();
    assert_eq!(left, 1, "decision records go with their recordings");
}

fn purge(custody: &Custody) -> Result<(), CustodyError> {
    custody.purge(NOW, false).map(drop)
}

#[test]
fn a_purge_that_is_cut_short_is_finished_by_the_next() {
    let purges = |shop: &Shop, session: Option<&str>, of| {
        count(shop, |event| {
            matches!(event, AccessEvent::Purge { recording, artefact, .. }
                if recording.as_deref() == session && *artefact == of)
        })
    };
    cut(
        purge,
        |custody| purge(custody).unwrap(),
        |shop| {
            assert_eq!(shop.files(), ["new.jsonl", "new.mkv", "new.sidecar.json"]);
            discards_are_closed(shop);
            for (session, artefact) in [
                (Some("old"), Artefact::Recording),
                (Some("older"), Artefact::Recording),
                (Some("old"), Artefact::Analysis),
                (None, Artefact::Temporary),
            ] {
                assert_eq!(
                    purges(shop, session, artefact),
                    1,
                    "{session:?} {artefact:?}: once, and only once"
                );
            }
        },
    );
}

#[test]
fn an_erasure_that_is_cut_short_is_finished_by_the_next_run() {
    let check = |shop: &Shop| {
        assert_eq!(shop.files(), ["left.mkv", "new.jsonl", "new.mkv", "new.sidecar.json"]);
        discards_are_closed(shop);
    };
    // The person's request is answered again.
    let erasure = |custody: &Custody| erase(custody).map(drop);
    cut(erasure, |custody| erasure(custody).unwrap(), check);
}

#[test]
fn an_invalidation_that_is_cut_short_is_finished_by_the_next_run() {
    let invalidate = |custody: &Custody| {
        let fact = FalseFact::Notice("2026-09".into());
        custody.invalidate(&fact, &rights(), NOW).map(drop)
    };
    let policies = Shop::new();
    for survived in SURVIVED {
        for steps in 0.. {
            let shop = policies.another();
            stock(&shop);
            let power = Power::for_steps(steps);
            let (custody, disk) = shop.custody_with(std::sync::Arc::clone(&power));
            let ended = invalidate(&custody);
            if power.is_out() {
                disk.restart(survived);
                invalidate(&shop.custody()).unwrap();
            } else {
                ended.unwrap();
            }
            assert_eq!(shop.files(), ["left.mkv"], "after {steps} steps");
            let closed = count(&shop, |event| matches!(event, AccessEvent::Discarded { .. }));
            assert_eq!(closed, 3);
            if !power.is_out() {
                break;
            }
        }
    }
}

#[test]
fn a_restriction_holds_once_it_was_acknowledged() {
    let policies = Shop::new();
    for survived in SURVIVED {
        for steps in 0.. {
            let shop = policies.another();
            stock(&shop);
            let power = Power::for_steps(steps);
            let (custody, disk) = shop.custody_with(std::sync::Arc::clone(&power));
            let (asker, subject) = (rights(), Subject::Session("new".into()));
            let request = RightRequest {
                asked_by: AskedBy::Employee,
                recording: None,
                right: &restrict(),
                subject: &subject,
                asker: &asker,
                at: NOW,
            };
            let acknowledged = custody.right(&request).is_ok();
            disk.restart(survived);
            if acknowledged {
                assert!(shop.has("new.restricted.json"));
                let (custody, disk) = shop.custody_with(Power::for_steps(2));
                let request = RightRequest {
                    right: &release(),
                    ..request
                };
                // Cut before it was acknowledged, a release does not count.
                assert!(custody.right(&request).is_ok_and(|receipt| receipt.incomplete()) || disk.power.is_out());
                disk.restart(survived);
                let found = shop.custody().find(&Subject::Session("new".into())).unwrap();
                assert!(found.iter().all(|found| found.restricted));
                break;
            }
        }
    }
}
