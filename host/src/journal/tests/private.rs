//! A journal's files are its account's alone, whatever the process's mask allows, and no link is followed.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output};

use super::*;
use crate::private;

const FOLDER: &str = "GARDEFOU_TEST_PRIVATE_JOURNAL";

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn loosen(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap();
}

/// The names in the folder; each is for this account alone.
fn alone(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    names.sort();
    names
}

const ALL: [&str; 6] = [
    "calls.journal",
    "calls.journal-shm",
    "calls.journal-wal",
    "calls.journal.head",
    "calls.journal.key",
    "calls.journal.pub",
];

/// What a journal in this folder does, and which files it has meanwhile.
fn work(folder: &Path) {
    let key = JournalKey::at(&folder.join("calls.journal.key")).unwrap();
    let journal = Journal::open(&folder.join("calls.journal"), &key).unwrap();
    journal.append(&[access("s-1"), decision("s-1")]).unwrap();
    journal.forget(&[0]).unwrap();
    assert_eq!(alone(folder), ALL);
    let reader = JournalReader::open(&folder.join("calls.journal")).unwrap();
    reader.verify(&VerifyOptions::default(), |_, _| {}).unwrap();
    assert_eq!(alone(folder), ALL);
    drop((journal, reader));
    alone(folder);
}

/// This test again, in a process whose files others may read and write unless it takes care.
fn in_another_process(test: &str, folder: &Path) -> Output {
    let name = format!("journal::tests::private::{test}");
    Command::new("sh")
        .args(["-c", "umask 000; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &name, "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .unwrap()
}

#[test]
fn everything_is_for_its_account_alone() {
    if let Ok(folder) = std::env::var(FOLDER) {
        return work(Path::new(&folder));
    }
    let place = Place::new();
    let output = in_another_process("everything_is_for_its_account_alone", place.folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(JournalReader::open(&place.file()).unwrap().head().unwrap().size, 2);
}

#[test]
fn what_an_earlier_version_left_open_is_closed() {
    let place = Place::new();
    let journal = place.open();
    journal.append(&[access("s-1")]).unwrap();
    for name in ALL {
        loosen(&place.folder.path().join(name));
    }
    let again = place.open();
    again.append(&[access("s-2")]).unwrap();
    for name in &ALL[..3] {
        assert_eq!(mode(&place.folder.path().join(name)), 0o600, "{name}");
    }
    journal.append(&[access("s-3")]).unwrap();
}

/// Created, and then the power went: nothing was ever in it.
#[test]
fn an_empty_file_without_a_marker_becomes_a_journal() {
    let place = Place::new();
    place.key();
    fs::write(place.file(), "").unwrap();
    loosen(&place.file());
    assert!(matches!(
        JournalReader::open(&place.file()),
        Err(StoreError::Foreign { .. })
    ));
    work(place.folder.path());
}

#[test]
fn no_link_is_taken_for_a_journal_and_none_is_written_through() {
    let theirs = tempfile::tempdir().unwrap();
    let at = |name: &str| theirs.path().join(name);
    fs::write(at("theirs"), "theirs").unwrap();
    for to in ["theirs", "nowhere"] {
        for name in ["", "-wal", "-shm"] {
            let place = Place::new();
            let mut file = place.file().into_os_string();
            file.push(name);
            symlink(at(to), &file).unwrap();
            let refused = place.try_open().unwrap_err();
            assert!(matches!(refused, StoreError::Unreachable { .. }), "{refused}");
        }
        // What is put in the place of a link is a file.
        for name in ["calls.journal.head", "calls.journal.pub"] {
            let place = Place::new();
            symlink(at("nowhere"), place.folder.path().join(name)).unwrap();
            work(place.folder.path());
        }
    }
    // A key is never drawn into a link.
    let place = Place::new();
    symlink(at("nowhere"), place.folder.path().join("calls.journal.key")).unwrap();
    JournalKey::at(&place.folder.path().join("calls.journal.key")).unwrap_err();
    assert_eq!(fs::read_dir(theirs.path()).unwrap().count(), 1);
    assert_eq!(fs::read(at("theirs")).unwrap(), b"theirs");
}

/// A process that closes a file lets go of every lock that it holds on it. Were the file opened to make it ready, the
/// other process here would take itself for the last one, and put away the log that this one writes.
#[test]
fn making_a_database_ready_keeps_the_locks_on_it() {
    if let Ok(folder) = std::env::var(FOLDER) {
        let folder = Path::new(&folder);
        let key = JournalKey::at(&folder.join("calls.journal.key")).unwrap();
        let journal = Journal::open(&folder.join("calls.journal"), &key).unwrap();
        journal.append(&[access("s-2")]).unwrap();
        return;
    }
    let place = Place::new();
    let journal = place.open();
    journal.append(&[access("s-1")]).unwrap();
    private::make_database_ready(&place.file(), true).unwrap();
    drop(place.open());
    let output = in_another_process("making_a_database_ready_keeps_the_locks_on_it", place.folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(place.folder.path().join("calls.journal-wal").exists());
    assert_eq!(journal.append(&[access("s-3")]).unwrap().size, 3);
}
