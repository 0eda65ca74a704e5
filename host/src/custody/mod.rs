//! What happens to recordings afterwards (legal.md, S8 to S10, +7 and +10).
//!
//! A recording lies in a folder: `NAME.mkv` (or any other extension), beside it `NAME.sidecar.json`, which says
//! whose it is and what decided, `NAME.jsonl`, `NAME.analysis.*`, `NAME.anonymised.*`. Everything named `NAME.*`
//! belongs to it. [`Custody`] is the one way to it: it asks the policies, journals, and only then hands out,
//! deletes or restricts.
//!
//! What a folder holds is not trusted: a sidecar counts only when it is, byte for byte, the one whose digest the
//! journal holds, and stands beside its own recording. No link is followed, and nothing outside the folder is
//! touched.

mod access;
mod carrying;
mod chronicle;
mod clock;
mod disk;
mod error;
mod invalidate;
mod lifetime;
mod names;
mod origin;
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

pub use crate::journal::AskedBy;
pub use access::{AccessAnswer, AccessRequest, Asker, Granted};
pub use error::{CustodyError, RequestError, undone};
pub use invalidate::{FalseFact, Invalidated};
pub use names::{Kind, file_name};
pub use origin::{Doubt, Doubtful, Origin};
pub use pair::{CallRecorder, CallRecorderProgram, NobodyToAsk};
pub use purge::{Gone, HeldBack, PurgeReport, Stays};
pub use refusal::{RefusalCause, Refused};
pub use rights::{Item, ItemOutcome, OpenRequestShown, Receipt, RestrictionShown, Right, RightRequest};
pub use shelf::{About, Held, Holding, Restriction, Stray};
pub use sidecar::{MAX_SIDECAR, Part, Sidecar, SidecarError, Title};
pub use subject::{Found, Subject};

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use gardefou_policy::types::{Span, Timestamp};

use crate::handle::PolicyHandle;
use crate::journal::{AccessEvent, Journal};
use crate::ledger::Ledger;
use crate::private;
use crate::session::Counterpart;
use chronicle::{Chronicle, Past};
use disk::{Disk, RealDisk};
use shelf::{Shelf, Unweighed};

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
    others: Vec<PathBuf>,
    employees: BTreeSet<String>,
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
            others: Vec::new(),
            employees: BTreeSet::new(),
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

    /// The same, with files that are no recordings, and are left alone where they lie in the folder: a key, say, or
    /// the rules. Those of the journal and of the ledger are known.
    #[must_use]
    pub fn with_others(self, others: Vec<PathBuf>) -> Self {
        Self { others, ..self }
    }

    /// The same, with the tokens of the employees whom the rules list. Of one of them, of whom nothing is kept, a
    /// request says so; without them it says that nobody knows the name.
    #[must_use]
    pub fn with_employees(self, employees: BTreeSet<String>) -> Self {
        Self { employees, ..self }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the folder holds, by name, and what the journal shows of it.
    ///
    /// # Errors
    /// When one of them cannot be read, or the folder holds more than [`MAX_FILES`].
    pub fn recordings(&self) -> Result<Vec<Holding>, CustodyError> {
        Ok(self.look()?.0.holdings)
    }

    /// A segment was discarded by whoever recorded it: tells the call's own recorder, and journals its answer. None
    /// where the call's recorder could not: the discard stays open.
    ///
    /// # Errors
    /// When the journal cannot be used, the clock is far ahead of it, or the session is restricted: then its call's
    /// own recording stays as well.
    pub fn discarded(
        &self,
        session: &str,
        call_reference: Option<&str>,
        segment: Span,
        at: Timestamp,
    ) -> Result<Option<Counterpart>, CustodyError> {
        self.may_discard(session, at)?;
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
        self.may_discard(session, at)?;
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

    fn may_discard(&self, session: &str, at: Timestamp) -> Result<(), CustodyError> {
        let past = self.past()?;
        past.plausible(at)?;
        if past.is_restricted(session) {
            return Err(CustodyError::Restricted);
        }
        Ok(())
    }

    /// The folder and the journal. The folder first: what is decided between the two looks is known.
    fn look(&self) -> Result<(Shelf, Past), CustodyError> {
        let unweighed = Unweighed::of(&self.folder, &self.aside())?;
        let past = self.past()?;
        Ok((unweighed.weighed(&past), past))
    }

    fn past(&self) -> Result<Past, CustodyError> {
        Ok(Past::read(&*self.journal)?)
    }

    /// The names in the folder that are somebody else's: exactly those of the files that lie in it.
    fn aside(&self) -> BTreeSet<String> {
        let here = whole(&self.folder);
        let ledger = self.ledger.as_ref().map(|ledger| ledger.files()).unwrap_or_default();
        let files = self.journal.files().into_iter().chain(ledger);
        let files = files.chain(self.others.iter().cloned());
        let is_here = |file: &PathBuf| whole(file.parent().unwrap_or(Path::new(""))) == here;
        files
            .filter(is_here)
            .filter_map(|file| names::coded(file.file_name()?))
            .collect()
    }

    /// Nobody else changes the folder until this is dropped.
    fn locked(&self) -> Result<File, CustodyError> {
        let path = self.folder.join(names::LOCK);
        let unusable = |error: std::io::Error| CustodyError::of(&self.folder, &error);
        // Who may not write here holds no lock either.
        let file = private::open_or_create(&path).map_err(unusable)?;
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

/// A folder's one path, whatever it was called.
fn whole(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let whole = fs::canonicalize(folder).or_else(|_| std::path::absolute(folder));
    whole.unwrap_or_else(|_| folder.to_owned())
}
