//! A ledger's files are its account's alone, whatever the process's mask allows, and no link is followed.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output};

use gardefou::StoreError;
use gardefou::ledger::SqliteLedger;

use crate::call::offer;
use crate::failing::powerless;
use crate::hand::{PROGRAM, ledger};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// The program makes a ledger here, under a mask that takes nothing away.
fn made(path: &Path) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 000; exec \"$0\" identity \"$1\"", PROGRAM]);
    shell.arg(path).output().unwrap()
}

fn alone(folder: &Path, files: usize) {
    let names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(names.len(), files, "{names:?}");
    for path in names {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn everything_is_for_its_account_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    assert!(made(&path).status.success());
    alone(folder.path(), 2);
    // With the log and what belongs to it.
    let ledger = SqliteLedger::open(&path).unwrap();
    offer(&ledger, "s").unwrap();
    alone(folder.path(), 4);
}

#[test]
fn what_an_earlier_version_left_open_is_closed_when_it_is_written() {
    let (folder, path) = ledger();
    let open = SqliteLedger::open(&path).unwrap();
    offer(&open, "s").unwrap();
    for ending in ["", "-wal", "-shm"] {
        let name = format!("ledger.db{ending}");
        fs::set_permissions(folder.path().join(name), Permissions::from_mode(0o666)).unwrap();
    }
    drop(SqliteLedger::open_to_read(&path).unwrap());
    assert_eq!(mode(&path), 0o666, "a reader changes nothing");
    drop(SqliteLedger::open_existing(&path).unwrap());
    alone(folder.path(), 4);
    offer(&open, "t").unwrap();
}

#[test]
fn no_link_is_followed() {
    let theirs = tempfile::tempdir().unwrap();
    let nowhere = theirs.path().join("nowhere");
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        symlink(&nowhere, folder.path().join(name)).unwrap();
        let refused = SqliteLedger::open(&path).unwrap_err();
        assert!(matches!(refused, StoreError::Unreachable { .. }), "{refused}");
        assert!(!made(&path).status.success());
    }
    // The name under which the marker was once written.
    for name in ["ledger.db.identity.new", "ledger.db.identity"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        symlink(&nowhere, folder.path().join(name)).unwrap();
        assert!(made(&path).status.success());
        assert!(
            fs::symlink_metadata(folder.path().join("ledger.db.identity"))
                .unwrap()
                .is_file()
        );
    }
    assert_eq!(fs::read_dir(theirs.path()).unwrap().count(), 0);
}

/// Whoever put it there reads what comes into it.
#[test]
fn a_ledger_that_another_account_left_open_is_not_written() {
    if fs::metadata("/proc/self").is_ok_and(|own| own.uid() != 0) {
        // Only an administrator runs a program as somebody else.
        return;
    }
    for made in [true, false] {
        let (folder, path) = ledger();
        if !made {
            fs::remove_file(folder.path().join("ledger.db.identity")).unwrap();
            fs::write(&path, "").unwrap();
        }
        for entry in fs::read_dir(folder.path()).unwrap() {
            fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(0o666)).unwrap();
        }
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        let before = fs::read(&path).unwrap();
        let output = powerless(folder.path()).arg("identity").arg(&path).output().unwrap();
        assert!(!output.status.success());
        assert_eq!((mode(&path), fs::read(&path).unwrap()), (0o666, before));
    }
}
