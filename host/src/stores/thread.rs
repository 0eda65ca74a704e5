//! The thread that writes, for every session of the process.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{JoinHandle, Thread};
use std::time::Duration;

use gardefou_policy::facts::Usage;
use gardefou_policy::types::{Millis, Timestamp};

use super::booking::{Answer, Asked, Booking};
use super::queue::Job;
use super::{Shared, StoreError};
use crate::clock::wall_clock_now;
use crate::handle::MAX_POLICIES;
use crate::journal::{AccessEvent, AccessRecord, Journal, Record};
use crate::ledger::{Closing, Granted, Ledger, Reservation, Review};
use crate::policy::Digest;
use crate::session::NOT_COUNTED;

/// How long a slice may be used, in ms: a session that says nothing for longer has crashed.
const ALIVE: Millis = 60_000;

/// How often a booking that asks for nothing is kept alive, in ms.
const KEEP_ALIVE: Millis = ALIVE / 3;

/// How long the thread sleeps when nobody wakes it.
const REST: Duration = Duration::from_secs(5);

/// How long it waits after something could not be written.
const AGAIN: Duration = Duration::from_secs(1);

/// The most records that become durable together.
const MOST_RECORDS: usize = 1_024;

/// The thread, as those see it who want something of it.
#[derive(Default)]
pub(super) struct Worker {
    thread: OnceLock<Thread>,
    handle: Mutex<Option<JoinHandle<()>>>,
    stop: AtomicBool,
}

impl Worker {
    pub(super) fn wake(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.wake();
        let handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(handle) = handle {
            // It does not panic, and there is nobody to tell.
            let _ = handle.join();
        }
    }
}

pub(super) fn start(shared: &Arc<Shared>) -> Result<(), StoreError> {
    let stores = Arc::clone(shared);
    let thread = std::thread::Builder::new()
        .name("gardefou-stores".into())
        .spawn(move || attend(&stores));
    let thread = thread.map_err(|error| StoreError::Unreachable {
        store: "gardefou-stores".into(),
        error: error.to_string(),
    })?;
    // Nobody set it before: the stores are just being made.
    let _ = shared.worker.thread.set(thread.thread().clone());
    *shared.worker.handle.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
    Ok(())
}

/// Works until the stores are shut down; what waits by then is written first, as far as it can be.
fn attend(stores: &Shared) {
    // Also when a ledger of somebody else's panics: nobody is to wait for a thread that is gone.
    let _ending = Ending(stores);
    let mut backlog = VecDeque::new();
    loop {
        let stopping = stores.worker.stop.load(Ordering::Acquire);
        let all_written = stores.write(&mut backlog);
        stores.serve();
        if stopping {
            return;
        }
        std::thread::park_timeout(if all_written { REST } else { AGAIN });
    }
}

/// The thread ends: from now on nothing is journalled, and nobody waits for it.
struct Ending<'a>(&'a Shared);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.queue.end();
    }
}

impl Shared {
    /// Writes what waits. Gives whether nothing is left.
    fn write(&self, backlog: &mut VecDeque<Job>) -> bool {
        while let Some(job) = self.queue.take() {
            backlog.push_back(job);
        }
        let (appends, closings): (VecDeque<Job>, VecDeque<Job>) =
            backlog.drain(..).partition(|job| matches!(job, Job::Append { .. }));
        // Somebody waits for what is to be journalled; for a closing nobody does.
        let mut left = self.append(appends);
        left.extend(self.close(closings));
        let all_written = left.is_empty();
        *backlog = left;
        all_written
    }

    /// Appends to the journal, many records at once. Gives what could not be written and is to be tried
    /// again.
    fn append(&self, mut jobs: VecDeque<Job>) -> VecDeque<Job> {
        let Some(journal) = &self.journal else {
            self.queue.done(jobs.len());
            jobs.into_iter().for_each(|job| job.tell(Ok(())));
            return VecDeque::new();
        };
        while !jobs.is_empty() {
            let together = together(&mut jobs);
            let written = self.written(journal, &together);
            match written {
                Ok(()) => self.done(together),
                // One of them can never be written, and is not to take the others with it.
                Err(StoreError::Foreign { .. }) if together.len() > 1 => {
                    for job in together.into_iter().rev() {
                        jobs.push_front(job);
                    }
                    let Some(first) = jobs.pop_front() else { return jobs };
                    match self.written(journal, std::slice::from_ref(&first)) {
                        Ok(()) => self.done(vec![first]),
                        Err(error) => self.impossible(journal, first, &error),
                    }
                }
                Err(error @ StoreError::Foreign { .. }) => {
                    together
                        .into_iter()
                        .for_each(|job| self.impossible(journal, job, &error));
                }
                Err(error) => {
                    self.journal_says(Some(&error));
                    let mut left = self.refused(journal, together, &error);
                    left.extend(jobs);
                    return left;
                }
            }
            self.journal_says(None);
        }
        jobs
    }

    fn written(&self, journal: &Journal, jobs: &[Job]) -> Result<(), StoreError> {
        let records: Vec<Record> = jobs.iter().flat_map(Job::records).cloned().collect();
        self.queue.writing(|| match records.is_empty() {
            true => Ok(()),
            false => journal.append(&records).map(|_| ()),
        })
    }

    fn done(&self, jobs: Vec<Job>) {
        self.queue.done(jobs.len());
        jobs.into_iter().for_each(|job| job.tell(Ok(())));
    }

    /// A record that the journal can never take, such as one that is too large: whoever waits is told, and
    /// the journal is told that it is missing.
    fn impossible(&self, journal: &Journal, job: Job, error: &StoreError) {
        self.queue.done(1);
        job.tell(Err(error.clone()));
        self.queue.put(failed(journal, error));
    }

    /// What somebody waits for was not written, and they are told: it is not tried again. That the journal
    /// failed is, and all the rest.
    fn refused(&self, journal: &Journal, jobs: Vec<Job>, error: &StoreError) -> VecDeque<Job> {
        let mut left = VecDeque::new();
        for job in jobs {
            match job {
                Job::Append { done: Some(_), .. } => {
                    job.tell(Err(error.clone()));
                    left.push_back(failed(journal, error));
                }
                Job::Append { done: None, .. } | Job::Close { .. } | Job::Reviewed { .. } => left.push_back(job),
            }
        }
        // One such record says it for all.
        let (mut told, before) = (false, left.len());
        left.retain(|job| !job.is_failure() || !std::mem::replace(&mut told, true));
        self.queue.done(before.saturating_sub(left.len()));
        left
    }

    fn journal_says(&self, error: Option<&StoreError>) {
        self.queue.fails(error.is_some());
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).journal = error.cloned();
    }

    pub(super) fn ledger_says(&self, error: Option<&StoreError>) {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).ledger = error.cloned();
    }

    /// Closes sessions in the ledger. Gives those that could not be closed: where one fails, the others would.
    fn close(&self, mut jobs: VecDeque<Job>) -> VecDeque<Job> {
        let Some(ledger) = &self.ledger else {
            return VecDeque::new();
        };
        while let Some(job) = jobs.pop_front() {
            match closed(&**ledger, &job) {
                Ok(()) => self.queue.done(1),
                // It never will: the ledger knows something else of this session.
                Err(error @ StoreError::Foreign { .. }) => {
                    self.queue.done(1);
                    self.ledger_says(Some(&error));
                }
                Err(error) => {
                    self.ledger_says(Some(&error));
                    jobs.push_front(job);
                    return jobs;
                }
            }
        }
        jobs
    }

    /// Answers every booking that asks, in one piece of work, and keeps the others alive.
    fn serve(&self) {
        let Some(ledger) = &self.ledger else { return };
        let asked: Vec<(Arc<Booking>, Asked)> = {
            let bookings = self.bookings.lock().unwrap_or_else(PoisonError::into_inner);
            let due = |booking: &Arc<Booking>| Some((Arc::clone(booking), booking.due(KEEP_ALIVE)?));
            bookings.iter().filter_map(due).collect()
        };
        if asked.is_empty() {
            return;
        }
        let reservations: Vec<Reservation<'_>> = asked
            .iter()
            .map(|(booking, asked)| reservation(booking.session(), asked))
            .collect();
        let granted = ledger.reserve(&reservations).and_then(|granted| {
            // One answer for each question, or none can be told whose it is.
            let all = granted.len() == asked.len();
            all.then_some(granted).ok_or_else(|| StoreError::Foreign {
                store: ledger.name(),
                what: "it did not answer every question".into(),
            })
        });
        self.ledger_says(granted.as_ref().err());
        match granted {
            Ok(granted) => {
                for ((booking, asked), granted) in asked.iter().zip(&granted) {
                    booking.told(asked, answer(asked, granted));
                }
            }
            Err(_) => asked
                .iter()
                .for_each(|(booking, asked)| booking.told(asked, Answer::Unreachable)),
        }
    }
}

fn closed(ledger: &dyn Ledger, job: &Job) -> Result<(), StoreError> {
    match job {
        Job::Append { .. } => Ok(()),
        Job::Close {
            session,
            at,
            kept,
            to_review,
        } => ledger.close(&Closing {
            session,
            at: *at,
            kept: *kept,
            to_review: *to_review,
        }),
        Job::Reviewed { session } => ledger.reviewed(&Review::Session(session)).map(|_released| ()),
    }
}

/// The first jobs, as many as become durable together; at least one.
fn together(jobs: &mut VecDeque<Job>) -> Vec<Job> {
    let mut records = 0_usize;
    let mut together = Vec::new();
    while let Some(job) = jobs.pop_front() {
        records = records.saturating_add(job.records().len());
        together.push(job);
        if records >= MOST_RECORDS {
            break;
        }
    }
    together
}

/// That the journal could not be written is journalled as soon as it can be.
fn failed(journal: &Journal, error: &StoreError) -> Job {
    let event = AccessEvent::Fault {
        session: None,
        policy: Digest::FLOOR,
        fault: format!("store-unavailable: {}: {error}", journal.name()),
    };
    Job::Append {
        records: vec![Record::Access(AccessRecord {
            at: wall_clock_now(),
            event,
        })],
        done: None,
    }
}

/// Until when a slice that is granted at that instant may be used.
pub(crate) fn usable_until(at: Timestamp) -> Timestamp {
    at.plus(ALIVE)
}

fn reservation<'a>(session: &'a str, asked: &'a Asked) -> Reservation<'a> {
    Reservation {
        session,
        at: asked.now,
        kept: asked.kept,
        wanted: asked.wanted,
        until: usable_until(asked.now),
        caps: &asked.caps.caps,
    }
}

fn answer(asked: &Asked, granted: &Granted) -> Answer {
    Answer::Granted {
        in_all: asked.kept.saturating_add(granted.slice),
        enough: granted.slice >= asked.wanted,
        until: usable_until(asked.now),
        generation: asked.caps.generation,
        counted_at: asked.counted_at,
        usage: for_each(&granted.usage),
    }
}

/// The counters of each policy, in a place of a fixed size: a session takes them over without allocating.
pub(crate) fn for_each(counted: &[Usage]) -> [Usage; MAX_POLICIES] {
    let mut usage = [NOT_COUNTED; MAX_POLICIES];
    for (slot, counted) in usage.iter_mut().zip(counted) {
        *slot = *counted;
    }
    usage
}

impl Job {
    fn records(&self) -> &[Record] {
        match self {
            Self::Append { records, .. } => records,
            Self::Close { .. } | Self::Reviewed { .. } => &[],
        }
    }

    /// Whether it says that the journal failed.
    fn is_failure(&self) -> bool {
        matches!(self.records(), [Record::Access(AccessRecord { event: AccessEvent::Fault { fault, .. }, .. })]
            if fault.starts_with("store-unavailable: "))
    }

    fn tell(self, outcome: Result<(), StoreError>) {
        if let Self::Append { done: Some(done), .. } = self {
            // Whoever waited is gone.
            let _ = done.send(outcome);
        }
    }
}
