//! What an earlier run left behind, and what a new one begins with.

use gardefou_policy::types::{Millis, Reason, Refusal, Span, Timestamp};

use super::{StoreError, Stores};
use crate::clock::wall_clock_now;
use crate::journal::{AccessEvent, AccessRecord, Record};
use crate::ledger::Unfinished;
use crate::policy::{Digest, Policy};
use crate::session::{Discard, Why, told_discard};

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
        for crashed in ledger.unfinished(wall_clock_now().minus(MARGIN))? {
            // One that reserved nothing is just being opened, or kept nothing.
            if crashed.until > crashed.opened_at {
                let discard = unfinished(&crashed, stores, &left);
                left.retain(|open| (&open.session, open.segment) != (&discard.session, discard.segment));
                left.push(discard);
            }
        }
    }
    Ok(left)
}

/// How much longer than its slice a session may be silent, in ms: a ledger may have been away.
const MARGIN: Millis = 60_000;

/// Everything of a session that nobody finished. It is journalled once: the ledger lists it until it is said to
/// be done.
fn unfinished(crashed: &Unfinished, stores: &Stores, known: &[Discard]) -> Discard {
    let kept_within = Span {
        start: crashed.opened_at,
        end: crashed.until,
    };
    let discard = Discard {
        at_most: Some(crashed.at_most),
        ..discard(&crashed.session, kept_within, None)
    };
    let is_known = |open: &Discard| (&open.session, open.segment) == (&discard.session, discard.segment);
    if !known.iter().any(is_known) {
        stores.note(vec![told_discard(&discard)]);
    }
    discard
}

/// Of a discard without a reason it is not known any more why.
fn discard(session: &str, segment: Span, reason: Option<Reason>) -> Discard {
    let refusal = Refusal::of(reason.unwrap_or(Reason::INVALID_FACTS));
    Discard {
        session: session.to_owned(),
        call_reference: None,
        at_most: None,
        segment,
        why: Why::new(refusal, Digest::FLOOR, Timestamp::MAX),
    }
}

/// Which policies are in force, and which ledger counts.
pub(crate) fn policies(before: &[Policy], after: &[Policy], stores: &Stores) -> Record {
    let digests = |policies: &[Policy]| policies.iter().map(Policy::digest).collect();
    Record::Access(AccessRecord {
        at: wall_clock_now(),
        event: AccessEvent::Policies {
            before: digests(before),
            after: digests(after),
            ledger: stores.identity().map(|identity| identity.to_string()),
        },
    })
}
