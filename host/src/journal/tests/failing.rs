//! What a journal says when it cannot write, or is not the one that it was.

use std::fs;

use rusqlite::Connection;

use super::super::database::Database;
use super::super::marker;
use super::*;

fn lost(error: StoreError) {
    assert!(matches!(error, StoreError::Lost { .. }), "{error}");
}

fn beside(place: &Place, suffix: &str) -> PathBuf {
    let mut name = place.file().into_os_string();
    name.push(suffix);
    name.into()
}

fn written() -> Place {
    let place = Place::new();
    place.open().append(&[access("s-1"), access("s-2")]).unwrap();
    place
}

#[test]
fn an_empty_file_in_its_place_is_no_new_journal() {
    let place = written();
    fs::write(place.file(), "").unwrap();
    lost(place.try_open().unwrap_err());
    lost(JournalReader::open(&place.file()).unwrap_err());
    fs::remove_file(place.file()).unwrap();
    lost(place.try_open().unwrap_err());
    // An empty database, rather than an empty file.
    let empty = Connection::open(place.file()).unwrap();
    empty.pragma_update(None, "journal_mode", "wal").unwrap();
    drop(empty);
    assert!(fs::metadata(place.file()).unwrap().len() > 0);
    lost(place.try_open().unwrap_err());
    fs::remove_file(marker::of(&place.file())).unwrap();
    lost(place.try_open().unwrap_err());
}

#[test]
fn a_missing_or_foreign_marker_is_told() {
    let place = written();
    let head = marker::of(&place.file());
    let mark = fs::read(&head).unwrap();
    fs::remove_file(&head).unwrap();
    lost(place.try_open().unwrap_err());
    fs::write(&head, "something else\n").unwrap();
    lost(place.try_open().unwrap_err());
    fs::write(&head, mark).unwrap();
    place.open().append(&[access("s-3")]).unwrap();
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_or_cut_while_it_is_open_is_not_written_to() {
    for how in ["empty", "other", "cut", "gone"] {
        let place = written();
        let journal = place.open();
        journal.append(&[access("s-3")]).unwrap();
        let other = place.folder.path().join("other");
        match how {
            "empty" => {
                fs::write(&other, "").unwrap();
                fs::rename(&other, place.file()).unwrap();
            }
            "other" => {
                fs::copy(place.file(), &other).unwrap();
                fs::rename(&other, place.file()).unwrap();
            }
            "cut" => fs::OpenOptions::new()
                .write(true)
                .open(place.file())
                .unwrap()
                .set_len(0)
                .unwrap(),
            _ => fs::remove_file(place.file()).unwrap(),
        }
        lost(journal.append(&[access("s-4")]).unwrap_err());
    }
}

#[test]
fn what_is_no_journal_is_told() {
    let place = Place::new();
    fs::write(place.file(), "x".repeat(10_000)).unwrap();
    assert!(matches!(place.try_open(), Err(StoreError::Foreign { .. })));
    assert!(matches!(
        JournalReader::open(&place.file()),
        Err(StoreError::Foreign { .. })
    ));
    fs::remove_file(place.file()).unwrap();
    assert!(matches!(
        JournalReader::open(&place.file()),
        Err(StoreError::Missing { .. })
    ));
    let other = Connection::open(place.file()).unwrap();
    other.execute_batch("CREATE TABLE calls (id INTEGER)").unwrap();
    drop(other);
    let before = fs::read(place.file()).unwrap();
    assert!(matches!(place.try_open(), Err(StoreError::Foreign { .. })));
    assert_eq!(fs::read(place.file()).unwrap(), before, "nothing of it was changed");
    let place = written();
    Connection::open(place.file())
        .unwrap()
        .pragma_update(None, "user_version", 9)
        .unwrap();
    assert!(matches!(place.try_open(), Err(StoreError::Newer { version: 9, .. })));
}

#[test]
fn a_torn_file_is_never_taken_for_whole() {
    let place = written();
    let bytes = fs::read(place.file()).unwrap();
    for keep in [1, 50, 100, 4096, bytes.len() / 2, bytes.len() - 4096] {
        fs::write(place.file(), &bytes[..keep]).unwrap();
        let verified = JournalReader::open(&place.file()).map_err(NotVerified::Store);
        let verified = verified.and_then(|reader| reader.verify(&VerifyOptions::default(), |_, _| {}));
        assert!(verified.is_err(), "{keep}");
    }
}

#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let place = written();
    let journal = place.open();
    let pages = |most: u32| {
        let writer = journal.inner.writer.lock().unwrap();
        writer
            .database
            .connection
            .pragma_update(None, "max_page_count", most)
            .unwrap();
    };
    pages(1);
    let mut acknowledged = 2;
    let error = loop {
        match journal.append(&[decision(&"s".repeat(1000))]) {
            Ok(head) => acknowledged = head.size,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert_eq!(journal.entries(0, 1000).unwrap().len() as u64, acknowledged);
    pages(1_000_000);
    assert_eq!(journal.append(&[access("s-9")]).unwrap().size, acknowledged + 1);
    drop(journal);
    let reader = JournalReader::open(&place.file()).unwrap();
    let verified = reader.verify(&VerifyOptions::default(), |_, _| {}).unwrap();
    assert_eq!(verified.entries, acknowledged + 1);
}

#[test]
fn what_may_only_be_read_says_so() {
    let place = written();
    let database = Database::readable(&place.file(), Duration::from_millis(10)).unwrap();
    let error = database.connection.execute_batch("DELETE FROM entry").unwrap_err();
    assert!(matches!(database.fault(&error), StoreError::ReadOnly { .. }));
}

#[test]
fn a_journal_that_another_holds_is_busy() {
    let place = written();
    let options = JournalOptions {
        wait: Duration::from_millis(20),
        ..JournalOptions::default()
    };
    let journal = Journal::open_with(&place.file(), &place.key(), options).unwrap();
    let other = Connection::open(place.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = journal.append(&[access("s-3")]).unwrap_err();
    assert!(matches!(error, StoreError::Busy { waited: 20, .. }), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(journal.append(&[access("s-3")]).unwrap().size, 3);
}

/// Whether these bytes stand anywhere in the journal's files.
fn found(place: &Place, bytes: &[u8]) -> bool {
    ["", "-wal"].iter().any(|suffix| {
        let file = fs::read(beside(place, suffix)).unwrap_or_default();
        file.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[test]
fn a_salt_that_was_forgotten_is_nowhere_in_the_files() {
    let place = Place::new();
    let journal = place.open();
    for n in 0..60 {
        journal
            .append(&[access(&format!("s-{n}")), decision(&"x".repeat(n * 37))])
            .unwrap();
    }
    let reader = JournalReader::open(&place.file()).unwrap();
    let salts: Vec<[u8; 32]> = reader
        .stored(0, 200)
        .unwrap()
        .iter()
        .map(|e| e.opened.clone().unwrap().0)
        .collect();
    assert!(salts.iter().all(|salt| found(&place, salt)), "they were there");
    // In an order that goes all over the file, so that its pages are emptied and joined.
    let order: Vec<u64> = (0..120).map(|n| n * 77 % 120).collect();
    for batch in order.chunks(30) {
        assert_eq!(journal.forget(batch).unwrap(), 30);
        journal.append(&[access("s-new")]).unwrap();
        let forgotten = &order[..order.iter().position(|n| n == batch.last().unwrap()).unwrap() + 1];
        for (index, salt) in salts.iter().enumerate() {
            let gone = forgotten.contains(&(index as u64));
            assert_eq!(found(&place, salt), !gone, "{index}");
        }
    }
    assert!(
        !found(&place, b"e-1"),
        "nothing that a person can be known by is in the clear"
    );
    reader.verify(&VerifyOptions::default(), |_, _| {}).unwrap();
}

#[test]
fn forgetting_waits_for_readers_and_can_be_finished_later() {
    let place = written();
    let options = JournalOptions {
        wait: Duration::from_millis(20),
        ..JournalOptions::default()
    };
    let journal = Journal::open_with(&place.file(), &place.key(), options).unwrap();
    journal.append(&[access("s-3")]).unwrap();
    let salt = JournalReader::open(&place.file()).unwrap().stored(2, 1).unwrap()[0]
        .opened
        .clone()
        .unwrap()
        .0;
    let other = Connection::open(place.file()).unwrap();
    other.execute_batch("BEGIN; SELECT * FROM entry").unwrap();
    assert!(matches!(journal.forget(&[2]), Err(StoreError::Busy { .. })));
    assert!(found(&place, &salt));
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(journal.forget(&[2]).unwrap(), 0);
    assert!(!found(&place, &salt));
}
