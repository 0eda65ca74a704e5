//! Disks that take no more, and files that may only be read.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use gardefou::ledger::{Ledger as _, SqliteLedger};

use crate::call::NOW;
use crate::hand::{PROGRAM, ledger};

/// An account that nobody has rights by.
const NOBODY: u32 = 65_534;

/// What the program says, line by line.
fn said(command: &mut Command) -> Vec<String> {
    let output = command.output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}{error}");
    told.lines().map(str::to_owned).collect()
}

/// Whether this account may mount a disk of its own, within a namespace.
fn can_mount() -> bool {
    let tried = Command::new("unshare")
        .args(["-rm", "sh", "-c", "mount -t tmpfs none /mnt"])
        .output();
    tried.is_ok_and(|output| output.status.success())
}

/// A real disk of 2 MiB where this account may mount one; otherwise a limit on the size of files, which the
/// system reports as another error.
#[test]
fn a_full_disk_takes_nothing_back_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let (script, error) = if can_mount() {
        (
            "mount -t tmpfs -o size=2m none \"$1\" && exec \"$0\" fill \"$2\"",
            "Full",
        )
    } else {
        ("trap '' XFSZ; ulimit -f 1024; exec \"$0\" fill \"$2\"", "Unreachable")
    };
    let mut shell = if error == "Full" {
        let mut shell = Command::new("unshare");
        shell.args(["-rm", "sh"]);
        shell
    } else {
        Command::new("sh")
    };
    let lines = said(shell.args(["-c", script, PROGRAM]).arg(folder.path()).arg(&path));
    assert!(lines[0].starts_with(error), "{lines:?}");
    // What it counts after the error is what it acknowledged before, to the millisecond.
    assert_eq!(lines[1], "counted what was acknowledged", "{lines:?}");
    if error == "Full" {
        assert_eq!(lines[2], "goes on when there is space", "{lines:?}");
    }
}

/// The program, run by somebody who has no rights of an administrator.
pub(crate) fn powerless(folder: &Path) -> Command {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !is_root {
        return Command::new(PROGRAM);
    }
    // Where the program was built, nobody else may look. Another process copies it: had this one the copy open,
    // it could not be run while another test forks.
    let copy = folder.join("ledger-hand");
    let mut install = Command::new("install");
    install.args(["-m", "755", PROGRAM]).arg(&copy);
    assert!(install.status().unwrap().success());
    let mut command = Command::new(copy);
    command.uid(NOBODY).gid(NOBODY);
    command
}

#[test]
fn a_file_that_may_only_be_read_is_said_to_be() {
    let (folder, path) = ledger();
    let mut hand = powerless(folder.path());
    let mode = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap().path();
        if entry != folder.path().join("ledger-hand") {
            mode(&entry, 0o444);
        }
    }
    mode(folder.path(), 0o555);
    let lines = said(hand.arg("fill").arg(&path));
    mode(folder.path(), 0o755);
    assert!(lines[0].starts_with("ReadOnly"), "{lines:?}");
    mode(&path, 0o644);
    let ledger = SqliteLedger::open(&path).unwrap();
    assert_eq!(ledger.balances(NOW, 10_000).unwrap()[0].kept, 100);
}

#[test]
fn a_folder_that_may_only_be_read_takes_no_new_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let mut hand = powerless(folder.path());
    fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
    let lines = said(hand.arg("fill").arg(folder.path().join("ledger.db")));
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    assert!(lines[0].starts_with("ReadOnly"), "{lines:?}");
    assert!(!folder.path().join("ledger.db").exists());
}
