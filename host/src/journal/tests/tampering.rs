//! Somebody holds the file, and not the key.

use rusqlite::Connection;

use super::super::marker;
use super::super::tree::{Frontier, leaf};
use super::*;

fn verify(place: &Place, checkpoints: &[String]) -> Result<Verified, NotVerified> {
    let options = VerifyOptions {
        verifier: Some(place.key().verifier()),
        checkpoints: checkpoints
            .iter()
            .map(|note| ("kept".to_owned(), note.clone()))
            .collect(),
    };
    JournalReader::open(&place.file())?.verify(&options, |_, _| {})
}

fn wrong_place(place: &Place, checkpoints: &[String]) -> WrongPlace {
    match verify(place, checkpoints) {
        Err(NotVerified::Wrong(wrong)) => wrong.place,
        other => panic!("{other:?}"),
    }
}

fn written() -> Place {
    let place = Place::new();
    let journal = place.open();
    for n in 0..6 {
        journal.append(&[access(&format!("s-{n}"))]).unwrap();
    }
    drop(journal);
    verify(&place, &[]).unwrap();
    place
}

pub(super) fn sql(place: &Place, sql: &str) {
    Forger::of(&place.file()).sql(sql);
}

/// Writes an entry's content anew, with salt and commitment, as somebody would who knows the format.
pub(super) fn rewrite(place: &Place, index: i64, record: &Record) {
    Forger::of(&place.file()).rewrite(index, record);
}

#[test]
fn a_rewritten_entry_shows() {
    let place = written();
    rewrite(&place, 3, &access("s-other"));
    assert_eq!(wrong_place(&place, &[]), WrongPlace::Entry(3));
}

#[test]
fn a_rewritten_entry_is_not_signed_by_the_next_append() {
    let place = written();
    rewrite(&place, 3, &access("s-other"));
    // They mend the frontier as well, so that it goes with their entries.
    let entries = JournalReader::open(&place.file()).unwrap().stored(0, 10).unwrap();
    let mut frontier = Frontier::default();
    entries.iter().for_each(|entry| frontier.push(leaf(&entry.commitment)));
    let connection = Connection::open(place.file()).unwrap();
    connection
        .execute("UPDATE journal SET frontier = ?1", [frontier.to_bytes()])
        .unwrap();
    drop(connection);
    let error = place.try_open().unwrap_err();
    assert!(matches!(error, StoreError::Lost { .. }), "{error}");
    assert_eq!(wrong_place(&place, &[]), WrongPlace::Head);
}

#[test]
fn what_is_changed_under_an_open_journal_is_not_signed() {
    let place = Place::new();
    let journal = place.open();
    journal.append(&[access("s-1"), count("2026-11-25", "a", 1)]).unwrap();
    sql(&place, "UPDATE counting SET count = 9");
    let error = journal.append(&[count("2026-11-25", "a", 1)]).unwrap_err();
    assert!(matches!(error, StoreError::Lost { .. }), "{error}");
    assert_eq!(wrong_place(&place, &[]), WrongPlace::Counts);
}

#[test]
fn deleted_reordered_and_added_entries_show() {
    let deleted = written();
    sql(
        &deleted,
        "DELETE FROM entry WHERE idx = 2; DELETE FROM content WHERE idx = 2",
    );
    assert_eq!(wrong_place(&deleted, &[]), WrongPlace::Entry(2));

    let closed_up = written();
    sql(
        &closed_up,
        "DELETE FROM entry WHERE idx = 2; DELETE FROM content WHERE idx = 2;
         UPDATE entry SET idx = idx - 1 WHERE idx > 2; UPDATE content SET idx = idx - 1 WHERE idx > 2",
    );
    assert_eq!(wrong_place(&closed_up, &[]), WrongPlace::Entry(2));

    let reordered = written();
    sql(
        &reordered,
        "UPDATE entry SET idx = -1 WHERE idx = 1; UPDATE entry SET idx = 1 WHERE idx = 2; UPDATE entry SET idx = 2 WHERE idx = -1;
         UPDATE content SET idx = -1 WHERE idx = 1; UPDATE content SET idx = 1 WHERE idx = 2; UPDATE content SET idx = 2 WHERE idx = -1",
    );
    assert_eq!(wrong_place(&reordered, &[]), WrongPlace::Entry(1));

    let added = written();
    sql(
        &added,
        "INSERT INTO entry SELECT 6, kind, commitment, salt FROM entry WHERE idx = 5;
         INSERT INTO content SELECT 6, sealed FROM content WHERE idx = 5",
    );
    assert_eq!(wrong_place(&added, &[]), WrongPlace::Entry(6));

    let cut = written();
    sql(
        &cut,
        "DELETE FROM entry WHERE idx > 3; DELETE FROM content WHERE idx > 3",
    );
    assert_eq!(wrong_place(&cut, &[]), WrongPlace::Entry(4));
}

#[test]
fn a_content_that_nobody_forgot_is_missed() {
    let place = written();
    sql(
        &place,
        "UPDATE entry SET salt = zeroblob(32) WHERE idx = 4; DELETE FROM content WHERE idx = 4",
    );
    assert_eq!(wrong_place(&place, &[]), WrongPlace::Entry(4));
    sql(&place, "INSERT INTO forgotten (first, last, kind) VALUES (4, 4, 1)");
    assert_eq!(wrong_place(&place, &[]), WrongPlace::Forgotten);
}

#[test]
fn a_checkpoint_or_an_open_discard_that_is_gone_shows() {
    let place = written();
    sql(&place, "DELETE FROM checkpoint WHERE size = 3");
    assert_eq!(wrong_place(&place, &[]), WrongPlace::Head);
    let place = Place::new();
    place.open().append(&[discard("s-1", 1)]).unwrap();
    sql(&place, "DELETE FROM open_discard");
    assert_eq!(wrong_place(&place, &[]), WrongPlace::Discards);
}

#[test]
fn an_older_copy_put_back_shows_by_the_marker_and_by_a_checkpoint_kept_elsewhere() {
    let place = written();
    let file = place.file();
    let old = std::fs::read(&file).unwrap();
    let old_mark = std::fs::read(marker::of(&file)).unwrap();
    place.open().append(&[access("s-9")]).unwrap();
    let kept = JournalReader::open(&file).unwrap().checkpoint().unwrap();
    verify(&place, std::slice::from_ref(&kept)).unwrap();
    std::fs::write(&file, old).unwrap();
    assert_eq!(wrong_place(&place, &[]), WrongPlace::Marker);
    assert!(matches!(place.try_open(), Err(StoreError::Lost { .. })));
    // They put the old marker back as well.
    std::fs::write(marker::of(&file), old_mark).unwrap();
    verify(&place, &[]).unwrap();
    assert_eq!(
        wrong_place(&place, std::slice::from_ref(&kept)),
        WrongPlace::Kept("kept".into())
    );
    // And the recorder goes on, without knowing: the tree is another one where the checkpoint's size is reached.
    place.open().append(&[access("s-10")]).unwrap();
    assert_eq!(
        wrong_place(&place, std::slice::from_ref(&kept)),
        WrongPlace::Kept("kept".into())
    );
    place.open().append(&[access("s-11"), access("s-12")]).unwrap();
    assert!(matches!(verify(&place, &[kept]), Err(NotVerified::Wrong(_))));
}

#[test]
fn whoever_has_the_key_is_caught_by_a_checkpoint_kept_elsewhere() {
    let place = written();
    let kept = JournalReader::open(&place.file()).unwrap().checkpoint().unwrap();
    for suffix in ["", ".head", ".pub"] {
        let mut name = place.file().into_os_string();
        name.push(suffix);
        std::fs::remove_file(name).unwrap();
    }
    let journal = place.open();
    for n in 0..8 {
        journal.append(&[access(&format!("s-{n}"))]).unwrap();
    }
    verify(&place, &[]).unwrap();
    assert!(matches!(verify(&place, &[kept]), Err(NotVerified::Wrong(_))));
}

#[test]
fn another_key_is_told() {
    let place = written();
    let other = JournalKey::at(&place.folder.path().join("other.key")).unwrap();
    let options = VerifyOptions {
        verifier: Some(other.verifier()),
        ..VerifyOptions::default()
    };
    let found = JournalReader::open(&place.file()).unwrap().verify(&options, |_, _| {});
    assert!(matches!(
        found,
        Err(NotVerified::Wrong(Wrong {
            place: WrongPlace::Key,
            ..
        }))
    ));
}

#[test]
fn proofs_hold_and_changed_ones_do_not() {
    let place = written();
    let reader = JournalReader::open(&place.file()).unwrap();
    let key = reader.verifier().clone();
    for index in 0..6 {
        let proof = reader.prove(index).unwrap().unwrap();
        let read = Proof::read(&proof.to_bytes()).unwrap();
        assert_eq!(read, proof);
        let Proven::Included { content, .. } = read.verify(Some(&key)).unwrap() else {
            panic!();
        };
        assert!(content.unwrap().contains(&format!("s-{index}")));
        let Proof::Inclusion(mut changed) = proof else { panic!() };
        changed.index = (index + 1) % 6;
        assert_eq!(Proof::Inclusion(changed.clone()).verify(None), Err(Unproven::Path));
        changed.content = Some("{}".into());
        assert_eq!(Proof::Inclusion(changed).verify(None), Err(Unproven::Content));
    }
    assert_eq!(reader.prove(6).unwrap(), None);
    for note in reader.checkpoints().unwrap() {
        let proof = reader.prove_since(&note).unwrap();
        assert!(matches!(proof.verify(Some(&key)), Ok(Proven::Extended { .. })));
    }
    place.open().forget(&[2]).unwrap();
    let proof = reader.prove(2).unwrap().unwrap();
    assert!(matches!(
        proof.verify(Some(&key)),
        Ok(Proven::Included { content: None, .. })
    ));
    verify(&place, &[]).unwrap();
}
