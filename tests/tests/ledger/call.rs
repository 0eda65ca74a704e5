//! Short ways to ask a ledger.

use gardefou::ledger::{Caps, Closing, Granted, Ledger, Offer, Reservation};
use gardefou::{StoreError, Timestamp};
use gardefou_policy::types::{Cap, NO_LIMIT};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_795_600_000_000);

/// A call of this session, of employee `e` under programme `p`, is offered.
pub(crate) fn offer(ledger: &dyn Ledger, session: &str) -> Result<(), StoreError> {
    let call = Offer {
        session,
        employee: "e",
        programme: "p",
        at: NOW,
        periods: &[],
    };
    ledger.offer(&call).map(drop)
}

/// The session kept so much, and wants 100 ms, of the 1,000 that the employee has.
pub(crate) fn reserve(ledger: &dyn Ledger, session: &str, kept: u64) -> Result<Granted, StoreError> {
    let caps = Caps {
        employee: Cap {
            limit: 1_000,
            per: 10_000,
        },
        programme: Cap::NONE,
        unreviewed: NO_LIMIT,
    };
    let asked = Reservation {
        session,
        at: NOW,
        kept,
        wanted: 100,
        until: NOW.plus(1_000),
        caps: &[caps],
    };
    ledger.reserve(&[asked]).map(|mut granted| granted.remove(0))
}

pub(crate) fn close(ledger: &dyn Ledger, session: &str, kept: u64) -> Result<(), StoreError> {
    let end = Closing {
        session,
        at: NOW,
        kept,
        to_review: true,
    };
    ledger.close(&end)
}

/// A whole session that kept 100 ms.
pub(crate) fn whole(ledger: &dyn Ledger, session: &str) -> Result<(), StoreError> {
    offer(ledger, session)?;
    assert_eq!(reserve(ledger, session, 0)?.slice, 100);
    close(ledger, session, 100)
}
