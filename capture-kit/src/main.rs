//! The command `gardefou-capture-kit`.

mod args;
mod language;
mod page;

use std::process::ExitCode;

use clap::Parser;
use gardefou_capture_kit::Malformed;

use args::{Args, Half};

fn main() -> ExitCode {
    let outcome = match Args::parse().half {
        Half::Stage(stage) => stage.play(),
        Half::Report(report) => report.give(),
        Half::Window(window) => window.open(),
        Half::Hold => args::hold(),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("gardefou-capture-kit: {error:#}");
        ExitCode::from(if error.is::<Malformed>() { 2 } else { 1 })
    })
}
