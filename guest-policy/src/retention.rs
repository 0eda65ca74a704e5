//! When a recording, and what belongs to it, must be gone (legal.md, +7).

use crate::rules::Rules;
use crate::types::{Artefact, Timestamp};

/// The first instant at which the artefact must be gone; [`Timestamp::MAX`] where there is no limit. Never before
/// `collected_at`: what was collected after its programme's end is over at once.
#[must_use]
pub fn keep_until(rules: &Rules, artefact: Artefact, collected_at: Timestamp, programme: &str) -> Timestamp {
    let by_age = collected_at.plus(rules.retention.of(artefact));
    let bound_to_programme = matches!(
        artefact,
        Artefact::Recording | Artefact::Analysis | Artefact::DecisionRecord
    );
    match rules.programmes.find(programme) {
        Some(programme) if bound_to_programme => by_age.min(programme.review_until).max(collected_at),
        _ => by_age,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor;
    use crate::rules::Programmes;
    use crate::types::DAY;

    #[test]
    fn the_floor_keeps_to_its_days_and_sums_saturate() {
        let floor = floor::rules();
        let at = Timestamp::from_millis(1_000);
        let until = |artefact, at| keep_until(&floor, artefact, at, "any");
        assert_eq!(until(Artefact::Recording, at), at.plus(181 * DAY));
        assert_eq!(until(Artefact::Temporary, at), at.plus(DAY));
        assert_eq!(until(Artefact::AnonymisedCopy, at), Timestamp::MAX);
        assert_eq!(until(Artefact::Recording, Timestamp::MAX), Timestamp::MAX);
    }
    /// A decision record of a call that was refused because its programme was over.
    #[test]
    fn what_is_collected_after_its_programme_is_over_at_once() {
        let mut rules = floor::rules();
        let end = Timestamp::from_millis(5_000);
        if let Programmes::Any(programme) = &mut rules.programmes {
            programme.review_until = end;
        }
        let until = |at| keep_until(&rules, Artefact::DecisionRecord, at, "any");
        assert_eq!(until(end.minus(1)), end);
        assert_eq!(until(end), end);
        assert_eq!(until(end.plus(1)), end.plus(1));
    }
}
