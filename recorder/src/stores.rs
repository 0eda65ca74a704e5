//! The ledger and the journal, as any vendor opens them.

use std::path::Path;

use anyhow::{Context, Result};
use gardefou::custody::file_name;
use gardefou::journal::{Journal, JournalKey};
use gardefou::ledger::SqliteLedger;
use gardefou::{PolicyHandle, Stores, StoresOptions};

use crate::args::Args;
use crate::leftovers::Left;
use crate::status::say;

/// Opens what the arguments name; `None` when they name nothing.
pub(crate) fn open(args: &Args) -> Result<Option<Stores>> {
    if args.ledger.is_none() && args.journal.is_none() {
        return Ok(None);
    }
    let mut options = StoresOptions::default();
    if let Some(file) = &args.ledger {
        options = options.ledger(SqliteLedger::open(file).with_context(|| unusable("ledger", file))?);
    }
    if let Some(file) = &args.journal {
        let key = args.journal_key.clone().unwrap_or_else(|| JournalKey::beside(file));
        let key = JournalKey::of(file, &key).with_context(|| unusable("key", &key))?;
        options = options.journal(Journal::open(file, &key).with_context(|| unusable("journal", file))?);
    }
    Ok(Some(Stores::start(options)?))
}

fn unusable(what: &str, file: &Path) -> String {
    format!("the {what} `{}` cannot be used, so nothing is recorded", file.display())
}

/// Deletes what earlier runs were to discard and did not, or left without an end.
pub(crate) fn discard_leftovers(handle: &PolicyHandle, folder: &Path, keep_raw: bool) {
    for ticket in handle.open_discards() {
        let session = ticket.discard().session.clone();
        let left = Left::of(folder, &file_name(&session), keep_raw).filter(|left| left.is_of(&session));
        let Some(left) = left else {
            say(&format!(
                "session `{session}` is to be discarded, and nothing of it is in `{}`; help: discard it where it was recorded",
                folder.display()
            ));
            continue;
        };
        match left.delete() {
            Ok(()) => {
                say(&format!(
                    "discarded session `{session}`, which an earlier run did not end as it should"
                ));
                if let Err(error) = ticket.done() {
                    say(&error.to_string());
                }
            }
            Err(error) => say(&format!(
                "session `{session}` must be discarded and cannot be: {error:#}"
            )),
        }
    }
}
