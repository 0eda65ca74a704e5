//! Whether the employee pauses, as the telephone and the key tell it: the stricter of both.

use gardefou::Condition;

/// What was told of a pause in one call.
#[derive(Debug, Default)]
pub(crate) struct Pause {
    /// What the source of conditions told last; what was never told is unknown.
    told: Option<bool>,
    /// The key was pressed, and not pressed again.
    by_key: bool,
}

impl Pause {
    /// Conditions were told: what of them concerns a pause is joined with what the key says.
    pub(crate) fn joined(&mut self, changes: &[(Condition, Option<bool>)]) -> Vec<(Condition, Option<bool>)> {
        let mut joined = changes.to_vec();
        for (condition, state) in &mut joined {
            if *condition == Condition::EMPLOYEE_PAUSED {
                self.told = *state;
                *state = self.state();
            }
        }
        joined
    }

    /// The key was pressed: gives what is known of the pause now. It takes back its own pause only.
    pub(crate) fn toggled(&mut self) -> Option<bool> {
        self.by_key = !self.by_key;
        self.state()
    }

    /// Whether the key pauses.
    pub(crate) fn by_key(&self) -> bool {
        self.by_key
    }

    fn state(&self) -> Option<bool> {
        if self.by_key { Some(true) } else { self.told }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSED: Condition = Condition::EMPLOYEE_PAUSED;

    #[test]
    fn a_key_adds_and_takes_back_only_its_own() {
        for told in [None, Some(false), Some(true)] {
            let mut pause = Pause::default();
            assert_eq!(pause.joined(&[(PAUSED, told)]), [(PAUSED, told)]);
            assert_eq!(pause.toggled(), Some(true));
            // Whatever is told meanwhile, it is paused.
            assert_eq!(pause.joined(&[(PAUSED, None)]), [(PAUSED, Some(true))]);
            assert_eq!(pause.joined(&[(PAUSED, told)]), [(PAUSED, Some(true))]);
            assert_eq!(pause.toggled(), told, "what was told counts again");
        }
    }

    #[test]
    fn other_conditions_are_as_they_were() {
        let mut pause = Pause::default();
        pause.toggled();
        let changes = [(Condition::PAYMENT_ENTRY, None), (Condition::PRIVATE_CALL, Some(false))];
        assert_eq!(pause.joined(&changes), changes);
        assert_eq!(pause.toggled(), None, "what was never told is unknown");
    }
}
