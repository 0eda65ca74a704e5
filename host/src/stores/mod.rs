//! The stores of a recorder: its ledger, its journal, and the thread that they work on.
//!
//! A session never waits for a disk at a frame. What it wants of a ledger it asks ahead, through a
//! [`Booking`]; what is to be journalled waits in a queue. One thread, `gardefou-stores`, does both, for all
//! the sessions of the process together: many records become durable with one write.

mod booking;
mod error;
mod french;
pub(crate) mod leftovers;
mod options;
pub(crate) mod plain;
mod queue;
mod thread;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use gardefou_policy::types::{Millis, Timestamp};

pub use error::StoreError;
pub(crate) use error::both;
pub(crate) use french::french;
pub use options::StoresOptions;

pub(crate) use booking::{Answer, Booking, CapsOf};
pub(crate) use thread::{for_each, usable_until};

use crate::custody::CallRecorder;
use crate::journal::{Journal, Record};
use crate::ledger::{Closing, Ledger, LedgerIdentity};
use queue::{Job, Queue};
use thread::Worker;

/// The ledger and the journal that the sessions of a [`PolicyHandle`](crate::PolicyHandle) use by
/// themselves. Cheap to clone.
///
/// It starts one thread, `gardefou-stores`, which [`Stores::shutdown`] joins, or else dropping the last of
/// them. Without a ledger nothing is
/// counted but what each session kept itself; without a journal nothing is journalled.
#[derive(Clone)]
pub struct Stores {
    shared: Arc<Shared>,
    _ends_with_the_last: Arc<Ending>,
}

/// The thread ends when nobody has the stores any more.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.worker.stop();
    }
}

pub(crate) struct Shared {
    ledger: Option<Arc<dyn Ledger>>,
    /// Which ledger it is; read once, because reading it may wait.
    identity: Option<LedgerIdentity>,
    journal: Option<Journal>,
    call_recorder: Option<Arc<dyn CallRecorder>>,
    site: String,
    slice: Millis,
    queue: Queue,
    bookings: Mutex<Vec<Arc<Booking>>>,
    /// What went wrong last, until it went right again.
    problems: Mutex<Problems>,
    worker: Worker,
}

#[derive(Default)]
struct Problems {
    ledger: Option<StoreError>,
    journal: Option<StoreError>,
}

impl fmt::Debug for Stores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stores")
            .field("ledger", &self.shared.ledger)
            .field("journal", &self.shared.journal)
            .field("problem", &self.problem())
            .finish_non_exhaustive()
    }
}

impl Stores {
    /// Starts the thread over these stores. Blocks while the ledger says which it is.
    ///
    /// # Errors
    /// When the ledger cannot be read, or no thread can be started.
    pub fn start(options: StoresOptions) -> Result<Self, StoreError> {
        let ledger = options.ledger.as_deref();
        let identity = ledger.map(Ledger::identity).transpose()?;
        let shared = Arc::new(Shared {
            ledger: options.ledger,
            identity,
            journal: options.journal,
            call_recorder: options.call_recorder,
            site: options.site,
            slice: options.slice,
            queue: Queue::default(),
            bookings: Mutex::default(),
            problems: Mutex::default(),
            worker: Worker::default(),
        });
        thread::start(&shared)?;
        Ok(Self {
            _ends_with_the_last: Arc::new(Ending(Arc::clone(&shared))),
            shared,
        })
    }

    /// Why nothing is recorded at the moment, if a store is why: for the person who must act.
    #[must_use]
    pub fn problem(&self) -> Option<StoreError> {
        let problems = self.shared.problems.lock().unwrap_or_else(PoisonError::into_inner);
        let problem = problems.journal.clone().or_else(|| problems.ledger.clone());
        problem.or_else(|| self.shared.queue.is_behind().then(|| self.shared.behind()))
    }

    /// The ledger, if there is one.
    #[must_use]
    pub fn ledger(&self) -> Option<&Arc<dyn Ledger>> {
        self.shared.ledger.as_ref()
    }

    /// The journal, if there is one.
    #[must_use]
    pub fn journal(&self) -> Option<&Journal> {
        self.shared.journal.as_ref()
    }

    /// Waits until everything that sessions told so far is written. Blocks.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.put(Vec::new())
    }

    /// Writes what still waits, as far as it can be written, and joins the thread. Finish sessions before.
    /// Blocks for as long as the stores take.
    pub fn shutdown(&self) {
        self.shared.worker.stop();
    }

    pub(crate) fn call_recorder(&self) -> Option<&dyn CallRecorder> {
        self.shared.call_recorder.as_deref()
    }

    pub(crate) fn site(&self) -> &str {
        &self.shared.site
    }

    pub(crate) fn identity(&self) -> Option<LedgerIdentity> {
        self.shared.identity
    }

    pub(crate) fn slice(&self) -> Millis {
        self.shared.slice
    }

    /// Whether the journal takes what is to be journalled. Reads two numbers.
    pub(crate) fn journal_stands(&self) -> bool {
        self.shared.journal.is_none() || self.shared.queue.stands()
    }

    /// The store thread looks at every booking.
    pub(crate) fn wake(&self) {
        self.shared.worker.wake();
    }

    /// What the ledger answered when it was asked elsewhere.
    pub(crate) fn ledger_says(&self, error: Option<&StoreError>) {
        self.shared.ledger_says(error);
    }

    /// A session's booking is served from now on.
    pub(crate) fn serve(&self, booking: &Arc<Booking>) {
        let mut bookings = self.shared.bookings.lock().unwrap_or_else(PoisonError::into_inner);
        bookings.push(Arc::clone(booking));
    }

    /// To be journalled when there is time; nobody waits for it.
    pub(crate) fn note(&self, records: Vec<Record>) {
        if self.shared.journal.is_some() && !records.is_empty() {
            self.shared.queue.put(Job::Append { records, done: None });
            self.wake();
        }
    }

    /// Journals these records, and waits until they, and all that was noted before them, are durable.
    pub(crate) fn journalled(&self, records: Vec<Record>) -> Result<(), StoreError> {
        if self.shared.journal.is_none() {
            return Ok(());
        }
        self.put(records)
    }

    fn put(&self, records: Vec<Record>) -> Result<(), StoreError> {
        let (done, answer) = std::sync::mpsc::sync_channel(1);
        self.shared.queue.put(Job::Append {
            records,
            done: Some(done),
        });
        self.wake();
        // The thread is gone: after a shutdown nothing is written any more.
        answer.recv().unwrap_or_else(|_| Err(self.shared.behind()))
    }

    /// A session without a booking is over: one that was refused, or of an earlier run. Nothing of it waits for a
    /// review.
    pub(crate) fn end(&self, session: &str, at: Timestamp, kept: Millis) {
        self.close(
            None,
            Closing {
                session,
                at,
                kept,
                to_review: false,
            },
        );
    }

    /// Nothing of a session that is over waits for a review.
    pub(crate) fn reviewed(&self, session: &str) {
        if self.shared.ledger.is_some() {
            let session = session.to_owned();
            self.shared.queue.put(Job::Reviewed { session });
            self.wake();
        }
    }

    /// The session of this booking is over: what is left of its slice returns.
    pub(crate) fn close(&self, booking: Option<&Arc<Booking>>, end: Closing<'_>) {
        let mut bookings = self.shared.bookings.lock().unwrap_or_else(PoisonError::into_inner);
        bookings.retain(|other| booking.is_none_or(|booking| !Arc::ptr_eq(other, booking)));
        drop(bookings);
        if self.shared.ledger.is_none() {
            return;
        }
        self.shared.queue.put(Job::Close {
            session: end.session.to_owned(),
            at: end.at,
            kept: end.kept,
            to_review: end.to_review,
        });
        self.wake();
    }
}

impl Shared {
    fn behind(&self) -> StoreError {
        let journal = self.journal.as_ref().map(Journal::name);
        let ledger = || self.ledger.as_ref().map(|ledger| ledger.name());
        StoreError::Behind {
            store: journal.or_else(ledger).unwrap_or_default(),
        }
    }
}
