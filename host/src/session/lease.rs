//! What must stand still for a verdict to be reused.

use gardefou_policy::types::{Terms, Timestamp};

use super::told::Snapshot;
use super::windows::Windows;

/// What a question depends on beside the windows, the counters and the time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Standstill {
    pub(crate) call: Snapshot,
    pub(crate) surface: (u32, u32),
}

/// Whether the facts about the windows hold at `at`, and are no older than the terms allow.
pub(crate) fn facts_are_fresh(terms: &Terms, windows: &Windows, at: Timestamp) -> bool {
    let (from, to) = (windows.facts_from(), windows.facts_to());
    from <= at && at <= to && to.since(from) <= terms.max_facts_age
}
