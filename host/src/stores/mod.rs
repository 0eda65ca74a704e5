//! The stores of a recorder: its ledger, its journal, and the thread that they work on.

mod error;
mod french;

pub use error::StoreError;
