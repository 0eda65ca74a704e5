//! What is done to a journal, a ledger and a folder of recordings while the power is cut: the same in the
//! program that does it, and in the test that looks at what is left.

mod custody;
mod journal;
mod ledger;

pub use custody::{asker, custody, dated, policies, recording};
pub use journal::{Says, Told, access, discard, discarded, journal, journal_file, journal_key, segment};
pub use ledger::{Asked, Counts, SLICE, ledger, reserve, session};

use gardefou::Timestamp;

/// When all of it happens: the example rules are in force.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_600_800_000);
