//! A short queue of frames between the capture thread and the one that writes to ffmpeg.
//!
//! It is bounded, and waiting for room is too: an encoder that is stuck stops the recording, never the
//! recorder.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gardefou::Millis;

/// How many frames may wait.
const MOST_WAITING: usize = 3;

/// Frames that wait to be encoded, each with the time from which it is shown.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(Millis, Vec<u8>)>,
    free: Vec<Vec<u8>>,
    closed: bool,
    failed: bool,
    /// Whether the frame that was put last is to be shown once more, and from when.
    again: Option<Millis>,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue")
            .field("waiting", &self.lock().waiting.len())
            .finish_non_exhaustive()
    }
}

impl Queue {
    /// Puts a copy of the frame at the end; false when nobody takes it in time, or ever.
    pub(crate) fn put(&self, shown_from: Millis, frame: &[u8], patience: Duration) -> bool {
        let until = Instant::now() + patience;
        let mut state = self.lock();
        while state.waiting.len() >= MOST_WAITING && !state.failed && !state.closed {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = match self.changed.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        if state.failed || state.closed {
            return false;
        }
        let mut copy = state.free.pop().unwrap_or_default();
        copy.clear();
        copy.extend_from_slice(frame);
        state.waiting.push_back((shown_from, copy));
        self.changed.notify_all();
        true
    }

    /// Waits for the next frame; `None` when the queue is closed and empty.
    pub(crate) fn take(&self) -> Option<(Millis, Vec<u8>)> {
        let mut state = self.lock();
        loop {
            if let Some(frame) = state.waiting.pop_front() {
                self.changed.notify_all();
                return Some(frame);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Hands memory back to be used again.
    pub(crate) fn give_back(&self, frame: Vec<u8>) {
        self.lock().free.push(frame);
    }

    /// No frame comes after those that wait. `again`: from when the last one is shown once more.
    pub(crate) fn close(&self, again: Option<Millis>) {
        let mut state = self.lock();
        if !state.closed {
            (state.closed, state.again) = (true, again);
        }
        self.changed.notify_all();
    }

    /// From when the frame that was taken last is to be shown once more, once the queue is closed.
    pub(crate) fn again(&self) -> Option<Millis> {
        self.lock().again
    }

    /// Nobody takes frames any more.
    pub(crate) fn fail(&self) {
        self.lock().failed = true;
        self.changed.notify_all();
    }

    /// Whether nobody takes frames any more.
    pub(crate) fn failed(&self) -> bool {
        self.lock().failed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_nobody_empties_gives_up() {
        let queue = Queue::default();
        for time in 0..3 {
            assert!(queue.put(time, b"x", Duration::ZERO));
        }
        assert!(!queue.put(3, b"x", Duration::from_millis(20)));
        assert_eq!(queue.take(), Some((0, b"x".to_vec())));
        assert!(queue.put(3, b"x", Duration::ZERO));
        queue.close(None);
        assert!(!queue.put(4, b"x", Duration::ZERO));
        assert_eq!(
            std::iter::from_fn(|| queue.take()).count(),
            3,
            "what waited is still written"
        );
    }

    #[test]
    fn a_queue_that_failed_takes_nothing() {
        let queue = Queue::default();
        queue.fail();
        assert!(queue.failed());
        assert!(!queue.put(0, b"x", Duration::from_secs(60)));
    }
}
