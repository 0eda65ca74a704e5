//! What one session and the store thread have in common: what it kept, and what it may keep.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::ArcSwap;
use crossbeam_queue::ArrayQueue;
use gardefou_policy::types::{Millis, Timestamp};

use crate::clock::Clock;
use crate::handle::MAX_POLICIES;
use crate::ledger::Caps;
use crate::session::Usage;

/// A session's place at the ledger. The session asks without waiting: it writes down what it kept and when,
/// and raises a flag; the store thread answers into a place that the session looks at.
pub(crate) struct Booking {
    session: String,
    clock: Clock,
    /// What it kept in all, and the instant before which it did.
    kept: AtomicU64,
    at: AtomicU64,
    waits: AtomicBool,
    caps: ArcSwap<CapsOf>,
    answers: ArrayQueue<Answer>,
}

/// The caps of one generation of policies.
pub(crate) struct CapsOf {
    pub(crate) generation: u64,
    pub(crate) caps: Vec<Caps>,
}

/// What the ledger said.
#[derive(Clone, Copy)]
#[expect(
    clippy::large_enum_variant,
    reason = "it lies in a place of a fixed size: whoever takes it allocates nothing"
)]
pub(crate) enum Answer {
    /// The session may keep so much.
    Granted {
        /// In all since it opened, in ms.
        in_all: Millis,
        /// Until then.
        until: Timestamp,
        /// The counters, for the policies of this generation, as counted before `counted_at`.
        generation: u64,
        counted_at: Timestamp,
        usage: [Usage; MAX_POLICIES],
    },
    /// It could not be asked.
    Unreachable,
}

/// What is asked of the ledger for a booking.
pub(super) struct Asked {
    pub(super) kept: Millis,
    pub(super) counted_at: Timestamp,
    /// Not before the instant that what was kept was counted at.
    pub(super) now: Timestamp,
    pub(super) caps: Arc<CapsOf>,
}

impl fmt::Debug for Booking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Booking")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

impl Booking {
    pub(crate) fn new(session: &str, clock: Clock, at: Timestamp, generation: u64, caps: Vec<Caps>) -> Self {
        Self {
            session: session.to_owned(),
            clock,
            kept: AtomicU64::new(0),
            at: AtomicU64::new(at.as_millis()),
            waits: AtomicBool::new(false),
            caps: ArcSwap::from_pointee(CapsOf { generation, caps }),
            answers: ArrayQueue::new(1),
        }
    }

    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// Asks for more. Nothing is allocated, and nobody is waited for.
    pub(crate) fn ask(&self, kept: Millis, at: Timestamp) {
        self.kept.store(kept, Ordering::Relaxed);
        self.at.store(at.as_millis(), Ordering::Relaxed);
        self.waits.store(true, Ordering::Release);
    }

    /// Whether a question waits for its answer.
    pub(crate) fn waits(&self) -> bool {
        self.waits.load(Ordering::Acquire)
    }

    /// The latest answer that was not taken yet.
    pub(crate) fn answer(&self) -> Option<Answer> {
        self.answers.pop()
    }

    /// Other policies are in force.
    pub(crate) fn renew(&self, generation: u64, caps: Vec<Caps>) {
        self.caps.store(Arc::new(CapsOf { generation, caps }));
    }

    /// What to ask the ledger; `None` when nothing is due. A booking that does not ask is kept alive: its
    /// session may be on hold.
    pub(super) fn due(&self, alive_for: Millis) -> Option<Asked> {
        let waits = self.waits();
        let (kept, at) = (self.kept.load(Ordering::Relaxed), self.at.load(Ordering::Relaxed));
        let counted_at = Timestamp::from_millis(at);
        let now = self.clock.now().max(counted_at);
        (waits || now.since(counted_at) >= alive_for).then(|| Asked {
            kept,
            counted_at,
            now: if waits { counted_at } else { now },
            caps: self.caps.load_full(),
        })
    }

    pub(super) fn told(&self, answer: Answer) {
        self.answers.force_push(answer);
        self.waits.store(false, Ordering::Release);
    }
}
