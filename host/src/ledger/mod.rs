//! The ledger: what was recorded, so that caps hold whatever crashes (legal.md, S7 and +1).
//!
//! A session records nothing that it did not reserve. It reserves ahead, in small slices: what a session may
//! still record without asking again is its *slice*, and a ledger that counts every slice as if it were
//! recorded cannot be overdrawn, whoever crashes. What a session did not use returns when it ends.
//!
//! Sessions do all of this by themselves, on a thread of their own; a vendor
//! gives them a [`Ledger`] and is done.

mod about;
mod account;
mod balance;
mod book;
#[cfg(feature = "kit")]
pub mod kit;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
mod session;
mod slice;
mod sqlite;
mod tidy;

pub use crate::Calls;
pub use book::MAX_TOKEN;
#[cfg(feature = "postgres")]
pub use postgres::PostgresLedger;
pub use slice::MAX_SLICE;
pub use sqlite::SqliteLedger;

use std::fmt;
use std::path::PathBuf;

use gardefou_policy::types::{Cap, Millis, Timestamp};

use crate::Usage;
use crate::stores::StoreError;

/// Where it is counted what was recorded.
///
/// Its methods may block on a disk or a network; the SDK calls them on the store thread, and at the opening
/// of a session. Everything that a method acknowledges is durable: it survives a power cut. Every method is
/// atomic, also against other processes and hosts that share the ledger.
///
/// Instants come from the recorders' clocks. A clock that was set back loosens nothing: what lies in the
/// future counts.
///
/// A slice that is over before its session said what became of it (its recorder crashed, or is slow) counts as
/// kept, at the instant at which it was over, from the next change of the ledger on. When the session comes
/// back, what it says takes the place of what was assumed: it is counted once, and never with less than it says.
///
/// [`kit`] (feature `kit`) holds any implementation to this.
pub trait Ledger: Send + Sync + fmt::Debug {
    /// What it is called in messages: a file, or a server without its password.
    fn name(&self) -> String;

    /// Every file that it has, or may have, on this machine; none where it is elsewhere. Whoever looks after the
    /// folder that they lie in leaves them alone.
    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Which ledger it is. It was drawn at random when the ledger was made, and never changes; an empty
    /// ledger in its place has another one.
    ///
    /// # Errors
    /// When it cannot be read.
    fn identity(&self) -> Result<LedgerIdentity, StoreError>;

    /// A call is offered to be recorded, and takes its place among the recorded ones until
    /// [`Ledger::close`] says that nothing was kept. Gives, for each of the sampling periods asked for, how
    /// many calls of this employee under this programme were offered, this one included, and recorded, this
    /// one not included: in [`at` − period, `at`], and later.
    ///
    /// # Errors
    /// When it cannot be counted: the call may not be recorded. Offering a session twice is
    /// [`StoreError::Foreign`], and so are names longer than [`MAX_TOKEN`].
    fn offer(&self, call: &Offer<'_>) -> Result<Vec<Calls>, StoreError>;

    /// Says what was kept so far, and tops the slices up; one answer for each question, in order.
    ///
    /// The slice becomes as large as every cap leaves room for, at most `wanted`, and never smaller than what
    /// is left of the slice that is held already. A session that was closed, or was never offered, gets none, and
    /// of one that was never offered every counter is [`NO_LIMIT`](crate::NO_LIMIT).
    ///
    /// # Errors
    /// When the ledger cannot be reached: then nothing was settled and nothing granted, for none of them.
    fn reserve(&self, asked: &[Reservation<'_>]) -> Result<Vec<Granted>, StoreError>;

    /// The session is over. What is left of its slice returns. Closing it again changes nothing, nor does closing
    /// one that was never offered and kept nothing.
    ///
    /// # Errors
    /// When it cannot be written; the slice then counts as recorded. [`StoreError::Foreign`] when the session was
    /// never offered, and kept something all the same.
    fn close(&self, end: &Closing<'_>) -> Result<(), StoreError>;

    /// Trainers reviewed recordings: they no longer wait. Gives how much was released, in ms. Of a session that
    /// runs only what it has settled is released.
    ///
    /// # Errors
    /// When it cannot be written.
    fn reviewed(&self, review: &Review<'_>) -> Result<Millis, StoreError>;

    /// The sessions that were offered, never closed, and whose slices are over at `at`: their recorders
    /// crashed, and nobody decided what becomes of what they kept.
    ///
    /// # Errors
    /// When it cannot be read.
    fn unfinished(&self, at: Timestamp) -> Result<Vec<Unfinished>, StoreError>;

    /// What is counted at `at`, for a programme's own period and an employee's: every programme and employee
    /// that the ledger holds, in order. `per` is the period of each balance, in ms. Changes nothing, so that it may
    /// be asked for any instant.
    ///
    /// # Errors
    /// When it cannot be read.
    fn balances(&self, at: Timestamp, per: Millis) -> Result<Vec<Balance>, StoreError>;
}

/// Which ledger it is: 16 random bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LedgerIdentity(pub [u8; 16]);

impl LedgerIdentity {
    /// The identity that these 32 hexadecimal digits are, as `Display` writes them.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        if text.len() != 32 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// One that was never there before.
    fn draw() -> Result<Self, rows::Objection> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)
            .map_err(|error| rows::Objection::Foreign(format!("the system gives no random numbers: {error}")))?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for LedgerIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A call that is offered.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// The recorder's own name for the session, unique in the ledger.
    pub session: &'a str,
    /// The employee's token.
    pub employee: &'a str,
    /// The programme.
    pub programme: &'a str,
    /// Now.
    pub at: Timestamp,
    /// The sampling periods to count over, in ms.
    pub periods: &'a [Millis],
}

/// What a session kept, and what it wants to keep next.
#[derive(Clone, Copy, Debug)]
pub struct Reservation<'a> {
    /// The session.
    pub session: &'a str,
    /// Now: what was kept was kept before it.
    pub at: Timestamp,
    /// What the session kept since it opened, in all, in ms. Never less than what was said before.
    pub kept: Millis,
    /// How large its slice is to be, in ms.
    pub wanted: Millis,
    /// From then on the session uses its slice no longer, unless it was topped up again.
    pub until: Timestamp,
    /// The caps of each policy over the session.
    pub caps: &'a [Caps],
}

/// What one policy allows, over its own periods.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Caps {
    /// Of the employee, over all programmes.
    pub employee: Cap,
    /// Under the programme.
    pub programme: Cap,
    /// Under the programme and not yet reviewed, in ms.
    pub unreviewed: Millis,
}

/// What a session may keep.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Granted {
    /// The slice, in ms, beyond the `kept` of the question. 0: a cap is reached.
    pub slice: Millis,
    /// For each of the caps asked about: what was kept by all, this session's `kept` included, plus the
    /// slices of the others.
    pub usage: Vec<Usage>,
}

/// A session that is over.
#[derive(Clone, Copy, Debug)]
pub struct Closing<'a> {
    /// The session.
    pub session: &'a str,
    /// Now.
    pub at: Timestamp,
    /// What it kept since it opened, in all, in ms. 0: the call was not recorded, and leaves its place.
    pub kept: Millis,
    /// Whether a recording is there to be reviewed by trainers. What was discarded counts as recorded, and
    /// waits for nobody.
    pub to_review: bool,
}

/// What was reviewed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Review<'a> {
    /// The recording of this session.
    Session(&'a str),
    /// Everything under this programme that was kept before that instant.
    Programme {
        /// The programme.
        programme: &'a str,
        /// The first instant that was not reviewed.
        before: Timestamp,
    },
}

/// A session whose recorder crashed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unfinished {
    /// The session.
    pub session: String,
    /// When it was offered.
    pub opened_at: Timestamp,
    /// When its slice ended: nothing was kept from then on.
    pub until: Timestamp,
    /// What it kept at most, in ms.
    pub at_most: Millis,
}

/// What is counted of a programme or an employee.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Balance {
    /// Whose.
    pub of: Whose,
    /// Kept in the period, in ms.
    pub kept: Millis,
    /// Held by sessions that run, in ms.
    pub held: Millis,
    /// Kept and not yet reviewed, in ms; of an employee too.
    pub unreviewed: Millis,
    /// Calls offered and recorded in the period.
    pub calls: Calls,
}

/// Whose balance.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Whose {
    /// A programme's.
    Programme(String),
    /// An employee's, over all programmes: their token.
    Employee(String),
}
