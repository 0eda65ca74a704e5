//! Opening a journal to tell it something.

use std::path::Path;

use gardefou::journal::{Journal, JournalKey};

use crate::failure::Failure;

/// The journal in this file, signed with this key, or with the one beside it; both made when there is no journal.
pub(crate) fn writable(file: &Path, key: Option<&Path>) -> Result<Journal, Failure> {
    let key = key.map_or_else(|| JournalKey::beside(file), Path::to_owned);
    Ok(Journal::open(file, &JournalKey::of(file, &key)?)?)
}
