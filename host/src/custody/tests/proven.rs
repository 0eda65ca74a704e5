//! Custody on a real journal, whose file somebody writes who has no key.

use gardefou_policy::types::DAY;

use super::shop::{NOW, Shop, decision, erase, restrict, rights, sidecar, trainer, view};
use crate::custody::{
    AccessAnswer, AskedBy, Custody, CustodyError, FalseFact, RefusalCause, Right, RightRequest, Subject,
};
use crate::journal::{AccessEvent, AccessRecord, Asked, Forger, Journal, JournalKey, Record};
use crate::stores::StoreError;

/// A recording past its time that is restricted, and one that is not past it, in a real journal.
struct Place {
    shop: Shop,
    outside: tempfile::TempDir,
    journal: Journal,
}

fn access(at: gardefou_policy::types::Timestamp, event: AccessEvent) -> Record {
    Record::Access(AccessRecord { at, event })
}

fn right(request: &str, recordings: &[&str]) -> Record {
    let event = AccessEvent::Right {
        request: request.into(),
        account: "a-666".into(),
        recordings: recordings.iter().map(|&of| of.to_owned()).collect(),
        count: 1,
        asked: Some(Asked::by(AskedBy::Employee)),
        erased: Default::default(),
    };
    access(NOW, event)
}

impl Place {
    fn new() -> Self {
        let shop = Shop::new();
        let outside = tempfile::tempdir().unwrap();
        let key = JournalKey::at(&outside.path().join("key")).unwrap();
        let journal = Journal::open(&outside.path().join("calls.journal"), &key).unwrap();
        for (session, age) in [("old", 181), ("new", 2)] {
            let sidecar = sidecar(session, "e-1001", NOW.minus(age * DAY));
            shop.put(&sidecar);
            journal.append(&[Record::Decision(decision(&sidecar))]).unwrap();
        }
        let said = AccessEvent::Clock {
            account: Some("a-0".into()),
            disowned: 0,
        };
        journal.append(&[access(NOW.minus(DAY), said)]).unwrap();
        Self { shop, outside, journal }
    }

    fn custody(&self) -> Custody {
        Custody::new(&self.shop.policies, self.journal.clone(), self.shop.folder.path())
    }

    fn asked(&self, right: &Right) -> Result<crate::custody::Receipt, CustodyError> {
        let subject = Subject::Employee("e-1001".into());
        self.custody().right(&RightRequest {
            right,
            subject: &subject,
            asked_by: AskedBy::Employee,
            recording: None,
            asker: &rights(),
            at: NOW,
        })
    }

    fn forger(&self) -> Forger {
        Forger::of(&self.outside.path().join("calls.journal"))
    }
}

/// Nothing is done, written or handed out, whatever is asked for.
fn nothing_is_done(place: &Place, how: &str) {
    let lost = |done: Result<(), CustodyError>, what: &str| {
        let error = done.unwrap_err();
        assert!(
            matches!(error, CustodyError::Store(StoreError::Lost { .. })),
            "{how}, {what}: {error}"
        );
    };
    let before = place.shop.files();
    let custody = place.custody();
    lost(custody.purge(NOW, false).map(drop), "purge");
    lost(custody.purge(NOW, true).map(drop), "dry run");
    lost(erase(&custody).map(drop), "erase");
    for right in [
        Right::Find,
        restrict(),
        super::shop::release(),
        Right::Open {
            reference: "r-1".into(),
            until: None,
        },
        Right::Disclose {
            into: place.outside.path().join("copies"),
        },
    ] {
        lost(place.asked(&right).map(drop), right.name());
    }
    let fact = FalseFact::Notice("2026-09".into());
    lost(custody.invalidate(&fact, &rights(), NOW).map(drop), "invalidate");
    lost(custody.clock_is_right("a-1", NOW).map(drop), "clock");
    let span = gardefou_policy::types::Span::ALWAYS;
    lost(custody.discarded("new", None, span, NOW).map(drop), "discarded");
    lost(custody.recordings().map(drop), "recordings");
    let asker = trainer();
    let AccessAnswer::Refused(refused) = custody.access(&view("new", &asker)).unwrap() else {
        panic!("{how}: granted")
    };
    assert!(matches!(refused.cause, RefusalCause::Store(StoreError::Lost { .. })));
    assert_eq!(place.shop.files(), before, "{how}");
    assert!(!place.outside.path().join("copies").exists());
}

#[test]
fn a_line_that_nobody_signed_releases_and_restricts_nothing() {
    type Forge = (&'static str, fn(&Place));
    let forged: [Forge; 6] = [
        ("a release behind the head", |place| {
            place.forger().append(&right("release", &["old"]));
        }),
        ("a restriction behind the head", |place| {
            place.forger().append(&right("restrict", &["new"]));
        }),
        ("a release over another entry", |place| {
            place.forger().rewrite(2, &right("release", &["old"]));
        }),
        ("another one's decision", |place| {
            let of = sidecar("new", "e-1002", NOW.minus(2 * DAY));
            place.forger().rewrite(1, &Record::Decision(decision(&of)));
        }),
        ("the restriction is gone", |place| place.forger().blank(3)),
        ("the restriction is listed as forgotten", |place| {
            place.forger().blank(3);
            place.forger().list(3);
        }),
    ];
    for (how, forge) in forged {
        let place = Place::new();
        assert!(!place.asked(&restrict()).unwrap().incomplete());
        // What the journal holds now: two decisions, a clock, the answers and the request.
        assert!(place.journal.entries(0, 100).unwrap().len() > 4);
        forge(&place);
        nothing_is_done(&place, how);
    }
}

#[test]
fn what_was_signed_goes_on_being_obeyed() {
    let place = Place::new();
    assert!(!place.asked(&restrict()).unwrap().incomplete());
    let report = place.custody().purge(NOW, false).unwrap();
    assert_eq!(report.restricted.len(), 2, "{report:?}");
    assert!(!place.asked(&super::shop::release()).unwrap().incomplete());
    place.custody().purge(NOW, false).unwrap();
    assert!(!place.shop.has("old.mkv") && place.shop.has("new.mkv"));
    assert!(!erase(&place.custody()).unwrap().incomplete());
    assert!(place.shop.files().is_empty());
}

/// Custody reads the whole journal at each question, and proves it: the bound that docs/custody.md states.
#[test]
fn a_hundred_thousand_entries_are_proven_at_each_question() {
    let place = Place::new();
    let found = right("find", &[]);
    let many: Vec<Record> = std::iter::repeat_n(found, 10_000).collect();
    for _ in 0..10 {
        place.journal.append(&many).unwrap();
    }
    let since = std::time::Instant::now();
    place.custody().recordings().unwrap();
    let first = since.elapsed();
    let since = std::time::Instant::now();
    place.custody().recordings().unwrap();
    println!("100,000 entries: {first:?} at first, {:?} again", since.elapsed());
    place.forger().append(&right("release", &["old"]));
    assert!(place.custody().recordings().is_err());
}
