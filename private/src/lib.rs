//! Files of one account alone: what holds people's data is created so that nobody else reads it, and no link that
//! somebody put in its place is followed.
//!
//! On Unix a new file has the mode 0600 and a new folder 0700, whatever the process's mask allows. Elsewhere both
//! have what the folder that they are in hands down.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Creates a file of this name and opens it for writing. It fails where the name is taken, by a link too.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let file = gardefou::private::create_new(&folder.path().join("s-1.jsonl"))?;
/// # drop(file);
/// assert!(gardefou::private::create_new(&folder.path().join("s-1.jsonl")).is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
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
/// belongs to it. What SQLite makes beside it has the mode of the file.
///
/// It fails where a link has the name, and where others may write the file and this account may not change that.
/// What is there is never opened: closing it would take away the locks that this process holds on it.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("ledger.db");
/// gardefou::private::make_database_ready(&path, false)?;
/// assert!(!path.exists());
/// gardefou::private::make_database_ready(&path, true)?;
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
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let name = PathBuf::from(name);
        match fs::symlink_metadata(&name) {
            Ok(found) => keep_to_oneself(&name, &found)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Takes from others what they may do with a file, without opening it.
#[cfg(unix)]
fn keep_to_oneself(path: &Path, found: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = plain(found)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    match fs::set_permissions(path, fs::Permissions::from_mode(0o600)) {
        // Another account's, which this one cannot write either: whoever opens it will hear that.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && mode & 0o022 == 0 => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => Ok(()),
        done => done,
    }
}

#[cfg(not(unix))]
fn keep_to_oneself(_path: &Path, found: &fs::Metadata) -> io::Result<()> {
    plain(found).map(drop)
}

/// What is no link, folder or device.
fn plain(found: &fs::Metadata) -> io::Result<&fs::Metadata> {
    let refused = || io::Error::new(io::ErrorKind::InvalidInput, "not a plain file");
    found.is_file().then_some(found).ok_or_else(refused)
}

/// Opens what is there for reading and writing, and takes from others what they may do with it.
fn open_there(path: &Path) -> io::Result<File> {
    let file = open_plain(path, OpenOptions::new().read(true).write(true))?;
    keep_from_others(&file, &file.metadata()?)?;
    Ok(file)
}

/// Opens a file that is a plain file, and no link to another.
pub(crate) fn open_plain(path: &Path, how: &OpenOptions) -> io::Result<File> {
    let named = fs::symlink_metadata(path)?;
    plain(&named)?;
    let file = how.open(path)?;
    if same(&named, &file.metadata()?) {
        Ok(file)
    } else {
        Err(exchanged())
    }
}

/// What was opened is not what was looked at.
pub(crate) fn exchanged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "another file was put in its place")
}

#[cfg(unix)]
fn keep_from_others(file: &File, metadata: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if metadata.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn keep_from_others(_file: &File, _metadata: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Whether what was looked at is what was opened, and not a link that took its place meanwhile.
#[cfg(unix)]
fn same(named: &fs::Metadata, opened: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (named.dev(), named.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
fn same(named: &fs::Metadata, opened: &fs::Metadata) -> bool {
    let dates = |metadata: &fs::Metadata| (metadata.len(), metadata.created().ok(), metadata.modified().ok());
    dates(named) == dates(opened)
}

/// Creates a folder, and those above it that are missing. One that is there stays as it is.
pub fn create_folders(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Puts these bytes in the place of the file, durably: whoever reads it finds the old ones or the new ones, whole,
/// also after a power cut. A link of that name is replaced, and what it led to stays.
///
/// They are written under a name that nobody can guess first, which begins with a dot and ends in `.tmp`.
///
/// ```
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("journal.head");
/// gardefou::private::replace(&path, b"old")?;
/// gardefou::private::replace(&path, b"new")?;
/// assert_eq!(std::fs::read(path)?, b"new");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    let mut file = temporary(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    put(file, path)?;
    sync(folder)
}

/// Renames a new file into place. The system's own call is not used beside the C library, where the tests of power
/// cuts would not see it.
#[cfg(unix)]
fn put(file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    let temporary = file.into_temp_path();
    fs::rename(&temporary, path)?;
    temporary.keep().map(drop).map_err(|refused| refused.error)
}

#[cfg(not(unix))]
fn put(file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist(path).map(drop).map_err(|refused| refused.error)
}

/// A new file in this folder, under a name that nobody can guess; gone when it is dropped.
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut fresh = tempfile::Builder::new();
    fresh.prefix(".gardefou-").suffix(".tmp").tempfile_in(folder)
}

/// Whether this account may put a file into the folder: what the system says when it may not.
pub(crate) fn takes_files(folder: &Path) -> io::Result<()> {
    temporary(folder).map(drop)
}

/// The folder that a file of this name is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows gives no program a way to flush a folder: NTFS writes changes of names to its own log, in order.
#[cfg(not(unix))]
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    fs::metadata(folder).map(drop)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn nobody_else_reads_what_is_created() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        create_folders(&inner).unwrap();
        assert_eq!((mode(&folder.path().join("a")), mode(&inner)), (0o700, 0o700));

        let at = |name: &str| inner.join(name);
        create_new(&at("new")).unwrap();
        open_or_create(&at("lock")).unwrap();
        replace(&at("marker"), b"1").unwrap();
        replace(&at("marker"), b"2").unwrap();
        for name in ["new", "lock", "marker"] {
            assert_eq!(mode(&at(name)), 0o600, "{name}");
        }
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 3, "nothing temporary is left");
    }

    #[test]
    fn what_others_could_open_is_taken_from_them() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("lock");
        fs::write(&lock, "").unwrap();
        fs::set_permissions(&lock, fs::Permissions::from_mode(0o644)).unwrap();
        open_or_create(&lock).unwrap();
        assert_eq!(mode(&lock), 0o600);
    }

    #[test]
    fn a_database_is_made_ready() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        make_database_ready(&at("a.db"), false).unwrap();
        assert!(!at("a.db").exists());
        make_database_ready(&at("a.db"), true).unwrap();
        assert_eq!(mode(&at("a.db")), 0o600);
        for name in ["a.db", "a.db-wal", "a.db-shm"] {
            fs::write(at(name), "x").unwrap();
            fs::set_permissions(at(name), fs::Permissions::from_mode(0o664)).unwrap();
        }
        make_database_ready(&at("a.db"), true).unwrap();
        for name in ["a.db", "a.db-wal", "a.db-shm"] {
            assert_eq!(mode(&at(name)), 0o600, "{name}");
            assert_eq!(fs::read(at(name)).unwrap(), b"x", "{name}");
        }
        fs::write(at("theirs"), "theirs").unwrap();
        fs::set_permissions(at("theirs"), fs::Permissions::from_mode(0o644)).unwrap();
        for (link, to) in [("link", "theirs"), ("dangling", "nowhere"), ("b.db-wal", "theirs")] {
            symlink(at(to), at(link)).unwrap();
            let named = at(link.trim_end_matches("-wal"));
            for create in [true, false] {
                make_database_ready(&named, create).unwrap_err();
            }
        }
        assert_eq!(mode(&at("theirs")), 0o644);
        assert!(!at("nowhere").exists());
        make_database_ready(folder.path(), true).unwrap_err();
    }

    #[test]
    fn no_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let [theirs, link, dangling] = ["theirs", "link", "dangling"].map(|name| folder.path().join(name));
        fs::write(&theirs, "theirs").unwrap();
        symlink(&theirs, &link).unwrap();
        symlink(folder.path().join("nowhere"), &dangling).unwrap();
        for link in [&link, &dangling] {
            create_new(link).unwrap_err();
            open_or_create(link).unwrap_err();
        }
        replace(&link, b"ours").unwrap();
        assert_eq!(fs::read(&theirs).unwrap(), b"theirs");
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
        assert!(!folder.path().join("nowhere").exists());
    }
}
