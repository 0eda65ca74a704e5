//! What a session may still keep: it asks the ledger ahead, and keeps nothing that was not granted.

use std::sync::Arc;

use gardefou_policy::facts::Usage;
use gardefou_policy::types::{Cap, Millis, NO_LIMIT, Reason, Terms, Timestamp};

use crate::clock::Clock;
use crate::handle::MAX_POLICIES;
use crate::ledger::{Caps, Closing, Reservation};
use crate::stores::{Answer, Booking, CapsOf, StoreError, Stores, for_each, usable_until};

/// How long a session waits before it asks again for what it did not get, in ms.
const ASK_AGAIN: Millis = 1_000;

/// A session's account at the ledger.
#[derive(Debug)]
pub(super) struct Books {
    stores: Stores,
    booking: Arc<Booking>,
    interval: Millis,
    /// How large its slice is to be.
    wanted: Millis,
    /// Whether the last answer granted that: else a cap is near.
    enough: bool,
    /// What it may keep in all, since it opened, and until when.
    in_all: Millis,
    until: Timestamp,
    /// Whether the counters are those of the policies in force.
    counted: bool,
    generation: u64,
    /// Whether the last answer was that the ledger cannot be reached.
    unreachable: bool,
    next_ask: Timestamp,
}

/// Counters that came from the ledger.
pub(super) struct Counted {
    /// For each policy.
    pub(super) usage: [Usage; MAX_POLICIES],
    /// What was kept from there on comes on top.
    pub(super) at: Timestamp,
}

impl Counted {
    /// Of the first policy, and when.
    pub(super) fn first(&self) -> Option<(Usage, Timestamp)> {
        self.usage.first().map(|usage| (*usage, self.at))
    }
}

impl Books {
    /// Reserves the first slice. Blocks.
    pub(super) fn open(
        stores: &Stores,
        session: &str,
        interval: Millis,
        terms: &[Option<Terms>],
        (generation, clock, at): (u64, Clock, Timestamp),
    ) -> Result<Option<(Self, Counted)>, StoreError> {
        let Some(ledger) = stores.ledger() else {
            return Ok(None);
        };
        let caps = caps(terms);
        let wanted = wanted(stores, interval);
        let asked = Reservation {
            session,
            at,
            kept: 0,
            wanted,
            until: usable_until(at),
            caps: &caps,
        };
        let granted = ledger.reserve(&[asked])?.into_iter().next();
        let granted = granted.ok_or_else(|| StoreError::Foreign {
            store: ledger.name(),
            what: "it gave no answer".into(),
        })?;
        let caps = CapsOf { generation, caps };
        let booking = Arc::new(Booking::new(session, wanted, clock, at, caps));
        stores.serve(&booking);
        let books = Self {
            stores: stores.clone(),
            booking,
            interval,
            wanted,
            in_all: granted.slice,
            enough: granted.slice >= wanted,
            until: usable_until(at),
            counted: true,
            generation,
            unreachable: false,
            next_ask: at,
        };
        let counted = Counted {
            usage: for_each(&granted.usage),
            at,
        };
        Ok(Some((books, counted)))
    }

    /// A frame comes: takes what the ledger said meanwhile, and asks for more in time. `kept` is what was
    /// kept before `at`, in all. Gives new counters, when there are any. Waits for nobody.
    pub(super) fn settle(&mut self, kept: Millis, at: Timestamp) -> Option<Counted> {
        let counted = self.booking.answer().and_then(|answer| self.told(answer, at));
        let left = self.in_all.saturating_sub(kept);
        let low = left < self.wanted / 2 || self.until <= at.plus(self.interval);
        if (low || self.is_out_of_reach()) && at >= self.next_ask && !self.booking.waits() {
            self.next_ask = at.plus(ASK_AGAIN);
            self.booking.ask(kept, at);
            self.stores.wake();
        }
        counted
    }

    fn told(&mut self, answer: Answer, at: Timestamp) -> Option<Counted> {
        let Answer::Granted {
            in_all,
            enough,
            until,
            generation,
            counted_at,
            usage,
        } = answer
        else {
            self.unreachable = true;
            return None;
        };
        self.unreachable = false;
        self.enough = enough;
        if enough {
            self.next_ask = at;
        }
        // An answer may come late; what was granted before stays granted.
        self.in_all = self.in_all.max(in_all);
        self.until = self.until.max(until);
        if generation != self.generation {
            // It counted over the periods of the policies before.
            self.next_ask = at;
            return None;
        }
        self.counted = true;
        Some(Counted { usage, at: counted_at })
    }

    /// Why a frame at `at` may not be kept, whatever the policies say. `kept` is as in [`Books::settle`].
    pub(super) fn objection(&self, kept: Millis, at: Timestamp) -> Option<Reason> {
        if self.unreachable || !self.counted {
            return Some(Reason::STORE_UNAVAILABLE);
        }
        let end = at.plus(self.interval);
        if kept.saturating_add(self.interval) <= self.in_all && end <= self.until {
            return None;
        }
        // Granted less than was wanted is a cap that is reached; else the ledger did not answer in time.
        let capped = !self.enough && end <= self.until;
        Some(if capped {
            Reason::VOLUME
        } else {
            Reason::STORE_UNAVAILABLE
        })
    }

    /// Whether the ledger cannot be reached, or has not counted yet: then no reason but a stop counts.
    pub(super) const fn is_out_of_reach(&self) -> bool {
        self.unreachable || !self.counted
    }

    /// Other policies are in force: they count over periods of their own, and nothing is kept before the
    /// ledger counted over those.
    pub(super) fn renew(&mut self, generation: u64, terms: &[Option<Terms>], at: Timestamp) {
        self.counted = false;
        self.generation = generation;
        self.next_ask = at;
        self.booking.renew(generation, caps(terms));
    }

    /// The session is over. What it did not use returns.
    pub(super) fn close(self, kept: Millis, at: Timestamp, to_review: bool) {
        let end = Closing {
            session: self.booking.session(),
            at,
            kept,
            to_review,
        };
        self.stores.close(Some(&self.booking), end);
    }
}

/// A slice; never too small for a few frames.
fn wanted(stores: &Stores, interval: Millis) -> Millis {
    stores.slice().max(interval.saturating_mul(4))
}

fn caps(terms: &[Option<Terms>]) -> Vec<Caps> {
    const NONE: Cap = Cap {
        limit: NO_LIMIT,
        per: NO_LIMIT,
    };
    let caps = terms.iter().map(|terms| match terms {
        Some(terms) => Caps {
            employee: terms.employee_cap,
            programme: terms.programme_cap,
            unreviewed: terms.max_unreviewed,
        },
        // It refuses every frame, whatever is counted.
        None => Caps {
            employee: NONE,
            programme: NONE,
            unreviewed: NO_LIMIT,
        },
    });
    caps.collect()
}
