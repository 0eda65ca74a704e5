//! Every byte of a journal's file, changed.

use super::*;

/// All that a journal says to whoever reads it.
#[derive(PartialEq, Debug)]
struct Said {
    head: Head,
    entries: Vec<Stored>,
    read: Vec<Entry>,
    checkpoints: Vec<String>,
    latest: String,
    counts: Vec<Count>,
    open: Vec<OpenDiscard>,
    seal: String,
}

fn said(file: &Path) -> Result<Said, StoreError> {
    let reader = JournalReader::open(file)?;
    Ok(Said {
        head: reader.head()?,
        entries: reader.stored(0, 1000)?,
        read: reader.entries(0, 1000)?,
        checkpoints: reader.checkpoints()?,
        latest: reader.checkpoint()?,
        counts: reader.counts()?,
        open: reader.open_discards()?,
        seal: reader.seal()?,
    })
}

fn verify(file: &Path, verifier: &Verifier) -> Result<Verified, NotVerified> {
    let options = VerifyOptions {
        verifier: Some(verifier.clone()),
        ..VerifyOptions::default()
    };
    JournalReader::open(file)?.verify(&options, |_, _| {})
}

/// A small journal with everything in it, in small pages.
fn small(place: &Place) {
    let options = JournalOptions {
        page_size: 512,
        ..JournalOptions::default()
    };
    let journal = Journal::open_with(&place.file(), &place.key(), options).unwrap();
    journal.append(&[access("s-1"), decision("s-1")]).unwrap();
    journal
        .append(&[count("2026-11-24", "a", 1), discard("s-2", 1), discard("s-3", 2)])
        .unwrap();
    journal
        .append(&[access("s-2"), decision("s-3"), discarded("s-2", 1)])
        .unwrap();
    journal
        .append(&[count("2026-11-25", "a", 4), count("2026-11-25", "b", 5)])
        .unwrap();
    assert_eq!(journal.forget(&[1, 2]).unwrap(), 2);
    journal.append(&[access("s-4")]).unwrap();
}

#[test]
fn a_change_of_any_byte_is_found_or_changes_nothing() {
    let place = Place::new();
    small(&place);
    assert!(
        !place.folder.path().join("calls.journal-wal").exists(),
        "all of it is in the file"
    );
    let verifier = place.key().verifier();
    let before = said(&place.file()).unwrap();
    verify(&place.file(), &verifier).unwrap();
    assert!(
        !place.folder.path().join("calls.journal-wal").exists(),
        "all of it is in the file"
    );
    let bytes = std::fs::read(place.file()).unwrap();
    let copy = place.folder.path().join("copy");
    let (mut found, mut nothing) = (0, 0);
    for at in 0..bytes.len() {
        for mask in [0x01, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= mask;
            std::fs::write(&copy, &changed).unwrap();
            if verify(&copy, &verifier).is_err() {
                found += 1;
            } else {
                let after = said(&copy);
                assert!(after.as_ref() == Ok(&before), "byte {at}, mask {mask:#04x}");
                nothing += 1;
            }
        }
    }
    println!(
        "{} bytes: {found} changes found, {nothing} without a meaning",
        bytes.len()
    );
    assert!(found > nothing, "most of the file means something");
}
