//! What a line of a trace can say.

use gardefou_policy::facts::{Access, AppIdentity, SessionFacts};
use gardefou_policy::types::{Artefact, CallPhase, Condition, Timestamp, WindowKind};
#[cfg(feature = "stores")]
use gardefou_policy::types::{Reason, Refusal, Span};

use super::value::Value;
use crate::{Placed, Usage};

/// One line: something that happened, or a question.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// When, on the one clock of the session.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}

/// What happened, or what is asked.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// The session opens: once in a trace.
    Session(Box<SessionLine>),
    /// The telephone changed.
    Call(CallPhase),
    /// Conditions changed: true, false, or `None` for unknown. Those not named keep their state.
    Conditions(Vec<(Condition, Option<bool>)>),
    /// A window appeared, or its whole identity changed.
    Window {
        /// The recorder's number for it.
        id: u32,
        /// What is known of it.
        identity: Identity,
    },
    /// A window is gone.
    WindowGone {
        /// The recorder's number for it.
        id: u32,
    },
    /// May this frame be recorded?
    Frame(FrameLine),
    /// The segment from there to this line's `at` is finished: what is to become of it?
    Segment {
        /// Its first instant.
        started_at: Timestamp,
    },
    /// May somebody do this with what is kept? Its own `at` is the line's.
    Access(Box<Access>),
    /// Until when may this be kept?
    Retention {
        /// What is kept.
        artefact: Artefact,
        /// When it was collected.
        collected_at: Timestamp,
        /// The programme that it was collected under.
        programme: String,
    },
    /// The counters are now these: recordings of others, a review.
    Usage(Usage),
    /// What the answer to the question before it must have been.
    Expect(Expectation),
}

/// What a session opens with.
#[derive(Clone, PartialEq, Debug)]
pub struct SessionLine {
    /// What never changes during the call.
    pub facts: SessionFacts,
    /// What was recorded before; `None` when the line says nothing of it.
    pub usage: Option<Usage>,
}

/// What is known of a window.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Identity {
    /// The program behind it. One that nothing is known of is of kind `other`.
    App(AppIdentity),
    /// What it was classified as before: it counts so for every policy.
    Kind(WindowKind),
}

/// A frame, and the windows on it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FrameLine {
    /// Width and height in captured pixels; `None`: as in the frame line before.
    pub surface: Option<(u32, u32)>,
    /// The windows, topmost first; `None`: as in the frame line before.
    pub windows: Option<Vec<Placed>>,
    /// Over which interval the window list held; `None`: at this line's `at`.
    pub facts: Option<FactsSpan>,
}

/// The interval over which a window list is known to have held, unchanged. Both ends are in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FactsSpan {
    /// Its first instant.
    pub from: Timestamp,
    /// Its last instant.
    pub to: Timestamp,
}

/// What an answer must have been: some of its fields, as they stand in the trace.
#[derive(Clone, PartialEq, Debug)]
pub struct Expectation(pub(super) Vec<(String, Value)>);

impl Expectation {
    /// This action, for this reason.
    #[cfg(feature = "stores")]
    pub(crate) fn of(action: &str, why: Refusal) -> Self {
        let text = |text: &str| Value::Text(text.to_owned());
        let mut fields = vec![
            ("action".to_owned(), text(action)),
            ("reason".to_owned(), text(&why.reason.to_string())),
        ];
        if why.detail != 0 {
            fields.push(("detail".to_owned(), Value::Number(why.detail.into())));
        }
        Self(fields)
    }

    /// Of a segment only this is left.
    #[cfg(feature = "stores")]
    pub(crate) fn trimmed(kept: Span) -> Self {
        let mut expectation = Self::of("trim", Refusal::of(Reason::PERMITTED));
        let instants = [kept.start, kept.end].map(|at| Value::Number(at.as_millis().into()));
        expectation.0.push(("range".to_owned(), Value::List(instants.into())));
        expectation
    }

    /// What is left of a segment.
    #[cfg(feature = "stores")]
    pub(crate) fn range(&self) -> Option<Span> {
        let (_, Value::List(instants)) = self.0.iter().find(|(name, _)| name == "range")? else {
            return None;
        };
        let [Value::Number(start), Value::Number(end)] = instants.as_slice() else {
            return None;
        };
        Some(Span {
            start: Timestamp::from_millis(start.as_u64()?),
            end: Timestamp::from_millis(end.as_u64()?),
        })
    }

    /// The number in a field.
    #[cfg(feature = "stores")]
    pub(crate) fn number(&self, field: &str) -> Option<u64> {
        let found = self.0.iter().find(|(name, _)| name == field);
        match found {
            Some((_, Value::Number(number))) => number.as_u64(),
            _ => None,
        }
    }

    /// The text of a field.
    #[cfg(feature = "stores")]
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| name == field);
        match found {
            Some((_, Value::Text(text))) => Some(text),
            _ => None,
        }
    }
}
