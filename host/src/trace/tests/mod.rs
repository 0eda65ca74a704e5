//! Tests of the format.

mod lines;
mod reading;
mod round_trip;
#[cfg(feature = "rules")]
mod running;
