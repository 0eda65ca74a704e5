//! Where the recorder learns of the call and of its conditions.
//!
//! [`CallSource`] is what a vendor's telephony implements. Here there are two: [`Lines`] reads standard input,
//! [`Baresip`] the event stream of a softphone.

mod baresip;
mod lines;
mod netstring;
mod phone;

use std::time::Instant;

use gardefou::{CallPhase, Condition, Timestamp};

pub(crate) use baresip::Baresip;
pub(crate) use lines::Lines;

/// Tells of one telephone: its calls, one after the other, or what is known about them.
pub(crate) trait CallSource: Send {
    /// Waits for what happens next; or gives why nothing will ever be heard again.
    fn next(&mut self) -> Result<Told, Gone>;
}

/// Nothing more will be heard of a source.
#[derive(Debug)]
pub(crate) struct Gone {
    /// Which source, and why, in words.
    pub(crate) why: String,
    /// Whether that is how it ends when all is well.
    pub(crate) expected: bool,
}

/// Something that was told.
#[derive(Debug)]
pub(crate) struct Told {
    /// When it was received.
    pub(crate) received: Instant,
    /// When it happened, where the source says so on its own clock.
    pub(crate) at: Option<Timestamp>,
    /// What it was.
    pub(crate) what: What,
}

/// What was told.
#[derive(Debug)]
pub(crate) enum What {
    /// The telephone changed.
    Phase(CallPhase),
    /// Conditions changed; `None` is unknown.
    Conditions(Vec<(Condition, Option<bool>)>),
    /// Something that nobody understands: it may have been a condition, so that none is known now.
    Unclear(String),
}
