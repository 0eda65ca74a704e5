//! What any ledger must do, as checks that a vendor runs on a store of their own.
//!
//! ```
//! use gardefou::ledger::{Ledger, SqliteLedger, kit};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let count = std::cell::Cell::new(0);
//! # let next_path = || { count.set(count.get() + 1); folder.path().join(format!("{}.db", count.get())) };
//! // Each call gives a new, empty ledger.
//! let made = kit::Thoroughness { histories: 1, steps: 20, threads: 2 };
//! let failures = kit::check(&made, || Ok(Box::new(SqliteLedger::open(next_path())?)));
//! for failure in &failures {
//!     println!("{failure}");
//! }
//! assert!(failures.is_empty());
//! # Ok(())
//! # }
//! ```

mod checks;
mod history;
mod model;

use std::fmt;

pub use history::{Answer, History, Step, answer};
pub use model::Model;

use super::Ledger;
use crate::stores::StoreError;

/// What a ledger did that it must not do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Which check found it.
    pub check: &'static str,
    /// What happened, and what should have.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.check, self.what)
    }
}

/// How much is tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Thoroughness {
    /// How many random histories are compared with the [`Model`].
    pub histories: u64,
    /// How many steps each has.
    pub steps: usize,
    /// How many threads reserve at once.
    pub threads: usize,
}

impl Default for Thoroughness {
    /// 20 histories of 100 steps, 8 threads: some 2,500 transactions.
    fn default() -> Self {
        Self {
            histories: 20,
            steps: 100,
            threads: 8,
        }
    }
}

/// Runs every check, each on ledgers of its own: `make` gives a new, empty one at each call. Gives what
/// failed; nothing where all is well.
pub fn check(thoroughness: &Thoroughness, make: impl Fn() -> Result<Box<dyn Ledger>, StoreError>) -> Vec<Failure> {
    let mut failures = Vec::new();
    for (check, run) in checks::ALL {
        if let Err(what) = run(&make, thoroughness) {
            failures.push(Failure { check, what });
        }
    }
    failures
}

/// Runs every check with the usual thoroughness.
///
/// # Errors
/// What failed.
pub fn conforms(make: impl Fn() -> Result<Box<dyn Ledger>, StoreError>) -> Result<(), Vec<Failure>> {
    let failures = check(&Thoroughness::default(), make);
    if failures.is_empty() { Ok(()) } else { Err(failures) }
}
