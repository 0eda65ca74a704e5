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
    let bytes = std::fs::read(place.file()).unwrap();
    let step = bytes.len().div_ceil(WORKERS);
    std::thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (bytes, before, verifier) = (&bytes, &before, &verifier);
            let range = worker * step..bytes.len().min((worker + 1) * step);
            scope.spawn(move || change_each(bytes, range, before, verifier));
        }
    });
}

/// Small pages and few entries: a few files at a time are enough.
const WORKERS: usize = 4;

fn change_each(bytes: &[u8], range: std::ops::Range<usize>, before: &Said, verifier: &Verifier) {
    let folder = tempfile::tempdir_in(memory()).unwrap();
    let copy = folder.path().join("copy");
    let (mut found, mut all) = (0, 0);
    for (at, mask) in range.flat_map(masks) {
        let mut changed = bytes.to_vec();
        changed[at] ^= mask;
        std::fs::write(&copy, &changed).unwrap();
        all += 1;
        if verify(&copy, verifier).is_err() {
            found += 1;
            continue;
        }
        match said(&copy) {
            Ok(after) => assert!(after == *before, "byte {at}, mask {mask:#04x} changed something"),
            Err(error) => panic!("byte {at}, mask {mask:#04x}: {error}"),
        }
    }
    eprintln!("{found} of {all} changes found, the others changed nothing");
    assert!(found > 0);
}

/// Of each byte the lowest bit, which makes the smallest change of a number; of every fourth the highest too.
fn masks(at: usize) -> impl Iterator<Item = (usize, u8)> {
    let highest = at.is_multiple_of(4).then_some((at, 0x80));
    [(at, 0x01)].into_iter().chain(highest)
}

/// A folder in memory, where there is one.
fn memory() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}
