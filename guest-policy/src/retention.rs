//! When a recording, and what belongs to it, must be gone (legal.md, +7).

use crate::rules::Rules;
use crate::types::{Artefact, Timestamp};

/// The first instant at which the artefact must be gone; [`Timestamp::MAX`] where there is no limit.
#[must_use]
pub fn keep_until(rules: &Rules, artefact: Artefact, collected_at: Timestamp, programme: &str) -> Timestamp {
    let by_age = collected_at.plus(rules.retention.of(artefact));
    let bound_to_programme = matches!(
        artefact,
        Artefact::Recording | Artefact::Analysis | Artefact::DecisionRecord
    );
    match rules.programmes.find(programme) {
        Some(programme) if bound_to_programme => by_age.min(programme.review_until),
        _ => by_age,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::floor;
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
}
