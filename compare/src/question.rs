//! What is asked, and what is answered.

use std::rc::Rc;

use gardefou_policy::facts::{Access, AppIdentity, Moment, Segment, SessionFacts, Window};
use gardefou_policy::types::{
    Action, Artefact, Disposition, Obligations, Rect, Refusal, Span, Terms, Timestamp, WindowKind,
};

/// A session: its facts, and when it opens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    /// What never changes during its call.
    pub facts: SessionFacts,
    /// When it opens.
    pub at: Timestamp,
}

/// A frame of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameQuestion {
    /// The session.
    pub session: Rc<Opened>,
    /// What it is asked under.
    pub moment: Moment,
    /// Width and height of the surface, in pixels.
    pub surface: (u32, u32),
    /// The windows on it, topmost first.
    pub windows: Vec<Window>,
}

/// A question that a policy answers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Question {
    /// May this session open?
    Open(Rc<Opened>),
    /// What is this window to the session's programme?
    Kind {
        /// The session.
        session: Rc<Opened>,
        /// The window.
        app: AppIdentity,
        /// What of the rules the window was made for: `match = { executable = "crm.exe" }`.
        about: Rc<str>,
    },
    /// What of this frame?
    Frame(Box<FrameQuestion>),
    /// What becomes of this segment?
    Review(Segment),
    /// May somebody do this?
    Access(Box<Access>),
    /// Until when may this be kept?
    KeepUntil {
        /// What is kept.
        artefact: Artefact,
        /// When it was collected.
        collected_at: Timestamp,
        /// Under which programme.
        programme: String,
    },
    /// What must be counted and bounded for this programme?
    Terms {
        /// Its name.
        programme: String,
    },
}

impl Question {
    /// The programme that it is about, where it is about one.
    #[must_use]
    pub fn programme(&self) -> Option<&str> {
        match self {
            Self::Open(session) | Self::Kind { session, .. } => Some(&session.facts.programme),
            Self::Frame(frame) => Some(&frame.session.facts.programme),
            Self::Access(access) => Some(&access.programme),
            Self::KeepUntil { programme, .. } | Self::Terms { programme } => Some(programme),
            Self::Review(_) => None,
        }
    }
}

/// What a policy answers.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// Whether the session opens.
    Open(Result<(), Refusal>),
    /// What the window is.
    Kind(WindowKind),
    /// What becomes of the frame.
    Frame {
        /// Keep, skip or stop.
        action: Action,
        /// Why.
        why: Refusal,
        /// What is kept of it.
        keep: Vec<Rect>,
    },
    /// What becomes of the segment, and the segment.
    Review(Disposition, Span),
    /// Whether it may be done.
    Access(Result<Obligations, Refusal>),
    /// Until when it may be kept.
    Until(Timestamp),
    /// What must be counted.
    Terms(Option<Terms>),
}

impl Answer {
    /// Whether it lets anything be recorded, kept or done.
    #[must_use]
    pub const fn permits(&self) -> bool {
        match self {
            Self::Open(opened) => opened.is_ok(),
            Self::Access(granted) => granted.is_ok(),
            Self::Frame { action, .. } => matches!(action, Action::Keep),
            Self::Kind(_) | Self::Review(..) | Self::Until(_) | Self::Terms(_) => false,
        }
    }
}
