//! The floor: the rules that stand under every session and every access, and that nobody can take away.

use std::sync::OnceLock;

use gardefou_policy::facts::Access;
use gardefou_policy::notes::{self, Description};
use gardefou_policy::rules::Rules;
use gardefou_policy::types::{Artefact, Obligations, Refusal, Terms, Timestamp};
use gardefou_policy::{access, floor, opening, retention};

use crate::session::Windows;
use crate::session::facts_are_fresh;

/// The floor's rules. They need no sandbox, cannot fault, and cost nanoseconds.
pub(crate) struct Floor {
    rules: Rules,
    terms: Terms,
}

impl Floor {
    /// The one floor of the process.
    pub(crate) fn shared() -> &'static Self {
        static FLOOR: OnceLock<Floor> = OnceLock::new();
        FLOOR.get_or_init(|| {
            let rules = floor::rules();
            let terms = opening::terms(&rules, "").unwrap_or(NOTHING);
            Self { rules, terms }
        })
    }

    pub(crate) const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether a verdict of the floor reaches a later question: the facts are fresh, and there is no hole.
    pub(crate) fn reaches(&self, windows: &Windows, at: Timestamp, gap: u64) -> bool {
        facts_are_fresh(&self.terms, windows, at) && gap <= self.terms.max_frame_interval
    }

    pub(crate) fn authorise(&self, access: &Access) -> Result<Obligations, Refusal> {
        access::authorise(&self.rules, access)
    }

    pub(crate) fn keep_until(&self, artefact: Artefact, collected_at: Timestamp, programme: &str) -> Timestamp {
        retention::keep_until(&self.rules, artefact, collected_at, programme)
    }
}

/// Terms under which nothing is reused; the floor knows every programme, so they are never taken.
const NOTHING: Terms = Terms {
    max_frame_interval: 0,
    max_facts_age: 0,
    employee_cap: gardefou_policy::types::Cap { limit: 0, per: 0 },
    programme_cap: gardefou_policy::types::Cap { limit: 0, per: 0 },
    max_unreviewed: 0,
    sampling_period: 0,
};

/// What the floor says of itself: the notes that [`Why::detail`](crate::Why) points at when
/// [`Why::policy`](crate::Why) is [`Digest::FLOOR`](crate::Digest::FLOOR).
#[must_use]
pub fn floor_description() -> Description {
    notes::describe(Some(Floor::shared().rules()))
}
