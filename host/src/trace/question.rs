//! The five things that a trace can ask.

use gardefou_policy::order;
use gardefou_policy::types::Reason;

use super::answer::{Answer, Decided};
use super::event::Event;

/// What is asked in a line of a trace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Question {
    /// May a session open?
    Session,
    /// May this frame be recorded?
    Frame,
    /// What is to become of this segment?
    Segment,
    /// May somebody do this with what is kept?
    Access,
    /// Until when may this be kept?
    Retention,
}

impl Question {
    /// Every question, in the order of a call.
    pub const ALL: [Self; 5] = [Self::Session, Self::Frame, Self::Segment, Self::Access, Self::Retention];

    /// What an event asks; `None` for one that says something.
    #[must_use]
    pub const fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Session(_) => Some(Self::Session),
            Event::Frame(_) => Some(Self::Frame),
            Event::Segment { .. } => Some(Self::Segment),
            Event::Access(_) => Some(Self::Access),
            Event::Retention { .. } => Some(Self::Retention),
            Event::Call(_)
            | Event::Conditions(_)
            | Event::Window { .. }
            | Event::WindowGone { .. }
            | Event::Usage(_)
            | Event::Expect(_) => None,
        }
    }

    /// What an answer is the answer to.
    #[must_use]
    pub const fn answered(answer: &Answer) -> Self {
        match answer.decided {
            Decided::Session(_) => Self::Session,
            Decided::Frame { .. } => Self::Frame,
            Decided::Segment { .. } => Self::Segment,
            Decided::Access(_) => Self::Access,
            Decided::Retention(_) => Self::Retention,
        }
    }

    /// Its name in traces: `session`, `frame`, `segment`, `access` or `retention`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Frame => "frame",
            Self::Segment => "segment",
            Self::Access => "access",
            Self::Retention => "retention",
        }
    }

    /// The words for what can be decided; retention has none.
    #[must_use]
    pub const fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Session => &["open", "refuse"],
            Self::Frame => &["keep", "skip", "stop"],
            Self::Segment => &["keep", "trim", "discard"],
            Self::Access => &["allow", "refuse"],
            Self::Retention => &[],
        }
    }

    /// The reasons of the contract that a policy with rules, or the host for what was told too late, can give here
    /// in a trace: `permitted`, then the others in the order of the checks. Retention has none.
    ///
    /// Not among them are those that only hosts give, and three that no trace can show: a policy without
    /// rules opens no session and so is asked about no segment; access under such a policy is no matter of
    /// its rules; and a session by screenshot never opens, so that no segment of one is ever reviewed.
    #[must_use]
    pub fn reasons(self) -> Vec<Reason> {
        let Some(question) = self.order() else {
            return Vec::new();
        };
        // A reason that the question does not know ranks behind every one that it knows.
        let unknown = question.rank(Reason::PERMITTED);
        let mut checks: Vec<Reason> = Reason::ALL
            .into_iter()
            .filter(|reason| !order::HOST.contains(reason) && question.rank(*reason) < unknown)
            .filter(|reason| !self.is_out_of_reach(*reason))
            .collect();
        checks.sort_by_key(|reason| question.rank(*reason));
        checks.insert(0, Reason::PERMITTED);
        checks
    }

    fn is_out_of_reach(self, reason: Reason) -> bool {
        match self {
            Self::Segment => matches!(reason, Reason::NOT_IN_FORCE | Reason::STILL_IMAGE),
            Self::Access => reason == Reason::NOT_IN_FORCE,
            Self::Session | Self::Frame | Self::Retention => false,
        }
    }

    const fn order(self) -> Option<order::Question> {
        match self {
            Self::Session => Some(order::Question::Open),
            Self::Frame => Some(order::Question::Frame),
            Self::Segment => Some(order::Question::Review),
            Self::Access => Some(order::Question::Access),
            Self::Retention => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(question: Question) -> Vec<String> {
        question.reasons().iter().map(ToString::to_string).collect()
    }

    /// As docs/contract.md lists the checks.
    #[test]
    fn the_reasons_stand_in_the_order_of_the_checks() {
        assert_eq!(
            names(Question::Session),
            [
                "permitted",
                "invalid-facts",
                "not-in-force",
                "still-image",
                "purpose",
                "programme",
                "attestation",
                "no-training-need",
                "employee-not-informed",
                "employee-objected",
                "protected-line",
                "systematic"
            ]
        );
        assert_eq!(
            names(Question::Segment),
            [
                "permitted",
                "private-call",
                "party-objected",
                "party-not-informed",
                "no-call",
                "payment",
                "secure-input",
                "paused"
            ]
        );
        assert_eq!(
            names(Question::Access),
            [
                "permitted",
                "invalid-facts",
                "still-image",
                "purpose",
                "programme",
                "not-authorised",
                "restricted",
                "retention",
                "not-anonymised"
            ]
        );
        assert_eq!(names(Question::Frame).len(), 17);
        assert_eq!(names(Question::Frame).last().unwrap(), "no-training-window");
        assert!(names(Question::Retention).is_empty());
    }
}
