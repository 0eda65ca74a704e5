//! Writing a file in one step.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Puts these bytes in the place of the file: whoever reads it finds the old ones or the new ones, whole.
/// A file that is there keeps its permissions, and a link to it stays a link.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut temporary = tempfile::Builder::new();
    temporary.prefix(".gardefou-test-");
    let present = fs::metadata(&target).ok();
    #[cfg(unix)]
    if present.is_none() {
        use std::os::unix::fs::PermissionsExt as _;
        // As any new file: the system takes away what the user's mask says.
        temporary.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = temporary.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    if let Some(present) = present {
        file.as_file().set_permissions(present.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&target).map(drop).map_err(|refused| refused.error)
}
