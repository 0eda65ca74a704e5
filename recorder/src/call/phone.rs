//! The calls of one telephone, and what they are to the one session that is recorded.

use gardefou::CallPhase;

/// What one call is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Ringing,
    Talking,
    Held,
}

/// The calls that are not over, the oldest first.
#[derive(Debug)]
pub(crate) struct Phone {
    calls: Vec<(String, State)>,
    told: CallPhase,
}

impl Default for Phone {
    fn default() -> Self {
        Self {
            calls: Vec::new(),
            told: CallPhase::None,
        }
    }
}

impl Phone {
    /// A call is in that state now; `None`: it is over. Gives what the session is to be told, in order.
    ///
    /// A telephone talks with one at a time: who begins to talk puts the others on hold, and they stay so until
    /// it is said that they talk again. The session is the oldest call's; while another one talks it is
    /// `consulting`. When the oldest call is over, so is its session, and the next call begins one of its own, of
    /// which nothing is known yet.
    pub(crate) fn heard(&mut self, call: &str, state: Option<State>) -> Vec<CallPhase> {
        if state == Some(State::Talking) {
            let talking = self.calls.iter_mut().filter(|(_, other)| *other == State::Talking);
            talking.for_each(|(_, other)| *other = State::Held);
        }
        let was_first = self.calls.first().is_some_and(|(first, _)| first == call);
        let known = self.calls.iter_mut().find(|(known, _)| known == call);
        match (known, state) {
            (Some((_, known)), Some(state)) => *known = state,
            (Some(_), None) => self.calls.retain(|(known, _)| known != call),
            (None, Some(state)) => self.calls.push((call.to_owned(), state)),
            // A call from before the softphone was listened to: nothing of it was recorded.
            (None, None) => {}
        }
        let mut phases = Vec::new();
        if was_first && state.is_none() {
            self.tell(CallPhase::None, &mut phases);
        }
        self.tell(self.phase(), &mut phases);
        phases
    }

    fn tell(&mut self, phase: CallPhase, phases: &mut Vec<CallPhase>) {
        if phase != self.told {
            self.told = phase;
            phases.push(phase);
        }
    }

    fn phase(&self) -> CallPhase {
        let Some((_, first)) = self.calls.first() else {
            return CallPhase::None;
        };
        let others_talk = self.calls.iter().skip(1).any(|(_, state)| *state == State::Talking);
        match first {
            State::Ringing => CallPhase::Ringing,
            State::Talking => CallPhase::Connected,
            State::Held if others_talk => CallPhase::Consulting,
            State::Held => CallPhase::Held,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn heard(events: &[(&str, Option<State>)]) -> Vec<CallPhase> {
        let mut phone = Phone::default();
        events
            .iter()
            .flat_map(|(call, state)| phone.heard(call, *state))
            .collect()
    }

    #[test]
    fn a_call_rings_talks_and_is_over() {
        let (ring, talk) = (Some(State::Ringing), Some(State::Talking));
        assert_eq!(
            heard(&[("a", ring), ("a", ring), ("a", talk), ("a", None), ("a", None)]),
            [CallPhase::Ringing, CallPhase::Connected, CallPhase::None]
        );
        assert_eq!(
            heard(&[("a", talk), ("a", Some(State::Held)), ("a", talk)]),
            [CallPhase::Connected, CallPhase::Held, CallPhase::Connected]
        );
    }

    #[test]
    fn beside_another_that_talks_it_is_consulting_and_the_next_call_is_another_session() {
        let (ring, talk) = (Some(State::Ringing), Some(State::Talking));
        assert_eq!(
            heard(&[("a", talk), ("b", ring), ("b", talk), ("b", None), ("a", talk)]),
            [
                CallPhase::Connected,
                CallPhase::Consulting,
                CallPhase::Held,
                CallPhase::Connected
            ],
            "another one that only rings changes nothing, and nobody said that the first talks again before it did"
        );
        assert_eq!(
            heard(&[("a", talk), ("b", talk), ("a", None), ("b", None)]),
            [
                CallPhase::Connected,
                CallPhase::Consulting,
                CallPhase::None,
                CallPhase::Connected,
                CallPhase::None
            ]
        );
    }

    proptest! {
        /// Whatever a softphone tells: only one call that talks alone is `connected`, and a session ends before
        /// the next one begins.
        #[test]
        fn only_a_call_that_talks_alone_is_connected(
            events in prop::collection::vec((0..3_usize, 0..4_usize), 0..40),
        ) {
            let states = [None, Some(State::Ringing), Some(State::Talking), Some(State::Held)];
            let mut phone = Phone::default();
            let mut live: Vec<(usize, State)> = Vec::new();
            let mut now = CallPhase::None;
            let mut of = None;
            for (call, state) in events {
                let state = states[state];
                live.retain(|(known, _)| *known != call || state.is_some());
                if state == Some(State::Talking) {
                    live.iter_mut().for_each(|known| {
                        if known.1 == State::Talking {
                            known.1 = State::Held;
                        }
                    });
                }
                if let Some(state) = state {
                    match live.iter_mut().find(|(known, _)| *known == call) {
                        Some(known) => known.1 = state,
                        None => live.push((call, state)),
                    }
                }
                for phase in phone.heard(&call.to_string(), state) {
                    now = phase;
                    if phase == CallPhase::None {
                        of = None;
                    }
                }
                let first_talks = live.first().is_some_and(|(_, state)| *state == State::Talking);
                prop_assert_eq!(now == CallPhase::Connected, first_talks);
                prop_assert_eq!(now == CallPhase::None, live.is_empty());
                // As long as no `none` is told, the session is of the same call.
                let first = live.first().map(|(call, _)| *call);
                prop_assert!(of.is_none() || of == first);
                of = first;
            }
        }
    }
}
