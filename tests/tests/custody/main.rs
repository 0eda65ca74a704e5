//! Custody with everything real: a journal and a ledger in files, policies in components, some of which
//! misbehave.
#![cfg(test)]

mod at_once;
mod bytes;
mod ledger;
mod policies;
mod shop;
mod together;
