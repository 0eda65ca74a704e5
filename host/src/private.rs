//! Files of one account alone: what holds people's data is created so that nobody else reads it, and no link that
//! somebody put in its place is followed.
//!
//! On Unix a new file has the mode 0600 and a new folder 0700, whatever the process's mask allows. Elsewhere both
//! have what the folder that they are in hands down.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

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

/// Opens the plain file of this name for reading and writing, and creates it where there is none: a lock, or a
/// database that its library then fills. What others may do with one that is there is taken away, so that nobody
/// who may not write holds a lock on it. It fails where a link has the name.
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

/// Opens what is there, once it is known to be no link.
fn open_there(path: &Path) -> io::Result<File> {
    let named = fs::symlink_metadata(path)?;
    if !named.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file"));
    }
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let opened = file.metadata()?;
    if !same(&named, &opened) {
        let exchanged = "another file was put in its place";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, exchanged));
    }
    keep_from_others(&file, &opened)?;
    Ok(file)
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
pub(crate) fn same(named: &fs::Metadata, opened: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (named.dev(), named.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
pub(crate) fn same(named: &fs::Metadata, opened: &fs::Metadata) -> bool {
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
    let mut fresh = tempfile::Builder::new();
    let mut file = fresh.prefix(".gardefou-").suffix(".tmp").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|refused| refused.error)?;
    sync(folder)
}

/// The folder that a file of this name is in.
fn folder_of(path: &Path) -> &Path {
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

#[cfg(all(test, unix))]
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
