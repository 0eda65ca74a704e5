//! Stores beside recordings are known by their exact names, in their own folder.

use std::fs;
use std::sync::Arc;

use gardefou_policy::types::DAY;

use super::shop::{NOW, Shop, erase};
use crate::custody::Custody;
use crate::journal::{Journal, JournalKey, Record};
use crate::ledger::{Ledger, SqliteLedger};

/// Everything of the employee is erased.
fn erased(custody: &Custody) -> bool {
    let receipt = erase(custody).unwrap();
    receipt.known && !receipt.incomplete()
}

#[test]
fn a_store_hides_no_recording_whose_name_begins_like_its_own() {
    for elsewhere in [false, true] {
        let shop = Shop::new();
        let outside = tempfile::tempdir().unwrap();
        let place = if elsewhere { outside.path() } else { shop.folder.path() };
        let key = JournalKey::at(&outside.path().join("key")).unwrap();
        let journal = Journal::open(&place.join("s"), &key).unwrap();
        let ledger: Arc<dyn Ledger> = Arc::new(SqliteLedger::open(place.join("s-")).unwrap());
        for session in ["s", "s-1", "s-wal", "summer"] {
            let sidecar = super::shop::sidecar(session, "e-1001", NOW.minus(DAY));
            shop.put(&sidecar);
            journal
                .append(&[Record::Decision(super::shop::decision(&sidecar))])
                .unwrap();
        }
        let stores: Vec<String> = shop.files().into_iter().filter(|name| is_store(name)).collect();
        assert_eq!(stores.is_empty(), elsewhere);
        let custody = Custody::new(&shop.policies, journal.clone(), shop.folder.path()).with_ledger(ledger);
        assert_eq!(custody.recordings().unwrap().len(), 4);
        let report = custody.purge(NOW, true).unwrap();
        let strays: Vec<&str> = report.strays.iter().map(|stray| stray.name.as_str()).collect();
        assert_eq!(strays, stores, "exactly the stores' files are left alone");
        assert!(erased(&custody));
        assert_eq!(shop.files(), stores, "and nothing else is there");
        drop(custody);
        Journal::open(&place.join("s"), &key).unwrap();
    }
}

fn is_store(name: &str) -> bool {
    let store = name.strip_prefix("s-").or(name.strip_prefix('s')).unwrap_or("mkv");
    matches!(
        store,
        "" | "-wal" | "-shm" | "wal" | "shm" | ".pub" | ".head" | ".identity"
    )
}

#[test]
fn a_store_that_is_named_like_a_temporary_file_is_left_alone() {
    let shop = Shop::new();
    let key = JournalKey::at(&shop.path("old.key.tmp")).unwrap();
    let journal = Journal::open(&shop.path("calls.tmp"), &key).unwrap();
    super::shop::date(&shop.path("old.key.tmp"), NOW.minus(9 * DAY));
    super::shop::date(&shop.path("calls.tmp"), NOW.minus(9 * DAY));
    shop.file("old.tmp", NOW.minus(9 * DAY));
    let others = vec![shop.path("old.key.tmp"), "old.tmp".into()];
    let custody = Custody::new(&shop.policies, journal, shop.folder.path()).with_others(others);
    assert!(!custody.purge(NOW, false).unwrap().still_there());
    assert!(shop.has("calls.tmp") && shop.has("old.key.tmp"));
    // A file of the same name elsewhere is another file.
    assert!(!shop.has("old.tmp"));
}

#[test]
fn work_of_a_store_that_is_not_yet_in_its_place_is_not_taken_away() {
    let shop = Shop::new();
    for name in [".gardefou-aB3xYz.tmp", ".gardefou-0123456789abcdef.tmp"] {
        fs::write(shop.path(name), "half").unwrap();
    }
    super::shop::date(&shop.path(".gardefou-aB3xYz.tmp"), NOW);
    shop.custody().purge(NOW, false).unwrap();
    assert!(shop.has(".gardefou-aB3xYz.tmp") && !shop.has(".gardefou-0123456789abcdef.tmp"));
    // One that nobody finished goes in time.
    shop.custody().purge(NOW.plus(2 * DAY), false).unwrap();
    assert!(!shop.has(".gardefou-aB3xYz.tmp"));
}
