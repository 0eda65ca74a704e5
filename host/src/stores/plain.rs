//! Files that stand beside a store, or sign it: read where they are plain files, and never waited for. A pipe of that
//! name would hold up whoever opens it, for as long as nobody writes.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::private;

/// Opens a plain file for reading. A link to one is followed: a key may lie wherever an administrator puts it.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    private::open_plain(&fs::canonicalize(path)?, File::options().read(true))
}

/// How long a store's file is. What is no plain file is none.
pub(crate) fn length(path: &Path) -> io::Result<u64> {
    let found = fs::metadata(path)?;
    if found.is_file() {
        Ok(found.len())
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file"))
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_not_waited_for_and_a_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap();
        assert!(made.success());
        fs::write(at("file"), "12").unwrap();
        std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
        std::os::unix::fs::symlink(at("pipe"), at("to-the-pipe")).unwrap();
        for name in ["pipe", "to-the-pipe", "."] {
            assert_eq!(
                open(&at(name)).unwrap_err().kind(),
                io::ErrorKind::InvalidInput,
                "{name}"
            );
            assert_eq!(
                length(&at(name)).unwrap_err().kind(),
                io::ErrorKind::InvalidInput,
                "{name}"
            );
        }
        for name in ["file", "link"] {
            assert_eq!(length(&at(name)).unwrap(), 2);
            open(&at(name)).unwrap();
        }
        assert_eq!(open(&at("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
