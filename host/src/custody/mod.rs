//! What happens to recordings afterwards (legal.md, S8 to S10, +7 and +10).
//!
//! A recording lies in a folder: `NAME.mkv` (or any other extension), beside it `NAME.sidecar.json`, which says
//! whose it is and what decided, `NAME.jsonl`, `NAME.analysis.*`, `NAME.anonymised.*`. Everything named `NAME.*`
//! belongs to it. [`Custody`] is the one way to it: it asks the policies, journals, and only then hands out,
//! deletes or restricts.
//!
//! What a folder holds is not trusted: a recording is handed out only when its sidecar is, byte for byte, the
//! one whose digest the journal holds. No link is followed, and nothing outside the folder is touched.

mod access;
mod carrying;
mod chronicle;
mod disk;
mod error;
mod invalidate;
mod lifetime;
mod names;
mod pair;
mod purge;
mod refusal;
mod rights;
mod shelf;
mod sidecar;
mod subject;
#[cfg(test)]
mod tests;
mod work;

pub use access::{AccessAnswer, AccessRequest, Asker, Granted};
pub use error::{CustodyError, undone};
pub use invalidate::{FalseFact, Invalidated};
pub use names::Kind;
pub use pair::{CallRecorder, CallRecorderProgram, NobodyToAsk};
pub use purge::{Gone, PurgeReport, Stays};
pub use refusal::{RefusalCause, Refused};
pub use rights::{Item, ItemOutcome, Receipt, Right, RightRequest};
pub use shelf::{About, Held, Holding, Restriction, Stray};
pub use sidecar::{MAX_SIDECAR, Part, Sidecar, SidecarError, Title};
pub use subject::{Found, Subject};

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use gardefou_policy::types::{Span, Timestamp};

use crate::handle::PolicyHandle;
use crate::journal::{AccessEvent, Journal};
use crate::ledger::Ledger;
use crate::session::Counterpart;
use chronicle::{Chronicle, Past};
use disk::{Disk, RealDisk};
use shelf::Shelf;

/// The most files that a folder may have.
pub const MAX_FILES: usize = 1 << 20;

/// How long one change of a folder waits for another.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks meanwhile.
const LOOK: Duration = Duration::from_millis(20);

/// A folder of recordings, under policies, with the journal of who looked. Its methods block: on the disk, and
/// for about 0.1 ms for each question to each policy.
#[derive(Clone, Debug)]
pub struct Custody {
    policies: PolicyHandle,
    journal: Arc<dyn Chronicle>,
    folder: PathBuf,
    ledger: Option<Arc<dyn Ledger>>,
    call_recorder: Arc<dyn CallRecorder>,
    disk: Arc<dyn Disk>,
}

impl Custody {
    /// The recordings in this folder. Without a ledger nobody is told that recordings no longer wait for
    /// review; without a call recorder the vendor sees to the other half of the pair.
    #[must_use]
    pub fn new(policies: &PolicyHandle, journal: Journal, folder: impl Into<PathBuf>) -> Self {
        Self {
            policies: policies.clone(),
            journal: Arc::new(journal),
            folder: folder.into(),
            ledger: None,
            call_recorder: Arc::new(NobodyToAsk),
            disk: Arc::new(RealDisk),
        }
    }

    /// The same, with the ledger that counts these recordings.
    #[must_use]
    pub fn with_ledger(self, ledger: Arc<dyn Ledger>) -> Self {
        Self {
            ledger: Some(ledger),
            ..self
        }
    }

    /// The same, with the recorder of the calls themselves.
    #[must_use]
    pub fn with_call_recorder(self, call_recorder: Arc<dyn CallRecorder>) -> Self {
        Self { call_recorder, ..self }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the folder holds, by name.
    ///
    /// # Errors
    /// When it cannot be read, or holds more than [`MAX_FILES`].
    pub fn recordings(&self) -> Result<Vec<Holding>, CustodyError> {
        Ok(self.shelf()?.holdings)
    }

    /// A segment was discarded by whoever recorded it: tells the call's own recorder, and journals its answer.
    ///
    /// # Errors
    /// When the journal cannot be written, or the call's recorder could not: the discard stays open.
    pub fn discarded(
        &self,
        session: &str,
        call_reference: Option<&str>,
        segment: Span,
        at: Timestamp,
    ) -> Result<Option<Counterpart>, CustodyError> {
        let Ok(counterpart) = self.call_recorder.discard(session, call_reference, segment) else {
            return Ok(None);
        };
        self.journal.append(&[work::access(
            at,
            AccessEvent::Discarded {
                session: session.to_owned(),
                segment,
                counterpart,
            },
        )])?;
        Ok(Some(counterpart))
    }

    /// A recording was cut to what may be kept: tells the call's own recorder, and journals its answer.
    ///
    /// # Errors
    /// As for [`Custody::discarded`].
    pub fn trimmed(
        &self,
        session: &str,
        call_reference: Option<&str>,
        segment: Span,
        kept: Span,
        at: Timestamp,
    ) -> Result<Option<Counterpart>, CustodyError> {
        let Ok(counterpart) = self.call_recorder.trim(session, call_reference, segment, kept) else {
            return Ok(None);
        };
        self.journal.append(&[work::access(
            at,
            AccessEvent::Trimmed {
                session: session.to_owned(),
                segment,
                kept,
                counterpart,
            },
        )])?;
        Ok(Some(counterpart))
    }

    fn shelf(&self) -> Result<Shelf, CustodyError> {
        Shelf::of(&self.folder, &self.aside())
    }

    fn past(&self) -> Result<Past, CustodyError> {
        Ok(Past::read(&*self.journal)?)
    }

    /// What files are named that are somebody else's, and may lie in the same folder.
    fn aside(&self) -> Vec<String> {
        let stores = [
            Some(self.journal.name()),
            self.ledger.as_ref().map(|ledger| ledger.name()),
        ];
        let names = stores.into_iter().flatten();
        names
            .filter_map(|name| Some(Path::new(&name).file_name()?.to_str()?.to_owned()))
            .collect()
    }

    /// Nobody else changes the folder until this is dropped.
    fn locked(&self) -> Result<File, CustodyError> {
        let path = self.folder.join(names::LOCK);
        let unusable = |error: std::io::Error| CustodyError::of(&self.folder, &error);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(unusable)?;
        let since = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if since.elapsed() < PATIENCE => thread::sleep(LOOK),
                Err(TryLockError::WouldBlock) => {
                    return Err(CustodyError::Busy {
                        path: self.folder.clone(),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(unusable(error)),
            }
        }
    }
}
