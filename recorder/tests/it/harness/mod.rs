//! What the tests share.

mod canary;
mod display;
mod policy;
mod recorder;
mod softphone;
mod video;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) use canary::{CRM, Canary, SECRET};
pub(crate) use display::{Display, mark};
pub(crate) use policy::{facts, rules};
pub(crate) use recorder::{Recorder, Session, gardefou, journal_verifies};
pub(crate) use softphone::Softphone;
pub(crate) use video::{Frame, Video};

/// How long a test waits for what must happen: only a broken recorder, or a machine that stands still, takes so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `what` gives something.
pub(crate) fn wait_for<T>(name: &str, mut what: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = what() {
            return found;
        }
        assert!(Instant::now() < until, "waited {} s for {name}", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A program that the tests need. One that is missing fails the test: nothing is skipped.
pub(crate) fn program(name: &str) -> Command {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()));
    assert!(
        found,
        "`{name}` is not installed; `cargo xtask test` installs what these tests need"
    );
    Command::new(name)
}

/// A process that ends with the test.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let child = command.stderr(Stdio::null()).spawn();
        Self(child.unwrap_or_else(|error| panic!("cannot start {command:?}: {error}")))
    }

    /// Sends it a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.0.id(), name);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends one process a signal by name.
pub(crate) fn signal(process: u32, name: &str) {
    let status = program("kill")
        .arg(format!("-{name}"))
        .arg(process.to_string())
        .status()
        .unwrap();
    assert!(status.success(), "cannot send {name} to {process}");
}

/// A copy of a program under another name: another executable.
pub(crate) fn copy(program: &str, folder: &Path, name: &str) -> std::path::PathBuf {
    let copy = folder.join(name);
    if !copy.exists() {
        install(Path::new(program), &copy);
    }
    copy
}

/// Copies a program. Another process writes it: had this one the copy open, what another test starts meanwhile
/// would inherit that, and the copy could not be run ("text file busy").
pub(crate) fn install(from: &Path, to: &Path) {
    let status = program("install")
        .args(["-m", "755"])
        .args([from, to])
        .status()
        .unwrap();
    assert!(status.success(), "cannot write {}", to.display());
}
