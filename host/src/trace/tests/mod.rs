//! Tests of the format.

mod blessing;
#[cfg(feature = "rules")]
mod bounded;
mod lines;
mod reading;
mod round_trip;
#[cfg(feature = "rules")]
mod running;
#[cfg(feature = "rules")]
mod scenarios;
