//! Opening a journal to tell it something.

use std::path::{Path, PathBuf};

use gardefou::journal::{Journal, JournalKey};

use crate::failure::Failure;

/// The journal in this file, signed with this key, or with the one beside it; both made when there is no journal.
pub(crate) fn writable(file: &Path, key: Option<&Path>) -> Result<Journal, Failure> {
    let key = key.map_or_else(|| key_beside(file), Path::to_owned);
    Ok(Journal::open(file, &JournalKey::of(file, &key)?)?)
}

/// `FILE.key`.
fn key_beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".key");
    name.into()
}
