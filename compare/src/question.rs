//! One question to a policy, and its answer.

use std::rc::Rc;

use gardefou::{
    Access, Action, AppIdentity, Artefact, Obligations, Rect, Refusal, SessionFacts, Timestamp, WindowKind,
};
use gardefou_policy::facts::{Moment, Segment, Window};
use gardefou_policy::types::{Disposition, Terms};

/// A session, by what opens it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opening {
    /// What never changes during the call.
    pub facts: SessionFacts,
    /// When it opens.
    pub at: Timestamp,
}

/// A frame, and everything that its question carries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// What it is asked under.
    pub moment: Moment,
    /// Width and height, in pixels.
    pub surface: (u32, u32),
    /// The windows, topmost first, already classified.
    pub windows: Vec<Window>,
}

/// Something that a policy can be asked, with every fact of it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Question {
    /// May this session open?
    Open(Rc<Opening>),
    /// What is this window to the session?
    Window(Rc<Opening>, Box<AppIdentity>),
    /// What becomes of this frame of the session?
    Frame(Rc<Opening>, Box<Frame>),
    /// What becomes of this segment?
    Review(Segment),
    /// May somebody do this?
    Access(Box<Access>),
    /// Until when may this be kept?
    KeepUntil {
        /// What.
        artefact: Artefact,
        /// Since when.
        collected_at: Timestamp,
        /// Under which programme.
        programme: String,
    },
    /// What must a host count and bound under this programme?
    Terms(String),
}

impl Question {
    /// The programme that it is about; `None` where it is about none.
    #[must_use]
    pub fn programme(&self) -> Option<&str> {
        match self {
            Self::Open(opening) | Self::Window(opening, _) | Self::Frame(opening, _) => Some(&opening.facts.programme),
            Self::Access(access) => Some(&access.programme),
            Self::KeepUntil { programme, .. } | Self::Terms(programme) => Some(programme),
            Self::Review(_) => None,
        }
    }

    /// Its kind: `open`, `window`, `frame`, `review`, `access`, `keep-until` or `terms`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Window(..) => "window",
            Self::Frame(..) => "frame",
            Self::Review(_) => "review",
            Self::Access(_) => "access",
            Self::KeepUntil { .. } => "keep-until",
            Self::Terms(_) => "terms",
        }
    }
}

/// What a policy answered.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// To an opening.
    Open(Result<(), Refusal>),
    /// To a window.
    Window(WindowKind),
    /// To a frame: what to do, why, and what to keep of it.
    Frame(Action, Refusal, Vec<Rect>),
    /// To a segment.
    Review(Disposition),
    /// To an access.
    Access(Result<Obligations, Refusal>),
    /// To a retention.
    KeepUntil(Timestamp),
    /// To the terms of a programme.
    Terms(Option<Terms>),
    /// To a window or frame of a session that was not opened: nothing of it is recorded.
    NotOpen(Refusal),
    /// The policy misbehaved, and what was asked is refused.
    Fault(String),
}

impl Answer {
    /// Whether something is permitted by it.
    #[must_use]
    pub const fn permits(&self) -> bool {
        match self {
            Self::Open(Ok(())) | Self::Access(Ok(_)) | Self::Frame(Action::Keep, ..) => true,
            Self::Review(disposition) => !matches!(disposition, Disposition::Discard(_)),
            _ => false,
        }
    }

    /// Why it refuses, where it does.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Open(Err(why)) | Self::Access(Err(why)) | Self::NotOpen(why) => Some(*why),
            Self::Frame(Action::Skip | Action::Stop, why, _) => Some(*why),
            Self::Review(Disposition::Discard(why)) => Some(*why),
            _ => None,
        }
    }

    /// What was done, in a word: `open`, `keep`, `skip`, `refuse`, …
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Open(Ok(())) => "open",
            Self::Open(Err(_)) | Self::Access(Err(_)) | Self::NotOpen(_) => "refuse",
            Self::Access(Ok(_)) => "allow",
            Self::Window(WindowKind::Training) => "training",
            Self::Window(WindowKind::Other) => "other",
            Self::Frame(action, ..) => action.name(),
            Self::Review(Disposition::Keep) => "keep",
            Self::Review(Disposition::Trim(_)) => "trim",
            Self::Review(Disposition::Discard(_)) => "discard",
            Self::KeepUntil(_) => "keep-until",
            Self::Terms(_) => "terms",
            Self::Fault(_) => "fault",
        }
    }
}
