//! `gardefou-recorder`: records the screen of an X11 session beside a call, as far as the rules allow.
//!
//! A vendor reads it as the example of how to embed the SDK: [`recording`] is one call, [`encoder`] takes
//! nothing but what the SDK approved, [`screen`] gathers facts that are true.

#![cfg_attr(
    not(unix),
    allow(unused, reason = "X11 is found on Unix only; elsewhere this says so and ends")
)]

mod args;
#[cfg(unix)]
mod call;
mod employee;
#[cfg(unix)]
mod encoder;
#[cfg(unix)]
mod exchange;
#[cfg(unix)]
mod facts;
#[cfg(unix)]
mod ffmpeg;
#[cfg(unix)]
mod files;
#[cfg(unix)]
mod geometry;
#[cfg(unix)]
mod identity;
#[cfg(unix)]
mod leftovers;
#[cfg(unix)]
mod matroska;
#[cfg(unix)]
mod policies;
#[cfg(unix)]
mod queue;
#[cfg(unix)]
mod record;
#[cfg(unix)]
mod recorder;
#[cfg(unix)]
mod recording;
#[cfg(unix)]
mod screen;
#[cfg(unix)]
mod signal;
#[cfg(unix)]
mod status;
#[cfg(unix)]
mod stores;
#[cfg(unix)]
mod threads;
#[cfg(unix)]
mod timeline;
#[cfg(unix)]
mod timings;
#[cfg(unix)]
mod video;
#[cfg(unix)]
mod windows;

use std::process::ExitCode;

use clap::Parser;

#[cfg(unix)]
fn main() -> ExitCode {
    match recorder::run(&args::Args::parse()) {
        Ok(code) => code,
        Err(failure) => failure.said(),
    }
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    let _ = args::Args::parse();
    eprintln!("gardefou-recorder: this recorder records X11 screens, which this system does not have");
    ExitCode::FAILURE
}
