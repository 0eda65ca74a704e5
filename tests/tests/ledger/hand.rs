//! Other processes: the program `ledger-hand` does to a ledger what it is told.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use gardefou::ledger::SqliteLedger;
use tempfile::TempDir;

use crate::call::{NOW, offer, reserve, whole};
use gardefou::StoreError;
use gardefou::ledger::Ledger as _;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_ledger-hand");

/// A folder with a ledger in it, in which one session kept 100 ms.
pub(crate) fn ledger() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    whole(&SqliteLedger::open(&path).unwrap(), "first").unwrap();
    (folder, path)
}

/// The program, started with these arguments; it has said its first line.
pub(crate) fn started(arguments: &[&OsStr]) -> (Child, String) {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    (child, line)
}

#[test]
fn a_ledger_that_another_process_holds_is_busy_and_then_goes_on() {
    let (_folder, path) = ledger();
    let ledger = SqliteLedger::open(&path).unwrap();
    offer(&ledger, "s").unwrap();
    let (mut holder, said) = started(&["hold".as_ref(), path.as_os_str()]);
    assert_eq!(said, "held\n");
    let busy = reserve(&ledger, "s", 0).unwrap_err();
    assert!(matches!(busy, StoreError::Busy { waited: 5_000, .. }), "{busy:?}");
    // Reading goes on.
    assert_eq!(ledger.balances(NOW, 10_000).unwrap()[0].kept, 100);
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert_eq!(reserve(&ledger, "s", 0).unwrap().slice, 100);
}

/// Whatever is left of a making that was broken off, the next one makes good.
#[test]
fn a_making_that_is_killed_leaves_nothing_or_a_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let mut made = 0;
    for number in 0..60u64 {
        let path = folder.path().join(format!("{number}.db"));
        let mut hand = Command::new(PROGRAM)
            .arg("identity")
            .arg(&path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(600 * number));
        hand.kill().unwrap();
        let said = hand.wait_with_output().unwrap().stdout;
        made += usize::from(!said.is_empty());
        let identity = SqliteLedger::open(&path).unwrap().identity().unwrap();
        // What was said was durable.
        let said = String::from_utf8(said).unwrap();
        assert!(
            said.is_empty() || said == format!("{identity}\n"),
            "{said} is not {identity}"
        );
        whole(&SqliteLedger::open_existing(&path).unwrap(), "s").unwrap();
    }
    println!("{made} of 60 were made before they were killed");
}

#[test]
fn many_processes_make_one_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let hands: Vec<Child> = (0..8)
        .map(|_| {
            let mut hand = Command::new(PROGRAM);
            hand.arg("identity").arg(&path).stdout(Stdio::piped());
            hand.spawn().unwrap()
        })
        .collect();
    let said = hands.into_iter().map(|hand| {
        let output = hand.wait_with_output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    });
    let mut said: Vec<String> = said.collect();
    said.dedup();
    let identity = SqliteLedger::open(&path).unwrap().identity().unwrap();
    assert_eq!(said, [format!("{identity}\n")]);
}
