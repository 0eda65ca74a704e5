//! What is asked of a ledger.

use std::path::Path;

use gardefou::StoreError;
use gardefou::ledger::{Balance, Caps, Closing, Ledger, Offer, Reservation, Review, SqliteLedger, Unfinished};
use gardefou_policy::types::{Cap, DAY, NO_LIMIT};

use super::NOW;

/// One thing that is asked of a ledger, and acknowledged.
#[derive(Clone, Copy, Debug)]
pub enum Asked {
    /// A call is offered.
    Offer(u64),
    /// So much was kept, and a slice is wanted.
    Reserve(u64, u64),
    /// It is over, and so much was kept.
    Close(u64, u64),
    /// The recording of a session was reviewed.
    Reviewed(u64),
    /// The ledger is closed and opened again.
    Reopen,
}

/// How much each reservation asks for, in ms.
pub const SLICE: u64 = 100;

/// The ledger in this folder.
///
/// # Errors
/// Its own.
pub fn ledger(folder: &Path) -> Result<SqliteLedger, StoreError> {
    SqliteLedger::open(folder.join("ledger.db"))
}

impl Asked {
    /// A ledger's whole life.
    pub fn life() -> Vec<Self> {
        let mut all = vec![
            Self::Offer(0),
            Self::Reserve(0, 0),
            Self::Reserve(0, 60),
            Self::Offer(1),
            Self::Reserve(1, 0),
            Self::Close(0, 80),
            Self::Reopen,
            Self::Reserve(1, 100),
            Self::Reviewed(0),
        ];
        for session in 2..6 {
            all.extend([
                Self::Offer(session),
                Self::Reserve(session, 0),
                Self::Close(session, 10 * session),
            ]);
        }
        all.push(Self::Reserve(1, 150));
        all
    }

    /// Until the write-ahead log is full, is put away, and begins anew: at 1,000 pages.
    pub fn long() -> Vec<Self> {
        let whole = |session| {
            [
                Self::Offer(session),
                Self::Reserve(session, 0),
                Self::Close(session, 10),
            ]
        };
        (0..60).flat_map(whole).collect()
    }

    /// Asks it. A ledger that is opened again takes the place of the one before.
    ///
    /// # Errors
    /// The ledger's own.
    pub fn ask(&self, folder: &Path, open: &mut Option<SqliteLedger>) -> Result<(), StoreError> {
        let now = match open.take() {
            Some(open) => open,
            None => ledger(folder)?,
        };
        match *self {
            Self::Offer(number) => drop(now.offer(&Offer {
                session: &session(number),
                employee: &session(number),
                programme: "p",
                at: NOW,
                periods: &[DAY],
            })?),
            Self::Reserve(number, kept) => drop(reserve(&now, &session(number), kept)?),
            Self::Close(number, kept) => now.close(&Closing {
                session: &session(number),
                at: NOW,
                kept,
                to_review: true,
            })?,
            Self::Reviewed(number) => drop(now.reviewed(&Review::Session(&session(number)))?),
            Self::Reopen => {
                drop(now);
                *open = Some(ledger(folder)?);
                return Ok(());
            }
        }
        *open = Some(now);
        Ok(())
    }
}

/// The name of a session, and the token of its employee.
pub fn session(number: u64) -> String {
    format!("s-{number}")
}

/// A session kept so much, and wants a slice. Gives what all others kept and hold.
///
/// # Errors
/// The ledger's own.
pub fn reserve(ledger: &SqliteLedger, session: &str, kept: u64) -> Result<u64, StoreError> {
    let caps = Caps {
        employee: Cap::NONE,
        programme: Cap {
            limit: 100_000,
            per: DAY,
        },
        unreviewed: NO_LIMIT,
    };
    let asked = Reservation {
        session,
        at: NOW,
        kept,
        wanted: SLICE,
        until: NOW.plus(60_000),
        caps: &[caps],
    };
    let granted = ledger.reserve(&[asked])?;
    let usage = granted.first().and_then(|granted| granted.usage.first());
    Ok(usage.map_or(0, |usage| usage.programme_used.saturating_sub(kept)))
}

/// What a ledger counts.
#[derive(Clone, PartialEq, Debug)]
pub struct Counts {
    /// What was kept, what is held, what waits, and the calls.
    pub balances: Vec<Balance>,
    /// Sessions that were never finished, when every slice is over.
    pub unfinished: Vec<Unfinished>,
}

impl Counts {
    /// Of this ledger.
    ///
    /// # Errors
    /// Its own.
    pub fn of(ledger: &SqliteLedger) -> Result<Self, StoreError> {
        Ok(Self {
            balances: ledger.balances(NOW, DAY)?,
            unfinished: ledger.unfinished(NOW.plus(DAY))?,
        })
    }
}
