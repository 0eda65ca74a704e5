//! Appending, reading, forgetting.

use super::*;

#[test]
fn what_was_appended_is_read_again() {
    let place = Place::new();
    let records = [access("s-1"), decision("s-1"), discard("s-1", 1)];
    let journal = place.open();
    assert_eq!(journal.append(&records).unwrap().size, 3);
    let read = |journal: &Journal| -> Vec<Record> {
        let entries = journal.entries(0, 10).unwrap();
        entries.into_iter().map(|entry| entry.record.unwrap()).collect()
    };
    assert_eq!(read(&journal), records);
    drop(journal);
    assert_eq!(read(&place.open()), records);
    assert_eq!(place.open().entries(1, 1).unwrap().first().unwrap().index, 1);
}

#[test]
fn two_journals_on_one_file_see_each_other() {
    let place = Place::new();
    let (one, other) = (place.open(), place.open());
    for n in 0..10 {
        one.append(&[access("s-1")]).unwrap();
        let head = other.append(&[access("s-2"), access("s-3")]).unwrap();
        assert_eq!(head.size, 3 * (n + 1));
    }
    assert_eq!(one.entries(0, 100).unwrap().len(), 30);
}

#[test]
fn a_discard_is_open_until_it_is_said_to_be_done() {
    let place = Place::new();
    let journal = place.open();
    journal
        .append(&[discard("s-1", 1), discard("s-2", 1), discard("s-1", 1)])
        .unwrap();
    drop(journal);
    let journal = place.open();
    let sessions = || -> Vec<String> {
        let open = journal.open_discards().unwrap();
        open.into_iter().map(|open| open.session).collect()
    };
    assert_eq!(sessions(), ["s-1", "s-2"], "the same one twice is one");
    journal.append(&[discarded("s-1", 2)]).unwrap();
    assert_eq!(sessions(), ["s-1", "s-2"], "another segment");
    journal.append(&[discarded("s-1", 1)]).unwrap();
    assert_eq!(sessions(), ["s-2"]);
    assert_eq!(journal.forget(&[0, 1, 2, 3, 4]).unwrap(), 4, "the open one stays");
    assert_eq!(sessions(), ["s-2"]);
    journal.append(&[discarded("s-2", 1)]).unwrap();
    assert_eq!(sessions(), [""; 0]);
    assert_eq!(journal.forget(&[1]).unwrap(), 1);
}

#[test]
fn what_is_forgotten_is_gone_and_the_rest_is_there() {
    let place = Place::new();
    let journal = place.open();
    journal
        .append(&[access("s-1"), decision("s-2"), access("s-3")])
        .unwrap();
    assert_eq!(journal.forget(&[1, 1, 7]).unwrap(), 1);
    assert_eq!(journal.forget(&[1]).unwrap(), 0);
    let entries = journal.entries(0, 10).unwrap();
    let there: Vec<bool> = entries.iter().map(|entry| entry.record.is_some()).collect();
    assert_eq!(there, [true, false, true]);
    assert_eq!(entries[1].kind, "decision");
    drop(journal);
    assert_eq!(place.open().append(&[access("s-4")]).unwrap().size, 4);
}

#[test]
fn counts_become_entries_when_their_day_is_over() {
    let place = Place::new();
    let journal = place.open();
    let today = day(at(0));
    assert_eq!(today, "2026-11-25");
    let head = journal.append(&[count(&today, "b", 2), count(&today, "a", 1)]).unwrap();
    assert_eq!(head.size, 0);
    journal.append(&[access("s-1"), count(&today, "b", 3)]).unwrap();
    let counted: Vec<(String, u64)> = journal
        .counts()
        .unwrap()
        .into_iter()
        .map(|c| (c.site, c.count))
        .collect();
    assert_eq!(counted, [("a".to_owned(), 1), ("b".to_owned(), 5)]);
    let head = journal.append(&[access_at("s-2", DAY)]).unwrap();
    assert_eq!(head.size, 4);
    assert_eq!(journal.counts().unwrap(), []);
    let entries = journal.entries(1, 2).unwrap();
    let records: Vec<Record> = entries.into_iter().map(|entry| entry.record.unwrap()).collect();
    assert_eq!(records, [count(&today, "a", 1), count(&today, "b", 5)]);
}

#[test]
fn a_journal_has_the_key_that_it_began_with() {
    let place = Place::new();
    place.open().append(&[access("s-1")]).unwrap();
    let other = JournalKey::at(&place.folder.path().join("other.key")).unwrap();
    let error = Journal::open(&place.file(), &other).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert_eq!(place.key().verifier(), place.key().verifier());
    assert_ne!(place.key().verifier(), other.verifier());
}

#[test]
fn what_a_journal_vouches_for_nobody_else_does() {
    let place = Place::new();
    let journal = place.open();
    let vouch = journal.vouch(b"work");
    assert!(journal.vouched(b"work", &vouch));
    assert!(!journal.vouched(b"word", &vouch));
    for bad in ["", "x", "AAAA", &vouch.to_lowercase()] {
        assert!(!journal.vouched(b"work", bad), "{bad}");
    }
    let other = Place::new();
    assert!(!other.open().vouched(b"work", &vouch));
}

#[test]
fn no_key_is_made_for_a_journal_that_is_there() {
    let place = Place::new();
    let key = place.folder.path().join("calls.journal.key");
    let made = JournalKey::of(&place.file(), &key).unwrap();
    drop(Journal::open(&place.file(), &made).unwrap());
    assert_eq!(JournalKey::of(&place.file(), &key).unwrap().verifier(), made.verifier());
    std::fs::rename(&key, place.folder.path().join("elsewhere")).unwrap();
    for left in 0..2 {
        let error = JournalKey::of(&place.file(), &key).unwrap_err();
        let (told, help) = (error.text(), error.help());
        assert!(told.english.contains("calls.journal.key"), "{left}: {told:?} {help:?}");
        assert!(told.french.contains("il n'est pas là"), "{told:?}");
        assert!(!key.exists(), "none is made");
        // Nor when the journal is gone, and only what stands beside it is left.
        let _ = std::fs::remove_file(place.file());
    }
}
