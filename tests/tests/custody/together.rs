use gardefou::custody::{AccessAnswer, AskedBy, FalseFact, Right, RightRequest, Subject};
use gardefou::journal::{AccessEvent, AccessRecord, Record};
use gardefou::{Artefact, PolicyHandle, Runtime};

use crate::shop::{DAY, NOW, Shop, asker, example, view};

#[test]
fn a_recordings_life_from_access_to_purge() {
    let runtime = Runtime::new().unwrap();
    let policies = PolicyHandle::new(vec![example(&runtime)]).unwrap();
    let shop = Shop::new();
    shop.recording("s-1", NOW.minus(DAY));
    shop.recording("s-2", NOW.minus(181 * DAY));
    let custody = shop.custody(&policies);
    let trainer = asker("trainer");
    let answer = custody.access(&view("s-1", &trainer)).unwrap();
    let AccessAnswer::Granted(granted) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!((granted.files.len(), granted.head.size), (2, 3));
    assert!(matches!(
        custody.access(&view("s-2", &trainer)).unwrap(),
        AccessAnswer::Refused(_)
    ));

    let report = custody.purge(NOW, false).unwrap();
    assert!(!report.still_there() && report.open.is_empty(), "{report:?}");
    assert!(shop.has("s-1.mkv") && !shop.has("s-2.mkv") && !shop.has("s-2.sidecar.json"));
    let entries = shop.entries();
    assert!(
        entries[0].record.is_some() && entries[1].record.is_none(),
        "the decision record went with it"
    );
    let purged = entries.iter().any(|entry| {
        matches!(&entry.record, Some(Record::Access(AccessRecord {
            event: AccessEvent::Purge { recording: Some(of), artefact: Artefact::Recording, count: 2, .. }, ..
        })) if of == "s-2")
    });
    assert!(purged);
    let size = report.head.unwrap().size;
    assert_eq!(custody.purge(NOW, false).unwrap().head, None, "nothing is left to do");
    assert_eq!(u64::try_from(shop.entries().len()).unwrap(), size);
}

#[test]
fn no_entry_tells_of_a_person_whose_data_were_erased() {
    let runtime = Runtime::new().unwrap();
    let policies = PolicyHandle::new(vec![example(&runtime)]).unwrap();
    let shop = Shop::new();
    shop.recording("s-1", NOW.minus(DAY));
    let custody = shop.custody(&policies);
    let told = || {
        let records = shop.entries().into_iter().filter_map(|entry| entry.record);
        records
            .filter(|record| serde_json::to_string(record).unwrap().contains("e-1001"))
            .count()
    };
    assert_eq!(told(), 1, "else this shows nothing");
    let request = RightRequest {
        asked_by: AskedBy::Employee,
        recording: None,
        right: &Right::Erase,
        subject: &Subject::Employee("e-1001".into()),
        asker: &asker("subject-rights"),
        at: NOW,
    };
    let receipt = custody.right(&request).unwrap();
    assert!(!receipt.incomplete() && !shop.has("s-1.mkv"), "{receipt:?}");
    assert_eq!(told(), 0);
    assert!(shop.entries().len() > 4, "the answers and the erasure are");
}

#[test]
fn an_invalidation_closes_each_discard_that_it_opens() {
    let runtime = Runtime::new().unwrap();
    let policies = PolicyHandle::new(vec![example(&runtime)]).unwrap();
    let shop = Shop::new();
    for session in ["s-1", "s-2"] {
        shop.recording(session, NOW.minus(DAY));
    }
    let custody = shop.custody(&policies);
    let done = custody
        .invalidate(&FalseFact::Notice("2026-09".into()), &asker("subject-rights"), NOW)
        .unwrap();
    assert!(!done.incomplete() && done.open.is_empty());
    assert_eq!(shop.journal.open_discards().unwrap(), []);
    assert!(!shop.has("s-1.mkv") && !shop.has("s-2.mkv"));
    let events = shop.entries().into_iter().filter_map(|entry| match entry.record {
        Some(Record::Access(record)) => Some(record.event),
        _ => None,
    });
    let pairs = events.filter(|e| matches!(e, AccessEvent::Discard { .. } | AccessEvent::Discarded { .. }));
    assert_eq!(pairs.count(), 4);
}
