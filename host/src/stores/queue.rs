//! What is to be written, in order.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::Instant;

use crossbeam_queue::SegQueue;
use gardefou_policy::types::{Millis, Timestamp};

use super::StoreError;
use crate::journal::Record;

/// More than that many jobs waiting: the journal cannot keep up.
const MOST: usize = 4_096;

/// A write that takes longer than that, in ms: the journal cannot keep up.
const LONGEST: u64 = 5_000;

/// Something to write.
pub(super) enum Job {
    Append {
        records: Vec<Record>,
        /// Who waits for it.
        done: Option<SyncSender<Result<(), StoreError>>>,
    },
    Close {
        session: String,
        at: Timestamp,
        kept: Millis,
        to_review: bool,
    },
    /// Nobody waits for a review of this session.
    Reviewed { session: String },
}

/// The jobs, and whether the journal keeps up with them. Putting a job in waits for nobody.
pub(super) struct Queue {
    jobs: SegQueue<Job>,
    waiting: AtomicUsize,
    failed: AtomicBool,
    ended: AtomicBool,
    started: Instant,
    /// When the present write began, in ms after `started`, plus one; 0: nothing is being written.
    writing_since: AtomicU64,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            jobs: SegQueue::new(),
            waiting: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            started: Instant::now(),
            writing_since: AtomicU64::new(0),
        }
    }
}

impl Queue {
    pub(super) fn put(&self, job: Job) {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        self.jobs.push(job);
        if self.ended.load(Ordering::Acquire) {
            self.drop_all();
        }
    }

    /// Nobody takes a job any more: those who wait for one see it go.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.drop_all();
    }

    fn drop_all(&self) {
        while self.jobs.pop().is_some() {}
    }

    pub(super) fn take(&self) -> Option<Job> {
        self.jobs.pop()
    }

    /// So many jobs were done.
    pub(super) fn done(&self, jobs: usize) {
        self.waiting.fetch_sub(jobs, Ordering::AcqRel);
    }

    /// Whether what is to be journalled is journalled, in time.
    pub(super) fn stands(&self) -> bool {
        !self.failed.load(Ordering::Acquire) && !self.ended.load(Ordering::Acquire) && !self.is_behind()
    }

    pub(super) fn is_behind(&self) -> bool {
        let since = self.writing_since.load(Ordering::Acquire);
        let now = || self.now().saturating_sub(since);
        self.waiting.load(Ordering::Acquire) > MOST || (since != 0 && now() > LONGEST)
    }

    pub(super) fn fails(&self, failed: bool) {
        self.failed.store(failed, Ordering::Release);
    }

    /// Does a piece of writing, and lets it be seen for how long.
    pub(super) fn writing<T>(&self, write: impl FnOnce() -> T) -> T {
        self.writing_since.store(self.now(), Ordering::Release);
        let result = write();
        self.writing_since.store(0, Ordering::Release);
        result
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis())
            .unwrap_or(u64::MAX)
            .saturating_add(1)
    }
}
