//! How the answers of several policies become one: a policy can never loosen another.

use gardefou_policy::order::Question;
use gardefou_policy::types::{Action, Disposition, Reason, Refusal, Span, Timestamp};

use crate::policy::Digest;
use crate::sandbox::Verdict;

/// Why a frame was kept, skipped or stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Why {
    /// The rule that decided.
    pub reason: Reason,
    /// Which note of that reason in the description of the policy that decided; 0 for its title.
    pub detail: u16,
    /// The policy that decided: [`Digest::FLOOR`] when it was the floor or the SDK itself.
    pub policy: Digest,
    /// Until when this holds if nothing changes.
    pub until: Timestamp,
}

impl Why {
    pub(crate) const fn new(why: Refusal, policy: Digest, until: Timestamp) -> Self {
        Self {
            reason: why.reason,
            detail: why.detail,
            policy,
            until,
        }
    }

    /// The reason and its note, as a policy's description lists them.
    #[must_use]
    pub const fn refusal(&self) -> Refusal {
        Refusal {
            reason: self.reason,
            detail: self.detail,
        }
    }
}

/// The strictest action; of those that gave it, the earliest reason in the order of the checks; on a tie
/// the first policy's. It holds while every answer holds.
pub(crate) fn frames(answers: impl Iterator<Item = (Digest, Verdict)>) -> (Action, Why) {
    let mut until = Timestamp::MAX;
    let mut strictest: Option<(Action, Why)> = None;
    for (policy, said) in answers {
        until = until.min(said.lease.until);
        let stricter = strictest.is_none_or(|(action, why)| {
            let rank = |reason| Question::Frame.rank(reason);
            said.action > action || (said.action == action && rank(said.reason) < rank(why.reason))
        });
        if stricter {
            let why = Refusal::noted(said.reason, said.detail);
            strictest = Some((said.action, Why::new(why, policy, until)));
        }
    }
    // Without any answer nothing is permitted.
    let nobody = Why::new(Refusal::of(Reason::POLICY_FAULT), Digest::FLOOR, Timestamp::MIN);
    strictest.map_or((Action::Stop, nobody), |(action, why)| (action, Why { until, ..why }))
}

/// The earliest reason of those that refused, if any did.
pub(crate) fn refusals(question: Question, refused: impl Iterator<Item = (Digest, Refusal)>) -> Option<Why> {
    // `min_by_key` gives the first of equals.
    refused
        .min_by_key(|(_, why)| question.rank(why.reason))
        .map(|(policy, why)| Why::new(why, policy, Timestamp::MAX))
}

/// Any discard discards; trims intersect, and nothing left is no call.
pub(crate) fn reviews(whole: Span, answers: &[(Digest, Disposition)]) -> Result<Span, Why> {
    let discards = answers.iter().filter_map(|(policy, told)| match told {
        Disposition::Discard(why) => Some((*policy, *why)),
        Disposition::Keep | Disposition::Trim(_) => None,
    });
    if let Some(why) = refusals(Question::Review, discards) {
        return Err(why);
    }
    let mut kept = whole;
    for (policy, told) in answers {
        if let Disposition::Trim(part) = told {
            kept = kept.intersection(*part);
            if kept.is_empty() {
                return Err(Why::new(Refusal::of(Reason::NO_CALL), *policy, Timestamp::MAX));
            }
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use gardefou_policy::types::{Lease, NO_LIMIT};

    use super::*;

    fn said(action: Action, reason: Reason, until: u64) -> (Digest, Verdict) {
        let lease = Lease {
            until: Timestamp::from_millis(until),
            budget: NO_LIMIT,
        };
        (
            Digest::FLOOR,
            Verdict {
                action,
                reason,
                detail: 0,
                lease,
            },
        )
    }

    #[test]
    fn the_strictest_action_wins_with_its_earliest_reason() {
        let answers = [
            said(Action::Keep, Reason::PERMITTED, 50),
            said(Action::Skip, Reason::POLICY_FAULT, 90),
            said(Action::Stop, Reason(2_000), 70),
            said(Action::Stop, Reason::NO_CALL, 80),
        ];
        let (action, why) = frames(answers.into_iter());
        assert_eq!((action, why.reason), (Action::Stop, Reason::NO_CALL));
        assert_eq!(
            why.until,
            Timestamp::from_millis(50),
            "it holds while every answer holds"
        );
    }

    #[test]
    fn no_answer_at_all_is_a_stop() {
        assert_eq!(frames(std::iter::empty()).0, Action::Stop);
    }

    #[test]
    fn trims_intersect() {
        let at = Timestamp::from_millis;
        let span = |a, b| Span {
            start: at(a),
            end: at(b),
        };
        let trim = |a, b| (Digest::FLOOR, Disposition::Trim(span(a, b)));
        let keep = (Digest::FLOOR, Disposition::Keep);
        assert_eq!(reviews(span(0, 9), &[keep]).unwrap(), span(0, 9));
        assert_eq!(
            reviews(span(0, 9), &[trim(2, 9), keep, trim(0, 5)]).unwrap(),
            span(2, 5)
        );
        assert_eq!(
            reviews(span(0, 9), &[trim(0, 3), trim(5, 9)]).unwrap_err().reason,
            Reason::NO_CALL
        );
    }
}
