//! That a writer which does not sync is caught.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cut::{Found, everywhere};
use crate::recording::{HAND, Recording};

/// Every number that was said is in the database.
fn numbers(folder: &Path, said: &[&str]) -> Found {
    let read = || {
        let connection = rusqlite::Connection::open(folder.join("numbers.db"))?;
        let mut query = connection.prepare("SELECT it FROM number ORDER BY it")?;
        let numbers = query.query_map([], |row| row.get::<_, i64>(0))?;
        numbers.collect::<rusqlite::Result<Vec<_>>>()
    };
    let acknowledged = said.iter().filter_map(|line| line.parse::<i64>().ok());
    let mut there = Vec::new();
    match read() {
        Ok(numbers) => there = numbers,
        Err(_) if said.is_empty() => {}
        Err(error) => return Err(error.to_string()),
    }
    for number in acknowledged {
        if !there.contains(&number) {
            return Err(format!("{number} is gone"));
        }
    }
    Ok(())
}

fn database(synchronous: &str) -> Recording {
    let mut recording = Recording::of(|_| ());
    let folder = recording.folder();
    let mut hand = Command::new(HAND);
    hand.arg("unsynced-database")
        .arg(folder)
        .env("POWER_SYNCHRONOUS", synchronous);
    recording.run(&mut hand);
    recording
}

#[test]
fn sqlite_that_does_not_sync_is_caught_and_sqlite_that_does_is_not() {
    for synchronous in ["off", "normal"] {
        let failed = everywhere(&database(synchronous), numbers).unwrap_err();
        let why = failed.expected();
        assert!(why.ends_with(" is gone") || why.contains("no such table"), "{why}");
    }
    let tried = everywhere(&database("full"), numbers);
    tried.unwrap_or_else(|failed| panic!("{failed}"));
}

#[test]
fn a_file_that_is_deleted_in_a_folder_which_is_not_synced_is_caught() {
    let mut recording = Recording::of(|folder| fs::write(folder.join("old.mkv"), "old").unwrap());
    recording.hand(&["unsynced-folder"]);
    let failed = everywhere(&recording, |folder, said| {
        let back = said.contains(&"deleted") && folder.join("old.mkv").exists();
        if back { Err("it came back".to_owned()) } else { Ok(()) }
    });
    assert_eq!(failed.unwrap_err().expected(), "it came back");
}

#[test]
fn a_file_that_is_renamed_before_it_is_synced_is_caught() {
    let mut recording = Recording::of(|folder| fs::write(folder.join("file"), "old").unwrap());
    recording.hand(&["unsynced-file"]);
    let failed = everywhere(&recording, |folder, _| {
        match fs::read_to_string(folder.join("file")).unwrap().as_str() {
            "old" | "new" => Ok(()),
            other => Err(format!("it holds `{other}`")),
        }
    });
    assert_eq!(failed.unwrap_err().expected(), "it holds ``");
}
