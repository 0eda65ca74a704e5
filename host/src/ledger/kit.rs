//! What any ledger must do.
