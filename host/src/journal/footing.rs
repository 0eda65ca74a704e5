//! That a journal which is open is still the file at its place.

use std::fs;
use std::path::{Path, PathBuf};

/// The file and its write-ahead log, as they were when the journal was opened: what is written into a file
/// that was replaced is lost when the last program lets go of it.
#[derive(Debug)]
pub(super) struct Footing {
    file: PathBuf,
    log: PathBuf,
    file_was: Option<Identity>,
    log_was: Option<Identity>,
    length: u64,
}

/// Which file it is. Where a file that is open cannot be replaced, they are all the same.
type Identity = (u64, u64);

impl Footing {
    pub(super) fn of(file: &Path) -> Self {
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let log = PathBuf::from(log);
        Self {
            file_was: identity(file).map(|(identity, _)| identity),
            log_was: identity(&log).map(|(identity, _)| identity),
            file: file.to_owned(),
            log,
            length: 0,
        }
    }

    /// What shows that the file is no longer the same; a journal never becomes shorter.
    pub(super) fn lost(&mut self) -> Option<&'static str> {
        let Some((now, length)) = identity(&self.file) else {
            return Some("the file is gone");
        };
        if Some(now) != self.file_was {
            return Some("another file stands in its place");
        }
        if length < self.length {
            return Some("the file was cut");
        }
        self.length = length;
        let log = identity(&self.log).map(|(identity, _)| identity);
        (log != self.log_was).then_some("its write-ahead log was replaced")
    }
}

fn identity(path: &Path) -> Option<(Identity, u64)> {
    let metadata = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let identity = {
        use std::os::unix::fs::MetadataExt as _;
        (metadata.dev(), metadata.ino())
    };
    // SQLite opens files there so that nobody can delete or rename them until they are closed.
    #[cfg(not(unix))]
    let identity = (0, 0);
    Some((identity, metadata.len()))
}
