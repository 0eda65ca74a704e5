//! What a policy answered to the questions of a trace.

use gardefou_policy::types::{Action, Obligations, Reason, Rect, Refusal, Span, Timestamp};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::{Fault, Why};

/// The answer to one question. It serializes to the JSON of the format of traces.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// The instant of the question.
    pub at: Timestamp,
    /// What was decided.
    pub decided: Decided,
    /// What went wrong in a policy, when that is why: for whoever maintains the policy.
    pub fault: Option<Fault>,
}

/// What was decided, by the question that was asked.
#[derive(Clone, PartialEq, Debug)]
pub enum Decided {
    /// Whether the session may open.
    Session(Result<(), Why>),
    /// What is to become of a frame.
    Frame {
        /// Keep, skip or stop.
        action: Action,
        /// The reason (`permitted` with keep), which policy it was, and until when it holds.
        why: Why,
        /// What is kept, in the canonical form of regions; empty unless the action is keep.
        keep: Vec<Rect>,
        /// Whether pixels that are certainly some window's own are blanked; false unless the action is keep.
        blanks_windows: bool,
    },
    /// What is to become of a segment.
    Segment {
        /// Its first instant.
        started_at: Timestamp,
        /// Keep, trim or discard.
        fate: Fate,
    },
    /// Whether somebody may do something with what is kept.
    Access(Result<Obligations, Why>),
    /// Until when something may be kept; `None` when there is no limit.
    Retention(Option<Timestamp>),
}

/// What is to become of a segment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fate {
    /// Keep it whole.
    Keep,
    /// Keep this part, discard the rest.
    Trim(Span),
    /// Discard it.
    Discard(Why),
}

impl Answer {
    /// `session`, `frame`, `segment`, `access` or `retention`.
    #[must_use]
    pub const fn question(&self) -> &'static str {
        match self.decided {
            Decided::Session(_) => "session",
            Decided::Frame { .. } => "frame",
            Decided::Segment { .. } => "segment",
            Decided::Access(_) => "access",
            Decided::Retention(_) => "retention",
        }
    }

    /// The reason and its note: `permitted` for what is allowed. Retention has none.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        match &self.decided {
            Decided::Session(Err(why)) | Decided::Access(Err(why)) | Decided::Frame { why, .. } => Some(why.refusal()),
            Decided::Segment {
                fate: Fate::Discard(why),
                ..
            } => Some(why.refusal()),
            Decided::Session(Ok(())) | Decided::Access(Ok(_)) | Decided::Segment { .. } => {
                Some(Refusal::of(Reason::PERMITTED))
            }
            Decided::Retention(_) => None,
        }
    }

    /// The word for what was decided, such as `keep`. Retention has none.
    #[must_use]
    pub const fn action(&self) -> Option<&'static str> {
        Some(match &self.decided {
            Decided::Session(Ok(())) => "open",
            Decided::Session(Err(_)) | Decided::Access(Err(_)) => "refuse",
            Decided::Access(Ok(_)) => "allow",
            Decided::Frame { action, .. } => action.name(),
            Decided::Segment { fate, .. } => match fate {
                Fate::Keep => "keep",
                Fate::Trim(_) => "trim",
                Fate::Discard(_) => "discard",
            },
            Decided::Retention(_) => return None,
        })
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("at", &self.at)?;
        map.serialize_entry("question", self.question())?;
        if let Some(action) = self.action() {
            map.serialize_entry("action", action)?;
        }
        if let Some(refusal) = self.refusal() {
            map.serialize_entry("reason", &Name(refusal))?;
            if refusal.detail != 0 {
                map.serialize_entry("detail", &refusal.detail)?;
            }
        }
        match &self.decided {
            Decided::Frame {
                action: Action::Keep,
                keep,
                ..
            } => map.serialize_entry("keep", &Regions(keep))?,
            Decided::Segment {
                fate: Fate::Trim(Span { start, end }),
                ..
            } => map.serialize_entry("range", &(start, end))?,
            Decided::Access(Ok(obligations)) => map.serialize_entry("obligations", &obligations_named(*obligations))?,
            Decided::Retention(until) => map.serialize_entry("until", until)?,
            Decided::Session(_) | Decided::Frame { .. } | Decided::Segment { .. } | Decided::Access(Err(_)) => {}
        }
        map.end()
    }
}

struct Name(Refusal);

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.reason)
    }
}

struct Regions<'a>(&'a [Rect]);

impl Serialize for Regions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|rect| (rect.x, rect.y, rect.width, rect.height)))
    }
}

/// What an access obliges to, by name.
pub(crate) fn obligations_named(obligations: Obligations) -> Vec<&'static str> {
    [
        (obligations.journal, "journal"),
        (obligations.watermark, "watermark"),
        (obligations.second_person, "second-person"),
    ]
    .into_iter()
    .filter_map(|(asked, name)| asked.then_some(name))
    .collect()
}
