//! Of what was erased or forgotten nothing is left in any byte of any file: no token, and no salt that would open what
//! the journal sealed.

use std::fs;
use std::path::Path;

use gardefou::PolicyHandle;
use gardefou::Runtime;
use gardefou::journal::JournalReader;

use crate::shop::{DAY, NOW, Shop, erase, example};

/// Where these bytes stand, in whatever file.
fn standing(folder: &Path, wanted: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(standing(&path, wanted));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        if bytes.windows(wanted.len()).any(|window| window == wanted) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// What a person's entries are opened with.
fn salts(shop: &Shop, entries: std::ops::Range<usize>) -> Vec<[u8; 32]> {
    let stored = JournalReader::open(&shop.place().join("calls.journal"))
        .unwrap()
        .stored(0, 100)
        .unwrap();
    let of = stored.get(entries).unwrap().iter();
    of.map(|entry| entry.opened.as_ref().unwrap().0).collect()
}

#[test]
fn nothing_of_a_person_is_left_in_any_file() {
    for erased in [true, false] {
        let runtime = Runtime::new().unwrap();
        let policies = PolicyHandle::new(vec![example(&runtime)]).unwrap();
        let shop = Shop::new();
        for session in ["s-1", "s-2"] {
            shop.recording(session, NOW.minus(100 * DAY));
        }
        shop.clock_is_right(NOW);
        shop.file("s-1.restricted.json", NOW);
        let salts = salts(&shop, 0..2);
        for salt in &salts {
            assert!(!standing(shop.place(), salt).is_empty(), "else this shows nothing");
        }
        assert!(!standing(shop.place(), b"e-1001").is_empty());
        let custody = shop.custody(&policies);
        if erased {
            assert!(!erase(&custody).unwrap().incomplete());
        } else {
            shop.clock_is_right(NOW.plus(90 * DAY));
            // The mark that nobody asked for is told, and goes all the same.
            custody.purge(NOW.plus(90 * DAY), false).unwrap();
        }
        // With the write-ahead log of the journal that is open.
        let looked = |when: &str, place: &Path| {
            for salt in &salts {
                assert_eq!(standing(place, salt), [""; 0], "erased {erased}, {when}");
            }
            assert_eq!(standing(place, b"e-1001"), [""; 0], "erased {erased}, {when}");
        };
        assert!(shop.place().join("calls.journal-wal").exists());
        looked("open", shop.place());
        drop(custody);
        let place = shop.close();
        looked("closed", place.path());
    }
}
