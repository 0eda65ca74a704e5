//! The file system, as custody writes to it: four operations, so that a test can take away what was not synced.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use gardefou_policy::types::Timestamp;

use super::names;
use crate::private;

/// What custody does to files. Reading needs no stand-in: a test works on a real folder.
pub(super) trait Disk: Send + Sync + fmt::Debug {
    /// Writes a new file, its content on the disk; its name only after [`Disk::sync`].
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file another name in the same folder, in the place of what has that name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Deletes a file. One that is not there is deleted.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// What was renamed and deleted in this folder survives a power cut.
    fn sync(&self, folder: &Path) -> io::Result<()>;
}

/// The file system itself.
#[derive(Debug)]
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = private::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn sync(&self, folder: &Path) -> io::Result<()> {
        private::sync(folder)
    }
}

/// Puts a file of this name into the folder, whole and on the disk, in the place of one that is there.
pub(super) fn put(disk: &dyn Disk, folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let beside = folder.join(format!("{}{}{}", names::OWN, random()?, names::UNPLACED));
    let placed = disk
        .write(&beside, bytes)
        .and_then(|()| disk.rename(&beside, &names::path(folder, name)));
    if placed.is_err() {
        // What is left of it goes with the next change of the folder.
        drop(disk.remove(&beside));
    }
    placed.and_then(|()| disk.sync(folder))
}

/// Deletes this file, for good.
pub(super) fn delete(disk: &dyn Disk, folder: &Path, name: &str) -> io::Result<()> {
    disk.remove(&names::path(folder, name))?;
    disk.sync(folder)
}

/// Sixteen hexadecimal digits that nobody else draws.
pub(super) fn random() -> io::Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(format!("{:016x}", u64::from_le_bytes(bytes)))
}

/// Opens a file that is a plain file, and no link to another.
pub(super) fn open(path: &Path) -> io::Result<File> {
    private::open_plain(path, File::options().read(true))
}

/// Opens the file that was looked at before, and not one that was put in its place meanwhile.
pub(super) fn open_this(path: &Path, id: &FileId) -> io::Result<File> {
    let file = open(path)?;
    if FileId::of(&file.metadata()?) == *id {
        Ok(file)
    } else {
        Err(private::exchanged())
    }
}

/// Which file it is, whatever its name. Elsewhere than on Unix: as far as its size and its dates tell.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    pub(super) fn of(metadata: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self(metadata.dev(), metadata.ino())
    }

    #[cfg(not(unix))]
    pub(super) fn of(metadata: &fs::Metadata) -> Self {
        Self(metadata.len(), dated(metadata).as_millis())
    }
}

/// What a plain file says, if that is no more than `limit` bytes.
pub(super) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_this(path, None, limit)
}

/// The same, of the file that was looked at before, where one was.
pub(super) fn read_this(path: &Path, id: Option<&FileId>, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = id.map_or_else(|| open(path), |id| open_this(path, id))?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= limit) {
        Ok(bytes)
    } else {
        Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("larger than {limit} bytes"),
        ))
    }
}

/// When a file was last written, by its own date: all that a temporary file or an analysis has. One without a
/// date has been there for ever.
pub(super) fn dated(metadata: &fs::Metadata) -> Timestamp {
    metadata.modified().map_or(Timestamp::MIN, timestamp)
}

fn timestamp(time: SystemTime) -> Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
