//! Tests of the format.

mod lines;
mod reading;
mod round_trip;
#[cfg(feature = "rules")]
mod running;
#[cfg(feature = "rules")]
mod scenarios;
