//! The ledger over real databases: that it counts as the model counts, whoever crashes and whatever fails.
#![cfg(test)]

mod call;
mod failing;
mod hammer;
mod hand;
mod lost;
mod model;
#[cfg(unix)]
mod postgres;
mod private;
#[cfg(unix)]
mod server;
