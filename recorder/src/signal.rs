//! What wakes the recorder.

use crate::call::Told;

/// Something that happened on another thread.
#[derive(Debug)]
pub(crate) enum Signal {
    /// The telephone told something.
    Told(Told),
    /// Nothing more will be heard of the telephone.
    TelephoneGone,
    /// Somebody asked the recorder to end.
    Interrupted,
    /// Rules were edited: what came of it.
    Policies(String),
    /// The encoder takes no more.
    EncoderFailed,
}
