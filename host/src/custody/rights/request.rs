//! What a person asks for, and who answers it.

use std::path::PathBuf;

use gardefou_policy::types::{Operation, Purpose, Timestamp};

use crate::custody::access::Asker;
use crate::custody::subject::Subject;
use crate::journal::{Asked, AskedBy};

/// What a person asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Right {
    /// What is kept about them.
    Find,
    /// A copy of what may be disclosed, in this folder, which is made when it is not there.
    Disclose {
        /// The folder.
        into: PathBuf,
    },
    /// That everything about them is deleted.
    Erase,
    /// That nobody works with it; then it is neither purged nor invalidated.
    Restrict {
        /// Under which reference the request is kept: opaque, no name.
        reference: String,
        /// When somebody must look whether it is still needed.
        review: Timestamp,
    },
    /// That a restriction ends: that of whoever asks.
    Release {
        /// The day on which the person was told, before it ends (RGPD 18.3).
        told_on: Timestamp,
    },
    /// That a request came in, and is to be answered: until then nothing that it concerns is purged. Opened again, its
    /// time is extended, once, to three months from its receipt at most (RGPD 12.3).
    Open {
        /// Under which reference the request is kept: opaque, no name.
        reference: String,
        /// Until when; a month from its receipt without one.
        until: Option<Timestamp>,
    },
    /// That it was answered.
    Close {
        /// The reference under which it was opened.
        reference: String,
    },
}

impl Right {
    /// Its name: `find`, `disclose`, `erase`, `restrict`, `release`, `open` or `close`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Find => "find",
            Self::Disclose { .. } => "disclose",
            Self::Erase => "erase",
            Self::Restrict { .. } => "restrict",
            Self::Release { .. } => "release",
            Self::Open { .. } => "open",
            Self::Close { .. } => "close",
        }
    }

    /// What the policies are asked for; finding, opening and closing are journalled, and asked of nobody.
    pub(super) const fn operation(&self) -> Option<Operation> {
        match self {
            Self::Find | Self::Open { .. } | Self::Close { .. } => None,
            Self::Disclose { .. } => Some(Operation::Disclose),
            Self::Erase => Some(Operation::Delete),
            Self::Restrict { .. } => Some(Operation::Restrict),
            Self::Release { .. } => Some(Operation::Release),
        }
    }

    pub(super) const fn changes(&self) -> bool {
        !matches!(self, Self::Find | Self::Disclose { .. })
    }
}

/// A request, and who answers it.
#[derive(Clone, Copy, Debug)]
pub struct RightRequest<'a> {
    /// What is asked for.
    pub right: &'a Right,
    /// About whom, or about which call.
    pub subject: &'a Subject,
    /// Who asks: the employee, the call's other party, an authority or a court.
    pub asked_by: AskedBy,
    /// This recording alone, by its name in the folder. So one is reached of which the journal knows nothing: that it
    /// is about the subject says the request.
    pub recording: Option<&'a str>,
    /// Who answers it.
    pub asker: &'a Asker,
    /// Now.
    pub at: Timestamp,
}

impl RightRequest<'_> {
    /// A disclosure to an authority and a restriction at its wish are oversight; the rest is the person's own.
    pub(super) const fn purpose(&self) -> Purpose {
        let theirs = matches!(self.right, Right::Disclose { .. } | Right::Restrict { .. });
        if theirs && self.asked_by.is_authority() {
            Purpose::Oversight
        } else {
            Purpose::SubjectRight
        }
    }

    /// What the journal keeps of who asked.
    pub(super) fn asked(&self) -> Asked {
        let asked = Asked::by(self.asked_by);
        match self.right {
            Right::Find | Right::Disclose { .. } | Right::Erase => asked,
            Right::Restrict { reference, review } => Asked {
                reference: Some(reference.clone()),
                review: Some(*review),
                ..asked
            },
            Right::Release { told_on } => Asked {
                told_on: Some(*told_on),
                ..asked
            },
            Right::Open { reference, until } => Asked {
                reference: Some(reference.clone()),
                until: *until,
                ..asked
            },
            Right::Close { reference } => Asked {
                reference: Some(reference.clone()),
                ..asked
            },
        }
    }
}
