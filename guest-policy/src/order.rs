//! The order of the checks, for those who put several answers together (contract, "Composition").

use crate::registers::Reason;

/// Given by hosts only, and before every other reason.
pub const HOST: [Reason; 4] = [
    Reason::POLICY_FAULT,
    Reason::STORE_UNAVAILABLE,
    Reason::RULES_UNCONFIRMED,
    Reason::RULES_STOPPED,
];

const AT_OPEN: [Reason; 11] = [
    Reason::INVALID_FACTS,
    Reason::NOT_IN_FORCE,
    Reason::STILL_IMAGE,
    Reason::PURPOSE,
    Reason::PROGRAMME,
    Reason::ATTESTATION,
    Reason::NO_TRAINING_NEED,
    Reason::EMPLOYEE_NOT_INFORMED,
    Reason::EMPLOYEE_OBJECTED,
    Reason::PROTECTED_LINE,
    Reason::SYSTEMATIC,
];

/// Stops and skips in one list: only reasons of one action are ever compared, and `no-call`,
/// `private-call` and `party-objected`, which give either, stand in the same order in both.
const AT_FRAME: [Reason; 16] = [
    Reason::INVALID_FACTS,
    Reason::NOT_IN_FORCE,
    Reason::PROGRAMME,
    Reason::ATTESTATION,
    Reason::EMPLOYEE_NOT_INFORMED,
    Reason::NO_CALL,
    Reason::PRIVATE_CALL,
    Reason::PARTY_OBJECTED,
    Reason::PARTY_NOT_INFORMED,
    Reason::PAYMENT,
    Reason::SECURE_INPUT,
    Reason::PAUSED,
    Reason::STALE_FACTS,
    Reason::STILL_IMAGE,
    Reason::VOLUME,
    Reason::NO_TRAINING_WINDOW,
];

/// Those after `no-call` are given by hosts: for what was told only after a frame was kept.
const AT_REVIEW: [Reason; 9] = [
    Reason::NOT_IN_FORCE,
    Reason::STILL_IMAGE,
    Reason::PRIVATE_CALL,
    Reason::PARTY_OBJECTED,
    Reason::PARTY_NOT_INFORMED,
    Reason::NO_CALL,
    Reason::PAYMENT,
    Reason::SECURE_INPUT,
    Reason::PAUSED,
];

const AT_ACCESS: [Reason; 9] = [
    Reason::INVALID_FACTS,
    Reason::NOT_IN_FORCE,
    Reason::STILL_IMAGE,
    Reason::PURPOSE,
    Reason::PROGRAMME,
    Reason::NOT_AUTHORISED,
    Reason::RESTRICTED,
    Reason::RETENTION,
    Reason::NOT_ANONYMISED,
];

/// Which question an answer belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question {
    /// May a session open?
    Open,
    /// What of this frame?
    Frame,
    /// What becomes of this segment?
    Review,
    /// May somebody have this recording?
    Access,
}

impl Question {
    /// Where a reason stands in the order of this question's checks: earlier is smaller. A reason that
    /// the question does not know comes after those that it knows, a policy's own after them.
    #[must_use]
    pub fn rank(self, reason: Reason) -> usize {
        let checks: &[Reason] = match self {
            Self::Open => &AT_OPEN,
            Self::Frame => &AT_FRAME,
            Self::Review => &AT_REVIEW,
            Self::Access => &AT_ACCESS,
        };
        let known = HOST.iter().chain(checks).position(|r| *r == reason);
        known.unwrap_or(if reason.is_own() { usize::MAX } else { usize::MAX - 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_reasons_come_first_and_own_reasons_last() {
        for question in [Question::Open, Question::Frame, Question::Review, Question::Access] {
            let rank = |r| question.rank(r);
            assert!(rank(Reason::POLICY_FAULT) < rank(Reason::STORE_UNAVAILABLE));
            assert!(rank(Reason::STORE_UNAVAILABLE) < rank(Reason::RULES_UNCONFIRMED));
            assert!(rank(Reason::RULES_UNCONFIRMED) < rank(Reason::RULES_STOPPED));
            assert!(rank(Reason::RULES_STOPPED) < rank(Reason::STILL_IMAGE));
            assert!(rank(Reason::STILL_IMAGE) < rank(Reason(999)));
            assert!(rank(Reason(999)) < rank(Reason(1000)));
            assert_eq!(rank(Reason(1000)), rank(Reason(2000)), "a tie: the first policy's");
        }
    }
}
