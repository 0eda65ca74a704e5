//! What wakes the recorder.

use std::path::PathBuf;

use crate::call::{Gone, Told};

/// Something that happened on another thread.
#[derive(Debug)]
pub(crate) enum Signal {
    /// The telephone told something.
    Told(Told),
    /// Nothing more will be heard of the call, or of its conditions.
    Gone(Gone),
    /// Somebody asked the recorder to end.
    Interrupted,
    /// Rules were edited: what came of it.
    Policies(String),
    /// The encoder of that video takes no more.
    EncoderFailed(PathBuf),
    /// A thread that the recording depends on failed: which one, by what it does.
    Failed(&'static str),
    /// Something came on the employee's side: a key, or the mark is not shown any more. Which of them waits there.
    Employee,
}

/// A global shortcut of the employee's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// Pauses the recording, and goes on with it.
    Pause,
    /// This call is private.
    PrivateCall,
}
