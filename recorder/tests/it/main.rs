//! The recorder, end to end: a real X server, a real window manager, real clients, a real encoder. What was
//! recorded is read back from the file that was written.
//!
//! The allowed window is green and nothing else is: a red or blue pixel in a video is a leak.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on fails, with the place where it stood"
)]

mod broken;
mod calls;
mod clients;
mod compositor;
mod employee;
mod encoder;
mod ends;
mod exposure;
mod harness;
mod identity;
mod killed;
mod kinds;
mod kinds_drawn;
mod kinds_screen;
mod mark;
mod monitors;
mod picture;
mod resolution;
mod rules;
mod softphone;
mod status;
mod stopped;
mod stores;
mod windows;
