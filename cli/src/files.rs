//! Files that the user named: read up to a limit, written whole, and what is said where that fails.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use gardefou::rules::{Alone, Beside, Folder};
use gardefou::{MAX_DOCUMENT, private};
use tempfile::NamedTempFile;

use crate::failure::Failure;
use crate::language::{Language, say};

/// The rule document, or standard input for `-`: no more of it than shows that it is too large.
pub(crate) fn rules(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if path == Path::new("-") {
        beginning(io::stdin().lock(), MAX_DOCUMENT)
    } else {
        File::open(path).and_then(|file| beginning(file, MAX_DOCUMENT))
    };
    read.map_err(|error| {
        let rules = path.display();
        let context = say!(
            Language::of_the_user(),
            "the rules `{rules}` cannot be read",
            "les règles `{rules}` ne peuvent pas être lues"
        );
        Failure::Other(anyhow::Error::new(error).context(context))
    })
}

/// What stands beside the rule document of this path, which holds these bytes; nothing beside standard input.
pub(crate) fn beside_rules(path: &Path, document: &[u8]) -> Beside {
    if path == Path::new("-") {
        Beside::read(document, &Alone)
    } else {
        Beside::read(document, &Folder::of(path))
    }
}

/// No more than shows that there is more than `limit`, in bytes.
pub(crate) fn beginning(source: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a document that is not there yet, which whoever may look into its folder may read. `help` says what to do
/// where it is.
pub(crate) fn create(path: &Path, bytes: &[u8], help: &str) -> Result<(), Failure> {
    let opened = OpenOptions::new().write(true).create_new(true).open(path);
    let written = opened.and_then(|mut new| new.write_all(bytes));
    written.map_err(|error| uncreated(path, error, help))
}

/// Creates a file that may hold people's data, for this account alone. `help` says what to do where it is there.
pub(crate) fn create_private(path: &Path, help: &str) -> Result<File, Failure> {
    private::create_new(path).map_err(|error| uncreated(path, error, help))
}

/// Creates a folder for such files, and those above it that are missing.
pub(crate) fn create_private_folders(folder: &Path) -> Result<(), Failure> {
    private::create_folders(folder).map_err(|error| unwritable(folder, error))
}

fn uncreated(path: &Path, error: io::Error, help: &str) -> Failure {
    match error.kind() {
        ErrorKind::AlreadyExists => already_there(path, help),
        _ => unwritable(path, error),
    }
}

/// Puts these bytes in the place of the file: whoever reads it finds the old ones or the new ones, whole.
/// A file that is there keeps its permissions, and a link to it stays a link: for scenarios, which are the user's own,
/// and for reports without people's data.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let present = fs::metadata(&target).ok().map(|present| present.permissions());
    let file = beside(&target, bytes, present)?;
    file.persist(&target).map(drop).map_err(|refused| refused.error)
}

/// These bytes in a new file in the same folder, on the disk, so that it can be renamed into place. Without
/// permissions of its own it gets those of any new file.
pub(crate) fn beside(path: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut temporary = tempfile::Builder::new();
    temporary.prefix(".gardefou-");
    #[cfg(unix)]
    if permissions.is_none() {
        use std::os::unix::fs::PermissionsExt as _;
        // The system takes away what the user's mask says.
        temporary.permissions(Permissions::from_mode(0o666));
    }
    let mut file = temporary.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

/// The file is there, and was not touched.
pub(crate) fn already_there(path: &Path, help: &str) -> Failure {
    let path = path.display();
    let problem = say!(
        Language::of_the_user(),
        "`{path}` is already there, and was left as it is",
        "`{path}` existe déjà, et reste comme il était"
    );
    Failure::input(problem, Some(help))
}

/// The file or folder cannot be written.
pub(crate) fn unwritable(path: &Path, error: io::Error) -> Failure {
    let path = path.display();
    let context = say!(
        Language::of_the_user(),
        "`{path}` cannot be written",
        "`{path}` ne peut pas être écrit"
    );
    Failure::Other(anyhow::Error::new(error).context(context))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_shows_that_it_is_too_large() {
        let read = beginning(io::repeat(b'#'), MAX_DOCUMENT).unwrap();
        assert_eq!(u64::try_from(read.len()).unwrap(), MAX_DOCUMENT + 1);
    }
}
