//! Another file where the ledger was, or none: nobody starts to count from nothing unnoticed.

use std::fs;
use std::path::Path;

use gardefou::StoreError;
use gardefou::ledger::{Ledger as _, SqliteLedger};

use crate::call::{NOW, offer, reserve, whole};
use crate::hand::ledger;

fn sign(error: StoreError) -> String {
    match error {
        StoreError::Lost { sign, .. } => sign,
        other => panic!("{other:?}"),
    }
}

fn what(error: StoreError) -> String {
    match error {
        StoreError::Foreign { what, .. } => what,
        other => panic!("{other:?}"),
    }
}

/// Without what SQLite keeps beside its file.
fn remove_logs(path: &Path) {
    for ending in ["-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        drop(fs::remove_file(name));
    }
}

fn marker(path: &Path) -> std::path::PathBuf {
    path.with_file_name("ledger.db.identity")
}

#[test]
fn an_empty_file_in_its_place_is_noticed_at_the_opening() {
    let (_folder, path) = ledger();
    fs::write(&path, "").unwrap();
    assert_eq!(sign(SqliteLedger::open(&path).unwrap_err()), "it is empty");
    assert_eq!(fs::read(&path).unwrap(), b"", "it was left as it was");
}

#[test]
fn an_empty_database_in_its_place_is_noticed_at_the_opening() {
    let (_folder, path) = ledger();
    fs::remove_file(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("VACUUM").unwrap();
    drop(other);
    assert!(matches!(SqliteLedger::open(&path), Err(StoreError::Lost { .. })));
}

#[test]
fn a_file_that_is_gone_is_noticed_at_the_opening() {
    let (_folder, path) = ledger();
    fs::remove_file(&path).unwrap();
    assert!(sign(SqliteLedger::open(&path).unwrap_err()).contains("gone"));
    assert!(!path.exists(), "none was made");
}

#[test]
fn a_younger_ledger_in_its_place_is_noticed_at_the_opening() {
    let ((_folder, path), (_other_folder, other)) = (ledger(), ledger());
    fs::copy(other, &path).unwrap();
    assert!(sign(SqliteLedger::open(&path).unwrap_err()).contains("identity"));
}

/// Where the system lets an open file be replaced at all.
#[cfg(unix)]
#[test]
fn a_file_that_is_taken_away_or_replaced_while_open_is_noticed() {
    let (_folder, path) = ledger();
    let ledger = SqliteLedger::open(&path).unwrap();
    offer(&ledger, "s").unwrap();
    fs::rename(&path, path.with_extension("away")).unwrap();
    assert!(sign(reserve(&ledger, "s", 0).unwrap_err()).contains("gone"));
    fs::write(&path, "").unwrap();
    assert_eq!(sign(reserve(&ledger, "s", 0).unwrap_err()), "it is empty");
    fs::copy(path.with_extension("away"), &path).unwrap();
    assert!(sign(reserve(&ledger, "s", 0).unwrap_err()).contains("another file"));
    assert!(sign(ledger.balances(NOW, 10).unwrap_err()).contains("another file"));
    // The right file is put back, and it goes on.
    fs::rename(path.with_extension("away"), &path).unwrap();
    assert_eq!(reserve(&ledger, "s", 0).unwrap().slice, 100);
}

/// The same file with what it held some time ago: same identity, an older turn.
#[test]
fn an_older_copy_put_back_while_open_is_noticed() {
    let (_folder, path) = ledger();
    let old = path.with_extension("old");
    let look = rusqlite::Connection::open(&path).unwrap();
    look.execute("VACUUM INTO ?1", [old.to_str().unwrap()]).unwrap();
    let ledger = SqliteLedger::open(&path).unwrap();
    offer(&ledger, "s").unwrap();
    // As a tool does it that restores a database in place, through SQLite.
    look.execute("ATTACH ?1 AS old", [old.to_str().unwrap()]).unwrap();
    look.execute_batch("UPDATE about SET turn = (SELECT turn FROM old.about)")
        .unwrap();
    assert!(sign(reserve(&ledger, "s", 0).unwrap_err()).contains("older copy"));
}

#[test]
fn a_crash_between_the_file_and_its_marker_is_made_good() {
    let (_folder, path) = ledger();
    let before = SqliteLedger::open(&path).unwrap().identity().unwrap();
    fs::remove_file(marker(&path)).unwrap();
    // The crash may leave a part of the new marker.
    fs::write(path.with_file_name("ledger.db.identity.new"), "12").unwrap();
    assert_eq!(SqliteLedger::open(&path).unwrap().identity().unwrap(), before);
    assert_eq!(fs::read_to_string(marker(&path)).unwrap(), format!("{before}\n"));
    // And one before anything was in the file.
    fs::remove_file(&path).unwrap();
    fs::remove_file(marker(&path)).unwrap();
    remove_logs(&path);
    fs::write(&path, "").unwrap();
    let after = SqliteLedger::open(&path).unwrap().identity().unwrap();
    assert_ne!(after, before);
}

#[test]
fn what_is_no_ledger_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(what(SqliteLedger::open(folder.path()).unwrap_err()), "it is a folder");
    let garbage = folder.path().join("garbage");
    fs::write(
        &garbage,
        "no database, but long enough to look into, and then some more",
    )
    .unwrap();
    let before = fs::read(&garbage).unwrap();
    assert_eq!(
        what(SqliteLedger::open(&garbage).unwrap_err()),
        "it is no SQLite database"
    );
    assert_eq!(fs::read(&garbage).unwrap(), before);
    let foreign = folder.path().join("foreign.db");
    let other = rusqlite::Connection::open(&foreign).unwrap();
    other.execute_batch("CREATE TABLE customers (name TEXT)").unwrap();
    drop(other);
    let before = fs::read(&foreign).unwrap();
    assert!(what(SqliteLedger::open(&foreign).unwrap_err()).contains("no ledger"));
    assert_eq!(fs::read(&foreign).unwrap(), before);
    let (_folder, path) = ledger();
    fs::write(marker(&path), "no identity\n").unwrap();
    assert!(what(SqliteLedger::open(&path).unwrap_err()).contains("marker"));
}

#[test]
fn a_later_layout_is_left_to_a_later_version() {
    let (_folder, path) = ledger();
    let look = rusqlite::Connection::open(&path).unwrap();
    look.execute_batch("PRAGMA user_version = 7").unwrap();
    drop(look);
    let newer = SqliteLedger::open(&path).unwrap_err();
    assert!(matches!(newer, StoreError::Newer { version: 7, .. }), "{newer:?}");
}

#[test]
fn looking_makes_nothing_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    for opened in [SqliteLedger::open_to_read(&path), SqliteLedger::open_existing(&path)] {
        assert!(matches!(opened, Err(StoreError::Missing { .. })));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    whole(&SqliteLedger::open(&path).unwrap(), "s").unwrap();
    let look = SqliteLedger::open_to_read(&path).unwrap();
    assert_eq!(look.balances(NOW, 10_000).unwrap()[0].kept, 100);
    let refused = offer(&look, "t").unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly { .. }), "{refused:?}");
}
