//! What a session answers.

use gardefou_policy::types::{Action, Rect};

use super::Session;
use super::call::CallFacts;
use super::combine::Why;
use crate::pixels::Approved;

/// Whether a session may record.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "made once a call, and taken apart at once")]
pub enum Opening {
    /// It may: the session for the capture thread, the facts of its call for the telephony threads.
    Open(Session, CallFacts),
    /// It may not. That the law says no is no error.
    Refused(Why),
}

/// A frame, decided.
#[derive(Debug)]
#[must_use = "a frame that was decided is to be encoded or let go"]
pub enum Gated<P> {
    /// To be encoded: what must not be seen is blank.
    Keep(Approved<P>, Why),
    /// Not to be recorded.
    Skip(Why),
    /// The recording ends here.
    Stop(Why),
}

/// What a frame's question was answered, for vendors who mask elsewhere.
///
/// Where nothing is kept, everything is to be blanked and the number is 0: a mask made from it shows nothing.
#[must_use = "only what it keeps may be recorded"]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decision<'a> {
    pub(super) action: Action,
    pub(super) why: Why,
    pub(super) keep: &'a [Rect],
    pub(super) blank: &'a [Rect],
    pub(super) number: u64,
}

impl Decision<'_> {
    /// What to do with the frame.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// Why, and until when.
    #[must_use]
    pub const fn why(&self) -> Why {
        self.why
    }

    /// The regions to keep, in captured pixels and canonical form; empty unless the action is keep.
    #[must_use]
    pub const fn keep(&self) -> &[Rect] {
        self.keep
    }

    /// Everything else of the surface, to be blanked before scaling and encoding, grown by the session's
    /// margin (so the rectangles may overlap, and reach into what is kept); the whole surface unless the
    /// action is keep.
    #[must_use]
    pub const fn blank(&self) -> &[Rect] {
        self.blank
    }

    /// Changes when the regions do: while it is the same, a mask that was uploaded is still right, whichever
    /// session of the process it is of. 0 where nothing is kept.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }
}
