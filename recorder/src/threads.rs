//! Threads that the recording depends on: one that fails says so, whatever it failed at.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, JoinHandle};

use anyhow::{Context, Result};

/// Starts a thread. `failed` is called on it when `work` panics: nobody may go on as if it were at work.
///
/// # Errors
/// No thread can be started.
pub(crate) fn start(
    name: &str,
    work: impl FnOnce() + Send + 'static,
    failed: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>> {
    let run = move || {
        // What it worked on is not used any more.
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            failed();
        }
    };
    let started = Builder::new().name(name.to_owned()).spawn(run);
    started.with_context(|| format!("the thread `{name}` cannot be started"))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_thread_that_fails_says_so_and_one_that_ends_does_not() {
        let (sender, told) = channel();
        let also = sender.clone();
        start("fails", || panic!("a test"), move || sender.send("failed").unwrap())
            .unwrap()
            .join()
            .unwrap();
        start("ends", || {}, move || also.send("ended").unwrap())
            .unwrap()
            .join()
            .unwrap();
        assert_eq!(told.iter().collect::<Vec<_>>(), ["failed"]);
    }
}
