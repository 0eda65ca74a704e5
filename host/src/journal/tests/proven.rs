//! Whoever acts on what a journal says is given what was signed, and nothing else.

use super::super::{content, marker};
use super::tampering::{rewrite, sql};
use super::*;

fn written() -> Place {
    let place = Place::new();
    let journal = place.open();
    for n in 0..4 {
        journal.append(&[access(&format!("s-{n}"))]).unwrap();
    }
    journal.append(&[discard("s-4", 1)]).unwrap();
    journal.forget(&[1]).unwrap();
    drop(journal);
    place
}

fn lost<T: std::fmt::Debug>(read: Result<T, StoreError>, how: &str) {
    let error = read.unwrap_err();
    assert!(matches!(error, StoreError::Lost { .. }), "{how}: {error}");
    let text = error.text();
    let (_, english) = text.english.split_once("not the one that it was: ").unwrap();
    assert!(!text.french.contains(english), "{how}: {}", text.french);
}

/// What somebody does to the file who has no key.
type Tampering = (&'static str, fn(&Place));

const TAMPERING: [Tampering; 9] = [
    ("another content", |place| rewrite(place, 2, &access("s-other"))),
    ("a line behind the signed head", |place| {
        sql(
            place,
            "INSERT INTO entry SELECT 5, kind, commitment, salt FROM entry WHERE idx = 2;
             INSERT INTO content SELECT 5, sealed FROM content WHERE idx = 2",
        );
        rewrite(place, 5, &access("s-other"));
    }),
    ("a line far behind it", |place| {
        sql(
            place,
            "INSERT INTO entry SELECT 9, kind, commitment, salt FROM entry WHERE idx = 2",
        );
    }),
    ("a line that is gone", |place| {
        sql(
            place,
            "DELETE FROM entry WHERE idx = 2; DELETE FROM content WHERE idx = 2",
        );
    }),
    ("the last line that is gone", |place| {
        sql(
            place,
            "DELETE FROM entry WHERE idx = 4; DELETE FROM content WHERE idx = 4",
        );
    }),
    ("a content that nobody forgot", |place| {
        sql(
            place,
            "UPDATE entry SET salt = zeroblob(32) WHERE idx = 2; DELETE FROM content WHERE idx = 2",
        );
    }),
    ("the same, and listed", |place| {
        sql(
            place,
            "UPDATE entry SET salt = zeroblob(32) WHERE idx = 2; DELETE FROM content WHERE idx = 2;
             INSERT INTO forgotten (first, last, kind) VALUES (2, 2, 1)",
        );
    }),
    ("one that is no longer listed", |place| {
        sql(place, "DELETE FROM forgotten");
    }),
    ("lines that changed places", |place| {
        sql(
            place,
            "UPDATE entry SET idx = -1 WHERE idx = 2; UPDATE entry SET idx = 2 WHERE idx = 3; UPDATE entry SET idx = 3 WHERE idx = -1;
             UPDATE content SET idx = -1 WHERE idx = 2; UPDATE content SET idx = 2 WHERE idx = 3; UPDATE content SET idx = 3 WHERE idx = -1",
        );
    }),
];

#[test]
fn what_nobody_signed_is_given_to_nobody_who_acts_on_it() {
    for (how, tamper) in TAMPERING {
        let place = written();
        assert_eq!(place.open().entries(0, 10).unwrap().len(), 5);
        tamper(&place);
        lost(place.open().entries(0, 10), how);
        let reader = JournalReader::open(&place.file()).unwrap();
        lost(reader.proven(0, 10), how);
    }
}

#[test]
fn it_is_looked_at_again_each_time() {
    for (how, tamper) in TAMPERING {
        let place = written();
        let journal = place.open();
        assert_eq!(journal.entries(0, 10).unwrap().len(), 5);
        tamper(&place);
        // The list of what was forgotten is read again where it changed.
        if how != "one that is no longer listed" && how != "the same, and listed" {
            lost(journal.entries(0, 10), how);
        }
    }
}

#[test]
fn what_was_signed_since_is_given_and_nothing_is_given_twice() {
    let place = written();
    let (journal, other) = (place.open(), place.open());
    let all = |journal: &Journal| -> Vec<(u64, bool)> {
        let entries = journal.entries(0, 100).unwrap().into_iter();
        entries.map(|entry| (entry.index, entry.record.is_some())).collect()
    };
    assert_eq!(all(&journal), [(0, true), (1, false), (2, true), (3, true), (4, true)]);
    other.append(&[access("s-5"), count("2026-11-25", "a", 1)]).unwrap();
    other.forget(&[0, 2]).unwrap();
    let now = [(0, false), (1, false), (2, false), (3, true), (4, true), (5, true)];
    assert_eq!(all(&journal), now);
    assert_eq!(all(&other), now);
    assert_eq!(journal.entries(4, 1).unwrap().len(), 1);
    assert_eq!(journal.entries(6, 10).unwrap(), []);
    assert_eq!(journal.entries(u64::MAX, usize::MAX).unwrap(), []);
}

#[test]
fn an_older_copy_under_an_open_journal_is_not_read() {
    let place = written();
    let (file, old) = (place.file(), std::fs::read(place.file()).unwrap());
    let journal = place.open();
    journal.append(&[access("s-9")]).unwrap();
    assert_eq!(journal.entries(0, 10).unwrap().len(), 6);
    let reader = JournalReader::open(&file).unwrap();
    assert_eq!(reader.proven(0, 10).unwrap().len(), 6);
    drop(journal);
    std::fs::write(&file, &old).unwrap();
    // SQLite may not look at the file again: then it is what it was.
    if let Ok(entries) = reader.proven(0, 10) {
        assert_eq!(entries.len(), 6);
    }
    // Without SQLite's log, which had the rest, it is the older one.
    drop(reader);
    for log in ["-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(log);
        drop(std::fs::remove_file(name));
    }
    std::fs::write(&file, old).unwrap();
    let another = JournalReader::open(&file).unwrap();
    assert!(another.verify(&VerifyOptions::default(), |_, _| {}).is_err());
}

#[test]
fn a_journal_is_held_against_its_own_key_and_not_against_the_one_in_the_file() {
    let place = written();
    // Somebody writes all of it anew, with a key of their own.
    for suffix in ["", ".head", ".pub"] {
        let mut name = place.file().into_os_string();
        name.push(suffix);
        std::fs::remove_file(name).unwrap();
    }
    let theirs = JournalKey::at(&place.folder.path().join("theirs.key")).unwrap();
    Journal::open(&place.file(), &theirs)
        .unwrap()
        .append(&[access("s-1")])
        .unwrap();
    assert!(matches!(place.try_open(), Err(StoreError::Foreign { .. })));
    let verifier = place.key().verifier();
    assert!(matches!(
        JournalReader::opened(&place.file(), Some(&verifier)),
        Err(StoreError::Foreign { .. })
    ));
}

#[test]
fn an_open_discard_that_somebody_wrote_over_is_neither_shown_nor_closed() {
    for swap in [true, false] {
        let place = written();
        let journal = place.open();
        assert_eq!(journal.open_discards().unwrap().len(), 1);
        if swap {
            rewrite(&place, 4, &discard("s-innocent", 2));
        } else {
            sql(&place, "DELETE FROM open_discard");
        }
        lost(journal.open_discards(), "shown");
        lost(journal.append(&[discarded("s-innocent", 2)]), "closed");
        lost(journal.append(&[discard("s-9", 9)]), "opened beside it");
        lost(journal.forget(&[0]), "forgotten beside it");
    }
}

#[test]
fn an_older_copy_put_back_with_its_marker_shows_against_a_checkpoint_that_was_kept() {
    let place = written();
    let (file, old) = (place.file(), std::fs::read(place.file()).unwrap());
    let mark = std::fs::read(marker::of(&file)).unwrap();
    let note = |place: &Place| JournalReader::open(&place.file()).unwrap().checkpoint().unwrap();
    let before = note(&place);
    place.open().append(&[access("s-9")]).unwrap();
    let kept = note(&place);
    let journal = place.open();
    journal.grew_from(&before).unwrap();
    journal.grew_from(&kept).unwrap();
    drop(journal);
    std::fs::write(&file, old).unwrap();
    std::fs::write(marker::of(&file), mark).unwrap();
    let journal = place.open();
    journal.grew_from(&before).unwrap();
    lost(journal.grew_from(&kept), "cut");
    // As many entries again, and other ones.
    journal.append(&[access("s-10")]).unwrap();
    lost(journal.grew_from(&kept), "other entries");
    assert!(matches!(journal.grew_from("nothing"), Err(StoreError::Foreign { .. })));
}

#[test]
fn a_content_of_another_kind_is_not_taken() {
    let place = Place::new();
    place.open().append(&[access("s-1")]).unwrap();
    sql(&place, "UPDATE entry SET kind = 2");
    lost(place.open().entries(0, 1), "kind");
    assert_eq!(content::kind_name(2), Some("decision"));
}

/// A pipe where a file should be would hold up whoever opens it for ever.
#[cfg(unix)]
#[test]
fn a_pipe_beside_a_journal_holds_nobody_up() {
    use std::sync::mpsc;
    use std::time::Duration;

    for suffix in ["", "-wal", "-shm", ".head", ".pub", ".key"] {
        let place = written();
        let file = place.file();
        let key = place.key();
        let mut name = file.clone().into_os_string();
        name.push(suffix);
        let _ = std::fs::remove_file(&name);
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&name)
                .status()
                .unwrap()
                .success()
        );
        let (say, hear) = mpsc::channel();
        let folder = place.folder.path().to_owned();
        std::thread::spawn(move || {
            let opened = Journal::open(&file, &key).err();
            let verified = JournalReader::open(&file)
                .map_err(NotVerified::Store)
                .and_then(|reader| reader.verify(&VerifyOptions::default(), |_, _| {}))
                .err();
            let drawn = JournalKey::at(&folder.join("calls.journal.key")).err();
            say.send((opened, verified, drawn)).unwrap();
        });
        let (opened, verified, drawn) = hear.recv_timeout(Duration::from_secs(60)).expect(suffix);
        assert_eq!(opened.is_some(), suffix != ".key", "{suffix}: {opened:?}");
        assert_eq!(
            verified.is_some(),
            !matches!(suffix, ".key" | ".pub"),
            "{suffix}: {verified:?}"
        );
        assert_eq!(drawn.is_some(), suffix == ".key", "{suffix}: {drawn:?}");
    }
}
