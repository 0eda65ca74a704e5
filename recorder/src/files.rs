//! Files that others may write at any time: read whole and bounded, and never waited for.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::OFlags;

/// Reads a file of at most so many bytes.
///
/// # Errors
/// It is not there, is longer, or is none: a pipe, a device or a folder. Those may never end, and opening them may
/// wait.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        return Err(io::Error::other(format!(
            "it is larger than {limit} bytes, the most that is read"
        )));
    }
    Ok(bytes)
}

/// Opens a file without waiting for whoever writes a pipe.
fn open(path: &Path) -> io::Result<File> {
    let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(nonblocking).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_waited_for_and_nothing_is_read_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let sparse = folder.path().join("sparse");
        File::create(&sparse).unwrap().set_len(1 << 40).unwrap();
        for path in [
            &pipe,
            &sparse,
            folder.path(),
            Path::new("/dev/zero"),
            Path::new("/dev/tty"),
        ] {
            assert!(read(path, 1_000).is_err(), "{}", path.display());
        }
        let text = folder.path().join("text");
        std::fs::write(&text, "12345").unwrap();
        assert_eq!(read(&text, 5).unwrap(), b"12345");
        assert!(read(&text, 4).is_err());
    }
}
