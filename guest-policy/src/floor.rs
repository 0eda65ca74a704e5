//! The floor: the same rule functions with values that hold whatever a controller writes.
//!
//! It has no dates, programmes, applications, caps, roles or attestations: any programme will do, every
//! window is of the training, counters have no limit. What is left is what the law asks of everybody.

use alloc::{string::String, vec, vec::Vec};

use crate::rules::{Enrolment, More, NoticeRule, Programme, Programmes, Roles, Rules, ceilings};
use crate::types::{Cap, NO_LIMIT, Span, Timestamp};

/// The rules of the floor.
///
/// ```
/// use gardefou_policy::{facts::SessionFacts, floor, opening, types::{Reason, Timestamp}};
/// let floor = floor::rules();
/// let nothing_known = SessionFacts::default();
/// let refusal = opening::open(&floor, &nothing_known, Timestamp::from_millis(0)).unwrap_err();
/// assert_eq!(refusal.reason, Reason::INVALID_FACTS);
/// ```
#[must_use]
pub fn rules() -> Rules {
    Rules {
        id: "floor".into(),
        version: "1".into(),
        controller: String::new(),
        digest: [0; 32],
        in_force: Span::ALWAYS,
        attestations: Vec::new(),
        notice: NoticeRule {
            version: None,
            valid_for: ceilings::NOTICE,
        },
        max_frame_interval: ceilings::FRAME_INTERVAL,
        max_facts_age: ceilings::FACTS_AGE,
        while_held: true,
        unknown_entry_passes: true,
        retention: ceilings::RETENTION,
        applications: vec![],
        programmes: Programmes::Any(Programme {
            id: String::new(),
            dates: Span::ALWAYS,
            review_until: Timestamp::MAX,
            enrolment: Enrolment::NotAsked,
            applications: vec![],
            employee_cap: Cap::NONE,
            programme_cap: Cap::NONE,
            max_unreviewed: NO_LIMIT,
            share_millionths: ceilings::SHARE,
            sampling_period: NO_LIMIT,
        }),
        more: More::default(),
        roles: Roles::NotAsked,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_document_can_be_the_floor() {
        assert!(super::rules().encode().is_err());
    }
}
