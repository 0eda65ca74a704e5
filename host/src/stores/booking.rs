//! What one session and the store thread have in common: what it kept, and what it may keep.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use crossbeam_queue::ArrayQueue;
use gardefou_policy::facts::Usage;
use gardefou_policy::types::{Millis, Timestamp};

use crate::clock::Clock;
use crate::handle::MAX_POLICIES;
use crate::ledger::Caps;

/// A session's place at the ledger. The session asks without waiting: it writes down what it kept and when,
/// and raises a flag; the store thread answers into a place that the session looks at.
pub(crate) struct Booking {
    session: String,
    clock: Clock,
    /// What it kept in all, and the instant before which it did.
    kept: AtomicU64,
    at: AtomicU64,
    /// How many questions were asked, and which of them was answered last: another number means that one waits.
    asked: AtomicU64,
    answered: AtomicU64,
    /// When the ledger last heard of it.
    heard_at: AtomicU64,
    wanted: Millis,
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
        /// Whether that is all that it wanted.
        enough: bool,
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
    pub(super) wanted: Millis,
    /// The question that this answers.
    number: u64,
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
    /// Of a session whose slice is to be so large.
    pub(crate) fn new(session: &str, wanted: Millis, clock: Clock, at: Timestamp, caps: CapsOf) -> Self {
        Self {
            session: session.to_owned(),
            clock,
            kept: AtomicU64::new(0),
            at: AtomicU64::new(at.as_millis()),
            asked: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            heard_at: AtomicU64::new(at.as_millis()),
            wanted,
            caps: ArcSwap::from_pointee(caps),
            answers: ArrayQueue::new(1),
        }
    }

    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    /// Asks for more, unless a question waits already. Nothing is allocated, and nobody is waited for.
    pub(crate) fn ask(&self, kept: Millis, at: Timestamp) {
        // Whoever reads the two reads the number before and after them.
        let number = self.asked.fetch_add(1, Ordering::AcqRel).wrapping_add(1);
        self.kept.store(kept, Ordering::Release);
        self.at.store(at.as_millis(), Ordering::Release);
        self.asked.store(number.wrapping_add(1), Ordering::Release);
    }

    /// Whether a question waits for its answer.
    pub(crate) fn waits(&self) -> bool {
        self.asked.load(Ordering::Acquire) != self.answered.load(Ordering::Acquire)
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
        let number = self.asked.load(Ordering::Acquire);
        let (kept, at) = (self.kept.load(Ordering::Acquire), self.at.load(Ordering::Acquire));
        // An odd number: the session is just writing; it wakes the thread when it has.
        if number % 2 == 1 || number != self.asked.load(Ordering::Acquire) {
            return None;
        }
        let waits = number != self.answered.load(Ordering::Acquire);
        let counted_at = Timestamp::from_millis(at);
        let now = self.clock.now().max(counted_at);
        let heard_at = Timestamp::from_millis(self.heard_at.load(Ordering::Acquire));
        (waits || now.since(heard_at) >= alive_for).then(|| Asked {
            kept,
            counted_at,
            wanted: self.wanted,
            number,
            now: if waits { counted_at } else { now },
            caps: self.caps.load_full(),
        })
    }

    /// The ledger answered that question.
    pub(super) fn told(&self, asked: &Asked, answer: Answer) {
        self.heard_at.store(asked.now.as_millis(), Ordering::Release);
        self.answers.force_push(answer);
        self.answered.store(asked.number, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn booking() -> Booking {
        let at = Timestamp::from_millis(1_000);
        let caps = CapsOf {
            generation: 0,
            caps: Vec::new(),
        };
        Booking::new("s", 4_000, Clock::starting(at), at, caps)
    }

    #[test]
    fn an_answer_to_an_earlier_question_leaves_a_later_one_waiting() {
        let booking = booking();
        assert!(!booking.waits() && booking.due(60_000).is_none());
        booking.ask(5, Timestamp::from_millis(1_100));
        let first = booking.due(60_000).unwrap();
        assert_eq!(
            (first.kept, first.counted_at.as_millis(), first.wanted),
            (5, 1_100, 4_000)
        );
        booking.ask(7, Timestamp::from_millis(1_200));
        booking.told(&first, Answer::Unreachable);
        assert!(booking.waits());
        let second = booking.due(60_000).unwrap();
        booking.told(&second, Answer::Unreachable);
        assert!(!booking.waits() && booking.due(60_000).is_none());
    }

    #[test]
    fn one_that_is_silent_is_kept_alive_once_in_a_while() {
        let booking = booking();
        let asked = booking.due(0).unwrap();
        assert!(!booking.waits());
        booking.told(&asked, Answer::Unreachable);
        assert!(booking.due(10_000).is_none());
    }
}
