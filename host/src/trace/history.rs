//! What a trace said before its session opened, and which lines may follow which.

use gardefou_policy::types::{CallPhase, Condition, Timestamp};

use super::malformed::{Malformed, text};

/// What the telephone did, in order.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Call {
    answered_at: Option<Timestamp>,
    hung_up_at: Option<Timestamp>,
    last: Option<(CallPhase, Timestamp)>,
}

impl Call {
    /// The telephone changes.
    ///
    /// A call that was hung up stays so: what follows is another call, and another trace.
    pub(super) fn change(&mut self, phase: CallPhase, at: Timestamp) -> Result<(), Malformed> {
        let ended = matches!(phase, CallPhase::AfterCall | CallPhase::None);
        if self.hung_up_at.is_some() && !ended {
            return Err(Malformed::new(
                text!(
                    "the call goes on after it was hung up",
                    "l'appel continue après avoir été raccroché"
                ),
                text!(
                    "after `after-call` or `none` only those two may follow; a trace holds one call",
                    "après `after-call` ou `none`, seuls ces deux-là peuvent suivre\u{a0}; une trace contient un appel"
                ),
            ));
        }
        if phase == CallPhase::Connected && self.answered_at.is_none() {
            self.answered_at = Some(at);
        }
        if ended && self.answered_at.is_some() && self.hung_up_at.is_none() {
            self.hung_up_at = Some(at);
        }
        self.last = Some((phase, at));
        Ok(())
    }

    /// The changes that say all that matters of what went before, in order.
    pub(super) fn changes(&self) -> impl Iterator<Item = (CallPhase, Timestamp)> {
        let answered = self.answered_at.map(|at| (CallPhase::Connected, at));
        let hung_up = self.hung_up_at.map(|at| (CallPhase::AfterCall, at));
        [answered, hung_up, self.last].into_iter().flatten()
    }
}

/// The state of every condition that was mentioned.
#[derive(Clone, Debug, Default)]
pub(super) struct Mentioned(Vec<(Condition, Option<bool>)>);

impl Mentioned {
    /// A condition changes. One that stays until the session ends stays.
    pub(super) fn change(&mut self, condition: Condition, state: Option<bool>) {
        match self.0.iter_mut().find(|(own, _)| *own == condition) {
            Some((_, Some(true))) if condition.is_sticky() => {}
            Some((_, own)) => *own = state,
            None => self.0.push((condition, state)),
        }
    }

    /// Every condition that was mentioned, as it is now.
    pub(super) fn states(&self) -> impl Iterator<Item = (Condition, Option<bool>)> {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn after_hanging_up_only_the_end_may_follow() {
        let mut call = Call::default();
        for (phase, millis) in [
            (CallPhase::None, 0),
            (CallPhase::AfterCall, 1),
            (CallPhase::Ringing, 2),
            (CallPhase::Connected, 3),
            (CallPhase::Held, 4),
            (CallPhase::Connected, 5),
            (CallPhase::None, 6),
            (CallPhase::AfterCall, 7),
        ] {
            call.change(phase, at(millis)).unwrap();
        }
        for phase in [
            CallPhase::Ringing,
            CallPhase::Connected,
            CallPhase::Held,
            CallPhase::Consulting,
        ] {
            assert!(call.change(phase, at(8)).is_err());
        }
        let changes: Vec<_> = call.changes().collect();
        assert_eq!(
            changes,
            [
                (CallPhase::Connected, at(3)),
                (CallPhase::AfterCall, at(6)),
                (CallPhase::AfterCall, at(7))
            ]
        );
    }

    #[test]
    fn an_objection_stays() {
        let mut mentioned = Mentioned::default();
        for condition in [Condition::PARTY_OBJECTED, Condition::EMPLOYEE_PAUSED] {
            mentioned.change(condition, Some(true));
            mentioned.change(condition, Some(false));
            mentioned.change(condition, None);
        }
        let states: Vec<_> = mentioned.states().collect();
        assert_eq!(
            states,
            [
                (Condition::PARTY_OBJECTED, Some(true)),
                (Condition::EMPLOYEE_PAUSED, None)
            ]
        );
    }
}
