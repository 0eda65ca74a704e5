//! What an earlier run left behind, and what a new one begins with.

use gardefou_policy::types::{Reason, Refusal, Span, Timestamp};

use super::{StoreError, Stores};
use crate::clock::wall_clock_now;
use crate::journal::{AccessEvent, AccessRecord, Record};
use crate::policy::{Digest, Policy};
use crate::session::{Discard, Why};

/// The discards that nobody said to be done: those that the journal holds, and the sessions that the ledger
/// never saw the end of. What a crash left was never reviewed, and is not to be kept.
pub(crate) fn left_open(stores: &Stores) -> Result<Vec<Discard>, StoreError> {
    let mut left = Vec::new();
    if let Some(journal) = stores.journal() {
        for open in journal.open_discards()? {
            let reason = open.reason.as_deref().and_then(Reason::from_name);
            left.push(discard(&open.session, open.segment, reason));
        }
    }
    if let Some(ledger) = stores.ledger() {
        for unfinished in ledger.unfinished(wall_clock_now())? {
            let kept_within = Span {
                start: unfinished.opened_at,
                end: unfinished.until,
            };
            let crashed = discard(&unfinished.session, kept_within, None);
            if !left.iter().any(|open: &Discard| open.session == crashed.session) {
                stores.note(vec![crate::session::told_discard(&crashed)]);
                left.push(crashed);
            }
        }
    }
    Ok(left)
}

/// Of a discard without a reason it is not known any more why.
fn discard(session: &str, segment: Span, reason: Option<Reason>) -> Discard {
    let refusal = Refusal::of(reason.unwrap_or(Reason::INVALID_FACTS));
    Discard {
        session: session.to_owned(),
        call_reference: None,
        segment,
        why: Why::new(refusal, Digest::FLOOR, Timestamp::MAX),
    }
}

/// Which policies are in force, and which ledger counts.
pub(crate) fn policies(before: &[Policy], after: &[Policy], stores: &Stores) -> Record {
    let digests = |policies: &[Policy]| policies.iter().map(Policy::digest).collect();
    let identity = stores.ledger().and_then(|ledger| ledger.identity().ok());
    Record::Access(AccessRecord {
        at: wall_clock_now(),
        event: AccessEvent::Policies {
            before: digests(before),
            after: digests(after),
            ledger: identity.map(|identity| identity.to_string()),
        },
    })
}
