//! The kit, end to end: real windows on a real X server, the reference recorder, and one that lets everything
//! through. What the kit says of each is held against what is known of it.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails, with the place where it stood"
)]

mod harness;
mod naive;
mod recorders;
mod synthetic;
