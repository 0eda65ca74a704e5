//! Files of one account alone: what holds people's data is created so that nobody else reads it, and no link that
//! somebody put in its place is followed.
//!
//! On Unix a new file has the mode 0600 and a new folder 0700, whatever the process's mask allows. On Windows both
//! have an access list with one entry, their owner's, and take nothing over from the folder that they are in.

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(windows, path = "windows.rs")]
mod system;
#[cfg(test)]
#[cfg(unix)]
#[path = "tests/unix.rs"]
mod tests;
#[cfg(test)]
#[cfg(windows)]
#[path = "tests/windows.rs"]
mod tests;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Creates a file of this name and opens it for writing. It fails where the name is taken, by a link too.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let file = gardefou_private::create_new(&folder.path().join("s-1.jsonl"))?;
/// # drop(file);
/// assert!(gardefou_private::create_new(&folder.path().join("s-1.jsonl")).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn create_new(path: &Path) -> io::Result<File> {
    system::create_new(path)
}

/// Opens the plain file of this name for reading and writing, and creates it where there is none: a lock. What
/// others may do with one that is there is taken away, so that nobody who may not write holds a lock on it. It fails
/// where a link has the name.
///
/// A database is made ready with [`make_database_ready`]: when a process closes a file, the system takes from it the
/// locks that it holds on that file elsewhere, SQLite's too.
pub fn open_or_create(path: &Path) -> io::Result<File> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match create_new(path) {
            // Created by another process between the two looks.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open_there(path),
            created => created,
        },
        Err(error) => Err(error),
        Ok(_) => open_there(path),
    }
}

/// Makes the place of an SQLite database ready before its library opens it for writing: creates an empty file where
/// there is none and `create` says so, and takes away what others may do with one that is there and with what
/// belongs to it. On Unix, what SQLite makes beside it has the mode of the file. On Windows it has what the folder
/// hands down, and so its log is made ready with the database; only a database that is new has none yet: this is to
/// be called again once it has its tables.
///
/// It fails where a link has the name, and where others may write the file and this account may not change that.
/// What is there is never opened: closing it would take away the locks that this process holds on it.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("ledger.db");
/// gardefou_private::make_database_ready(&path, false)?;
/// assert!(!path.exists());
/// gardefou_private::make_database_ready(&path, true)?;
/// assert_eq!(std::fs::metadata(&path)?.len(), 0);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn make_database_ready(path: &Path, create: bool) -> io::Result<()> {
    // Nobody in this process finds the new file before it is closed again.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    if create {
        match create_new(path) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) if fs::symlink_metadata(path).is_err() => return Err(error),
            // A folder that takes no new names may hold a file that may be written.
            Err(_) => {}
        }
    }
    if fs::symlink_metadata(path).is_ok_and(|found| found.len() > 0) {
        for ending in system::COMPANIONS {
            match create_new(&beside(path, ending)) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
    }
    for ending in ["", "-wal", "-shm", "-journal"] {
        let name = beside(path, ending);
        match fs::symlink_metadata(&name) {
            Ok(found) => system::keep_to_oneself(&name, plain(&found)?)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The file of the same name with this ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// What is no link, folder or device.
fn plain(found: &fs::Metadata) -> io::Result<&fs::Metadata> {
    let refused = || io::Error::new(io::ErrorKind::InvalidInput, "not a plain file");
    found.is_file().then_some(found).ok_or_else(refused)
}

/// Opens what is there for reading and writing, and takes from others what they may do with it.
fn open_there(path: &Path) -> io::Result<File> {
    let file = open_plain(path, OpenOptions::new().read(true).write(true))?;
    system::keep_from_others(path, &file)?;
    Ok(file)
}

/// Opens a file that is a plain file, and no link to another.
pub fn open_plain(path: &Path, how: &OpenOptions) -> io::Result<File> {
    let named = fs::symlink_metadata(path)?;
    plain(&named)?;
    let file = how.open(path)?;
    if system::same(&named, &file.metadata()?) {
        Ok(file)
    } else {
        Err(exchanged())
    }
}

/// What was opened is not what was looked at.
pub fn exchanged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "another file was put in its place")
}

/// Creates a folder, and those above it that are missing. One that is there stays as it is.
pub fn create_folders(path: &Path) -> io::Result<()> {
    system::create_folders(path)
}

/// Puts these bytes in the place of the file, durably: whoever reads it finds the old ones or the new ones, whole,
/// also after a power cut. A link of that name is replaced, and what it led to stays.
///
/// They are written under a name that nobody can guess first, which begins with a dot and ends in `.tmp`.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("journal.head");
/// gardefou_private::replace(&path, b"old")?;
/// gardefou_private::replace(&path, b"new")?;
/// assert_eq!(std::fs::read(path)?, b"new");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    let mut file = temporary(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    system::put(file, path)?;
    sync(folder)
}

/// A file that is gone when it is dropped.
type Temporary = tempfile::NamedTempFile<File>;

/// A new file in this folder, under a name that nobody can guess; gone when it is dropped.
fn temporary(folder: &Path) -> io::Result<Temporary> {
    let mut fresh = tempfile::Builder::new();
    fresh.prefix(".gardefou-").suffix(".tmp").make_in(folder, create_new)
}

/// Whether this account may put a file into the folder: what the system says when it may not.
pub fn takes_files(folder: &Path) -> io::Result<()> {
    temporary(folder).map(drop)
}

/// The folder that a file of this name is in.
pub fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Makes the names in a folder durable. Windows gives no program a way to do so: NTFS writes changes of names to
/// its own log, in order.
pub fn sync(folder: &Path) -> io::Result<()> {
    system::sync(folder)
}
