//! Modes, and what the system knows a file by.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use super::Temporary;

/// What SQLite makes beside a database has the mode of the database.
pub(crate) const COMPANIONS: [&str; 0] = [];

pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Takes from others what they may do with a file, without opening it.
pub(crate) fn keep_to_oneself(path: &Path, found: &Metadata) -> io::Result<()> {
    let mode = found.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    match fs::set_permissions(path, Permissions::from_mode(0o600)) {
        // Another account's, which this one cannot write either: whoever opens it will hear that.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && mode & 0o022 == 0 => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => Ok(()),
        done => done,
    }
}

/// Takes from others what they may do with an open file.
pub(crate) fn keep_from_others(_path: &Path, file: &File) -> io::Result<()> {
    if file.metadata()?.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Whether what was looked at is what was opened, and not a link that took its place meanwhile.
pub(crate) fn same(named: &Metadata, opened: &Metadata) -> bool {
    (named.dev(), named.ino()) == (opened.dev(), opened.ino())
}

pub(crate) fn create_folders(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Renames a new file into place. The system's own call is not used beside the C library, where the tests of power
/// cuts would not see it.
pub(crate) fn put(file: Temporary, path: &Path) -> io::Result<()> {
    let temporary = file.into_temp_path();
    fs::rename(&temporary, path)?;
    temporary.keep().map(drop).map_err(|refused| refused.error)
}

pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
