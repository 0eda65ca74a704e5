//! Real programs, and every change that they make to a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::change::Change;
use crate::disk::Disk;
use crate::luck::Luck;
use crate::state::State;

/// The program that does what a recorder does.
pub(crate) const HAND: &str = env!("CARGO_BIN_EXE_power-hand");

/// A folder, and everything that the programs which ran did to it.
pub(crate) struct Recording {
    scratch: TempDir,
    pub(crate) before: Disk,
    pub(crate) changes: Vec<Change>,
}

impl Recording {
    /// Of a folder that this fills: what it puts there is on the disk.
    pub(crate) fn of(fill: impl FnOnce(&Path)) -> Self {
        let scratch = scratch();
        let folder = scratch.path().join("disk");
        fs::create_dir(&folder).unwrap();
        compile(&scratch.path().join("watch.so"));
        fill(&folder);
        Self {
            before: Disk::of(&folder),
            changes: Vec::new(),
            scratch,
        }
    }

    /// The folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.scratch.path().join("disk")
    }

    /// Runs the hand with these arguments, and the folder behind them.
    pub(crate) fn hand(&mut self, arguments: &[&str]) {
        let folder = self.folder();
        self.run(Command::new(HAND).args(arguments).arg(folder));
    }

    /// Runs a program to its end. Behind everything that it did, it is held to have said `done`.
    pub(crate) fn run(&mut self, program: &mut Command) {
        let log = self.scratch.path().join("log");
        let output = program
            .env("LD_PRELOAD", self.scratch.path().join("watch.so"))
            .env("WATCH_FOLDER", self.folder())
            .env("WATCH_LOG", &log)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{:?}: {errors}", output.status);
        self.changes.push(Change::Started);
        self.changes.extend(Change::all(&fs::read(&log).unwrap()));
        self.changes.push(Change::Said("done".to_owned()));
        fs::remove_file(&log).unwrap();
        self.is_whole();
    }

    /// Replayed, it is what is really in the folder: no change was missed.
    fn is_whole(&self) {
        let mut disk = self.before.clone();
        self.changes.iter().for_each(|change| disk.apply(change));
        let differences = disk
            .after_a_cut(Luck::Everything)
            .differences(&State::read(&self.folder()));
        assert_eq!(differences, [""; 0], "a change was missed");
    }

    /// What each program said, in order.
    pub(crate) fn said(&self) -> Vec<&str> {
        let mut all = Vec::new();
        for change in &self.changes {
            if let Change::Said(said) = change {
                all.push(said.as_str());
            }
        }
        all
    }
}

/// A folder in memory where there is one: no test waits for a real disk to sync.
pub(crate) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let prefix = "gardefou-power-";
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    builder.tempdir_in(memory).or_else(|_| builder.tempdir()).unwrap()
}

fn compile(to: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/power/watch.c");
    let compiled = Command::new("cc")
        .args(["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"])
        .args([to, &source])
        .output()
        .expect("a C compiler, `cc`, as for the build of SQLite");
    let errors = String::from_utf8_lossy(&compiled.stderr);
    assert!(compiled.status.success(), "{errors}");
}
